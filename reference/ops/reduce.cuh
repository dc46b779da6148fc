// Reductions: over a block's threads, the building block of every row-wise operator, and over a dimension of a tensor.
#pragma once

#include "ops/tensor.cuh"

namespace ops {

struct Sum {
    template <class A> static A identity() { return A(0); }
    template <class A> static A combine(A a, A b) { return a + b; }
};

struct Max {
    template <class A> static A identity() { return static_cast<A>(__int_as_float(0xff800000)); } // -infinity
    template <class A> static A combine(A a, A b) { return a > b ? a : b; }
};

/// Combines one value of each thread; every thread gets the result. The block is one-dimensional, of whole warps.
template <class Op, class A> A block_reduce(A value) {
    __shared__ A of_warp[32];
    for (int distance = 16; distance > 0; distance /= 2) {
        value = Op::combine(value, __shfl_xor_sync(0xffffffff, value, distance));
    }
    const int lane = threadIdx.x % 32;
    __syncthreads(); // of_warp may still be read by an earlier reduction
    if (lane == 0) {
        of_warp[threadIdx.x / 32] = value;
    }
    __syncthreads();
    value = lane < static_cast<int>(blockDim.x / 32) ? of_warp[lane] : Op::template identity<A>();
    for (int distance = 16; distance > 0; distance /= 2) {
        value = Op::combine(value, __shfl_xor_sync(0xffffffff, value, distance));
    }
    return value;
}

/// [rows, columns] to [rows]: a block for each row.
template <class Op, class T>
__global__ void __launch_bounds__(max_row_threads) reduce_rows_kernel(const T* x, T* y, index_t columns) {
    using A = accumulator_t<T>;
    const T* const row = x + blockIdx.x * columns;
    A value = Op::template identity<A>();
    for (index_t i = threadIdx.x; i < columns; i += blockDim.x) {
        value = Op::combine(value, static_cast<A>(row[i]));
    }
    value = block_reduce<Op>(value);
    if (threadIdx.x == 0) {
        y[blockIdx.x] = static_cast<T>(value);
    }
}

/// [outer, extent, inner] to [outer, inner]: a block for 32 neighbours in `inner`, so that loads are coalesced; its
/// eight warps share the reduction.
template <class Op, class T> __global__ void reduce_columns_kernel(const T* x, T* y, index_t extent, index_t inner) {
    using A = accumulator_t<T>;
    __shared__ A of_warp[8][32];
    const unsigned tiles = static_cast<unsigned>(ceil_div(inner, 32));
    const index_t outer = blockIdx.x / tiles;
    const index_t column = index_t(blockIdx.x % tiles) * 32 + threadIdx.x;
    A value = Op::template identity<A>();
    if (column < inner) {
        for (index_t i = threadIdx.y; i < extent; i += 8) {
            value = Op::combine(value, static_cast<A>(x[(outer * extent + i) * inner + column]));
        }
    }
    of_warp[threadIdx.y][threadIdx.x] = value;
    __syncthreads();
    if (threadIdx.y == 0 && column < inner) {
        for (int warp = 1; warp < 8; ++warp) {
            value = Op::combine(value, of_warp[warp][threadIdx.x]);
        }
        y[outer * inner + column] = static_cast<T>(value);
    }
}

template <class Op, class T> Tensor<T> reduce(const Tensor<T>& x, int dimension, const Tensor<T>& out) {
    const Tensor<T> y = result(x.shape.without(dimension), out);
    const index_t outer = x.shape.product(0, dimension);
    const index_t extent = x[dimension];
    const index_t inner = x.shape.product(dimension + 1, x.shape.rank);
    if (inner == 1) {
        reduce_rows_kernel<Op><<<grid(outer), row_threads(extent)>>>(x.data, y.data, extent);
    } else {
        reduce_columns_kernel<Op><<<grid(outer * ceil_div(inner, 32)), dim3(32, 8)>>>(x.data, y.data, extent, inner);
    }
    return y;
}

/// The sum over one dimension, which the result no longer has.
template <class T> Tensor<T> sum(const Tensor<T>& x, int dimension, identity_t<Tensor<T>> out = {}) {
    return reduce<Sum>(x, dimension, out);
}

} // namespace ops
