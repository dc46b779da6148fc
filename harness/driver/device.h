// A device that work can be given to, real or virtual, behind one table of driver functions.
#pragma once

#include <cstdint>
#include <string>

#include "base/error.h"
#include "driver/functions.h"

namespace assay::driver {

/// Fills a table from libcuda.so.1, loaded once and never unloaded. Its absence is an Error like any other: it says
/// that there is no NVIDIA driver, or which function an old one lacks.
[[nodiscard]] Result<const Table*> load_libcuda();

/// What a result records of the device it was measured on.
struct DeviceDescription {
    std::string kind;  ///< "gpu" or "vgpu"
    std::string name;  ///< "NVIDIA H200", "Assay vGPU"
    std::string clock; ///< what times mean: "gpu" (events) or "host" (CPU time of the vGPU)
    std::uint32_t compute_major = 0, compute_minor = 0;
    std::uint32_t multiprocessors = 0;
    std::uint32_t l2_bytes = 0;
    std::uint64_t memory_bytes = 0;
    std::uint32_t driver_version = 0; ///< 13000 is 13.0
    std::uint32_t max_threads_per_block = 0, max_shared_per_block = 0, max_shared_optin = 0;
};

/// The driver's answer as an Error: "cuLaunchKernel: CUDA_ERROR_INVALID_VALUE (invalid argument)".
[[nodiscard]] Error driver_error(const Table& table, const char* function, CUresult result);

/// Initialises the driver and describes device `ordinal`.
[[nodiscard]] Result<DeviceDescription> describe(const Table& table, int ordinal);

} // namespace assay::driver
