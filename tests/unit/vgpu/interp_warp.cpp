// Warp-level functions: shuffles, votes, matches, reductions, convergence, cooperative groups.
#include <algorithm>
#include <bit>
#include <functional>
#include <numeric>

#include <gtest/gtest.h>

#include "unit/vgpu/launch_fixture.h"

namespace assay::vgpu::test {
namespace {

class InterpretWarp : public testing::Test {
protected:
    Session s{read_kernel("kernels/warp.ptx")};
    std::vector<int> values = [] {
        std::vector<int> v(64);
        for (int i = 0; i < 64; ++i) {
            v[i] = (i * 37 + 11) % 101;
        }
        return v;
    }();

    template <class... Arguments>
    void run(const std::string& kernel, const Shape& shape, const Arguments&... arguments) {
        const auto fault = s.launch(kernel, shape, arguments...);
        ASSERT_FALSE(fault) << fault->message;
    }
};

constexpr Shape one_warp{.block = {32, 1, 1}};

TEST_F(InterpretWarp, ShufflesOfEveryModeAndWidth) {
    const auto in = s.upload(values), out = s.buffer<int>(32 * 8);
    run("shuffles", one_warp, in, out);
    const auto result = s.download<int>(out, 32 * 8);
    // By the definition of the CUDA C++ Programming Guide: segments of `width` lanes, out of range gives the own value.
    for (int lane = 0; lane < 32; ++lane) {
        const auto in_segment = [&](int from, int width) {
            return from / width == lane / width && from >= 0 ? from : lane;
        };
        const int from[8] = {5,
                             lane / 8 * 8 + lane * 3 % 8,
                             in_segment(lane - 3, 32),
                             in_segment(lane - 2, 16),
                             in_segment(lane + 7, 32),
                             in_segment(lane + 1, 4),
                             lane ^ 16,
                             lane ^ 5};
        for (int i = 0; i < 8; ++i) {
            EXPECT_EQ(result[lane * 8 + i], values[from[i]]) << "lane " << lane << " shuffle " << i;
        }
    }
}

TEST_F(InterpretWarp, ShufflesOfWideValues) {
    std::vector<double> numbers(32);
    std::iota(numbers.begin(), numbers.end(), 0.5);
    const auto in = s.upload(numbers), out = s.buffer<double>(32);
    run("wide_shuffle", one_warp, in, out);
    EXPECT_EQ(s.download<double>(out, 32)[0], std::accumulate(numbers.begin(), numbers.end(), 0.0));
}

TEST_F(InterpretWarp, VotesAndMatches) {
    for (auto& v : values) {
        v = v % 5;
    }
    const auto in = s.upload(values), out = s.buffer<unsigned>(32 * 6);
    run("votes", one_warp, in, out);
    const auto result = s.download<unsigned>(out, 32 * 6);
    for (int lane = 0; lane < 32; ++lane) {
        unsigned above = 0, equal = 0;
        for (int other = 0; other < 32; ++other) {
            above |= values[other] > 2 ? 1u << other : 0;
            equal |= values[other] == values[lane] ? 1u << other : 0;
        }
        const std::vector<unsigned> expected{above, 1, 1, equal, ~0u, 1};
        EXPECT_EQ(std::vector<unsigned>(result.begin() + lane * 6, result.begin() + lane * 6 + 6), expected) << lane;
    }
}

TEST_F(InterpretWarp, Reductions) {
    std::vector<unsigned> words(32);
    for (unsigned i = 0; i < 32; ++i) {
        words[i] = i * 0x9e3779b9u | 1u;
    }
    const auto in = s.upload(words), out = s.buffer<unsigned>(32 * 6);
    run("reductions", one_warp, in, out);
    const std::vector<unsigned> expected{
        std::accumulate(words.begin(), words.end(), 0u),
        *std::ranges::min_element(words),
        std::ranges::max(words, [](unsigned a, unsigned b) { return static_cast<int>(a) < static_cast<int>(b); }),
        std::accumulate(words.begin(), words.end(), ~0u, std::bit_and<>()),
        std::accumulate(words.begin(), words.end(), 0u, std::bit_or<>()),
        std::accumulate(words.begin(), words.end(), 0u, std::bit_xor<>()),
    };
    const auto result = s.download<unsigned>(out, 32 * 6);
    for (int lane = 0; lane < 32; ++lane) {
        EXPECT_EQ(std::vector<unsigned>(result.begin() + lane * 6, result.begin() + lane * 6 + 6), expected);
    }
}

TEST_F(InterpretWarp, HalvesOfAWarpTalkAmongThemselvesAndMeetAgain) {
    const auto in = s.upload(values), out = s.buffer<int>(32), masks = s.buffer<unsigned>(32);
    run("halves", one_warp, in, out, masks);
    const auto result = s.download<int>(out, 32);
    const auto active = s.download<unsigned>(masks, 32);
    const auto in_half = [&](int lane) {
        return lane % 2 == 0 ? values[lane] + values[lane ^ 2] : values[lane] - values[lane ^ 4];
    };
    for (int lane = 0; lane < 32; ++lane) {
        EXPECT_EQ(result[lane], in_half(lane) + in_half(lane ^ 1));
        EXPECT_EQ(active[lane], lane % 2 == 0 ? 0x55555555u : 0xaaaaaaaau);
    }
}

TEST_F(InterpretWarp, TheSameShuffleMeetsAcrossBranches) {
    for (int i = 0; i < 64; ++i) {
        values[i] = i % 3 == 0 ? -i : i;
    }
    const auto in = s.upload(values), out = s.buffer<int>(32);
    run("across_branches", one_warp, in, out);
    const auto result = s.download<int>(out, 32);
    for (int lane = 0; lane < 32; ++lane) {
        EXPECT_EQ(result[lane], values[lane] > 0 ? values[lane ^ 1] * 10 : values[lane ^ 1] - 1);
    }
}

TEST_F(InterpretWarp, TheLastWarpMayBePartial) {
    const auto in = s.upload(values), out = s.buffer<int>(40);
    run("partial_warp", {.block = {40, 1, 1}}, in, out, 32);
    const auto result = s.download<int>(out, 40);
    EXPECT_EQ(result[0], std::accumulate(values.begin(), values.begin() + 32, 0));
}

TEST_F(InterpretWarp, ElectsTheLowestOfTheMask) {
    const auto out = s.buffer<int>(32);
    const auto fault = s.launch("elected", one_warp, out);
    // Lanes 0 to 3 are not in the mask, which is undefined; all others agree on lane 4.
    ASSERT_FALSE(fault) << fault->message;
    const auto result = s.download<int>(out, 32);
    for (int lane = 4; lane < 32; ++lane) {
        EXPECT_EQ(result[lane], lane == 4 ? 9 : 8);
    }
}

TEST_F(InterpretWarp, CooperativeGroups) {
    const auto in = s.upload(values), out = s.upload(std::vector<int>(192, -1));
    run("groups", {.block = {64, 1, 1}}, in, out);
    const auto result = s.download<int>(out, 192);
    for (int i = 0; i < 64; ++i) {
        const auto tile = values.begin() + i / 8 * 8;
        EXPECT_EQ(result[i], std::accumulate(tile, tile + 8, 0));
        EXPECT_EQ(result[64 + i], std::accumulate(tile, values.begin() + i + 1, 0));
        const auto warp = values.begin() + i / 32 * 32;
        const auto divisible = [](int v) { return v % 3 == 0; };
        const auto size = std::count_if(warp, warp + 32, divisible);
        const auto rank = std::count_if(warp, values.begin() + i, divisible);
        EXPECT_EQ(result[128 + i], divisible(values[i]) ? size * 100 + rank : -1);
    }
}

TEST_F(InterpretWarp, GridsSynchronise) {
    const int threads = 6 * 64, rounds = 3;
    std::vector<int> data(threads);
    std::iota(data.begin(), data.end(), 0);
    const auto address = s.upload(data);
    run("grid_sync", {.grid = {6, 1, 1}, .block = {64, 1, 1}, .cooperative = true}, address, rounds);
    for (int r = 0; r < rounds; ++r) {
        auto next = data;
        for (int i = 0; i < threads; ++i) {
            next[i] = data[(i + 1) % threads] + 1;
        }
        data = next;
    }
    EXPECT_EQ(s.download<int>(address, threads), data);
}

TEST_F(InterpretWarp, ALaneThatNeverComesIsADeadlock) {
    Session direct(R"(.version 9.0
.target sm_90
.address_size 64
.visible .entry k()
{
    .reg .pred %p;
    .reg .b32 %r<3>;
    mov.u32 %r0, %laneid;
    setp.eq.u32 %p, %r0, 0;
    @%p bra WAIT;
    shfl.sync.idx.b32 %r1, %r0, 0, 31, 0xffffffff;
    ret;
WAIT:
    bar.warp.sync 0xffffffff;
    ret;
})");
    const auto fault = direct.launch("k", one_warp);
    ASSERT_TRUE(fault);
    EXPECT_EQ(fault->kind, Fault::Kind::Deadlock);
}

} // namespace
} // namespace assay::vgpu::test
