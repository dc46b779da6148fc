#include "plan/runtime_table.h"

#include <algorithm>
#include <array>
#include <map>

namespace assay::plan {

namespace {

constexpr RuntimeFunction answered[] = {
    // NVRTC's own
    {"__cudaCDP2GetParameterBufferV2", "p(pddi)", &Runtime::parameter_buffer},
    {"__cudaCDP2LaunchDeviceV2", "i(pz)", &Runtime::launch_buffer},
    {"__cudaCDP2Malloc", "i(pz)", &Runtime::malloc_device},
    {"__cudaCDP2Free", "i(p)", &Runtime::free_device},
    {"__cudaCDP2MemcpyAsync", "i(ppziz)", &Runtime::memcpy},
    {"__cudaCDP2Memcpy2DAsync", "i(pzpzzziz)", &Runtime::memcpy_2d},
    {"__cudaCDP2MemsetAsync", "i(pizz)", &Runtime::memset},
    {"__cudaCDP2Memset2DAsync", "i(pzizzz)", &Runtime::memset_2d},
    {"__cudaCDP2GetLastError", "i()", &Runtime::last_error},
    {"__cudaCDP2PeekAtLastError", "i()", &Runtime::peek_error},
    {"__cudaCDP2GetErrorString", "p(i)", &Runtime::error_string},
    {"__cudaCDP2GetErrorName", "p(i)", &Runtime::error_name},
    {"__cudaCDP2GetDeviceCount", "i(p)", &Runtime::device_count},
    {"__cudaCDP2GetDevice", "i(p)", &Runtime::current_device},
    {"__cudaCDP2DeviceGetAttribute", "i(pii)", &Runtime::device_attribute},
    {"__cudaCDP2DeviceGetLimit", "i(pi)", &Runtime::device_limit},
    {"__cudaCDP2DeviceGetCacheConfig", "i(p)", &Runtime::cache_config},
    {"__cudaCDP2DeviceGetSharedMemConfig", "i(p)", &Runtime::bank_config},
    {"__cudaCDP2RuntimeGetVersion", "i(p)", &Runtime::runtime_version},
    {"__cudaCDP2StreamCreateWithFlags", "i(pi)", &Runtime::stream_create},
    {"__cudaCDP2StreamDestroy", "i(z)", &Runtime::stream_destroy},
    {"__cudaCDP2StreamWaitEvent", "i(zzi)", &Runtime::stream_wait},
    {"__cudaCDP2EventCreateWithFlags", "i(pi)", &Runtime::event_create},
    {"__cudaCDP2EventRecord", "i(zz)", &Runtime::event_record},
    {"__cudaCDP2EventRecordWithFlags", "i(zzi)", &Runtime::event_record},
    {"__cudaCDP2EventDestroy", "i(z)", &Runtime::event_destroy},
    {"__cudaCDP2OccupancyMaxActiveBlocksPerMultiprocessor", "i(ppiz)", &Runtime::occupancy},
    {"__cudaCDP2OccupancyMaxActiveBlocksPerMultiprocessorWithFlags", "i(ppizi)", &Runtime::occupancy},
    // cuda_runtime.h
    {"cudaMallocManaged", "i(pzi)", &Runtime::malloc_device},
    {"cudaMallocHost", "i(pz)", &Runtime::malloc_pinned},
    {"cudaHostAlloc", "i(pzi)", &Runtime::malloc_pinned},
    {"cudaFreeHost", "i(p)", &Runtime::free_pinned},
    {"cudaMallocAsync", "i(pzz)", &Runtime::malloc_device},
    {"cudaFreeAsync", "i(pz)", &Runtime::free_device},
    {"cudaMallocPitch", "i(ppzz)", &Runtime::malloc_pitch},
    {"cudaMemGetInfo", "i(pp)", &Runtime::memory_info},
    {"cudaMemcpy", "i(ppzi)", &Runtime::memcpy},
    {"cudaMemcpy2D", "i(pzpzzzi)", &Runtime::memcpy_2d},
    {"cudaMemset", "i(piz)", &Runtime::memset},
    {"cudaMemset2D", "i(pzizz)", &Runtime::memset_2d},
    {"__assay_memcpy_to_symbol", "i(ppzzi)", &Runtime::memcpy_to_symbol},
    {"__assay_memcpy_from_symbol", "i(ppzzi)", &Runtime::memcpy_from_symbol},
    {"__assay_symbol_address", "i(pp)", &Runtime::symbol_address},
    {"cudaSetDevice", "i(i)", &Runtime::set_device},
    {"cudaDeviceSynchronize", "i()", &Runtime::nothing},
    {"cudaDeviceSetLimit", "i(iz)", &Runtime::nothing},
    {"cudaStreamSynchronize", "i(z)", &Runtime::stream_use},
    {"cudaStreamQuery", "i(z)", &Runtime::stream_use},
    {"cudaEventSynchronize", "i(z)", &Runtime::event_use},
    {"cudaEventQuery", "i(z)", &Runtime::event_use},
    {"cudaEventElapsedTime", "i(pzz)", &Runtime::event_elapsed},
    {"cudaStreamBeginCapture", "i(zi)", &Runtime::begin_capture},
    {"cudaStreamEndCapture", "i(zp)", &Runtime::end_capture},
    {"cudaStreamIsCapturing", "i(zp)", &Runtime::is_capturing},
    {"cudaGraphInstantiate", "i(pzz)", &Runtime::instantiate_graph},
    {"cudaGraphUpload", "i(zz)", &Runtime::upload_graph},
    {"cudaGraphLaunch", "i(zz)", &Runtime::launch_graph},
    {"cudaGraphDestroy", "i(z)", &Runtime::destroy_graph},
    {"cudaGraphExecDestroy", "i(z)", &Runtime::destroy_executable},
    {"cudaFuncSetAttribute", "i(pii)", &Runtime::set_function_attribute},
    {"__assay_function_attributes", "i(pip)", &Runtime::function_attributes},
    {"__assay_device_attributes", "i(pii)", &Runtime::device_attributes},
    {"__assay_device_name", "i(pii)", &Runtime::device_name},
    {"cuTensorMapEncodeTiled", "i(piipppppiiii)", &Runtime::encode_tensor},
    {"__assay_encode_tiled", "i(piipppppiiii)", &Runtime::encode_tensor},
    {"cudaLaunchKernel", "i(pddpzz)", &Runtime::launch_kernel},
    {"cudaLaunchCooperativeKernel", "i(pddpzz)", &Runtime::launch_cooperative},
    {"__assay_launch_kernel", "i(pddpzzdi)", &Runtime::launch_extended},
    // PyTorch and cuBLAS
    {"__assay_multiply", "i(p)", &Runtime::multiply},
    {"__assay_torch", "z(ppi)", &Runtime::torch_call},
    // the C library and C++
    {"malloc", "p(z)", &Runtime::host_malloc},
    {"free", "v(p)", &Runtime::host_free},
    {"vprintf", "i(pp)", &Runtime::print},
    {"__assay_format", "i(pzpp)", &Runtime::format},
    {"__assertfail", "v(ppipz)", &Runtime::assert_fail},
    {"__assay_exit", "v(i)", &Runtime::exit},
    {"__assay_abort", "v()", &Runtime::abort},
    {"__assay_throw", "v(p)", &Runtime::throw_exception},
};

constexpr std::string_view one_device = "there is one device";
constexpr std::string_view no_mapping = "kernels reach device memory only: copy to it with cudaMemcpy";
constexpr std::string_view plain_buffer = "read and write a plain buffer instead";
constexpr std::string_view plain_launches = "launch the kernels directly, or capture them with cudaStreamBeginCapture";
constexpr std::string_view no_callback = "host code runs once, before the device starts";

constexpr RefusedFunction refused[] = {
    {"__cudaCDP2Memcpy3DAsync", "use cudaMemcpy2D or a kernel"},
    {"__cudaCDP2Memset3DAsync", "use cudaMemset2D or a kernel"},
    {"cudaMemcpy3D", "use cudaMemcpy2D or a kernel"},
    {"cudaMalloc3D", "use cudaMalloc or cudaMallocPitch"},
    {"cudaDeviceReset", "it would destroy the caller's buffers"},
    {"cudaPointerGetAttributes", ""},
    {"cudaHostRegister", no_mapping},
    {"cudaHostUnregister", no_mapping},
    {"cudaHostGetDevicePointer", no_mapping},
    {"cudaMemcpyPeer", one_device},
    {"cudaMemcpyPeerAsync", one_device},
    {"cudaMallocArray", plain_buffer},
    {"cudaFreeArray", plain_buffer},
    {"cudaMemcpyToArray", plain_buffer},
    {"cudaMemcpy2DToArray", plain_buffer},
    {"cudaCreateTextureObject", plain_buffer},
    {"cudaDestroyTextureObject", plain_buffer},
    {"cudaCreateSurfaceObject", plain_buffer},
    {"cudaDestroySurfaceObject", plain_buffer},
    {"cudaGraphCreate", plain_launches},
    {"cudaLaunchHostFunc", no_callback},
    {"cudaStreamAddCallback", no_callback},
    {"__assay_driver_entry_point", "of the driver's functions a plan can hold cuTensorMapEncodeTiled alone"},
};

template <class Row, std::size_t N> const Row* find(const Row (&rows)[N], std::string_view name) {
    const auto row = std::ranges::find(rows, name, &Row::name);
    return row == std::end(rows) ? nullptr : row;
}

constexpr std::string_view cdp_prefix = "__cudaCDP2";

/// Names of ours that stand for several of the runtime's.
constexpr std::pair<std::string_view, std::string_view> stands_for[] = {
    {"__cudaCDP2GetParameterBufferV2", "<<<>>>"},
    {"__cudaCDP2LaunchDeviceV2", "<<<>>>"},
    {"__assay_memcpy_to_symbol", "cudaMemcpyToSymbol"},
    {"__assay_memcpy_from_symbol", "cudaMemcpyFromSymbol"},
    {"__assay_symbol_address", "cudaGetSymbolAddress"},
    {"__assay_launch_kernel", "cudaLaunchKernelEx"},
    {"__assay_encode_tiled", "cuTensorMapEncodeTiled"},
    {"__assay_driver_entry_point", "cudaGetDriverEntryPoint"},
    {"__assay_function_attributes", "cudaFuncGetAttributes"},
    {"__assay_device_attributes", "cudaGetDeviceProperties"},
    {"__assay_device_name", "cudaGetDeviceProperties"},
    {"__assay_exit", "exit"},
    {"__assay_abort", "abort"},
    {"__assay_throw", "throw"},
    {"__assay_torch", "PyTorch"},
    {"__assay_multiply", "cuBLAS"},
    {"__assay_format", "snprintf"},
    {"__assertfail", "assert"},
    {"vprintf", "printf"},
};

} // namespace

const RuntimeFunction* find_runtime_function(std::string_view name) {
    return find(answered, name);
}

const RefusedFunction* find_refused_function(std::string_view name) {
    return find(refused, name);
}

bool is_device_library(std::string_view name) {
    constexpr std::array<std::string_view, 4> library{"vprintf", "malloc", "free", "__assertfail"};
    return std::ranges::find(library, name) != library.end();
}

bool is_launch(std::string_view name) {
    for (const std::string_view prefix :
         {"__cudaCDP2Launch", "__cudaCDP2GetParameterBuffer", "cudaLaunch", "cudaGraphLaunch", "__assay_launch"}) {
        if (name.starts_with(prefix)) {
            return true;
        }
    }
    return false;
}

std::string source_name(std::string_view name) {
    for (const auto& [ours, theirs] : stands_for) {
        if (name == ours) {
            return std::string(theirs);
        }
    }
    if (name.starts_with(cdp_prefix)) {
        return "cuda" + std::string(name.substr(cdp_prefix.size()));
    }
    return std::string(name);
}

std::uint32_t prototype_bytes(char letter) {
    switch (letter) {
    case 'i':
        return 4;
    case 'p':
    case 'z':
        return 8;
    case 'd':
        return 12;
    default:
        return 0;
    }
}

} // namespace assay::plan
