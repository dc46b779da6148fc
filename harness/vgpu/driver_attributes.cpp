// What the device says of itself: the limits of compute capability 9.0 (CUDA C++ Programming Guide, Compute
// Capabilities), with a multiprocessor for each host thread and the host's caches.
#include <algorithm>
#include <limits>

#include <unistd.h>

#include "vgpu/api.h"

namespace assay::vgpu::api {

namespace {

constexpr int shared_per_multiprocessor = 228 * 1024;
constexpr int reserved_shared_per_block = 1024;
constexpr int threads_per_multiprocessor = 2048;
constexpr int blocks_per_multiprocessor = 32;

int last_level_cache() {
    for (const int level : {_SC_LEVEL4_CACHE_SIZE, _SC_LEVEL3_CACHE_SIZE, _SC_LEVEL2_CACHE_SIZE}) {
        if (const long bytes = sysconf(level); bytes > 0 && bytes <= std::numeric_limits<int>::max()) {
            return static_cast<int>(bytes);
        }
    }
    return 32 << 20; // a host that does not tell
}

} // namespace

std::optional<int> attribute(CUdevice_attribute which, unsigned multiprocessors) {
    switch (which) {
    case CU_DEVICE_ATTRIBUTE_MAX_THREADS_PER_BLOCK:
    case CU_DEVICE_ATTRIBUTE_MAX_BLOCK_DIM_X:
    case CU_DEVICE_ATTRIBUTE_MAX_BLOCK_DIM_Y:
        return static_cast<int>(max_threads_per_block);
    case CU_DEVICE_ATTRIBUTE_MAX_BLOCK_DIM_Z:
        return 64;
    case CU_DEVICE_ATTRIBUTE_MAX_GRID_DIM_X:
    case CU_DEVICE_ATTRIBUTE_MAX_PITCH:
        return std::numeric_limits<int>::max();
    case CU_DEVICE_ATTRIBUTE_MAX_GRID_DIM_Y:
    case CU_DEVICE_ATTRIBUTE_MAX_GRID_DIM_Z:
        return 65535;
    case CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK:
        return static_cast<int>(default_shared_limit);
    case CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK_OPTIN:
        return static_cast<int>(optin_shared_limit);
    case CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_MULTIPROCESSOR:
        return shared_per_multiprocessor;
    case CU_DEVICE_ATTRIBUTE_RESERVED_SHARED_MEMORY_PER_BLOCK:
        return reserved_shared_per_block;
    case CU_DEVICE_ATTRIBUTE_TOTAL_CONSTANT_MEMORY:
        return 64 * 1024;
    case CU_DEVICE_ATTRIBUTE_WARP_SIZE:
        return static_cast<int>(warp_size);
    case CU_DEVICE_ATTRIBUTE_MAX_REGISTERS_PER_BLOCK:
    case CU_DEVICE_ATTRIBUTE_MAX_REGISTERS_PER_MULTIPROCESSOR:
        return 64 * 1024;
    case CU_DEVICE_ATTRIBUTE_MAX_THREADS_PER_MULTIPROCESSOR:
        return threads_per_multiprocessor;
    case CU_DEVICE_ATTRIBUTE_MAX_BLOCKS_PER_MULTIPROCESSOR:
        return blocks_per_multiprocessor;
    case CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT:
        return static_cast<int>(multiprocessors);
    case CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR:
        return 9;
    case CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR:
        return 0;
    case CU_DEVICE_ATTRIBUTE_L2_CACHE_SIZE:
        return last_level_cache();
    case CU_DEVICE_ATTRIBUTE_TEXTURE_ALIGNMENT:
        return 512;
    case CU_DEVICE_ATTRIBUTE_UNIFIED_ADDRESSING:
    case CU_DEVICE_ATTRIBUTE_COOPERATIVE_LAUNCH:
    case CU_DEVICE_ATTRIBUTE_CLUSTER_LAUNCH:
    case CU_DEVICE_ATTRIBUTE_TENSOR_MAP_ACCESS_SUPPORTED:
    case CU_DEVICE_ATTRIBUTE_GLOBAL_L1_CACHE_SUPPORTED:
    case CU_DEVICE_ATTRIBUTE_LOCAL_L1_CACHE_SUPPORTED:
    case CU_DEVICE_ATTRIBUTE_ASYNC_ENGINE_COUNT:
        return 1;
    case CU_DEVICE_ATTRIBUTE_SINGLE_TO_DOUBLE_PRECISION_PERF_RATIO:
        return 2;
    default: // what it does not have: textures, managed memory, ...
        if (which <= 0 || which >= CU_DEVICE_ATTRIBUTE_MAX) {
            return std::nullopt;
        }
        return 0;
    }
}

std::uint32_t max_threads_of(const Kernel& kernel) {
    const isa::LaunchBounds& bounds = kernel.function().bounds;
    for (const auto& limit : {bounds.required_threads, bounds.max_threads}) {
        const std::uint64_t product = std::uint64_t{limit[0]} * limit[1] * limit[2];
        if (product != 0) {
            return static_cast<std::uint32_t>(std::min<std::uint64_t>(product, max_threads_per_block));
        }
    }
    return max_threads_per_block;
}

int occupancy(const Kernel& kernel, std::uint64_t threads_per_block, std::uint64_t dynamic_shared) {
    if (threads_per_block > max_threads_of(kernel) || dynamic_shared > kernel.max_dynamic_shared) {
        return 0;
    }
    // Registers are no limit here: they are the host's memory.
    const std::uint64_t warps = (threads_per_block + warp_size - 1) / warp_size;
    const std::uint64_t shared = kernel.shared.dynamic_offset + dynamic_shared + reserved_shared_per_block;
    return static_cast<int>(
        std::min<std::uint64_t>({blocks_per_multiprocessor, threads_per_multiprocessor / warp_size / warps,
                                 shared_per_multiprocessor / shared}));
}

} // namespace assay::vgpu::api
