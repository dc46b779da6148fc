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

// Gradients with respect to x, of dy, the gradient with respect to the result.

/// dy where x is positive, else 0
template <class T> Tensor<T> relu_backward(const Tensor<T>& dy, const Tensor<T>& x, out_t<T> out = {}) {
    using A = accumulator_t<T>;
    return map([](A d, A v) { return v > A(0) ? d : A(0); }, out, dy, x);
}

/// dy where x is positive, else slope dy
template <class T>
Tensor<T> leaky_relu_backward(const Tensor<T>& dy, const Tensor<T>& x, accumulator_t<T> slope, out_t<T> out = {}) {
    using A = accumulator_t<T>;
    return map([=](A d, A v) { return v > A(0) ? d : slope * d; }, out, dy, x);
}

/// dy s (1 - s) with s = sigmoid(x)
template <class T> Tensor<T> sigmoid_backward(const Tensor<T>& dy, const Tensor<T>& x, out_t<T> out = {}) {
    using A = accumulator_t<T>;
    return map(
        [](A d, A v) {
            const A e = ::exp(v < A(0) ? v : -v); // of -|x|: the same for both signs, and it cannot overflow
            return d * e / ((A(1) + e) * (A(1) + e));
        },
        out, dy, x);
}

/// dy (1 - tanh(x)^2)
template <class T> Tensor<T> tanh_backward(const Tensor<T>& dy, const Tensor<T>& x, out_t<T> out = {}) {
    using A = accumulator_t<T>;
    return map(
        [](A d, A v) {
            const A t = ::tanh(v);
            return d * (A(1) - t * t);
        },
        out, dy, x);
}

/// dy s (1 + x (1 - s)) with s = sigmoid(x)
template <class T> Tensor<T> swish_backward(const Tensor<T>& dy, const Tensor<T>& x, out_t<T> out = {}) {
    using A = accumulator_t<T>;
    return map(
        [](A d, A v) {
            const A s = A(1) / (A(1) + ::exp(-v));
            return d * s * (A(1) + v * (A(1) - s));
        },
        out, dy, x);
}

/// dy (Phi(x) + x phi(x)), of the exact form; phi is the normal distribution's density
template <class T> Tensor<T> gelu_backward(const Tensor<T>& dy, const Tensor<T>& x, out_t<T> out = {}) {
    using A = accumulator_t<T>;
    const A sqrt_half = A(0.70710678118654752440);
    const A density = A(0.39894228040143267794); // 1 / sqrt(2 pi)
    return map(
        [=](A d, A v) {
            const A below = A(0.5) * (A(1) + erf(v * sqrt_half));
            return d * (below + v * density * ::exp(A(-0.5) * v * v));
        },
        out, dy, x);
}

/// Of the approximation: dy ((1 + t) / 2 + x (1 - t^2) u' / 2) with t = tanh(u), u = sqrt(2 / pi) (x + 0.044715 x^3)
template <class T> Tensor<T> gelu_tanh_backward(const Tensor<T>& dy, const Tensor<T>& x, out_t<T> out = {}) {
    using A = accumulator_t<T>;
    const A sqrt_two_over_pi = A(0.79788456080286535588);
    return map(
        [=](A d, A v) {
            const A t = ::tanh(sqrt_two_over_pi * (v + A(0.044715) * v * v * v));
            const A slope = sqrt_two_over_pi * (A(1) + A(3 * 0.044715) * v * v);
            return d * A(0.5) * (A(1) + t + v * (A(1) - t * t) * slope);
        },
        out, dy, x);
}

} // namespace ops
