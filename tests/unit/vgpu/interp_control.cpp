// Control flow, calls, barriers, forward progress, and the ends that a kernel can come to.
#include <numeric>

#include <gtest/gtest.h>

#include "unit/vgpu/launch_fixture.h"

namespace assay::vgpu::test {
namespace {

class InterpretControl : public testing::Test {
protected:
    Session s{read_kernel("kernels/control.ptx")};

    template <class... Arguments>
    void run(const std::string& kernel, const Shape& shape, const Arguments&... arguments) {
        const auto fault = s.launch(kernel, shape, arguments...);
        ASSERT_FALSE(fault) << fault->message;
    }
};

TEST_F(InterpretControl, LanesLeaveALoopAtDifferentTimes) {
    std::vector<unsigned> values(64);
    std::iota(values.begin(), values.end(), 1u);
    const auto in = s.upload(values), out = s.buffer<unsigned>(64);
    run("collatz", {.block = {64, 1, 1}}, in, out);
    const auto steps = s.download<unsigned>(out, 64);
    for (unsigned i = 0; i < 64; ++i) {
        unsigned count = 0;
        for (unsigned n = values[i]; n != 1; n = n % 2 ? 3 * n + 1 : n / 2) {
            ++count;
        }
        EXPECT_EQ(steps[i], count) << values[i];
    }
}

TEST_F(InterpretControl, BranchTables) {
    const auto in = s.upload(std::vector<int>{0, 1, 2, 3, 4, 5, 6, 7, -3});
    const auto out = s.upload(std::vector<int>(9, 12));
    run("switches", {.block = {9, 1, 1}}, in, out);
    EXPECT_EQ(s.download<int>(out, 9), (std::vector<int>{36, 17, 7, -12, 144, 16, 12 ^ 0x55, -1, -1}));
}

TEST_F(InterpretControl, Recursion) {
    const auto out = s.buffer<int>(48);
    run("recursion", {.block = {48, 1, 1}}, out);
    const int fibonacci[12] = {0, 1, 1, 2, 3, 5, 8, 13, 21, 34, 55, 89};
    const auto result = s.download<int>(out, 48);
    for (int i = 0; i < 48; ++i) {
        EXPECT_EQ(result[i], fibonacci[i % 12]);
    }
}

TEST_F(InterpretControl, EndlessRecursionOverflowsTheStack) {
    const auto in = s.upload(std::vector<int>{1, 1}), out = s.buffer<int>(1);
    const auto fault = s.launch("runaway", {}, in, out);
    ASSERT_TRUE(fault);
    EXPECT_EQ(fault->kind, Fault::Kind::LaunchFailure);
    EXPECT_NE(fault->message.find("stack overflow"), std::string::npos) << fault->message;
}

TEST_F(InterpretControl, IndirectCallsDiverge) {
    const auto out = s.buffer<int>(40);
    run("indirect", {.block = {40, 1, 1}}, out);
    const auto result = s.download<int>(out, 40);
    for (int i = 0; i < 40; ++i) {
        EXPECT_EQ(result[i], i % 3 == 0 ? i + 7 : i % 3 == 1 ? i - 7 : i * 7);
    }
}

TEST_F(InterpretControl, StructsThroughCalls) {
    const auto a = s.upload(std::vector<double>{1, 2, 3, 0, 1, 0}), b = s.upload(std::vector<double>{4, 5, 6, 0, 0, 1});
    const auto out = s.buffer<double>(6);
    run("struct_call", {.block = {2, 1, 1}}, a, b, out);
    EXPECT_EQ(s.download<double>(out, 6), (std::vector<double>{-3, 6, -3, 1, 0, 0}));
}

TEST_F(InterpretControl, TreeReductionOverBarriers) {
    std::vector<float> values(3000);
    for (std::size_t i = 0; i < values.size(); ++i) {
        values[i] = static_cast<float>(i % 17);
    }
    const auto in = s.upload(values), out = s.buffer<float>(4);
    run("block_sum", {.grid = {4, 1, 1}, .block = {256, 1, 1}}, in, out, 3000);
    const auto result = s.download<float>(out, 4);
    EXPECT_EQ(std::accumulate(result.begin(), result.end(), 0.0f), std::accumulate(values.begin(), values.end(), 0.0f));
}

TEST_F(InterpretControl, ExitedThreadsAreNotWaitedFor) {
    const auto out = s.upload(std::vector<int>(96, -1));
    run("early_exit", {.block = {96, 1, 1}}, out);
    const auto result = s.download<int>(out, 96);
    for (int i = 0; i < 96; ++i) {
        EXPECT_EQ(result[i], i % 3 == 0 ? -1 : 95 - i);
    }
}

TEST_F(InterpretControl, BarrierReductions) {
    std::vector<int> values(70);
    for (int i = 0; i < 70; ++i) {
        values[i] = i % 8;
    }
    const auto in = s.upload(values), out = s.buffer<int>(70);
    run("barrier_reductions", {.block = {70, 1, 1}}, in, out);
    const int above = static_cast<int>(std::ranges::count_if(values, [](int v) { return v > 3; }));
    EXPECT_EQ(s.download<int>(out, 70), std::vector<int>(70, above + 1000 + 2000));
}

TEST_F(InterpretControl, NamedBarriersCarryValuesBetweenWarps) {
    const int rounds = 5;
    const auto out = s.buffer<int>(32 * rounds);
    run("producer_consumer", {.block = {64, 1, 1}}, out, rounds);
    const auto result = s.download<int>(out, 32 * rounds);
    for (int i = 0; i < rounds; ++i) {
        for (int lane = 0; lane < 32; ++lane) {
            ASSERT_EQ(result[i * 32 + lane], i * 100 + 31 - lane);
        }
    }
}

TEST_F(InterpretControl, BarriersInDivergentCodeAreOne) {
    const auto out = s.buffer<int>(40);
    run("divergent_barrier", {.block = {40, 1, 1}}, out);
    auto expected = std::vector<int>(40, 6);
    expected[0] = 5;
    EXPECT_EQ(s.download<int>(out, 40), expected);
}

TEST_F(InterpretControl, BarriersThatNeverCompleteAreADeadlock) {
    const auto out = s.buffer<int>(64);
    const auto fault = s.launch("never_released", {.block = {64, 1, 1}}, out);
    ASSERT_TRUE(fault);
    EXPECT_EQ(fault->kind, Fault::Kind::Deadlock);
    EXPECT_NE(fault->message.find("bar"), std::string::npos) << fault->message;
}

TEST_F(InterpretControl, SpinLocksWithinAWarpMakeProgress) {
    const auto value = s.buffer<int>(1);
    run("spin_lock", {.grid = {3, 1, 1}, .block = {64, 1, 1}}, value, 2);
    EXPECT_EQ(s.download<int>(value, 1)[0], 3 * 64 * 2);
}

TEST_F(InterpretControl, ABlockMayWaitForALaterOne) {
    const auto flags = s.buffer<int>(10), out = s.buffer<int>(10);
    run("wait_for_later", {.grid = {10, 1, 1}, .block = {32, 1, 1}}, flags, out);
    EXPECT_EQ(s.download<int>(out, 10), (std::vector<int>{10, 9, 8, 7, 6, 5, 4, 3, 2, 1}));
}

TEST_F(InterpretControl, AFailingAssertionNamesItself) {
    std::vector<int> values(64, 1);
    const auto good = s.upload(values);
    values[37] = 5;
    const auto bad = s.upload(values);
    run("assertion", {.block = {64, 1, 1}}, good);
    const auto fault = s.launch("assertion", {.block = {64, 1, 1}}, bad);
    ASSERT_TRUE(fault);
    EXPECT_EQ(fault->kind, Fault::Kind::Assert);
    EXPECT_EQ(fault->thread, (Dim3{37, 0, 0}));
    EXPECT_NE(fault->message.find("in[threadIdx.x] != 5"), std::string::npos) << fault->message;
    EXPECT_NE(s.output().find("control.cu"), std::string::npos) << s.output();
}

TEST_F(InterpretControl, Traps) {
    run("traps", {.block = {64, 1, 1}}, 64);
    const auto fault = s.launch("traps", {.grid = {2, 1, 1}, .block = {64, 1, 1}}, 40);
    ASSERT_TRUE(fault);
    EXPECT_EQ(fault->kind, Fault::Kind::Trap);
    EXPECT_EQ(fault->thread, (Dim3{40, 0, 0}));
    EXPECT_NE(fault->source.line, 0u);
}

TEST(InterpretUnknown, AnInstructionThatNothingExecutesIsNamedWithItsLine) {
    Session s(R"(.version 9.0
.target sm_90
.address_size 64
.visible .entry k(.param .u32 go)
{
    .reg .pred %p;
    .reg .b32 %r;
    .shared .align 8 .b64 object;
    ld.param.u32 %r, [go];
    setp.eq.u32 %p, %r, 0;
    @%p bra DONE;
    st.bulk.weak.shared::cta [object], 8, 0;
DONE:
    ret;
})");
    EXPECT_FALSE(s.launch("k", {}, 0u)) << "it is not reached";
    const auto fault = s.launch("k", {}, 1u);
    ASSERT_TRUE(fault);
    EXPECT_EQ(fault->kind, Fault::Kind::IllegalInstruction);
    EXPECT_EQ(fault->source.ptx_line, 12u);
    EXPECT_NE(fault->message.find("st.bulk"), std::string::npos) << fault->message;
}

} // namespace
} // namespace assay::vgpu::test
