// Adverse runs: kernels that lack a barrier or an initial value, and are right by luck otherwise, show it.
#include <algorithm>
#include <array>
#include <gtest/gtest.h>
#include <set>

#include "unit/vgpu/launch_fixture.h"

namespace assay::vgpu::test {
namespace {

/// Thread 0 tells its value to all others through shared memory.
std::string tell(bool with_barrier) {
    const std::string barrier = with_barrier ? "bar.sync 0;\n" : "";
    return R"(.version 8.0
.target sm_90
.address_size 64
.visible .entry tell(.param .u64 out) {
    .reg .pred %p<2>;
    .reg .b32 %r<4>;
    .reg .b64 %rd<5>;
    .shared .align 4 .b8 told[4];
    ld.param.u64 %rd1, [out];
    mov.u32 %r1, %tid.x;
    setp.ne.s32 %p1, %r1, 0;
    @%p1 bra $after;
    mov.u32 %r2, 7;
    st.shared.u32 [told], %r2;
$after:
    )" + barrier +
           R"(ld.shared.u32 %r3, [told];
    mul.wide.u32 %rd2, %r1, 4;
    add.s64 %rd3, %rd1, %rd2;
    st.global.u32 [%rd3], %r3;
    ret;
}
)";
}

/// All threads tell what is behind shared memory, at a generic address.
constexpr const char* look_behind = R"(.version 8.0
.target sm_90
.address_size 64
.visible .entry tell(.param .u64 out) {
    .reg .b32 %r<4>;
    .reg .b64 %rd<7>;
    .shared .align 4 .b8 told[256];
    ld.param.u64 %rd1, [out];
    mov.u32 %r1, %tid.x;
    mov.u64 %rd2, told;
    cvta.shared.u64 %rd3, %rd2;
    ld.u32 %r3, [%rd3+256];
    mul.wide.u32 %rd4, %r1, 4;
    add.s64 %rd5, %rd1, %rd4;
    st.global.u32 [%rd5], %r3;
    ret;
}
)";

/// Thread 0 writes where `address` says: four bytes at a generic address.
std::string write_to(const std::string& variables, const std::string& address) {
    return R"(.version 8.0
.target sm_90
.address_size 64
.visible .entry tell(.param .u64 out) {
    .reg .b32 %r<4>;
    .reg .b64 %rd<4>;
    )" + variables +
           "\n" + address + R"(
    mov.u32 %r1, 7;
    st.u32 [%rd2], %r1;
    ret;
}
)";
}

/// Each block writes its number to the element of its index and to the next one.
constexpr const char* overlapping = R"(.version 8.0
.target sm_90
.address_size 64
.visible .entry tell(.param .u64 out) {
    .reg .b32 %r<4>;
    .reg .b64 %rd<5>;
    ld.param.u64 %rd1, [out];
    mov.u32 %r1, %ctaid.x;
    mul.wide.u32 %rd2, %r1, 4;
    add.s64 %rd3, %rd1, %rd2;
    st.global.u32 [%rd3], %r1;
    st.global.u32 [%rd3+4], %r1;
    ret;
}
)";

/// Each block waits for the one before it.
constexpr const char* chain = R"(.version 8.0
.target sm_90
.address_size 64
.visible .entry tell(.param .u64 out) {
    .reg .pred %p<2>;
    .reg .b32 %r<4>;
    .reg .b64 %rd<5>;
    ld.param.u64 %rd1, [out];
    mov.u32 %r1, %ctaid.x;
    mul.wide.u32 %rd2, %r1, 4;
    add.s64 %rd3, %rd1, %rd2;
    setp.eq.u32 %p1, %r1, 0;
    @%p1 bra $first;
$again:
    ld.acquire.gpu.global.u32 %r2, [%rd3+-4];
    setp.ne.u32 %p1, %r2, %r1;
    @%p1 bra $again;
$first:
    add.u32 %r3, %r1, 1;
    st.release.gpu.global.u32 [%rd3], %r3;
    ret;
}
)";

/// NaN in fp32, a number above all others that a kernel has, and one below.
constexpr std::array<std::uint32_t, 3> unwritten{0xFFFFFFFF, 0x7F7F7F7F, 0xFEFEFEFE};

bool is_unwritten(std::uint32_t value) {
    return std::ranges::find(unwritten, value) != unwritten.end();
}

struct Outcome {
    std::vector<std::uint32_t> out;
    std::optional<Fault> fault;
};

Outcome launch(const std::string& ptx, bool adverse, const Shape& shape) {
    Session session(ptx, Runner::Generator);
    const std::uint64_t out = session.buffer<std::uint32_t>(1024);
    codegen::set_adverse(adverse);
    auto fault = session.launch("tell", shape, out);
    codegen::set_adverse(false);
    return {session.download<std::uint32_t>(out, 1024), std::move(fault)};
}

std::vector<std::uint32_t> run(const std::string& ptx, bool adverse) {
    Outcome outcome = launch(ptx, adverse, {.block = {96, 1, 1}});
    EXPECT_FALSE(outcome.fault) << outcome.fault->message;
    outcome.out.resize(96);
    return outcome.out;
}

TEST(Adverse, ARightKernelNoticesNothing) {
    const std::vector<std::uint32_t> all(96, 7);
    EXPECT_EQ(run(tell(true), false), all);
    EXPECT_EQ(run(tell(true), true), all);
    EXPECT_EQ(run(tell(true), true), all) << "the other order";
}

TEST(Adverse, AMissingBarrierShows) {
    const std::vector<std::uint32_t> all(96, 7);
    EXPECT_EQ(run(tell(false), false), all) << "by luck: the warps run one after the other, the first one first";
    // Of two adverse runs a block has one in ascending and one in descending order.
    const auto first = run(tell(false), true);
    const auto second = run(tell(false), true);
    EXPECT_NE(first, second);
    const auto& values = first == all ? second : first;
    EXPECT_EQ(values[0], 7U);
    EXPECT_TRUE(is_unwritten(values[95])) << "what nobody has written yet: " << values[95];
    EXPECT_TRUE(first == all || second == all);
}

TEST(Adverse, WhatNobodyHasWrittenTakesTurns) {
    std::set<std::uint32_t> seen;
    for (int i = 0; i < 6; ++i) {
        const auto values = run(tell(false), true);
        seen.insert(values.begin(), values.end());
    }
    seen.erase(7);
    EXPECT_EQ(seen, std::set<std::uint32_t>(unwritten.begin(), unwritten.end()));
}

TEST(Adverse, BehindSharedMemoryIsNoZero) {
    const auto values = run(look_behind, true);
    EXPECT_TRUE(is_unwritten(values[0])) << values[0];
}

TEST(Adverse, AWriteBehindSharedMemoryIsAFault) {
    const std::string variable = ".shared .align 4 .b8 told[64];";
    const auto at = [](int offset) {
        return "mov.u64 %rd1, told;\n cvta.shared.u64 %rd2, %rd1;\n add.s64 %rd2, %rd2, " + std::to_string(offset) +
               ";";
    };
    EXPECT_FALSE(launch(write_to(variable, at(60)), true, {}).fault);
    EXPECT_FALSE(launch(write_to(variable, at(64)), false, {}).fault) << "device memory alone bounds it";
    const auto outcome = launch(write_to(variable, at(64)), true, {.grid = {3, 1, 1}});
    ASSERT_TRUE(outcome.fault);
    EXPECT_EQ(outcome.fault->kind, Fault::Kind::IllegalAddress);
    EXPECT_NE(outcome.fault->message.find("0 bytes behind the block's shared memory"), std::string::npos)
        << outcome.fault->message;
}

TEST(Adverse, AWriteBehindLocalMemoryIsAFaultOfTheThread) {
    const std::string variable = ".local .align 4 .b8 kept[16];";
    const auto at = [](int offset) {
        return "mov.u64 %rd1, kept;\n cvta.local.u64 %rd2, %rd1;\n add.s64 %rd2, %rd2, " + std::to_string(offset) + ";";
    };
    EXPECT_FALSE(launch(write_to(variable, at(12)), true, {.block = {40, 1, 1}}).fault);
    const auto outcome = launch(write_to(variable, at(16)), true, {.block = {40, 1, 1}});
    ASSERT_TRUE(outcome.fault);
    EXPECT_NE(outcome.fault->message.find("behind the local memory of a thread"), std::string::npos)
        << outcome.fault->message;
}

TEST(Adverse, BlocksComeInEitherOrder) {
    std::set<std::uint32_t> seen; // of block 0's write to the element of block 1, and that block's own
    for (int i = 0; i < 2; ++i) {
        const auto outcome = launch(overlapping, true, {.grid = {8, 1, 1}});
        EXPECT_FALSE(outcome.fault);
        seen.insert(outcome.out[1]);
    }
    EXPECT_EQ(seen, (std::set<std::uint32_t>{0, 1}));
    EXPECT_EQ(launch(overlapping, false, {.grid = {8, 1, 1}}).out[1], 1U) << "right by luck: in order";
}

TEST(Adverse, BlocksThatWaitForOthersComeInOrder) {
    for (int i = 0; i < 2; ++i) { // of a thousand blocks those that are resident would all wait for others, for ever
        const auto outcome = launch(chain, true, {.grid = {1000, 1, 1}});
        EXPECT_FALSE(outcome.fault);
        EXPECT_EQ(outcome.out[999], 1000U);
    }
}

} // namespace
} // namespace assay::vgpu::test
