// Reductions: over a block's threads, the building block of every row-wise operator, and over dimensions of a tensor.
//
// A reduction is an operation on states, with an identity: a number for a sum, a number and its index for an argmax, a
// maximum and a sum of exponentials for logsumexp. Each element becomes a state, states are combined in any order, and
// the last one becomes the result. All else is the same for all: rows that are dense are read by whole blocks, and if
// there are few of them and they are long, by several blocks each, whose states are combined in a second step; other
// dimensions are read by warps along their dense neighbour.
#pragma once

#include "ops/tensor.cuh"

namespace ops {

template <class A> A infinity() {
    return static_cast<A>(__int_as_float(0x7f800000));
}

struct Sum {
    template <class A> static A identity() { return A(0); }
    template <class A> static A combine(A a, A b) { return a + b; }
};

struct Product {
    template <class A> static A identity() { return A(1); }
    template <class A> static A combine(A a, A b) { return a * b; }
};

struct Max {
    template <class A> static A identity() { return -infinity<A>(); }
    template <class A> static A combine(A a, A b) { return a > b ? a : b; }
};

struct Min {
    template <class A> static A identity() { return infinity<A>(); }
    template <class A> static A combine(A a, A b) { return a < b ? a : b; }
};

/// An element and where it is.
template <class A> struct Found {
    A value;
    index_t index;
};

/// Of equal elements the first.
template <class Better> struct First {
    template <class S> static S identity() { return {Better::template identity<decltype(S::value)>(), 1ll << 62}; }
    template <class S> static S combine(S a, S b) {
        if (a.value == b.value) {
            return a.index < b.index ? a : b;
        }
        return Better::combine(a.value, b.value) == a.value ? a : b;
    }
};

/// The sum of e^x over some elements as e^max sum, so that nothing overflows.
template <class A> struct Exponentials {
    A max, sum;
};

struct SumOfExponentials {
    template <class S> static S identity() { return {-infinity<decltype(S::max)>(), 0}; }
    template <class S> static S combine(S a, S b) {
        const S more = a.max < b.max ? b : a;
        const S less = a.max < b.max ? a : b;
        return {more.max, less.max == -infinity<decltype(S::max)>() ? more.sum
                                                                    : more.sum + less.sum * ::exp(less.max - more.max)};
    }
};

/// An element as its own state, a state as its own result.
struct Same {
    template <class S> S operator()(S state) const { return state; }
    template <class S> S operator()(index_t, S state) const { return state; }
};

template <class A> A shuffle_xor(A value, int distance) {
    return __shfl_xor_sync(0xffffffff, value, distance);
}
template <class A> Found<A> shuffle_xor(Found<A> state, int distance) {
    return {shuffle_xor(state.value, distance), shuffle_xor(state.index, distance)};
}
template <class A> Exponentials<A> shuffle_xor(Exponentials<A> state, int distance) {
    return {shuffle_xor(state.max, distance), shuffle_xor(state.sum, distance)};
}

/// Combines one state of each thread; every thread gets the result. The block is one-dimensional, of whole warps.
template <class Op, class S> S block_reduce(S state) {
    __shared__ S of_warp[32];
    for (int distance = 16; distance > 0; distance /= 2) {
        state = Op::combine(state, shuffle_xor(state, distance));
    }
    const int lane = threadIdx.x % 32;
    __syncthreads(); // of_warp may still be read by an earlier reduction
    if (lane == 0) {
        of_warp[threadIdx.x / 32] = state;
    }
    __syncthreads();
    state = lane < static_cast<int>(blockDim.x / 32) ? of_warp[lane] : Op::template identity<S>();
    for (int distance = 16; distance > 0; distance /= 2) {
        state = Op::combine(state, shuffle_xor(state, distance));
    }
    return state;
}

/// [rows, columns] to [rows, parts]: a block for each part of a row, `part` elements long.
template <class Op, class F, class G, class R, class... In>
__global__ void __launch_bounds__(max_row_threads)
    reduce_rows_kernel(F f, G finish, R* y, index_t columns, index_t part, const In*... in) {
    using S = decltype(f(index_t(), accumulator_t<In>()...));
    const unsigned parts = static_cast<unsigned>(ceil_div(columns, part));
    const index_t row = blockIdx.x / parts;
    const index_t first = blockIdx.x % parts * part;
    const index_t last = first + part < columns ? first + part : columns;
    S state = Op::template identity<S>();
    for (index_t i = first + threadIdx.x; i < last; i += blockDim.x) {
        state = Op::combine(state, f(i, static_cast<accumulator_t<In>>(in[row * columns + i])...));
    }
    state = block_reduce<Op>(state);
    if (threadIdx.x == 0) {
        y[blockIdx.x] = static_cast<R>(finish(state));
    }
}

/// [outer, extent, inner] to [outer, inner]: a block for 32 neighbours in `inner`, so that loads are coalesced; its
/// eight warps share the reduction.
template <class Op, class F, class G, class R, class... In>
__global__ void reduce_columns_kernel(F f, G finish, R* y, index_t extent, index_t inner, const In*... in) {
    using S = decltype(f(index_t(), accumulator_t<In>()...));
    __shared__ S of_warp[8][32];
    const unsigned tiles = static_cast<unsigned>(ceil_div(inner, 32));
    const index_t outer = blockIdx.x / tiles;
    const index_t column = index_t(blockIdx.x % tiles) * 32 + threadIdx.x;
    S state = Op::template identity<S>();
    if (column < inner) {
        for (index_t i = threadIdx.y; i < extent; i += 8) {
            const index_t at = (outer * extent + i) * inner + column;
            state = Op::combine(state, f(i, static_cast<accumulator_t<In>>(in[at])...));
        }
    }
    of_warp[threadIdx.y][threadIdx.x] = state;
    __syncthreads();
    if (threadIdx.y == 0 && column < inner) {
        for (int warp = 1; warp < 8; ++warp) {
            state = Op::combine(state, of_warp[warp][threadIdx.x]);
        }
        y[outer * inner + column] = static_cast<R>(finish(state));
    }
}

constexpr index_t few_rows = 512;      ///< too few blocks to fill a device with
constexpr index_t long_part = 1 << 14; ///< of a row that several blocks share

/// Reduces over some dimensions, which the result no longer has: f(index, elements...) makes a state of the elements of
/// one or more tensors of one shape, finish(state) the result.
template <class Op, class F, class G, class R, class T, class... More>
Tensor<R> reduce(F f, G finish, Dimensions over, Out<R> out, const Tensor<T>& x, const Tensor<More>&... more) {
    over = over.of_rank(x.rank());
    const Tensor<R> y = result(x.shape.without(over.first, over.last), out);
    const index_t outer = x.shape.product(0, over.first);
    const index_t extent = x.shape.product(over.first, over.last + 1);
    const index_t inner = x.shape.product(over.last + 1, x.rank());
    if (inner > 1) {
        reduce_columns_kernel<Op, F, G, R, T, More...><<<grid(outer * ceil_div(inner, 32)), dim3(32, 8)>>>(
            f, finish, y.data, extent, inner, x.data, more.data...);
    } else if (outer < few_rows && extent > 2 * long_part) {
        using S = decltype(f(index_t(), accumulator_t<T>(), accumulator_t<More>()...));
        const index_t parts = ceil_div(extent, long_part);
        const Tensor<S> states = result<S>(Shape(outer, parts), {});
        reduce_rows_kernel<Op, F, Same, S, T, More...>
            <<<grid(outer * parts), max_row_threads>>>(f, Same(), states.data, extent, long_part, x.data, more.data...);
        reduce_rows_kernel<Op><<<grid(outer), row_threads(parts)>>>(Same(), finish, y.data, parts, parts, states.data);
    } else {
        reduce_rows_kernel<Op, F, G, R, T, More...>
            <<<grid(outer), row_threads(extent)>>>(f, finish, y.data, extent, extent, x.data, more.data...);
    }
    return y;
}

/// A reduction of the elements themselves.
template <class Op, class T> Tensor<T> reduce(const Tensor<T>& x, Dimensions over, Out<T> out) {
    return reduce<Op>(Same(), Same(), over, out, x);
}

template <class T> Tensor<T> sum(const Tensor<T>& x, Dimensions over, out_t<T> out = {}) {
    return reduce<Sum>(x, over, out);
}

template <class T> Tensor<T> product(const Tensor<T>& x, Dimensions over, out_t<T> out = {}) {
    return reduce<Product>(x, over, out);
}

template <class T> Tensor<T> max(const Tensor<T>& x, Dimensions over, out_t<T> out = {}) {
    return reduce<Max>(x, over, out);
}

template <class T> Tensor<T> min(const Tensor<T>& x, Dimensions over, out_t<T> out = {}) {
    return reduce<Min>(x, over, out);
}

/// How many elements become one.
template <class T> accumulator_t<T> count(const Tensor<T>& x, Dimensions over) {
    over = over.of_rank(x.rank());
    return static_cast<accumulator_t<T>>(x.shape.product(over.first, over.last + 1));
}

template <class T> Tensor<T> mean(const Tensor<T>& x, Dimensions over, out_t<T> out = {}) {
    using A = accumulator_t<T>;
    const A n = count(x, over);
    return reduce<Sum>(Same(), [=](A sum) { return sum / n; }, over, out, x);
}

/// The index along one dimension of the largest element, of the first of them if there are several.
template <class T> Tensor<index_t> argmax(const Tensor<T>& x, int dimension, Out<index_t> out = {}) {
    using A = accumulator_t<T>;
    return reduce<First<Max>>([](index_t i, A v) { return Found<A>{v, i}; }, [](Found<A> s) { return s.index; },
                              dimension, out, x);
}

/// The index along one dimension of the least element, of the first of them if there are several.
template <class T> Tensor<index_t> argmin(const Tensor<T>& x, int dimension, Out<index_t> out = {}) {
    using A = accumulator_t<T>;
    return reduce<First<Min>>([](index_t i, A v) { return Found<A>{v, i}; }, [](Found<A> s) { return s.index; },
                              dimension, out, x);
}

/// log(sum of e^x)
template <class T> Tensor<T> logsumexp(const Tensor<T>& x, Dimensions over, out_t<T> out = {}) {
    using A = accumulator_t<T>;
    return reduce<SumOfExponentials>([](index_t, A v) { return Exponentials<A>{v, A(1)}; },
                                     [](Exponentials<A> s) { return s.max + ::log(s.sum); }, over, out, x);
}

/// sqrt(sum of x^2)
template <class T> Tensor<T> l2_norm(const Tensor<T>& x, Dimensions over, out_t<T> out = {}) {
    using A = accumulator_t<T>;
    return reduce<Sum>([](index_t, A v) { return v * v; }, [](A sum) { return ::sqrt(sum); }, over, out, x);
}

} // namespace ops
