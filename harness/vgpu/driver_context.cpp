// Initialisation, the device, its primary context, limits.
#include <algorithm>
#include <cstring>

#include "vgpu/api.h"

namespace assay::vgpu::api {

namespace {

constexpr int driver_version = 13000;
constexpr CUdevice only_device = 0;

/// What a CUcontext points to; never looked into.
int primary_context;
CUcontext primary() {
    return reinterpret_cast<CUcontext>(&primary_context);
}

} // namespace

thread_local Current current = Current::None;

CUresult cuInit(unsigned int flags) {
    if (flags != 0) {
        return CUDA_ERROR_INVALID_VALUE;
    }
    Device& device = Device::instance();
    const std::scoped_lock lock(device.mutex);
    device.initialised = true;
    return CUDA_SUCCESS;
}

CUresult cuDriverGetVersion(int* version) {
    if (version == nullptr) {
        return CUDA_ERROR_INVALID_VALUE;
    }
    *version = driver_version;
    return CUDA_SUCCESS;
}

CUresult cuDeviceGetCount(int* count) {
    return initialised([&](Device&) {
        if (count == nullptr) {
            return CUDA_ERROR_INVALID_VALUE;
        }
        *count = 1;
        return CUDA_SUCCESS;
    });
}

CUresult cuDeviceGet(CUdevice* device, int ordinal) {
    return initialised([&](Device&) {
        if (device == nullptr) {
            return CUDA_ERROR_INVALID_VALUE;
        }
        if (ordinal != 0) {
            return CUDA_ERROR_INVALID_DEVICE;
        }
        *device = only_device;
        return CUDA_SUCCESS;
    });
}

CUresult cuDeviceGetName(char* name, int length, CUdevice device) {
    return initialised([&](Device&) {
        if (name == nullptr || length <= 0) {
            return CUDA_ERROR_INVALID_VALUE;
        }
        if (device != only_device) {
            return CUDA_ERROR_INVALID_DEVICE;
        }
        std::strncpy(name, "Assay vGPU", static_cast<std::size_t>(length));
        name[length - 1] = '\0';
        return CUDA_SUCCESS;
    });
}

CUresult cuDeviceGetAttribute(int* value, CUdevice_attribute which, CUdevice device_ordinal) {
    return initialised([&](Device& device) {
        if (device_ordinal != only_device) {
            return CUDA_ERROR_INVALID_DEVICE;
        }
        const auto found = attribute(which, device.threads());
        if (value == nullptr || !found) {
            return CUDA_ERROR_INVALID_VALUE;
        }
        *value = *found;
        return CUDA_SUCCESS;
    });
}

CUresult cuDeviceTotalMem_v2(std::size_t* bytes, CUdevice device_ordinal) {
    return initialised([&](Device& device) {
        if (device_ordinal != only_device) {
            return CUDA_ERROR_INVALID_DEVICE;
        }
        if (bytes == nullptr) {
            return CUDA_ERROR_INVALID_VALUE;
        }
        *bytes = device.memory.capacity();
        return CUDA_SUCCESS;
    });
}

CUresult cuDevicePrimaryCtxRetain(CUcontext* context, CUdevice device_ordinal) {
    return initialised([&](Device& device) {
        if (device_ordinal != only_device) {
            return CUDA_ERROR_INVALID_DEVICE;
        }
        if (context == nullptr) {
            return CUDA_ERROR_INVALID_VALUE;
        }
        ++device.retained;
        *context = primary();
        return CUDA_SUCCESS;
    });
}

CUresult cuDevicePrimaryCtxRelease_v2(CUdevice device_ordinal) {
    return initialised([&](Device& device) {
        if (device_ordinal != only_device) {
            return CUDA_ERROR_INVALID_DEVICE;
        }
        if (device.retained == 0) {
            return CUDA_ERROR_INVALID_CONTEXT;
        }
        if (--device.retained == 0) {
            device.destroy_context();
        }
        return CUDA_SUCCESS;
    });
}

CUresult cuCtxSetCurrent(CUcontext context) {
    return initialised([&](Device& device) {
        if (context == nullptr) {
            current = Current::None;
            return CUDA_SUCCESS;
        }
        if (context != primary() || device.retained == 0) {
            return CUDA_ERROR_INVALID_CONTEXT;
        }
        current = Current::Primary;
        return CUDA_SUCCESS;
    });
}

CUresult cuCtxSynchronize() {
    return with_context([](Device&) { return CUDA_SUCCESS; });
}

CUresult cuCtxSetLimit(CUlimit limit, std::size_t value) {
    return with_context([&](Device& device) {
        switch (limit) {
        case CU_LIMIT_MALLOC_HEAP_SIZE:
            return device.heap.set_limit(value) ? CUDA_SUCCESS : CUDA_ERROR_INVALID_VALUE;
        case CU_LIMIT_STACK_SIZE:
        case CU_LIMIT_PRINTF_FIFO_SIZE:
        case CU_LIMIT_MAX_L2_FETCH_GRANULARITY:
        case CU_LIMIT_PERSISTING_L2_CACHE_SIZE:
            return CUDA_SUCCESS; // a hint here
        default:
            return CUDA_ERROR_UNSUPPORTED_LIMIT;
        }
    });
}

CUresult cuCtxResetPersistingL2Cache() {
    return with_context([](Device&) { return CUDA_SUCCESS; });
}

} // namespace assay::vgpu::api
