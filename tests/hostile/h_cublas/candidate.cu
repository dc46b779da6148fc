#include <cublas_v2.h>
#include <cuda_runtime.h>

// Products of matrices become counted operators; a sum of vectors is none of them.
extern "C" void solve(const float* a, const float* b, float* c, int n) {
    cublasHandle_t handle;
    cublasCreate(&handle);
    const float one = 1;
    cudaMemcpy(c, b, n * sizeof(float), cudaMemcpyDeviceToDevice);
    cublasSaxpy(handle, n, &one, a, 1, c, 1);
    cublasDestroy(handle);
}
