// task: rk_llama_rmsnorm_forward
#include <torch/extension.h>
#include <ATen/cuda/CUDAContext.h>
#include <c10/util/BFloat16.h>
#include <cuda_bf16.h>
#include <cuda_runtime.h>

template <typename T> __device__ __forceinline__ float to_float(T v) { return static_cast<float>(v); }
template <> __device__ __forceinline__ float to_float<__nv_bfloat16>(__nv_bfloat16 v) { return __bfloat162float(v); }
template <typename T> __device__ __forceinline__ T from_float(float v) { return static_cast<T>(v); }
template <> __device__ __forceinline__ __nv_bfloat16 from_float<__nv_bfloat16>(float v) { return __float2bfloat16(v); }

template <typename T>
__global__ void rms_norm(const T* x, const T* w, T* y, int width, float eps) {
    __shared__ float shared[32];
    const T* p = x + (size_t)blockIdx.x * width;
    float s = 0.f;
    for (int i = threadIdx.x; i < width; i += blockDim.x) { float v = to_float(p[i]); s += v * v; }
    for (int o = 16; o; o >>= 1) s += __shfl_xor_sync(~0u, s, o);
    if ((threadIdx.x & 31) == 0) shared[threadIdx.x >> 5] = s;
    __syncthreads();
    s = threadIdx.x < blockDim.x / 32 ? shared[threadIdx.x] : 0.f;
    if (threadIdx.x < 32) {
        for (int o = 16; o; o >>= 1) s += __shfl_xor_sync(~0u, s, o);
        if (threadIdx.x == 0) shared[0] = rsqrtf(s / width + eps);
    }
    __syncthreads();
    for (int i = threadIdx.x; i < width; i += blockDim.x) y[(size_t)blockIdx.x * width + i] = from_float<T>(to_float(p[i]) * shared[0] * to_float(w[i]));
}

torch::Tensor launch_rmsnorm(torch::Tensor x, torch::Tensor weight, double eps) {
    TORCH_CHECK(x.size(-1) == weight.size(0), "the last dimension is ", x.size(-1), ", the weight has ", weight.size(0));
    auto flat = x.view({-1, x.size(-1)});
    auto y = torch::empty_like(x);
    const int rows = flat.size(0), width = flat.size(1);
    auto stream = at::cuda::getCurrentCUDAStream().stream();
    if (x.scalar_type() == at::ScalarType::BFloat16) {
        rms_norm<__nv_bfloat16><<<rows, 256, 0, stream>>>(reinterpret_cast<const __nv_bfloat16*>(x.data_ptr<at::BFloat16>()),
            reinterpret_cast<const __nv_bfloat16*>(weight.data_ptr<at::BFloat16>()), reinterpret_cast<__nv_bfloat16*>(y.data_ptr<at::BFloat16>()), width, (float)eps);
    } else if (x.scalar_type() == at::kFloat) {
        rms_norm<float><<<rows, 256, 0, stream>>>(x.data_ptr<float>(), weight.data_ptr<float>(), y.data_ptr<float>(), width, (float)eps);
    } else {
        AT_ERROR("unsupported type ", x.scalar_type());
    }
    return y;
}

PYBIND11_MODULE(TORCH_EXTENSION_NAME, m) {
    m.def("rms_norm", &launch_rmsnorm, "RMS norm", py::arg("x"), py::arg("weight"), py::arg("eps") = 1e-6);
}
