// task: connected_components
#include <cuda_runtime.h>
#include <vector>

__global__ void start(int* labels, int nodes) { int i = blockIdx.x * blockDim.x + threadIdx.x; if (i < nodes) labels[i] = i; }
__global__ void step(const int* ends, int* labels, int edges, int* changed) {
    int e = blockIdx.x * blockDim.x + threadIdx.x;
    if (e >= edges) return;
    int a = labels[ends[2 * e]], b = labels[ends[2 * e + 1]];
    if (a < b) { atomicMin(&labels[ends[2 * e + 1]], a); *changed = 1; }
    if (b < a) { atomicMin(&labels[ends[2 * e]], b); *changed = 1; }
}

extern "C" void solve(const int* ends, int* labels, int edges, int nodes) {
    int* d_changed;
    cudaMalloc(&d_changed, sizeof(int));
    start<<<(nodes + 255) / 256, 256>>>(labels, nodes);
    int h_changed = 1;
    while (h_changed) {
        h_changed = 0;
        cudaMemcpy(d_changed, &h_changed, sizeof(int), cudaMemcpyHostToDevice);
        step<<<(edges + 255) / 256, 256>>>(ends, labels, edges, d_changed);
        cudaMemcpy(&h_changed, d_changed, sizeof(int), cudaMemcpyDeviceToHost);
    }
    cudaFree(d_changed);
}
