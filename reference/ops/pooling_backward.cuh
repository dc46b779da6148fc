// The gradient of max pooling: each output's gradient goes to the element that was the largest under its window, to the
// first in row-major order if there are several, as in PyTorch.
//
// Windows may overlap, so an element may get several. It collects them itself, from all windows that it is under: no
// atomic operations, and the same result each time.
#pragma once

#include "ops/pooling.cuh"

namespace ops {

struct PooledPlane {
    PooledDimension<Sliding> depth, height, width;
};

/// Which element of its plane each output is.
template <class T>
__global__ void max_pool_indices_kernel(const T* x, index_t* indices, index_t total, PooledPlane plane) {
    using A = accumulator_t<T>;
    index_t i = index_t(blockIdx.x) * blockDim.x + threadIdx.x;
    if (i >= total) {
        return;
    }
    index_t* const to = indices + i;
    const Span columns = plane.width.spans(static_cast<int>(plane.width.positions.remainder(i)), plane.width.extent);
    i = plane.width.positions.quotient(i);
    const Span rows = plane.height.spans(static_cast<int>(plane.height.positions.remainder(i)), plane.height.extent);
    i = plane.height.positions.quotient(i);
    const Span planes = plane.depth.spans(static_cast<int>(plane.depth.positions.remainder(i)), plane.depth.extent);
    const T* const from =
        x + plane.depth.positions.quotient(i) * plane.depth.extent * plane.height.extent * plane.width.extent;
    A largest = -infinity<A>();
    index_t found = -1;
    for (int z = planes.first; z < planes.last; z += plane.depth.spans.step()) {
        for (int y = rows.first; y < rows.last; y += plane.height.spans.step()) {
            for (int column = columns.first; column < columns.last; column += plane.width.spans.step()) {
                if (z < 0 || y < 0 || column < 0) {
                    continue;
                }
                const index_t at = (index_t(z) * plane.height.extent + y) * plane.width.extent + column;
                const A value = static_cast<A>(from[at]);
                if (found < 0 || value > largest) {
                    largest = value;
                    found = at;
                }
            }
        }
    }
    *to = found;
}

/// The windows of one dimension that hold an element: window (element + padding - tap * dilation) / stride, if that is
/// whole, for some taps.
struct Covering {
    Window window;
    int positions;
    /// The window in which the element is tap `tap`, or -1.
    int of(int element, int tap) const {
        const int from = element + window.padding - tap * window.dilation;
        return from >= 0 && from % window.stride == 0 && from / window.stride < positions ? from / window.stride : -1;
    }
};

template <class T>
__global__ void max_pool_backward_kernel(const T* dy, const index_t* indices, T* dx, index_t total, Divisor depth,
                                         Divisor height, Divisor width, Covering planes, Covering rows,
                                         Covering columns) {
    using A = accumulator_t<T>;
    const index_t i = index_t(blockIdx.x) * blockDim.x + threadIdx.x;
    if (i >= total) {
        return;
    }
    const int column = static_cast<int>(width.remainder(i));
    const index_t line = width.quotient(i);
    const int row = static_cast<int>(height.remainder(line));
    const int plane = static_cast<int>(depth.remainder(height.quotient(line)));
    const index_t channel = depth.quotient(height.quotient(line));
    const index_t own = (plane * height.value() + row) * width.value() + column;
    A sum = 0;
    for (int a = 0; a < planes.window.kernel; ++a) {
        const int z = planes.of(plane, a);
        for (int b = 0; b < rows.window.kernel && z >= 0; ++b) {
            const int y = rows.of(row, b);
            for (int c = 0; c < columns.window.kernel && y >= 0; ++c) {
                const int x = columns.of(column, c);
                const index_t at = ((channel * planes.positions + z) * rows.positions + y) * columns.positions + x;
                if (x >= 0 && indices[at] == own) {
                    sum += static_cast<A>(dy[at]);
                }
            }
        }
    }
    dx[i] = static_cast<T>(sum);
}

/// Of max_pool(x, options), from dy, the gradient with respect to the result.
template <class T>
Tensor<T> max_pool_backward(const Tensor<T>& dy, const Tensor<T>& x, const Pooling& options, out_t<T> out = {}) {
    PooledDimension<Sliding> dimensions[3];
    Covering covering[3] = {{{}, 1}, {{}, 1}, {{}, 1}};
    const int spatial = x.rank() - 2;
    for (int d = 0; d < spatial; ++d) {
        const int stride = options.stride[d] == 0 ? options.kernel[d] : options.stride[d];
        const Window window{options.kernel[d], stride, options.padding[d], options.dilation[d]};
        const int at = 3 - spatial + d;
        dimensions[at] = {static_cast<int>(x[2 + d]), Divisor(dy[2 + d]), Sliding{window}};
        covering[at] = {window, static_cast<int>(dy[2 + d])};
    }
    const Tensor<index_t> indices = result<index_t>(dy.shape, {});
    const index_t outputs = dy.size();
    max_pool_indices_kernel<<<grid(ceil_div(outputs, 256)), 256>>>(
        x.data, indices.data, outputs, PooledPlane{dimensions[0], dimensions[1], dimensions[2]});
    const Tensor<T> dx = result(x.shape, out);
    const index_t total = dx.size();
    max_pool_backward_kernel<<<grid(ceil_div(total, 256)), 256>>>(
        dy.data, indices.data, dx.data, total, Divisor(dimensions[0].extent), Divisor(dimensions[1].extent),
        Divisor(dimensions[2].extent), covering[0], covering[1], covering[2]);
    return dx;
}

} // namespace ops
