// task: kb1_023_softmax
// expect: rejected: cudnnCreate
#include <torch/extension.h>
#include <cudnn.h>

torch::Tensor forward(torch::Tensor x) {
    auto y = torch::empty_like(x);
    cudnnHandle_t handle;
    cudnnCreate(&handle);
    cudnnTensorDescriptor_t descriptor;
    cudnnCreateTensorDescriptor(&descriptor);
    cudnnSetTensor4dDescriptor(descriptor, CUDNN_TENSOR_NCHW, CUDNN_DATA_FLOAT, x.size(0), x.size(1), 1, 1);
    const float one = 1.f, zero = 0.f;
    cudnnSoftmaxForward(handle, CUDNN_SOFTMAX_ACCURATE, CUDNN_SOFTMAX_MODE_CHANNEL, &one, descriptor, x.data_ptr<float>(), &zero, descriptor, y.data_ptr<float>());
    cudnnDestroyTensorDescriptor(descriptor);
    cudnnDestroy(handle);
    return y;
}

PYBIND11_MODULE(TORCH_EXTENSION_NAME, m) { m.def("forward", &forward, "softmax by cuDNN"); }
