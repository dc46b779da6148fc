// Poolings over the spatial dimensions of [batch, channels, height, width].
#pragma once

#include "ops/divisor.cuh"
#include "ops/reduce.cuh"
#include "ops/window.cuh"

namespace ops {

/// A thread for each output; planes of height x width lie one behind the other.
template <class T>
__global__ void max_pool2d_kernel(const T* x, T* y, index_t total, int height, int width, Divisor positions,
                                  Divisor width_out, Window window) {
    using A = accumulator_t<T>;
    const index_t i = index_t(blockIdx.x) * blockDim.x + threadIdx.x;
    if (i >= total) {
        return;
    }
    const index_t position = positions.remainder(i);
    const int first_row = static_cast<int>(width_out.quotient(position)) * window.stride - window.padding;
    const int first_column = static_cast<int>(width_out.remainder(position)) * window.stride - window.padding;
    const T* const plane = x + positions.quotient(i) * height * width;
    A largest = Max::identity<A>();
    for (int row = first_row; row < first_row + window.kernel; ++row) {
        for (int column = first_column; column < first_column + window.kernel; ++column) {
            if (row >= 0 && row < height && column >= 0 && column < width) {
                largest = Max::combine(largest, static_cast<A>(plane[index_t(row) * width + column]));
            }
        }
    }
    y[i] = static_cast<T>(largest);
}

/// The largest element under each window; padding counts as -infinity.
template <class T> Tensor<T> max_pool2d(const Tensor<T>& x, Window window, identity_t<Tensor<T>> out = {}) {
    const index_t height_out = window.positions(x[2]);
    const index_t width_out = window.positions(x[3]);
    const Tensor<T> y = result(Shape(x[0], x[1], height_out, width_out), out);
    const index_t total = y.size();
    max_pool2d_kernel<<<grid(ceil_div(total, 256)), 256>>>(x.data, y.data, total, int(x[2]), int(x[3]),
                                                           Divisor(height_out * width_out), Divisor(width_out), window);
    return y;
}

} // namespace ops
