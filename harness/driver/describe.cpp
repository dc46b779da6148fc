#include <array>

#include "driver/device.h"
#include "driver/libcuda.h"

namespace assay::driver {

Error driver_error(const Table& table, const char* function, CUresult result) {
    const char* name = nullptr;
    const char* meaning = nullptr;
    if (table.cuGetErrorName(result, &name) != CUDA_SUCCESS || name == nullptr) {
        name = "unknown error";
    }
    if (table.cuGetErrorString(result, &meaning) != CUDA_SUCCESS || meaning == nullptr) {
        meaning = "";
    }
    std::string what = std::string(function) + ": " + name;
    if (*meaning != '\0') {
        what += " (" + std::string(meaning) + ")";
    }
    return Error{what, "", ""};
}

Result<DeviceDescription> describe(const Table& table, int ordinal) {
    // The first call that fails ends the description; the rest are skipped.
    CUresult result = CUDA_SUCCESS;
    const char* failed = nullptr;
    const auto call = [&](const char* name, auto function, auto... arguments) {
        if (result == CUDA_SUCCESS) {
            result = function(arguments...);
            failed = name;
        }
    };
    DeviceDescription description;
    CUdevice device = 0;
    const auto attribute = [&](CUdevice_attribute which) {
        int value = 0;
        call("cuDeviceGetAttribute", table.cuDeviceGetAttribute, &value, which, device);
        return static_cast<std::uint32_t>(value);
    };
    call("cuInit", table.cuInit, 0u);
    call("cuDeviceGet", table.cuDeviceGet, &device, ordinal);
    std::array<char, 256> name{};
    call("cuDeviceGetName", table.cuDeviceGetName, name.data(), static_cast<int>(name.size()), device);
    std::size_t bytes = 0;
    call("cuDeviceTotalMem_v2", table.cuDeviceTotalMem_v2, &bytes, device);
    int version = 0;
    call("cuDriverGetVersion", table.cuDriverGetVersion, &version);

    const bool real = is_libcuda(table);
    description.kind = real ? "gpu" : "vgpu";
    description.clock = real ? "gpu" : "host";
    description.name = name.data();
    description.memory_bytes = bytes;
    description.driver_version = static_cast<std::uint32_t>(version);
    description.compute_major = attribute(CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR);
    description.compute_minor = attribute(CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR);
    description.multiprocessors = attribute(CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT);
    description.l2_bytes = attribute(CU_DEVICE_ATTRIBUTE_L2_CACHE_SIZE);
    description.max_threads_per_block = attribute(CU_DEVICE_ATTRIBUTE_MAX_THREADS_PER_BLOCK);
    description.max_shared_per_block = attribute(CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK);
    description.max_shared_optin = attribute(CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK_OPTIN);
    if (result != CUDA_SUCCESS) {
        return std::unexpected(driver_error(table, failed, result));
    }
    return description;
}

} // namespace assay::driver
