// Addresses and what is reached through them.
//
// Shared, local and parameter addresses are 32-bit offsets into the block's window, the thread's window and the frame,
// checked against those. Global and constant addresses must lie in an allocation that is no window; generic ones may
// lie in the windows of their own block and thread as well. One access is one range in one allocation: a vector that
// straddles the end of its buffer is illegal even if what follows is accessible.
#include <algorithm>
#include <array>
#include <cstring>

#include <fmt/format.h>

#include "vgpu/core/async.h"
#include "vgpu/interpreter/machine.h"

namespace assay::vgpu::interpreter {

namespace {

constexpr std::size_t max_access = 64; ///< bytes: the largest vectors have 32

std::uint64_t bytes_of(isa::Type type) {
    return std::max(1u, isa::bits_of(type) / 8);
}

isa::Value fetch(const std::byte* from, std::uint64_t bytes) {
    isa::Value value;
    std::memcpy(&value.bits, from, std::min<std::uint64_t>(bytes, 8));
    if (bytes > 8) {
        std::memcpy(&value.high, from + 8, bytes - 8);
    }
    return value;
}

void put(std::byte* to, const isa::Value& value, std::uint64_t bytes) {
    std::memcpy(to, &value.bits, std::min<std::uint64_t>(bytes, 8));
    if (bytes > 8) {
        std::memcpy(to + 8, &value.high, bytes - 8);
    }
}

isa::Value sign_extend(isa::Value value, isa::Type type) {
    const unsigned bits = isa::bits_of(type);
    if (isa::is_signed(type) && !isa::is_packed(type) && bits < 64) {
        const std::uint64_t sign = 1ull << (bits - 1);
        value.bits = (value.bits ^ sign) - sign;
    }
    return value;
}

const isa::Operand& element(const isa::Operand& operand, std::size_t index) {
    return operand.kind == isa::Operand::Kind::Vector ? operand.elements[index] : operand;
}

bool within(std::uint64_t address, std::uint64_t bytes, std::uint64_t start, std::uint64_t length) {
    return address >= start && bytes <= length && address - start <= length - bytes;
}

} // namespace

std::uint64_t Machine::address_of(const Context& context, const isa::Operand& operand) const {
    const auto offset = static_cast<std::uint64_t>(operand.offset);
    return operand.elements.empty() ? offset : read(context, operand.elements.front()).bits + offset;
}

std::uint64_t Machine::local_window(const Context& context) const {
    return context.block.local + std::uint64_t{context.thread.linear} * local_bytes_;
}

std::byte* Machine::resolve(const Context& context, isa::Space space, std::uint64_t address, std::uint64_t bytes) {
    return resolve_range(context, space, address, bytes, bytes);
}

std::byte* Machine::resolve_range(const Context& context, isa::Space space, std::uint64_t address, std::uint64_t bytes,
                                  std::uint64_t alignment) {
    if (address % alignment != 0) {
        fail(context, Fault::Kind::Misaligned,
             fmt::format("{} at {:#x} is not aligned to its {} bytes", context.instruction.text, address, alignment),
             address);
        return nullptr;
    }
    const auto window = [&](std::string_view name, std::uint64_t start, std::uint64_t length) -> std::byte* {
        const std::uint64_t offset = address & 0xffffffffu;
        if (!within(offset, bytes, 0, length)) {
            fail(context, Fault::Kind::IllegalAddress,
                 fmt::format("{} at offset {} of the {} bytes of {} memory", context.instruction.text, offset, length,
                             name),
                 address);
            return nullptr;
        }
        return pointer_at<std::byte>(start + offset);
    };
    switch (space) {
    case isa::Space::Shared:
        return window("shared", context.block.shared, shared_bytes_);
    case isa::Space::SharedCluster:
        if (const auto at = shared_address(context, address & 0xffffffffu)) {
            return resolve_generic(context, isa::Space::Generic, *at, bytes);
        }
        fail(context, Fault::Kind::IllegalAddress,
             fmt::format("{} at {:#x}, which is in no block of the cluster", context.instruction.text, address),
             address);
        return nullptr;
    case isa::Space::Local:
        return window("local", local_window(context), local_bytes_);
    case isa::Space::Param: {
        auto& frame = context.thread.top().parameters;
        return window("parameter", reinterpret_cast<std::uint64_t>(frame.data()), frame.size());
    }
    case isa::Space::Generic:
    case isa::Space::Global:
    case isa::Space::Const:
        break;
    }
    return resolve_generic(context, space, address, bytes);
}

std::byte* Machine::resolve_generic(const Context& context, isa::Space space, std::uint64_t address,
                                    std::uint64_t bytes) {
    const auto illegal = [&](std::string_view why) {
        fail(context, Fault::Kind::IllegalAddress,
             fmt::format("{} at address {:#x}, {}", context.instruction.text, address, why), address);
        return nullptr;
    };
    auto known = std::ranges::find_if(known_, [&](const Known& k) { return address - k.address < k.bytes; });
    if (known == known_.end()) {
        const auto allocation = launch_.memory->find(address);
        if (!allocation) {
            return illegal("which is on no allocation");
        }
        if (known_.size() == 8) {
            known_.clear();
        }
        const bool is_window = std::ranges::find(windows_, allocation->address) != windows_.end();
        known_.push_back({allocation->address, allocation->bytes, is_window});
        known = std::prev(known_.end());
    }
    if (!within(address, bytes, known->address, known->bytes)) {
        return illegal("past the end of its allocation");
    }
    if (known->window) {
        const bool own = within(address, bytes, local_window(context), local_bytes_) ||
                         std::ranges::any_of(context.block.cluster->blocks, [&](const Block& block) {
                             return within(address, bytes, block.shared, shared_bytes_);
                         });
        if (space != isa::Space::Generic || !own) {
            return illegal("which is shared or local memory that is not the thread's");
        }
    }
    return pointer_at<std::byte>(address);
}

void Machine::load(const Context& context) {
    const isa::Modifiers& mod = context.instruction.mod;
    const std::uint64_t bytes = bytes_of(mod.type);
    const std::uint64_t address = read(context, context.instruction.src[0]).bits;
    const std::byte* from = resolve(context, mod.space, address, bytes * mod.vector);
    if (from == nullptr) {
        return;
    }
    observe(context, from, bytes * mod.vector, Use::Read);
    for (std::size_t i = 0; i < mod.vector; ++i) {
        // A register may be wider than what is loaded (9.4.1): it is extended by the type's sign.
        write(context, element(context.instruction.dst[0], i), sign_extend(fetch(from + i * bytes, bytes), mod.type));
    }
}

void Machine::store(const Context& context) {
    const isa::Modifiers& mod = context.instruction.mod;
    const std::uint64_t bytes = bytes_of(mod.type);
    const std::uint64_t address = read(context, context.instruction.src[0]).bits;
    std::byte* to = resolve(context, mod.space, address, bytes * mod.vector);
    if (to == nullptr) {
        return;
    }
    std::array<std::byte, max_access> data{};
    for (std::size_t i = 0; i < mod.vector; ++i) {
        put(data.data() + i * bytes, read(context, element(context.instruction.src[1], i)), bytes);
    }
    observe(context, to, bytes * mod.vector, Use::Write, data.data());
    std::memcpy(to, data.data(), bytes * mod.vector);
}

void Machine::atomic(const Context& context) {
    const isa::Instruction& instruction = context.instruction;
    const isa::Modifiers& mod = instruction.mod;
    const std::uint64_t bytes = bytes_of(mod.type);
    std::byte* at = resolve(context, mod.space, read(context, instruction.src[0]).bits, bytes * mod.vector);
    if (at == nullptr) {
        return;
    }
    observe(context, at, bytes * mod.vector, Use::Atomic);
    for (std::size_t i = 0; i < mod.vector; ++i) {
        const isa::Value old = fetch(at + i * bytes, bytes);
        const isa::Value b = read(context, element(instruction.src[1], i));
        const bool swap = mod.atomic == isa::AtomicOp::Cas;
        const isa::Value c = swap ? read(context, element(instruction.src[2], i)) : isa::Value{};
        put(at + i * bytes, isa::apply_atomic(mod, old, b, c), bytes);
        if (!instruction.dst.empty()) {
            write(context, element(instruction.dst[0], i), old);
        }
    }
}

/// cp.async (9.7.9.25.3): the copy happens at its issue, which is one of the orders that the ISA allows.
void Machine::copy_async(const Context& context) {
    const isa::Instruction& instruction = context.instruction;
    const std::uint32_t bytes = instruction.mod.immediate;
    const bool ignore = read(context, instruction.src[3]).bits != 0;
    const std::uint64_t limit = read(context, instruction.src[2]).bits & 0xffffffffu;
    const std::uint64_t wanted = ignore ? 0 : std::min<std::uint64_t>(limit, bytes);
    std::byte* to = resolve(context, isa::Space::Shared, read(context, instruction.src[0]).bits, bytes);
    if (to == nullptr) {
        return;
    }
    std::array<std::byte, 16> data{};
    if (wanted != 0) {
        const std::uint64_t source = read(context, instruction.src[1]).bits;
        if (source % bytes != 0) {
            fail(context, Fault::Kind::Misaligned,
                 fmt::format("{} from {:#x}, which is not aligned to its {} bytes", instruction.text, source, bytes),
                 source);
            return;
        }
        const std::byte* from = resolve_generic(context, isa::Space::Global, source, wanted);
        if (from == nullptr) {
            return;
        }
        observe(context, from, wanted, Use::Read);
        std::memcpy(data.data(), from, wanted);
    }
    observe(context, to, bytes, Use::Write, data.data());
    std::memcpy(to, data.data(), bytes);
    if (launch_.checker != nullptr) {
        const auto offset = reinterpret_cast<std::uint64_t>(to) - context.block.shared;
        Checker::copy_issued(context.block.shadow, context.thread.linear, offset, bytes);
    }
}

/// cvta (9.7.9.20): shared and local addresses are offsets into windows of the region, the others are generic already;
/// those of kernel parameters lie in the launch's parameter block.
void Machine::convert_address(const Context& context) {
    const isa::Modifiers& mod = context.instruction.mod;
    isa::Value value = read(context, context.instruction.src[0]);
    std::uint64_t base = 0;
    switch (mod.space) {
    case isa::Space::Shared:
    case isa::Space::SharedCluster:
        if (!mod.to_space && value.bits >> cluster_rank_shift != 0) {
            value.bits = shared_address(context, value.bits).value_or(0);
            write(context, context.instruction.dst[0], value);
            return;
        }
        for (const Block& block : context.block.cluster->blocks) {
            if (mod.to_space && block.rank != context.block.rank &&
                within(value.bits, 1, block.shared, shared_bytes_)) {
                value.bits = (std::uint64_t{block.rank + 1} << cluster_rank_shift) + (value.bits - block.shared);
                write(context, context.instruction.dst[0], value);
                return;
            }
        }
        base = context.block.shared;
        break;
    case isa::Space::Local:
        base = local_window(context);
        break;
    case isa::Space::Param:
        base = launch_.parameters;
        break;
    case isa::Space::Generic:
    case isa::Space::Global:
    case isa::Space::Const:
        break;
    }
    value.bits = mod.to_space ? value.bits - base : value.bits + base;
    write(context, context.instruction.dst[0], value);
}

void Machine::is_in_space(const Context& context) {
    const std::uint64_t address = read(context, context.instruction.src[0]).bits;
    const bool shared = within(address, 1, context.block.shared, shared_bytes_);
    const bool in_cluster = std::ranges::any_of(context.block.cluster->blocks, [&](const Block& block) {
        return within(address, 1, block.shared, shared_bytes_);
    });
    const bool local = within(address, 1, local_window(context), local_bytes_);
    const auto& entry = program_.functions[launch_.kernel];
    const bool parameter = within(address, 1, launch_.parameters, entry.parameter_bytes);
    bool constant = false;
    for (std::size_t i = 0; i < program_.variables.size(); ++i) {
        const isa::Variable& variable = program_.variables[i];
        constant |= variable.space == isa::Space::Const &&
                    within(address, 1, launch_.module->variable_address[i], variable.bytes);
    }
    bool result = false;
    switch (context.instruction.mod.space) {
    case isa::Space::Shared:
        result = shared;
        break;
    case isa::Space::SharedCluster:
        result = in_cluster;
        break;
    case isa::Space::Local:
        result = local;
        break;
    case isa::Space::Const:
        result = constant;
        break;
    case isa::Space::Param:
        result = parameter;
        break;
    case isa::Space::Generic:
    case isa::Space::Global: // kernel parameters count as global (9.7.9.19)
        result = !in_cluster && !local && !constant;
        break;
    }
    write(context, context.instruction.dst[0], {result ? 1ull : 0ull});
}

std::optional<std::uint64_t> Machine::shared_address(const Context& context, std::uint64_t address) const {
    const std::uint64_t rank = address >> cluster_rank_shift;
    const auto& blocks = context.block.cluster->blocks;
    if (rank > blocks.size()) {
        return std::nullopt;
    }
    const Block& block = rank == 0 ? context.block : blocks[rank - 1];
    return block.shared + (address & ((1ull << cluster_rank_shift) - 1));
}

/// mapa (9.7.9.23): where the block of a rank has what this block has at an address.
void Machine::map_rank(const Context& context) {
    const isa::Instruction& instruction = context.instruction;
    const std::uint64_t address = read(context, instruction.src[0]).bits;
    const std::uint64_t rank = read(context, instruction.src[1]).bits & 0xffffffffu;
    const auto& blocks = context.block.cluster->blocks;
    const bool generic = instruction.mod.space == isa::Space::Generic;
    if (rank >= blocks.size()) {
        fail(context, Fault::Kind::IllegalAddress,
             fmt::format("`{}` of rank {} in a cluster of {}", instruction.text, rank, blocks.size()), address);
        return;
    }
    // An offset means the same in each window; a generic address may be in any of them.
    std::uint64_t offset = address & ((1ull << cluster_rank_shift) - 1);
    if (generic) {
        const auto owner = std::ranges::find_if(
            blocks, [&](const Block& block) { return within(address, 1, block.shared, shared_bytes_); });
        offset = address - (owner == blocks.end() ? context.block.shared : owner->shared);
    }
    write(context, instruction.dst[0],
          {generic ? blocks[rank].shared + offset : ((rank + 1) << cluster_rank_shift) + offset});
}

/// getctarank (9.7.9.24): the rank of the block whose shared memory an address is in.
void Machine::find_rank(const Context& context) {
    const isa::Instruction& instruction = context.instruction;
    const std::uint64_t address = read(context, instruction.src[0]).bits;
    std::uint64_t rank = context.block.rank;
    if (instruction.mod.space != isa::Space::Generic) {
        const std::uint64_t named = (address & 0xffffffffu) >> cluster_rank_shift;
        rank = named == 0 ? rank : named - 1;
    } else {
        for (const Block& block : context.block.cluster->blocks) {
            rank = within(address, 1, block.shared, shared_bytes_) ? block.rank : rank;
        }
    }
    write(context, instruction.dst[0], {rank});
}

} // namespace assay::vgpu::interpreter
