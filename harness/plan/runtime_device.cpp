// What host code asks about the device and its kernels.
#include <cuda.h>

#include <algorithm>

#include "plan/runtime.h"

namespace assay::plan {

namespace {

// Compute capability 9.0 (CUDA C++ Programming Guide, technical specifications); what DeviceProperties does not say.
constexpr int registers = 65536;
constexpr int resident_blocks = 32;
constexpr int reserved_shared = 1024; ///< of each resident block
constexpr std::uint32_t warp = 32;
/// An answer for cudaFuncGetAttributes: what ptxas will allot is not known yet.
constexpr int assumed_registers = 32;

constexpr std::uint64_t stack_limit = 1024, print_limit = 1 << 20, heap_limit = 8 << 20;

} // namespace

std::optional<int> Runtime::attribute_value(std::uint32_t number) const {
    const DeviceProperties& p = properties_;
    switch (static_cast<CUdevice_attribute>(number)) {
    case CU_DEVICE_ATTRIBUTE_MAX_THREADS_PER_BLOCK:
        return p.max_threads_per_block;
    case CU_DEVICE_ATTRIBUTE_MAX_BLOCK_DIM_X:
    case CU_DEVICE_ATTRIBUTE_MAX_BLOCK_DIM_Y:
        return 1024;
    case CU_DEVICE_ATTRIBUTE_MAX_BLOCK_DIM_Z:
        return 64;
    case CU_DEVICE_ATTRIBUTE_MAX_GRID_DIM_X:
        return 0x7FFFFFFF;
    case CU_DEVICE_ATTRIBUTE_MAX_GRID_DIM_Y:
    case CU_DEVICE_ATTRIBUTE_MAX_GRID_DIM_Z:
        return 65535;
    case CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK:
        return static_cast<int>(p.shared_per_block);
    case CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK_OPTIN:
        return static_cast<int>(p.shared_optin);
    case CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_MULTIPROCESSOR:
        return static_cast<int>(p.shared_per_multiprocessor);
    case CU_DEVICE_ATTRIBUTE_RESERVED_SHARED_MEMORY_PER_BLOCK:
        return reserved_shared;
    case CU_DEVICE_ATTRIBUTE_TOTAL_CONSTANT_MEMORY:
        return 65536;
    case CU_DEVICE_ATTRIBUTE_WARP_SIZE:
        return warp;
    case CU_DEVICE_ATTRIBUTE_MAX_PITCH:
        return 0x7FFFFFFF;
    case CU_DEVICE_ATTRIBUTE_MAX_REGISTERS_PER_BLOCK:
    case CU_DEVICE_ATTRIBUTE_MAX_REGISTERS_PER_MULTIPROCESSOR:
        return registers;
    case CU_DEVICE_ATTRIBUTE_TEXTURE_ALIGNMENT:
        return 512;
    case CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT:
        return p.multiprocessors;
    case CU_DEVICE_ATTRIBUTE_MAX_THREADS_PER_MULTIPROCESSOR:
        return p.max_threads_per_multiprocessor;
    case CU_DEVICE_ATTRIBUTE_MAX_BLOCKS_PER_MULTIPROCESSOR:
        return resident_blocks;
    case CU_DEVICE_ATTRIBUTE_L2_CACHE_SIZE:
        return static_cast<int>(p.l2_bytes);
    case CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR:
        return p.compute_major;
    case CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR:
        return p.compute_minor;
    case CU_DEVICE_ATTRIBUTE_CLOCK_RATE:
        return 1'980'000; // kHz
    case CU_DEVICE_ATTRIBUTE_MEMORY_CLOCK_RATE:
        return 2'619'000; // kHz
    case CU_DEVICE_ATTRIBUTE_GLOBAL_MEMORY_BUS_WIDTH:
        return 5120;
    case CU_DEVICE_ATTRIBUTE_ASYNC_ENGINE_COUNT:
        return 3;
    case CU_DEVICE_ATTRIBUTE_CONCURRENT_KERNELS:
    case CU_DEVICE_ATTRIBUTE_GPU_OVERLAP:
    case CU_DEVICE_ATTRIBUTE_UNIFIED_ADDRESSING:
    case CU_DEVICE_ATTRIBUTE_STREAM_PRIORITIES_SUPPORTED:
    case CU_DEVICE_ATTRIBUTE_GLOBAL_L1_CACHE_SUPPORTED:
    case CU_DEVICE_ATTRIBUTE_LOCAL_L1_CACHE_SUPPORTED:
    case CU_DEVICE_ATTRIBUTE_COOPERATIVE_LAUNCH:
        return 1;
    case CU_DEVICE_ATTRIBUTE_CLUSTER_LAUNCH:
        return p.compute_major >= 9 ? 1 : 0;
    case CU_DEVICE_ATTRIBUTE_MANAGED_MEMORY: // see runtime.h
    case CU_DEVICE_ATTRIBUTE_CONCURRENT_MANAGED_ACCESS:
    case CU_DEVICE_ATTRIBUTE_PAGEABLE_MEMORY_ACCESS:
    case CU_DEVICE_ATTRIBUTE_CAN_MAP_HOST_MEMORY:
    case CU_DEVICE_ATTRIBUTE_INTEGRATED:
    case CU_DEVICE_ATTRIBUTE_KERNEL_EXEC_TIMEOUT:
    case CU_DEVICE_ATTRIBUTE_COMPUTE_MODE:
    case CU_DEVICE_ATTRIBUTE_ECC_ENABLED:
    case CU_DEVICE_ATTRIBUTE_TCC_DRIVER:
    case CU_DEVICE_ATTRIBUTE_MULTI_GPU_BOARD:
    case CU_DEVICE_ATTRIBUTE_PCI_BUS_ID:
    case CU_DEVICE_ATTRIBUTE_PCI_DEVICE_ID:
    case CU_DEVICE_ATTRIBUTE_PCI_DOMAIN_ID:
    case CU_DEVICE_ATTRIBUTE_MAX_PERSISTING_L2_CACHE_SIZE: // nothing may outlive a run in the cache
    case CU_DEVICE_ATTRIBUTE_MAX_ACCESS_POLICY_WINDOW_SIZE:
    case CU_DEVICE_ATTRIBUTE_MEMORY_POOLS_SUPPORTED:
        return 0;
    default:
        return std::nullopt;
    }
}

Checked<> Runtime::device_count(HostCall& call) {
    return memory_.store(call.address(0), 1, 4);
}

Checked<> Runtime::current_device(HostCall& call) {
    return memory_.store(call.address(0), 0, 4);
}

Checked<> Runtime::set_device(HostCall& call) {
    return answer(call, call.u32(0) == 0 ? CudaError::Success : CudaError::InvalidDevice);
}

Checked<> Runtime::device_attribute(HostCall& call) {
    if (call.u32(2) != 0) {
        return answer(call, CudaError::InvalidDevice);
    }
    const auto value = attribute_value(call.u32(1));
    if (!value) {
        return answer(call, CudaError::InvalidValue);
    }
    return memory_.store(call.address(0), static_cast<std::uint32_t>(*value), 4);
}

Checked<> Runtime::device_attributes(HostCall& call) {
    if (call.u32(2) != 0) {
        return answer(call, CudaError::InvalidDevice);
    }
    const std::uint32_t count = std::min<std::uint32_t>(call.u32(1), CU_DEVICE_ATTRIBUTE_MAX);
    for (std::uint32_t number = 0; number < count; ++number) {
        if (const auto value = attribute_value(number)) {
            if (auto done = memory_.store(call.address(0) + Address{4} * number, static_cast<std::uint32_t>(*value), 4);
                !done) {
                return done;
            }
        }
    }
    return {};
}

Checked<> Runtime::device_name(HostCall& call) {
    if (call.u32(2) != 0 || call.i32(1) <= 0) {
        return answer(call, call.u32(2) != 0 ? CudaError::InvalidDevice : CudaError::InvalidValue);
    }
    const std::string name = properties_.name.substr(0, call.u32(1) - 1);
    auto place = memory_.bytes(call.address(0), name.size() + 1, Access::Write);
    if (!place) {
        return std::unexpected(std::move(place.error()));
    }
    std::memcpy(place->data(), name.c_str(), name.size() + 1);
    return {};
}

Checked<> Runtime::device_limit(HostCall& call) {
    std::uint64_t value = 0;
    switch (static_cast<CUlimit>(call.u32(1))) {
    case CU_LIMIT_STACK_SIZE:
        value = stack_limit;
        break;
    case CU_LIMIT_PRINTF_FIFO_SIZE:
        value = print_limit;
        break;
    case CU_LIMIT_MALLOC_HEAP_SIZE:
        value = heap_limit;
        break;
    default:
        return answer(call, CudaError::InvalidValue);
    }
    return memory_.store(call.address(0), value, 8);
}

Checked<> Runtime::cache_config(HostCall& call) {
    return memory_.store(call.address(0), 0, 4);
}

Checked<> Runtime::bank_config(HostCall& call) {
    return memory_.store(call.address(0), 1, 4);
}

Checked<> Runtime::runtime_version(HostCall& call) {
    return memory_.store(call.address(0), CUDA_VERSION, 4);
}

Checked<> Runtime::function_attributes(HostCall& call) {
    auto index = kernel_at(call.address(2));
    if (!index) {
        return std::unexpected(std::move(index.error()));
    }
    const isa::Function& kernel = program_.functions[*index];
    std::uint32_t constant = 0;
    for (const isa::Variable& variable : program_.variables) {
        constant += variable.space == isa::Space::Const ? static_cast<std::uint32_t>(variable.bytes) : 0;
    }
    const int version = properties_.compute_major * 10 + properties_.compute_minor;
    const auto attribute = plan_.attributes.find(kernel.name);
    const std::uint32_t fixed = static_shared(*index);
    const std::uint32_t usual = properties_.shared_per_block > fixed ? properties_.shared_per_block - fixed : 0;
    const std::uint32_t dynamic =
        attribute == plan_.attributes.end() ? usual : std::max(usual, attribute->second.max_dynamic_shared);
    // In the order of CUfunction_attribute.
    const std::array<int, 10> values{
        static_cast<int>(largest_block(kernel)),
        static_cast<int>(fixed),
        static_cast<int>(constant),
        static_cast<int>(kernel.local_bytes),
        kernel.bounds.max_registers != 0 ? static_cast<int>(kernel.bounds.max_registers) : assumed_registers,
        version,
        version,
        0, // CACHE_MODE_CA
        static_cast<int>(dynamic),
        -1, // PREFERRED_SHARED_MEMORY_CARVEOUT: the driver's choice
    };
    for (std::size_t i = 0; i < std::min<std::size_t>(values.size(), call.u32(1)); ++i) {
        if (auto done = memory_.store(call.address(0) + 4 * i, static_cast<std::uint32_t>(values[i]), 4); !done) {
            return done;
        }
    }
    return {};
}

Checked<> Runtime::set_function_attribute(HostCall& call) {
    auto index = kernel_at(call.address(0));
    if (!index) {
        return std::unexpected(std::move(index.error()));
    }
    const std::int64_t value = call.i32(2);
    switch (static_cast<CUfunction_attribute>(call.u32(1))) {
    case CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES:
        if (value < 0 || value + static_shared(*index) > properties_.shared_optin) {
            return answer(call, CudaError::InvalidValue);
        }
        plan_.attributes[program_.functions[*index].name].max_dynamic_shared = static_cast<std::uint32_t>(value);
        return {};
    case CU_FUNC_ATTRIBUTE_NON_PORTABLE_CLUSTER_SIZE_ALLOWED:
        if (value != 0) {
            non_portable_cluster_.insert(*index);
        } else {
            non_portable_cluster_.erase(*index);
        }
        return {};
    case CU_FUNC_ATTRIBUTE_PREFERRED_SHARED_MEMORY_CARVEOUT:
        return answer(call, value < -1 || value > 100 ? CudaError::InvalidValue : CudaError::Success);
    default:
        return answer(call, CudaError::InvalidValue);
    }
}

std::uint32_t Runtime::blocks_per_multiprocessor(std::uint32_t kernel, std::uint64_t threads, std::uint64_t shared) {
    const isa::Function& function = program_.functions[kernel];
    if (threads == 0 || threads > largest_block(function)) {
        return 0;
    }
    const std::uint64_t warps = (threads + warp - 1) / warp;
    const std::uint64_t bytes = shared + static_shared(kernel);
    if (bytes > properties_.shared_optin) {
        return 0;
    }
    std::uint64_t blocks = std::min<std::uint64_t>(
        {resident_blocks, static_cast<std::uint64_t>(properties_.max_threads_per_multiprocessor) / (warps * warp),
         properties_.shared_per_multiprocessor / (bytes + reserved_shared)});
    if (const std::uint64_t each = function.bounds.max_registers; each != 0) {
        blocks = std::min(blocks, registers / (each * warps * warp));
    }
    return static_cast<std::uint32_t>(blocks);
}

Checked<> Runtime::occupancy(HostCall& call) {
    auto index = kernel_at(call.address(1));
    if (!index) {
        return std::unexpected(std::move(index.error()));
    }
    if (call.i32(2) <= 0) {
        return answer(call, CudaError::InvalidValue);
    }
    return memory_.store(call.address(0), blocks_per_multiprocessor(*index, call.u32(2), call.u64(3)), 4);
}

} // namespace assay::plan
