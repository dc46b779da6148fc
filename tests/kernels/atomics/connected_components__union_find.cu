// Union by compare-and-swap with path halving, then flattening: loops whose ends depend on other threads.
#include <cuda_runtime.h>

__device__ int find(int* parent, int v) {
    int p = __ldcg(&parent[v]);
    while (p != v) {
        const int up = __ldcg(&parent[p]);
        if (up != p) atomicCAS(&parent[v], p, up);
        v = p;
        p = up;
    }
    return v;
}

__global__ void begin(int* labels, int nodes) {
    const int v = blockIdx.x * blockDim.x + threadIdx.x;
    if (v < nodes) labels[v] = v;
}

__global__ void join(const int2* ends, int* labels, int edges) {
    const int e = blockIdx.x * blockDim.x + threadIdx.x;
    if (e >= edges) return;
    int a = ends[e].x, b = ends[e].y;
    for (;;) {
        a = find(labels, a);
        b = find(labels, b);
        if (a == b) break;
        if (a < b) { const int t = a; a = b; b = t; }
        const int old = atomicCAS(&labels[a], a, b);
        if (old == a) break;
        a = old;
    }
}

__global__ void flatten(int* labels, int nodes) {
    const int v = blockIdx.x * blockDim.x + threadIdx.x;
    if (v < nodes) atomicExch(&labels[v], find(labels, v));
}

extern "C" void solve(const int* ends, int* labels, int edges, int nodes) {
    begin<<<(nodes + 127) / 128, 128>>>(labels, nodes);
    join<<<(edges + 127) / 128, 128>>>((const int2*)ends, labels, edges);
    flatten<<<(nodes + 127) / 128, 128>>>(labels, nodes);
}
