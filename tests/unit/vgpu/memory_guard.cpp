// run_guarded: which faults it takes, on which threads, and what it leaves alone.
#include <cstdint>
#include <stdexcept>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <sys/mman.h>

#include "vgpu/core/memory.h"

namespace assay::vgpu {
namespace {

void store(std::uint64_t address) {
    *reinterpret_cast<volatile std::uint32_t*>(address) = 1;
}

TEST(MemoryGuard, ReturnsNothingWithoutAFault) {
    Memory memory(1 << 24);
    const std::uint64_t address = memory.allocate(4).value();
    EXPECT_EQ(memory.run_guarded([&] { store(address); }), std::nullopt);
    EXPECT_EQ(*reinterpret_cast<std::uint32_t*>(address), 1u);
}

TEST(MemoryGuard, ReturnsTheFaultingAddressAgainAndAgain) {
    const Memory memory(1 << 24);
    for (std::uint64_t i = 0; i < 100; ++i) {
        const std::uint64_t address = memory.base() + i * 4096 + 4 * i;
        EXPECT_EQ(memory.run_guarded([&] { store(address); }), address);
    }
}

TEST(MemoryGuard, EachThreadHasItsOwn) {
    const Memory memory(1 << 24);
    std::vector<std::uint64_t> seen(4);
    std::vector<std::thread> threads;
    for (std::size_t index = 0; index < seen.size(); ++index) {
        threads.emplace_back([&, index] {
            for (int round = 0; round < 50; ++round) {
                const std::uint64_t address = memory.base() + (index + 1) * 8192;
                seen[index] += memory.run_guarded([&] { store(address); }) == address ? 1 : 0;
            }
        });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    EXPECT_EQ(seen, std::vector<std::uint64_t>(4, 50));
}

TEST(MemoryGuard, Nests) {
    const Memory outer(1 << 24);
    const Memory inner(1 << 24);
    const auto fault = outer.run_guarded([&] {
        (void)inner.run_guarded([&] { store(inner.base()); });
        store(outer.base() + 64);
    });
    EXPECT_EQ(fault, outer.base() + 64);
}

TEST(MemoryGuard, LetsExceptionsThrough) {
    const Memory memory(1 << 24);
    EXPECT_THROW((void)memory.run_guarded([] { throw std::runtime_error("a bug"); }), std::runtime_error);
    EXPECT_EQ(memory.run_guarded([&] { store(memory.base()); }), memory.base());
}

TEST(MemoryGuardDeathTest, FaultsElsewhereStayFatal) {
    const Memory memory(1 << 24);
    void* page = mmap(nullptr, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    ASSERT_NE(page, MAP_FAILED);
    EXPECT_DEATH((void)memory.run_guarded([&] { store(reinterpret_cast<std::uint64_t>(page)); }), "");
    munmap(page, 4096);
}

TEST(MemoryGuard, WhatLiesRightBehindTheRegionIsGuardedToo) {
    const Memory memory(1 << 24);
    for (const std::uint64_t offset : {std::uint64_t{0}, Memory::overhang - 8}) {
        const std::uint64_t address = memory.base() + memory.size() + offset;
        EXPECT_EQ(memory.run_guarded([&] { store(address); }), address);
    }
}

TEST(MemoryGuardDeathTest, FaultsOutsideAGuardedCallStayFatal) {
    const Memory memory(1 << 24);
    EXPECT_EQ(memory.run_guarded([&] { store(memory.base()); }), memory.base());
    EXPECT_DEATH(store(memory.base()), "");
}

} // namespace
} // namespace assay::vgpu
