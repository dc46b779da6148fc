// Clusters, for generated code: their barrier, and addresses in the shared memory of their blocks.
#include <bit>

#include <fmt/format.h>

#include "vgpu/codegen/cluster_run.h"
#include "vgpu/core/async.h"

namespace assay::vgpu::codegen {

namespace {

constexpr std::uint64_t offset_mask = (1ull << cluster_rank_shift) - 1;

/// The rank of the block in whose shared window a generic address lies.
std::optional<std::uint32_t> rank_of(const Context& context, std::uint64_t address) {
    const std::uint64_t from_first = address - context.cluster_base;
    const std::uint64_t rank = from_first / context.window_stride;
    if (rank >= context.cluster_blocks || from_first % context.window_stride >= context.shared_bytes) {
        return std::nullopt;
    }
    return static_cast<std::uint32_t>(rank);
}

std::uint64_t window_of(const Context& context, std::uint64_t rank) {
    return context.cluster_base + rank * context.window_stride;
}

/// cvta (9.7.9.20) of shared::cluster. Of a block that is not there: nowhere.
std::uint64_t convert(const Context& context, bool to_space, std::uint64_t address) {
    if (!to_space) {
        const std::uint64_t rank = address >> cluster_rank_shift;
        const std::uint64_t window = rank == 0 ? context.shared_base : window_of(context, rank - 1);
        return rank > context.cluster_blocks ? 0 : window + (address & offset_mask);
    }
    const auto rank = rank_of(context, address);
    return !rank || *rank == context.cluster_rank
               ? address - context.shared_base
               : (std::uint64_t{*rank + 1} << cluster_rank_shift) + (address - window_of(context, *rank));
}

/// mapa (9.7.9.23): where the block of a rank has what this block has at an address.
std::uint64_t map_rank(const Context& context, bool generic, std::uint64_t address, std::uint64_t rank) {
    if (!generic) {
        return ((rank + 1) << cluster_rank_shift) + (address & offset_mask);
    }
    const std::uint32_t owner = rank_of(context, address).value_or(context.cluster_rank);
    return window_of(context, rank) + (address - window_of(context, owner));
}

/// getctarank (9.7.9.24): the rank of the block whose shared memory an address is in.
std::uint64_t find_rank(const Context& context, bool generic, std::uint64_t address) {
    if (generic) {
        return rank_of(context, address).value_or(context.cluster_rank);
    }
    const std::uint64_t named = (address & 0xffffffffu) >> cluster_rank_shift;
    return named == 0 ? context.cluster_rank : named - 1;
}

} // namespace

std::optional<std::uint64_t> cluster_address(const Context& context, std::uint64_t address, std::uint64_t bytes) {
    const std::uint64_t rank = (address & 0xffffffffu) >> cluster_rank_shift, offset = address & offset_mask;
    if (rank > context.cluster_blocks || context.shared_bytes < bytes || offset > context.shared_bytes - bytes) {
        return std::nullopt;
    }
    return (rank == 0 ? context.shared_base : window_of(context, rank - 1)) + offset;
}

void runtime_arrive_in_cluster(Context* context, Frame* frame, std::uint32_t mask) {
    context->run->arrive_in_cluster(frame->warp, mask);
}

bool runtime_cluster(Context* context, Frame* frame, const Site* site, std::uint32_t mask, const std::uint64_t* sources,
                     std::uint64_t* results) {
    const isa::Instruction& instruction = *site->instruction;
    const bool generic = instruction.mod.space == isa::Space::Generic;
    std::uint64_t result = 0;
    for (std::uint32_t left = mask; left != 0; left &= left - 1) {
        const auto lane = static_cast<unsigned>(std::countr_zero(left));
        const std::uint64_t address = sources[lane];
        if (instruction.opcode == isa::Opcode::Cvta) {
            result = convert(*context, instruction.mod.to_space, address);
        } else if (instruction.opcode == isa::Opcode::Getctarank) {
            result = find_rank(*context, generic, address);
        } else {
            const std::uint64_t rank = sources[warp_size + lane] & 0xffffffffu;
            if (rank >= context->cluster_blocks) {
                raise_fault(
                    *context, *frame, instruction.source, lane, Fault::Kind::IllegalAddress, address,
                    fmt::format("`{}` of rank {} in a cluster of {}", instruction.text, rank, context->cluster_blocks));
                return false;
            }
            result = map_rank(*context, generic, address, rank);
        }
        results[lane] = result;
    }
    for (std::uint32_t left = ~mask; left != 0; left &= left - 1) {
        results[std::countr_zero(left)] = result;
    }
    return true;
}

} // namespace assay::vgpu::codegen
