// Streams and events, pinned memory, asynchronous copies, pitched rows: everything in issue order.
#include <cuda_runtime.h>
#include <stdio.h>

__global__ void scale(float* c, const float* a, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n)
        c[i] = 2 * a[i];
}

extern "C" void solve(const float* A, float* C, int n) {
    cudaStream_t first, second;
    cudaStreamCreate(&first);
    cudaStreamCreateWithFlags(&second, cudaStreamNonBlocking);
    cudaEvent_t done, end;
    cudaEventCreate(&done);
    cudaEventCreate(&end);

    float* host;
    cudaMallocHost(&host, 16);
    for (int i = 0; i < 4; ++i)
        host[i] = i + 0.5f;
    float* small;
    cudaMallocAsync((void**)&small, 16, first);
    cudaMemcpyAsync(small, host, 16, cudaMemcpyHostToDevice, first);
    cudaEventRecord(done, first);
    cudaStreamWaitEvent(second, done, 0);
    scale<<<1, 4, 0, second>>>(C, small, 4);
    scale<<<2, 32, 0, first>>>(C + 4, A + 4, n - 4);
    cudaEventRecord(end, second);
    cudaEventSynchronize(end);
    float ms = 0;
    cudaEventElapsedTime(&ms, done, end);
    printf("%.1f GFLOPS\n", n / ms);

    void* rows;
    size_t pitch;
    cudaMallocPitch(&rows, &pitch, 100, 3);
    cudaMemset2D(rows, pitch, 0x17F, 100, 3);
    cudaMemcpy2D(rows, pitch, A, 40, 40, 2, cudaMemcpyDeviceToDevice);
    cudaMemset2D(rows, pitch, 1, pitch, 3);

    cudaStreamSynchronize(first);
    cudaFreeAsync(small, first);
    cudaFreeHost(host);
    cudaEventDestroy(done);
    cudaStreamDestroy(first);
    cudaStreamDestroy(second);
}
