// Labels are pulled down by atomicMin until a round changes nothing; the host reads the flag back after each round.
#include <cuda_runtime.h>

__global__ void begin(int* labels, int nodes) {
    for (int v = blockIdx.x * blockDim.x + threadIdx.x; v < nodes; v += gridDim.x * blockDim.x) labels[v] = v;
}

__global__ void pull(const int* ends, int* labels, int edges, int* changed) {
    bool any = false;
    for (int e = blockIdx.x * blockDim.x + threadIdx.x; e < edges; e += gridDim.x * blockDim.x) {
        const int a = __ldcg(labels + ends[2 * e]), b = __ldcg(labels + ends[2 * e + 1]);
        if (a == b) continue;
        const int low = min(a, b), high = max(a, b);
        any |= atomicMin(&labels[high], low) > low;
        any |= atomicMin(&labels[ends[2 * e]], low) > low;
        any |= atomicMin(&labels[ends[2 * e + 1]], low) > low;
    }
    if (__syncthreads_or(any) && threadIdx.x == 0) *changed = 1;
}

__global__ void jump(int* labels, int nodes) {
    for (int v = blockIdx.x * blockDim.x + threadIdx.x; v < nodes; v += gridDim.x * blockDim.x) {
        int l = __ldcg(labels + v);
        while (true) {
            const int up = __ldcg(labels + l);
            if (up == l) break;
            l = up;
        }
        atomicMin(labels + v, l);
    }
}

extern "C" void solve(const int* ends, int* labels, int edges, int nodes) {
    int* changed;
    cudaMalloc(&changed, sizeof(int));
    begin<<<32, 256>>>(labels, nodes);
    int again = 1;
    while (again) {
        cudaMemset(changed, 0, sizeof(int));
        pull<<<32, 256>>>(ends, labels, edges, changed);
        jump<<<32, 256>>>(labels, nodes);
        cudaMemcpy(&again, changed, sizeof(int), cudaMemcpyDeviceToHost);
    }
    cudaFree(changed);
}
