// Streams, guards and checks of c10::cuda and at::cuda.
#ifndef ASSAY_TORCH_CUDA_H
#define ASSAY_TORCH_CUDA_H

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

} // namespace c10::cuda

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
inline int warp_size() {
    return 32;
}
template <class T> T ATenCeilDiv(T a, T b) {
    return (a + b - 1) / b;
}
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
#define C10_CUDA_CHECK_WARN(call) (void)(call)
#define C10_CUDA_KERNEL_LAUNCH_CHECK() C10_CUDA_CHECK(cudaGetLastError())
#define AT_CUDA_CHECK(call) C10_CUDA_CHECK(call)
#define TORCH_CUDA_CHECK(call) C10_CUDA_CHECK(call)
#define CUDA_KERNEL_LOOP_TYPE(i, n, type)                                                                                  \
    for (type i = blockIdx.x * static_cast<type>(blockDim.x) + threadIdx.x; i < (n); i += static_cast<type>(blockDim.x) * gridDim.x)
#define CUDA_KERNEL_LOOP(i, n) CUDA_KERNEL_LOOP_TYPE(i, n, int)

template <class T> T gpuAtomicAdd(T* address, T value) {
    return atomicAdd(address, value);
}
template <class T> void gpuAtomicAddNoReturn(T* address, T value) {
    atomicAdd(address, value);
}

#endif
