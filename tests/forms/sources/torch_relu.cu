// The usual extension: checks, a factory, a dispatch, one launch.
// input x float32 3 5
// output y float32 3 5
//| buffer 0 input x 60 bytes
//| buffer 1 output y 60 bytes
//| step 0 line @LAUNCH launch void relu_kernel<float>(float const*, float*, int) <<<1, 256>>> (x, y, 15)
#include <c10/cuda/CUDAException.h>
#include <torch/extension.h>

#define CHECK_CUDA(x) TORCH_CHECK(x.is_cuda(), #x " must be a CUDA tensor")
#define CHECK_CONTIGUOUS(x) TORCH_CHECK(x.is_contiguous(), #x " must be contiguous")
#define CHECK_INPUT(x) CHECK_CUDA(x); CHECK_CONTIGUOUS(x)

template <typename scalar_t> __global__ void relu_kernel(const scalar_t* x, scalar_t* y, int n) {
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) {
        y[i] = x[i] > scalar_t(0) ? x[i] : scalar_t(0);
    }
}

torch::Tensor relu_forward(torch::Tensor x) {
    CHECK_INPUT(x);
    TORCH_CHECK(x.dim() == 2, "x must be 2D, got ", x.dim(), "D of ", x.sizes());
    auto y = torch::empty_like(x);
    const int n = x.numel();
    AT_DISPATCH_FLOATING_TYPES_AND_HALF(x.scalar_type(), "relu_forward", ([&] { // @LAUNCH
        relu_kernel<scalar_t><<<(n + 255) / 256, 256>>>(x.data_ptr<scalar_t>(), y.data_ptr<scalar_t>(), n);
    }));
    C10_CUDA_KERNEL_LAUNCH_CHECK();
    return y;
}

PYBIND11_MODULE(TORCH_EXTENSION_NAME, m) {
    m.def("forward", &relu_forward, "ReLU (CUDA)");
}
