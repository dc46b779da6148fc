// Elements by their places, which are tensors too, and the places of the greatest elements.
#pragma once

#include "ops/tensor.cuh"

namespace ops {

/// `places`: one for each element of y, or, as a vector, one for each index along the dimension. Below 0 they count
/// from the end.
template <class T, class I>
__global__ void take_kernel(const T* x, const I* places, T* y, index_t total, index_t from, index_t to, index_t inner,
                            bool is_vector) {
    const index_t i = index_t(blockIdx.x) * blockDim.x + threadIdx.x;
    if (i < total) {
        const index_t line = i / inner;
        const index_t place = places[is_vector ? line % to : i];
        y[i] = x[(line / to * from + (place < 0 ? place + from : place)) * inner + i % inner];
    }
}

template <class T, class I>
Tensor<T> take(const Tensor<T>& x, int dimension, const Tensor<I>& places, bool is_vector, Out<T> out) {
    const int at = dimension < 0 ? dimension + x.rank() : dimension;
    Shape shape = x.shape;
    shape.set(at, places[is_vector ? 0 : at]);
    const Tensor<T> y = result(shape, out);
    const index_t total = y.size();
    take_kernel<<<grid(ceil_div(total, 256)), 256>>>(x.data, places.data, y.data, total, x[at], shape[at],
                                                     x.shape.product(at + 1, x.rank()), is_vector);
    return y;
}

/// y[..., i, ...] = x[..., places[i], ...] along one dimension.
template <class T, class I>
Tensor<T> index_select(const Tensor<T>& x, int dimension, const Tensor<I>& places, out_t<T> out = {}) {
    return take(x, dimension, places, true, out);
}

/// y[..., i, ...] = x[..., places[..., i, ...], ...] along one dimension; in the others `places` has x's extents.
template <class T, class I>
Tensor<T> take_along(const Tensor<T>& x, int dimension, const Tensor<I>& places, out_t<T> out = {}) {
    return take(x, dimension, places, false, out);
}

/// Whether the element `a` at index i comes before b at index j: greater first, what is no number before all, of equals
/// the first. `least` first: the other way round, but for the equals.
template <class A> __device__ bool comes_before(A a, index_t i, A b, index_t j, bool least) {
    if (least) {
        const A other = a;
        a = b;
        b = other;
    }
    const bool greater = a > b || (a != a && b == b);
    const bool less = a < b || (a == a && b != b);
    return greater || (!less && i < j);
}

/// A block for each line along the dimension. It finds the k places one after the other: each is the first of those
/// that come behind the one before it.
template <class T>
__global__ void topk_places_kernel(const T* x, index_t* places, index_t count, index_t inner, int k, bool least) {
    using A = accumulator_t<T>;
    __shared__ A values[max_row_threads];
    __shared__ index_t indices[max_row_threads];
    const index_t outer = blockIdx.x / inner;
    const T* const line = x + outer * count * inner + blockIdx.x % inner;
    index_t* const result = places + outer * k * inner + blockIdx.x % inner;
    const int thread = threadIdx.x;
    A last = 0;
    index_t last_place = -1;
    for (int found = 0; found < k; ++found) {
        A best = 0;
        index_t best_place = -1;
        for (index_t i = thread; i < count; i += blockDim.x) {
            const A value = static_cast<A>(line[i * inner]);
            if ((last_place < 0 || comes_before(last, last_place, value, i, least)) &&
                (best_place < 0 || comes_before(value, i, best, best_place, least))) {
                best = value;
                best_place = i;
            }
        }
        values[thread] = best;
        indices[thread] = best_place;
        __syncthreads();
        for (int half = max_row_threads / 2; half > 0; half /= 2) {
            const int other = thread + half;
            if (thread < half && other < static_cast<int>(blockDim.x) && indices[other] >= 0 &&
                (indices[thread] < 0 ||
                 comes_before(values[other], indices[other], values[thread], indices[thread], least))) {
                values[thread] = values[other];
                indices[thread] = indices[other];
            }
            __syncthreads();
        }
        last = values[0];
        last_place = indices[0];
        if (thread == 0) {
            result[found * inner] = last_place;
        }
        __syncthreads();
    }
}

/// The places of the k greatest (or least) elements along a dimension, in order; of equals the first come first.
template <class T>
Tensor<index_t> topk_places(const Tensor<T>& x, int k, int dimension, bool least = false, Out<index_t> out = {}) {
    const int at = dimension < 0 ? dimension + x.rank() : dimension;
    Shape shape = x.shape;
    shape.set(at, k);
    const Tensor<index_t> y = result(shape, out);
    const index_t inner = x.shape.product(at + 1, x.rank());
    topk_places_kernel<<<grid(x.shape.product(0, at) * inner), row_threads(x[at])>>>(x.data, y.data, x[at], inner, k,
                                                                                     least);
    return y;
}

} // namespace ops
