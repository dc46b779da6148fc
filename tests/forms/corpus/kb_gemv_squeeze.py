# task: kb1_004_matrix_vector_multiplication
import torch
import torch.nn as nn
from torch.utils.cpp_extension import load_inline

source = """
#include <torch/extension.h>
#include <cuda_runtime.h>

__global__ void gemv(const float* A, const float* B, float* C, int M, int K) {
    extern __shared__ float cache[];
    float s = 0.f;
    for (int k = threadIdx.x; k < K; k += blockDim.x) s += A[(size_t)blockIdx.x * K + k] * B[k];
    cache[threadIdx.x] = s;
    __syncthreads();
    for (int o = blockDim.x / 2; o != 0; o /= 2) {
        if (threadIdx.x < o) cache[threadIdx.x] += cache[threadIdx.x + o];
        __syncthreads();
    }
    if (!threadIdx.x) C[blockIdx.x] = cache[0];
}

torch::Tensor gemv_cuda(torch::Tensor A, torch::Tensor B) {
    TORCH_CHECK(A.is_cuda() && B.is_cuda(), "inputs must be on the GPU");
    TORCH_CHECK(A.size(1) == B.size(0), "Incompatible dimensions");
    auto v = B.squeeze(1);
    auto C = torch::zeros({A.size(0)}, A.options());
    gemv<<<A.size(0), 256, 256 * sizeof(float)>>>(A.data_ptr<float>(), v.data_ptr<float>(), C.data_ptr<float>(), A.size(0), A.size(1));
    return C.unsqueeze(1);
}
"""
op = load_inline(name="gemv", cpp_sources="torch::Tensor gemv_cuda(torch::Tensor A, torch::Tensor B);", cuda_sources=source, functions=["gemv_cuda"])


class ModelNew(nn.Module):
    def __init__(self):
        super(ModelNew, self).__init__()
        self.op = op

    def forward(self, A: torch.Tensor, B: torch.Tensor) -> torch.Tensor:
        if not A.is_cuda:
            A = A.cuda()
        if not B.is_cuda:
            B = B.cuda()
        return self.op.gemv_cuda(A, B)
