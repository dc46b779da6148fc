// Makes b's columns dense first, then one warp for each element.
#include <torch/extension.h>

__global__ void dot_kernel(const float* a, const float* bt, float* c, int n, int k) {
    const int element = blockIdx.x * 4 + threadIdx.y;
    const int row = element / n, col = element % n;
    float sum = 0;
    for (int i = threadIdx.x; i < k; i += 32) sum += a[row * k + i] * bt[col * k + i];
    for (int o = 16; o > 0; o >>= 1) sum += __shfl_down_sync(0xffffffff, sum, o);
    if (threadIdx.x == 0) c[element] = sum;
}

std::vector<torch::Tensor> forward(const std::vector<torch::Tensor>& inputs) {
    const auto &a = inputs[0], &b = inputs.at(1);
    auto bt = b.transpose(0, 1).contiguous();
    const int total = a.size(0) * b.size(1);
    auto padded = torch::empty({(total + 3) / 4 * 4}, a.options());
    auto a_padded = torch::cat({a, a.narrow(0, 0, 1).expand({4, a.size(1)})}, 0);
    dot_kernel<<<(total + 3) / 4, dim3(32, 4)>>>(a_padded.data_ptr<float>(), bt.data_ptr<float>(), padded.data_ptr<float>(), b.size(1), a.size(1));
    return {padded.slice(0, 0, total).view({a.size(0), b.size(1)})};
}

PYBIND11_MODULE(TORCH_EXTENSION_NAME, m) {
    m.def("forward", &forward, "matmul");
}
