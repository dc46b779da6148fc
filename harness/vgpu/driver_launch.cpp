// Launches: everything that the driver refuses before a kernel runs is refused here, in its order and with its codes.
#include <cstring>
#include <limits>

#include "vgpu/api.h"

namespace assay::vgpu::api {

namespace {

/// What cuLaunchKernel and cuLaunchKernelEx have in common.
struct Request {
    CUfunction function = nullptr;
    Dim3 grid{}, block{};
    Dim3 cluster{1, 1, 1};
    std::uint32_t dynamic_shared = 0;
    CUstream stream = nullptr;
    bool cooperative = false;
    void** parameters = nullptr;
    void** extra = nullptr;
};

std::uint64_t volume(const Dim3& dim) {
    return std::uint64_t{dim[0]} * dim[1] * dim[2];
}

bool within(const Dim3& dim, const Dim3& limit) {
    for (std::size_t i = 0; i < dim.size(); ++i) {
        if (dim[i] == 0 || dim[i] > limit[i]) {
            return false;
        }
    }
    return true;
}

CUresult check_shape(const Kernel& kernel, const Request& request) {
    constexpr std::uint64_t max_blocks_per_cluster = 16; // above 8 where the kernel's attribute allows it
    constexpr Dim3 grid_limit{std::numeric_limits<std::int32_t>::max(), 65535, 65535};
    constexpr Dim3 block_limit{max_threads_per_block, max_threads_per_block, 64};
    if (!within(request.grid, grid_limit) || !within(request.block, block_limit) ||
        volume(request.block) > max_threads_of(kernel)) {
        return CUDA_ERROR_INVALID_VALUE;
    }
    const isa::LaunchBounds& bounds = kernel.function().bounds;
    if (volume(bounds.required_threads) != 0 && bounds.required_threads != request.block) {
        return CUDA_ERROR_INVALID_VALUE;
    }
    if (volume(request.cluster) == 0 || volume(request.cluster) > max_blocks_per_cluster ||
        (volume(bounds.required_cluster) != 0 && bounds.required_cluster != request.cluster)) {
        return CUDA_ERROR_INVALID_CLUSTER_SIZE;
    }
    for (std::size_t i = 0; i < request.grid.size(); ++i) {
        if (request.grid.at(i) % request.cluster.at(i) != 0) {
            return CUDA_ERROR_INVALID_VALUE; // whole clusters only
        }
    }
    if (request.dynamic_shared > kernel.max_dynamic_shared || kernel.shared.dynamic_offset > optin_shared_limit) {
        return CUDA_ERROR_INVALID_VALUE;
    }
    const auto resident = static_cast<std::uint64_t>(occupancy(kernel, volume(request.block), request.dynamic_shared));
    if (request.cooperative && volume(request.grid) > resident * cooperative_multiprocessors) {
        return CUDA_ERROR_COOPERATIVE_LAUNCH_TOO_LARGE;
    }
    return CUDA_SUCCESS;
}

/// Parameters as one buffer: { CU_LAUNCH_PARAM_BUFFER_POINTER, p, CU_LAUNCH_PARAM_BUFFER_SIZE, &n, CU_LAUNCH_PARAM_END
/// }.
CUresult take_buffer(void** extra, std::vector<std::byte>& bytes) {
    const void* buffer = nullptr;
    std::size_t size = 0;
    for (void** entry = extra; *entry != CU_LAUNCH_PARAM_END; entry += 2) {
        if (*entry == CU_LAUNCH_PARAM_BUFFER_POINTER) {
            buffer = entry[1];
        } else if (*entry == CU_LAUNCH_PARAM_BUFFER_SIZE && entry[1] != nullptr) {
            size = *static_cast<const std::size_t*>(entry[1]);
        } else {
            return CUDA_ERROR_INVALID_VALUE;
        }
    }
    if (bytes.empty()) {
        return CUDA_SUCCESS;
    }
    if (buffer == nullptr || size < bytes.size()) {
        return CUDA_ERROR_INVALID_VALUE;
    }
    std::memcpy(bytes.data(), buffer, bytes.size());
    return CUDA_SUCCESS;
}

CUresult take_parameters(const Kernel& kernel, const Request& request, std::vector<std::byte>& bytes) {
    const isa::Function& function = kernel.function();
    bytes.assign(function.parameter_bytes, std::byte{0});
    if (request.parameters != nullptr && request.extra != nullptr) {
        return CUDA_ERROR_INVALID_VALUE;
    }
    if (request.extra != nullptr) {
        return take_buffer(request.extra, bytes);
    }
    if (request.parameters == nullptr) {
        return function.parameters.empty() ? CUDA_SUCCESS : CUDA_ERROR_INVALID_VALUE;
    }
    for (std::size_t i = 0; i < function.parameters.size(); ++i) {
        if (request.parameters[i] == nullptr) {
            return CUDA_ERROR_INVALID_VALUE;
        }
        const isa::ParamSlot& slot = function.parameters[i];
        std::memcpy(bytes.data() + slot.offset, request.parameters[i], slot.bytes);
    }
    return CUDA_SUCCESS;
}

CUresult launch(Device& device, const Request& request) {
    Kernel* kernel = device.find_kernel(request.function);
    if (kernel == nullptr || !is_stream(device, request.stream)) {
        return CUDA_ERROR_INVALID_HANDLE;
    }
    Request shaped = request;
    const Dim3& required = kernel->function().bounds.required_cluster;
    if (volume(required) != 0 && volume(request.cluster) == 1) {
        shaped.cluster = required; // __cluster_dims__ needs no attribute
    }
    if (const CUresult shape = check_shape(*kernel, shaped); shape != CUDA_SUCCESS) {
        return shape;
    }
    std::vector<std::byte> parameters;
    if (const CUresult taken = take_parameters(*kernel, request, parameters); taken != CUDA_SUCCESS) {
        return taken;
    }
    Launch described;
    described.grid = request.grid;
    described.block = request.block;
    described.cluster = shaped.cluster;
    described.dynamic_shared = request.dynamic_shared;
    described.cooperative = request.cooperative;
    return device.launch(*kernel, described, parameters);
}

/// Reads the attributes that change what a launch means; the others (priority, overlap with the kernel before, ...) are
/// hints.
CUresult take_attributes(const CUlaunchConfig& config, Request& request) {
    if (config.numAttrs != 0 && config.attrs == nullptr) {
        return CUDA_ERROR_INVALID_VALUE;
    }
    for (unsigned i = 0; i < config.numAttrs; ++i) {
        const CUlaunchAttribute& attribute = config.attrs[i];
        if (attribute.id == CU_LAUNCH_ATTRIBUTE_COOPERATIVE) {
            request.cooperative = attribute.value.cooperative != 0;
        } else if (attribute.id == CU_LAUNCH_ATTRIBUTE_CLUSTER_DIMENSION) {
            const auto& cluster = attribute.value.clusterDim;
            request.cluster = {cluster.x, cluster.y, cluster.z};
        }
    }
    return CUDA_SUCCESS;
}

} // namespace

CUresult cuLaunchKernel(CUfunction function, unsigned int grid_x, unsigned int grid_y, unsigned int grid_z,
                        unsigned int block_x, unsigned int block_y, unsigned int block_z, unsigned int dynamic_shared,
                        CUstream stream, void** parameters, void** extra) {
    return with_context([&](Device& device) {
        Request request;
        request.function = function;
        request.grid = {grid_x, grid_y, grid_z};
        request.block = {block_x, block_y, block_z};
        request.dynamic_shared = dynamic_shared;
        request.stream = stream;
        request.parameters = parameters;
        request.extra = extra;
        return launch(device, request);
    });
}

CUresult cuLaunchKernelEx(const CUlaunchConfig* config, CUfunction function, void** parameters, void** extra) {
    return with_context([&](Device& device) {
        if (config == nullptr) {
            return CUDA_ERROR_INVALID_VALUE;
        }
        Request request;
        request.function = function;
        request.grid = {config->gridDimX, config->gridDimY, config->gridDimZ};
        request.block = {config->blockDimX, config->blockDimY, config->blockDimZ};
        request.dynamic_shared = config->sharedMemBytes;
        request.stream = config->hStream;
        request.parameters = parameters;
        request.extra = extra;
        const CUresult attributes = take_attributes(*config, request);
        return attributes == CUDA_SUCCESS ? launch(device, request) : attributes;
    });
}

} // namespace assay::vgpu::api
