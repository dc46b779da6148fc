// Against known values, and against the arithmetic that NVIDIA publishes with the toolkit.
#include "driver/occupancy.h"

#include <array>
#include <gtest/gtest.h>
#include <random>

#if __has_include(<cuda_occupancy.h>)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-function"
#include <cuda_occupancy.h>
#pragma GCC diagnostic pop
#define ASSAY_HAS_CALCULATOR 1
#endif

namespace assay::driver {
namespace {

Occupancy on(const char* architecture, const BlockNeeds& block) {
    return occupancy_of(*multiprocessor_of(architecture), block);
}

TEST(Occupancy, KnownValues) {
    // 256 threads of 32 registers fill every multiprocessor of 64 warps.
    EXPECT_EQ(on("sm_90", {256, 32, 0, 1}).blocks, 8U);
    EXPECT_EQ(on("sm_90", {256, 32, 0, 1}).fraction, 1.0);
    EXPECT_EQ(on("sm_90", {256, 32, 0, 1}).limit, "warps");
    // With 40 a partition holds 12 warps instead of 16.
    EXPECT_EQ(on("sm_80", {256, 40, 0, 1}).blocks, 6U);
    EXPECT_EQ(on("sm_80", {256, 40, 0, 1}).limit, "registers");
    EXPECT_EQ(on("sm_80", {256, 40, 0, 1}).fraction, 0.75);
    // 1024 threads of 255 registers do not fit.
    EXPECT_EQ(on("sm_90", {1024, 255, 0, 1}).blocks, 0U);
    // 48 KiB and the driver's one: four times in 228, three times in 164, two times in 100.
    EXPECT_EQ(on("sm_90", {128, 32, 48 * 1024, 1}).blocks, 4U);
    EXPECT_EQ(on("sm_80", {128, 32, 48 * 1024, 1}).blocks, 3U);
    EXPECT_EQ(on("sm_89", {128, 32, 48 * 1024, 1}).blocks, 2U);
    EXPECT_EQ(on("sm_75", {128, 32, 48 * 1024, 1}).blocks, 1U);
    EXPECT_EQ(on("sm_89", {128, 32, 48 * 1024, 1}).limit, "shared memory");
    EXPECT_EQ(on("sm_80", {128, 32, 164 * 1024, 1}).blocks, 0U); // the largest block has 163
    EXPECT_EQ(on("sm_90", {32, 16, 0, 1}).limit, "blocks");
    EXPECT_EQ(on("sm_90", {32, 16, 0, 16}).limit, "barriers");
    EXPECT_FALSE(multiprocessor_of("sm_20"));
}

#ifdef ASSAY_HAS_CALCULATOR
TEST(Occupancy, IsWhatTheCalculatorSays) {
    struct Device {
        const char* architecture;
        int major, minor, threads, shared, block_shared, reserved;
    };
    constexpr int kib = 1024;
    constexpr std::array devices{
        Device{"sm_75", 7, 5, 1024, 64, 64, 0},     Device{"sm_80", 8, 0, 2048, 164, 163, 1},
        Device{"sm_86", 8, 6, 1536, 100, 99, 1},    Device{"sm_87", 8, 7, 1536, 164, 163, 1},
        Device{"sm_89", 8, 9, 1536, 100, 99, 1},    Device{"sm_90", 9, 0, 2048, 228, 227, 1},
        Device{"sm_100", 10, 0, 2048, 228, 227, 1}, Device{"sm_120", 12, 0, 1536, 100, 99, 1},
    };
    std::mt19937 random(1);
    const auto draw = [&](unsigned least, unsigned most) {
        return std::uniform_int_distribution<unsigned>(least, most)(random);
    };
    for (const Device& device : devices) {
        cudaOccDeviceProp properties{};
        properties.computeMajor = device.major;
        properties.computeMinor = device.minor;
        properties.maxThreadsPerBlock = 1024;
        properties.maxThreadsPerMultiprocessor = device.threads;
        properties.regsPerBlock = properties.regsPerMultiprocessor = 65536;
        properties.warpSize = 32;
        properties.sharedMemPerBlock = 48 * kib;
        properties.sharedMemPerMultiprocessor = static_cast<std::size_t>(device.shared * kib);
        properties.numSms = 1;
        properties.sharedMemPerBlockOptin = static_cast<std::size_t>(device.block_shared * kib);
        properties.reservedSharedMemPerBlock = static_cast<std::size_t>(device.reserved * kib);
        const cudaOccDeviceState state{};
        for (int trial = 0; trial < 5000; ++trial) {
            const BlockNeeds block{.threads = draw(1, 1024),
                                   .registers = draw(1, 255),
                                   .shared_bytes =
                                       draw(0, 2) == 0 ? 0 : draw(0, static_cast<unsigned>(device.block_shared * kib)),
                                   .barriers = draw(0, 16)};
            cudaOccFuncAttributes attributes{};
            attributes.maxThreadsPerBlock = 1024;
            attributes.numRegs = static_cast<int>(block.registers);
            attributes.sharedSizeBytes = 0;
            attributes.partitionedGCConfig = PARTITIONED_GC_OFF;
            attributes.shmemLimitConfig = FUNC_SHMEM_LIMIT_OPTIN;
            attributes.maxDynamicSharedSizeBytes = block.shared_bytes;
            attributes.numBlockBarriers = static_cast<int>(block.barriers);
            cudaOccResult result{};
            ASSERT_EQ(cudaOccMaxActiveBlocksPerMultiprocessor(&result, &properties, &attributes, &state,
                                                              static_cast<int>(block.threads), block.shared_bytes),
                      CUDA_OCC_SUCCESS);
            ASSERT_EQ(on(device.architecture, block).blocks,
                      static_cast<unsigned>(result.activeBlocksPerMultiprocessor))
                << device.architecture << ", " << block.threads << " threads, " << block.registers << " registers, "
                << block.shared_bytes << " bytes, " << block.barriers << " barriers";
        }
    }
}
#endif

} // namespace
} // namespace assay::driver
