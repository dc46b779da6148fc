// Host code that copies device memory back and decides on it. Lines that a test names carry a comment `// @NAME`.
#include <cuda_runtime.h>
#include <cstdio>
#include <vector>

__device__ int flag;

__global__ void work(const float* a, float* c, int* again, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n)
        c[i] = a[i] + *again;
}
__global__ void rarely(float* c) { c[0] = flag; }

#define ENTRY(name) extern "C" void name(const float* A, float* C, int n)

ENTRY(until_zero) {
    int* again;
    cudaMalloc(&again, sizeof(int));
    int more = 1;
    for (int round = 0; more; round++) {
        cudaMemset(again, round, sizeof(int));
        work<<<1, 32>>>(A, C, again, n);
        cudaMemcpy(&more, again, sizeof(int), cudaMemcpyDeviceToHost); // @until_zero
    }
    printf("done\n");
    rarely<<<1, 1>>>(C);
}
ENTRY(sized_by_count) {
    int count = 0;
    cudaMemcpyFromSymbol(&count, flag, sizeof(int)); // @sized_by_count
    int* list;
    cudaMalloc(&list, count * sizeof(int));
    work<<<count, 64>>>(A, C, list, n);
}
ENTRY(ends_with_read) {
    std::vector<float> host(n);
    work<<<1, 32>>>(A, C, nullptr, n);
    cudaMemcpy(host.data(), C, n * sizeof(float), cudaMemcpyDeviceToHost); // @ends_with_read
}
ENTRY(too_small) {
    int host[4];
    cudaMemcpy(host, C, n * sizeof(float), cudaMemcpyDeviceToHost); // @too_small
}
ENTRY(fails_later) {
    int more = 0;
    cudaMemcpy(&more, C, sizeof(int), cudaMemcpyDeviceToHost);
    work<<<more, 32>>>(A, C, nullptr, n); // @fails_later
}
ENTRY(spins) {
    int more = 0;
    cudaMemcpy(&more, C, sizeof(int), cudaMemcpyDeviceToHost);
    for (volatile int i = 0;; i = i + more) {
    }
}
