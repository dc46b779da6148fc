#include <cuda_runtime.h>
#include <chrono>
#include <iomanip>
#include <iostream>
#include <vector>

__global__ void half_of(const float* in, float* out, int offset, int n) {
    int i = offset + blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) out[i] = in[i] * 0.5f;
}

extern "C" void solve(const float* in, float* out, int n) {
    const int num_streams = 4;
    std::vector<cudaStream_t> streams(num_streams);
    for (auto& s : streams) cudaStreamCreateWithFlags(&s, cudaStreamNonBlocking);
    cudaStream_t extra;
    cudaStreamCreate(&extra);
    cudaEvent_t start, stop, done[num_streams];
    cudaEventCreate(&start);
    cudaEventCreate(&stop);
    cudaEventRecord(start);
    int chunk = (n + num_streams - 1) / num_streams;
    for (int s = 0; s < num_streams; ++s) {
        half_of<<<(chunk + 255) / 256, 256, 0, streams[s]>>>(in, out, s * chunk, n);
        cudaEventCreateWithFlags(&done[s], cudaEventDisableTiming);
        cudaEventRecord(done[s], streams[s]);
        cudaStreamWaitEvent(extra, done[s], 0);
        cudaStreamWaitEvent(extra, done[s]);
    }
    cudaStreamSynchronize(extra);
    cudaEventRecord(stop, 0);
    cudaEventSynchronize(stop);
    float ms = 0;
    cudaEventElapsedTime(&ms, start, stop);
    auto now = std::chrono::high_resolution_clock::now();
    std::chrono::duration<double, std::milli> elapsed = std::chrono::high_resolution_clock::now() - now;
    std::cout << "Elapsed: " << std::fixed << std::setprecision(3) << ms << " ms, host " << elapsed.count() << '\n';
    for (int s = 0; s < num_streams; ++s) {
        cudaStreamDestroy(streams[s]);
        cudaEventDestroy(done[s]);
    }
    cudaEventDestroy(start);
    cudaEventDestroy(stop);
}
