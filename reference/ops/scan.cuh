// Prefix sums of a vector, in three steps: the sum of each tile, the prefix sums of those (the same operator again),
// and within each tile the prefix sums, beginning with the sum of all tiles before. The vector is read twice and
// written once.
#pragma once

#include "ops/reduce.cuh"

namespace ops {

constexpr int scan_threads = 256;
constexpr int scan_tile = 8 * scan_threads;

/// The prefix sum over the threads of the block, and in `total` the sum over all of them.
template <class A> A block_scan(A value, A& total) {
    __shared__ A of_warp[32];
    const int lane = threadIdx.x % 32;
    const int warp = threadIdx.x / 32;
    for (int distance = 1; distance < 32; distance *= 2) {
        const A before = __shfl_up_sync(0xffffffff, value, distance);
        if (lane >= distance) {
            value += before;
        }
    }
    __syncthreads(); // of_warp may still be read by an earlier scan
    if (lane == 31) {
        of_warp[warp] = value;
    }
    __syncthreads();
    total = 0;
    A before = 0;
    for (int i = 0; i < scan_threads / 32; ++i) {
        before = i == warp ? total : before;
        total += of_warp[i];
    }
    return before + value;
}

template <class T> __global__ void tile_sums_kernel(const T* x, accumulator_t<T>* sums, index_t n) {
    using A = accumulator_t<T>;
    const index_t first = index_t(blockIdx.x) * scan_tile;
    A sum = 0;
    for (index_t i = first + threadIdx.x; i < first + scan_tile && i < n; i += scan_threads) {
        sum += static_cast<A>(x[i]);
    }
    sum = block_reduce<Sum>(sum);
    if (threadIdx.x == 0) {
        sums[blockIdx.x] = sum;
    }
}

/// `sums` are the prefix sums of the tiles; none if there is but one tile.
template <class T> __global__ void tile_scan_kernel(const T* x, const accumulator_t<T>* sums, T* y, index_t n) {
    using A = accumulator_t<T>;
    const index_t first = index_t(blockIdx.x) * scan_tile;
    A before = blockIdx.x > 0 ? sums[blockIdx.x - 1] : A(0);
    for (index_t begin = first; begin < first + scan_tile && begin < n; begin += scan_threads) {
        const index_t i = begin + threadIdx.x;
        A total;
        const A sum = block_scan(i < n ? static_cast<A>(x[i]) : A(0), total);
        if (i < n) {
            y[i] = static_cast<T>(before + sum);
        }
        before += total;
    }
}

/// y[i] = x[0] + ... + x[i]
template <class T> Tensor<T> inclusive_scan(const Tensor<T>& x, identity_t<Tensor<T>> out = {}) {
    using A = accumulator_t<T>;
    const Tensor<T> y = result(x.shape, out);
    const index_t n = x.size();
    const index_t tiles = ceil_div(n, scan_tile);
    Tensor<A> sums;
    if (tiles > 1) {
        sums = result<A>(Shape(tiles), {});
        tile_sums_kernel<<<grid(tiles), scan_threads>>>(x.data, sums.data, n);
        sums = inclusive_scan(sums);
    }
    tile_scan_kernel<<<grid(tiles), scan_threads>>>(x.data, sums.data, y.data, n);
    return y;
}

} // namespace ops
