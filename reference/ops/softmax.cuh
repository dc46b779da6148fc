// Softmax and its logarithm, over one dimension.
//
// The maximum and the sum of exponentials are found together, in one pass (Milakov and Gimelshein, Online normalizer
// calculation for softmax, 2018); a second pass writes.
#pragma once

#include "ops/reduce.cuh"

namespace ops {

/// [rows, columns]: a block for each row.
template <class F, class T>
__global__ void __launch_bounds__(max_row_threads) softmax_rows_kernel(F f, const T* x, T* y, index_t columns) {
    using A = accumulator_t<T>;
    const T* const from = x + blockIdx.x * columns;
    T* const to = y + blockIdx.x * columns;
    auto state = SumOfExponentials::identity<Exponentials<A>>();
    for (index_t i = threadIdx.x; i < columns; i += blockDim.x) {
        state = SumOfExponentials::combine(state, {static_cast<A>(from[i]), A(1)});
    }
    state = block_reduce<SumOfExponentials>(state);
    for (index_t i = threadIdx.x; i < columns; i += blockDim.x) {
        to[i] = static_cast<T>(f(static_cast<A>(from[i]), state));
    }
}

/// [outer, extent, inner] over the extent: a thread for each of outer * inner, so that neighbours read neighbours.
template <class F, class T>
__global__ void softmax_columns_kernel(F f, const T* x, T* y, index_t total, index_t extent, index_t inner) {
    using A = accumulator_t<T>;
    const index_t i = index_t(blockIdx.x) * blockDim.x + threadIdx.x;
    if (i >= total) {
        return;
    }
    const index_t first = i / inner * extent * inner + i % inner;
    const index_t end = first + extent * inner;
    auto state = SumOfExponentials::identity<Exponentials<A>>();
    for (index_t at = first; at < end; at += inner) {
        state = SumOfExponentials::combine(state, {static_cast<A>(x[at]), A(1)});
    }
    for (index_t at = first; at < end; at += inner) {
        y[at] = static_cast<T>(f(static_cast<A>(x[at]), state));
    }
}

template <class F, class T> Tensor<T> normalized_exponentials(F f, const Tensor<T>& x, int dimension, Out<T> out) {
    const int over = Dimensions(dimension).of_rank(x.rank()).first;
    const Tensor<T> y = result(x.shape, out);
    const index_t extent = x[over];
    const index_t inner = x.shape.product(over + 1, x.rank());
    const index_t others = x.size() / extent;
    if (inner == 1) {
        softmax_rows_kernel<<<grid(others), row_threads(extent)>>>(f, x.data, y.data, extent);
    } else {
        softmax_columns_kernel<<<grid(ceil_div(others, 128)), 128>>>(f, x.data, y.data, others, extent, inner);
    }
    return y;
}

/// e^x / (sum of e^x over the dimension)
template <class T> Tensor<T> softmax(const Tensor<T>& x, int dimension, out_t<T> out = {}) {
    using A = accumulator_t<T>;
    return normalized_exponentials([](A v, Exponentials<A> s) { return ::exp(v - s.max) / s.sum; }, x, dimension, out);
}

/// x - log(sum of e^x over the dimension)
template <class T> Tensor<T> log_softmax(const Tensor<T>& x, int dimension, out_t<T> out = {}) {
    using A = accumulator_t<T>;
    return normalized_exponentials([](A v, Exponentials<A> s) { return v - s.max - ::log(s.sum); }, x, dimension, out);
}

/// [rows, columns]: a block for each row adds up term(dy, y) and writes f(dy, y, sum).
template <class G, class F, class T>
__global__ void __launch_bounds__(max_row_threads)
    softmax_backward_rows_kernel(G term, F f, const T* dy, const T* y, T* dx, index_t columns) {
    using A = accumulator_t<T>;
    const index_t first = blockIdx.x * columns;
    A sum = 0;
    for (index_t i = threadIdx.x; i < columns; i += blockDim.x) {
        sum += term(static_cast<A>(dy[first + i]), static_cast<A>(y[first + i]));
    }
    sum = block_reduce<Sum>(sum);
    for (index_t i = threadIdx.x; i < columns; i += blockDim.x) {
        dx[first + i] = static_cast<T>(f(static_cast<A>(dy[first + i]), static_cast<A>(y[first + i]), sum));
    }
}

/// [outer, extent, inner]: a thread for each of outer * inner.
template <class G, class F, class T>
__global__ void softmax_backward_columns_kernel(G term, F f, const T* dy, const T* y, T* dx, index_t total,
                                                index_t extent, index_t inner) {
    using A = accumulator_t<T>;
    const index_t i = index_t(blockIdx.x) * blockDim.x + threadIdx.x;
    if (i >= total) {
        return;
    }
    const index_t first = i / inner * extent * inner + i % inner;
    const index_t end = first + extent * inner;
    A sum = 0;
    for (index_t at = first; at < end; at += inner) {
        sum += term(static_cast<A>(dy[at]), static_cast<A>(y[at]));
    }
    for (index_t at = first; at < end; at += inner) {
        dx[at] = static_cast<T>(f(static_cast<A>(dy[at]), static_cast<A>(y[at]), sum));
    }
}

template <class G, class F, class T>
Tensor<T> softmax_gradient(G term, F f, const Tensor<T>& dy, const Tensor<T>& y, int dimension, Out<T> out) {
    const int over = Dimensions(dimension).of_rank(y.rank()).first;
    const Tensor<T> dx = result(y.shape, out);
    const index_t extent = y[over];
    const index_t inner = y.shape.product(over + 1, y.rank());
    const index_t others = y.size() / extent;
    if (inner == 1) {
        softmax_backward_rows_kernel<<<grid(others), row_threads(extent)>>>(term, f, dy.data, y.data, dx.data, extent);
    } else {
        softmax_backward_columns_kernel<<<grid(ceil_div(others, 128)), 128>>>(term, f, dy.data, y.data, dx.data, others,
                                                                              extent, inner);
    }
    return dx;
}

/// y (dy - sum of dy y): the gradient with respect to x, of y = softmax(x) and dy, the gradient with respect to y
template <class T>
Tensor<T> softmax_backward(const Tensor<T>& dy, const Tensor<T>& y, int dimension, out_t<T> out = {}) {
    using A = accumulator_t<T>;
    return softmax_gradient([](A d, A v) { return d * v; }, [](A d, A v, A sum) { return v * (d - sum); }, dy, y,
                            dimension, out);
}

/// dy - e^y (sum of dy), of y = log_softmax(x)
template <class T>
Tensor<T> log_softmax_backward(const Tensor<T>& dy, const Tensor<T>& y, int dimension, out_t<T> out = {}) {
    using A = accumulator_t<T>;
    return softmax_gradient([](A d, A) { return d; }, [](A d, A v, A sum) { return d - ::exp(v) * sum; }, dy, y,
                            dimension, out);
}

} // namespace ops
