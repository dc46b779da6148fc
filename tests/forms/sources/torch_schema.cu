// A schema says the names of parameters and their defaults; implementations by dispatch key, behind TORCH_FN.
// input x float32 5
// output y float32 5
// axis n 5 shape
// scalar slope float32 0.25
//| buffer 0 input x 20 bytes
//| buffer 1 output y 20 bytes
//| step 0 line @LAUNCH launch leaky(float const*, float*, int, float, float, bool) <<<1, 128>>> (x, y, 5, 0.25, 2.5, true)
#include <torch/extension.h>
#include <torch/library.h>

__global__ void leaky(const float* x, float* y, int n, float slope, float scale, bool all) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) {
        y[i] = scale * (x[i] > 0 || !all ? x[i] : slope * x[i]);
    }
}
torch::Tensor leaky_cuda(const torch::Tensor& x, double by, double slope, const c10::optional<torch::Tensor>& bias, bool whole) {
    auto y = torch::empty_like(x);
    leaky<<<1, 128>>>(x.data_ptr<float>(), y.data_ptr<float>(), x.numel(), slope, by, whole); // @LAUNCH
    return y;
}
torch::Tensor leaky_cpu(const torch::Tensor& x, double, double, const c10::optional<torch::Tensor>&, bool) {
    return x;
}

TORCH_LIBRARY_FRAGMENT(mine, m) {
    m.def("leaky(Tensor x, float scale=2.5, float slope=0.01, Tensor? bias=None, *, bool all=True) -> Tensor");
    m.impl("leaky", c10::DispatchKey::CPU, &leaky_cpu);
    m.impl("mine::leaky", c10::DispatchKey::CUDA, TORCH_FN(leaky_cuda));
}
