// The driver functions of the virtual GPU, declared under the names and types of cuda.h, and what they share.
#pragma once

#include <mutex>
#include <type_traits>

#include "driver/functions.h"
#include "vgpu/device.h"

namespace assay::vgpu::api {

#define ASSAY_DECLARE(name) std::remove_pointer_t<decltype(&::name)> name;
ASSAY_DRIVER_FUNCTIONS(ASSAY_DECLARE)
#undef ASSAY_DECLARE

/// Whether this thread has a context: the primary one is all there is.
enum class Current : std::uint8_t { None, Primary };
extern thread_local Current current;

/// Runs a function that needs no more than cuInit.
template <class Work> CUresult initialised(Work work) {
    Device& device = Device::instance();
    const std::scoped_lock lock(device.mutex);
    return device.initialised ? work(device) : CUDA_ERROR_NOT_INITIALIZED;
}

/// Runs a function that needs a current context without an error in it.
template <class Work> CUresult with_context(Work work) {
    return initialised([&](Device& device) {
        if (current == Current::None) {
            return CUDA_ERROR_INVALID_CONTEXT;
        }
        if (device.retained == 0) {
            return CUDA_ERROR_CONTEXT_IS_DESTROYED;
        }
        return device.sticky != CUDA_SUCCESS ? device.sticky : work(device);
    });
}

/// The default streams and those of cuStreamCreate.
[[nodiscard]] bool is_stream(const Device& device, CUstream stream);

/// Blocks of a kernel that fit on one multiprocessor.
[[nodiscard]] int occupancy(const Kernel& kernel, std::uint64_t threads_per_block, std::uint64_t dynamic_shared);

/// Threads that a block of the kernel may have: the device's limit or the kernel's own directives.
[[nodiscard]] std::uint32_t max_threads_of(const Kernel& kernel);

/// A device attribute; nullopt for one that does not exist.
[[nodiscard]] std::optional<int> attribute(CUdevice_attribute attribute, unsigned multiprocessors);

} // namespace assay::vgpu::api
