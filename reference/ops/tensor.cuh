// The operator library: what a reference program is written over.
//
// A reference is a candidate like any other: an `extern "C" void solve(...)` whose host code is recorded. It is built
// twice. Plainly, it is the operator-by-operator *baseline*: one well-written kernel for each operator, no fusion. With
// -DASSAY_ORACLE every floating-point type is double, and the same text is the *oracle*, what is right. So an operator
// is a specification first: it must be readable, right for every shape, and fast where any textbook would be.
//
// Operators are functions from tensors to a tensor: `relu(conv2d(x, weight, bias, options))`. Each takes, last, the
// tensor to write to; without one it allocates the result, which lives as long as the plan. Host code stays plain: it
// is interpreted, one PTX instruction at a time.
#pragma once

#include <cuda_runtime.h>

namespace ops {

// The element types of references. `ops/half.cuh` adds f16 and bf16.
using f64 = double;
#ifdef ASSAY_ORACLE
using f32 = double;
#else
using f32 = float;
#endif

/// Sizes and offsets: 64 bits, since a tensor may have more than 2^31 elements.
using index_t = long long;

/// What values of type T are added up in: at least fp32.
template <class T> struct AccumulatorOf {
    using type = T;
};
template <class T> using accumulator_t = typename AccumulatorOf<T>::type;

/// Keeps a parameter out of template argument deduction, so that `{}` can be its default.
template <class T> struct Identity {
    using type = T;
};
template <class T> using identity_t = typename Identity<T>::type;

constexpr index_t ceil_div(index_t a, index_t b) {
    return (a + b - 1) / b;
}

constexpr int max_rank = 6;

struct Shape {
    int rank = 0;
    index_t extents[max_rank] = {};

    Shape() = default;
    template <class... Extents> explicit Shape(Extents... given) : rank(sizeof...(given)), extents{index_t(given)...} {}

    index_t operator[](int dimension) const { return extents[dimension]; }

    /// The product of the extents in [begin, end).
    index_t product(int begin, int end) const {
        index_t result = 1;
        for (int i = begin; i < end; ++i) {
            result *= extents[i];
        }
        return result;
    }

    /// Without one dimension: that of a reduction's result.
    Shape without(int dimension) const {
        Shape result;
        for (int i = 0; i < rank; ++i) {
            if (i != dimension) {
                result.extents[result.rank++] = extents[i];
            }
        }
        return result;
    }
};

/// Dense, row-major, in device memory. It does not own: inputs and outputs belong to the caller, scratch to the plan.
template <class T> struct Tensor {
    T* data = nullptr;
    Shape shape;

    index_t operator[](int dimension) const { return shape[dimension]; }
    index_t size() const { return shape.product(0, shape.rank); }
};

/// A parameter of the entry as a tensor. Inputs are const there and are never written here: an operator writes to its
/// `out` alone.
template <class T, class... Extents> Tensor<T> tensor(const T* data, Extents... extents) {
    return {const_cast<T*>(data), Shape(extents...)};
}

/// The tensor that an operator writes to: `out` if the caller gave one, else new memory.
template <class T> Tensor<T> result(const Shape& shape, const Tensor<T>& out) {
    Tensor<T> tensor{out.data, shape};
    if (tensor.data == nullptr) {
        cudaMalloc(reinterpret_cast<void**>(&tensor.data), tensor.size() * sizeof(T));
    }
    return tensor;
}

/// Grids are one-dimensional everywhere: only x may exceed 65535 blocks.
inline dim3 grid(index_t blocks) {
    return dim3(static_cast<unsigned>(blocks));
}

constexpr int max_row_threads = 1024;

/// Threads of a block that strides over a row: whole warps, four elements for each thread while there are few.
inline unsigned row_threads(index_t columns) {
    const index_t warps = ceil_div(columns, 4 * 32);
    return static_cast<unsigned>(warps * 32 < max_row_threads ? warps * 32 : max_row_threads);
}

} // namespace ops
