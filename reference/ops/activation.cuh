// Activation functions. The constants are those of the papers and of PyTorch's defaults.
#pragma once

#include "ops/elementwise.cuh"

namespace ops {

/// max(x, 0)
template <class T> Tensor<T> relu(const Tensor<T>& x, out_t<T> out = {}) {
    using A = accumulator_t<T>;
    return map([](A v) { return v > A(0) ? v : A(0); }, out, x);
}

/// x where it is positive, else slope x
template <class T> Tensor<T> leaky_relu(const Tensor<T>& x, accumulator_t<T> slope, out_t<T> out = {}) {
    using A = accumulator_t<T>;
    return map([=](A v) { return v > A(0) ? v : slope * v; }, out, x);
}

/// x where it is positive, else alpha (e^x - 1)
template <class T> Tensor<T> elu(const Tensor<T>& x, accumulator_t<T> alpha, out_t<T> out = {}) {
    using A = accumulator_t<T>;
    return map([=](A v) { return v > A(0) ? v : alpha * expm1(v); }, out, x);
}

/// scale (x, or alpha (e^x - 1) where x is not positive): Klambauer et al., Self-normalizing neural networks, 2017
template <class T> Tensor<T> selu(const Tensor<T>& x, out_t<T> out = {}) {
    using A = accumulator_t<T>;
    const A alpha = A(1.6732632423543772848);
    const A scale = A(1.0507009873554804934);
    return map([=](A v) { return scale * (v > A(0) ? v : alpha * expm1(v)); }, out, x);
}

/// 1 / (1 + e^-x)
template <class T> Tensor<T> sigmoid(const Tensor<T>& x, out_t<T> out = {}) {
    using A = accumulator_t<T>;
    return map([](A v) { return A(1) / (A(1) + ::exp(-v)); }, out, x);
}

/// x sigmoid(x), also called SiLU
template <class T> Tensor<T> swish(const Tensor<T>& x, out_t<T> out = {}) {
    using A = accumulator_t<T>;
    return map([](A v) { return v / (A(1) + ::exp(-v)); }, out, x);
}

template <class T> Tensor<T> tanh(const Tensor<T>& x, out_t<T> out = {}) {
    using A = accumulator_t<T>;
    return map([](A v) { return ::tanh(v); }, out, x);
}

/// The exact form: x Phi(x) with the normal distribution's Phi(x) = (1 + erf(x / sqrt(2))) / 2
template <class T> Tensor<T> gelu(const Tensor<T>& x, out_t<T> out = {}) {
    using A = accumulator_t<T>;
    const A sqrt_half = A(0.70710678118654752440);
    return map([=](A v) { return A(0.5) * v * (A(1) + erf(v * sqrt_half)); }, out, x);
}

/// The approximation x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) / 2
template <class T> Tensor<T> gelu_tanh(const Tensor<T>& x, out_t<T> out = {}) {
    using A = accumulator_t<T>;
    const A sqrt_two_over_pi = A(0.79788456080286535588);
    return map([=](A v) { return A(0.5) * v * (A(1) + ::tanh(sqrt_two_over_pi * (v + A(0.044715) * v * v * v))); }, out,
               x);
}

/// log(1 + e^x), where e^x may be too large for the type
template <class A> A softplus_of(A v) {
    return (v > A(0) ? v : A(0)) + log1p(::exp(v > A(0) ? -v : v));
}

template <class T> Tensor<T> softplus(const Tensor<T>& x, out_t<T> out = {}) {
    using A = accumulator_t<T>;
    return map([](A v) { return softplus_of(v); }, out, x);
}

/// x tanh(softplus(x)): Misra, Mish, 2019
template <class T> Tensor<T> mish(const Tensor<T>& x, out_t<T> out = {}) {
    using A = accumulator_t<T>;
    return map([](A v) { return v * ::tanh(softplus_of(v)); }, out, x);
}

/// x / (1 + |x|)
template <class T> Tensor<T> softsign(const Tensor<T>& x, out_t<T> out = {}) {
    using A = accumulator_t<T>;
    return map([](A v) { return v / (A(1) + (v < A(0) ? -v : v)); }, out, x);
}

/// x / 6 + 1 / 2, between 0 and 1
template <class A> A hard_sigmoid_of(A v) {
    const A ramp = v + A(3);
    return (ramp < A(0) ? A(0) : ramp > A(6) ? A(6) : ramp) / A(6);
}

template <class T> Tensor<T> hard_sigmoid(const Tensor<T>& x, out_t<T> out = {}) {
    using A = accumulator_t<T>;
    return map([](A v) { return hard_sigmoid_of(v); }, out, x);
}

/// x hard_sigmoid(x)
template <class T> Tensor<T> hard_swish(const Tensor<T>& x, out_t<T> out = {}) {
    using A = accumulator_t<T>;
    return map([](A v) { return v * hard_sigmoid_of(v); }, out, x);
}

/// x, between low and high
template <class T>
Tensor<T> hard_tanh(const Tensor<T>& x, accumulator_t<T> low, accumulator_t<T> high, out_t<T> out = {}) {
    return clamp(x, low, high, out);
}

} // namespace ops
