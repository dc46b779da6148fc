// Two blocks of a cluster exchange tiles: each loads its own, and stores the other's from its shared memory.
#include <cooperative_groups.h>
#include <cuda_runtime.h>
namespace cg = cooperative_groups;

__global__ void transpose(const float* x, float* y, int rows, int cols) {
    __shared__ float tile[32][33];
    const cg::cluster_group cluster = cg::this_cluster();
    const unsigned other = cluster.block_rank() ^ 1;
    const int r0 = blockIdx.y * 32;
    for (int k = threadIdx.y; k < 32; k += 4) {
        const int c = blockIdx.x * 32 + threadIdx.x;
        if (r0 + k < rows && c < cols) tile[k][threadIdx.x] = x[(size_t)(r0 + k) * cols + c];
    }
    cluster.sync();
    const float* theirs = cluster.map_shared_rank(&tile[0][0], other);
    const int c0 = (blockIdx.x ^ 1) * 32;
    for (int k = threadIdx.y; k < 32; k += 4) {
        if (c0 + k < cols && r0 + threadIdx.x < rows) y[(size_t)(c0 + k) * rows + r0 + threadIdx.x] = theirs[threadIdx.x * 33 + k];
    }
    cluster.sync();
}

extern "C" void solve(const float* x, float* y, int rows, int cols) {
    cudaLaunchConfig_t config{};
    config.gridDim = dim3((cols + 63) / 64 * 2, (rows + 31) / 32);
    config.blockDim = dim3(32, 4);
    cudaLaunchAttribute cluster;
    cluster.id = cudaLaunchAttributeClusterDimension;
    cluster.val.clusterDim = {2, 1, 1};
    config.attrs = &cluster;
    config.numAttrs = 1;
    cudaLaunchKernelEx(&config, transpose, x, y, rows, cols);
}
