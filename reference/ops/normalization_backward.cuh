// Gradients of the norms of rows: layer norm and weighted RMS norm.
//
// With n the normalised x (n = (x - mean) s, s = 1 / sqrt(variance + eps); the mean is 0 for an RMS norm) and dy the
// gradient of the result, g = dy weight reaches n, and
//   dx = s (g - mean(g) - n mean(g n)), without mean(g) for an RMS norm;
//   dweight = sum over rows of dy n;  dbias = sum over rows of dy.
// Rows may be few and long (the norm of whole images) or many and short (that of tokens), so the sums over a row and
// those over a column are each shared by several blocks where there are too few of them.
#pragma once

#include "ops/normalization.cuh"

namespace ops {

template <class A> struct Pair {
    A first, second;
};

struct SumOfPairs {
    template <class S> static S identity() { return {0, 0}; }
    template <class S> static S combine(S a, S b) { return {a.first + b.first, a.second + b.second}; }
};

template <class A> Pair<A> shuffle_xor(Pair<A> pair, int distance) {
    return {shuffle_xor(pair.first, distance), shuffle_xor(pair.second, distance)};
}

/// A row's statistics, ready for use.
template <class A> struct RowStatistics {
    const Moments<A>* moments;
    index_t columns;
    A eps;
    A mean(index_t row) const { return moments[row].mean; }
    A scale(index_t row) const { return A(1) / ::sqrt(moments[row].squares / static_cast<A>(columns) + eps); }
};

/// Sums of g and of g n over a part of a row: a block for each of rows * parts.
template <class T>
__global__ void __launch_bounds__(max_row_threads)
    row_gradient_sums_kernel(const T* dy, const T* x, const T* weight, RowStatistics<accumulator_t<T>> statistics,
                             Pair<accumulator_t<T>>* sums, index_t part) {
    using A = accumulator_t<T>;
    const index_t columns = statistics.columns;
    const unsigned parts = static_cast<unsigned>(ceil_div(columns, part));
    const index_t row = blockIdx.x / parts;
    const index_t first = blockIdx.x % parts * part;
    const index_t last = first + part < columns ? first + part : columns;
    const A mean = statistics.mean(row);
    const A scale = statistics.scale(row);
    Pair<A> sum{0, 0};
    for (index_t i = first + threadIdx.x; i < last; i += blockDim.x) {
        const A g = static_cast<A>(dy[row * columns + i]) * static_cast<A>(weight[i]);
        sum.first += g;
        sum.second += g * (static_cast<A>(x[row * columns + i]) - mean) * scale;
    }
    sum = block_reduce<SumOfPairs>(sum);
    if (threadIdx.x == 0) {
        sums[blockIdx.x] = sum;
    }
}

template <bool centered, class T>
__global__ void row_gradient_kernel(const T* dy, const T* x, const T* weight,
                                    RowStatistics<accumulator_t<T>> statistics, const Pair<accumulator_t<T>>* sums,
                                    T* dx, index_t total, Divisor columns) {
    using A = accumulator_t<T>;
    const index_t i = index_t(blockIdx.x) * blockDim.x + threadIdx.x;
    if (i >= total) {
        return;
    }
    const index_t row = columns.quotient(i);
    const A n = static_cast<A>(columns.value());
    const A scale = statistics.scale(row);
    const A g = static_cast<A>(dy[i]) * static_cast<A>(weight[i - row * columns.value()]);
    const A normal = (static_cast<A>(x[i]) - statistics.mean(row)) * scale;
    const A mean_of_g = centered ? sums[row].first / n : A(0);
    dx[i] = static_cast<T>(scale * (g - mean_of_g - normal * (sums[row].second / n)));
}

/// Sums of dy and of dy n over a part of the rows: a block for each part and 32 columns.
template <class T>
__global__ void column_gradient_sums_kernel(const T* dy, const T* x, RowStatistics<accumulator_t<T>> statistics,
                                            Pair<accumulator_t<T>>* sums, index_t rows, index_t part) {
    using A = accumulator_t<T>;
    __shared__ Pair<A> of_warp[8][32];
    const index_t columns = statistics.columns;
    const unsigned tiles = static_cast<unsigned>(ceil_div(columns, 32));
    const index_t column = index_t(blockIdx.x % tiles) * 32 + threadIdx.x;
    const index_t own_part = blockIdx.x / tiles;
    const index_t last = (own_part + 1) * part < rows ? (own_part + 1) * part : rows;
    Pair<A> sum{0, 0};
    for (index_t row = own_part * part + threadIdx.y; row < last && column < columns; row += 8) {
        const A d = static_cast<A>(dy[row * columns + column]);
        sum.first += d;
        sum.second += d * (static_cast<A>(x[row * columns + column]) - statistics.mean(row)) * statistics.scale(row);
    }
    of_warp[threadIdx.y][threadIdx.x] = sum;
    __syncthreads();
    if (threadIdx.y == 0 && column < columns) {
        for (int warp = 1; warp < 8; ++warp) {
            sum = SumOfPairs::combine(sum, of_warp[warp][threadIdx.x]);
        }
        sums[own_part * columns + column] = sum;
    }
}

template <class T>
__global__ void merge_column_sums_kernel(const Pair<accumulator_t<T>>* sums, T* dweight, T* dbias, index_t columns,
                                         index_t parts) {
    const index_t column = index_t(blockIdx.x) * blockDim.x + threadIdx.x;
    if (column >= columns) {
        return;
    }
    auto sum = sums[column];
    for (index_t part = 1; part < parts; ++part) {
        sum = SumOfPairs::combine(sum, sums[part * columns + column]);
    }
    dweight[column] = static_cast<T>(sum.second);
    if (dbias != nullptr) {
        dbias[column] = static_cast<T>(sum.first);
    }
}

template <bool centered, class T>
Tensor<T> row_norm_backward(const Tensor<T>& dy, const Tensor<T>& x, const Tensor<T>& weight, accumulator_t<T> eps,
                            Out<T> out_x, const Tensor<T>& dweight, T* dbias) {
    using A = accumulator_t<T>;
    const index_t columns = weight.size();
    const index_t total = x.size();
    const index_t rows = total / columns;
    const auto moments = group_moments<centered>(x, Grouping{rows, columns, Divisor(columns)});
    const RowStatistics<A> statistics{moments.data, columns, eps};

    const index_t parts = ceil_div(columns, longest_row);
    const auto of_parts = result<Pair<A>>(Shape(rows, parts), {});
    row_gradient_sums_kernel<<<grid(rows * parts), row_threads(columns < longest_row ? columns : longest_row)>>>(
        dy.data, x.data, weight.data, statistics, of_parts.data, longest_row);
    const auto sums = parts == 1 ? of_parts : reduce<SumOfPairs>(Same(), Same(), 1, Out<Pair<A>>(), of_parts);
    const Tensor<T> dx = result(x.shape, out_x);
    row_gradient_kernel<centered><<<grid(ceil_div(total, 256)), 256>>>(dy.data, x.data, weight.data, statistics,
                                                                       sums.data, dx.data, total, Divisor(columns));

    constexpr index_t enough_blocks = 1024;
    constexpr index_t least_rows = 64; // of a part
    const index_t tiles = ceil_div(columns, 32);
    const index_t wanted = ceil_div(enough_blocks, tiles);
    const index_t most = ceil_div(rows, least_rows);
    const index_t row_parts = wanted < most ? wanted : most;
    const index_t part = ceil_div(rows, row_parts);
    const index_t used = ceil_div(rows, part);
    const auto column_sums = result<Pair<A>>(Shape(used, columns), {});
    column_gradient_sums_kernel<<<grid(tiles * used), dim3(32, 8)>>>(dy.data, x.data, statistics, column_sums.data,
                                                                     rows, part);
    merge_column_sums_kernel<<<grid(ceil_div(columns, 256)), 256>>>(column_sums.data, dweight.data, dbias, columns,
                                                                    used);
    return dx;
}

template <class T> struct NormGradients {
    Tensor<T> x, weight, bias; ///< an RMS norm has no bias
};

/// Of layer_norm(x, weight, bias, eps), from dy, the gradient with respect to the result.
template <class T>
NormGradients<T> layer_norm_backward(const Tensor<T>& dy, const Tensor<T>& x, const Tensor<T>& weight,
                                     accumulator_t<T> eps, out_t<T> dx = {}, out_t<T> dweight = {},
                                     out_t<T> dbias = {}) {
    const Tensor<T> of_weight = result(weight.shape, Out<T>(dweight));
    const Tensor<T> of_bias = result(weight.shape, Out<T>(dbias));
    return {row_norm_backward<true, T>(dy, x, weight, eps, dx, of_weight, of_bias.data), of_weight, of_bias};
}

/// Of weighted_rms_norm(x, weight, eps).
template <class T>
NormGradients<T> weighted_rms_norm_backward(const Tensor<T>& dy, const Tensor<T>& x, const Tensor<T>& weight,
                                            accumulator_t<T> eps, out_t<T> dx = {}, out_t<T> dweight = {}) {
    const Tensor<T> of_weight = result(weight.shape, Out<T>(dweight));
    return {row_norm_backward<false, T>(dy, x, weight, eps, dx, of_weight, nullptr), of_weight, {}};
}

} // namespace ops
