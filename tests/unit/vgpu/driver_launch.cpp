// Launches: parameters, what is refused, sticky errors, the engines, output.
#include <atomic>
#include <thread>

#include "unit/vgpu/driver_fixture.h"

namespace assay::vgpu::test {
namespace {

class DriverLaunch : public DriverTest {};

TEST_F(DriverLaunch, RunsAKernel) {
    const auto a = upload(std::vector<float>{1, 2, 3}), b = upload(std::vector<float>{10, 20, 30}), c = allocate(12);
    int n = 3;
    CUdeviceptr pointers[3] = {a, b, c};
    void* parameters[] = {&pointers[0], &pointers[1], &pointers[2], &n};
    ASSERT_EQ(cu.cuLaunchKernel(function("add"), 1, 1, 1, 32, 1, 1, 0, nullptr, parameters, nullptr), CUDA_SUCCESS);
    EXPECT_EQ(download<float>(c, 3), (std::vector<float>{11, 22, 33}));
}

TEST_F(DriverLaunch, ParametersOfEverySize) {
    const CUdeviceptr out = allocate(40);
    ASSERT_EQ(
        launch(function("mixed"), {}, static_cast<char>(-3), 1.25, static_cast<short>(-300), -5000000000ll, 0.5f, out),
        CUDA_SUCCESS);
    EXPECT_EQ(download<double>(out, 5), (std::vector<double>{-3, 1.25, -300, -5e9, 0.5}));
}

TEST_F(DriverLaunch, ParametersAsABuffer) {
    const CUdeviceptr out = allocate(40);
    struct Buffer {
        char a = 4;
        double b = 2;
        short c = 6;
        long long d = 8;
        float e = 0.25f;
        CUdeviceptr out = 0;
    } buffer;
    buffer.out = out;
    std::size_t size = sizeof buffer;
    void* extra[] = {CU_LAUNCH_PARAM_BUFFER_POINTER, &buffer, CU_LAUNCH_PARAM_BUFFER_SIZE, &size, CU_LAUNCH_PARAM_END};
    const CUfunction mixed = function("mixed");
    ASSERT_EQ(cu.cuLaunchKernel(mixed, 1, 1, 1, 1, 1, 1, 0, nullptr, nullptr, extra), CUDA_SUCCESS);
    EXPECT_EQ(download<double>(out, 5), (std::vector<double>{4, 2, 6, 8, 0.25}));

    size = 8;
    EXPECT_EQ(cu.cuLaunchKernel(mixed, 1, 1, 1, 1, 1, 1, 0, nullptr, nullptr, extra), CUDA_ERROR_INVALID_VALUE);
    void* parameters[6] = {};
    EXPECT_EQ(cu.cuLaunchKernel(mixed, 1, 1, 1, 1, 1, 1, 0, nullptr, parameters, extra), CUDA_ERROR_INVALID_VALUE);
    EXPECT_EQ(cu.cuLaunchKernel(mixed, 1, 1, 1, 1, 1, 1, 0, nullptr, nullptr, nullptr), CUDA_ERROR_INVALID_VALUE);
    EXPECT_EQ(cu.cuLaunchKernel(function("no_parameters"), 1, 1, 1, 1, 1, 1, 0, nullptr, nullptr, nullptr),
              CUDA_SUCCESS);
}

TEST_F(DriverLaunch, RefusesWhatADriverRefuses) {
    const CUdeviceptr out = allocate(4096);
    const CUfunction bounded = function("bounded"), shares = function("shares"), none = function("no_parameters");
    EXPECT_EQ(launch(none, {.grid = {0, 1, 1}}), CUDA_ERROR_INVALID_VALUE);
    EXPECT_EQ(launch(none, {.grid = {1, 65536, 1}}), CUDA_ERROR_INVALID_VALUE);
    EXPECT_EQ(launch(none, {.grid = {1u << 31, 1, 1}}), CUDA_ERROR_INVALID_VALUE);
    EXPECT_EQ(launch(none, {.block = {1, 0, 1}}), CUDA_ERROR_INVALID_VALUE);
    EXPECT_EQ(launch(none, {.block = {2048, 1, 1}}), CUDA_ERROR_INVALID_VALUE);
    EXPECT_EQ(launch(none, {.block = {64, 32, 1}}), CUDA_ERROR_INVALID_VALUE);
    EXPECT_EQ(launch(none, {.block = {1, 1, 65}}), CUDA_ERROR_INVALID_VALUE);
    EXPECT_EQ(launch(none, {.block = {1024, 1, 1}}), CUDA_SUCCESS);
    EXPECT_EQ(launch(bounded, {.block = {129, 1, 1}}, out), CUDA_ERROR_INVALID_VALUE);
    EXPECT_EQ(launch(bounded, {.block = {128, 1, 1}}, out), CUDA_SUCCESS);
    EXPECT_EQ(launch(nullptr, {}), CUDA_ERROR_INVALID_HANDLE);

    EXPECT_EQ(launch(shares, {.block = {32, 1, 1}, .dynamic_shared = 49152}, out), CUDA_ERROR_INVALID_VALUE);
    EXPECT_EQ(launch(shares, {.block = {32, 1, 1}, .dynamic_shared = 45152}, out), CUDA_SUCCESS);
    ASSERT_EQ(cu.cuFuncSetAttribute(shares, CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES, 100000), CUDA_SUCCESS);
    EXPECT_EQ(launch(shares, {.block = {32, 1, 1}, .dynamic_shared = 100000}, out), CUDA_SUCCESS);
    EXPECT_EQ(launch(shares, {.block = {32, 1, 1}, .dynamic_shared = 100001}, out), CUDA_ERROR_INVALID_VALUE);
    EXPECT_EQ(download<int>(out, 32), std::vector<int>(32, 31));

    set_threads(2); // what an H100 holds, however few cores there are
    EXPECT_EQ(launch(none, {.grid = {265, 1, 1}, .block = {1024, 1, 1}, .cooperative = true}),
              CUDA_ERROR_COOPERATIVE_LAUNCH_TOO_LARGE);
    EXPECT_EQ(launch(none, {.grid = {264, 1, 1}, .block = {1024, 1, 1}, .cooperative = true}), CUDA_SUCCESS);

    CUlaunchAttribute cluster{};
    cluster.id = CU_LAUNCH_ATTRIBUTE_CLUSTER_DIMENSION;
    cluster.value.clusterDim = {2, 1, 1};
    CUlaunchConfig config{};
    config.gridDimX = 4;
    config.gridDimY = config.gridDimZ = config.blockDimX = config.blockDimY = config.blockDimZ = 1;
    config.attrs = &cluster;
    config.numAttrs = 1;
    EXPECT_EQ(cu.cuLaunchKernelEx(&config, none, nullptr, nullptr), CUDA_SUCCESS);
    config.gridDimX = 5;
    EXPECT_EQ(cu.cuLaunchKernelEx(&config, none, nullptr, nullptr), CUDA_ERROR_INVALID_VALUE) << "half a cluster";
    cluster.value.clusterDim = {32, 1, 1};
    EXPECT_EQ(cu.cuLaunchKernelEx(&config, none, nullptr, nullptr), CUDA_ERROR_INVALID_CLUSTER_SIZE);
    EXPECT_EQ(cu.cuCtxSynchronize(), CUDA_SUCCESS) << "a refused launch leaves no error behind";
}

TEST_F(DriverLaunch, RequiredBlockSizes) {
    CUfunction kernel = nullptr;
    const CUmodule module = load(".version 9.0\n.target sm_90\n.address_size 64\n"
                                 ".visible .entry k() .reqntid 16, 4, 1\n{\n    ret;\n}\n");
    ASSERT_EQ(cu.cuModuleGetFunction(&kernel, module, "k"), CUDA_SUCCESS);
    EXPECT_EQ(launch(kernel, {.block = {16, 4, 1}}), CUDA_SUCCESS);
    EXPECT_EQ(launch(kernel, {.block = {64, 1, 1}}), CUDA_ERROR_INVALID_VALUE);
    EXPECT_EQ(launch(kernel, {.block = {16, 2, 1}}), CUDA_ERROR_INVALID_VALUE);
}

TEST_F(DriverLaunch, FaultsStickUntilTheContextIsReleased) {
    const struct {
        int how;
        CUresult result;
        Fault::Kind kind;
    } cases[] = {
        {0, CUDA_ERROR_ILLEGAL_ADDRESS, Fault::Kind::IllegalAddress},
        {1, CUDA_ERROR_MISALIGNED_ADDRESS, Fault::Kind::Misaligned},
        {2, CUDA_ERROR_LAUNCH_FAILED, Fault::Kind::Trap},
        {3, CUDA_ERROR_ASSERT, Fault::Kind::Assert},
    };
    for (const auto& [how, result, kind] : cases) {
        const CUmodule module = load(read_kernel("kernels/driver.ptx"));
        CUfunction kernel = nullptr;
        ASSERT_EQ(cu.cuModuleGetFunction(&kernel, module, "fail_by"), CUDA_SUCCESS);
        const CUdeviceptr data = allocate(64);
        EXPECT_EQ(launch(kernel, {.grid = {2, 1, 1}, .block = {8, 1, 1}}, how, data), result);
        const auto fault = last_fault();
        ASSERT_TRUE(fault);
        EXPECT_EQ(fault->kind, kind);
        EXPECT_EQ(fault->kernel, "fail_by");
        EXPECT_EQ(fault->thread, (Dim3{3, 0, 0}));
        CUdeviceptr address = 0;
        EXPECT_EQ(cu.cuCtxSynchronize(), result);
        EXPECT_EQ(cu.cuMemAlloc_v2(&address, 4), result);
        EXPECT_EQ(launch(kernel, {}, 9, data), result);
        ASSERT_EQ(cu.cuDevicePrimaryCtxRelease_v2(0), CUDA_SUCCESS);
        open_context();
        EXPECT_EQ(cu.cuMemAlloc_v2(&address, 4), CUDA_SUCCESS);
    }
    EXPECT_NE(take_output().find("assertion `how == 4` failed"), std::string::npos);
}

TEST_F(DriverLaunch, DeadlocksTimeOut) {
    EXPECT_EQ(launch(function("deadlocks"), {.block = {64, 1, 1}}, allocate(256)), CUDA_ERROR_LAUNCH_TIMEOUT);
    EXPECT_EQ(last_fault()->kind, Fault::Kind::Deadlock);
}

TEST_F(DriverLaunch, PrintedTextIsTakenOnce) {
    ASSERT_EQ(launch(function("fail_by"), {.block = {8, 1, 1}}, 42, allocate(4)), CUDA_SUCCESS);
    EXPECT_EQ(take_output(), "survived 42\n");
    EXPECT_EQ(take_output(), "");
}

TEST_F(DriverLaunch, PrintedTextIsCapped) {
    // One character at a time is the worst case for whoever counts.
    const CUfunction kernel = function("fail_by");
    ASSERT_EQ(launch(kernel, {.grid = {100000, 1, 1}, .block = {4, 1, 1}}, 7, allocate(4)), CUDA_SUCCESS);
    EXPECT_EQ(take_output().size(), std::size_t{1} << 20);
}

TEST_F(DriverLaunch, TheEnginesAgree) {
    std::vector<float> x(1000, 1.5f), y(1000);
    for (std::size_t i = 0; i < y.size(); ++i) {
        y[i] = static_cast<float>(i);
    }
    const auto a = upload(x), b = upload(y), c = allocate(4000), d = allocate(4000);
    ASSERT_EQ(launch(function("add"), {.grid = {4, 1, 1}, .block = {256, 1, 1}}, a, b, c, 1000), CUDA_SUCCESS);
    EXPECT_TRUE(take_fallbacks().empty()) << "the interpreter was asked for";
    set_engine(Engine::Auto);
    ASSERT_EQ(launch(function("add"), {.grid = {4, 1, 1}, .block = {256, 1, 1}}, a, b, d, 1000), CUDA_SUCCESS);
    EXPECT_EQ(download<float>(c, 1000), download<float>(d, 1000));
    EXPECT_EQ(download<float>(c, 1000)[999], 1000.5f);
}

/// A loop that is entered at two places.
constexpr const char* two_entries = R"(.version 8.0
.target sm_90
.address_size 64
.visible .entry two_entries(.param .u64 out) {
    .reg .pred %p<2>;
    .reg .b32 %r<4>;
    .reg .b64 %rd<3>;
    ld.param.u64 %rd0, [out];
    mov.u32 %r0, %tid.x;
    mul.wide.u32 %rd1, %r0, 4;
    add.u64 %rd0, %rd0, %rd1;
    and.b32 %r1, %r0, 1;
    setp.ne.u32 %p0, %r1, 0;
    @%p0 bra MIDDLE;
TOP:
    add.u32 %r0, %r0, 1;
MIDDLE:
    add.u32 %r0, %r0, 2;
    setp.lt.u32 %p1, %r0, 20;
    @%p1 bra TOP;
    st.global.u32 [%rd0], %r0;
    ret;
})";

TEST_F(DriverLaunch, WhatIsNotGeneratedIsInterpretedAndNoted) {
    set_engine(Engine::Auto);
    (void)take_fallbacks();
    CUfunction kernel = nullptr;
    ASSERT_EQ(cu.cuModuleGetFunction(&kernel, load(two_entries), "two_entries"), CUDA_SUCCESS);
    const CUdeviceptr out = allocate(4 * 12);
    for (int i = 0; i < 2; ++i) {
        ASSERT_EQ(launch(kernel, {.block = {12, 1, 1}}, out), CUDA_SUCCESS);
    }
    EXPECT_EQ(download<int>(out, 12), (std::vector<int>{21, 21, 20, 20, 22, 22, 21, 21, 20, 20, 22, 22}));
    const auto fallbacks = take_fallbacks();
    ASSERT_EQ(fallbacks.size(), 1u);
    EXPECT_TRUE(fallbacks[0].starts_with("two_entries: ")) << fallbacks[0];
    EXPECT_TRUE(take_fallbacks().empty());
    ASSERT_EQ(launch(kernel, {.block = {12, 1, 1}}, out), CUDA_SUCCESS);
    EXPECT_EQ(take_fallbacks(), fallbacks) << "it was interpreted again";
}

TEST_F(DriverLaunch, CooperativeGridsSynchroniseOnEveryEngine) {
    set_threads(2);
    CUfunction kernel = nullptr;
    ASSERT_EQ(cu.cuModuleGetFunction(&kernel, load(read_kernel("kernels/warp.ptx")), "grid_sync"), CUDA_SUCCESS);
    for (const Engine engine : {Engine::Interpreter, Engine::Auto}) {
        set_engine(engine);
        std::vector<int> values(256, 5);
        values[0] = 0;
        const CUdeviceptr data = upload(values);
        const Shape shape{.grid = {4, 1, 1}, .block = {64, 1, 1}, .cooperative = true};
        for (int launched = 0; launched < 2; ++launched) { // the workspace must be fit for another launch
            ASSERT_EQ(launch(kernel, shape, data, 1), CUDA_SUCCESS);
        }
        auto expected = std::vector<int>(256, 7);
        expected[254] = 2; // the zero has moved down twice and grown twice
        EXPECT_EQ(download<int>(data, 256), expected);
    }
}

TEST_F(DriverLaunch, ThreadsMayLaunchAtOnce) {
    const CUfunction add = function("add");
    const auto a = upload(std::vector<float>(64, 1)), b = upload(std::vector<float>(64, 2));
    std::atomic<int> right = 0;
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
        threads.emplace_back([&] {
            open_context();
            const CUdeviceptr c = allocate(256);
            for (int i = 0; i < 20; ++i) {
                ASSERT_EQ(launch(add, {.block = {64, 1, 1}}, a, b, c, 64), CUDA_SUCCESS);
            }
            right += download<float>(c, 64) == std::vector<float>(64, 3) ? 1 : 0;
        });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    EXPECT_EQ(right, 4);
}

} // namespace
} // namespace assay::vgpu::test
