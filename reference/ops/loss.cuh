// Losses: a mean over all elements or rows, of which the result [1] is the only element.
#pragma once

#include "ops/reduce.cuh"

namespace ops {

/// The mean over all elements of f of a prediction and its target.
template <class F, class T> Tensor<T> mean_of(F f, const Tensor<T>& x, const Tensor<T>& target, Out<T> out) {
    using A = accumulator_t<T>;
    const A n = static_cast<A>(x.size());
    return reduce<Sum>([=](index_t, A v, A t) { return f(v, t); }, [=](A sum) { return sum / n; }, Dimensions(0, -1),
                       out, x, target);
}

/// mean of (x - target)^2
template <class T> Tensor<T> mse_loss(const Tensor<T>& x, const Tensor<T>& target, out_t<T> out = {}) {
    using A = accumulator_t<T>;
    return mean_of([](A v, A t) { return (v - t) * (v - t); }, x, target, out);
}

/// mean of d^2 / 2 where d = |x - target| is below 1, else d - 1 / 2; also called Huber's
template <class T> Tensor<T> smooth_l1_loss(const Tensor<T>& x, const Tensor<T>& target, out_t<T> out = {}) {
    using A = accumulator_t<T>;
    return mean_of(
        [](A v, A t) {
            const A d = v > t ? v - t : t - v;
            return d < A(1) ? A(0.5) * d * d : d - A(0.5);
        },
        x, target, out);
}

/// The Kullback-Leibler divergence of predictions from targets, both distributions [batch, classes] of positive
/// numbers: the sum of target (log target - log prediction), divided by the batch.
template <class T> Tensor<T> kl_divergence(const Tensor<T>& prediction, const Tensor<T>& target, out_t<T> out = {}) {
    using A = accumulator_t<T>;
    const A batch = static_cast<A>(prediction[0]);
    return reduce<Sum>([](index_t, A v, A t) { return t * (::log(t) - ::log(v)); }, [=](A sum) { return sum / batch; },
                       Dimensions(0, -1), out, prediction, target);
}

/// mean over rows of log(sum of e^x) - x[label]: logits [rows, classes], labels [rows]
template <class T, class Label>
Tensor<T> cross_entropy(const Tensor<T>& logits, const Tensor<Label>& labels, out_t<T> out = {}) {
    using A = accumulator_t<T>;
    const T* const x = logits.data;
    const index_t classes = logits[1];
    const Tensor<T> normalizers = logsumexp(logits, 1);
    const A rows = static_cast<A>(logits[0]);
    return reduce<Sum>(
        [=](index_t row, A normalizer, Label label) { return normalizer - static_cast<A>(x[row * classes + label]); },
        [=](A sum) { return sum / rows; }, 0, out, normalizers, labels);
}

/// mean over elements of max(0, 1 - x target): predictions [batch, n], targets [n], which are -1 or 1
template <class T> Tensor<T> hinge_loss(const Tensor<T>& x, const Tensor<T>& target, out_t<T> out = {}) {
    using A = accumulator_t<T>;
    const T* const signs = target.data;
    const A n = static_cast<A>(x.size());
    const Tensor<A> sums = reduce<Sum>(
        [=](index_t i, A v) {
            const A margin = A(1) - v * static_cast<A>(signs[i]);
            return margin > A(0) ? margin : A(0);
        },
        Same(), 1, Out<A>(), x);
    return reduce<Sum>(Same(), [=](A sum) { return sum / n; }, 0, out, sums);
}

/// mean over rows of max(0, |anchor - positive| - |anchor - negative| + margin), with |d| = sqrt(sum of (d + eps)^2)
/// and eps = 1e-6 as in PyTorch: Balntas et al., Learning shallow convolutional feature descriptors with triplet
/// losses, 2016. All [rows, n].
template <class T>
Tensor<T> triplet_margin_loss(const Tensor<T>& anchor, const Tensor<T>& positive, const Tensor<T>& negative,
                              accumulator_t<T> margin, out_t<T> out = {}) {
    using A = accumulator_t<T>;
    const auto square = [](index_t, A a, A b) {
        const A d = a - b + A(1e-6);
        return d * d;
    };
    const auto root = [](A sum) { return ::sqrt(sum); };
    const Tensor<A> near = reduce<Sum>(square, root, 1, Out<A>(), anchor, positive);
    const Tensor<A> far = reduce<Sum>(square, root, 1, Out<A>(), anchor, negative);
    const A rows = static_cast<A>(anchor[0]);
    return reduce<Sum>(
        [=](index_t, A p, A n) {
            const A loss = p - n + margin;
            return loss > A(0) ? loss : A(0);
        },
        [=](A sum) { return sum / rows; }, 0, out, near, far);
}

template <class T, class Label>
__global__ void __launch_bounds__(max_row_threads)
    cross_entropy_backward_kernel(const T* dloss, const T* x, const Label* labels, T* dx, index_t rows,
                                  index_t classes) {
    using A = accumulator_t<T>;
    const index_t first = blockIdx.x * classes;
    auto state = SumOfExponentials::identity<Exponentials<A>>();
    for (index_t i = threadIdx.x; i < classes; i += blockDim.x) {
        state = SumOfExponentials::combine(state, {static_cast<A>(x[first + i]), A(1)});
    }
    state = block_reduce<SumOfExponentials>(state);
    const A scale = static_cast<A>(*dloss) / static_cast<A>(rows);
    const index_t label = labels[blockIdx.x];
    for (index_t i = threadIdx.x; i < classes; i += blockDim.x) {
        const A probability = ::exp(static_cast<A>(x[first + i]) - state.max) / state.sum;
        dx[first + i] = static_cast<T>(scale * (i == label ? probability - A(1) : probability));
    }
}

/// dloss (softmax(x) - [class is the label]) / rows: the gradient of cross_entropy with respect to the logits; dloss
/// [1]
template <class T, class Label>
Tensor<T> cross_entropy_backward(const Tensor<T>& dloss, const Tensor<T>& logits, const Tensor<Label>& labels,
                                 out_t<T> out = {}) {
    const Tensor<T> dx = result(logits.shape, out);
    cross_entropy_backward_kernel<<<grid(logits[0]), row_threads(logits[1])>>>(dloss.data, logits.data, labels.data,
                                                                               dx.data, logits[0], logits[1]);
    return dx;
}

} // namespace ops
