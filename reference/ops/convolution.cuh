// Convolutions (cross-correlations, as in every deep-learning library) and transposed convolutions in one to three
// spatial dimensions, with strides, padding, dilation and groups of their own in each.
//
// Both are implicit matrix products: for each image and group, the weights [out_channels, in_channels * taps] times the
// image's patches [in_channels * taps, positions]. Patches are not stored but looked up where they are needed: an index
// into the input is linear in the position and in the tap.
//
// A transposed convolution sends input i to the outputs i * stride + tap * dilation - padding. Seen from an output that
// has, modulo the stride, a given remainder, some taps contribute and others never do; those that do are evenly spaced,
// and so are the inputs they meet. So the outputs of each remainder are an ordinary convolution with fewer taps, and no
// zero is multiplied.
//
// A matrix product has little to share where a group has few output channels (one, if it is depthwise): a thread then
// computes all of them at its position.
#pragma once

#include "ops/gemm.cuh"
#include "ops/window.cuh"

namespace ops {

struct Convolution {
    Each stride = 1, padding = 0, dilation = 1;
    Each output_padding = 0; ///< of a transposed convolution: rows more at the end of the output
    int groups = 1;
};

/// What a product computes: an image [channels, extents...] for each batch of the product, that is of image and group.
template <class T, int spatial> struct LoadPatch {
    static constexpr bool along_k = false;
    const T* x;
    index_t channels;
    Divisor taps;
    Lookup lookup[spatial];
    accumulator_t<T> operator()(index_t batch, index_t position, index_t k) const {
        int rest = static_cast<int>(position);
        int tap = taps.fast_remainder(static_cast<int>(k));
        index_t at = 0;
        index_t pitch = 1;
        bool inside = true;
#pragma unroll
        for (int d = spatial - 1; d >= 0; --d) {
            const Lookup& l = lookup[d];
            const int i = l.positions.fast_remainder(rest) * l.stride + l.taps.fast_remainder(tap) * l.step + l.origin;
            rest = l.positions.fast_quotient(rest);
            tap = l.taps.fast_quotient(tap);
            inside = inside && i >= 0 && i < l.extent;
            at += i * pitch;
            pitch *= l.extent;
        }
        const index_t channel = batch * channels + taps.fast_quotient(static_cast<int>(k));
        return inside ? static_cast<accumulator_t<T>>(x[channel * pitch + at]) : accumulator_t<T>(0);
    }
};

/// The weights of a convolution: [groups, out, in, taps]
template <class T> struct LoadWeight {
    static constexpr bool along_k = true;
    const T* weight;
    Divisor groups;
    index_t rows, depth;
    accumulator_t<T> operator()(index_t batch, index_t row, index_t k) const {
        return static_cast<accumulator_t<T>>(weight[(groups.remainder(batch) * rows + row) * depth + k]);
    }
};

/// Some of the weights of a transposed convolution, [groups, in, out, taps]: tap t of this product is tap
/// first + t * step of the weights, in each spatial dimension.
template <class T, int spatial> struct LoadTransposedWeight {
    static constexpr bool along_k = true;
    const T* weight;
    Divisor groups;
    index_t in, out;
    Divisor taps;
    Divisor of_dimension[spatial];
    int first[spatial], step[spatial], kernel[spatial];
    accumulator_t<T> operator()(index_t batch, index_t row, index_t k) const {
        int rest = taps.fast_remainder(static_cast<int>(k));
        index_t at = 0;
        index_t pitch = 1;
#pragma unroll
        for (int d = spatial - 1; d >= 0; --d) {
            at += (first[d] + of_dimension[d].fast_remainder(rest) * step[d]) * pitch;
            rest = of_dimension[d].fast_quotient(rest);
            pitch *= kernel[d];
        }
        const index_t channel = groups.remainder(batch) * in + taps.fast_quotient(static_cast<int>(k));
        return static_cast<accumulator_t<T>>(weight[(channel * out + row) * pitch + at]);
    }
};

/// Writes every stride-th output from `first` on, with a bias if there is one.
template <class T, int spatial> struct StorePositions {
    T* y;
    const T* bias;
    Divisor groups;
    index_t channels;
    Divisor positions[spatial];
    int first[spatial], stride[spatial], extent[spatial];
    template <class A> void operator()(index_t batch, index_t channel, index_t position, A value) const {
        int rest = static_cast<int>(position);
        index_t at = 0;
        index_t pitch = 1;
#pragma unroll
        for (int d = spatial - 1; d >= 0; --d) {
            at += (first[d] + positions[d].fast_remainder(rest) * stride[d]) * pitch;
            rest = positions[d].fast_quotient(rest);
            pitch *= extent[d];
        }
        const A added = bias == nullptr ? A(0) : static_cast<A>(bias[groups.remainder(batch) * channels + channel]);
        y[(batch * channels + channel) * pitch + at] = static_cast<T>(value + added);
    }
};

/// A thread for each position of an image and group: at most `most` output channels.
template <int most, class T, class Patch, class Weights, class Store>
__global__ void direct_kernel(index_t total, int channels, index_t depth, Divisor positions, Patch patch,
                              Weights weights, Store store) {
    const index_t i = index_t(blockIdx.x) * blockDim.x + threadIdx.x;
    if (i >= total) {
        return;
    }
    const index_t batch = positions.quotient(i);
    const index_t position = positions.remainder(i);
    accumulator_t<T> sum[most] = {};
    for (index_t k = 0; k < depth; ++k) {
        const accumulator_t<T> element = patch(batch, position, k);
#pragma unroll
        for (int channel = 0; channel < most; ++channel) {
            if (channel < channels) {
                sum[channel] += weights(batch, channel, k) * element;
            }
        }
    }
#pragma unroll
    for (int channel = 0; channel < most; ++channel) {
        if (channel < channels) {
            store(batch, channel, position, sum[channel]);
        }
    }
}

/// Sums over `depth` for each of `batch` images and groups, `channels` output channels and `positions`.
template <class T, class Patch, class Weights, class Store>
void sum_patches(index_t batch, index_t channels, index_t positions, index_t depth, Patch patch, Weights weights,
                 Store store) {
    constexpr int few = 16;
    const index_t total = batch * positions;
    if (channels == 1) {
        direct_kernel<1, T>
            <<<grid(ceil_div(total, 256)), 256>>>(total, 1, depth, Divisor(positions), patch, weights, store);
    } else if (channels <= few) {
        direct_kernel<few, T><<<grid(ceil_div(total, 256)), 256>>>(total, static_cast<int>(channels), depth,
                                                                   Divisor(positions), patch, weights, store);
    } else if (channels <= 2 * gemm_threads) {
        gemm<accumulator_t<T>, 2, 8>(batch, channels, positions, AllK{depth}, weights, patch, store);
    } else {
        gemm<accumulator_t<T>>(batch, channels, positions, AllK{depth}, weights, patch, store);
    }
}

template <int spatial, class T>
Tensor<T> convolve(const Tensor<T>& x, const Tensor<T>& weight, const Tensor<T>& bias, const Convolution& options,
                   Out<T> out) {
    const index_t groups = options.groups;
    const index_t in = x[1] / groups;
    const index_t out_of_group = weight[0] / groups;
    const Divisor of_groups(groups);
    Shape shape(x[0], weight[0]);
    LoadPatch<T, spatial> patch{x.data, in};
    StorePositions<T, spatial> store{nullptr, bias.data, of_groups, out_of_group};
    index_t taps = 1;
    index_t positions = 1;
    for (int d = 0; d < spatial; ++d) {
        const int extent = static_cast<int>(x[2 + d]);
        const Window window{static_cast<int>(weight[2 + d]), options.stride[d], options.padding[d],
                            options.dilation[d]};
        const index_t fit = window.positions(extent);
        patch.lookup[d] = {extent,          window.stride, window.dilation,
                           -window.padding, Divisor(fit),  Divisor(window.kernel)};
        store.positions[d] = Divisor(fit);
        store.first[d] = 0;
        store.stride[d] = 1;
        store.extent[d] = static_cast<int>(fit);
        shape.append(fit);
        taps *= window.kernel;
        positions *= fit;
    }
    patch.taps = Divisor(taps);
    const Tensor<T> y = result(shape, out);
    store.y = y.data;
    const LoadWeight<T> weights{weight.data, of_groups, out_of_group, in * taps};
    sum_patches<T>(x[0] * groups, out_of_group, positions, in * taps, patch, weights, store);
    return y;
}

/// The taps that meet, in one dimension, the outputs with a given remainder modulo the stride.
struct Phase {
    int first = 0, step = 1, taps = 0; ///< taps first, first + step, ... of the kernel
    int outputs = 0;                   ///< how many outputs have this remainder
    Lookup lookup = {};

    Phase(int remainder, int extent, index_t extent_out, int kernel, int stride, int padding, int dilation) {
        outputs = extent_out > remainder ? static_cast<int>((extent_out - remainder - 1) / stride + 1) : 0;
        int shared = 1; // the greatest common divisor of stride and dilation
        for (int i = 2; i <= stride; ++i) {
            shared = stride % i == 0 && dilation % i == 0 ? i : shared;
        }
        step = stride / shared;
        while (first < kernel && (remainder + padding - first * dilation) % stride != 0) {
            ++first;
        }
        taps = first < kernel ? (kernel - first - 1) / step + 1 : 0;
        lookup = {extent,
                  1,
                  -(step * dilation / stride),
                  (remainder + padding - first * dilation) / stride,
                  Divisor(outputs > 0 ? outputs : 1),
                  Divisor(taps > 0 ? taps : 1)};
    }
};

/// The outputs of one remainder in each dimension; `remainders` counts through all of them.
template <int spatial, class T>
void transpose_phase(const Tensor<T>& x, const Tensor<T>& weight, const Tensor<T>& bias, const Convolution& options,
                     const Tensor<T>& y, int remainders) {
    const index_t groups = options.groups;
    const index_t in = x[1] / groups;
    const index_t out_of_group = weight[1];
    const Divisor of_groups(groups);
    LoadPatch<T, spatial> patch{x.data, in};
    LoadTransposedWeight<T, spatial> weights{weight.data, of_groups, in, out_of_group};
    StorePositions<T, spatial> store{y.data, bias.data, of_groups, out_of_group};
    index_t taps = 1;
    index_t positions = 1;
    for (int d = spatial - 1; d >= 0; --d) {
        const int stride = options.stride[d];
        const int remainder = remainders % stride;
        remainders /= stride;
        const Phase phase(remainder, static_cast<int>(x[2 + d]), y[2 + d], static_cast<int>(weight[2 + d]), stride,
                          options.padding[d], options.dilation[d]);
        patch.lookup[d] = phase.lookup;
        weights.of_dimension[d] = phase.lookup.taps;
        weights.first[d] = phase.first;
        weights.step[d] = phase.step;
        weights.kernel[d] = static_cast<int>(weight[2 + d]);
        store.positions[d] = phase.lookup.positions;
        store.first[d] = remainder;
        store.stride[d] = stride;
        store.extent[d] = static_cast<int>(y[2 + d]);
        taps *= phase.taps;
        positions *= phase.outputs;
    }
    if (positions == 0) {
        return;
    }
    patch.taps = Divisor(taps > 0 ? taps : 1);
    weights.taps = patch.taps;
    // Without taps the sum is empty, and the bias alone is written.
    sum_patches<T>(x[0] * groups, out_of_group, positions, in * taps, patch, weights, store);
}

template <int spatial, class T>
Tensor<T> convolve_transposed(const Tensor<T>& x, const Tensor<T>& weight, const Tensor<T>& bias,
                              const Convolution& options, Out<T> out) {
    Shape shape(x[0], weight[1] * options.groups);
    int phases = 1;
    for (int d = 0; d < spatial; ++d) {
        shape.append((x[2 + d] - 1) * options.stride[d] - 2 * options.padding[d] +
                     options.dilation[d] * (weight[2 + d] - 1) + options.output_padding[d] + 1);
        phases *= options.stride[d];
    }
    const Tensor<T> y = result(shape, out);
    for (int phase = 0; phase < phases; ++phase) {
        transpose_phase<spatial>(x, weight, bias, options, y, phase);
    }
    return y;
}

// x [batch, in, extents...], weight [out, in / groups, kernel...], bias [out] or none (`{}`) to [batch, out, ...]

template <class T>
Tensor<T> conv1d(const Tensor<T>& x, const Tensor<T>& weight, const identity_t<Tensor<T>>& bias = {},
                 const Convolution& options = {}, out_t<T> out = {}) {
    return convolve<1, T>(x, weight, bias, options, out);
}

template <class T>
Tensor<T> conv2d(const Tensor<T>& x, const Tensor<T>& weight, const identity_t<Tensor<T>>& bias = {},
                 const Convolution& options = {}, out_t<T> out = {}) {
    return convolve<2, T>(x, weight, bias, options, out);
}

template <class T>
Tensor<T> conv3d(const Tensor<T>& x, const Tensor<T>& weight, const identity_t<Tensor<T>>& bias = {},
                 const Convolution& options = {}, out_t<T> out = {}) {
    return convolve<3, T>(x, weight, bias, options, out);
}

// x [batch, in, extents...], weight [in, out / groups, kernel...], bias [out] or none (`{}`) to [batch, out, ...]

template <class T>
Tensor<T> conv_transpose1d(const Tensor<T>& x, const Tensor<T>& weight, const identity_t<Tensor<T>>& bias = {},
                           const Convolution& options = {}, out_t<T> out = {}) {
    return convolve_transposed<1, T>(x, weight, bias, options, out);
}

template <class T>
Tensor<T> conv_transpose2d(const Tensor<T>& x, const Tensor<T>& weight, const identity_t<Tensor<T>>& bias = {},
                           const Convolution& options = {}, out_t<T> out = {}) {
    return convolve_transposed<2, T>(x, weight, bias, options, out);
}

template <class T>
Tensor<T> conv_transpose3d(const Tensor<T>& x, const Tensor<T>& weight, const identity_t<Tensor<T>>& bias = {},
                           const Convolution& options = {}, out_t<T> out = {}) {
    return convolve_transposed<3, T>(x, weight, bias, options, out);
}

} // namespace ops
