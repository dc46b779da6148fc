// Loops that wait for other threads, in generated code.
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

} // namespace
} // namespace assay::vgpu::test
