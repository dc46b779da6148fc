#include <cuda_runtime.h>
#include <utility>

// A list of the edges whose ends have different labels; its length, which the host reads back, is the size of the next
// launch.
__global__ void start(int* labels, int* list, int nodes, int edges) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < nodes) labels[i] = i;
    if (i < edges) list[i] = i;
}

__global__ void join(const int* ends, int* labels, const int* list, int count, int* next, int* length) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= count) return;
    int e = list[i], a = labels[ends[2 * e]], b = labels[ends[2 * e + 1]];
    if (a == b) return;
    atomicMin(&labels[max(a, b)], min(a, b));
    next[atomicAdd(length, 1)] = e;
}

__global__ void shorten(const int* before, int* labels, int nodes) {
    int v = blockIdx.x * blockDim.x + threadIdx.x;
    if (v >= nodes) return;
    int root = before[v];
    while (before[root] != root) root = before[root];
    labels[v] = root;
}

extern "C" void solve(const int* ends, int* labels, int edges, int nodes) {
    int *list, *next, *length, *before;
    cudaMalloc(&list, edges * sizeof(int));
    cudaMalloc(&next, edges * sizeof(int));
    cudaMalloc(&length, sizeof(int));
    cudaMalloc(&before, nodes * sizeof(int));
    start<<<(max(nodes, edges) + 255) / 256, 256>>>(labels, list, nodes, edges);
    for (int count = edges; count > 0;) {
        cudaMemsetAsync(length, 0, sizeof(int), 0);
        join<<<(count + 255) / 256, 256>>>(ends, labels, list, count, next, length);
        cudaMemcpyAsync(before, labels, nodes * sizeof(int), cudaMemcpyDeviceToDevice, 0);
        shorten<<<(nodes + 255) / 256, 256>>>(before, labels, nodes);
        cudaMemcpyAsync(&count, length, sizeof(int), cudaMemcpyDeviceToHost, 0);
        cudaStreamSynchronize(0);
        std::swap(list, next);
    }
    cudaFree(list);
    cudaFree(next);
    cudaFree(length);
    cudaFree(before);
}
