// Names and meanings of the errors that the virtual GPU gives (CUDA Driver API reference, CUresult).
#include "vgpu/api.h"

namespace assay::vgpu::api {

namespace {

struct ErrorText {
    CUresult code;
    const char* name;
    const char* meaning;
};

#define ASSAY_ERROR(code, meaning)                                                                                     \
    ErrorText {                                                                                                        \
        code, #code, meaning                                                                                           \
    }
constexpr ErrorText errors[] = {
    ASSAY_ERROR(CUDA_SUCCESS, "no error"),
    ASSAY_ERROR(CUDA_ERROR_INVALID_VALUE, "invalid argument"),
    ASSAY_ERROR(CUDA_ERROR_OUT_OF_MEMORY, "out of memory"),
    ASSAY_ERROR(CUDA_ERROR_NOT_INITIALIZED, "initialization error"),
    ASSAY_ERROR(CUDA_ERROR_DEINITIALIZED, "driver shutting down"),
    ASSAY_ERROR(CUDA_ERROR_NO_DEVICE, "no CUDA-capable device is detected"),
    ASSAY_ERROR(CUDA_ERROR_INVALID_DEVICE, "invalid device ordinal"),
    ASSAY_ERROR(CUDA_ERROR_INVALID_IMAGE, "device kernel image is invalid"),
    ASSAY_ERROR(CUDA_ERROR_INVALID_CONTEXT, "invalid device context"),
    ASSAY_ERROR(CUDA_ERROR_NO_BINARY_FOR_GPU, "no kernel image is available for execution on the device"),
    ASSAY_ERROR(CUDA_ERROR_UNSUPPORTED_LIMIT, "limit is not supported on this architecture"),
    ASSAY_ERROR(CUDA_ERROR_INVALID_PTX, "a PTX JIT compilation failed"),
    ASSAY_ERROR(CUDA_ERROR_FILE_NOT_FOUND, "file not found"),
    ASSAY_ERROR(CUDA_ERROR_INVALID_HANDLE, "invalid resource handle"),
    ASSAY_ERROR(CUDA_ERROR_NOT_FOUND, "named symbol not found"),
    ASSAY_ERROR(CUDA_ERROR_NOT_READY, "device not ready"),
    ASSAY_ERROR(CUDA_ERROR_ILLEGAL_ADDRESS, "an illegal memory access was encountered"),
    ASSAY_ERROR(CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES, "too many resources requested for launch"),
    ASSAY_ERROR(CUDA_ERROR_LAUNCH_TIMEOUT, "the launch timed out and was terminated"),
    ASSAY_ERROR(CUDA_ERROR_CONTEXT_IS_DESTROYED, "context is destroyed"),
    ASSAY_ERROR(CUDA_ERROR_ASSERT, "device-side assert triggered"),
    ASSAY_ERROR(CUDA_ERROR_ILLEGAL_INSTRUCTION, "an illegal instruction was encountered"),
    ASSAY_ERROR(CUDA_ERROR_MISALIGNED_ADDRESS, "misaligned address"),
    ASSAY_ERROR(CUDA_ERROR_LAUNCH_FAILED, "unspecified launch failure"),
    ASSAY_ERROR(CUDA_ERROR_COOPERATIVE_LAUNCH_TOO_LARGE, "too many blocks in cooperative launch"),
    ASSAY_ERROR(CUDA_ERROR_NOT_SUPPORTED, "operation not supported"),
    ASSAY_ERROR(CUDA_ERROR_INVALID_CLUSTER_SIZE, "Invalid cluster size"),
    ASSAY_ERROR(CUDA_ERROR_UNKNOWN, "unknown error"),
};
#undef ASSAY_ERROR

CUresult look_up(CUresult error, const char** text, const char* ErrorText::* member) {
    if (text == nullptr) {
        return CUDA_ERROR_INVALID_VALUE;
    }
    *text = nullptr;
    for (const ErrorText& entry : errors) {
        if (entry.code == error) {
            *text = entry.*member;
            return CUDA_SUCCESS;
        }
    }
    return CUDA_ERROR_INVALID_VALUE;
}

} // namespace

CUresult cuGetErrorName(CUresult error, const char** name) {
    return look_up(error, name, &ErrorText::name);
}

CUresult cuGetErrorString(CUresult error, const char** text) {
    return look_up(error, text, &ErrorText::meaning);
}

} // namespace assay::vgpu::api
