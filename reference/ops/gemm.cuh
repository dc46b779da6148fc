// The matrix product that matmul, convolution and their kin share: C = A B, for a batch of matrices.
//
// A block computes a 64 x 64 tile of C. In steps of 16 along k it copies a 64 x 16 tile of A and a 16 x 64 tile of B to
// shared memory; each of its 16 x 16 threads adds up 4 x 4 elements of C in registers. A thread's elements lie 16
// apart, so that neighbouring threads read neighbouring words of shared memory and write neighbouring elements of C.
// Where C has few rows or columns, other tiles leave less of a block idle: 2 x 8 elements a thread make one of 32 x
// 128.
//
// Where an element of A and B comes from and where one of C goes is up to three functors: that is all that a layout, a
// convolution or a bias changes. A loader is called with the batch, with a row of A or a column of B, and with k; it
// says along which of the two its elements are dense in memory (`along_k`), and neighbouring threads load along that.
#pragma once

#include "ops/tensor.cuh"

namespace ops {

/// Elements of a batch of dense matrices, as the type that products are added up in. One matrix for the whole batch has
/// the batch stride 0.
template <class T, bool dense_along_k> struct LoadMatrix {
    static constexpr bool along_k = dense_along_k;
    const T* data;
    index_t batch_stride, stride; ///< `stride`: from one row to the next in memory
    accumulator_t<T> operator()(index_t batch, index_t index, index_t k) const {
        const index_t at = along_k ? index * stride + k : k * stride + index;
        return static_cast<accumulator_t<T>>(data[batch * batch_stride + at]);
    }
};

template <class T> struct StoreMatrix {
    T* data;
    index_t batch_stride, stride;
    template <class A> void operator()(index_t batch, index_t row, index_t column, A value) const {
        data[batch * batch_stride + row * stride + column] = static_cast<T>(value);
    }
};

constexpr int gemm_tile = 64;
constexpr int gemm_depth = 16;
constexpr int gemm_threads = 16; ///< in each direction

/// Which k contribute to a tile of C; of a product of triangular matrices not all do.
struct AllK {
    index_t depth;
    index_t begin(index_t, index_t) const { return 0; }
    index_t end(index_t, index_t) const { return depth; }
};

/// Copies extent x gemm_depth elements to shared memory, with zeros beyond the matrix. The odd width keeps transposing
/// stores in different banks.
template <int extent, class A, class Load>
void load_tile(A (&tile)[gemm_depth][extent + 1], Load load, index_t batch, index_t first, index_t count,
               index_t first_k, index_t end_k) {
    constexpr int threads = gemm_threads * gemm_threads;
    const int thread = threadIdx.y * gemm_threads + threadIdx.x;
#pragma unroll
    for (int step = 0; step < extent * gemm_depth / threads; ++step) {
        const int i = thread + step * threads;
        const int of_tile = Load::along_k ? i / gemm_depth : i % extent;
        const int of_depth = Load::along_k ? i % gemm_depth : i / extent;
        const index_t index = first + of_tile;
        const index_t k = first_k + of_depth;
        tile[of_depth][of_tile] = index < count && k < end_k ? load(batch, index, k) : A(0);
    }
}

/// a(batch, row, k) and b(batch, column, k) give elements as type A; c(batch, row, column, value) stores one. A thread
/// computes `down` x `across` elements.
template <int down, int across, class A, class Range, class LoadA, class LoadB, class StoreC>
__global__ void __launch_bounds__(gemm_threads* gemm_threads)
    gemm_kernel(index_t rows, index_t columns, Range range, LoadA a, LoadB b, StoreC c) {
    constexpr int height = down * gemm_threads;
    constexpr int width = across * gemm_threads;
    __shared__ A tile_a[gemm_depth][height + 1];
    __shared__ A tile_b[gemm_depth][width + 1];
    const unsigned tiles_across = static_cast<unsigned>(ceil_div(columns, width));
    const unsigned tiles_down = static_cast<unsigned>(ceil_div(rows, height));
    const index_t batch = blockIdx.x / tiles_across / tiles_down;
    const index_t first_row = index_t(blockIdx.x / tiles_across % tiles_down) * height;
    const index_t first_column = index_t(blockIdx.x % tiles_across) * width;
    const int x = threadIdx.x;
    const int y = threadIdx.y;

    A sum[down][across] = {};
    const index_t end = range.end(first_row, first_column);
    for (index_t first_k = range.begin(first_row, first_column); first_k < end; first_k += gemm_depth) {
        load_tile<height>(tile_a, a, batch, first_row, rows, first_k, end);
        load_tile<width>(tile_b, b, batch, first_column, columns, first_k, end);
        __syncthreads();
#pragma unroll
        for (int k = 0; k < gemm_depth; ++k) {
            A of_a[down];
            A of_b[across];
            for (int i = 0; i < down; ++i) {
                of_a[i] = tile_a[k][y + i * gemm_threads];
            }
            for (int j = 0; j < across; ++j) {
                of_b[j] = tile_b[k][x + j * gemm_threads];
            }
            for (int i = 0; i < down; ++i) {
                for (int j = 0; j < across; ++j) {
                    sum[i][j] += of_a[i] * of_b[j];
                }
            }
        }
        __syncthreads();
    }
    for (int i = 0; i < down; ++i) {
        for (int j = 0; j < across; ++j) {
            const index_t row = first_row + y + i * gemm_threads;
            const index_t column = first_column + x + j * gemm_threads;
            if (row < rows && column < columns) {
                c(batch, row, column, sum[i][j]);
            }
        }
    }
}

template <class A, int down = 4, int across = 4, class Range, class LoadA, class LoadB, class StoreC>
void gemm(index_t batch, index_t rows, index_t columns, Range range, LoadA a, LoadB b, StoreC c) {
    const index_t tiles = ceil_div(rows, down * gemm_threads) * ceil_div(columns, across * gemm_threads);
    gemm_kernel<down, across, A>
        <<<grid(batch * tiles), dim3(gemm_threads, gemm_threads)>>>(rows, columns, range, a, b, c);
}

} // namespace ops
