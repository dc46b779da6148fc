// Allocation, copies, memsets. Device pointers are checked precisely: a range must lie in one allocation, of cuMemAlloc
// or of a module's variable.
#include <algorithm>
#include <cstring>

#include "vgpu/api.h"

namespace assay::vgpu::api {

namespace {

CUresult copy_to_device(CUdeviceptr destination, const void* source, std::size_t bytes) {
    return with_context([&](Device& device) {
        if (bytes == 0) {
            return CUDA_SUCCESS;
        }
        if (source == nullptr || !device.memory.contains(destination, bytes)) {
            return CUDA_ERROR_INVALID_VALUE;
        }
        device.timed([&] { std::memcpy(pointer_at<void>(destination), source, bytes); });
        device.note_written(destination, bytes);
        return CUDA_SUCCESS;
    });
}

template <class T> CUresult fill(CUdeviceptr destination, T value, std::size_t count, CUstream stream) {
    return with_context([&](Device& device) {
        if (!is_stream(device, stream)) {
            return CUDA_ERROR_INVALID_HANDLE;
        }
        if (count == 0) {
            return CUDA_SUCCESS;
        }
        const bool fits = count <= device.memory.size() / sizeof(T) && destination % sizeof(T) == 0;
        if (!fits || !device.memory.contains(destination, count * sizeof(T))) {
            return CUDA_ERROR_INVALID_VALUE;
        }
        device.timed([&] { std::fill_n(pointer_at<T>(destination), count, value); });
        device.note_written(destination, count * sizeof(T));
        return CUDA_SUCCESS;
    });
}

} // namespace

CUresult cuMemAlloc_v2(CUdeviceptr* address, std::size_t bytes) {
    return with_context([&](Device& device) {
        if (address == nullptr || bytes == 0) {
            return CUDA_ERROR_INVALID_VALUE;
        }
        const auto allocated = device.memory.allocate(bytes);
        if (!allocated) {
            return CUDA_ERROR_OUT_OF_MEMORY;
        }
        device.allocations.insert(*allocated);
        *address = *allocated;
        return CUDA_SUCCESS;
    });
}

CUresult cuMemFree_v2(CUdeviceptr address) {
    return with_context([&](Device& device) {
        if (address == 0) {
            return CUDA_SUCCESS;
        }
        if (device.allocations.erase(address) == 0) {
            return CUDA_ERROR_INVALID_VALUE;
        }
        device.memory.free(address);
        return CUDA_SUCCESS;
    });
}

CUresult cuMemGetInfo_v2(std::size_t* available, std::size_t* total) {
    return with_context([&](Device& device) {
        if (available == nullptr || total == nullptr) {
            return CUDA_ERROR_INVALID_VALUE;
        }
        *total = device.memory.capacity();
        *available = *total - std::min<std::uint64_t>(*total, device.memory.allocated());
        return CUDA_SUCCESS;
    });
}

CUresult cuMemcpyHtoD_v2(CUdeviceptr destination, const void* source, std::size_t bytes) {
    return copy_to_device(destination, source, bytes);
}

CUresult cuMemcpyHtoDAsync_v2(CUdeviceptr destination, const void* source, std::size_t bytes, CUstream stream) {
    const CUresult result = with_context(
        [&](Device& device) { return is_stream(device, stream) ? CUDA_SUCCESS : CUDA_ERROR_INVALID_HANDLE; });
    return result == CUDA_SUCCESS ? copy_to_device(destination, source, bytes) : result;
}

CUresult cuMemcpyDtoH_v2(void* destination, CUdeviceptr source, std::size_t bytes) {
    return with_context([&](Device& device) {
        if (bytes == 0) {
            return CUDA_SUCCESS;
        }
        if (destination == nullptr || !device.memory.contains(source, bytes)) {
            return CUDA_ERROR_INVALID_VALUE;
        }
        device.timed([&] { std::memcpy(destination, pointer_at<const void>(source), bytes); });
        return CUDA_SUCCESS;
    });
}

CUresult cuMemcpyDtoDAsync_v2(CUdeviceptr destination, CUdeviceptr source, std::size_t bytes, CUstream stream) {
    return with_context([&](Device& device) {
        if (!is_stream(device, stream)) {
            return CUDA_ERROR_INVALID_HANDLE;
        }
        if (bytes == 0) {
            return CUDA_SUCCESS;
        }
        if (!device.memory.contains(destination, bytes) || !device.memory.contains(source, bytes)) {
            return CUDA_ERROR_INVALID_VALUE;
        }
        device.timed([&] { std::memmove(pointer_at<void>(destination), pointer_at<const void>(source), bytes); });
        device.note_read(source, bytes);
        device.note_written(destination, bytes);
        return CUDA_SUCCESS;
    });
}

CUresult cuMemsetD8Async(CUdeviceptr destination, unsigned char value, std::size_t count, CUstream stream) {
    return fill<std::uint8_t>(destination, value, count, stream);
}

CUresult cuMemsetD16Async(CUdeviceptr destination, unsigned short value, std::size_t count, CUstream stream) {
    return fill<std::uint16_t>(destination, value, count, stream);
}

CUresult cuMemsetD32Async(CUdeviceptr destination, unsigned int value, std::size_t count, CUstream stream) {
    return fill<std::uint32_t>(destination, value, count, stream);
}

} // namespace assay::vgpu::api
