// Atomics of every operation and type that CUDA C++ reaches.
#include <algorithm>
#include <random>

#include <gtest/gtest.h>

#include "isa/evaluate.h"
#include "unit/vgpu/launch_fixture.h"

namespace assay::vgpu::test {
namespace {

TEST(InterpretAtomics, Histogram) {
    Session s(read_kernel("kernels/atomics.ptx"));
    std::mt19937 random(1);
    std::vector<std::uint8_t> bytes(5000);
    std::vector<unsigned> expected(256);
    for (auto& byte : bytes) {
        byte = static_cast<std::uint8_t>(random() % 97 * random() % 256);
        ++expected[byte];
    }
    const auto in = s.upload(bytes), bins = s.buffer<unsigned>(256);
    ASSERT_FALSE(s.launch("histogram", {.grid = {5, 1, 1}, .block = {128, 1, 1}}, in, 5000, bins));
    EXPECT_EQ(s.download<unsigned>(bins, 256), expected);
}

TEST(InterpretAtomics, Integers) {
    Session s(read_kernel("kernels/atomics.ptx"));
    const auto i32 = s.upload(std::vector<int>{100, 0, 100, -5});
    const auto u32 = s.upload(std::vector<unsigned>{~0u, 0, 0, 3, 2, 99, 0, ~0u});
    const auto u64 = s.upload(std::vector<std::uint64_t>{1, 5, 0, 3});
    const auto old = s.buffer<int>(96);
    ASSERT_FALSE(s.launch("integers", {.block = {32, 1, 1}}, i32, u32, u64, old));
    EXPECT_EQ(s.download<int>(i32, 4), (std::vector<int>{100 + 31 * 16, -64, 19, 93}));
    unsigned exclusive = 0;
    for (unsigned i = 0; i < 32; ++i) {
        exclusive ^= i * 0x01010101u;
    }
    unsigned inc = 3, dec = 2;
    for (int i = 0; i < 32; ++i) {
        inc = inc >= 9 ? 0 : inc + 1;
        dec = dec == 0 || dec > 6 ? 6 : dec - 1;
    }
    const auto words = s.download<unsigned>(u32, 8);
    EXPECT_EQ(words, (std::vector<unsigned>{0, ~0u, exclusive, inc, dec, words[5], 32, 0x80000000u}));
    EXPECT_EQ(s.download<std::uint64_t>(u64, 4),
              (std::vector<std::uint64_t>{1 + (32ull << 40), 31ull << 33, 77, 1ull << 63}));

    // Each result is the value before: those of the additions are distinct partial sums, those of the exchanges all
    // values but the last.
    auto results = s.download<int>(old, 96);
    std::vector<int> exchanged(results.begin() + 32, results.begin() + 64);
    exchanged.push_back(static_cast<int>(words[5]));
    std::ranges::sort(exchanged);
    EXPECT_EQ(exchanged.back(), 99);
    for (int i = 0; i < 32; ++i) {
        EXPECT_EQ(exchanged[i], i);
        EXPECT_EQ(results[64 + i], i) << "the compare-and-swaps follow one another in lane order";
        EXPECT_EQ(results[i], 100 + i * (i - 1) / 2);
    }
}

TEST(InterpretAtomics, FloatingPoint) {
    Session s(read_kernel("kernels/atomics.ptx"));
    const auto f = s.upload(std::vector<float>{1, 0, 0, 0}), d = s.upload(std::vector<double>{1});
    const auto h = s.buffer<std::uint16_t>(2), b = s.buffer<std::uint16_t>(2), h1 = s.buffer<std::uint16_t>(1);
    const auto fault = s.launch("floats", {.block = {32, 1, 1}}, f, d, h, b, h1);
    ASSERT_FALSE(fault) << fault->message;
    EXPECT_EQ(s.download<float>(f, 4), (std::vector<float>{17, 0, 32, 64}));
    EXPECT_EQ(s.download<double>(d, 1)[0], 9.0);
    const auto halves = s.download<std::uint16_t>(h, 2), brains = s.download<std::uint16_t>(b, 2);
    EXPECT_EQ(isa::f16_to_f32(halves[0]), 32.0f);
    EXPECT_EQ(isa::f16_to_f32(halves[1]), -16.0f);
    EXPECT_EQ(isa::bf16_to_f32(brains[0]), 16.0f);
    EXPECT_EQ(isa::bf16_to_f32(brains[1]), 64.0f);
    EXPECT_EQ(isa::f16_to_f32(s.download<std::uint16_t>(h1, 1)[0]), 64.0f);
}

} // namespace
} // namespace assay::vgpu::test
