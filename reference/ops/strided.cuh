// Tensors that are not dense: copies from and to any strides, of any types, and fills.
#pragma once

#include "ops/divisor.cuh"
#include "ops/tensor.cuh"

namespace ops {

/// Where the elements of a strided tensor lie, counted in row-major order.
class Strides {
public:
    Strides(const Shape& extents, const Shape& strides) : rank_(extents.rank) {
#pragma unroll
        for (int i = 0; i < max_rank; ++i) {
            if (i < rank_) {
                extents_[i] = Divisor(extents[rank_ - 1 - i]);
                strides_[i] = strides[rank_ - 1 - i];
            }
        }
    }

    index_t offset(index_t i) const { return strided_offset(i, rank_, extents_, strides_); }

private:
    int rank_ = 0;
    Divisor extents_[max_rank];
    index_t strides_[max_rank];
};

template <class T, class R>
__global__ void copy_strided_kernel(index_t n, const T* x, Strides of_x, R* y, Strides of_y) {
    const index_t i = index_t(blockIdx.x) * blockDim.x + threadIdx.x;
    if (i < n) {
        y[of_y.offset(i)] = static_cast<R>(static_cast<accumulator_t<T>>(x[of_x.offset(i)]));
    }
}

/// y = x, element by element, converted to y's type.
template <class T, class R>
void copy_strided(const T* x, const Shape& strides_of_x, R* y, const Shape& strides_of_y, const Shape& extents) {
    const index_t n = extents.product(0, extents.rank);
    copy_strided_kernel<<<grid(ceil_div(n, 256)), 256>>>(n, x, Strides(extents, strides_of_x), y,
                                                         Strides(extents, strides_of_y));
}

template <class R> __global__ void fill_strided_kernel(index_t n, R* y, Strides of_y, R value) {
    const index_t i = index_t(blockIdx.x) * blockDim.x + threadIdx.x;
    if (i < n) {
        y[of_y.offset(i)] = value;
    }
}

template <class R> void fill_strided(R* y, const Shape& strides, const Shape& extents, R value) {
    const index_t n = extents.product(0, extents.rank);
    fill_strided_kernel<<<grid(ceil_div(n, 256)), 256>>>(n, y, Strides(extents, strides), value);
}

} // namespace ops
