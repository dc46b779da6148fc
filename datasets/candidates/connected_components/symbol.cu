#include <cuda_runtime.h>

__device__ int changed;

__global__ void start(int* labels, int nodes) {
    int v = blockIdx.x * blockDim.x + threadIdx.x;
    if (v < nodes) labels[v] = v;
}

__global__ void spread(const int* ends, int* labels, int edges) {
    int e = blockIdx.x * blockDim.x + threadIdx.x;
    if (e >= edges) return;
    int a = ends[2 * e], b = ends[2 * e + 1];
    int least = min(labels[a], labels[b]);
    if (atomicMin(&labels[a], least) > least || atomicMin(&labels[b], least) > least) changed = 1;
}

// The flag is a variable of the module, and the host looks at it after every fourth round only.
extern "C" void solve(const int* ends, int* labels, int edges, int nodes) {
    start<<<(nodes + 255) / 256, 256>>>(labels, nodes);
    for (int again = 1; again;) {
        for (int i = 0; i < 3; i++) spread<<<(edges + 255) / 256, 256>>>(ends, labels, edges);
        const int no = 0;
        cudaMemcpyToSymbol(changed, &no, sizeof(int));
        spread<<<(edges + 255) / 256, 256>>>(ends, labels, edges);
        cudaMemcpyFromSymbol(&again, changed, sizeof(int));
    }
}
