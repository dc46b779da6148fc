// `solution`, as on Tensara, with the order of its own.
// input a float32 4
// input b float32 4
// output c float32 4
// axis n 4 shape
// assay: arguments = c, b, a, n, 0.5
//| buffer 0 output c 16 bytes
//| buffer 1 input b 16 bytes
//| buffer 2 input a 16 bytes
//| step 0 line @CALL launch axpy(float*, float const*, float const*, unsigned long, float) <<<1, 4>>> (c, b, a, 4, 0.5)
__global__ void axpy(float* c, const float* b, const float* a, size_t n, float alpha) {
    if (threadIdx.x < n) {
        c[threadIdx.x] = a[threadIdx.x] + alpha * b[threadIdx.x];
    }
}

extern "C" void solution(float* c, const float* b, const float* a, size_t n, float alpha) {
    axpy<<<1, 4>>>(c, b, a, n, alpha); // @CALL
}
