// task: kb1_063_conv_standard_2d_square_input_square_kernel
#include <torch/extension.h>
#include <cuda_runtime.h>
#include <c10/util/Optional.h>
#define TILE_W 16
#define TILE_H 16
__constant__ float c_weight[8192];

__global__ void conv2d_tiled(const float* __restrict__ x, const float* __restrict__ w, const float* __restrict__ bias, float* __restrict__ y,
                             int N, int Cin, int H, int W, int Cout, int K, int stride, int pad, int dil, int Hout, int Wout, int groups) {
    extern __shared__ float smem[];
    const int ox = blockIdx.x * TILE_W + threadIdx.x;
    const int oy = blockIdx.y * TILE_H + threadIdx.y;
    const int n = blockIdx.z / Cout, oc = blockIdx.z % Cout;
    const int cpg = Cin / groups, g = oc / (Cout / groups);
    const int tid = threadIdx.y * TILE_W + threadIdx.x;
    for (int i = tid; i < cpg * K * K; i += TILE_W * TILE_H) smem[i] = w[(size_t)oc * cpg * K * K + i];
    __syncthreads();
    if (ox >= Wout || oy >= Hout) return;
    float acc = bias ? bias[oc] : 0.f;
    for (int c = 0; c < cpg; ++c) {
        const float* xp = x + ((size_t)n * Cin + g * cpg + c) * H * W;
        const float* wp = smem + c * K * K;
        for (int ky = 0; ky < K; ++ky) {
            const int iy = oy * stride - pad + ky * dil;
            if ((unsigned)iy >= (unsigned)H) continue;
#pragma unroll 3
            for (int kx = 0; kx < K; ++kx) {
                const int ix = ox * stride - pad + kx * dil;
                if ((unsigned)ix < (unsigned)W) acc = fmaf(xp[iy * W + ix], wp[ky * K + kx], acc);
            }
        }
    }
    y[(((size_t)n * Cout + oc) * Hout + oy) * Wout + ox] = acc;
}

torch::Tensor forward(torch::Tensor x, torch::Tensor weight, c10::optional<torch::Tensor> bias, int stride, int padding, int dilation, int groups) {
    TORCH_CHECK(x.is_cuda() && weight.is_cuda(), "inputs must be CUDA tensors");
    const float* bias_ptr = nullptr;
    if (bias.has_value()) { TORCH_CHECK(bias->is_cuda(), "Bias must be a CUDA tensor"); bias_ptr = bias.value().data_ptr<float>(); }
    const int N = x.size(0), Cin = x.size(1), H = x.size(2), W = x.size(3), Cout = weight.size(0), K = weight.size(2);
    const int Hout = (H + 2 * padding - dilation * (K - 1) - 1) / stride + 1;
    const int Wout = (W + 2 * padding - dilation * (K - 1) - 1) / stride + 1;
    auto y = torch::empty({N, Cout, Hout, Wout}, x.options());
    dim3 block(TILE_W, TILE_H);
    dim3 grid((Wout + TILE_W - 1) / TILE_W, (Hout + TILE_H - 1) / TILE_H, N * Cout);
    size_t shmem = (Cin / groups) * K * K * sizeof(float);
    conv2d_tiled<<<grid, block, shmem>>>(x.data_ptr<float>(), weight.data_ptr<float>(), bias_ptr, y.data_ptr<float>(), N, Cin, H, W, Cout, K, stride, padding, dilation, Hout, Wout, groups);
    return y;
}
PYBIND11_MODULE(TORCH_EXTENSION_NAME, m) { m.def("forward", &forward, "CUDA 2D Convolution (NCHW)"); }
