// Poolings over one to three spatial dimensions of [batch, channels, extents...]: a thread for each output, so that
// neighbours read neighbouring windows, whose overlap the cache keeps.
#pragma once

#include "ops/reduce.cuh"
#include "ops/window.cuh"

namespace ops {

struct Pooling {
    Each kernel = 1;
    Each stride = 0; ///< 0: the kernel's extent
    Each padding = 0, dilation = 1;
    bool ceil = false;         ///< whether a last window may stand out over the end
    bool count_padding = true; ///< whether zeros of the padding count in an average
};

/// The part of one dimension that an output sees: [first, first + dilation, ...) below last.
struct Span {
    int first, last;
    int with_padding; ///< elements, those of the padding included
};

struct Sliding {
    Window window;
    Span operator()(int position, int extent) const {
        const int first = position * window.stride - window.padding;
        int last = first + window.kernel * window.dilation;
        last = last < extent + window.padding ? last : extent + window.padding;
        return {first, last < extent ? last : extent, last - first};
    }
    int step() const { return window.dilation; }
};

/// Windows that cover the extent evenly, from floor(i extent / positions) to ceil((i + 1) extent / positions).
struct Adaptive {
    int positions;
    Span operator()(int position, int extent) const {
        const int first = static_cast<int>(index_t(position) * extent / positions);
        const int last = static_cast<int>(ceil_div(index_t(position + 1) * extent, positions));
        return {first, last, last - first};
    }
    int step() const { return 1; }
};

template <class Spans> struct PooledDimension {
    int extent = 1;
    Divisor positions;
    Spans spans = {};
};

/// finish(state, elements, elements with those of the padding). Fewer dimensions than three are those of extent 1.
template <class Op, class Spans, class G, class T>
__global__ void pool_kernel(G finish, const T* x, T* y, index_t total, PooledDimension<Spans> depth,
                            PooledDimension<Spans> height, PooledDimension<Spans> width) {
    using A = accumulator_t<T>;
    index_t i = index_t(blockIdx.x) * blockDim.x + threadIdx.x;
    if (i >= total) {
        return;
    }
    T* const to = y + i;
    const Span columns = width.spans(static_cast<int>(width.positions.remainder(i)), width.extent);
    i = width.positions.quotient(i);
    const Span rows = height.spans(static_cast<int>(height.positions.remainder(i)), height.extent);
    i = height.positions.quotient(i);
    const Span planes = depth.spans(static_cast<int>(depth.positions.remainder(i)), depth.extent);
    const T* const from = x + depth.positions.quotient(i) * depth.extent * height.extent * width.extent;
    A state = Op::template identity<A>();
    int count = 0;
    for (int plane = planes.first; plane < planes.last; plane += depth.spans.step()) {
        for (int row = rows.first; row < rows.last; row += height.spans.step()) {
            for (int column = columns.first; column < columns.last; column += width.spans.step()) {
                if (plane >= 0 && row >= 0 && column >= 0) {
                    const index_t at = (index_t(plane) * height.extent + row) * width.extent + column;
                    state = Op::combine(state, static_cast<A>(from[at]));
                    ++count;
                }
            }
        }
    }
    *to = static_cast<T>(finish(state, count, planes.with_padding * rows.with_padding * columns.with_padding));
}

template <class Op, class Spans, class G, class T>
Tensor<T> pool(G finish, const Tensor<T>& x, const PooledDimension<Spans>* dimensions, Out<T> out) {
    Shape shape(x[0], x[1]);
    for (int d = 5 - x.rank(); d < 3; ++d) {
        shape.append(dimensions[d].positions.value());
    }
    const Tensor<T> y = result(shape, out);
    const index_t total = y.size();
    pool_kernel<Op><<<grid(ceil_div(total, 256)), 256>>>(finish, x.data, y.data, total, dimensions[0], dimensions[1],
                                                         dimensions[2]);
    return y;
}

template <class Op, class G, class T>
Tensor<T> pool_windows(G finish, const Tensor<T>& x, const Pooling& options, Out<T> out) {
    PooledDimension<Sliding> dimensions[3];
    const int spatial = x.rank() - 2;
    for (int d = 0; d < spatial; ++d) {
        const int stride = options.stride[d] == 0 ? options.kernel[d] : options.stride[d];
        const Window window{options.kernel[d], stride, options.padding[d], options.dilation[d]};
        dimensions[3 - spatial + d] = {static_cast<int>(x[2 + d]), Divisor(window.positions(x[2 + d], options.ceil)),
                                       Sliding{window}};
    }
    return pool<Op>(finish, x, dimensions, out);
}

/// The largest element under each window; padding counts as -infinity.
template <class T> Tensor<T> max_pool(const Tensor<T>& x, const Pooling& options, out_t<T> out = {}) {
    using A = accumulator_t<T>;
    return pool_windows<Max>([](A largest, int, int) { return largest; }, x, options, out);
}

/// The mean of the elements under each window; padding counts as zeros, or not at all (`count_padding`).
template <class T> Tensor<T> avg_pool(const Tensor<T>& x, const Pooling& options, out_t<T> out = {}) {
    using A = accumulator_t<T>;
    const bool count_padding = options.count_padding;
    return pool_windows<Sum>([=](A sum, int own, int all) { return sum / static_cast<A>(count_padding ? all : own); },
                             x, options, out);
}

/// The mean over windows that cover each spatial dimension evenly, `positions` of them.
template <class T> Tensor<T> adaptive_avg_pool(const Tensor<T>& x, Each positions, out_t<T> out = {}) {
    using A = accumulator_t<T>;
    PooledDimension<Adaptive> dimensions[3] = {{1, Divisor(1), {1}}, {1, Divisor(1), {1}}, {1, Divisor(1), {1}}};
    const int spatial = x.rank() - 2;
    for (int d = 0; d < spatial; ++d) {
        dimensions[3 - spatial + d] = {static_cast<int>(x[2 + d]), Divisor(positions[d]), Adaptive{positions[d]}};
    }
    return pool<Sum>([](A sum, int count, int) { return sum / static_cast<A>(count); }, x, dimensions, out);
}

/// The mean over all spatial dimensions, which stay with the extent 1.
template <class T> Tensor<T> global_avg_pool(const Tensor<T>& x, out_t<T> out = {}) {
    Tensor<T> y = mean(x, Dimensions(2, -1), out);
    while (y.rank() < x.rank()) {
        y.shape.append(1);
    }
    return y;
}

} // namespace ops
