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

/// Names under which sources include what is already there; PyTorch's are in compile/adapt.cpp. The toolkit's own
/// runtime headers are among them: NVRTC has their content built in, and the originals would declare the host API a
/// second time.
constexpr std::array<Alias, 205> aliases{{
    {"assert.h", "cassert"},
    {"bits/stdc++.h", "assay/everything.h"},
    {"builtin_types.h", "cuda_runtime.h"},
    {"channel_descriptor.h", "cuda_runtime.h"},
    {"cinttypes", "cstdint"},
    {"common_functions.h", "cuda_runtime.h"},
    {"complex.h", "complex"},
    {"condition_variable", "thread"},
    {"crt/device_functions.h", "cuda_runtime.h"},
    {"crt/host_defines.h", "cuda_runtime.h"},
    {"crt/math_functions.h", "cuda_runtime.h"},
    {"cstdbool", "cstddef"},
    {"ctype.h", "cctype"},
    {"cuda_device_runtime_api.h", "cuda_runtime.h"},
    {"cuda_profiler_api.h", "cuda_runtime.h"},
    {"cuda_runtime_api.h", "cuda_runtime.h"},
    {"cuda_surface_types.h", "cuda_runtime.h"},
    {"cuda_texture_types.h", "cuda_runtime.h"},
    {"cutil_math.h", "helper_math.h"},
    {"device_atomic_functions.h", "cuda_runtime.h"},
    {"device_double_functions.h", "cuda_runtime.h"},
    {"device_functions.h", "cuda_runtime.h"},
    {"device_launch_parameters.h", "cuda_runtime.h"},
    {"device_types.h", "cuda_runtime.h"},
    {"driver_types.h", "cuda_runtime.h"},
    {"errno.h", "cerrno"},
    {"exception", "stdexcept"},
    {"float.h", "cfloat"},
    {"fstream", "iostream"},
    {"future", "thread"},
    {"helper_functions.h", "helper_cuda.h"},
    {"helper_gl.h", "helper_cuda.h"},
    {"helper_string.h", "helper_cuda.h"},
    {"helper_timer.h", "helper_cuda.h"},
    {"host_defines.h", "cuda_runtime.h"},
    {"inttypes.h", "cstdint"},
    {"iomanip", "iostream"},
    {"ios", "iostream"},
    {"iosfwd", "iostream"},
    {"istream", "iostream"},
    {"limits.h", "climits"},
    {"list", "deque"},
    {"malloc.h", "cstdlib"},
    {"math.h", "cmath"},
    {"math_functions.h", "cuda_runtime.h"},
    {"memory.h", "cstring"},
    {"nvToolsExt.h", "nvtx3/nvToolsExt.h"},
    {"nvtx3/nvtx3.hpp", "nvtx3/nvToolsExt.h"},
    {"ostream", "iostream"},
    {"queue", "deque"},
    {"ratio", "chrono"},
    {"set", "map"},
    {"shared_mutex", "mutex"},
    {"sm_20_atomic_functions.h", "cuda_runtime.h"},
    {"sm_20_intrinsics.h", "cuda_runtime.h"},
    {"sm_30_intrinsics.h", "cuda_runtime.h"},
    {"sm_32_atomic_functions.h", "cuda_runtime.h"},
    {"sm_32_intrinsics.h", "cuda_runtime.h"},
    {"sm_35_atomic_functions.h", "cuda_runtime.h"},
    {"sm_35_intrinsics.h", "cuda_runtime.h"},
    {"sm_60_atomic_functions.h", "cuda_runtime.h"},
    {"sm_61_intrinsics.h", "cuda_runtime.h"},
    {"sstream", "iostream"},
    {"stack", "deque"},
    {"stdalign.h", "cstddef"},
    {"stdarg.h", "cstdarg"},
    {"stdbool.h", "cstddef"},
    {"stddef.h", "cstddef"},
    {"stdint.h", "cstdint"},
    {"stdio.h", "cstdio"},
    {"stdlib.h", "cstdlib"},
    {"streambuf", "iostream"},
    {"string.h", "cstring"},
    {"strings.h", "cstring"},
    {"surface_functions.h", "cuda_runtime.h"},
    {"surface_indirect_functions.h", "cuda_runtime.h"},
    {"surface_types.h", "cuda_runtime.h"},
    {"sys/time.h", "ctime"},
    {"sys/timeb.h", "ctime"},
    {"sys/types.h", "cstdint"},
    {"system_error", "stdexcept"},
    {"texture_fetch_functions.h", "cuda_runtime.h"},
    {"texture_indirect_functions.h", "cuda_runtime.h"},
    {"texture_types.h", "cuda_runtime.h"},
    {"thrust/copy.h", "assay/thrust.h"},
    {"thrust/count.h", "thrust/reduce.h"},
    {"thrust/device_allocator.h", "assay/thrust.h"},
    {"thrust/device_free.h", "assay/thrust.h"},
    {"thrust/device_malloc.h", "assay/thrust.h"},
    {"thrust/device_malloc_allocator.h", "assay/thrust.h"},
    {"thrust/device_new.h", "assay/thrust.h"},
    {"thrust/device_ptr.h", "assay/thrust.h"},
    {"thrust/device_reference.h", "assay/thrust.h"},
    {"thrust/device_vector.h", "assay/thrust.h"},
    {"thrust/execution_policy.h", "assay/thrust.h"},
    {"thrust/extrema.h", "thrust/reduce.h"},
    {"thrust/fill.h", "assay/thrust.h"},
    {"thrust/for_each.h", "assay/thrust.h"},
    {"thrust/functional.h", "assay/thrust.h"},
    {"thrust/gather.h", "assay/thrust.h"},
    {"thrust/host_vector.h", "assay/thrust.h"},
    {"thrust/inner_product.h", "thrust/reduce.h"},
    {"thrust/memory.h", "assay/thrust.h"},
    {"thrust/scatter.h", "assay/thrust.h"},
    {"thrust/sequence.h", "assay/thrust.h"},
    {"thrust/system/cuda/execution_policy.h", "assay/thrust.h"},
    {"thrust/system/cuda/vector.h", "assay/thrust.h"},
    {"thrust/tabulate.h", "assay/thrust.h"},
    {"thrust/transform.h", "assay/thrust.h"},
    {"thrust/transform_reduce.h", "thrust/reduce.h"},
    {"thrust/transform_scan.h", "thrust/scan.h"},
    {"time.h", "ctime"},
    {"unistd.h", "cstdlib"},
    {"unordered_map", "map"},
    {"unordered_set", "map"},
    {"vector_functions.h", "cuda_runtime.h"},
    {"vector_types.h", "cuda_runtime.h"},
    {"dlpack/dlpack.h", "tvm/ffi.h"},
    {"tvm/ffi/any.h", "tvm/ffi.h"},
    {"tvm/ffi/base_details.h", "tvm/ffi.h"},
    {"tvm/ffi/c_api.h", "tvm/ffi.h"},
    {"tvm/ffi/cast.h", "tvm/ffi.h"},
    {"tvm/ffi/container/array.h", "tvm/ffi.h"},
    {"tvm/ffi/container/shape.h", "tvm/ffi.h"},
    {"tvm/ffi/container/tensor.h", "tvm/ffi.h"},
    {"tvm/ffi/container/tuple.h", "tvm/ffi.h"},
    {"tvm/ffi/container/variant.h", "tvm/ffi.h"},
    {"tvm/ffi/dtype.h", "tvm/ffi.h"},
    {"tvm/ffi/error.h", "tvm/ffi.h"},
    {"tvm/ffi/extra/c_env_api.h", "tvm/ffi.h"},
    {"tvm/ffi/extra/cuda/device_guard.h", "tvm/ffi.h"},
    {"tvm/ffi/extra/module.h", "tvm/ffi.h"},
    {"tvm/ffi/function.h", "tvm/ffi.h"},
    {"tvm/ffi/function_details.h", "tvm/ffi.h"},
    {"tvm/ffi/memory.h", "tvm/ffi.h"},
    {"tvm/ffi/object.h", "tvm/ffi.h"},
    {"tvm/ffi/optional.h", "tvm/ffi.h"},
    {"tvm/ffi/reflection/registry.h", "tvm/ffi.h"},
    {"tvm/ffi/string.h", "tvm/ffi.h"},
    {"tvm/ffi/tvm_ffi.h", "tvm/ffi.h"},
    {"tvm/ffi/type_traits.h", "tvm/ffi.h"},
    {"any", "assay/absent.h"},
    {"ATen/cuda/CUDABlas.h", "assay/absent.h"},
    {"bitset", "assay/absent.h"},
    {"cfenv", "assay/absent.h"},
    {"charconv", "assay/absent.h"},
    {"clocale", "assay/absent.h"},
    {"codecvt", "assay/absent.h"},
    {"compare", "assay/absent.h"},
    {"csetjmp", "assay/absent.h"},
    {"csignal", "assay/absent.h"},
    {"cublas.h", "assay/cublas.h"},
    {"cublas_api.h", "assay/cublas.h"},
    {"cublas_v2.h", "assay/cublas.h"},
    {"cublasLt.h", "assay/cublaslt.h"},
    {"cublasXt.h", "assay/absent.h"},
    {"cublasXt_v2.h", "assay/absent.h"},
    {"cudnn.h", "assay/absent.h"},
    {"cudnn_frontend.h", "assay/absent.h"},
    {"cufft.h", "assay/absent.h"},
    {"cufftXt.h", "assay/absent.h"},
    {"cusolver_common.h", "assay/absent.h"},
    {"cusolverDn.h", "assay/absent.h"},
    {"cusolverMg.h", "assay/absent.h"},
    {"cusparse.h", "assay/absent.h"},
    {"cusparse_v2.h", "assay/absent.h"},
    {"cusparseLt.h", "assay/absent.h"},
    {"cutensor.h", "assay/absent.h"},
    {"cwchar", "assay/absent.h"},
    {"cwctype", "assay/absent.h"},
    {"dirent.h", "assay/absent.h"},
    {"dlfcn.h", "assay/absent.h"},
    {"execution", "assay/absent.h"},
    {"fcntl.h", "assay/absent.h"},
    {"fenv.h", "assay/absent.h"},
    {"filesystem", "assay/absent.h"},
    {"format", "assay/absent.h"},
    {"forward_list", "assay/absent.h"},
    {"getopt.h", "assay/absent.h"},
    {"immintrin.h", "assay/absent.h"},
    {"locale", "assay/absent.h"},
    {"locale.h", "assay/absent.h"},
    {"memory_resource", "assay/absent.h"},
    {"nccl.h", "assay/absent.h"},
    {"npp.h", "assay/absent.h"},
    {"pthread.h", "assay/absent.h"},
    {"ranges", "assay/absent.h"},
    {"regex", "assay/absent.h"},
    {"scoped_allocator", "assay/absent.h"},
    {"semaphore", "assay/absent.h"},
    {"signal.h", "assay/absent.h"},
    {"solve.h", "assay/absent.h"},
    {"source_location", "assay/absent.h"},
    {"stop_token", "assay/absent.h"},
    {"syncstream", "assay/absent.h"},
    {"sys/mman.h", "assay/absent.h"},
    {"sys/resource.h", "assay/absent.h"},
    {"sys/stat.h", "assay/absent.h"},
    {"typeindex", "assay/absent.h"},
    {"typeinfo", "assay/absent.h"},
    {"valarray", "assay/absent.h"},
    {"variant", "assay/absent.h"},
    {"version", "assay/absent.h"},
    {"wchar.h", "assay/absent.h"},
    {"x86intrin.h", "assay/absent.h"},
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
