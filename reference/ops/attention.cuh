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

} // namespace ops
