// Operators that move elements and compute nothing.
#pragma once

#include "ops/strided.cuh"

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

/// How far apart the elements of a dense tensor lie in each dimension.
inline Shape dense_strides(const Shape& shape) {
    Shape strides = shape;
    index_t stride = 1;
    for (int i = shape.rank - 1; i >= 0; --i) {
        strides.set(i, stride);
        stride *= shape[i];
    }
    return strides;
}

/// A copy of the elements `from`, with `strides`, to a dense tensor.
template <class T> Tensor<T> gather(const T* from, const Shape& strides, const Shape& extents, Out<T> out) {
    const Tensor<T> y = result(extents, out);
    copy_strided(from, strides, y.data, dense_strides(extents), extents);
    return y;
}

/// Dimension i of the result is dimension order[i] of x; `order` has as many extents as x has dimensions.
template <class T> Tensor<T> permute(const Tensor<T>& x, const Shape& order, out_t<T> out = {}) {
    const Shape strides = dense_strides(x.shape);
    Shape extents = x.shape;
    Shape of_result = strides;
    for (int i = 0; i < x.rank(); ++i) {
        extents.set(i, x[static_cast<int>(order[i])]);
        of_result.set(i, strides[static_cast<int>(order[i])]);
    }
    return gather<T>(x.data, of_result, extents, out);
}

/// `count` elements of one dimension from `first` on, each `step` behind the one before it.
template <class T>
Tensor<T> slice(const Tensor<T>& x, int dimension, index_t first, index_t count, index_t step = 1, out_t<T> out = {}) {
    const int at = dimension < 0 ? dimension + x.rank() : dimension;
    Shape strides = dense_strides(x.shape);
    Shape extents = x.shape;
    const T* const from = x.data + first * strides[at];
    extents.set(at, count);
    strides.set(at, strides[at] * step);
    return gather<T>(from, strides, extents, out);
}

/// One dimension from its end to its beginning.
template <class T> Tensor<T> flip(const Tensor<T>& x, int dimension, out_t<T> out = {}) {
    const int at = dimension < 0 ? dimension + x.rank() : dimension;
    return slice(x, at, x[at] - 1, x[at], -1, out);
}

/// Extents of 1 repeated, and dimensions added in front, until the shape is `to`.
template <class T> Tensor<T> expand(const Tensor<T>& x, const Shape& to, out_t<T> out = {}) {
    const Shape dense = dense_strides(x.shape);
    Shape strides = to;
    for (int i = 0; i < to.rank; ++i) {
        const int of_x = i - (to.rank - x.rank());
        strides.set(i, of_x < 0 || x[of_x] == 1 ? 0 : dense[of_x]);
    }
    return gather<T>(x.data, strides, to, out);
}

/// One behind the other in one dimension; the other extents are the same.
template <class T, class... More>
Tensor<T> concatenate(int dimension, Out<T> out, const Tensor<T>& first, const More&... more) {
    const int at = dimension < 0 ? dimension + first.rank() : dimension;
    Shape extents = first.shape;
    (extents.set(at, extents[at] + more[at]), ...);
    const Tensor<T> y = result(extents, out);
    const Shape strides = dense_strides(extents);
    index_t begin = 0;
    const auto place = [&](const Tensor<T>& x) {
        copy_strided(x.data, dense_strides(x.shape), y.data + begin * strides[at], strides, x.shape);
        begin += x[at];
    };
    place(first);
    (place(more), ...);
    return y;
}

/// What is beyond the border of an image.
enum class Border {
    Constant,  ///< a number
    Reflect,   ///< the image mirrored at its outermost elements, which are not repeated: dcb|abcd|cba
    Replicate, ///< the outermost element: aaa|abcd|ddd
};

struct Padding {
    Each before = 0, after = 0; ///< elements in each of the last `dimensions` dimensions; below 0: cut off
    int dimensions = 2;
    Border border = Border::Constant;
    double value = 0;
};

template <class T>
__global__ void pad_kernel(const T* x, T* y, index_t total, Divisor depth, Divisor height, Divisor width, Each before,
                           Each extents, Border border, T value) {
    const index_t i = index_t(blockIdx.x) * blockDim.x + threadIdx.x;
    if (i >= total) {
        return;
    }
    const index_t line = width.quotient(i);
    const index_t plane = height.quotient(line);
    const int at[3] = {static_cast<int>(depth.remainder(plane)), static_cast<int>(height.remainder(line)),
                       static_cast<int>(width.remainder(i))};
    index_t from = depth.quotient(plane);
    bool inside = true;
#pragma unroll
    for (int d = 0; d < 3; ++d) {
        const int last = extents[d] - 1;
        int index = at[d] - before[d];
        if (border == Border::Reflect) {
            index = index < 0 ? -index : index > last ? 2 * last - index : index;
        } else if (border == Border::Replicate) {
            index = index < 0 ? 0 : index > last ? last : index;
        }
        inside = inside && index >= 0 && index <= last;
        from = from * extents[d] + index;
    }
    y[i] = inside ? x[from] : value;
}

/// x with a border around its last dimensions, at most three; a reflected border is narrower than the image.
template <class T> Tensor<T> pad(const Tensor<T>& x, const Padding& options, out_t<T> out = {}) {
    Shape shape = x.shape;
    Each before = 0;
    Each extents = 1;
    Divisor of_result[3] = {Divisor(1), Divisor(1), Divisor(1)};
#pragma unroll
    for (int at = 0; at < 3; ++at) {
        const int d = at - (3 - options.dimensions);
        const int of_x = at - (3 - x.rank());
        if (d >= 0) {
            shape.set(of_x, shape[of_x] + options.before[d] + options.after[d]);
            before.of[at] = options.before[d];
            extents.of[at] = static_cast<int>(x[of_x]);
            of_result[at] = Divisor(shape[of_x]);
        }
    }
    const Tensor<T> y = result(shape, out);
    const index_t total = y.size();
    const T value = static_cast<T>(static_cast<accumulator_t<T>>(options.value));
    pad_kernel<<<grid(ceil_div(total, 256)), 256>>>(x.data, y.data, total, of_result[0], of_result[1], of_result[2],
                                                    before, extents, options.border, value);
    return y;
}

} // namespace ops
