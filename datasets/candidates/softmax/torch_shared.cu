#include <torch/extension.h>
#include <cfloat>

__global__ void softmax_kernel(const float* __restrict__ input, float* __restrict__ output, int cols) {
    extern __shared__ float sdata[];
    const float* row = input + blockIdx.x * cols;
    float* out = output + blockIdx.x * cols;
    float local = -FLT_MAX;
    for (int i = threadIdx.x; i < cols; i += blockDim.x) local = fmaxf(local, row[i]);
    sdata[threadIdx.x] = local;
    __syncthreads();
    for (int s = blockDim.x / 2; s > 0; s >>= 1) {
        if (threadIdx.x < s) sdata[threadIdx.x] = fmaxf(sdata[threadIdx.x], sdata[threadIdx.x + s]);
        __syncthreads();
    }
    const float row_max = sdata[0];
    __syncthreads();
    float sum = 0.0f;
    for (int i = threadIdx.x; i < cols; i += blockDim.x) {
        const float e = expf(row[i] - row_max);
        out[i] = e;
        sum += e;
    }
    sdata[threadIdx.x] = sum;
    __syncthreads();
    for (int s = blockDim.x / 2; s > 0; s >>= 1) {
        if (threadIdx.x < s) sdata[threadIdx.x] += sdata[threadIdx.x + s];
        __syncthreads();
    }
    for (int i = threadIdx.x; i < cols; i += blockDim.x) out[i] /= sdata[0];
}

torch::Tensor forward(torch::Tensor input) {
    TORCH_CHECK(input.dim() == 2, "expected a matrix");
    auto output = torch::empty(input.sizes(), input.options());
    const int threads = 256;
    softmax_kernel<<<input.size(0), threads, threads * sizeof(float)>>>(input.data_ptr<float>(), output.data_ptr<float>(), input.size(1));
    return output;
}

PYBIND11_MODULE(TORCH_EXTENSION_NAME, m) {
    m.def("forward", &forward, "Softmax forward (CUDA)");
}
