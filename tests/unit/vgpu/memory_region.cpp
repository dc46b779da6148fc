// Allocations of the device memory: where they lie, what surrounds them, what becomes of them.
#include <cstdint>
#include <cstring>
#include <vector>

#include <gtest/gtest.h>

#include "vgpu/core/memory.h"

namespace assay::vgpu {
namespace {

std::uint8_t* bytes_at(std::uint64_t address) {
    return reinterpret_cast<std::uint8_t*>(address);
}

TEST(MemoryRegion, IsAlignedToItsSize) {
    const Memory memory(1ull << 30);
    EXPECT_EQ(memory.size(), 1ull << 30);
    EXPECT_EQ(memory.base() % memory.size(), 0u);
}

TEST(MemoryRegion, AllocationsAreAlignedZeroAndInside) {
    Memory memory(1ull << 30);
    for (const std::uint64_t bytes : {1ull, 255ull, 256ull, 4096ull, 4097ull, 5000000ull}) {
        const auto address = memory.allocate(bytes);
        ASSERT_TRUE(address) << bytes;
        EXPECT_EQ(*address % 256, 0u);
        EXPECT_GE(*address, memory.base());
        EXPECT_LE(*address + bytes, memory.base() + memory.size());
        for (std::uint64_t i = 0; i < bytes; ++i) {
            ASSERT_EQ(bytes_at(*address)[i], 0) << i;
        }
        std::memset(bytes_at(*address), 0xab, bytes);
    }
}

// A region begins at one of few addresses; its first allocation must not, or a number in a source could be its address.
TEST(MemoryRegion, ALargeOneBeginsToAllocateWhereNobodyKnows) {
    Memory one, other;
    const std::uint64_t first = *one.allocate(4096) - one.base(), second = *other.allocate(4096) - other.base();
    EXPECT_NE(first, second) << "once in 2^25 by chance";
    EXPECT_LT(first, one.size() / 2 + 8192) << "half of the region is left";
}

TEST(MemoryRegion, RefusesNothingAndTooMuch) {
    Memory memory(1ull << 30, 1 << 20);
    EXPECT_FALSE(memory.allocate(0));
    EXPECT_FALSE(memory.allocate((1 << 20) + 1));
    EXPECT_FALSE(memory.allocate(~0ull));
    EXPECT_TRUE(memory.allocate(1 << 19));
    EXPECT_TRUE(memory.allocate(1 << 19));
    EXPECT_FALSE(memory.allocate(1));
    EXPECT_EQ(memory.allocated(), 1u << 20);
}

TEST(MemoryRegion, FreedMemoryIsReusedAndZeroAgain) {
    Memory memory(1 << 20, 1 << 20); // room for few spans: reuse is forced
    for (int round = 0; round < 1000; ++round) {
        const auto first = memory.allocate(100000);
        const auto second = memory.allocate(300000);
        ASSERT_TRUE(first && second) << round;
        EXPECT_EQ(*bytes_at(*second), 0);
        std::memset(bytes_at(*second), 1, 300000);
        EXPECT_TRUE(memory.free(*first));
        EXPECT_TRUE(memory.free(*second));
    }
    EXPECT_EQ(memory.allocated(), 0u);
    EXPECT_TRUE(memory.allocate(900000)); // the neighbours were merged
}

TEST(MemoryRegion, FreeTakesOnlyStarts) {
    Memory memory(1 << 24);
    const auto address = memory.allocate(512);
    ASSERT_TRUE(address);
    EXPECT_FALSE(memory.free(*address + 256));
    EXPECT_FALSE(memory.free(0));
    EXPECT_TRUE(memory.free(*address));
    EXPECT_FALSE(memory.free(*address));
}

TEST(MemoryRegion, FindsTheAllocationOfAnAddress) {
    Memory memory(1 << 24);
    const std::uint64_t first = memory.allocate(1000).value();
    const std::uint64_t second = memory.allocate(8).value();
    EXPECT_EQ(memory.find(first + 999)->address, first);
    EXPECT_EQ(memory.find(second)->bytes, 8u);
    EXPECT_FALSE(memory.find(first + 1000));
    EXPECT_FALSE(memory.find(first - 1));
    EXPECT_FALSE(memory.find(0));
    EXPECT_FALSE(memory.find(~0ull));
    EXPECT_TRUE(memory.contains(first, 1000));
    EXPECT_TRUE(memory.contains(first + 996, 4));
    EXPECT_FALSE(memory.contains(first + 996, 5));
    EXPECT_FALSE(memory.contains(first + 8, ~0ull - 4));
}

TEST(MemoryRegion, EveryAllocationHasInaccessiblePagesAroundIt) {
    Memory memory(1 << 26);
    for (const std::uint64_t bytes : {4ull, 256ull, 4096ull, 65536ull + 256}) {
        const std::uint64_t address = memory.allocate(bytes).value();
        const std::uint64_t other = memory.allocate(bytes).value();
        ASSERT_NE(address, other);
        const std::uint64_t end = (address + bytes + 255) / 256 * 256;
        EXPECT_EQ(end % 4096, 0u) << "the end meets the end of a page";
        std::uint64_t sum = 0;
        for (const std::uint64_t outside : {end, end + 4095, address / 4096 * 4096 - 1, address / 4096 * 4096 - 4096}) {
            EXPECT_EQ(memory.run_guarded([&] { sum += *bytes_at(outside); }), outside);
        }
        EXPECT_EQ(memory.run_guarded([&] { sum += *bytes_at(address); }), std::nullopt);
        EXPECT_EQ(sum, 0u);
    }
}

TEST(MemoryRegion, FreedMemoryIsInaccessible) {
    Memory memory(1 << 24);
    const std::uint64_t address = memory.allocate(4096).value();
    memory.free(address);
    EXPECT_EQ(memory.run_guarded([&] { *bytes_at(address) = 1; }), address);
}

} // namespace
} // namespace assay::vgpu
