// A function that returns nothing and names its first tensor as the output gets the task's outputs first.
// input x float32 3 5
// input w float32 5
// output y float32 3 5
//| buffer 0 output y 60 bytes
//| buffer 1 input x 60 bytes
//| buffer 2 input w 20 bytes
//| step 0 line @LAUNCH launch scale(float*, float const*, float const*, int) <<<1, 15>>> (y, x, w, 5)
#include <torch/extension.h>

__global__ void scale(float* out, const float* x, const float* w, int cols) {
    out[threadIdx.x] = x[threadIdx.x] * w[threadIdx.x % cols];
}

void scale_columns(torch::Tensor& out, const torch::Tensor& input, const torch::Tensor& weight) {
    scale<<<1, input.numel()>>>(out.data_ptr<float>(), input.data_ptr<float>(), weight.data_ptr<float>(), input.size(1)); // @LAUNCH
}

PYBIND11_MODULE(TORCH_EXTENSION_NAME, m) {
    m.def("scale_columns", &scale_columns);
}
