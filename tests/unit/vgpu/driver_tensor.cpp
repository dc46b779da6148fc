// cuTensorMapEncodeTiled: what it takes, what it refuses, what it writes.
#include <gtest/gtest.h>

#include "unit/vgpu/driver_fixture.h"
#include "vgpu/core/tensor_map.h"

namespace assay::vgpu::test {
namespace {

/// The arguments of one call, good as they are.
struct Encoding {
    alignas(64) CUtensorMap map{};
    CUtensorMapDataType type = CU_TENSOR_MAP_DATA_TYPE_FLOAT16;
    cuuint32_t rank = 3;
    std::uint64_t address = 0x10000;
    std::array<cuuint64_t, 5> extents{100, 20, 3};
    std::array<cuuint64_t, 4> strides{208, 4160};
    std::array<cuuint32_t, 5> box{32, 8, 2};
    std::array<cuuint32_t, 5> steps{1, 2, 1};
    CUtensorMapInterleave interleave = CU_TENSOR_MAP_INTERLEAVE_NONE;
    CUtensorMapSwizzle swizzle = CU_TENSOR_MAP_SWIZZLE_64B;
    CUtensorMapFloatOOBfill fill = CU_TENSOR_MAP_FLOAT_OOB_FILL_NAN_REQUEST_ZERO_FMA;

    CUresult encode() {
        return driver_table().cuTensorMapEncodeTiled(&map, type, rank, reinterpret_cast<void*>(address), extents.data(),
                                                     strides.data(), box.data(), steps.data(), interleave, swizzle,
                                                     CU_TENSOR_MAP_L2_PROMOTION_NONE, fill);
    }
    std::optional<TensorMap> written() const {
        return TensorMap::read(
            std::span<const std::byte, TensorMap::bytes>(reinterpret_cast<const std::byte*>(&map), TensorMap::bytes));
    }
};

using DriverTensor = DriverTest;

TEST_F(DriverTensor, AMapHoldsWhatWasAskedFor) {
    Encoding encoding;
    EXPECT_FALSE(encoding.written()) << "zeros are no map";
    ASSERT_EQ(encoding.encode(), CUDA_SUCCESS);
    const auto result = encoding.written();
    ASSERT_TRUE(result);
    EXPECT_EQ(result->address, encoding.address);
    EXPECT_EQ(result->type, isa::Type::F16);
    EXPECT_EQ(result->rank, 3);
    EXPECT_EQ(result->last[0], 99U);
    EXPECT_EQ(result->strides[1], 4160U);
    EXPECT_EQ(result->count(0), 32U);
    EXPECT_EQ(result->count(1), 4U) << "every second row of 8";
    EXPECT_EQ(result->swizzle_bytes, 64);
    EXPECT_EQ(result->fill_nan, 1);
}

TEST_F(DriverTensor, WhatTheDriverRefusesIsRefused) {
    const auto refused = [&](auto change) {
        Encoding encoding;
        change(encoding);
        return encoding.encode();
    };
    EXPECT_EQ(refused([](auto& t) { t.rank = 0; }), CUDA_ERROR_INVALID_VALUE);
    EXPECT_EQ(refused([](auto& t) { t.rank = 6; }), CUDA_ERROR_INVALID_VALUE);
    EXPECT_EQ(refused([](auto& t) { t.address += 8; }), CUDA_ERROR_INVALID_VALUE) << "16 bytes";
    EXPECT_EQ(refused([](auto& t) { t.extents[1] = 0; }), CUDA_ERROR_INVALID_VALUE);
    EXPECT_EQ(refused([](auto& t) { t.extents[1] = (1ull << 32) + 1; }), CUDA_ERROR_INVALID_VALUE);
    EXPECT_EQ(refused([](auto& t) { t.strides[0] = 200; }), CUDA_ERROR_INVALID_VALUE) << "a multiple of 16";
    EXPECT_EQ(refused([](auto& t) { t.box[1] = 257; }), CUDA_ERROR_INVALID_VALUE);
    EXPECT_EQ(refused([](auto& t) { t.box[0] = 33; }), CUDA_ERROR_INVALID_VALUE) << "a multiple of 16 bytes";
    EXPECT_EQ(refused([](auto& t) { t.box[0] = 64; }), CUDA_ERROR_INVALID_VALUE) << "wider than the swizzle";
    EXPECT_EQ(refused([](auto& t) { t.steps[0] = 9; }), CUDA_ERROR_INVALID_VALUE);
    EXPECT_EQ(refused([](auto& t) { t.type = CU_TENSOR_MAP_DATA_TYPE_INT32; }), CUDA_ERROR_INVALID_VALUE)
        << "integers have no NaN";
    EXPECT_EQ(refused([](auto& t) { t.interleave = CU_TENSOR_MAP_INTERLEAVE_16B; }), CUDA_ERROR_NOT_SUPPORTED);
}

} // namespace
} // namespace assay::vgpu::test
