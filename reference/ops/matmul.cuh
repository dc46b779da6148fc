// Matrix products: of dense, transposed and triangular matrices, batched, and with vectors.
//
// How a matrix is stored is said where it is used: `matmul(transposed(a), b)` reads `a` as it lies in memory and
// nothing is copied. `upper(a)` and `lower(a)` are a's triangles with the diagonal; the other half is taken as zero and
// is, but for tiles on the diagonal, not read.
#pragma once

#include "ops/gemm.cuh"
#include "ops/reduce.cuh"

namespace ops {

/// Matrices [..., columns, rows], read as [..., rows, columns].
template <class T> struct Transposed {
    Tensor<T> of;
};
template <class T> Transposed<T> transposed(const Tensor<T>& matrix) {
    return {matrix};
}

template <class T> struct Upper {
    Tensor<T> of;
};
template <class T> Upper<T> upper(const Tensor<T>& matrix) {
    return {matrix};
}

template <class T> struct Lower {
    Tensor<T> of;
};
template <class T> Lower<T> lower(const Tensor<T>& matrix) {
    return {matrix};
}

/// What matmul must know of an argument. `Left` and `Right` load its elements as those of A and of B.
template <class Matrix> struct Operand;

template <class T> struct Operand<Tensor<T>> {
    using Element = T;
    static const Tensor<T>& stored(const Tensor<T>& matrix) { return matrix; }
    static index_t rows(const Tensor<T>& matrix) { return matrix[matrix.rank() - 2]; }
    static index_t columns(const Tensor<T>& matrix) { return matrix[matrix.rank() - 1]; }
    using Left = LoadMatrix<T, true>;
    using Right = LoadMatrix<T, false>;
};

template <class T> struct Operand<Transposed<T>> {
    using Element = T;
    static const Tensor<T>& stored(const Transposed<T>& matrix) { return matrix.of; }
    static index_t rows(const Transposed<T>& matrix) { return matrix.of[matrix.of.rank() - 1]; }
    static index_t columns(const Transposed<T>& matrix) { return matrix.of[matrix.of.rank() - 2]; }
    using Left = LoadMatrix<T, false>;
    using Right = LoadMatrix<T, true>;
};

template <class Matrix> using element_t = typename Operand<Matrix>::Element;

/// A long sum in parts, each as a batch of its own.
template <class Load> struct LoadPart {
    static constexpr bool along_k = Load::along_k;
    Load whole;
    index_t part, depth;
    auto operator()(index_t batch, index_t index, index_t k) const {
        const index_t at = batch * part + k;
        return at < depth ? whole(0, index, at) : decltype(whole(0, index, at))(0);
    }
};

/// C = A B for each of `batch` pairs of matrices. Where C has too few tiles to fill a device, blocks share the sums.
template <class A, int down = 4, int across = 4, class R, class LoadA, class LoadB>
void multiply_matrices(index_t batch, index_t m, index_t n, index_t k, LoadA a, LoadB b, R* c) {
    constexpr index_t enough_tiles = 128;
    constexpr index_t least_part = 1024;
    const index_t tiles = ceil_div(m, down * gemm_threads) * ceil_div(n, across * gemm_threads);
    const index_t wanted = batch > 1 || tiles >= enough_tiles ? 1 : ceil_div(2 * enough_tiles, tiles);
    const index_t parts = wanted * least_part < k ? wanted : k / least_part;
    if (parts <= 1) {
        gemm<A, down, across>(batch, m, n, AllK{k}, a, b, StoreMatrix<R>{c, m * n, n});
    } else {
        const index_t part = ceil_div(k, parts);
        const Tensor<A> sums = result<A>(Shape(parts, m, n), {});
        gemm<A, down, across>(parts, m, n, AllK{part}, LoadPart<LoadA>{a, part, k}, LoadPart<LoadB>{b, part, k},
                              StoreMatrix<A>{sums.data, m * n, n});
        reduce<Sum>(Same(), Same(), 0, Out<R>(c), sums);
    }
}

/// a b: [..., m, k] times [..., k, n], matrix by matrix, or each matrix of a times one b. The result's type R may be
/// wider than that of the arguments: fp16 in, fp32 out.
template <class R, class Left, class Right> Tensor<R> matmul(const Left& a, const Right& b, out_t<R> out = {}) {
    using T = element_t<Left>;
    const auto& left = Operand<Left>::stored(a);
    const auto& right = Operand<Right>::stored(b);
    const index_t n = Operand<Right>::columns(b);
    const index_t k = Operand<Left>::columns(a);
    index_t batch = left.shape.product(0, left.rank() - 2);
    index_t m = Operand<Left>::rows(a);
    Shape shape = left.shape;
    shape.set(shape.rank - 2, m);
    shape.set(shape.rank - 1, n);
    const Tensor<R> c = result(shape, out);
    const index_t right_batch = right.shape.product(0, right.rank() - 2) == 1 ? 0 : k * n;
    index_t left_batch = m * k;
    if (right_batch == 0 && Operand<Left>::Left::along_k) { // the rows of all matrices are those of one
        m *= batch;
        batch = 1;
    }
    const typename Operand<Left>::Left load_a{left.data, left_batch, left[left.rank() - 1]};
    const typename Operand<Right>::Right load_b{right.data, right_batch, right[right.rank() - 1]};
    multiply_matrices<accumulator_t<T>>(batch, m, n, k, load_a, load_b, c.data);
    return c;
}

template <class Left, class Right>
Tensor<element_t<Left>> matmul(const Left& a, const Right& b, out_t<element_t<Left>> out = {}) {
    return matmul<element_t<Left>>(a, b, out);
}

template <class T> struct StoreWithBias {
    T* y;
    const T* bias;
    index_t columns;
    template <class A> void operator()(index_t, index_t row, index_t column, A value) const {
        y[row * columns + column] = static_cast<T>(value + static_cast<A>(bias[column]));
    }
};

/// x weight^T + bias: x [..., in], weight [out, in], bias [out] to [..., out]
template <class T>
Tensor<T> linear(const Tensor<T>& x, const Tensor<T>& weight, const Tensor<T>& bias, out_t<T> out = {}) {
    Shape shape = x.shape;
    const index_t k = shape[shape.rank - 1];
    const index_t n = weight[0];
    shape.set(shape.rank - 1, n);
    const Tensor<T> y = result(shape, out);
    gemm<accumulator_t<T>>(1, y.size() / n, n, AllK{k}, LoadMatrix<T, true>{x.data, 0, k},
                           LoadMatrix<T, true>{weight.data, 0, k}, StoreWithBias<T>{y.data, bias.data, n});
    return y;
}

/// The same without a bias.
template <class T> Tensor<T> linear(const Tensor<T>& x, const Tensor<T>& weight, out_t<T> out = {}) {
    return matmul(x, transposed(weight), out);
}

template <class T, bool is_upper> struct LoadTriangle {
    static constexpr bool along_k = true;
    const T* data;
    index_t n;
    accumulator_t<T> operator()(index_t, index_t row, index_t column) const {
        const bool inside = is_upper ? row <= column : row >= column;
        return inside ? static_cast<accumulator_t<T>>(data[row * n + column]) : accumulator_t<T>(0);
    }
};

/// The same as B, where the loader is asked for columns.
template <class T, bool is_upper> struct LoadTriangleColumns {
    static constexpr bool along_k = false;
    LoadTriangle<T, is_upper> of;
    accumulator_t<T> operator()(index_t, index_t column, index_t row) const { return of(0, row, column); }
};

/// The k between row and column: (upper, upper) needs row <= k <= column, (lower, lower) column <= k <= row.
template <bool is_upper> struct TriangleK {
    index_t n;
    index_t begin(index_t row, index_t column) const { return is_upper ? row : column; }
    index_t end(index_t row, index_t column) const {
        const index_t last = (is_upper ? column : row) + gemm_tile;
        return last < n ? last : n;
    }
};

template <bool is_upper, class T> Tensor<T> multiply_triangles(const Tensor<T>& a, const Tensor<T>& b, Out<T> out) {
    const index_t n = a[0];
    const Tensor<T> c = result(Shape(n, n), out);
    gemm<accumulator_t<T>>(1, n, n, TriangleK<is_upper>{n}, LoadTriangle<T, is_upper>{a.data, n},
                           LoadTriangleColumns<T, is_upper>{{b.data, n}}, StoreMatrix<T>{c.data, 0, n});
    return c;
}

/// The product of upper triangular matrices [n, n], which is upper triangular: zeros below are written.
template <class T> Tensor<T> matmul(const Upper<T>& a, const Upper<T>& b, out_t<T> out = {}) {
    return multiply_triangles<true>(a.of, b.of, out);
}
template <class T> Tensor<T> matmul(const Lower<T>& a, const Lower<T>& b, out_t<T> out = {}) {
    return multiply_triangles<false>(a.of, b.of, out);
}

/// a x: [m, k] times [k] to [m]; a warp-wise dot product for each row.
template <class T> Tensor<T> matvec(const Tensor<T>& a, const Tensor<T>& x, out_t<T> out = {}) {
    using A = accumulator_t<T>;
    const T* const vector = x.data;
    return reduce<Sum>([=](index_t k, A v) { return v * static_cast<A>(vector[k]); }, Same(), 1, out, a);
}

// Gradients, of dc or dy, the gradient with respect to the result.

/// dc b^T: the gradient of a b with respect to a
template <class T> Tensor<T> matmul_backward_left(const Tensor<T>& dc, const Tensor<T>& b, out_t<T> out = {}) {
    return matmul(dc, transposed(b), out);
}

/// a^T dc: the gradient of a b with respect to b
template <class T> Tensor<T> matmul_backward_right(const Tensor<T>& dc, const Tensor<T>& a, out_t<T> out = {}) {
    return matmul(transposed(a), dc, out);
}

/// [..., n] as [rows, n]
template <class T> Tensor<T> as_rows(const Tensor<T>& x) {
    const index_t columns = x[x.rank() - 1];
    return x.reshape(x.size() / columns, columns);
}

/// dy weight: the gradient of a linear layer with respect to x
template <class T> Tensor<T> linear_backward_input(const Tensor<T>& dy, const Tensor<T>& weight, out_t<T> out = {}) {
    return matmul(dy, weight, out);
}

/// dy^T x, over all rows: with respect to the weight
template <class T> Tensor<T> linear_backward_weight(const Tensor<T>& dy, const Tensor<T>& x, out_t<T> out = {}) {
    return matmul(transposed(as_rows(dy)), as_rows(x), out);
}

/// The sum of dy over all rows: with respect to the bias
template <class T> Tensor<T> linear_backward_bias(const Tensor<T>& dy, out_t<T> out = {}) {
    return sum(as_rows(dy), 0, out);
}

} // namespace ops
