// Numbers that the task fixes are found by the parameters' names, under other names for the same too; of one for each
// dimension a parameter takes its own, and one for all is in a list as often as there are dimensions. What nobody fixes
// has the default of PyTorch's functions.
// input x float32 1 1 2 3
// output y float32 1 1 2 3
// axis rows 2 shape
// axis cols 3 shape
// fixed negative_slope 0.25
// fixed stride 2 5
// fixed max_val 6
//| buffer 0 input x 24 bytes
//| buffer 1 output y 24 bytes
//| step 0 line @LAUNCH launch k(float const*, float*, float, float, int, int, int, int, int) <<<1, 6>>> (x, y, 0.25, 6, 2, 5, 0, 1, 3)
#include <torch/extension.h>

__global__ void k(const float* x, float* y, float slope, float high, int down, int across, int padding, int groups, int columns) {
    y[threadIdx.x] = fminf(x[threadIdx.x] * slope, high) + down + across + padding + groups + columns;
}

void forward(torch::Tensor x, torch::Tensor y, double slope, float high, std::vector<int64_t> stride, int stride_w,
             int pad, int64_t groups, bool ceil_mode, bool count_include_pad,
             std::vector<int64_t> dilation, int cols) {
    TORCH_CHECK(!ceil_mode && count_include_pad && dilation.size() == 2 && dilation[1] == 1);
    TORCH_CHECK(stride.size() == 2 && stride[1] == stride_w, "the stride is ", stride);
    k<<<1, 6>>>(x.data_ptr<float>(), y.data_ptr<float>(), slope, high, stride[0], stride_w, pad, groups, cols); // @LAUNCH
}

PYBIND11_MODULE(TORCH_EXTENSION_NAME, m) { m.def("forward", &forward); }
