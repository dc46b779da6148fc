// What is tried is run; what would be caught is not.
// input a float32 5
// input b float32 5
// output c float32 5
// axis n 5 shape
//| buffer 0 input a 20 bytes
//| buffer 1 input b 20 bytes
//| buffer 2 output c 20 bytes
//| step 0 line @LAUNCH launch add(float const*, float const*, float*, int) <<<1, 32>>> (a, b, c, 5)
#include <cuda_runtime.h>

#include <iostream>
#include <stdexcept>
#include <string>

struct CudaError : std::runtime_error {
    CudaError(cudaError_t code, const std::string& where) : std::runtime_error(where + cudaGetErrorString(code)), code(code) {}
    const char* what() const throw() override { return std::runtime_error::what(); }
    cudaError_t code;
};

void check(cudaError_t code) {
    if (code != cudaSuccess) {
        throw CudaError(code, "launch: ");
    }
}

__global__ void add(const float* a, const float* b, float* c, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) {
        c[i] = a[i] + b[i];
    }
}

extern "C" void solve(const float* a, const float* b, float* c, int n) {
    try {
        add<<<1, 32>>>(a, b, c, n); // @LAUNCH
        check(cudaGetLastError());
    } catch (const CudaError& error) {
        std::cerr << error.what() << " (" << static_cast<int>(error.code) << ")\n";
        throw;
    } catch (std::exception const&) {
        std::exit(1);
    } catch (...) {
        add<<<2, 64>>>(a, b, c, n);
    }
}
