// The operator library: what a reference program is written over.
//
// A reference is a candidate like any other: an `extern "C" void solve(...)` whose host code is recorded. It is built
// twice. Plainly, it is the operator-by-operator *baseline*: one well-written kernel for each operator, no fusion. With
// -DASSAY_ORACLE every floating-point type is double, and the same text is the *oracle*, what is right. So an operator
// is a specification first: it must be readable, right for every shape, and fast where any textbook would be.
//
// Operators are functions from tensors to a tensor: `relu(conv2d(x, weight, bias, {.padding = 1}))`. Each takes, last,
// the memory to write to; without it, it allocates the result, which lives as long as the plan. Shapes follow from the
// arguments and are nowhere checked: a wrong one is a red zone touched or a number never written, and both are found by
// `assay tasks check`. Host code stays plain: it is interpreted, one PTX instruction at a time.
//
// The headers: elementwise (arithmetic with broadcasting), activation, matmul, convolution, pooling, normalization,
// softmax, reduce, scan, loss, attention, layout; half adds the 16-bit types. Gradients are beside their operators, or
// in headers of their own: convolution_backward, normalization_backward, pooling_backward.
#pragma once

#include <cuda_runtime.h>

namespace ops {

// The element types of references; see ops/half.cuh for f16 and bf16.
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

/// Extents are found by comparing, not by computing an address, so that a shape stays in registers: where one is in
/// memory, NVRTC 13.0 may put another object over it while it is still in use.
struct Shape {
    int rank = 0;

    Shape() = default;
    template <class... Extents>
    explicit Shape(Extents... given) : rank(sizeof...(given)), extents_{index_t(given)...} {}

    index_t operator[](int dimension) const {
        index_t extent = 0;
#pragma unroll
        for (int i = 0; i < max_rank; ++i) {
            extent = i == dimension ? extents_[i] : extent;
        }
        return extent;
    }

    void set(int dimension, index_t extent) {
#pragma unroll
        for (int i = 0; i < max_rank; ++i) {
            extents_[i] = i == dimension ? extent : extents_[i];
        }
    }

    void append(index_t extent) { set(rank++, extent); }

    /// The product of the extents in [begin, end).
    index_t product(int begin, int end) const {
        index_t result = 1;
#pragma unroll
        for (int i = 0; i < max_rank; ++i) {
            result *= i >= begin && i < end ? extents_[i] : 1;
        }
        return result;
    }

    /// Without some dimensions: that of a reduction's result.
    Shape without(int first, int last) const {
        Shape result;
#pragma unroll
        for (int i = 0; i < max_rank; ++i) {
            if (i < rank && (i < first || i > last)) {
                result.append(extents_[i]);
            }
        }
        return result;
    }

private:
    index_t extents_[max_rank] = {};
};

/// Dense, row-major, in device memory. It does not own: inputs and outputs belong to the caller, scratch to the plan.
template <class T> struct Tensor {
    T* data = nullptr;
    Shape shape;

    index_t operator[](int dimension) const { return shape[dimension]; }
    int rank() const { return shape.rank; }
    index_t size() const { return shape.product(0, shape.rank); }

    /// The same elements under other extents.
    Tensor reshape(const Shape& other) const { return {data, other}; }
    template <class... Extents> Tensor reshape(Extents... extents) const { return {data, Shape(extents...)}; }
};

/// A parameter of the entry as a tensor. Inputs are const there and are never written here: an operator writes to its
/// `out` alone.
template <class T, class... Extents> Tensor<T> tensor(const T* data, Extents... extents) {
    return {const_cast<T*>(data), Shape(extents...)};
}

/// Where an operator writes its result: the caller's memory, or none, and it allocates. It is not deduced, so that `{}`
/// can be the default.
template <class T> struct Out {
    T* data = nullptr;

    Out() = default;
    Out(T* memory) : data(memory) {}
    Out(const Tensor<T>& tensor) : data(tensor.data) {}
};
template <class T> using out_t = Out<identity_t<T>>;

template <class T> Tensor<T> result(const Shape& shape, Out<T> out) {
    void* memory = out.data;
    if (memory == nullptr) {
        cudaMalloc(&memory, shape.product(0, shape.rank) * sizeof(T));
    }
    return {static_cast<T*>(memory), shape};
}

/// Neighbouring dimensions, first to last; from -1 they count from the end, as in PyTorch.
struct Dimensions {
    int first, last;

    Dimensions(int one) : first(one), last(one) {}
    Dimensions(int from, int to) : first(from), last(to) {}
    Dimensions of_rank(int rank) const { return {first < 0 ? first + rank : first, last < 0 ? last + rank : last}; }
};

/// An attribute of each spatial dimension, or one for all.
struct Each {
    int of[3];

    Each(int all) : of{all, all, all} {}
    Each(int height, int width) : of{height, width, 1} {}
    Each(int depth, int height, int width) : of{depth, height, width} {}
    int operator[](int dimension) const { return of[dimension]; }
};

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
