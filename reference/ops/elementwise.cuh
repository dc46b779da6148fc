// Operators that work on each element by itself, y[i] = f(a[i], b[i], ...), and arithmetic with broadcasting.
#pragma once

#include "ops/divisor.cuh"
#include "ops/tensor.cuh"

namespace ops {

template <class F, class T, class... In> __global__ void map_kernel(F f, index_t n, T* y, const In*... in) {
    const index_t i = index_t(blockIdx.x) * blockDim.x + threadIdx.x;
    if (i < n) {
        y[i] = static_cast<T>(f(static_cast<accumulator_t<In>>(in[i])...));
    }
}

/// Applies f to the elements of tensors of one shape.
template <class F, class T, class... More>
Tensor<T> map(F f, Out<T> out, const Tensor<T>& first, const Tensor<More>&... more) {
    const Tensor<T> y = result(first.shape, out);
    const index_t n = y.size();
    map_kernel<F, T, T, More...><<<grid(ceil_div(n, 256)), 256>>>(f, n, y.data, first.data, more.data...);
    return y;
}

/// Where the elements of an operand lie under those of a larger result. Dimensions are matched from the last one on,
/// and an extent of 1 is repeated. Neighbouring dimensions that are dense or repeated together count as one.
class Broadcast {
public:
    Broadcast(const Shape& operand, const Shape& to) {
        index_t dense = 1; // the operand's elements below this dimension
        for (int i = 1; i <= to.rank; ++i) {
            const index_t extent = to[to.rank - i];
            const bool repeated = i > operand.rank || operand[operand.rank - i] == 1;
            const index_t stride = repeated ? 0 : dense;
            dense *= repeated ? 1 : extent;
            if (extent == 1) {
                continue;
            }
            if (rank_ > 0 && stride == strides_[rank_ - 1] * extents_[rank_ - 1].value()) {
                extents_[rank_ - 1] = Divisor(extents_[rank_ - 1].value() * extent);
            } else {
                extents_[rank_] = Divisor(extent);
                strides_[rank_++] = stride;
            }
        }
    }

    index_t offset(index_t i) const { return strided_offset(i, rank_, extents_, strides_); }

private:
    int rank_ = 0;
    Divisor extents_[max_rank];
    index_t strides_[max_rank];
};

template <class F, class T>
__global__ void broadcast_kernel(F f, index_t n, T* y, const T* a, Broadcast of_a, const T* b, Broadcast of_b) {
    using A = accumulator_t<T>;
    const index_t i = index_t(blockIdx.x) * blockDim.x + threadIdx.x;
    if (i < n) {
        y[i] = static_cast<T>(f(static_cast<A>(a[of_a.offset(i)]), static_cast<A>(b[of_b.offset(i)])));
    }
}

inline bool same(const Shape& a, const Shape& b) {
    bool equal = a.rank == b.rank;
    for (int i = 0; equal && i < a.rank; ++i) {
        equal = a[i] == b[i];
    }
    return equal;
}

/// Applies f to the elements of two tensors, broadcast to each other.
template <class F, class T> Tensor<T> combine(F f, const Tensor<T>& a, const Tensor<T>& b, Out<T> out) {
    if (same(a.shape, b.shape)) {
        return map(f, out, a, b);
    }
    Shape shape = a.rank() < b.rank() ? b.shape : a.shape;
    for (int i = 1; i <= shape.rank; ++i) {
        const index_t of_a = i <= a.rank() ? a[a.rank() - i] : 1;
        const index_t of_b = i <= b.rank() ? b[b.rank() - i] : 1;
        shape.set(shape.rank - i, of_a == 1 ? of_b : of_a);
    }
    const Tensor<T> y = result(shape, out);
    const index_t n = y.size();
    broadcast_kernel<<<grid(ceil_div(n, 256)), 256>>>(f, n, y.data, a.data, Broadcast(a.shape, shape), b.data,
                                                      Broadcast(b.shape, shape));
    return y;
}

// Each operator takes two tensors that are broadcast to each other, or a tensor and a number.

/// a + b
template <class T> Tensor<T> add(const Tensor<T>& a, const Tensor<T>& b, out_t<T> out = {}) {
    using A = accumulator_t<T>;
    return combine([](A u, A v) { return u + v; }, a, b, out);
}
template <class T> Tensor<T> add(const Tensor<T>& x, accumulator_t<T> number, out_t<T> out = {}) {
    using A = accumulator_t<T>;
    return map([=](A v) { return v + number; }, out, x);
}

/// a - b
template <class T> Tensor<T> subtract(const Tensor<T>& a, const Tensor<T>& b, out_t<T> out = {}) {
    using A = accumulator_t<T>;
    return combine([](A u, A v) { return u - v; }, a, b, out);
}
template <class T> Tensor<T> subtract(const Tensor<T>& x, accumulator_t<T> number, out_t<T> out = {}) {
    using A = accumulator_t<T>;
    return map([=](A v) { return v - number; }, out, x);
}

/// a b, element by element
template <class T> Tensor<T> multiply(const Tensor<T>& a, const Tensor<T>& b, out_t<T> out = {}) {
    using A = accumulator_t<T>;
    return combine([](A u, A v) { return u * v; }, a, b, out);
}
template <class T> Tensor<T> multiply(const Tensor<T>& x, accumulator_t<T> number, out_t<T> out = {}) {
    using A = accumulator_t<T>;
    return map([=](A v) { return v * number; }, out, x);
}

/// a / b
template <class T> Tensor<T> divide(const Tensor<T>& a, const Tensor<T>& b, out_t<T> out = {}) {
    using A = accumulator_t<T>;
    return combine([](A u, A v) { return u / v; }, a, b, out);
}
template <class T> Tensor<T> divide(const Tensor<T>& x, accumulator_t<T> number, out_t<T> out = {}) {
    using A = accumulator_t<T>;
    return map([=](A v) { return v / number; }, out, x);
}

/// The lesser of a and b
template <class T> Tensor<T> minimum(const Tensor<T>& a, const Tensor<T>& b, out_t<T> out = {}) {
    using A = accumulator_t<T>;
    return combine([](A u, A v) { return u < v ? u : v; }, a, b, out);
}
template <class T> Tensor<T> minimum(const Tensor<T>& x, accumulator_t<T> number, out_t<T> out = {}) {
    using A = accumulator_t<T>;
    return map([=](A v) { return v < number ? v : number; }, out, x);
}

/// The greater of a and b
template <class T> Tensor<T> maximum(const Tensor<T>& a, const Tensor<T>& b, out_t<T> out = {}) {
    using A = accumulator_t<T>;
    return combine([](A u, A v) { return u > v ? u : v; }, a, b, out);
}
template <class T> Tensor<T> maximum(const Tensor<T>& x, accumulator_t<T> number, out_t<T> out = {}) {
    using A = accumulator_t<T>;
    return map([=](A v) { return v > number ? v : number; }, out, x);
}

/// x, or the bound that it is beyond
template <class T> Tensor<T> clamp(const Tensor<T>& x, accumulator_t<T> low, accumulator_t<T> high, out_t<T> out = {}) {
    using A = accumulator_t<T>;
    return map([=](A v) { return v < low ? low : v > high ? high : v; }, out, x);
}

/// The same values as elements of another type, rounded to the nearest where it is narrower.
template <class R, class T> Tensor<R> convert(const Tensor<T>& x, out_t<R> out = {}) {
    const Tensor<R> y = result<R>(x.shape, out);
    const index_t n = y.size();
    map_kernel<<<grid(ceil_div(n, 256)), 256>>>([](accumulator_t<T> v) { return v; }, n, y.data, x.data);
    return y;
}

/// x / (1 - p) where `keep` is true, else 0: dropout whose coin was tossed by the caller, so that the result is
/// defined. p is the probability with which an element is dropped.
template <class T>
Tensor<T> dropout(const Tensor<T>& x, const Tensor<bool>& keep, accumulator_t<T> p, out_t<T> out = {}) {
    using A = accumulator_t<T>;
    return map([=](A v, bool kept) { return kept ? v / (A(1) - p) : A(0); }, out, x, keep);
}

} // namespace ops
