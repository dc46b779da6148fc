// Products as BLAS has them: scaled, added to what is there, of matrices whose rows lie apart in memory.
#pragma once

#include "ops/matmul.cuh"

namespace ops {

/// The shape of a product in elements: `stride`s from one row to the next, `batch_stride`s from one matrix to the next.
struct ProductShape {
    index_t rows, columns, depth, batch;
    index_t left_stride, right_stride, stride;
    index_t left_batch_stride, right_batch_stride, batch_stride;
};

/// Where beta is 0 what was there is not read: it may be no number.
template <class R, class A> struct StoreScaled {
    R* data;
    index_t batch_stride, stride;
    A alpha, beta;
    void operator()(index_t batch, index_t row, index_t column, A value) const {
        R& element = data[batch * batch_stride + row * stride + column];
        const A added = beta == A(0) ? A(0) : beta * static_cast<A>(element);
        element = static_cast<R>(alpha * value + added);
    }
};

/// c = alpha op(a) op(b) + beta c, in place, where op is the transposed matrix or the matrix itself. Rows of a matrix
/// that is transposed are those that it has in memory.
template <bool left_transposed, bool right_transposed, class T, class R>
void scaled_product(const Tensor<T>& a, const Tensor<T>& b, const ProductShape& shape, accumulator_t<T> alpha,
                    accumulator_t<T> beta, Out<R> c) {
    using A = accumulator_t<T>;
    const AllK range{shape.depth};
    const LoadMatrix<T, !left_transposed> left{a.data, shape.left_batch_stride, shape.left_stride};
    const LoadMatrix<T, right_transposed> right{b.data, shape.right_batch_stride, shape.right_stride};
    const StoreScaled<R, A> store{c.data, shape.batch_stride, shape.stride, alpha, beta};
    if (shape.columns <= gemm_threads) { // a vector, most of the time: a wide tile would be idle
        gemm<A, 4, 1>(shape.batch, shape.rows, shape.columns, range, left, right, store);
    } else {
        gemm<A>(shape.batch, shape.rows, shape.columns, range, left, right, store);
    }
}

} // namespace ops
