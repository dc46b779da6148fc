// Tiles of eight threads with cg::reduce.
#include <cooperative_groups.h>
#include <cooperative_groups/reduce.h>
#include <cuda_runtime.h>
namespace cg = cooperative_groups;

__global__ void sum(const float* x, float* y, int reduce, int inner, int outputs) {
    const cg::thread_block block = cg::this_thread_block();
    const auto tile = cg::tiled_partition<8>(block);
    const int out = block.group_index().x * (block.size() / 8) + tile.meta_group_rank();
    float v = 0;
    if (out < outputs) {
        for (int r = tile.thread_rank(); r < reduce; r += tile.size()) {
            v += x[((size_t)(out / inner) * reduce + r) * inner + out % inner];
        }
    }
    v = cg::reduce(tile, v, cg::plus<float>());
    if (out < outputs && tile.thread_rank() == 0) y[out] = v;
}

extern "C" void solve(const float* x, float* y, int outer, int reduce, int inner) {
    const int outputs = outer * inner;
    sum<<<(outputs + 15) / 16, 128>>>(x, y, reduce, inner, outputs);
}
