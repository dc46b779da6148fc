// Loops that wait for other threads, in generated code.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "unit/vgpu/launch_fixture.h"

namespace assay::vgpu::test {
namespace {

/// 128 threads wait, each lane at one of two flags, for what a fifth warp does; the two sides meet only where they
/// return.
constexpr std::string_view handover = R"(.version 9.0
.target sm_90
.address_size 64
.visible .entry handover(.param .u64 out)
{
    .reg .pred %p<6>;
    .reg .b32 %r<8>;
    .reg .b64 %d<4>;
    .shared .align 8 .b8 flags[8];
    ld.param.u64 %d1, [out];
    mov.u32 %r1, %tid.x;
    mov.u32 %r2, flags;
    setp.ne.u32 %p1, %r1, 0;
    @%p1 bra READY;
    st.shared.v2.u32 [flags], {0, 0};
READY:
    bar.sync 0;
    setp.gt.u32 %p2, %r1, 127;
    @%p2 bra SIGNAL;
    bra.uni WAIT;
SIGNAL:
    setp.ne.u32 %p3, %r1, 128;
    @%p3 bra DONE;
    st.volatile.shared.v2.u32 [flags], {7, 8};
    bra.uni DONE;
WAIT:
    and.b32 %r3, %r1, 1;
    mad.lo.u32 %r4, %r3, 4, %r2;
AGAIN:
    ld.volatile.shared.u32 %r5, [%r4];
    setp.ne.u32 %p4, %r5, 0;
    @%p4 bra THROUGH;
    bra AGAIN;
THROUGH:
    mul.wide.u32 %d2, %r1, 4;
    add.u64 %d3, %d1, %d2;
    st.global.u32 [%d3], %r5;
DONE:
    ret;
}
)";

class Waiting : public testing::TestWithParam<Runner> {};
INSTANTIATE_TEST_SUITE_P(Both, Waiting, testing::Values(Runner::Interpreter, Runner::Generator));

TEST_P(Waiting, LanesThatWaitOnOneSideOfABranchGoOn) {
    Session session(handover, GetParam());
    const auto out = session.buffer<unsigned>(128);
    const auto fault = session.launch("handover", {.block = {160, 1, 1}}, out);
    ASSERT_FALSE(fault) << fault->message;
    const auto values = session.download<unsigned>(out, 128);
    for (std::size_t i = 0; i < values.size(); ++i) {
        EXPECT_EQ(values[i], 7 + i % 2) << i;
    }
}

/// Each lane of block 0 stores pairs (i, ~i) in a place of its own, those of block 1 load them the other way round, as
/// a look-back scan loads the flags and sums of the tiles before it.
std::string pairs(int bits) {
    return fmt::format(R"(.version 9.0
.target sm_90
.address_size 64
.visible .entry pairs(.param .u64 places, .param .u64 torn, .param .u32 rounds)
{{
    .reg .pred %p<4>;
    .reg .b32 %r<8>;
    .reg .b64 %d<8>;
    .reg .b{0} %v<6>;
    ld.param.u64 %d1, [places];
    ld.param.u64 %d2, [torn];
    ld.param.u32 %r1, [rounds];
    mov.u32 %r2, %tid.x;
    mov.u32 %r3, %ctaid.x;
    mov.u32 %r5, 0;
    mov.b{0} %v1, 0;
    setp.ne.u32 %p1, %r3, 0;
    @%p1 bra LOAD;
    mad.wide.u32 %d3, %r2, {1}, %d1;
STORE:
    not.b{0} %v2, %v1;
    st.relaxed.gpu.global.v2.b{0} [%d3], {{%v1, %v2}};
    add.u{0} %v1, %v1, 1;
    add.u32 %r5, %r5, 1;
    setp.lt.u32 %p2, %r5, %r1;
    @%p2 bra STORE;
    bra.uni DONE;
LOAD:
    mov.u32 %r4, 31;
    sub.u32 %r4, %r4, %r2;
    mad.wide.u32 %d3, %r4, {1}, %d1;
AGAIN:
    ld.relaxed.gpu.global.v2.b{0} {{%v3, %v4}}, [%d3];
    not.b{0} %v5, %v4;
    setp.eq.u{0} %p3, %v3, %v5;
    @%p3 bra WHOLE;
    red.global.add.u32 [%d2], 1;
WHOLE:
    add.u32 %r5, %r5, 1;
    setp.lt.u32 %p2, %r5, %r1;
    @%p2 bra AGAIN;
DONE:
    ret;
}}
)",
                       bits, bits / 4);
}

template <class Word> unsigned torn_pairs(Runner runner) {
    Session session(pairs(8 * sizeof(Word)), runner);
    std::vector<Word> first;
    for (int i = 0; i < 32; ++i) {
        first.push_back(0);
        first.push_back(~Word{0});
    }
    const auto places = session.upload(first);
    const auto torn = session.buffer<unsigned>(1);
    const unsigned rounds = runner == Runner::Interpreter ? 100 : 100000;
    const auto fault =
        session.launch("pairs", {.grid = {2, 1, 1}, .block = {32, 1, 1}, .threads = 2}, places, torn, rounds);
    EXPECT_FALSE(fault) << fault->message;
    return session.download<unsigned>(torn, 1)[0];
}

TEST_P(Waiting, VectorsAreStoredAndLoadedWhole) {
    EXPECT_EQ(torn_pairs<std::uint32_t>(GetParam()), 0U);
    EXPECT_EQ(torn_pairs<std::uint64_t>(GetParam()), 0U);
}

/// The lanes of a warp wait each for a flag of its own, of which the first is up from the start and the others are
/// raised by another warp; then all vote, and exchange what they loaded.
constexpr std::string_view together = R"(.version 9.0
.target sm_90
.address_size 64
.visible .entry together(.param .u64 out)
{
    .reg .pred %p<6>;
    .reg .b32 %r<10>;
    .reg .b64 %d<4>;
    .shared .align 4 .b8 flags[128];
    ld.param.u64 %d1, [out];
    mov.u32 %r1, %tid.x;
    mov.u32 %r2, flags;
    and.b32 %r3, %r1, 31;
    mad.lo.u32 %r4, %r3, 4, %r2;
    setp.gt.u32 %p1, %r1, 31;
    @%p1 bra READY;
    setp.eq.u32 %p2, %r1, 0;
    selp.u32 %r5, 1, 0, %p2;
    st.shared.u32 [%r4], %r5;
READY:
    bar.sync 0;
    @%p1 bra RAISE;
AGAIN:
    ld.volatile.shared.u32 %r5, [%r4];
    setp.eq.u32 %p3, %r5, 0;
    @%p3 bra AGAIN;
    setp.ne.u32 %p4, %r5, 0;
    mov.b32 %r8, -1;
    vote.sync.ballot.b32 %r6, %p4, %r8;
    shfl.sync.bfly.b32 %r7, %r1, 1, 31, -1;
    mul.wide.u32 %d2, %r1, 8;
    add.u64 %d3, %d1, %d2;
    st.global.v2.u32 [%d3], {%r6, %r7};
    bra.uni DONE;
RAISE:
    st.volatile.shared.u32 [%r4], 1;
DONE:
    ret;
}
)";

TEST_P(Waiting, WhatLanesDoTogetherWaitsForThoseInALoop) {
    Session session(together, GetParam());
    const auto out = session.buffer<unsigned>(64);
    const auto fault = session.launch("together", {.block = {64, 1, 1}}, out);
    ASSERT_FALSE(fault) << fault->message;
    const auto values = session.download<unsigned>(out, 64);
    for (unsigned lane = 0; lane < 32; ++lane) {
        EXPECT_EQ(values[2 * lane], ~0U) << lane;
        EXPECT_EQ(values[2 * lane + 1], lane ^ 1) << lane;
    }
}

/// The halves of a warp, each with a mask of its own that is known at run time only: the lanes of the first wait for
/// another warp, those of the second for what the first half stores behind its vote.
constexpr std::string_view halves = R"(.version 9.0
.target sm_90
.address_size 64
.visible .entry halves(.param .u64 out)
{
    .reg .pred %p<6>;
    .reg .b32 %r<12>;
    .reg .b64 %d<4>;
    .shared .align 4 .b8 flags[128];
    ld.param.u64 %d1, [out];
    mov.u32 %r1, %tid.x;
    mov.u32 %r2, flags;
    and.b32 %r3, %r1, 31;
    mad.lo.u32 %r4, %r3, 4, %r2;
    setp.gt.u32 %p1, %r1, 31;
    @%p1 bra READY;
    setp.eq.u32 %p2, %r1, 0;
    selp.u32 %r5, 1, 0, %p2;
    st.shared.u32 [%r4], %r5;
READY:
    bar.sync 0;
    @%p1 bra RAISE;
    and.b32 %r8, %r1, 16;
    mov.u32 %r9, 65535;
    shl.b32 %r9, %r9, %r8;
AGAIN:
    ld.volatile.shared.u32 %r5, [%r4];
    setp.eq.u32 %p3, %r5, 0;
    @%p3 bra AGAIN;
    setp.ne.u32 %p4, %r5, 0;
    vote.sync.ballot.b32 %r6, %p4, %r9;
    setp.gt.u32 %p5, %r1, 15;
    @%p5 bra STORE;
    st.volatile.shared.u32 [%r4+64], 1;
STORE:
    mul.wide.u32 %d2, %r1, 4;
    add.u64 %d3, %d1, %d2;
    st.global.u32 [%d3], %r6;
    bra.uni DONE;
RAISE:
    setp.gt.u32 %p2, %r1, 47;
    @%p2 bra DONE;
    st.volatile.shared.u32 [%r4], 1;
DONE:
    ret;
}
)";

TEST_P(Waiting, LanesWaitForThoseAloneThatTheyName) {
    Session session(halves, GetParam());
    const auto out = session.buffer<unsigned>(32);
    const auto fault = session.launch("halves", {.block = {64, 1, 1}}, out);
    ASSERT_FALSE(fault) << fault->message;
    const auto values = session.download<unsigned>(out, 32);
    for (unsigned lane = 0; lane < 32; ++lane) {
        EXPECT_EQ(values[lane], lane < 16 ? 0xffffU : 0xffff0000U) << lane;
    }
}

/// A ring of one slot between two warps, in `steps` rounds. Both wait at the head of their round, so that the loop that
/// waits and the loop of rounds have one header.
constexpr std::string_view ring = R"(.version 9.0
.target sm_90
.address_size 64
.visible .entry ring(.param .u64 out, .param .u32 steps)
{
    .reg .pred %p<8>;
    .reg .b32 %r<12>;
    .reg .b64 %d<4>;
    .shared .align 4 .b8 ready[128];
    .shared .align 4 .u32 used;
    ld.param.u64 %d1, [out];
    ld.param.u32 %r1, [steps];
    mov.u32 %r2, %tid.x;
    and.b32 %r3, %r2, 31;
    mov.u32 %r4, ready;
    mad.lo.u32 %r4, %r3, 4, %r4;
    setp.gt.u32 %p1, %r2, 31;
    @%p1 bra READY;
    st.volatile.shared.u32 [%r4], -1;
    st.volatile.shared.u32 [used], 0;
READY:
    bar.sync 0;
    mov.u32 %r5, 0;
    mov.u32 %r6, 0;
    @%p1 bra FILL;
DRAIN:
    ld.volatile.shared.u32 %r7, [%r4];
    setp.ne.u32 %p2, %r7, %r5;
    @%p2 bra DRAIN;
    add.u32 %r6, %r6, %r5;
    add.u32 %r5, %r5, 1;
    bar.warp.sync -1;
    st.volatile.shared.u32 [used], %r5;
    setp.lt.u32 %p3, %r5, %r1;
    @%p3 bra DRAIN;
    mul.wide.u32 %d2, %r3, 4;
    add.u64 %d3, %d1, %d2;
    st.global.u32 [%d3], %r6;
    bra.uni DONE;
FILL:
    ld.volatile.shared.u32 %r7, [used];
    setp.lt.u32 %p2, %r7, %r5;
    @%p2 bra FILL;
    st.volatile.shared.u32 [%r4], %r5;
    add.u32 %r5, %r5, 1;
    setp.lt.u32 %p3, %r5, %r1;
    @%p3 bra FILL;
DONE:
    ret;
}
)";

TEST_P(Waiting, ALoopMayWaitAtTheHeadOfAnother) {
    Session session(ring, GetParam());
    const auto out = session.buffer<unsigned>(32);
    const auto fault = session.launch("ring", {.block = {64, 1, 1}}, out, 5U);
    ASSERT_FALSE(fault) << fault->message;
    EXPECT_EQ(session.download<unsigned>(out, 32), std::vector<unsigned>(32, 10));
}

} // namespace
} // namespace assay::vgpu::test
