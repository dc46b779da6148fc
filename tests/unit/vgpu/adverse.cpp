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

/// NaN in fp32, a number above all others that a kernel has, and one below.
constexpr std::array<std::uint32_t, 3> unwritten{0xFFFFFFFF, 0x7F7F7F7F, 0xFEFEFEFE};

bool is_unwritten(std::uint32_t value) {
    return std::ranges::find(unwritten, value) != unwritten.end();
}

std::vector<std::uint32_t> run(const std::string& ptx, bool adverse) {
    Session session(ptx, Runner::Generator);
    const std::uint64_t out = session.buffer<std::uint32_t>(96);
    codegen::set_adverse(adverse);
    const auto fault = session.launch("tell", {.block = {96, 1, 1}}, out);
    codegen::set_adverse(false);
    EXPECT_FALSE(fault) << fault->message;
    return session.download<std::uint32_t>(out, 96);
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

} // namespace
} // namespace assay::vgpu::test
