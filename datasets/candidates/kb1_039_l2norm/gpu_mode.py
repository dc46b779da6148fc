#!POPCORN leaderboard l2norm
import torch
from task import input_t, output_t
from torch.utils.cpp_extension import load_inline

cuda_source = """
__global__ void l2_norm_kernel(const float* __restrict__ x, float* __restrict__ y, int cols) {
    const float* row = x + size_t(blockIdx.x) * cols;
    float sum = 0.0f;
    for (int c = threadIdx.x; c < cols; c += blockDim.x) sum = fmaf(row[c], row[c], sum);
    __shared__ float sums[32];
    for (int lanes = 16; lanes > 0; lanes /= 2) sum += __shfl_down_sync(~0u, sum, lanes);
    if (threadIdx.x % 32 == 0) sums[threadIdx.x / 32] = sum;
    __syncthreads();
    sum = 0.0f;
    for (int w = 0; w < blockDim.x / 32; ++w) sum += sums[w];
    const float norm = sqrtf(sum);
    for (int c = threadIdx.x; c < cols; c += blockDim.x) y[size_t(blockIdx.x) * cols + c] = row[c] / norm;
}

void l2_norm(torch::Tensor x, torch::Tensor y) {
    l2_norm_kernel<<<x.size(0), 256>>>(x.data_ptr<float>(), y.data_ptr<float>(), x.size(1));
}
"""

module = load_inline(
    name="l2_norm",
    cpp_sources=["void l2_norm(torch::Tensor x, torch::Tensor y);"],
    cuda_sources=[cuda_source],
    functions=["l2_norm"],
    verbose=False,
)


def custom_kernel(data: input_t) -> output_t:
    x, y = data
    module.l2_norm(x, y)
    return y
