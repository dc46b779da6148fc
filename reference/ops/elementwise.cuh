// Operators that work on each element by itself: y[i] = f(a[i], b[i], ...).
#pragma once

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
Tensor<T> map(F f, Tensor<T> out, const Tensor<T>& first, const Tensor<More>&... more) {
    const Tensor<T> y = result(first.shape, out);
    const index_t n = y.size();
    map_kernel<F, T, T, More...><<<grid(ceil_div(n, 256)), 256>>>(f, n, y.data, first.data, more.data...);
    return y;
}

struct Add {
    template <class A> A operator()(A a, A b) const { return a + b; }
};

/// c = a + b
template <class T> Tensor<T> add(const Tensor<T>& a, const Tensor<T>& b, identity_t<Tensor<T>> out = {}) {
    return map(Add{}, out, a, b);
}

struct Gelu {
    template <class A> A operator()(A x) const {
        const A sqrt_half = A(0.70710678118654752440);
        return A(0.5) * x * (A(1) + erf(x * sqrt_half));
    }
};

/// The exact form: y = x Phi(x) with the normal distribution's Phi(x) = (1 + erf(x / sqrt(2))) / 2
template <class T> Tensor<T> gelu(const Tensor<T>& x, identity_t<Tensor<T>> out = {}) {
    return map(Gelu{}, out, x);
}

} // namespace ops
