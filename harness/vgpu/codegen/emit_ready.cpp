// Which lanes may run a block now.
//
// Two things keep lanes in front of a block where others have to come: lanes parked at a barrier that will pass it as
// well, and, in kernels with loops that wait for other threads, lanes still in such a loop that the block's first
// instruction names (a shuffle's mask). Without the second, lanes that are through a waiting loop would shuffle among
// themselves.
#include <algorithm>
#include <utility>

#include "vgpu/codegen/emit.h"

namespace assay::vgpu::codegen {

namespace {

/// Of instructions that gather lanes: those without a mask, for all lanes of the warp.
bool is_aligned(const isa::Instruction& instruction) {
    switch (instruction.opcode) {
    case isa::Opcode::Shfl:
    case isa::Opcode::Vote:
    case isa::Opcode::Match:
    case isa::Opcode::Redux:
    case isa::Opcode::Elect:
    case isa::Opcode::BarWarp:
        return false;
    default:
        return true;
    }
}

} // namespace

/// The blocks whose parked lanes keep `id` from running: they will pass it as well, and a block runs once for all.
std::vector<BlockId> Emitter::held_by(BlockId id) {
    std::vector<BlockId> result;
    const Group& group = groups_[group_of_[id]];
    for (const BlockId barrier : group.blocks) {
        if (!graph_.blocks[barrier].waits) {
            continue;
        }
        // Forward from the barrier to `id`, or both in the loop that `id` is the header of.
        const std::uint32_t loop = structure_.loop_of[id];
        bool holds = loop != none && structure_.loops[loop].header == id && structure_.inside(loop, barrier);
        std::vector<bool> seen(graph_.blocks.size(), false);
        std::vector<BlockId> work{barrier};
        while (!work.empty() && !holds) {
            const BlockId block = work.back();
            work.pop_back();
            for (const BlockId to : graph_.blocks[block].successors) {
                if (structure_.position[to] > structure_.position[block] && facts_.masked[to] && !seen[to]) {
                    seen[to] = true;
                    work.push_back(to);
                    holds = holds || to == id;
                }
            }
        }
        if (holds) {
            result.push_back(barrier);
        }
    }
    return result;
}

/// The waiting loops of the group whose lanes come to `id` when they are through.
std::vector<BlockId> Emitter::awaited_by(BlockId id) {
    std::vector<BlockId> result;
    for (const BlockId header : groups_[group_of_[id]].blocks) {
        if (header == id || !spinning_header(header)) {
            continue;
        }
        std::vector<bool> seen(graph_.blocks.size(), false);
        std::vector<BlockId> work{header};
        while (!work.empty() && !seen[id]) {
            const BlockId block = work.back();
            work.pop_back();
            for (const BlockId to : graph_.blocks[block].successors) {
                if (facts_.masked[to] && !seen[to] && to != header) {
                    seen[to] = true;
                    work.push_back(to);
                }
            }
        }
        if (seen[id]) {
            result.push_back(header);
        }
    }
    return result;
}

/// The lanes due at the block, without those that would miss a lane there: the first node names lanes that are still in
/// a waiting loop. Lanes that are through such a loop go on without the others, but only up to what all do together.
llvm::Value* Emitter::ready(BlockId id) {
    Value* due = builder_.CreateLoad(integer(32), places_[id].due);
    const Block& block = graph_.blocks[id];
    if (!facts_.serial || block.nodes.empty() || !gathers_lanes(*block.nodes[0].instruction)) {
        return due;
    }
    Value* away = nullptr;
    for (const BlockId header : awaited_by(id)) {
        Value* there = builder_.CreateLoad(integer(32), places_[header].due);
        away = away == nullptr ? there : builder_.CreateOr(away, there);
    }
    if (away == nullptr) {
        return due;
    }
    const Node& node = block.nodes[0];
    const bool all = is_aligned(*node.instruction);
    const BlockId here = std::exchange(here_, id);
    const auto current = std::exchange(current_, {});
    Value* missed = nullptr; // by lane
    if (Shaped named = all ? Shaped{} : operand(node.src.back(), 32); all || named.shape.uniform()) {
        Value* awaited = all ? away : builder_.CreateAnd(away, fit(scalar_of(named), 32));
        missed = builder_.CreateSExt(builder_.CreateIsNotNull(awaited), integer(32));
    } else {
        Value* awaited = builder_.CreateAnd(fit(vector_of(named), 32), splat(away));
        missed = mask_bits(builder_.CreateIsNotNull(awaited));
    }
    here_ = here;
    current_ = current;
    return builder_.CreateAnd(due, builder_.CreateNot(missed));
}

/// i1: lanes are ready at the block, and none are parked that it has to wait for.
llvm::Value* Emitter::can_run(BlockId id) {
    Value* lanes_there = builder_.CreateIsNotNull(ready(id));
    Value* parked = nullptr;
    for (const BlockId barrier : held_by(id)) {
        Value* lanes_mask = builder_.CreateLoad(integer(32), places_[barrier].parked);
        parked = parked == nullptr ? lanes_mask : builder_.CreateOr(parked, lanes_mask);
    }
    return parked == nullptr ? lanes_there : builder_.CreateAnd(lanes_there, builder_.CreateIsNull(parked));
}

/// i1: lanes were held in front of a block of the group when it was its turn, and no longer are. Null if none can be.
llvm::Value* Emitter::held_before(const Group& group) {
    Value* freed = nullptr;
    for (const BlockId id : group.blocks) {
        const Block& block = graph_.blocks[id];
        if (!block.nodes.empty() && gathers_lanes(*block.nodes[0].instruction) && !awaited_by(id).empty()) {
            Value* runs = can_run(id);
            freed = freed == nullptr ? runs : builder_.CreateOr(freed, runs);
        }
    }
    return freed;
}

} // namespace assay::vgpu::codegen
