// task: kb1_035_groupnorm
#include <torch/extension.h>
#include <ATen/cuda/CUDAContext.h>
#include <c10/cuda/CUDAGuard.h>
#include <cub/block/block_reduce.cuh>

namespace {
constexpr int kThreads = 256;

struct Moments { float mean, m2, n; };
struct Merge {
    __device__ Moments operator()(const Moments& a, const Moments& b) const {
        const float n = a.n + b.n;
        if (n == 0.f) return {0.f, 0.f, 0.f};
        const float d = b.mean - a.mean;
        return {a.mean + d * (b.n / n), a.m2 + b.m2 + d * d * (a.n * b.n / n), n};
    }
};

__global__ void stats_kernel(const float* __restrict__ x, float2* __restrict__ stats, int group_elems, float eps) {
    using Reduce = cub::BlockReduce<Moments, kThreads>;
    __shared__ typename Reduce::TempStorage storage;
    const float* p = x + static_cast<size_t>(blockIdx.x) * group_elems;
    Moments acc{0.f, 0.f, 0.f};
    for (int i = threadIdx.x; i < group_elems; i += blockDim.x) {
        acc.n += 1.f;
        const float d = p[i] - acc.mean;
        acc.mean += d / acc.n;
        acc.m2 += d * (p[i] - acc.mean);
    }
    acc = Reduce(storage).Reduce(acc, Merge());
    if (threadIdx.x == 0) stats[blockIdx.x] = make_float2(acc.mean, rsqrtf(acc.m2 / acc.n + eps));
}

__global__ void apply_kernel(const float* __restrict__ x, const float2* __restrict__ stats, const float* __restrict__ gamma,
                             const float* __restrict__ beta, float* __restrict__ y, int c_per_group, int spatial, int channels, size_t total) {
    for (size_t i = blockIdx.x * (size_t)blockDim.x + threadIdx.x; i < total; i += (size_t)gridDim.x * blockDim.x) {
        const int c = (i / spatial) % channels;
        const float2 s = stats[i / ((size_t)spatial * c_per_group)];
        y[i] = (x[i] - s.x) * s.y * gamma[c] + beta[c];
    }
}
}  // namespace

at::Tensor group_norm_cuda(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias, int64_t num_groups, double eps) {
    const c10::cuda::CUDAGuard guard(x.device());
    TORCH_INTERNAL_ASSERT(x.dim() >= 2);
    auto xc = x.contiguous();
    const auto N = xc.size(0), C = xc.size(1);
    TORCH_CHECK(C % num_groups == 0, "channels (", C, ") must be divisible by num_groups (", num_groups, ")");
    const int64_t spatial = xc.numel() / (N * C);
    const int group_elems = static_cast<int>(C / num_groups * spatial);
    auto stats = at::empty({N * num_groups, 2}, xc.options().dtype(at::kFloat));
    auto y = at::empty_like(xc);
    auto stream = at::cuda::getCurrentCUDAStream();
    stats_kernel<<<N * num_groups, kThreads, 0, stream.stream()>>>(xc.const_data_ptr<float>(), reinterpret_cast<float2*>(stats.data_ptr<float>()), group_elems, static_cast<float>(eps));
    C10_CUDA_KERNEL_LAUNCH_CHECK();
    const size_t total = xc.numel();
    const int blocks = std::min<int64_t>((total + kThreads - 1) / kThreads, 4 * at::cuda::getCurrentDeviceProperties()->multiProcessorCount);
    apply_kernel<<<blocks, kThreads, 0, stream.stream()>>>(xc.const_data_ptr<float>(), reinterpret_cast<const float2*>(stats.data_ptr<float>()), weight.const_data_ptr<float>(), bias.const_data_ptr<float>(), y.mutable_data_ptr<float>(), C / num_groups, spatial, C, total);
    C10_CUDA_KERNEL_LAUNCH_CHECK();
    return y;
}

PYBIND11_MODULE(TORCH_EXTENSION_NAME, m) {
    m.def("forward", &group_norm_cuda, "GroupNorm forward", py::arg("x"), py::arg("weight"), py::arg("bias"), py::arg("num_groups"), py::arg("eps") = 1e-5);
}
