// An operator whose implementations say in the call for what they are; which number is which its parameters' names say.
// input x float32 4 6
// output y float32 4 6
// axis rows 4 shape
// axis cols 6 shape
// scalar alpha float32 0.5
// scalar beta float32 2
//| buffer 0 input x 96 bytes
//| buffer 1 output y 96 bytes
//| step 0 line @LAUNCH launch scale(float const*, float*, float, float, int) <<<1, 32>>> (x, y, 2, 0.5, 24)
#include <ATen/ATen.h>
#include <torch/library.h>

__global__ void scale(const float* x, float* y, float beta, float alpha, int n) {
    for (int i = threadIdx.x; i < n; i += blockDim.x) {
        y[i] = alpha * x[i] + beta;
    }
}

at::Tensor scale_cuda(const at::Tensor& x, double beta, double alpha) {
    at::Tensor y = at::empty_like(x);
    scale<<<1, 32>>>(x.data_ptr<float>(), y.data_ptr<float>(), beta, alpha, x.numel()); // @LAUNCH
    return y;
}
at::Tensor scale_cpu(const at::Tensor& x, double beta, double alpha) {
    return x * alpha + beta;
}
at::Tensor scale_meta(const at::Tensor& x, double beta, double alpha) {
    return at::empty_like(x);
}

TORCH_LIBRARY_FRAGMENT(mine, m) {
    m.def("scale(Tensor x, float beta, float alpha) -> Tensor");
    m.impl("scale", c10::DispatchKey::CUDA, &scale_cuda);
    m.impl("scale", torch::kCPU, &scale_cpu);
    m.impl("scale", torch::dispatch(c10::DispatchKey::CompositeExplicitAutograd, TORCH_FN(scale_cuda)));
}
TORCH_LIBRARY_IMPL(mine, Meta, m) {
    m.impl("scale", &scale_meta);
}
