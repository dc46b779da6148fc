// Tensor maps: cuTensorMapEncodeTiled, with the requirements of the driver API's reference (tensor map object
// management). Interleaved layouts, packed 4- and 6-bit types and swizzles with other atoms than 16 bytes are not
// supported.
#include "vgpu/api.h"
#include "vgpu/core/tensor_map.h"

namespace assay::vgpu::api {

namespace {

isa::Type type_of(CUtensorMapDataType type) {
    switch (type) {
    case CU_TENSOR_MAP_DATA_TYPE_UINT8:
        return isa::Type::U8;
    case CU_TENSOR_MAP_DATA_TYPE_UINT16:
        return isa::Type::U16;
    case CU_TENSOR_MAP_DATA_TYPE_UINT32:
        return isa::Type::U32;
    case CU_TENSOR_MAP_DATA_TYPE_INT32:
        return isa::Type::S32;
    case CU_TENSOR_MAP_DATA_TYPE_UINT64:
        return isa::Type::U64;
    case CU_TENSOR_MAP_DATA_TYPE_INT64:
        return isa::Type::S64;
    case CU_TENSOR_MAP_DATA_TYPE_FLOAT16:
        return isa::Type::F16;
    case CU_TENSOR_MAP_DATA_TYPE_BFLOAT16:
        return isa::Type::BF16;
    case CU_TENSOR_MAP_DATA_TYPE_FLOAT32:
    case CU_TENSOR_MAP_DATA_TYPE_FLOAT32_FTZ:
    case CU_TENSOR_MAP_DATA_TYPE_TFLOAT32:
    case CU_TENSOR_MAP_DATA_TYPE_TFLOAT32_FTZ:
        return isa::Type::F32;
    case CU_TENSOR_MAP_DATA_TYPE_FLOAT64:
        return isa::Type::F64;
    default:
        return isa::Type::None;
    }
}

bool is_multiple(std::uint64_t value, std::uint64_t of) {
    return value % of == 0;
}

} // namespace

CUresult cuTensorMapEncodeTiled(CUtensorMap* map, CUtensorMapDataType type, cuuint32_t rank, void* address,
                                const cuuint64_t* extents, const cuuint64_t* strides, const cuuint32_t* box,
                                const cuuint32_t* element_strides, CUtensorMapInterleave interleave,
                                CUtensorMapSwizzle swizzle, CUtensorMapL2promotion /*promotion*/,
                                CUtensorMapFloatOOBfill fill) {
    return with_context([&](Device& /*device*/) {
        constexpr std::uint64_t granule = 16, most_extent = 1ull << 32, most_stride = 1ull << 40;
        constexpr unsigned most_box = 256, most_step = 8;
        if (interleave != CU_TENSOR_MAP_INTERLEAVE_NONE || swizzle > CU_TENSOR_MAP_SWIZZLE_128B ||
            (type > CU_TENSOR_MAP_DATA_TYPE_TFLOAT32_FTZ && type <= CU_TENSOR_MAP_DATA_TYPE_16U6_ALIGN16B)) {
            return CUDA_ERROR_NOT_SUPPORTED;
        }
        TensorMap result;
        result.type = type_of(type);
        result.address = reinterpret_cast<std::uint64_t>(address);
        const bool is_float = isa::is_float(result.type);
        if (map == nullptr || !is_multiple(reinterpret_cast<std::uint64_t>(map), 64) || extents == nullptr ||
            box == nullptr || element_strides == nullptr || result.type == isa::Type::None || rank == 0 ||
            rank > TensorMap::max_rank || (rank > 1 && strides == nullptr) || address == nullptr ||
            !is_multiple(result.address, granule) || (fill != CU_TENSOR_MAP_FLOAT_OOB_FILL_NONE && !is_float)) {
            return CUDA_ERROR_INVALID_VALUE;
        }
        result.rank = static_cast<std::uint8_t>(rank);
        result.fill_nan = fill == CU_TENSOR_MAP_FLOAT_OOB_FILL_NONE ? 0 : 1;
        result.swizzle_bytes = swizzle == CU_TENSOR_MAP_SWIZZLE_NONE
                                   ? 0
                                   : static_cast<std::uint8_t>(16u << static_cast<unsigned>(swizzle));
        for (unsigned i = 0; i < rank; ++i) {
            const bool stride_fits = i == 0 || (is_multiple(strides[i - 1], granule) && strides[i - 1] < most_stride);
            if (extents[i] == 0 || extents[i] > most_extent || box[i] == 0 || box[i] > most_box ||
                element_strides[i] == 0 || element_strides[i] > most_step || !stride_fits) {
                return CUDA_ERROR_INVALID_VALUE;
            }
            result.last.at(i) = static_cast<std::uint32_t>(extents[i] - 1);
            result.box.at(i) = static_cast<std::uint16_t>(box[i]);
            result.element_steps.at(i) = static_cast<std::uint8_t>(element_strides[i]);
            if (i > 0) {
                result.strides.at(i - 1) = strides[i - 1];
            }
        }
        const std::uint64_t row = std::uint64_t{box[0]} * result.element_bytes();
        if (!is_multiple(row, granule) || (result.swizzle_bytes != 0 && row > result.swizzle_bytes)) {
            return CUDA_ERROR_INVALID_VALUE;
        }
        result.write(std::span<std::byte, TensorMap::bytes>(reinterpret_cast<std::byte*>(map), TensorMap::bytes));
        return CUDA_SUCCESS;
    });
}

} // namespace assay::vgpu::api
