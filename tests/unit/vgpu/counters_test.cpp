// What the counters say of kernels that can be counted by hand. That both engines count the same, instruction by
// instruction, is tests/conformance.
#include <gtest/gtest.h>

#include "unit/vgpu/driver_fixture.h"
#include "vgpu/counters.h"

namespace assay::vgpu::test {
namespace {

class Counted : public DriverTest, public testing::WithParamInterface<Engine> {
protected:
    void SetUp() override {
        DriverTest::SetUp();
        set_engine(GetParam());
    }
    void TearDown() override {
        set_counting(Counting::Off);
        DriverTest::TearDown();
    }

    /// The profile of one launch of `k`, whose parameters are addresses.
    template <class... Arguments>
    LaunchProfile profile(const std::string& body, const Shape& shape, Arguments... arguments) {
        std::string parameters;
        for (std::size_t i = 0; i < sizeof...(arguments); ++i) {
            parameters += (i == 0 ? ".param .u64 p" : ", .param .u64 p") + std::to_string(i);
        }
        const CUmodule module = load(".version 8.0\n.target sm_80\n.address_size 64\n.visible .entry k(" + parameters +
                                     ") {\n" + body + "\nret;\n}\n");
        CUfunction kernel = nullptr;
        EXPECT_EQ(cu.cuModuleGetFunction(&kernel, module, "k"), CUDA_SUCCESS);
        (void)take_profiles();
        set_counting(Counting::Accesses);
        EXPECT_EQ(launch(kernel, shape, arguments...), CUDA_SUCCESS);
        std::vector<LaunchProfile> profiles = take_profiles();
        EXPECT_EQ(profiles.size(), 1u);
        return profiles.empty() ? LaunchProfile{} : std::move(profiles.front());
    }
};

void expect(const Executed& executed, std::uint64_t warps, std::uint64_t threads) {
    EXPECT_EQ(executed.warps, warps);
    EXPECT_EQ(executed.threads, threads);
}

TEST_P(Counted, ClassesAndLanes) {
    // 3 blocks of 40 threads: warps of 32 and of 8 lanes.
    const LaunchProfile launch = profile(R"(
        .reg .f32 %f<4>; .reg .f64 %d<2>; .reg .b32 %r<6>; .reg .b64 %rd<2>; .reg .pred %p<2>;
        ld.param.u64 %rd1, [p0];
        mov.u32 %r1, %tid.x;
        add.s32 %r2, %r1, 1;
        cvt.rn.f32.s32 %f1, %r2;
        fma.rn.f32 %f2, %f1, %f1, %f1;
        mul.f32 %f2, %f2, %f1;
        rcp.approx.f32 %f3, %f2;
        setp.gt.f32 %p1, %f3, %f1;
        cvt.f64.f32 %d1, %f3;
        add.f64 %d1, %d1, %d1;
        cvt.rn.f32.f64 %f3, %d1;
        atom.global.add.f32 %f3, [%rd1], %f3;
        bar.sync 0;)",
                                         {.grid = {3, 1, 1}, .block = {40, 1, 1}}, allocate(4));
    EXPECT_EQ(launch.threads(), 120u);
    EXPECT_EQ(launch.warps(), 6u);
    EXPECT_EQ(launch.interpreted, GetParam() == Engine::Interpreter);
    const Counters all = total(launch.instructions);
    expect(all.of(InstructionClass::Move), 6, 120);
    expect(all.of(InstructionClass::Integer), 6, 120);
    expect(all.of(InstructionClass::Convert), 18, 360);
    expect(all.of(InstructionClass::Fp32), 12, 240);
    expect(all.of(InstructionClass::Fp64), 6, 120);
    expect(all.of(InstructionClass::Special), 6, 120);
    expect(all.of(InstructionClass::Atomic), 6, 120);
    expect(all.of(InstructionClass::Barrier), 6, 120);
    expect(all.of(InstructionClass::Load), 0, 0); // a parameter is an operand
    expect(all.of(InstructionClass::Compare), 6, 120);
    expect(all.all, 72, 1440);
    EXPECT_EQ(all.of(Arithmetic::Fp32), 120u * (2 + 1 + 1 + 1 + 1)); // fma, mul, rcp, setp, atom.add
    EXPECT_EQ(all.of(Arithmetic::Fp64), 120u);
    EXPECT_EQ(all.flops(), 840u);
    EXPECT_EQ(all.of(isa::Space::Global).atomic, 480u);
}

TEST_P(Counted, BytesSectorsAndConflicts) {
    // One warp: neighbours, vectors of 16 bytes, a stride of 2 sectors; in shared memory neighbours, a column of a
    // matrix 32 words wide, a broadcast, and 16 bytes a lane.
    const LaunchProfile launch = profile(R"(
        .reg .f32 %f<8>; .reg .b32 %r<9>; .reg .b64 %rd<6>;
        .shared .align 16 .b8 tile[4096];
        ld.param.u64 %rd1, [p0];
        mov.u32 %r1, %tid.x;
        mul.wide.u32 %rd2, %r1, 4;
        add.s64 %rd2, %rd1, %rd2;
        ld.global.f32 %f1, [%rd2];
        mul.wide.u32 %rd3, %r1, 16;
        add.s64 %rd3, %rd1, %rd3;
        ld.global.v4.f32 {%f2, %f3, %f4, %f5}, [%rd3];
        mul.wide.u32 %rd4, %r1, 64;
        add.s64 %rd4, %rd1, %rd4;
        st.global.f32 [%rd4], %f5;
        mov.u32 %r2, tile;
        shl.b32 %r3, %r1, 2;
        add.u32 %r4, %r2, %r3;
        st.shared.f32 [%r4], %f1;
        shl.b32 %r5, %r1, 7;
        add.u32 %r6, %r2, %r5;
        st.shared.f32 [%r6], %f1;
        ld.shared.f32 %f6, [tile];
        shl.b32 %r7, %r1, 4;
        add.u32 %r8, %r2, %r7;
        st.shared.v4.f32 [%r8], {%f6, %f2, %f3, %f4};)",
                                         {.block = {32, 1, 1}}, allocate(4096));
    const Counters all = total(launch.instructions);
    EXPECT_EQ(all.of(isa::Space::Global).loaded, 32u * (4 + 16));
    EXPECT_EQ(all.of(isa::Space::Global).stored, 32u * 4);
    EXPECT_EQ(all.of(isa::Space::Shared).loaded, 32u * 4);
    EXPECT_EQ(all.of(isa::Space::Shared).stored, 32u * (4 + 4 + 16));
    EXPECT_EQ(all.access.global_requests, 3u);
    EXPECT_EQ(all.access.sectors, 4u + 16 + 32);
    EXPECT_EQ(all.access.shared_requests, 4u);
    EXPECT_EQ(all.access.passes, 1u + 32 + 1 + 4);
    EXPECT_EQ(all.access.conflicts, 31u);
}

TEST_P(Counted, GuardsAndPartedBranches) {
    // Of 32 lanes 8 take the branch, and of the rest 4 the guarded load.
    const LaunchProfile launch = profile(R"(
        .reg .f32 %f<3>; .reg .b32 %r<3>; .reg .b64 %rd<3>; .reg .pred %p<4>;
        ld.param.u64 %rd1, [p0];
        mov.u32 %r1, %tid.x;
        setp.lt.u32 %p1, %r1, 8;
        setp.ge.u32 %p2, %r1, 28;
        setp.gt.u32 %p3, %r1, 99;
        @%p3 bra NEVER;
        @%p1 bra JOIN;
        @%p2 ld.global.f32 %f1, [%rd1];
        @%p2 add.f32 %f1, %f1, %f1;
        @%p2 st.global.f32 [%rd1], %f1;
    JOIN:
        add.u32 %r2, %r1, 1;
        st.global.u32 [%rd1+4], %r2;
    NEVER:)",
                                         {.block = {32, 1, 1}}, allocate(8));
    const Counters all = total(launch.instructions);
    expect(all.of(InstructionClass::Control), 2, 64);
    EXPECT_EQ(all.branches, 2u);
    EXPECT_EQ(all.parted, 1u);
    expect(all.of(InstructionClass::Load), 1, 4);
    expect(all.of(InstructionClass::Fp32), 1, 4);
    expect(all.of(InstructionClass::Integer), 1, 32);
    expect(all.of(InstructionClass::Store), 2, 36);
    EXPECT_EQ(all.of(isa::Space::Global).loaded, 16u);
    EXPECT_EQ(all.access.sectors, 3u);
}

TEST_P(Counted, MatrixProductsByWarp) {
    const LaunchProfile launch = profile(R"(
        .reg .b32 %a<5>; .reg .b32 %b<3>; .reg .f32 %d<5>; .reg .s32 %s<5>; .reg .b64 %rd<2>;
        ld.param.u64 %rd1, [p0];
        mov.b32 %a1, 0; mov.b32 %a2, 0; mov.b32 %a3, 0; mov.b32 %a4, 0; mov.b32 %b1, 0; mov.b32 %b2, 0;
        mov.f32 %d1, 0f00000000; mov.s32 %s1, 0;
        mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32 {%d1, %d2, %d3, %d4}, {%a1, %a2, %a3, %a4}, {%b1, %b2},
            {%d1, %d1, %d1, %d1};
        mma.sync.aligned.m16n8k32.row.col.s32.s8.s8.s32 {%s1, %s2, %s3, %s4}, {%a1, %a2, %a3, %a4}, {%b1, %b2},
            {%s1, %s1, %s1, %s1};
        st.global.f32 [%rd1], %d1;
        st.global.u32 [%rd1], %s1;)",
                                         {.grid = {2, 1, 1}, .block = {64, 1, 1}}, allocate(4));
    const Counters all = total(launch.instructions);
    expect(all.of(InstructionClass::Tensor), 8, 256);
    EXPECT_EQ(all.of(Arithmetic::Tensor), 4u * 2 * 16 * 8 * 16);
    EXPECT_EQ(all.of(Arithmetic::TensorInteger), 4u * 2 * 16 * 8 * 32);
    EXPECT_EQ(all.flops(), 4u * 2 * 16 * 8 * 16);
}

TEST_P(Counted, GenericAddressesAreResolvedForRequests) {
    const LaunchProfile launch = profile(R"(
        .reg .b32 %r<3>; .reg .b64 %rd<5>;
        .shared .align 16 .b8 tile[128];
        ld.param.u64 %rd1, [p0];
        mov.u64 %rd2, tile;
        cvta.shared.u64 %rd3, %rd2;
        ld.u32 %r1, [%rd3];
        st.u32 [%rd1], %r1;)",
                                         {.block = {32, 1, 1}}, allocate(4));
    const Counters all = total(launch.instructions);
    EXPECT_EQ(all.access.shared_requests, 1u);
    EXPECT_EQ(all.access.global_requests, 1u);
    EXPECT_EQ(all.access.sectors, 1u);
}

TEST_P(Counted, OnlyWhenAskedFor) {
    (void)take_profiles();
    ASSERT_EQ(launch(function("no_parameters"), {}), CUDA_SUCCESS);
    EXPECT_TRUE(take_profiles().empty());
    set_counting(Counting::Blocks);
    ASSERT_EQ(launch(function("no_parameters"), {}), CUDA_SUCCESS);
    ASSERT_EQ(launch(function("no_parameters"), {.grid = {5, 1, 1}}), CUDA_SUCCESS);
    const auto profiles = take_profiles();
    ASSERT_EQ(profiles.size(), 2u);
    EXPECT_EQ(profiles[1].warps(), 5u);
    EXPECT_TRUE(take_profiles().empty());
}

TEST_P(Counted, FootprintsAreOfDifferentBytes) {
    const CUdeviceptr source = allocate(400), target = allocate(400), counter = allocate(4), other = allocate(16);
    const auto buffer = [](const char* name, CUdeviceptr address, std::uint64_t bytes) {
        return MemoryObject{.name = name, .address = address, .bytes = bytes};
    };
    // Not in the order of addresses, and the target is watched from its second half on.
    start_footprints({buffer("target", target + 200, 200), buffer("counter", counter, 4), buffer("source", source, 400),
                      buffer("other", other, 16)});
    // 2 blocks of 40 threads read element tid and element 0 of the source, store a byte and a generic word.
    (void)profile(R"(
        .reg .b32 %r<6>; .reg .b64 %rd<8>;
        ld.param.u64 %rd1, [p0]; ld.param.u64 %rd2, [p1]; ld.param.u64 %rd3, [p2];
        mov.u32 %r1, %tid.x;
        mul.wide.u32 %rd4, %r1, 4;
        add.s64 %rd5, %rd1, %rd4;
        ld.global.u32 %r2, [%rd5];
        ld.u32 %r3, [%rd1];
        add.s32 %r2, %r2, %r3;
        add.s64 %rd6, %rd2, %rd4;
        st.u32 [%rd6], %r2;
        st.global.u8 [%rd6+240], %r2;
        red.global.add.u32 [%rd3], %r2;)",
                  {.grid = {2, 1, 1}, .block = {40, 1, 1}}, source, target, counter);
    ASSERT_EQ(cu.cuMemsetD8Async(other, 1, 4, nullptr), CUDA_SUCCESS);
    ASSERT_EQ(cu.cuMemcpyDtoDAsync_v2(other + 8, source + 392, 8, nullptr), CUDA_SUCCESS);
    const std::vector<Touched> touched = stop_footprints();
    ASSERT_EQ(touched.size(), 4u);
    EXPECT_EQ(touched[0].name, "target");
    EXPECT_EQ(touched[0].bytes, 200u);
    EXPECT_EQ(touched[0].read, 0u);
    // Words end at byte 160, bytes are 240, 244, ... 396: all of them in the second half.
    EXPECT_EQ(touched[0].written, 40u);
    EXPECT_EQ(touched[1].read, 4u);
    EXPECT_EQ(touched[1].written, 4u);
    EXPECT_EQ(touched[2].read, 168u); // 40 elements, and what the copy read
    EXPECT_EQ(touched[2].written, 0u);
    EXPECT_EQ(touched[3].read, 0u);
    EXPECT_EQ(touched[3].written, 12u);
    EXPECT_TRUE(stop_footprints().empty());
}

TEST_P(Counted, ThreadsOfTheHostDoNotMatter) {
    const std::string body = R"(
        .reg .b32 %r<4>; .reg .pred %p1;
        mov.u32 %r1, %ctaid.x; mov.u32 %r2, %tid.x; add.u32 %r1, %r1, %r2; mov.u32 %r3, 0;
    LOOP:
        add.u32 %r3, %r3, 1;
        setp.lt.u32 %p1, %r3, %r1;
        @%p1 bra LOOP;)";
    set_threads(1);
    const Counters one = total(profile(body, {.grid = {50, 1, 1}, .block = {64, 1, 1}}).instructions);
    set_threads(3);
    const Counters three = total(profile(body, {.grid = {50, 1, 1}, .block = {64, 1, 1}}).instructions);
    EXPECT_EQ(one.all.warps, three.all.warps);
    EXPECT_EQ(one.all.threads, three.all.threads);
    EXPECT_EQ(one.parted, three.parted);
    EXPECT_GT(one.parted, 0u);
}

INSTANTIATE_TEST_SUITE_P(Engines, Counted, testing::Values(Engine::Auto, Engine::Interpreter),
                         [](const auto& engine) { return engine.param == Engine::Auto ? "Generated" : "Interpreted"; });

} // namespace
} // namespace assay::vgpu::test
