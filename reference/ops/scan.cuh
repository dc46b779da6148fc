// Scans along the last dimension: what a reduction would give for each prefix of a row.
//
// A block takes a part of a row, tile by tile, and carries the total from one tile to the next. Where rows are few and
// long, several blocks share one: first each part is reduced, then those results are scanned (the same operator again),
// and each block begins with the result of all parts before its own.
#pragma once

#include "ops/reduce.cuh"

namespace ops {

constexpr int scan_threads = 256;
constexpr index_t scan_part = 8 * scan_threads; ///< of a row that several blocks share

struct Scan {
    bool reverse = false;   ///< from the end: y[i] is of x[i] and all behind it
    bool exclusive = false; ///< without the element itself
};

/// The scan over the threads of the block, and in `total` the result for all of them.
template <class Op, class A> A block_scan(A value, A& total) {
    __shared__ A of_warp[scan_threads / 32];
    const int lane = threadIdx.x % 32;
    const int warp = threadIdx.x / 32;
    for (int distance = 1; distance < 32; distance *= 2) {
        const A before = __shfl_up_sync(0xffffffff, value, distance);
        if (lane >= distance) {
            value = Op::combine(before, value);
        }
    }
    __syncthreads(); // of_warp may still be read by an earlier scan
    if (lane == 31) {
        of_warp[warp] = value;
    }
    __syncthreads();
    total = Op::template identity<A>();
    A before = total;
    for (int i = 0; i < scan_threads / 32; ++i) {
        before = i == warp ? total : before;
        total = Op::combine(total, of_warp[i]);
    }
    return Op::combine(before, value);
}

/// [rows, columns]: a block for each part of a row. `before` holds the inclusive scan of the parts' results, [rows,
/// parts]; none if a block takes a row.
template <class Op, class F, class R, class A, class... In>
__global__ void scan_kernel(F f, Scan options, R* y, index_t columns, index_t part, const A* before, const In*... in) {
    const unsigned parts = static_cast<unsigned>(ceil_div(columns, part));
    const index_t row = blockIdx.x / parts * columns;
    const index_t own = blockIdx.x % parts;
    const index_t last = own * part + part < columns ? own * part + part : columns;
    A carry = own == 0 || before == nullptr ? Op::template identity<A>() : before[blockIdx.x - 1];
    for (index_t first = own * part; first < last; first += scan_threads) {
        const index_t i = first + threadIdx.x;
        const index_t at = row + (options.reverse ? columns - 1 - i : i);
        const A value = i < last ? f(static_cast<accumulator_t<In>>(in[at])...) : Op::template identity<A>();
        A total;
        const A scanned = Op::combine(carry, block_scan<Op>(value, total));
        const index_t to = options.exclusive ? i + 1 : i;
        if (i < last && to < columns) {
            y[row + (options.reverse ? columns - 1 - to : to)] = static_cast<R>(scanned);
        }
        if (options.exclusive && i == 0) {
            y[at] = static_cast<R>(Op::template identity<A>());
        }
        carry = Op::combine(carry, total);
    }
}

/// The result of each part but, if the row is scanned from its end, counted from there.
template <class Op, class F, class A, class... In>
__global__ void scan_parts_kernel(F f, bool reverse, A* results, index_t columns, const In*... in) {
    const unsigned parts = static_cast<unsigned>(ceil_div(columns, scan_part));
    const index_t row = blockIdx.x / parts * columns;
    const index_t first = blockIdx.x % parts * scan_part;
    A value = Op::template identity<A>();
    for (index_t i = first + threadIdx.x; i < first + scan_part && i < columns; i += scan_threads) {
        const index_t at = row + (reverse ? columns - 1 - i : i);
        value = Op::combine(value, f(static_cast<accumulator_t<In>>(in[at])...));
    }
    value = block_reduce<Op>(value);
    if (threadIdx.x == 0) {
        results[blockIdx.x] = value;
    }
}

template <class Op, class F, class T, class... More>
Tensor<T> scan(F f, Scan options, Out<T> out, const Tensor<T>& x, const Tensor<More>&... more) {
    using A = accumulator_t<T>;
    const Tensor<T> y = result(x.shape, out);
    const index_t columns = x[x.rank() - 1];
    const index_t rows = x.size() / columns;
    if (rows >= few_rows || columns <= 2 * scan_part) {
        scan_kernel<Op, F, T, A, T, More...>
            <<<grid(rows), scan_threads>>>(f, options, y.data, columns, columns, nullptr, x.data, more.data...);
        return y;
    }
    const index_t parts = ceil_div(columns, scan_part);
    const Tensor<A> results = result<A>(Shape(rows, parts), {});
    scan_parts_kernel<Op, F, A, T, More...>
        <<<grid(rows * parts), scan_threads>>>(f, options.reverse, results.data, columns, x.data, more.data...);
    const Tensor<A> before = scan<Op>(Same(), {}, Out<A>(), results);
    scan_kernel<Op, F, T, A, T, More...><<<grid(rows * parts), scan_threads>>>(f, options, y.data, columns, scan_part,
                                                                               before.data, x.data, more.data...);
    return y;
}

/// y[i] = x[0] + ... + x[i]
template <class T> Tensor<T> cumsum(const Tensor<T>& x, Scan options = {}, out_t<T> out = {}) {
    return scan<Sum>(Same(), options, out, x);
}

/// y[i] = the sum of those of x[0], ..., x[i] where the mask is true
template <class T>
Tensor<T> masked_cumsum(const Tensor<T>& x, const Tensor<bool>& mask, Scan options = {}, out_t<T> out = {}) {
    using A = accumulator_t<T>;
    return scan<Sum>([](A v, bool counts) { return counts ? v : A(0); }, options, out, x, mask);
}

/// y[i] = x[0] ... x[i]
template <class T> Tensor<T> cumprod(const Tensor<T>& x, Scan options = {}, out_t<T> out = {}) {
    return scan<Product>(Same(), options, out, x);
}

} // namespace ops
