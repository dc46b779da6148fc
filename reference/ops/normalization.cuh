// Normalisations.
//
// Those that subtract a mean differ only in which elements share one. With x seen as [outer, middle, inner], elements
// of one index in the middle do: images, channels, positions for a batch norm; 1, rows, columns for the others. Three
// steps: mean and sum of squared differences of parts of a group, a block for each; those of the whole groups from
// those of the parts (Chan, Golub, LeVeque, Updating formulae and a pairwise algorithm, 1979); and one pass that
// normalises. A row that one block can keep up with takes one kernel.
//
// Everywhere two passes for mean and variance: the difference of E[x^2] and E[x]^2 would cancel.
#pragma once

#include "ops/divisor.cuh"
#include "ops/elementwise.cuh"
#include "ops/reduce.cuh"

namespace ops {

/// Which weight and bias belong to an element, the `i`th of group `group`.
struct AffineOfGroup { // batch norm: one for each group
    index_t operator()(index_t group, index_t) const { return group; }
};
struct AffineOfElement { // layer norm: one for each element of a row
    index_t operator()(index_t, index_t i) const { return i; }
};
struct AffineOfChannel { // group norm: a row is some channels of an image
    Divisor groups;      ///< rows of an image
    index_t channels;    ///< of a row
    Divisor positions;
    index_t operator()(index_t row, index_t i) const {
        return groups.remainder(row) * channels + positions.quotient(i);
    }
};

/// The last step for one element, with a weight and a bias, a weight alone, or neither.
template <class T, class Affine> struct Normalize {
    const T* weight;
    const T* bias;
    Affine affine;
    template <class A> T operator()(A value, A mean, A scale, index_t group, index_t i) const {
        const A normal = (value - mean) * scale;
        if (weight == nullptr) {
            return static_cast<T>(normal);
        }
        const index_t at = affine(group, i);
        const A added = bias == nullptr ? A(0) : static_cast<A>(bias[at]);
        return static_cast<T>(normal * static_cast<A>(weight[at]) + added);
    }
};

/// The elements of group m, of [outer, middle, inner]: element i is at (i / inner * middle + m) * inner + i % inner.
struct Grouping {
    index_t middle, elements; ///< elements of a group: outer * inner
    Divisor inner;
    index_t at(index_t group, index_t i) const {
        const index_t outer = inner.quotient(i);
        return (outer * middle + group) * inner.value() + (i - outer * inner.value());
    }
};

template <class A> struct Moments {
    A mean, squares; ///< squares: the sum of squared differences from the mean
};

/// Moments of the elements of(0), ..., of(count - 1), for all threads of a block. If they are not `centered`, as for
/// an RMS norm, 0 stands for the mean.
template <bool centered, class A, class Load> Moments<A> block_moments(Load of, index_t count) {
    A mean = 0;
    if constexpr (centered) {
        A sum = 0;
        for (index_t i = threadIdx.x; i < count; i += blockDim.x) {
            sum += of(i);
        }
        mean = block_reduce<Sum>(sum) / static_cast<A>(count);
    }
    A squares = 0;
    for (index_t i = threadIdx.x; i < count; i += blockDim.x) {
        const A difference = of(i) - mean;
        squares += difference * difference;
    }
    return {mean, block_reduce<Sum>(squares)};
}

/// Moments of a part of a row or channel: a block for each of middle * parts.
template <bool centered, class T>
__global__ void __launch_bounds__(max_row_threads)
    moments_kernel(const T* x, Moments<accumulator_t<T>>* moments, Grouping grouping, index_t part) {
    using A = accumulator_t<T>;
    const unsigned parts = static_cast<unsigned>(ceil_div(grouping.elements, part));
    const index_t group = blockIdx.x / parts;
    const index_t first = blockIdx.x % parts * part;
    const index_t last = first + part < grouping.elements ? first + part : grouping.elements;
    const auto of = [&](index_t i) { return static_cast<A>(x[grouping.at(group, first + i)]); };
    const Moments<A> own = block_moments<centered, A>(of, last - first);
    if (threadIdx.x == 0) {
        moments[blockIdx.x] = own;
    }
}

/// The same for groups that are columns of [outer, middle], a block for 32 of them, so that loads are coalesced.
template <class T>
__global__ void column_moments_kernel(const T* x, Moments<accumulator_t<T>>* moments, index_t rows, index_t columns) {
    using A = accumulator_t<T>;
    __shared__ A of_warp[8][32];
    const index_t column = index_t(blockIdx.x) * 32 + threadIdx.x;
    const auto over_warps = [&](A value) {
        __syncthreads();
        of_warp[threadIdx.y][threadIdx.x] = value;
        __syncthreads();
        A sum = 0;
        for (int warp = 0; warp < 8; ++warp) {
            sum += of_warp[warp][threadIdx.x];
        }
        return sum;
    };
    A sum = 0;
    for (index_t row = threadIdx.y; row < rows && column < columns; row += 8) {
        sum += static_cast<A>(x[row * columns + column]);
    }
    const A mean = over_warps(sum) / static_cast<A>(rows);
    A squares = 0;
    for (index_t row = threadIdx.y; row < rows && column < columns; row += 8) {
        const A difference = static_cast<A>(x[row * columns + column]) - mean;
        squares += difference * difference;
    }
    squares = over_warps(squares);
    if (threadIdx.y == 0 && column < columns) {
        moments[column] = {mean, squares};
    }
}

/// Moments of whole groups from those of their parts, all but the last of `part` elements; a warp for each group.
template <class A>
__global__ void merge_moments_kernel(const Moments<A>* of_parts, Moments<A>* merged, index_t elements, index_t part) {
    const index_t parts = ceil_div(elements, part);
    const Moments<A>* const own = of_parts + blockIdx.x * parts;
    const auto size = [&](index_t i) { return static_cast<A>(i < parts - 1 ? part : elements - i * part); };
    A sum = 0;
    for (index_t i = threadIdx.x; i < parts; i += blockDim.x) {
        sum += own[i].mean * size(i);
    }
    const A mean = block_reduce<Sum>(sum) / static_cast<A>(elements);
    A squares = 0;
    for (index_t i = threadIdx.x; i < parts; i += blockDim.x) {
        const A difference = own[i].mean - mean;
        squares += own[i].squares + size(i) * difference * difference;
    }
    squares = block_reduce<Sum>(squares);
    if (threadIdx.x == 0) {
        merged[blockIdx.x] = {mean, squares};
    }
}

template <class T, class N>
__global__ void normalize_kernel(N normalize, const T* x, T* y, const Moments<accumulator_t<T>>* moments,
                                 Grouping grouping, Divisor middle, index_t total, accumulator_t<T> eps) {
    using A = accumulator_t<T>;
    const index_t i = index_t(blockIdx.x) * blockDim.x + threadIdx.x;
    if (i >= total) {
        return;
    }
    const index_t row = grouping.inner.quotient(i);
    const index_t group = middle.remainder(row);
    const Moments<A> own = moments[group];
    const A scale = A(1) / ::sqrt(own.squares / static_cast<A>(grouping.elements) + eps);
    // Only a row norm asks which element of its group it is; its groups are dense.
    y[i] = normalize(static_cast<A>(x[i]), own.mean, scale, group, i - row * grouping.inner.value());
}

/// Rows that are short enough for one block each.
template <bool centered, class T, class N>
__global__ void __launch_bounds__(max_row_threads)
    normalize_rows_kernel(N normalize, const T* x, T* y, index_t columns, accumulator_t<T> eps) {
    using A = accumulator_t<T>;
    const T* const from = x + blockIdx.x * columns;
    T* const to = y + blockIdx.x * columns;
    const auto [mean, squares] =
        block_moments<centered, A>([&](index_t i) { return static_cast<A>(from[i]); }, columns);
    const A scale = A(1) / ::sqrt(squares / static_cast<A>(columns) + eps);
    for (index_t i = threadIdx.x; i < columns; i += blockDim.x) {
        to[i] = normalize(static_cast<A>(from[i]), mean, scale, blockIdx.x, i);
    }
}

constexpr index_t longest_row = 1 << 14; ///< that one block normalises

/// Moments [middle] of groups, several blocks for each.
template <bool centered, class T>
Tensor<Moments<accumulator_t<T>>> group_moments(const Tensor<T>& x, const Grouping& grouping) {
    using A = accumulator_t<T>;
    const index_t parts = ceil_div(grouping.elements, longest_row);
    const auto of_parts = result<Moments<A>>(Shape(grouping.middle, parts), {});
    const auto merged = result<Moments<A>>(Shape(grouping.middle), {});
    moments_kernel<centered>
        <<<grid(grouping.middle * parts), row_threads(longest_row)>>>(x.data, of_parts.data, grouping, longest_row);
    merge_moments_kernel<<<grid(grouping.middle), 32>>>(of_parts.data, merged.data, grouping.elements, longest_row);
    return merged;
}

template <bool centered = true, class T, class N>
Tensor<T> normalize_groups(N normalize, const Tensor<T>& x, index_t outer, index_t middle, index_t inner,
                           accumulator_t<T> eps, Out<T> out) {
    using A = accumulator_t<T>;
    const Tensor<T> y = result(x.shape, out);
    const Grouping grouping{middle, outer * inner, Divisor(inner)};
    if (outer == 1 && inner <= longest_row) {
        normalize_rows_kernel<centered><<<grid(middle), row_threads(inner)>>>(normalize, x.data, y.data, inner, eps);
        return y;
    }
    Tensor<Moments<A>> moments;
    if (inner == 1) {
        moments = result<Moments<A>>(Shape(middle), {});
        column_moments_kernel<<<grid(ceil_div(middle, 32)), dim3(32, 8)>>>(x.data, moments.data, outer, middle);
    } else {
        moments = group_moments<centered>(x, grouping);
    }
    const index_t total = x.size();
    normalize_kernel<<<grid(ceil_div(total, 256)), 256>>>(normalize, x.data, y.data, moments.data, grouping,
                                                          Divisor(middle), total, eps);
    return y;
}

// y = (x - mean) / sqrt(variance + eps) * weight + bias, with the mean and the biased variance (divided by the count)
// of the elements that are normalised together. Without weight and bias (`{}`), the first factor is all.

/// Each channel of [batch, channels, ...], over all images: with the batch's own statistics, as in training. Running
/// statistics are no part of the result.
template <class T>
Tensor<T> batch_norm(const Tensor<T>& x, const identity_t<Tensor<T>>& weight, const identity_t<Tensor<T>>& bias,
                     accumulator_t<T> eps, out_t<T> out = {}) {
    const Normalize<T, AffineOfGroup> normalize{weight.data, bias.data, {}};
    return normalize_groups<true, T>(normalize, x, x[0], x[1], x.shape.product(2, x.rank()), eps, out);
}

/// Each channel of each image.
template <class T> Tensor<T> instance_norm(const Tensor<T>& x, accumulator_t<T> eps, out_t<T> out = {}) {
    const Normalize<T, AffineOfGroup> normalize{nullptr, nullptr, {}};
    return normalize_groups<true, T>(normalize, x, 1, x[0] * x[1], x.shape.product(2, x.rank()), eps, out);
}

/// Each of `groups` groups of neighbouring channels of each image.
template <class T>
Tensor<T> group_norm(const Tensor<T>& x, index_t groups, const identity_t<Tensor<T>>& weight,
                     const identity_t<Tensor<T>>& bias, accumulator_t<T> eps, out_t<T> out = {}) {
    const index_t channels = x[1] / groups;
    const index_t positions = x.shape.product(2, x.rank());
    const Normalize<T, AffineOfChannel> normalize{
        weight.data, bias.data, {Divisor(groups), channels, Divisor(positions)}};
    return normalize_groups<true, T>(normalize, x, 1, x[0] * groups, channels * positions, eps, out);
}

/// The last dimensions together, as many as the weight has.
template <class T>
Tensor<T> layer_norm(const Tensor<T>& x, const Tensor<T>& weight, const Tensor<T>& bias, accumulator_t<T> eps,
                     out_t<T> out = {}) {
    const Normalize<T, AffineOfElement> normalize{weight.data, bias.data, {}};
    const index_t columns = weight.size();
    return normalize_groups<true, T>(normalize, x, 1, x.size() / columns, columns, eps, out);
}

/// A reduction over dimensions that stay with the extent 1, so that it can be broadcast.
inline Shape kept(const Shape& shape, Dimensions over) {
    Shape result = shape;
    over = over.of_rank(shape.rank);
    for (int i = over.first; i <= over.last; ++i) {
        result.set(i, 1);
    }
    return result;
}

/// x / sqrt(mean of x^2 + eps), the mean over some dimensions: Zhang and Sennrich, Root mean square layer
/// normalization, 2019
template <class T> Tensor<T> rms_norm(const Tensor<T>& x, Dimensions over, accumulator_t<T> eps, out_t<T> out = {}) {
    using A = accumulator_t<T>;
    const A n = count(x, over);
    const Tensor<T> rms = reduce<Sum>([](index_t, A v) { return v * v; },
                                      [=](A squares) { return ::sqrt(squares / n + eps); }, over, Out<T>(), x);
    return divide(x, rms.reshape(kept(x.shape, over)), out);
}

/// x / (mean of |x|) over some dimensions
template <class T> Tensor<T> l1_normalize(const Tensor<T>& x, Dimensions over, out_t<T> out = {}) {
    using A = accumulator_t<T>;
    const A n = count(x, over);
    const Tensor<T> size =
        reduce<Sum>([](index_t, A v) { return v < A(0) ? -v : v; }, [=](A sum) { return sum / n; }, over, Out<T>(), x);
    return divide(x, size.reshape(kept(x.shape, over)), out);
}

/// x / sqrt(sum of x^2) over some dimensions; over all of them, the Frobenius norm
template <class T> Tensor<T> l2_normalize(const Tensor<T>& x, Dimensions over, out_t<T> out = {}) {
    return divide(x, l2_norm(x, over).reshape(kept(x.shape, over)), out);
}

/// x / sqrt(mean of x^2 + eps) * weight, the mean over the last dimensions together, as many as the weight has
template <class T>
Tensor<T> weighted_rms_norm(const Tensor<T>& x, const Tensor<T>& weight, accumulator_t<T> eps, out_t<T> out = {}) {
    const Normalize<T, AffineOfElement> normalize{weight.data, nullptr, {}};
    const index_t columns = weight.size();
    return normalize_groups<false, T>(normalize, x, 1, x.size() / columns, columns, eps, out);
}

/// (x - mean) / sqrt(variance + eps) * weight + bias, each of them [channels]: a batch norm with statistics that are
/// given, as at inference.
template <class T>
__global__ void normalize_channels_kernel(const T* x, const T* mean, const T* variance, const T* weight, const T* bias,
                                          T* y, index_t total, Divisor channels, Divisor positions,
                                          accumulator_t<T> eps) {
    using A = accumulator_t<T>;
    const index_t i = index_t(blockIdx.x) * blockDim.x + threadIdx.x;
    if (i < total) {
        const index_t channel = channels.remainder(positions.quotient(i));
        const A scale = static_cast<A>(weight[channel]) / ::sqrt(static_cast<A>(variance[channel]) + eps);
        y[i] = static_cast<T>((static_cast<A>(x[i]) - static_cast<A>(mean[channel])) * scale +
                              static_cast<A>(bias[channel]));
    }
}

template <class T>
Tensor<T> batch_norm_inference(const Tensor<T>& x, const Tensor<T>& mean, const Tensor<T>& variance,
                               const Tensor<T>& weight, const Tensor<T>& bias, accumulator_t<T> eps,
                               out_t<T> out = {}) {
    const Tensor<T> y = result(x.shape, out);
    const index_t total = y.size();
    normalize_channels_kernel<<<grid(ceil_div(total, 256)), 256>>>(x.data, mean.data, variance.data, weight.data,
                                                                   bias.data, y.data, total, Divisor(x[1]),
                                                                   Divisor(x.shape.product(2, x.rank())), eps);
    return y;
}

} // namespace ops
