#include <torch/extension.h>
#include <cuda_fp16.h>

__global__ void bmm_kernel(const __half* a, const __half* b, float* c, int m, int n, int k) {
    const int col = blockIdx.x * 16 + threadIdx.x, row = blockIdx.y * 16 + threadIdx.y;
    a += (size_t)blockIdx.z * m * k;
    b += (size_t)blockIdx.z * k * n;
    if (row < m && col < n) {
        float sum = 0;
        for (int i = 0; i < k; i++) sum += __half2float(a[row * k + i]) * __half2float(b[i * n + col]);
        c[((size_t)blockIdx.z * m + row) * n + col] = sum;
    }
}

torch::Tensor bmm(torch::Tensor a, torch::Tensor b) {
    TORCH_CHECK(a.dtype() == torch::kFloat16 && b.scalar_type() == at::ScalarType::Half, "half in");
    int batch = a.size(0), m = a.size(1), k = a.size(2), n = b.size(2);
    auto c = torch::empty({batch, m, n}, a.options().dtype(torch::kFloat32));
    bmm_kernel<<<dim3((n + 15) / 16, (m + 15) / 16, batch), dim3(16, 16)>>>(
        reinterpret_cast<const __half*>(a.data_ptr<at::Half>()), reinterpret_cast<const __half*>(b.data_ptr<at::Half>()),
        c.data_ptr<float>(), m, n, k);
    return c;
}

PYBIND11_MODULE(TORCH_EXTENSION_NAME, m) {
    m.def("forward", &bmm, "batched matmul");
}
