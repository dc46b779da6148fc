// options: -arch=compute_90 -rdc=true
#include <cooperative_groups.h>
namespace cg = cooperative_groups;

extern "C" __global__ void grid_sum(const float* x, float* partial, int n) {
    const cg::grid_group grid = cg::this_grid();
    const cg::thread_block block = cg::this_thread_block();
    const auto tile = cg::tiled_partition<32>(block);
    float sum = 0;
    for (int i = grid.thread_rank(); i < n; i += grid.size()) {
        sum += x[i];
    }
    for (int offset = tile.size() / 2; offset > 0; offset /= 2) {
        sum += tile.shfl_down(sum, offset);
    }
    if (tile.thread_rank() == 0) {
        atomicAdd(partial, sum);
    }
    grid.sync();
    if (grid.thread_rank() == 0) {
        partial[1] = partial[0] / n;
    }
}

extern "C" __global__ void __cluster_dims__(2, 1, 1) cluster_sum(const float* x, float* y) {
    __shared__ float mine;
    const cg::cluster_group cluster = cg::this_cluster();
    if (threadIdx.x == 0) {
        mine = x[blockIdx.x];
    }
    cluster.sync();
    y[blockIdx.x] = *cluster.map_shared_rank(&mine, cluster.block_rank() ^ 1);
    cluster.sync();
}
