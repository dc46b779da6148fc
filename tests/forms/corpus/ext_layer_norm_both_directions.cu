// task: rk_layernorm_backward
#include <torch/extension.h>
#include <cuda_runtime.h>
#include <vector>

template <int BLOCK>
__inline__ __device__ float2 block_sum2(float2 v) {
    static __shared__ float2 sh[32];
    for (int o = 16; o; o >>= 1) { v.x += __shfl_xor_sync(~0u, v.x, o); v.y += __shfl_xor_sync(~0u, v.y, o); }
    if ((threadIdx.x & 31) == 0) sh[threadIdx.x >> 5] = v;
    __syncthreads();
    if (threadIdx.x < 32) {
        v = threadIdx.x < BLOCK / 32 ? sh[threadIdx.x] : make_float2(0, 0);
        for (int o = 16; o; o >>= 1) { v.x += __shfl_xor_sync(~0u, v.x, o); v.y += __shfl_xor_sync(~0u, v.y, o); }
        if (threadIdx.x == 0) sh[0] = v;
    }
    __syncthreads();
    v = sh[0];
    __syncthreads();
    return v;
}

__global__ void fwd(const float* x, const float* w, const float* b, float* y, float* mean, float* rstd, int n, float eps) {
    const float* row = x + (size_t)blockIdx.x * n;
    float2 a = {0, 0};
    for (int i = threadIdx.x; i < n; i += 256) a.x += row[i];
    float mu = block_sum2<256>(a).x / n;
    a = {0, 0};
    for (int i = threadIdx.x; i < n; i += 256) { float d = row[i] - mu; a.x += d * d; }
    float r = rsqrtf(block_sum2<256>(a).x / n + eps);
    for (int i = threadIdx.x; i < n; i += 256) y[(size_t)blockIdx.x * n + i] = (row[i] - mu) * r * w[i] + b[i];
    if (threadIdx.x == 0) { mean[blockIdx.x] = mu; rstd[blockIdx.x] = r; }
}
__global__ void bwd_dx(const float* dy, const float* x, const float* w, float* dx, float* mean_out, float* rstd_out, int n, float eps) {
    const float* row = x + (size_t)blockIdx.x * n;
    const float* g = dy + (size_t)blockIdx.x * n;
    float2 a = {0, 0};
    for (int i = threadIdx.x; i < n; i += 256) a.x += row[i];
    float mu = block_sum2<256>(a).x / n;
    a = {0, 0};
    for (int i = threadIdx.x; i < n; i += 256) { float d = row[i] - mu; a.x += d * d; }
    float r = rsqrtf(block_sum2<256>(a).x / n + eps);
    a = {0, 0};
    for (int i = threadIdx.x; i < n; i += 256) { float gw = g[i] * w[i]; a.x += gw; a.y += gw * (row[i] - mu) * r; }
    a = block_sum2<256>(a);
    for (int i = threadIdx.x; i < n; i += 256)
        dx[(size_t)blockIdx.x * n + i] = r * (g[i] * w[i] - a.x / n - (row[i] - mu) * r * a.y / n);
    if (threadIdx.x == 0) { mean_out[blockIdx.x] = mu; rstd_out[blockIdx.x] = r; }
}
__global__ void bwd_params(const float* dy, const float* x, const float* mean, const float* rstd, float* dw, float* db, int m, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n) return;
    float sw = 0, sb = 0;
    for (int r = 0; r < m; ++r) { float g = dy[(size_t)r * n + i]; sb += g; sw += g * (x[(size_t)r * n + i] - mean[r]) * rstd[r]; }
    dw[i] = sw; db[i] = sb;
}

std::vector<torch::Tensor> layernorm_forward(torch::Tensor x, torch::Tensor w, torch::Tensor b, double eps) {
    int m = x.size(0), n = w.numel();
    auto y = torch::empty_like(x);
    auto mean = torch::empty({m}, x.options()), rstd = torch::empty({m}, x.options());
    fwd<<<m, 256>>>(x.data_ptr<float>(), w.data_ptr<float>(), b.data_ptr<float>(), y.data_ptr<float>(), mean.data_ptr<float>(), rstd.data_ptr<float>(), n, eps);
    return {y, mean, rstd};
}
std::vector<torch::Tensor> layernorm_backward(torch::Tensor grad_out, torch::Tensor x, torch::Tensor w, double eps) {
    int m = x.size(0), n = w.numel();
    auto dx = torch::empty_like(x);
    auto dw = torch::empty_like(w), db = torch::zeros_like(w);
    auto mean = torch::empty({m}, x.options()), rstd = torch::empty({m}, x.options());
    bwd_dx<<<m, 256>>>(grad_out.data_ptr<float>(), x.data_ptr<float>(), w.data_ptr<float>(), dx.data_ptr<float>(), mean.data_ptr<float>(), rstd.data_ptr<float>(), n, eps);
    bwd_params<<<(n + 127) / 128, 128>>>(grad_out.data_ptr<float>(), x.data_ptr<float>(), mean.data_ptr<float>(), rstd.data_ptr<float>(), dw.data_ptr<float>(), db.data_ptr<float>(), m, n);
    return {dx, dw, db};
}
PYBIND11_MODULE(TORCH_EXTENSION_NAME, m) {
    m.def("forward", &layernorm_forward, "LayerNorm forward");
    m.def("backward", &layernorm_backward, "LayerNorm backward");
}
