#include <cuda_runtime.h>

__global__ void start(int* labels, int nodes) {
    int v = blockIdx.x * blockDim.x + threadIdx.x;
    if (v < nodes) labels[v] = v;
}

__global__ void spread(const int* ends, int* labels, int edges) {
    int e = blockIdx.x * blockDim.x + threadIdx.x;
    if (e >= edges) return;
    int a = ends[2 * e], b = ends[2 * e + 1];
    int least = min(labels[a], labels[b]);
    atomicMin(&labels[a], least);
    atomicMin(&labels[b], least);
}

extern "C" void solve(const int* ends, int* labels, int edges, int nodes) {
    start<<<(nodes + 255) / 256, 256>>>(labels, nodes);
    for (int round = 0; round < 2; round++) spread<<<(edges + 255) / 256, 256>>>(ends, labels, edges);
}
