# task: vector_add
#!POPCORN leaderboard vectoradd_v2
import torch
from task import input_t, output_t
from torch.utils.cpp_extension import load_inline

cpp = """
torch::Tensor add(torch::Tensor A, torch::Tensor B);
"""
cuda = """
#include <cuda_fp16.h>
template <typename scalar_t>
__global__ void add_kernel(const scalar_t* __restrict__ A, const scalar_t* __restrict__ B, scalar_t* __restrict__ C, size_t n) {
    const size_t i = size_t(blockIdx.x) * blockDim.x + threadIdx.x;
    if (i < n) C[i] = A[i] + B[i];
}

torch::Tensor add(torch::Tensor A, torch::Tensor B) {
    TORCH_CHECK(A.device().is_cuda(), "Tensor A must be a CUDA tensor");
    TORCH_CHECK(A.sizes() == B.sizes(), "Input tensors must have the same size");
    auto C = torch::empty_like(A);
    const int threads = 256;
    const int blocks = (A.numel() + threads - 1) / threads;
    AT_DISPATCH_FLOATING_TYPES_AND_HALF(A.scalar_type(), "add_kernel", ([&] {
        add_kernel<scalar_t><<<blocks, threads>>>(A.data_ptr<scalar_t>(), B.data_ptr<scalar_t>(), C.data_ptr<scalar_t>(), A.numel());
    }));
    cudaError_t err = cudaGetLastError();
    if (err != cudaSuccess) {
        throw std::runtime_error(cudaGetErrorString(err));
    }
    return C;
}
"""
add_module = load_inline(name='add_cuda', cpp_sources=cpp, cuda_sources=cuda, functions=['add'], verbose=True)


def custom_kernel(data: input_t) -> output_t:
    A, B = data
    assert A.is_cuda and B.is_cuda
    return add_module.add(A, B)
