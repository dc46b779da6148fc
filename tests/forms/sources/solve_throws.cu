// What is thrown ends the recording, though a handler stands ready.
// input a float32 5
// input b float32 5
// output c float32 5
// axis n 5 shape
//| solve_throws.cu:@THROW: host code throws: n is not zero
#include <cuda_runtime.h>

#include <stdexcept>

extern "C" void solve(const float* a, const float* b, float* c, int n) {
    try {
        if (n > 0) {
            throw std::invalid_argument("n is not zero"); // @THROW
        }
    } catch (const std::exception&) {
        cudaMemset(c, 0, n * sizeof(float));
    }
}
