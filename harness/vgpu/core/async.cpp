#include "vgpu/core/async.h"

#include <algorithm>
#include <array>
#include <cstring>

#include <fmt/format.h>

#include "isa/evaluate.h"
#include "vgpu/core/mbarrier.h"
#include "vgpu/core/tensor_map.h"

namespace assay::vgpu {

namespace {

constexpr std::uint64_t bulk_alignment = 16;
constexpr std::uint64_t tensor_alignment = 128; ///< of a box in shared memory
constexpr unsigned most_ranks = 16;

/// The operands of an instruction by their number; those of a vector count one by one from its first.
std::size_t first_source(const isa::Instruction& instruction, std::size_t operand) {
    std::size_t at = 0;
    for (std::size_t i = 0; i < operand; ++i) {
        const isa::Operand& before = instruction.src[i];
        at += before.kind == isa::Operand::Kind::Vector ? before.elements.size() : 1;
    }
    return at;
}

/// The element that reads as not-a-number where a tensor ends.
std::uint64_t nan_of(isa::Type type) {
    switch (type) {
    case isa::Type::F16:
    case isa::Type::BF16:
        return 0x7fff;
    case isa::Type::F64:
        return 0x7fffffffffffffff;
    default:
        return 0x7fffffff;
    }
}

class Async {
public:
    Async(ThreadMemory& memory, const isa::Instruction& instruction, std::span<const std::uint64_t> sources)
        : memory_(memory), instruction_(instruction), mod_(instruction.mod), sources_(sources) {}

    bool mbarrier(std::uint64_t& result);
    bool store();
    bool copy_bulk();
    bool copy_tensor();

private:
    /// Where a copy goes, and which mbarriers hear of it: one of each for every block of the mask.
    struct Targets {
        unsigned count = 1;
        std::array<std::uint64_t, most_ranks> addresses{}, barriers{};
        bool signals = false;
    };

    [[nodiscard]] bool present(std::size_t operand) const {
        return instruction_.src[operand].kind != isa::Operand::Kind::None;
    }
    [[nodiscard]] std::uint64_t source(std::size_t operand) const {
        return sources_[first_source(instruction_, operand)];
    }
    [[nodiscard]] std::byte* resolve(isa::Space space, std::uint64_t address, std::uint64_t bytes,
                                     std::uint64_t alignment) {
        return memory_.resolve(space, address, bytes, alignment);
    }
    bool refuse(Fault::Kind kind, const std::string& what) {
        memory_.fail(kind, what);
        return false;
    }

    Targets targets(std::size_t address, std::size_t barrier, std::size_t mask) const;
    bool complete_bytes(std::uint64_t barrier, std::uint64_t bytes);
    void combine(isa::Type type, std::byte* to, const std::byte* from, std::uint64_t bytes) const;
    bool copy_row(const TensorMap& map, bool to_shared, std::uint64_t row_address, bool inside, std::int64_t origin,
                  std::byte* box, std::uint64_t start, std::uint64_t offset);

    ThreadMemory& memory_;
    const isa::Instruction& instruction_;
    const isa::Modifiers& mod_;
    std::span<const std::uint64_t> sources_;
};

bool Async::mbarrier(std::uint64_t& result) {
    using enum isa::MbarrierMode;
    if (mod_.mbarrier == PendingCount) {
        result = Mbarrier::from(source(0)).pending;
        return true;
    }
    std::byte* at = resolve(mod_.space, source(0), sizeof(std::uint64_t), sizeof(std::uint64_t));
    if (at == nullptr) {
        return false;
    }
    std::uint64_t bits = 0;
    std::memcpy(&bits, at, sizeof(bits));
    Mbarrier barrier = Mbarrier::from(bits);
    const auto number = static_cast<std::uint32_t>(instruction_.src.size() > 1 ? source(1) : 1);
    bool good = true;
    switch (mod_.mbarrier) {
    case Init:
        good = number >= 1 && number <= Mbarrier::most;
        barrier = {.expected = number, .pending = number};
        break;
    case Inval:
        barrier = {};
        break;
    case Arrive:
    case ArriveDrop:
        good = barrier.arrive(number, mod_.mbarrier == ArriveDrop);
        break;
    case ArriveExpectTx:
    case ArriveDropExpectTx:
        good = barrier.add_bytes(number) && barrier.arrive(1, mod_.mbarrier == ArriveDropExpectTx);
        break;
    case ExpectTx:
        good = barrier.add_bytes(number);
        break;
    case CompleteTx:
        good = barrier.add_bytes(-static_cast<std::int64_t>(number));
        barrier.settle();
        break;
    case ArriveCopies: // the thread expects itself and arrives: the copies are done
    case PendingCount:
        break;
    case ArriveCopiesNoinc:
        good = barrier.arrive(1, false);
        break;
    case TestWait:
    case TestParity: {
        const std::uint32_t awaited =
            mod_.mbarrier == TestWait ? Mbarrier::from(source(1)).parity : static_cast<std::uint32_t>(source(1) & 1);
        result = barrier.parity != awaited ? 1 : 0;
        return true;
    }
    }
    if (!good) {
        return refuse(
            Fault::Kind::LaunchFailure,
            fmt::format("`{}` with {} on an mbarrier that expects {} arrivals, has {} pending and {} bytes to come",
                        instruction_.text, number, barrier.expected, barrier.pending, barrier.bytes));
    }
    result = bits;
    bits = barrier.bits();
    std::memcpy(at, &bits, sizeof(bits));
    return true;
}

bool Async::complete_bytes(std::uint64_t barrier, std::uint64_t bytes) {
    std::byte* at = resolve(isa::Space::SharedCluster, barrier, sizeof(std::uint64_t), sizeof(std::uint64_t));
    if (at == nullptr) {
        return false;
    }
    std::uint64_t bits = 0;
    std::memcpy(&bits, at, sizeof(bits));
    Mbarrier object = Mbarrier::from(bits);
    if (!object.add_bytes(-static_cast<std::int64_t>(bytes))) {
        return refuse(Fault::Kind::LaunchFailure,
                      fmt::format("`{}` completes {} bytes of an mbarrier that waits for {}", instruction_.text, bytes,
                                  object.bytes));
    }
    object.settle();
    bits = object.bits();
    std::memcpy(at, &bits, sizeof(bits));
    memory_.heard(at);
    return true;
}

bool Async::store() {
    const std::uint64_t width = isa::bits_of(mod_.type) / 8;
    const std::uint64_t bytes = width * mod_.vector;
    std::byte* to = resolve(mod_.space, source(0), bytes, bytes);
    if (to == nullptr) {
        return false;
    }
    for (std::size_t i = 0; i < mod_.vector; ++i) {
        combine(mod_.type, to + i * width,
                reinterpret_cast<const std::byte*>(&sources_[first_source(instruction_, 1) + i]), width);
    }
    return complete_bytes(source(2), bytes);
}

Async::Targets Async::targets(std::size_t address, std::size_t barrier, std::size_t mask) const {
    Targets result;
    result.signals = present(barrier);
    result.addresses[0] = source(address);
    result.barriers[0] = result.signals ? source(barrier) : 0;
    if (!present(mask)) {
        return result;
    }
    constexpr std::uint64_t offset = (1ull << cluster_rank_shift) - 1;
    const std::uint64_t to = result.addresses[0] & offset, heard = result.barriers[0] & offset;
    result.count = 0;
    for (std::uint64_t rank = 0; rank < most_ranks; ++rank) {
        if ((source(mask) >> rank & 1) != 0) {
            const std::uint64_t block = (rank + 1) << cluster_rank_shift;
            result.addresses.at(result.count) = block + to;
            result.barriers.at(result.count++) = block + heard;
        }
    }
    return result;
}

/// Element by element, each atomically: blocks of the launch run on other threads.
template <class Word>
void combine_words(const isa::Modifiers& operation, std::byte* to, const std::byte* from, std::uint64_t bytes) {
    for (std::uint64_t i = 0; i < bytes; i += sizeof(Word)) {
        isa::Value value;
        std::memcpy(&value.bits, from + i, sizeof(Word));
        auto* at = reinterpret_cast<Word*>(to + i);
        for (Word old = __atomic_load_n(at, __ATOMIC_RELAXED);;) {
            isa::Value before;
            before.bits = old;
            const auto after = static_cast<Word>(isa::apply_atomic(operation, before, value, {}).bits);
            if (__atomic_compare_exchange_n(at, &old, after, false, __ATOMIC_SEQ_CST, __ATOMIC_RELAXED)) {
                break;
            }
        }
    }
}

void Async::combine(isa::Type type, std::byte* to, const std::byte* from, std::uint64_t bytes) const {
    if (mod_.atomic == isa::AtomicOp::None) {
        std::memmove(to, from, bytes);
        return;
    }
    isa::Modifiers operation;
    operation.atomic = mod_.atomic;
    operation.type = type;
    switch (isa::bits_of(type)) {
    case 8:
        return combine_words<std::uint8_t>(operation, to, from, bytes);
    case 16:
        return combine_words<std::uint16_t>(operation, to, from, bytes);
    case 32:
        return combine_words<std::uint32_t>(operation, to, from, bytes);
    default:
        return combine_words<std::uint64_t>(operation, to, from, bytes);
    }
}

bool Async::copy_bulk() {
    const std::uint64_t bytes = source(2) & 0xffffffffu;
    if (bytes % bulk_alignment != 0) {
        return refuse(Fault::Kind::Misaligned, fmt::format("`{}` of {} bytes, which is no multiple of {}",
                                                           instruction_.text, bytes, bulk_alignment));
    }
    if (bytes == 0) {
        return true;
    }
    const std::byte* from = resolve(mod_.source_space, source(1), bytes, bulk_alignment);
    if (from == nullptr) {
        return false;
    }
    const Targets to = targets(0, 3, 4);
    for (unsigned i = 0; i < to.count; ++i) {
        std::byte* place = resolve(mod_.space, to.addresses.at(i), bytes, bulk_alignment);
        if (place == nullptr) {
            return false;
        }
        combine(mod_.type, place, from, bytes);
        if (to.signals && !complete_bytes(to.barriers.at(i), bytes)) {
            return false;
        }
    }
    return true;
}

/// One row of a box. `inside`: the row is one of the tensor's. `start + offset` is its shared address, which swizzling
/// is by; `box` is where `start` lies.
bool Async::copy_row(const TensorMap& map, bool to_shared, std::uint64_t row_address, bool inside, std::int64_t origin,
                     std::byte* box, std::uint64_t start, std::uint64_t offset) {
    const unsigned width = map.element_bytes();
    const std::int64_t step = map.element_steps[0];
    const std::int64_t count = inside ? map.count(0) : 0;
    const auto last = static_cast<std::int64_t>(map.last[0]);
    // The elements [low, high) of the row lie in the tensor.
    const std::int64_t low = std::clamp<std::int64_t>(origin < 0 ? (-origin + step - 1) / step : 0, 0, count);
    const std::int64_t high = origin > last ? low : std::clamp<std::int64_t>((last - origin) / step + 1, low, count);
    std::byte* elements = nullptr;
    if (high > low) {
        const auto first = static_cast<std::uint64_t>(origin + low * step);
        const auto span = static_cast<std::uint64_t>((high - low - 1) * step + 1);
        elements = resolve(isa::Space::Global, row_address + first * width, span * width, width);
        if (elements == nullptr) {
            return false;
        }
    }
    const std::uint64_t fill = map.fill_nan != 0 ? nan_of(map.type) : 0;
    for (std::int64_t column = 0; column < static_cast<std::int64_t>(map.count(0)); ++column) {
        const std::uint64_t in_row = static_cast<std::uint64_t>(column) * width;
        std::byte* in_box = box + (swizzled(start + offset + in_row, map.swizzle_bytes) - start);
        if (column < low || column >= high) {
            if (to_shared) {
                std::memcpy(in_box, &fill, width);
            }
            continue;
        }
        std::byte* element = elements + (column - low) * step * width;
        if (to_shared) {
            std::memcpy(in_box, element, width);
        } else {
            combine(map.type, element, in_box, width);
        }
    }
    return true;
}

/// A box of a tensor (tiled mode). What lies outside the tensor is read as zero or NaN and never written.
bool Async::copy_tensor() {
    const std::byte* image = resolve(isa::Space::Generic, source(1), TensorMap::bytes, 64);
    if (image == nullptr) {
        return false;
    }
    const auto map = TensorMap::read(std::span<const std::byte, TensorMap::bytes>(image, TensorMap::bytes));
    const std::size_t dimensions = instruction_.src[2].elements.size();
    if (!map || map->rank != dimensions) {
        return refuse(Fault::Kind::LaunchFailure,
                      map ? fmt::format("`{}` on a tensor of {} dimensions", instruction_.text, map->rank)
                          : fmt::format("`{}` on what is no tensor map of cuTensorMapEncodeTiled", instruction_.text));
    }
    const bool to_shared = mod_.space != isa::Space::Global;
    const std::uint64_t row_bytes = std::uint64_t{map->count(0)} * map->element_bytes();
    const std::uint64_t pitch = map->swizzle_bytes != 0 ? map->swizzle_bytes : row_bytes;
    std::array<std::int64_t, TensorMap::max_rank> origin{};
    std::uint64_t rows = 1;
    for (unsigned i = 0; i < dimensions; ++i) {
        origin.at(i) = static_cast<std::int32_t>(sources_[first_source(instruction_, 2) + i]);
        rows *= i > 0 ? map->count(i) : 1;
    }
    const Targets to = targets(0, 3, 4);
    for (unsigned target = 0; target < to.count; ++target) {
        const std::uint64_t address = to.addresses.at(target) & 0xffffffffu;
        std::byte* box = resolve(to_shared ? mod_.space : mod_.source_space, address, rows * pitch, tensor_alignment);
        if (box == nullptr) {
            return false;
        }
        const std::uint64_t start = address & ((1ull << cluster_rank_shift) - 1);
        for (std::uint64_t row = 0; row < rows; ++row) {
            std::uint64_t row_address = map->address;
            std::uint64_t rest = row;
            bool inside = true;
            for (unsigned i = 1; i < dimensions; ++i) {
                const std::int64_t at =
                    origin.at(i) + static_cast<std::int64_t>(rest % map->count(i)) * map->element_steps.at(i);
                rest /= map->count(i);
                inside = inside && at >= 0 && at <= static_cast<std::int64_t>(map->last.at(i));
                row_address += static_cast<std::uint64_t>(at) * map->strides.at(i - 1);
            }
            if (!copy_row(*map, to_shared, row_address, inside, origin[0], box, start, row * pitch)) {
                return false;
            }
        }
        if (to.signals && !complete_bytes(to.barriers.at(target), rows * row_bytes)) {
            return false;
        }
    }
    return true;
}

} // namespace

bool run_async(ThreadMemory& memory, const isa::Instruction& instruction, std::span<const std::uint64_t> sources,
               std::uint64_t& result) {
    Async async(memory, instruction, sources);
    switch (instruction.opcode) {
    case isa::Opcode::Mbarrier:
        return async.mbarrier(result);
    case isa::Opcode::BulkCopy:
        return async.copy_bulk();
    case isa::Opcode::TensorCopy:
        return async.copy_tensor();
    default:
        return async.store();
    }
}

} // namespace assay::vgpu
