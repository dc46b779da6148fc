// What programs of the driver API use besides the functions that Assay itself needs. A context is the primary one; work
// is done when it is issued, so everything asynchronous is complete; what kernels print is written when the program
// destroys its context or ends, and a kernel's fault is explained on stderr.
#include <dlfcn.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <string>

#include "vgpu/api.h"
#include "vgpu/vgpu.h"

namespace {

namespace api = assay::vgpu::api;

void write_output() {
    const std::string text = assay::vgpu::take_output();
    std::fwrite(text.data(), 1, text.size(), stdout);
    std::fflush(stdout);
}

/// At the end of the program: what was printed since the last time, and the last fault.
const struct Ending {
    ~Ending() {
        write_output();
        if (const auto fault = assay::vgpu::last_fault()) {
            std::fprintf(stderr, "vgpu: %s\n", fault->message.c_str());
        }
    }
} ending;

CUresult create_context(CUcontext* context, CUdevice device) {
    const CUresult retained = api::cuDevicePrimaryCtxRetain(context, device);
    return retained == CUDA_SUCCESS ? api::cuCtxSetCurrent(*context) : retained;
}

} // namespace

// cuda.h names the newest version of a function; programs that were built with older ones look for the older names.
#undef cuCtxCreate
#undef cuGetProcAddress

extern "C" {
#pragma GCC visibility push(default)

CUresult cuCtxCreate_v2(CUcontext* context, unsigned int /*flags*/, CUdevice device) {
    return create_context(context, device);
}
CUresult cuCtxCreate_v4(CUcontext* context, CUctxCreateParams* /*parameters*/, unsigned int /*flags*/,
                        CUdevice device) {
    return create_context(context, device);
}
CUresult cuCtxDestroy_v2(CUcontext /*context*/) {
    write_output();
    return api::cuDevicePrimaryCtxRelease_v2(0);
}
CUresult cuCtxGetCurrent(CUcontext* context) {
    if (context == nullptr) {
        return CUDA_ERROR_INVALID_VALUE;
    }
    *context = nullptr;
    if (api::current == api::Current::None) {
        return CUDA_SUCCESS;
    }
    const CUresult retained = api::cuDevicePrimaryCtxRetain(context, 0);
    return retained == CUDA_SUCCESS ? api::cuDevicePrimaryCtxRelease_v2(0) : retained;
}
CUresult cuCtxGetDevice(CUdevice* device) {
    return api::with_context([&](assay::vgpu::Device&) {
        return device == nullptr ? CUDA_ERROR_INVALID_VALUE : (*device = 0, CUDA_SUCCESS);
    });
}
CUresult cuCtxPushCurrent_v2(CUcontext context) {
    return api::cuCtxSetCurrent(context);
}
CUresult cuCtxPopCurrent_v2(CUcontext* context) {
    const CUresult found = context == nullptr ? CUDA_SUCCESS : cuCtxGetCurrent(context);
    return found == CUDA_SUCCESS ? api::cuCtxSetCurrent(nullptr) : found;
}
CUresult cuDeviceComputeCapability(int* major, int* minor, CUdevice device) {
    const CUresult first = api::cuDeviceGetAttribute(major, CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR, device);
    return first != CUDA_SUCCESS
               ? first
               : api::cuDeviceGetAttribute(minor, CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR, device);
}

CUresult cuModuleLoadData(CUmodule* module, const void* image) {
    return api::cuModuleLoadDataEx(module, image, 0, nullptr, nullptr);
}
CUresult cuModuleLoad(CUmodule* module, const char* path) {
    if (path == nullptr) {
        return CUDA_ERROR_INVALID_VALUE;
    }
    std::ifstream file(path, std::ios::binary);
    if (!file) {
        return CUDA_ERROR_FILE_NOT_FOUND;
    }
    const std::string image((std::istreambuf_iterator<char>(file)), {});
    return cuModuleLoadData(module, image.c_str());
}

CUresult cuMemcpyDtoD_v2(CUdeviceptr to, CUdeviceptr from, std::size_t bytes) {
    return api::cuMemcpyDtoDAsync_v2(to, from, bytes, nullptr);
}
CUresult cuMemcpyDtoHAsync_v2(void* to, CUdeviceptr from, std::size_t bytes, CUstream /*stream*/) {
    return api::cuMemcpyDtoH_v2(to, from, bytes);
}
CUresult cuMemsetD8_v2(CUdeviceptr to, unsigned char value, std::size_t count) {
    return api::cuMemsetD8Async(to, value, count, nullptr);
}
CUresult cuMemsetD16_v2(CUdeviceptr to, unsigned short value, std::size_t count) {
    return api::cuMemsetD16Async(to, value, count, nullptr);
}
CUresult cuMemsetD32_v2(CUdeviceptr to, unsigned int value, std::size_t count) {
    return api::cuMemsetD32Async(to, value, count, nullptr);
}
CUresult cuMemHostAlloc(void** pointer, std::size_t bytes, unsigned int /*flags*/) {
    if (pointer == nullptr || bytes == 0) {
        return CUDA_ERROR_INVALID_VALUE;
    }
    *pointer = std::malloc(bytes); // NOLINT(cppcoreguidelines-no-malloc): cuMemFreeHost frees it
    return *pointer == nullptr ? CUDA_ERROR_OUT_OF_MEMORY : CUDA_SUCCESS;
}
CUresult cuMemAllocHost_v2(void** pointer, std::size_t bytes) {
    return cuMemHostAlloc(pointer, bytes, 0);
}
CUresult cuMemFreeHost(void* pointer) {
    std::free(pointer); // NOLINT(cppcoreguidelines-no-malloc)
    return CUDA_SUCCESS;
}

CUresult cuStreamCreateWithPriority(CUstream* stream, unsigned int flags, int /*priority*/) {
    return api::cuStreamCreate(stream, flags);
}
CUresult cuStreamQuery(CUstream stream) {
    return api::cuStreamSynchronize(stream);
}
CUresult cuStreamWaitEvent(CUstream stream, CUevent /*event*/, unsigned int /*flags*/) {
    return api::cuStreamSynchronize(stream);
}
CUresult cuEventQuery(CUevent event) {
    return api::cuEventSynchronize(event);
}

/// The address of any function that this library exports, whatever the version that is asked for.
CUresult cuGetProcAddress_v2(const char* symbol, void** function, int /*version*/, cuuint64_t /*flags*/,
                             CUdriverProcAddressQueryResult* status) {
    if (symbol == nullptr || function == nullptr) {
        return CUDA_ERROR_INVALID_VALUE;
    }
    *function = nullptr;
    for (const char* suffix : {"", "_v2", "_v4"}) {
        Dl_info library{};
        void* const handle = dladdr(reinterpret_cast<void*>(&cuGetProcAddress_v2), &library) != 0
                                 ? dlopen(library.dli_fname, RTLD_LAZY | RTLD_NOLOAD)
                                 : nullptr;
        if (handle != nullptr && *function == nullptr) {
            *function = dlsym(handle, (std::string(symbol) + suffix).c_str());
        }
        if (handle != nullptr) {
            dlclose(handle);
        }
    }
    if (status != nullptr) {
        *status = *function != nullptr ? CU_GET_PROC_ADDRESS_SUCCESS : CU_GET_PROC_ADDRESS_SYMBOL_NOT_FOUND;
    }
    return *function != nullptr ? CUDA_SUCCESS : CUDA_ERROR_NOT_FOUND;
}

#pragma GCC visibility pop
}
