// Describing a device and its errors, over a table whose functions are played.
#include <cstring>

#include <gtest/gtest.h>

#include "driver/device.h"

namespace assay::driver {
namespace {

CUresult failing = CUDA_SUCCESS; ///< what cuDeviceGet answers

Table played_table() {
    Table table;
    table.cuInit = [](unsigned) { return CUDA_SUCCESS; };
    table.cuDeviceGet = [](CUdevice* device, int ordinal) {
        *device = ordinal + 7;
        return failing;
    };
    table.cuDeviceGetName = [](char* name, int length, CUdevice device) {
        std::strncpy(name, device == 8 ? "second" : "first", static_cast<std::size_t>(length));
        return CUDA_SUCCESS;
    };
    table.cuDeviceTotalMem_v2 = [](std::size_t* bytes, CUdevice) {
        *bytes = 123456;
        return CUDA_SUCCESS;
    };
    table.cuDriverGetVersion = [](int* version) {
        *version = 13000;
        return CUDA_SUCCESS;
    };
    table.cuDeviceGetAttribute = [](int* value, CUdevice_attribute attribute, CUdevice) {
        *value = 1000 + static_cast<int>(attribute);
        return CUDA_SUCCESS;
    };
    table.cuGetErrorName = [](CUresult result, const char** name) {
        *name = result == CUDA_ERROR_INVALID_DEVICE ? "CUDA_ERROR_INVALID_DEVICE" : nullptr;
        return *name != nullptr ? CUDA_SUCCESS : CUDA_ERROR_INVALID_VALUE;
    };
    table.cuGetErrorString = [](CUresult result, const char** text) {
        *text = result == CUDA_ERROR_INVALID_DEVICE ? "invalid device ordinal" : nullptr;
        return *text != nullptr ? CUDA_SUCCESS : CUDA_ERROR_INVALID_VALUE;
    };
    return table;
}

TEST(Describe, AsksTheDeviceOfTheOrdinal) {
    failing = CUDA_SUCCESS;
    const Table table = played_table();
    const auto description = describe(table, 1);
    ASSERT_TRUE(description);
    EXPECT_EQ(description->name, "second");
    EXPECT_EQ(description->kind, "vgpu");
    EXPECT_EQ(description->clock, "host");
    EXPECT_EQ(description->memory_bytes, 123456u);
    EXPECT_EQ(description->driver_version, 13000u);
    EXPECT_EQ(description->compute_major, 1000u + CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR);
    EXPECT_EQ(description->compute_minor, 1000u + CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR);
    EXPECT_EQ(description->multiprocessors, 1000u + CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT);
    EXPECT_EQ(description->l2_bytes, 1000u + CU_DEVICE_ATTRIBUTE_L2_CACHE_SIZE);
    EXPECT_EQ(description->max_threads_per_block, 1000u + CU_DEVICE_ATTRIBUTE_MAX_THREADS_PER_BLOCK);
    EXPECT_EQ(description->max_shared_per_block, 1000u + CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK);
    EXPECT_EQ(description->max_shared_optin, 1000u + CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK_OPTIN);
}

TEST(Describe, NamesTheCallThatFailed) {
    failing = CUDA_ERROR_INVALID_DEVICE;
    const Table table = played_table();
    const auto description = describe(table, 99);
    ASSERT_FALSE(description);
    EXPECT_EQ(description.error().what, "cuDeviceGet: CUDA_ERROR_INVALID_DEVICE (invalid device ordinal)");
}

TEST(DriverError, SurvivesAnErrorThatTheDriverCannotName) {
    const Table table = played_table();
    EXPECT_EQ(driver_error(table, "cuInit", static_cast<CUresult>(1000)).what, "cuInit: unknown error");
}

} // namespace
} // namespace assay::driver
