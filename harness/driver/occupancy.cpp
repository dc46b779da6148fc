#include "driver/occupancy.h"

#include <algorithm>
#include <array>

namespace assay::driver {

namespace {

constexpr std::uint32_t kib = 1024;
constexpr std::uint32_t warp_threads = 32;
constexpr std::uint32_t partitions = 4;
constexpr std::uint32_t register_unit = 256; ///< of a warp
constexpr std::uint32_t most_registers = 255;

struct Row {
    std::string_view architecture;
    Multiprocessor has;
};

// warps, blocks, shared memory, of one block, reserved, unit, barriers
constexpr std::array table{
    Row{"sm_75", {32, 16, 64 * kib, 64 * kib, 0, 256, 0}},
    Row{"sm_80", {64, 32, 164 * kib, 163 * kib, kib, 128, 0}},
    Row{"sm_86", {48, 16, 100 * kib, 99 * kib, kib, 128, 0}},
    Row{"sm_87", {48, 16, 164 * kib, 163 * kib, kib, 128, 0}},
    Row{"sm_89", {48, 24, 100 * kib, 99 * kib, kib, 128, 0}},
    Row{"sm_90", {64, 32, 228 * kib, 227 * kib, kib, 128, 64}},
    Row{"sm_100", {64, 32, 228 * kib, 227 * kib, kib, 128, 64}},
    Row{"sm_120", {48, 24, 100 * kib, 99 * kib, kib, 128, 24}},
};

constexpr std::uint32_t round_up(std::uint32_t value, std::uint32_t unit) {
    return (value + unit - 1) / unit * unit;
}

/// Warps take registers from one partition each; a block is refused as if all partitions gave the same.
std::uint32_t blocks_by_registers(const Multiprocessor& has, const BlockNeeds& block, std::uint32_t warps) {
    const std::uint32_t of_a_warp = round_up(block.registers * warp_threads, register_unit);
    if (block.registers > most_registers || of_a_warp * round_up(warps, partitions) > has.registers) {
        return 0;
    }
    return has.registers / partitions / of_a_warp * partitions / warps;
}

} // namespace

std::optional<Multiprocessor> multiprocessor_of(std::string_view architecture) {
    const auto* const row = std::ranges::find(table, architecture, &Row::architecture);
    return row == table.end() ? std::nullopt : std::optional(row->has);
}

Occupancy occupancy_of(const Multiprocessor& has, const BlockNeeds& block) {
    const std::uint32_t warps = (std::max(block.threads, 1U) + warp_threads - 1) / warp_threads;
    Occupancy occupancy{has.warps / warps, 0, 0, "warps"};
    const auto limit = [&](std::uint32_t blocks, const char* by) {
        if (blocks < occupancy.blocks) {
            occupancy.blocks = blocks;
            occupancy.limit = by;
        }
    };
    limit(has.blocks, "blocks");
    if (block.registers != 0) {
        limit(blocks_by_registers(has, block, warps), "registers");
    }
    const std::uint32_t shared = round_up(block.shared_bytes + has.reserved_bytes, has.shared_unit);
    if (block.shared_bytes > has.block_shared_bytes) {
        limit(0, "shared memory");
    } else if (shared != 0) {
        limit(has.shared_bytes / shared, "shared memory");
    }
    if (block.barriers != 0 && has.barriers != 0) {
        limit(has.barriers / block.barriers, "barriers");
    }
    occupancy.warps = occupancy.blocks * warps;
    occupancy.fraction = static_cast<double>(occupancy.warps) / has.warps;
    return occupancy;
}

} // namespace assay::driver
