// Normalisations.
#pragma once

#include "ops/reduce.cuh"

namespace ops {

/// Two passes for mean and variance: the difference of E[x^2] and E[x]^2 would cancel.
template <class T>
__global__ void __launch_bounds__(max_row_threads)
    layer_norm_kernel(const T* x, const T* weight, const T* bias, T* y, index_t columns, accumulator_t<T> eps) {
    using A = accumulator_t<T>;
    const T* const from = x + blockIdx.x * columns;
    T* const to = y + blockIdx.x * columns;
    A sum = 0;
    for (index_t i = threadIdx.x; i < columns; i += blockDim.x) {
        sum += static_cast<A>(from[i]);
    }
    const A mean = block_reduce<Sum>(sum) / static_cast<A>(columns);
    A squares = 0;
    for (index_t i = threadIdx.x; i < columns; i += blockDim.x) {
        const A difference = static_cast<A>(from[i]) - mean;
        squares += difference * difference;
    }
    const A variance = block_reduce<Sum>(squares) / static_cast<A>(columns);
    const A scale = A(1) / sqrt(variance + eps);
    for (index_t i = threadIdx.x; i < columns; i += blockDim.x) {
        const A normal = (static_cast<A>(from[i]) - mean) * scale;
        to[i] = static_cast<T>(normal * static_cast<A>(weight[i]) + static_cast<A>(bias[i]));
    }
}

/// y = (x - mean) / sqrt(variance + eps) * weight + bias, with the mean and the biased variance (divided by the count)
/// over the last dimension; a block for each row.
template <class T>
Tensor<T> layer_norm(const Tensor<T>& x, const Tensor<T>& weight, const Tensor<T>& bias, accumulator_t<T> eps,
                     identity_t<Tensor<T>> out = {}) {
    const Tensor<T> y = result(x.shape, out);
    const index_t columns = x[x.shape.rank - 1];
    layer_norm_kernel<<<grid(x.size() / columns), row_threads(columns)>>>(x.data, weight.data, bias.data, y.data,
                                                                          columns, eps);
    return y;
}

} // namespace ops
