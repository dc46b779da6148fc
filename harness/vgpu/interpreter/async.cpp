// What the ISA calls asynchronous: mbarriers, bulk and tensor copies, st.async and red.async (9.7.9.25, 9.7.9.27,
// 9.7.13.15).
//
// Each completes when it is issued, which is one of the orders that the ISA allows: bytes move, then the mbarrier hears
// of them. Shared memory of the cluster is one address space (see `shared_address`), so a multicast is the same copy to
// the same offset of several blocks.
#include <array>
#include <cstring>

#include <fmt/format.h>

#include "vgpu/core/mbarrier.h"
#include "vgpu/core/tensor_map.h"
#include "vgpu/interpreter/machine.h"

namespace assay::vgpu::interpreter {

namespace {

constexpr std::uint64_t bulk_alignment = 16;
constexpr std::uint64_t tensor_alignment = 128; ///< of a box in shared memory

/// The element that reads as not-a-number where a tensor ends.
std::uint64_t nan_of(isa::Type type) {
    switch (type) {
    case isa::Type::F16:
        return 0x7fff;
    case isa::Type::BF16:
        return 0x7fff;
    case isa::Type::F64:
        return 0x7fffffffffffffff;
    default:
        return 0x7fffffff;
    }
}

} // namespace

void Machine::mbarrier(const Context& context) {
    using enum isa::MbarrierMode;
    const isa::Instruction& instruction = context.instruction;
    const isa::Modifiers& mod = instruction.mod;
    if (mod.mbarrier == PendingCount) {
        write(context, instruction.dst[0], {Mbarrier::from(read(context, instruction.src[0]).bits).pending});
        return;
    }
    std::byte* at = resolve(context, mod.space, read(context, instruction.src[0]).bits, sizeof(std::uint64_t));
    if (at == nullptr) {
        return;
    }
    std::uint64_t bits = 0;
    std::memcpy(&bits, at, sizeof(bits));
    Mbarrier barrier = Mbarrier::from(bits);
    const bool given = instruction.src.size() > 1;
    const auto number = static_cast<std::uint32_t>(given ? read(context, instruction.src[1]).bits : 1);
    bool good = true;
    switch (mod.mbarrier) {
    case Init:
        good = number >= 1 && number <= Mbarrier::most;
        barrier = {.expected = number, .pending = number};
        break;
    case Inval:
        barrier = {};
        break;
    case Arrive:
    case ArriveDrop:
        good = barrier.arrive(number, mod.mbarrier == ArriveDrop);
        break;
    case ArriveExpectTx:
    case ArriveDropExpectTx:
        good = barrier.add_bytes(number) && barrier.arrive(1, mod.mbarrier == ArriveDropExpectTx);
        break;
    case ExpectTx:
        good = barrier.add_bytes(number);
        break;
    case CompleteTx:
        good = barrier.add_bytes(-static_cast<std::int64_t>(number));
        barrier.settle();
        break;
    case ArriveCopies: // the thread expects itself and arrives: the copies are done
        break;
    case ArriveCopiesNoinc:
        good = barrier.arrive(1, false);
        break;
    case TestWait:
    case TestParity: {
        const std::uint64_t value = read(context, instruction.src[1]).bits;
        const std::uint32_t awaited =
            mod.mbarrier == TestWait ? Mbarrier::from(value).parity : static_cast<std::uint32_t>(value & 1);
        const bool complete = barrier.parity != awaited;
        write(context, instruction.dst[0], {complete ? 1ull : 0ull});
        // Others have to come first.
        context.warp.contacts += complete ? 0 : patience;
        return;
    }
    case PendingCount:
        break;
    }
    if (!good) {
        fail(context, Fault::Kind::LaunchFailure,
             fmt::format("`{}` with {} on an mbarrier that expects {} arrivals, has {} pending and {} bytes to come",
                         instruction.text, number, barrier.expected, barrier.pending, barrier.bytes));
        return;
    }
    if (!instruction.dst.empty()) {
        write(context, instruction.dst[0], {bits});
    }
    bits = barrier.bits();
    std::memcpy(at, &bits, sizeof(bits));
}

void Machine::complete_bytes(const Context& context, std::uint64_t barrier, std::uint64_t bytes) {
    std::byte* at = resolve(context, isa::Space::SharedCluster, barrier, sizeof(std::uint64_t));
    if (at == nullptr) {
        return;
    }
    std::uint64_t bits = 0;
    std::memcpy(&bits, at, sizeof(bits));
    Mbarrier object = Mbarrier::from(bits);
    if (!object.add_bytes(-static_cast<std::int64_t>(bytes))) {
        fail(context, Fault::Kind::LaunchFailure,
             fmt::format("`{}` completes {} bytes of an mbarrier that waits for {}", context.instruction.text, bytes,
                         object.bytes));
        return;
    }
    object.settle();
    bits = object.bits();
    std::memcpy(at, &bits, sizeof(bits));
}

void Machine::store_async(const Context& context) {
    if (context.instruction.opcode == isa::Opcode::StAsync) {
        store(context);
    } else {
        atomic(context);
    }
    if (!fault_) {
        const isa::Modifiers& mod = context.instruction.mod;
        complete_bytes(context, read(context, context.instruction.src[2]).bits,
                       std::uint64_t{isa::bits_of(mod.type) / 8} * mod.vector);
    }
}

std::vector<std::uint64_t> Machine::multicast(const Context& context, std::uint64_t address,
                                              const isa::Operand& mask) const {
    if (mask.kind == isa::Operand::Kind::None) {
        return {address};
    }
    const std::uint64_t offset = address & ((1ull << cluster_rank_shift) - 1);
    const std::uint64_t ranks = read(context, mask).bits & 0xffff;
    std::vector<std::uint64_t> addresses;
    for (std::uint64_t rank = 0; rank < 16; ++rank) {
        if ((ranks >> rank & 1) != 0) {
            addresses.push_back(((rank + 1) << cluster_rank_shift) + offset);
        }
    }
    return addresses;
}

void Machine::combine(const isa::Modifiers& mod, isa::Type type, std::byte* to, const std::byte* from,
                      std::uint64_t bytes) {
    if (mod.atomic == isa::AtomicOp::None) {
        std::memcpy(to, from, bytes);
        return;
    }
    isa::Modifiers operation;
    operation.atomic = mod.atomic;
    operation.type = type;
    const std::size_t width = isa::bits_of(type) / 8;
    for (std::uint64_t i = 0; i < bytes; i += width) {
        isa::Value old;
        isa::Value value;
        std::memcpy(&old.bits, to + i, width);
        std::memcpy(&value.bits, from + i, width);
        const isa::Value result = isa::apply_atomic(operation, old, value, {});
        std::memcpy(to + i, &result.bits, width);
    }
}

void Machine::copy_bulk(const Context& context) {
    const isa::Instruction& instruction = context.instruction;
    const isa::Modifiers& mod = instruction.mod;
    const std::uint64_t bytes = read(context, instruction.src[2]).bits & 0xffffffffu;
    if (bytes % bulk_alignment != 0) {
        fail(context, Fault::Kind::Misaligned,
             fmt::format("`{}` of {} bytes, which is no multiple of {}", instruction.text, bytes, bulk_alignment));
        return;
    }
    if (bytes == 0) {
        return;
    }
    const std::byte* from =
        resolve_range(context, mod.source_space, read(context, instruction.src[1]).bits, bytes, bulk_alignment);
    if (from == nullptr) {
        return;
    }
    const std::uint64_t destination = read(context, instruction.src[0]).bits;
    const bool signals = instruction.src[3].kind != isa::Operand::Kind::None;
    const std::vector<std::uint64_t> targets = multicast(context, destination, instruction.src[4]);
    const std::vector<std::uint64_t> barriers =
        signals ? multicast(context, read(context, instruction.src[3]).bits, instruction.src[4])
                : std::vector<std::uint64_t>{};
    for (std::size_t i = 0; i < targets.size() && !fault_; ++i) {
        std::byte* to = resolve_range(context, mod.space, targets[i], bytes, bulk_alignment);
        if (to == nullptr) {
            return;
        }
        if (mod.atomic == isa::AtomicOp::None) {
            std::memmove(to, from, bytes);
        } else {
            combine(mod, mod.type, to, from, bytes);
        }
        if (signals) {
            complete_bytes(context, barriers[i], bytes);
        }
    }
}

/// A box of a tensor (9.7.9.27.1, tiled mode). What lies outside the tensor is read as zero or NaN and never written.
void Machine::copy_tensor(const Context& context) {
    const isa::Instruction& instruction = context.instruction;
    const isa::Modifiers& mod = instruction.mod;
    const std::byte* image =
        resolve_range(context, isa::Space::Generic, read(context, instruction.src[1]).bits, TensorMap::bytes, 64);
    if (image == nullptr) {
        return;
    }
    const auto map = TensorMap::read(std::span<const std::byte, TensorMap::bytes>(image, TensorMap::bytes));
    const auto& coordinates = instruction.src[2].elements;
    if (!map || map->rank != coordinates.size()) {
        fail(context, Fault::Kind::LaunchFailure,
             map ? fmt::format("`{}` on a tensor of {} dimensions", instruction.text, map->rank)
                 : fmt::format("`{}` on what is no tensor map of cuTensorMapEncodeTiled", instruction.text));
        return;
    }
    const bool to_shared = mod.space != isa::Space::Global;
    const unsigned width = map->element_bytes();
    const std::uint64_t row_bytes = std::uint64_t{map->count(0)} * width;
    const std::uint64_t pitch = map->swizzle_bytes != 0 ? map->swizzle_bytes : row_bytes;
    std::array<std::int64_t, TensorMap::max_rank> origin{};
    std::uint64_t rows = 1;
    for (unsigned i = 0; i < map->rank; ++i) {
        origin.at(i) = static_cast<std::int32_t>(read(context, coordinates[i]).bits);
        rows *= i > 0 ? map->count(i) : 1;
    }
    const std::uint64_t shared = read(context, instruction.src[0]).bits & 0xffffffffu;
    const bool signals = instruction.src[3].kind != isa::Operand::Kind::None;
    const std::vector<std::uint64_t> boxes = multicast(context, shared, instruction.src[4]);
    const std::vector<std::uint64_t> barriers =
        signals ? multicast(context, read(context, instruction.src[3]).bits, instruction.src[4])
                : std::vector<std::uint64_t>{};
    for (std::size_t target = 0; target < boxes.size() && !fault_; ++target) {
        std::byte* box =
            resolve_range(context, to_shared ? mod.space : mod.source_space, boxes[target],
                          (rows - 1) * pitch + (map->swizzle_bytes != 0 ? pitch : row_bytes), tensor_alignment);
        if (box == nullptr) {
            return;
        }
        // Swizzling is by the bits of the shared address, not of the box's own offset.
        const std::uint64_t start = boxes[target] & ((1ull << cluster_rank_shift) - 1);
        for (std::uint64_t row = 0; row < rows; ++row) {
            std::uint64_t address = map->address;
            std::uint64_t rest = row;
            bool inside_rows = true;
            for (unsigned i = 1; i < map->rank; ++i) {
                const std::int64_t at =
                    origin.at(i) + static_cast<std::int64_t>(rest % map->count(i)) * map->element_steps.at(i);
                rest /= map->count(i);
                inside_rows = inside_rows && at >= 0 && at <= static_cast<std::int64_t>(map->last.at(i));
                address += static_cast<std::uint64_t>(at) * map->strides.at(i - 1);
            }
            for (unsigned column = 0; column < map->count(0); ++column) {
                const std::int64_t at = origin[0] + std::int64_t{column} * map->element_steps[0];
                const bool inside = inside_rows && at >= 0 && at <= static_cast<std::int64_t>(map->last[0]);
                std::byte* in_box =
                    box + (swizzled(start + row * pitch + std::uint64_t{column} * width, map->swizzle_bytes) - start);
                if (!inside) {
                    const std::uint64_t fill = map->fill_nan != 0 ? nan_of(map->type) : 0;
                    if (to_shared) {
                        std::memcpy(in_box, &fill, width);
                    }
                    continue;
                }
                std::byte* element = resolve_range(context, isa::Space::Global,
                                                   address + static_cast<std::uint64_t>(at) * width, width, width);
                if (element == nullptr) {
                    return;
                }
                if (to_shared) {
                    std::memcpy(in_box, element, width);
                } else {
                    combine(mod, map->type, element, in_box, width);
                }
            }
        }
        if (signals) {
            complete_bytes(context, barriers[target], rows * row_bytes);
        }
    }
}

} // namespace assay::vgpu::interpreter
