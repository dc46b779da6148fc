// options: -arch=compute_90
// What the C library's assert becomes, and printf, whose arguments go through local memory.
extern "C" __device__ [[noreturn]] void __assertfail(const char* message, const char* file, unsigned line,
                                                     const char* function, size_t character_size);

extern "C" __global__ void report(const int* x, int n, double scale) {
    if (n <= 0) {
        __assertfail("n > 0 && \"an empty input\"", "printf_assert.cu", __LINE__, __func__, 1);
    }
    for (int i = threadIdx.x; i < n; i += blockDim.x) {
        printf("x[%d] = %d, scaled %g%%, at %p\n", i, x[i], x[i] * scale, static_cast<const void*>(x + i));
    }
    if (n == 7) {
        __trap();
    }
}
