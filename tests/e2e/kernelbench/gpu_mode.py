#!POPCORN leaderboard vectoradd
from task import input_t, output_t
from torch.utils.cpp_extension import load_inline

source = """
__global__ void add_kernel(const float* a, const float* b, float* c, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) c[i] = a[i] + b[i];
}

void add(torch::Tensor a, torch::Tensor b, torch::Tensor c) {
    const int n = a.numel();
    add_kernel<<<(n + 255) / 256, 256>>>(a.data_ptr<float>(), b.data_ptr<float>(), c.data_ptr<float>(), n);
}
"""
module = load_inline(name="add", cpp_sources="void add(torch::Tensor a, torch::Tensor b, torch::Tensor c);", cuda_sources=source,
                     functions=["add"])


def custom_kernel(data: input_t) -> output_t:
    a, b, c = data
    module.add(a, b, c)
    return c
