// Matrix products.
#pragma once

#include "ops/gemm.cuh"

namespace ops {

/// c[i] = a[i] b[i] for each i: a [batch, m, k], b [batch, k, n], c [batch, m, n]. The result's type R may be wider
/// than that of the arguments: fp16 in, fp32 out.
template <class R, class T>
Tensor<R> batched_matmul(const Tensor<T>& a, const Tensor<T>& b, identity_t<Tensor<R>> out = {}) {
    using A = accumulator_t<T>;
    const index_t m = a[1];
    const index_t n = b[2];
    const index_t k = a[2];
    const Tensor<R> c = result(Shape(a[0], m, n), out);
    gemm<A>(a[0], m, n, k, LoadMatrix<T, A>{a.data, m * k, k}, LoadMatrix<T, A>{b.data, k * n, n},
            StoreMatrix<R>{c.data, m * n, n});
    return c;
}

/// c = a b: a [m, k], b [k, n], c [m, n]
template <class T> Tensor<T> matmul(const Tensor<T>& a, const Tensor<T>& b, identity_t<Tensor<T>> out = {}) {
    using A = accumulator_t<T>;
    const index_t m = a[0];
    const index_t n = b[1];
    const index_t k = a[1];
    const Tensor<T> c = result(Shape(m, n), out);
    gemm<A>(1, m, n, k, LoadMatrix<T, A>{a.data, 0, k}, LoadMatrix<T, A>{b.data, 0, n}, StoreMatrix<T>{c.data, 0, n});
    return c;
}

} // namespace ops
