// One cooperative kernel runs rounds until none changes a label; blocks meet in grid-wide barriers around a flag.
#include <cooperative_groups.h>
#include <cuda_runtime.h>
namespace cg = cooperative_groups;

__global__ void label(const int* ends, int* labels, int edges, int nodes, int* changed) {
    const cg::grid_group grid = cg::this_grid();
    for (int v = grid.thread_rank(); v < nodes; v += grid.size()) labels[v] = v;
    grid.sync();
    for (int round = 0;; ++round) {
        int* flag = changed + round % 3;
        if (grid.thread_rank() == 0) changed[(round + 1) % 3] = 0;
        for (int e = grid.thread_rank(); e < edges; e += grid.size()) {
            const int a = ((volatile int*)labels)[ends[2 * e]], b = ((volatile int*)labels)[ends[2 * e + 1]];
            if (a == b) continue;
            if (atomicMin(labels + max(a, b), min(a, b)) > min(a, b)) atomicExch(flag, 1);
        }
        grid.sync();
        for (int v = grid.thread_rank(); v < nodes; v += grid.size()) {
            volatile int* now = labels;
            int l = now[v], up;
            while ((up = now[l]) != l) l = up;
            atomicExch(labels + v, l);
        }
        grid.sync();
        for (int e = grid.thread_rank(); e < edges; e += grid.size()) {
            if (__ldcg(labels + ends[2 * e]) != __ldcg(labels + ends[2 * e + 1])) atomicExch(flag, 1);
        }
        grid.sync();
        if (__ldcg(flag) == 0) break;
    }
}

extern "C" void solve(const int* ends, int* labels, int edges, int nodes) {
    int* changed;
    cudaMalloc(&changed, 3 * sizeof(int));
    cudaMemset(changed, 0, 3 * sizeof(int));
    void* arguments[] = {(void*)&ends, (void*)&labels, (void*)&edges, (void*)&nodes, (void*)&changed};
    cudaLaunchCooperativeKernel((void*)label, dim3(8), dim3(128), arguments, 0, 0);
}
