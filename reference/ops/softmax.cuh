// Softmax over the last dimension.
#pragma once

#include "ops/reduce.cuh"

namespace ops {

template <class T>
__global__ void __launch_bounds__(max_row_threads) softmax_kernel(const T* x, T* y, index_t columns) {
    using A = accumulator_t<T>;
    const T* const from = x + blockIdx.x * columns;
    T* const to = y + blockIdx.x * columns;
    A largest = Max::identity<A>();
    for (index_t i = threadIdx.x; i < columns; i += blockDim.x) {
        largest = Max::combine(largest, static_cast<A>(from[i]));
    }
    largest = block_reduce<Max>(largest);
    A sum = 0;
    for (index_t i = threadIdx.x; i < columns; i += blockDim.x) {
        sum += exp(static_cast<A>(from[i]) - largest);
    }
    sum = block_reduce<Sum>(sum);
    for (index_t i = threadIdx.x; i < columns; i += blockDim.x) {
        to[i] = static_cast<T>(exp(static_cast<A>(from[i]) - largest) / sum);
    }
}

/// y[r, c] = exp(x[r, c] - max_r) / sum_c exp(x[r, c] - max_r); a block for each row.
template <class T> Tensor<T> softmax(const Tensor<T>& x, identity_t<Tensor<T>> out = {}) {
    const Tensor<T> y = result(x.shape, out);
    const index_t columns = x[x.shape.rank - 1];
    softmax_kernel<<<grid(x.size() / columns), row_threads(columns)>>>(x.data, y.data, columns);
    return y;
}

} // namespace ops
