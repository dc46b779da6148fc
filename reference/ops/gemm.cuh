// The matrix product that matmul, convolution and their kin share: C = A B, for a batch of matrices.
//
// A block computes a 64 x 64 tile of C. In steps of 16 along k it copies a 64 x 16 tile of A and a 16 x 64 tile of B to
// shared memory; each of its 16 x 16 threads adds up 4 x 4 elements of C in registers. A thread's elements lie 16
// apart, so that neighbouring threads read neighbouring words of shared memory and write neighbouring elements of C.
//
// Where an element of A and B comes from and where one of C goes is up to three functors: that is all that a layout, a
// convolution or a bias changes.
#pragma once

#include "ops/tensor.cuh"

namespace ops {

/// Elements of a batch of row-major matrices, as the type that products are added up in. One matrix for the whole batch
/// has the batch stride 0.
template <class T, class A> struct LoadMatrix {
    const T* data;
    index_t batch_stride, row_stride;
    A operator()(index_t batch, index_t row, index_t column) const {
        return static_cast<A>(data[batch * batch_stride + row * row_stride + column]);
    }
};

template <class T> struct StoreMatrix {
    T* data;
    index_t batch_stride, row_stride;
    template <class A> void operator()(index_t batch, index_t row, index_t column, A value) const {
        data[batch * batch_stride + row * row_stride + column] = static_cast<T>(value);
    }
};

constexpr int gemm_tile = 64;
constexpr int gemm_depth = 16;
constexpr int gemm_threads = 16; ///< in each direction

/// a(batch, row, k) and b(batch, k, column) give elements as type A; c(batch, row, column, value) stores one.
template <class A, class LoadA, class LoadB, class StoreC>
__global__ void gemm_kernel(index_t rows, index_t columns, index_t depth, LoadA a, LoadB b, StoreC c) {
    __shared__ A tile_a[gemm_depth][gemm_tile + 1]; // the odd width keeps the transposing stores in different banks
    __shared__ A tile_b[gemm_depth][gemm_tile];
    const unsigned tiles_across = static_cast<unsigned>(ceil_div(columns, gemm_tile));
    const unsigned tiles_down = static_cast<unsigned>(ceil_div(rows, gemm_tile));
    const index_t batch = blockIdx.x / tiles_across / tiles_down;
    const index_t first_row = index_t(blockIdx.x / tiles_across % tiles_down) * gemm_tile;
    const index_t first_column = index_t(blockIdx.x % tiles_across) * gemm_tile;
    const int x = threadIdx.x;
    const int y = threadIdx.y;
    const int thread = y * gemm_threads + x;

    A sum[4][4] = {};
    for (index_t first_k = 0; first_k < depth; first_k += gemm_depth) {
        for (int i = thread; i < gemm_tile * gemm_depth; i += gemm_threads * gemm_threads) {
            // A's tile is read along k, B's along its columns: the directions in which row-major matrices are dense.
            const index_t row = first_row + i / gemm_depth;
            const index_t k_a = first_k + i % gemm_depth;
            tile_a[i % gemm_depth][i / gemm_depth] = row < rows && k_a < depth ? a(batch, row, k_a) : A(0);
            const index_t column = first_column + i % gemm_tile;
            const index_t k_b = first_k + i / gemm_tile;
            tile_b[i / gemm_tile][i % gemm_tile] = column < columns && k_b < depth ? b(batch, k_b, column) : A(0);
        }
        __syncthreads();
#pragma unroll
        for (int k = 0; k < gemm_depth; ++k) {
            A of_a[4];
            A of_b[4];
            for (int i = 0; i < 4; ++i) {
                of_a[i] = tile_a[k][y + i * gemm_threads];
                of_b[i] = tile_b[k][x + i * gemm_threads];
            }
            for (int i = 0; i < 4; ++i) {
                for (int j = 0; j < 4; ++j) {
                    sum[i][j] += of_a[i] * of_b[j];
                }
            }
        }
        __syncthreads();
    }
    for (int i = 0; i < 4; ++i) {
        for (int j = 0; j < 4; ++j) {
            const index_t row = first_row + y + i * gemm_threads;
            const index_t column = first_column + x + j * gemm_threads;
            if (row < rows && column < columns) {
                c(batch, row, column, sum[i][j]);
            }
        }
    }
}

template <class A, class LoadA, class LoadB, class StoreC>
void gemm(index_t batch, index_t rows, index_t columns, index_t depth, LoadA a, LoadB b, StoreC c) {
    const index_t tiles = ceil_div(rows, gemm_tile) * ceil_div(columns, gemm_tile);
    gemm_kernel<A><<<grid(batch * tiles), dim3(gemm_threads, gemm_threads)>>>(rows, columns, depth, a, b, c);
}

} // namespace ops
