// task: rk_mnist_linear_forward
#include <ATen/ATen.h>
#include <ATen/TensorUtils.h>
#include <ATen/cuda/CUDAContext.h>
#include <ATen/cuda/CUDAApplyUtils.cuh>
#include <c10/cuda/CUDAGuard.h>
#include <torch/extension.h>

#define CHECK_CUDA(x) AT_ASSERTM(x.device().is_cuda(), #x " must be a CUDA tensor")
#define CHECK_CONTIGUOUS(x) AT_ASSERTM(x.is_contiguous(), #x " must be contiguous")
#define CHECK_INPUT(x) CHECK_CUDA(x); CHECK_CONTIGUOUS(x)

template <typename T>
__global__ void dense(const T* input, const T* weight, const T* bias, T* output, int n, int in, int out) {
  for (int i = blockIdx.x; i < n; i += gridDim.x)
    for (int o = threadIdx.x; o < out; o += blockDim.x) {
      float acc = bias != nullptr ? static_cast<float>(bias[o]) : 0.f;
#pragma unroll 4
      for (int j = 0; j < in; ++j) acc += static_cast<float>(input[i * in + j]) * static_cast<float>(weight[o * in + j]);
      output[i * out + o] = static_cast<T>(acc);
    }
}
at::Tensor dense_forward(const at::Tensor& input, const at::Tensor& weight, c10::optional<at::Tensor> bias) {
  CHECK_INPUT(input);
  CHECK_INPUT(weight);
  at::TensorArg a{input, "input", 1}, b{weight, "weight", 2};
  at::checkAllSameGPU("dense_forward", {a, b});
  at::checkAllSameType("dense_forward", {a, b});
  at::cuda::CUDAGuard device_guard(input.device());
  auto output = at::zeros({input.size(0), weight.size(0)}, torch::dtype(input.dtype()).device(input.device()));
  cudaStream_t stream = at::cuda::getCurrentCUDAStream();
  AT_DISPATCH_FLOATING_TYPES_AND_HALF(input.type(), "dense_forward", [&] {
    dense<scalar_t><<<(int)input.size(0), 128, 0, stream>>>(input.contiguous().data_ptr<scalar_t>(), weight.data_ptr<scalar_t>(),
        bias.has_value() ? bias.value().data_ptr<scalar_t>() : nullptr, output.data_ptr<scalar_t>(), input.size(0), input.size(1), weight.size(0));
  });
  AT_CUDA_CHECK(cudaGetLastError());
  return output;
}
PYBIND11_MODULE(TORCH_EXTENSION_NAME, m) { m.def("dense_forward", &dense_forward, "dense"); }
