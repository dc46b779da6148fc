// Streams, guards and checks of c10::cuda and at::cuda.
#ifndef ASSAY_TORCH_CUDA_H
#define ASSAY_TORCH_CUDA_H

#include <assay/cublas.h>
#include <assay/torch/tensor.h>

namespace c10::cuda {

class CUDAStream {
  public:
    CUDAStream(cudaStream_t stream = 0) : stream_(stream) {}
    operator cudaStream_t() const { return stream_; }
    cudaStream_t stream() const { return stream_; }
    void synchronize() const {}
    bool query() const { return true; }
    DeviceIndex device_index() const { return 0; }
    int64_t id() const { return 0; }

  private:
    cudaStream_t stream_;
};
inline CUDAStream getCurrentCUDAStream(int = 0) {
    return {};
}
inline CUDAStream getDefaultCUDAStream(int = 0) {
    return {};
}
inline CUDAStream getStreamFromPool(bool = false, int = 0) {
    cudaStream_t stream = 0;
    cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking);
    return stream;
}
inline void setCurrentCUDAStream(CUDAStream) {}
inline int device_count() {
    return 1;
}
inline int current_device() {
    return 0;
}
inline void set_device(int) {}
inline void device_synchronize() {}

struct CUDAGuard {
    CUDAGuard(int) {}
    CUDAGuard(Device) {}
    void set_device(Device) {}
    void set_index(int) {}
};
struct OptionalCUDAGuard {
    OptionalCUDAGuard() = default;
    OptionalCUDAGuard(int) {}
    OptionalCUDAGuard(Device) {}
    OptionalCUDAGuard(std::optional<Device>) {}
    void set_device(Device) {}
    void set_index(int) {}
};
struct CUDAStreamGuard {
    CUDAStreamGuard(CUDAStream) {}
};
struct OptionalCUDAStreamGuard {
    OptionalCUDAStreamGuard() = default;
    OptionalCUDAStreamGuard(CUDAStream) {}
};
inline void check_cuda_error(cudaError_t error) {
    if (error != cudaSuccess) {
        ::__assay::fail({"CUDA error: ", cudaGetErrorString(error)});
    }
}

/// Memory outside of tensors.
namespace CUDACachingAllocator {
inline void* raw_alloc(size_t bytes) {
    void* memory = nullptr;
    check_cuda_error(cudaMalloc(&memory, bytes));
    return memory;
}
inline void* raw_alloc_with_stream(size_t bytes, cudaStream_t) {
    return raw_alloc(bytes);
}
inline void raw_delete(void* memory) {
    cudaFree(memory);
}
inline void emptyCache() {}
template <class P> void recordStream(const P&, CUDAStream) {}
} // namespace CUDACachingAllocator

} // namespace c10::cuda

namespace c10 {
struct DeviceGuard {
    explicit DeviceGuard(Device) {}
};
struct OptionalDeviceGuard {
    OptionalDeviceGuard() = default;
    explicit OptionalDeviceGuard(std::optional<Device>) {}
};
} // namespace c10

namespace at {
inline std::optional<Device> device_of(const Tensor& tensor) {
    return std::optional<Device>(tensor.device());
}
} // namespace at

namespace at::cuda {
using namespace c10::cuda;
inline cudaDeviceProp* getCurrentDeviceProperties() {
    cudaDeviceProp* const properties = static_cast<cudaDeviceProp*>(malloc(sizeof(cudaDeviceProp)));
    cudaGetDeviceProperties(properties, 0);
    return properties;
}
inline cudaDeviceProp* getDeviceProperties(int) {
    return getCurrentDeviceProperties();
}
/// Recorded in a stream; other streams wait for it.
class CUDAEvent {
  public:
    CUDAEvent(unsigned int flags = cudaEventDisableTiming) { cudaEventCreateWithFlags(&event_, flags); }
    ~CUDAEvent() { cudaEventDestroy(event_); }
    CUDAEvent(const CUDAEvent&) = delete;
    operator cudaEvent_t() const { return event_; }
    cudaEvent_t event() const { return event_; }
    bool isCreated() const { return true; }
    bool query() const { return true; }
    void record() { cudaEventRecord(event_, 0); }
    void record(const CUDAStream& stream) { cudaEventRecord(event_, stream); }
    void recordOnce(const CUDAStream& stream) { record(stream); }
    void block(const CUDAStream& stream) { cudaStreamWaitEvent(stream, event_, 0); }
    void synchronize() const { cudaEventSynchronize(event_); }
    float elapsed_time(const CUDAEvent& other) const {
        float milliseconds = 0;
        cudaEventElapsedTime(&milliseconds, event_, other.event_);
        return milliseconds;
    }

  private:
    cudaEvent_t event_ = nullptr;
};
inline int warp_size() {
    return 32;
}
template <class T> T ATenCeilDiv(T a, T b) {
    return (a + b - 1) / b;
}
inline cublasHandle_t getCurrentCUDABlasHandle() {
    cublasHandle_t handle = nullptr;
    cublasCreate(&handle);
    return handle;
}
namespace detail {
constexpr int CUDA_NUM_THREADS = 1024;
inline int GET_BLOCKS(int64_t count, int64_t threads = CUDA_NUM_THREADS) {
    return static_cast<int>((count + threads - 1) / threads);
}
} // namespace detail
} // namespace at::cuda

namespace at {
template <class A, class B> auto ceil_div(A a, B b) {
    return (a + b - 1) / b;
}
} // namespace at

#define C10_CUDA_CHECK(call)                                                                                               \
    do {                                                                                                                   \
        const cudaError_t __assay_error = call;                                                                            \
        if (__assay_error != cudaSuccess) {                                                                                \
            ::__assay::fail({"CUDA error: ", cudaGetErrorString(__assay_error)});                                          \
        }                                                                                                                  \
    } while (false)
#define TORCH_CUDABLAS_CHECK(call)                                                                                         \
    TORCH_CHECK((call) == CUBLAS_STATUS_SUCCESS, "CUDA error: a call of cuBLAS failed")
#define C10_CUDA_CHECK_WARN(call) (void)(call)
#define C10_CUDA_KERNEL_LAUNCH_CHECK() C10_CUDA_CHECK(cudaGetLastError())
#define AT_CUDA_CHECK(call) C10_CUDA_CHECK(call)
#define TORCH_CUDA_CHECK(call) C10_CUDA_CHECK(call)
#define CUDA_KERNEL_LOOP_TYPE(i, n, type)                                                                                  \
    for (type i = blockIdx.x * static_cast<type>(blockDim.x) + threadIdx.x; i < (n); i += static_cast<type>(blockDim.x) * gridDim.x)
#define CUDA_KERNEL_LOOP(i, n) CUDA_KERNEL_LOOP_TYPE(i, n, int)
#define C10_CUDA_ERROR_HANDLED(call) (call)
#define C10_CUDA_IGNORE_ERROR(call) (void)(call)
#define THCudaCheck(call) C10_CUDA_CHECK(call)
#define THArgCheck(condition, number, ...) TORCH_CHECK(condition, __VA_ARGS__)
template <class T> T THCCeilDiv(T a, T b) {
    return (a + b - 1) / b;
}

template <class T> T gpuAtomicAdd(T* address, T value) {
    return atomicAdd(address, value);
}
template <class T> void gpuAtomicAddNoReturn(T* address, T value) {
    atomicAdd(address, value);
}

#endif
