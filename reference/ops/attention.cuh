// Scaled dot-product attention.
#pragma once

#include "ops/elementwise.cuh"
#include "ops/matmul.cuh"
#include "ops/softmax.cuh"

namespace ops {

/// softmax(q k^T / sqrt(d)) v for each head: q [..., rows, d], k [..., columns, d], v [..., columns, width]. The scores
/// are stored, as in a program of matrix products, with the precision of sums.
template <class T> Tensor<T> attention(const Tensor<T>& q, const Tensor<T>& k, const Tensor<T>& v, out_t<T> out = {}) {
    using A = accumulator_t<T>;
    const A scale = A(1) / ::sqrt(static_cast<A>(q[q.rank() - 1]));
    const Tensor<A> scores = multiply(matmul<A>(q, transposed(k)), scale);
    return matmul<T>(softmax(scores, -1), v, out);
}

/// Gradients with respect to the arguments of attention.
template <class T> struct AttentionGradients {
    Tensor<T> q, k, v;
};

/// Of dy, the gradient with respect to the result. The probabilities are computed again and stored, as are their
/// gradients, with the precision of sums.
template <class T>
AttentionGradients<T> attention_backward(const Tensor<T>& dy, const Tensor<T>& q, const Tensor<T>& k,
                                         const Tensor<T>& v, out_t<T> dq = {}, out_t<T> dk = {}, out_t<T> dv = {}) {
    using A = accumulator_t<T>;
    const A scale = A(1) / ::sqrt(static_cast<A>(q[q.rank() - 1]));
    const Tensor<A> p = softmax(multiply(matmul<A>(q, transposed(k)), scale), -1);
    const Tensor<A> ds = multiply(softmax_backward(matmul<A>(dy, transposed(v)), p, -1), scale);
    return {matmul<T>(ds, k, dq), matmul<T>(transposed(ds), q, dk), matmul<T>(transposed(p), dy, dv)};
}

} // namespace ops
