// Initialisation, device description, context, limits, errors, streams, events, memory.
#include <cstdlib>
#include <thread>

#include "driver/device.h"
#include "unit/vgpu/driver_fixture.h"

namespace assay::vgpu::test {
namespace {

TEST(DriverInitDeathTest, NothingWorksBeforeInit) {
    GTEST_FLAG_SET(death_test_style, "threadsafe"); // a fresh process
    const auto& cu = driver_table();
    EXPECT_EXIT(
        {
            int count = 0;
            CUdeviceptr address = 0;
            const bool refused = cu.cuDeviceGetCount(&count) == CUDA_ERROR_NOT_INITIALIZED &&
                                 cu.cuMemAlloc_v2(&address, 4) == CUDA_ERROR_NOT_INITIALIZED;
            std::exit(refused && cu.cuInit(0) == CUDA_SUCCESS && cu.cuDeviceGetCount(&count) == CUDA_SUCCESS ? 0 : 1);
        },
        testing::ExitedWithCode(0), "");
}

TEST(DriverTable, IsComplete) {
    const auto& cu = driver_table();
#define ASSAY_IS_SET(name) EXPECT_NE(cu.name, nullptr) << #name;
    ASSAY_DRIVER_FUNCTIONS(ASSAY_IS_SET)
#undef ASSAY_IS_SET
}

class DriverDevice : public DriverTest {};

TEST_F(DriverDevice, DescribesItself) {
    set_threads(3);
    const auto description = driver::describe(cu, 0);
    ASSERT_TRUE(description);
    EXPECT_EQ(description->kind, "vgpu");
    EXPECT_EQ(description->name, "Assay vGPU");
    EXPECT_EQ(description->clock, "host");
    EXPECT_EQ(description->compute_major, 9u);
    EXPECT_EQ(description->compute_minor, 0u);
    EXPECT_EQ(description->multiprocessors, 3u);
    EXPECT_EQ(description->max_threads_per_block, 1024u);
    EXPECT_EQ(description->max_shared_per_block, 49152u);
    EXPECT_EQ(description->max_shared_optin, 232448u);
    EXPECT_GT(description->l2_bytes, 0u);
    EXPECT_EQ(description->driver_version, 13000u);

    const auto missing = driver::describe(cu, 1);
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().what, "cuDeviceGet: CUDA_ERROR_INVALID_DEVICE (invalid device ordinal)");
}

TEST_F(DriverDevice, AttributesThatDoNotExist) {
    int value = -1;
    EXPECT_EQ(cu.cuDeviceGetAttribute(&value, static_cast<CUdevice_attribute>(0), 0), CUDA_ERROR_INVALID_VALUE);
    EXPECT_EQ(cu.cuDeviceGetAttribute(&value, CU_DEVICE_ATTRIBUTE_MAX, 0), CUDA_ERROR_INVALID_VALUE);
    EXPECT_EQ(cu.cuDeviceGetAttribute(&value, CU_DEVICE_ATTRIBUTE_WARP_SIZE, 1), CUDA_ERROR_INVALID_DEVICE);
    EXPECT_EQ(cu.cuDeviceGetAttribute(&value, CU_DEVICE_ATTRIBUTE_WARP_SIZE, 0), CUDA_SUCCESS);
    EXPECT_EQ(value, 32);
    EXPECT_EQ(cu.cuDeviceGetAttribute(&value, CU_DEVICE_ATTRIBUTE_MANAGED_MEMORY, 0), CUDA_SUCCESS);
    EXPECT_EQ(value, 0);
}

TEST_F(DriverDevice, NamesAndMeaningsOfErrors) {
    const char* text = nullptr;
    EXPECT_EQ(cu.cuGetErrorName(CUDA_ERROR_ILLEGAL_ADDRESS, &text), CUDA_SUCCESS);
    EXPECT_STREQ(text, "CUDA_ERROR_ILLEGAL_ADDRESS");
    EXPECT_EQ(cu.cuGetErrorString(CUDA_ERROR_ILLEGAL_ADDRESS, &text), CUDA_SUCCESS);
    EXPECT_STREQ(text, "an illegal memory access was encountered");
    EXPECT_EQ(cu.cuGetErrorName(static_cast<CUresult>(1000), &text), CUDA_ERROR_INVALID_VALUE);
    EXPECT_EQ(text, nullptr);
}

TEST_F(DriverDevice, AThreadNeedsACurrentContext) {
    std::thread other([&] {
        CUdeviceptr address = 0;
        EXPECT_EQ(cu.cuMemAlloc_v2(&address, 4), CUDA_ERROR_INVALID_CONTEXT);
        open_context();
        EXPECT_EQ(cu.cuMemAlloc_v2(&address, 4), CUDA_SUCCESS);
        EXPECT_EQ(cu.cuCtxSetCurrent(nullptr), CUDA_SUCCESS);
        EXPECT_EQ(cu.cuMemFree_v2(address), CUDA_ERROR_INVALID_CONTEXT);
    });
    other.join();
    int dummy = 0;
    EXPECT_EQ(cu.cuCtxSetCurrent(reinterpret_cast<CUcontext>(&dummy)), CUDA_ERROR_INVALID_CONTEXT);
}

TEST_F(DriverDevice, ReleaseDestroysWhatBelongsToTheContext) {
    std::size_t before = 0, after = 0, total = 0;
    ASSERT_EQ(cu.cuMemGetInfo_v2(&before, &total), CUDA_SUCCESS);
    const CUdeviceptr address = allocate(10 << 20);
    const CUmodule module = kernels();
    CUstream stream = nullptr;
    ASSERT_EQ(cu.cuStreamCreate(&stream, 0), CUDA_SUCCESS);
    ASSERT_EQ(cu.cuMemGetInfo_v2(&after, &total), CUDA_SUCCESS);
    EXPECT_GE(before - after, 10u << 20);

    ASSERT_EQ(cu.cuDevicePrimaryCtxRelease_v2(0), CUDA_SUCCESS);
    EXPECT_EQ(cu.cuCtxSynchronize(), CUDA_ERROR_CONTEXT_IS_DESTROYED);
    EXPECT_EQ(cu.cuDevicePrimaryCtxRelease_v2(0), CUDA_ERROR_INVALID_CONTEXT);

    open_context();
    ASSERT_EQ(cu.cuMemGetInfo_v2(&after, &total), CUDA_SUCCESS);
    EXPECT_EQ(after, before);
    EXPECT_EQ(cu.cuMemFree_v2(address), CUDA_ERROR_INVALID_VALUE);
    EXPECT_EQ(cu.cuModuleUnload(module), CUDA_ERROR_INVALID_HANDLE);
    EXPECT_EQ(cu.cuStreamDestroy_v2(stream), CUDA_ERROR_INVALID_HANDLE);
}

TEST_F(DriverDevice, Limits) {
    EXPECT_EQ(cu.cuCtxSetLimit(CU_LIMIT_STACK_SIZE, 4096), CUDA_SUCCESS);
    EXPECT_EQ(cu.cuCtxSetLimit(CU_LIMIT_MALLOC_HEAP_SIZE, 1 << 20), CUDA_SUCCESS);
    EXPECT_EQ(cu.cuCtxSetLimit(CU_LIMIT_DEV_RUNTIME_SYNC_DEPTH, 1), CUDA_ERROR_UNSUPPORTED_LIMIT);
    EXPECT_EQ(cu.cuCtxResetPersistingL2Cache(), CUDA_SUCCESS);
}

TEST_F(DriverDevice, TheHeapHasTheSizeOfItsLimit) {
    ASSERT_EQ(cu.cuCtxSetLimit(CU_LIMIT_MALLOC_HEAP_SIZE, 4096), CUDA_SUCCESS);
    CUfunction heap = nullptr;
    ASSERT_EQ(cu.cuModuleGetFunction(&heap, load(read_kernel("kernels/memory.ptx")), "heap"), CUDA_SUCCESS);
    const CUdeviceptr out = upload(std::vector<int>(64, 0));
    ASSERT_EQ(launch(heap, {.block = {64, 1, 1}}, out), CUDA_SUCCESS);
    EXPECT_EQ(cu.cuCtxSetLimit(CU_LIMIT_MALLOC_HEAP_SIZE, 8192), CUDA_ERROR_INVALID_VALUE) << "it is in use";
    // 64 pieces of 16 to 256 bytes take 8.7 KB if all threads hold theirs at once.
    const auto sums = download<int>(out, 64);
    EXPECT_EQ(sums[0], 0);
    EXPECT_GT(std::ranges::count(sums, -1), 0);
}

TEST_F(DriverDevice, AllocationsAndCopies) {
    const CUdeviceptr a = upload(std::vector<int>{1, 2, 3, 4}), b = allocate(16);
    EXPECT_EQ(a % 256, 0u);
    EXPECT_EQ(cu.cuMemcpyDtoDAsync_v2(b, a, 16, nullptr), CUDA_SUCCESS);
    EXPECT_EQ(cu.cuMemcpyHtoDAsync_v2(b + 4, std::vector<int>{9}.data(), 4, nullptr), CUDA_SUCCESS);
    EXPECT_EQ(download<int>(b, 4), (std::vector<int>{1, 9, 3, 4}));

    int host[4] = {};
    EXPECT_EQ(cu.cuMemcpyDtoH_v2(host, a, 20), CUDA_ERROR_INVALID_VALUE);
    EXPECT_EQ(cu.cuMemcpyHtoD_v2(a + 4, host, 16), CUDA_ERROR_INVALID_VALUE);
    EXPECT_EQ(cu.cuMemcpyDtoDAsync_v2(a, b + 8, 16, nullptr), CUDA_ERROR_INVALID_VALUE);
    EXPECT_EQ(cu.cuMemcpyHtoD_v2(reinterpret_cast<CUdeviceptr>(host), host, 4), CUDA_ERROR_INVALID_VALUE);
    EXPECT_EQ(cu.cuMemcpyHtoD_v2(a, nullptr, 4), CUDA_ERROR_INVALID_VALUE);
    EXPECT_EQ(cu.cuMemcpyHtoD_v2(a, nullptr, 0), CUDA_SUCCESS);
    EXPECT_EQ(cu.cuMemcpyDtoDAsync_v2(a, b, 16, reinterpret_cast<CUstream>(host)), CUDA_ERROR_INVALID_HANDLE);

    EXPECT_EQ(cu.cuMemFree_v2(a + 4), CUDA_ERROR_INVALID_VALUE);
    EXPECT_EQ(cu.cuMemFree_v2(0), CUDA_SUCCESS);
    EXPECT_EQ(cu.cuMemFree_v2(a), CUDA_SUCCESS);
    EXPECT_EQ(cu.cuMemFree_v2(a), CUDA_ERROR_INVALID_VALUE);
    EXPECT_EQ(cu.cuMemcpyDtoH_v2(host, a, 4), CUDA_ERROR_INVALID_VALUE);

    CUdeviceptr none = 0;
    EXPECT_EQ(cu.cuMemAlloc_v2(&none, 0), CUDA_ERROR_INVALID_VALUE);
    EXPECT_EQ(cu.cuMemAlloc_v2(&none, 1ull << 45), CUDA_ERROR_OUT_OF_MEMORY);
    EXPECT_EQ(cu.cuCtxSynchronize(), CUDA_SUCCESS) << "none of these errors sticks";
}

TEST_F(DriverDevice, Memsets) {
    const CUdeviceptr a = upload(std::vector<std::uint8_t>(16, 1));
    EXPECT_EQ(cu.cuMemsetD8Async(a + 1, 0xab, 2, nullptr), CUDA_SUCCESS);
    EXPECT_EQ(cu.cuMemsetD16Async(a + 4, 0x1234, 2, nullptr), CUDA_SUCCESS);
    EXPECT_EQ(cu.cuMemsetD32Async(a + 8, 0xdeadbeef, 2, nullptr), CUDA_SUCCESS);
    EXPECT_EQ(download<std::uint8_t>(a, 16), (std::vector<std::uint8_t>{1, 0xab, 0xab, 1, 0x34, 0x12, 0x34, 0x12, 0xef,
                                                                        0xbe, 0xad, 0xde, 0xef, 0xbe, 0xad, 0xde}));
    EXPECT_EQ(cu.cuMemsetD16Async(a + 1, 0, 1, nullptr), CUDA_ERROR_INVALID_VALUE);
    EXPECT_EQ(cu.cuMemsetD32Async(a + 2, 0, 1, nullptr), CUDA_ERROR_INVALID_VALUE);
    EXPECT_EQ(cu.cuMemsetD8Async(a + 8, 0, 9, nullptr), CUDA_ERROR_INVALID_VALUE);
    EXPECT_EQ(cu.cuMemsetD32Async(a, 0, (1ull << 62) + 1, nullptr), CUDA_ERROR_INVALID_VALUE);
}

TEST_F(DriverDevice, StreamsAndEvents) {
    CUstream stream = nullptr;
    ASSERT_EQ(cu.cuStreamCreate(&stream, CU_STREAM_NON_BLOCKING), CUDA_SUCCESS);
    EXPECT_EQ(cu.cuStreamCreate(&stream, 77), CUDA_ERROR_INVALID_VALUE);
    EXPECT_EQ(cu.cuStreamSynchronize(stream), CUDA_SUCCESS);
    EXPECT_EQ(cu.cuStreamSynchronize(CU_STREAM_PER_THREAD), CUDA_SUCCESS);

    CUevent start = nullptr, end = nullptr, untimed = nullptr;
    ASSERT_EQ(cu.cuEventCreate(&start, CU_EVENT_DEFAULT), CUDA_SUCCESS);
    ASSERT_EQ(cu.cuEventCreate(&end, CU_EVENT_DEFAULT), CUDA_SUCCESS);
    ASSERT_EQ(cu.cuEventCreate(&untimed, CU_EVENT_DISABLE_TIMING), CUDA_SUCCESS);
    float milliseconds = -1;
    EXPECT_EQ(cu.cuEventElapsedTime_v2(&milliseconds, start, end), CUDA_ERROR_INVALID_HANDLE) << "not recorded";
    EXPECT_EQ(cu.cuEventSynchronize(start), CUDA_SUCCESS);

    ASSERT_EQ(cu.cuEventRecord(start, stream), CUDA_SUCCESS);
    ASSERT_EQ(cu.cuEventRecord(end, stream), CUDA_SUCCESS);
    EXPECT_EQ(cu.cuEventElapsedTime_v2(&milliseconds, start, end), CUDA_SUCCESS);
    EXPECT_EQ(milliseconds, 0) << "nothing was executed in between";

    const CUdeviceptr a = allocate(64 << 20);
    ASSERT_EQ(cu.cuMemsetD8Async(a, 1, 64 << 20, stream), CUDA_SUCCESS);
    ASSERT_EQ(cu.cuEventRecord(end, stream), CUDA_SUCCESS);
    EXPECT_EQ(cu.cuEventElapsedTime_v2(&milliseconds, start, end), CUDA_SUCCESS);
    EXPECT_GT(milliseconds, 0);

    ASSERT_EQ(cu.cuEventRecord(untimed, stream), CUDA_SUCCESS);
    EXPECT_EQ(cu.cuEventElapsedTime_v2(&milliseconds, start, untimed), CUDA_ERROR_INVALID_HANDLE);
    EXPECT_EQ(cu.cuStreamDestroy_v2(stream), CUDA_SUCCESS);
    EXPECT_EQ(cu.cuEventRecord(start, stream), CUDA_ERROR_INVALID_HANDLE);
    EXPECT_EQ(cu.cuEventDestroy_v2(start), CUDA_SUCCESS);
    EXPECT_EQ(cu.cuEventDestroy_v2(start), CUDA_ERROR_INVALID_HANDLE);
}

} // namespace
} // namespace assay::vgpu::test
