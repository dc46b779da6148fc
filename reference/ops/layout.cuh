// Operators that move elements and compute nothing.
#pragma once

#include "ops/tensor.cuh"

namespace ops {

/// Through a shared tile, so that both loads and stores are coalesced; its odd width keeps columns in different banks.
template <class T> __global__ void transpose_kernel(const T* x, T* y, index_t rows, index_t columns) {
    __shared__ T tile[32][33];
    const unsigned tiles = static_cast<unsigned>(ceil_div(columns, 32));
    const index_t first_row = index_t(blockIdx.x / tiles) * 32;
    const index_t first_column = index_t(blockIdx.x % tiles) * 32;
    for (int i = threadIdx.y; i < 32; i += 8) {
        const index_t row = first_row + i;
        const index_t column = first_column + threadIdx.x;
        if (row < rows && column < columns) {
            tile[i][threadIdx.x] = x[row * columns + column];
        }
    }
    __syncthreads();
    for (int i = threadIdx.y; i < 32; i += 8) {
        const index_t row = first_row + threadIdx.x;
        const index_t column = first_column + i;
        if (row < rows && column < columns) {
            y[column * rows + row] = tile[threadIdx.x][i];
        }
    }
}

/// y[c, r] = x[r, c]
template <class T> Tensor<T> transpose(const Tensor<T>& x, out_t<T> out = {}) {
    const index_t rows = x[0];
    const index_t columns = x[1];
    const Tensor<T> y = result(Shape(columns, rows), out);
    const index_t tiles = ceil_div(rows, 32) * ceil_div(columns, 32);
    transpose_kernel<<<grid(tiles), dim3(32, 8)>>>(x.data, y.data, rows, columns);
    return y;
}

} // namespace ops
