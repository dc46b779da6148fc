// Generated code of memory accesses whose lanes lie at constant distances.
#include <gtest/gtest.h>

#include "unit/vgpu/launch_fixture.h"

namespace assay::vgpu::test {
namespace {

/// The lower lanes of a warp load what is at `in`, the upper ones what is `distance` bytes further on.
std::string halves(unsigned distance) {
    return R"(.version 8.0
.target sm_90
.address_size 64
.visible .entry halves(.param .u64 in, .param .u64 out) {
    .reg .b32 %r<4>;
    .reg .f32 %f<2>;
    .reg .b64 %rd<8>;
    ld.param.u64 %rd1, [in];
    ld.param.u64 %rd2, [out];
    mov.u32 %r1, %tid.x;
    shr.u32 %r2, %r1, 4;
    mul.wide.u32 %rd3, %r2, )" +
           std::to_string(distance) + R"(;
    add.s64 %rd4, %rd1, %rd3;
    ld.global.f32 %f1, [%rd4];
    mul.wide.u32 %rd5, %r1, 4;
    add.s64 %rd6, %rd2, %rd5;
    st.global.f32 [%rd6], %f1;
    ret;
}
)";
}

TEST(GeneratedMemory, HalvesOfAWarpLoadAScalarEach) {
    Session session(halves(64), Runner::Generator);
    std::vector<float> numbers(32);
    numbers[0] = 1;
    numbers[16] = 2;
    const auto in = session.upload(numbers), out = session.buffer<float>(32);
    ASSERT_FALSE(session.launch("halves", {.block = {32, 1, 1}}, in, out));
    const auto loaded = session.download<float>(out, 32);
    EXPECT_EQ(loaded[15], 1);
    EXPECT_EQ(loaded[16], 2);
}

TEST(GeneratedMemory, HalvesOfAWarpAtAnOddDistanceAreMisaligned) {
    Session session(halves(69), Runner::Generator);
    const auto in = session.upload(std::vector<float>(32)), out = session.buffer<float>(32);
    const auto fault = session.launch("halves", {.block = {32, 1, 1}}, in, out);
    ASSERT_TRUE(fault);
    EXPECT_EQ(fault->kind, Fault::Kind::Misaligned);
    EXPECT_EQ(fault->address, in + 69);
    EXPECT_EQ(fault->thread, (Dim3{16, 0, 0}));
}

} // namespace
} // namespace assay::vgpu::test
