#include "compile/headers.h"

#include <array>
#include <stdexcept>
#include <utility>

#include "base/hash.h"

namespace assay::embedded {
extern const std::vector<std::pair<std::string_view, std::string_view>> headers; // generated, see cmake/embed.cmake
}

namespace assay::compile {

namespace {

struct Alias {
    std::string_view name;
    std::string_view of;
};

/// Names under which sources include what is already there. The toolkit's own runtime headers are among them: NVRTC has
/// their content built in, and the originals would declare the host API a second time.
constexpr std::array<Alias, 106> aliases{{
    {"assert.h", "cassert"},
    {"bits/stdc++.h", "assay/everything.h"},
    {"builtin_types.h", "cuda_runtime.h"},
    {"cinttypes", "cstdint"},
    {"crt/host_defines.h", "cuda_runtime.h"},
    {"cuda_device_runtime_api.h", "cuda_runtime.h"},
    {"cuda_profiler_api.h", "cuda_runtime.h"},
    {"cuda_runtime_api.h", "cuda_runtime.h"},
    {"device_atomic_functions.h", "cuda_runtime.h"},
    {"device_functions.h", "cuda_runtime.h"},
    {"device_launch_parameters.h", "cuda_runtime.h"},
    {"driver_types.h", "cuda_runtime.h"},
    {"exception", "stdexcept"},
    {"float.h", "cfloat"},
    {"fstream", "iostream"},
    {"helper_functions.h", "helper_cuda.h"},
    {"host_defines.h", "cuda_runtime.h"},
    {"inttypes.h", "cstdint"},
    {"iomanip", "iostream"},
    {"ios", "iostream"},
    {"istream", "iostream"},
    {"limits.h", "climits"},
    {"math.h", "cmath"},
    {"math_functions.h", "cuda_runtime.h"},
    {"memory.h", "cstring"},
    {"ostream", "iostream"},
    {"ratio", "chrono"},
    {"sm_30_intrinsics.h", "cuda_runtime.h"},
    {"stddef.h", "cstddef"},
    {"stdint.h", "cstdint"},
    {"stdio.h", "cstdio"},
    {"stdlib.h", "cstdlib"},
    {"string.h", "cstring"},
    {"sys/time.h", "ctime"},
    {"sys/types.h", "cstdint"},
    {"system_error", "stdexcept"},
    {"time.h", "ctime"},
    {"unistd.h", "cstdlib"},
    {"vector_functions.h", "cuda_runtime.h"},
    {"vector_types.h", "cuda_runtime.h"},
    {"malloc.h", "cstdlib"},
    {"ATen/ATen.h", "torch/extension.h"},
    {"ATen/AccumulateType.h", "torch/extension.h"},
    {"ATen/DeviceGuard.h", "torch/extension.h"},
    {"ATen/Dispatch.h", "torch/extension.h"},
    {"ATen/Functions.h", "torch/extension.h"},
    {"ATen/NativeFunctions.h", "torch/extension.h"},
    {"ATen/OpMathType.h", "torch/extension.h"},
    {"ATen/Tensor.h", "torch/extension.h"},
    {"ATen/TensorAccessor.h", "torch/extension.h"},
    {"ATen/TensorUtils.h", "torch/extension.h"},
    {"ATen/core/Tensor.h", "torch/extension.h"},
    {"ATen/core/TensorAccessor.h", "torch/extension.h"},
    {"ATen/cuda/Atomic.cuh", "torch/extension.h"},
    {"ATen/cuda/CUDAApplyUtils.cuh", "torch/extension.h"},
    {"ATen/cuda/CUDAContext.h", "torch/extension.h"},
    {"ATen/cuda/CUDAContextLight.h", "torch/extension.h"},
    {"ATen/cuda/CUDAEvent.h", "torch/extension.h"},
    {"ATen/cuda/CUDAGuard.h", "torch/extension.h"},
    {"ATen/cuda/CUDAUtils.h", "torch/extension.h"},
    {"ATen/cuda/DeviceUtils.cuh", "torch/extension.h"},
    {"ATen/cuda/Exceptions.h", "torch/extension.h"},
    {"ATen/cuda/detail/KernelUtils.h", "torch/extension.h"},
    {"ATen/cuda/detail/TensorInfo.cuh", "torch/extension.h"},
    {"ATen/native/cuda/KernelUtils.cuh", "torch/extension.h"},
    {"ATen/native/cuda/Loops.cuh", "torch/extension.h"},
    {"c10/core/Device.h", "torch/extension.h"},
    {"c10/core/DeviceGuard.h", "torch/extension.h"},
    {"c10/core/ScalarType.h", "torch/extension.h"},
    {"c10/cuda/CUDAException.h", "torch/extension.h"},
    {"c10/cuda/CUDAFunctions.h", "torch/extension.h"},
    {"c10/cuda/CUDAGuard.h", "torch/extension.h"},
    {"c10/cuda/CUDAMacros.h", "torch/extension.h"},
    {"c10/cuda/CUDAMathCompat.h", "torch/extension.h"},
    {"c10/cuda/CUDAStream.h", "torch/extension.h"},
    {"c10/macros/Macros.h", "torch/extension.h"},
    {"c10/util/ArrayRef.h", "torch/extension.h"},
    {"c10/util/BFloat16.h", "torch/extension.h"},
    {"c10/util/Exception.h", "torch/extension.h"},
    {"c10/util/Half.h", "torch/extension.h"},
    {"c10/util/Optional.h", "torch/extension.h"},
    {"pybind11/functional.h", "torch/extension.h"},
    {"pybind11/numpy.h", "torch/extension.h"},
    {"pybind11/pybind11.h", "torch/extension.h"},
    {"pybind11/stl.h", "torch/extension.h"},
    {"torch/all.h", "torch/extension.h"},
    {"torch/csrc/api/include/torch/all.h", "torch/extension.h"},
    {"torch/csrc/api/include/torch/cuda.h", "torch/extension.h"},
    {"torch/csrc/utils/pybind.h", "torch/extension.h"},
    {"torch/cuda.h", "torch/extension.h"},
    {"torch/library.h", "torch/extension.h"},
    {"torch/python.h", "torch/extension.h"},
    {"torch/script.h", "torch/extension.h"},
    {"torch/serialize/tensor.h", "torch/extension.h"},
    {"torch/torch.h", "torch/extension.h"},
    {"torch/types.h", "torch/extension.h"},
    {"ATen/cuda/CUDABlas.h", "assay/absent.h"},
    {"cublasLt.h", "assay/absent.h"},
    {"cublas_api.h", "assay/absent.h"},
    {"cublas_v2.h", "assay/absent.h"},
    {"cudnn.h", "assay/absent.h"},
    {"cufft.h", "assay/absent.h"},
    {"cusolverDn.h", "assay/absent.h"},
    {"cusparse.h", "assay/absent.h"},
    {"cutensor.h", "assay/absent.h"},
    {"cublas.h", "assay/absent.h"},
}};

/// "std/vector" is included as "vector".
std::string_view include_name(std::string_view path) {
    constexpr std::string_view standard = "std/";
    return path.starts_with(standard) ? path.substr(standard.size()) : path;
}

std::vector<VirtualHeader> collect() {
    std::vector<VirtualHeader> all;
    const auto text_of = [&](std::string_view name) {
        for (const VirtualHeader& header : all) {
            if (header.name == name) {
                return header.text;
            }
        }
        throw std::logic_error("an alias of a header that is not embedded: " + std::string(name));
    };
    for (const auto& [path, text] : embedded::headers) {
        all.push_back({std::string(include_name(path)), std::string(text)});
    }
    for (const Alias& alias : aliases) {
        all.push_back({std::string(alias.name), text_of(alias.of)});
    }
    return all;
}

} // namespace

const std::vector<VirtualHeader>& virtual_headers() {
    static const std::vector<VirtualHeader> all = collect();
    return all;
}

const std::string& headers_digest() {
    static const std::string digest = [] {
        std::string joined;
        for (const VirtualHeader& header : virtual_headers()) {
            joined += std::to_string(header.name.size()) + ":" + header.name;
            joined += std::to_string(header.text.size()) + ":" + header.text;
        }
        return hash_hex(joined);
    }();
    return digest;
}

} // namespace assay::compile
