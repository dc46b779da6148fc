// Convolutions (cross-correlations, as in every deep-learning library), as implicit matrix products: the weights
// [out_channels, in_channels * kernel^2] times the image's patches [in_channels * kernel^2, positions], which are not
// stored but looked up where they are needed.
#pragma once

#include "ops/divisor.cuh"
#include "ops/gemm.cuh"
#include "ops/window.cuh"

namespace ops {

/// An element of an image's patch matrix: 0 where the window stands over the padding.
template <class T, class A> struct LoadPatch {
    const T* x;
    index_t channels;
    int height, width;
    Window window;
    Divisor kernel_area, kernel_width, width_out;
    A operator()(index_t image, index_t k, index_t position) const {
        const index_t channel = kernel_area.quotient(k);
        const index_t within = kernel_area.remainder(k);
        const int row = static_cast<int>(width_out.quotient(position)) * window.stride - window.padding +
                        static_cast<int>(kernel_width.quotient(within));
        const int column = static_cast<int>(width_out.remainder(position)) * window.stride - window.padding +
                           static_cast<int>(kernel_width.remainder(within));
        if (row < 0 || row >= height || column < 0 || column >= width) {
            return A(0);
        }
        return static_cast<A>(x[((image * channels + channel) * height + row) * width + column]);
    }
};

template <class T> struct StoreWithBias {
    T* y;
    const T* bias;
    index_t channels, positions;
    template <class A> void operator()(index_t image, index_t channel, index_t position, A value) const {
        y[(image * channels + channel) * positions + position] = static_cast<T>(value + static_cast<A>(bias[channel]));
    }
};

/// x [batch, in, height, width], weight [out, in, kernel, kernel], bias [out] to y [batch, out, height', width']
template <class T>
Tensor<T> conv2d(const Tensor<T>& x, const Tensor<T>& weight, const Tensor<T>& bias, Window window,
                 identity_t<Tensor<T>> out = {}) {
    using A = accumulator_t<T>;
    const index_t channels_out = weight[0];
    const index_t depth = weight.shape.product(1, 4);
    const index_t height_out = window.positions(x[2]);
    const index_t width_out = window.positions(x[3]);
    const index_t positions = height_out * width_out;
    const Tensor<T> y = result(Shape(x[0], channels_out, height_out, width_out), out);
    const LoadMatrix<T, A> weights{weight.data, 0, depth}; // the same for every image
    const LoadPatch<T, A> patches{x.data,
                                  x[1],
                                  int(x[2]),
                                  int(x[3]),
                                  window,
                                  Divisor(window.kernel * window.kernel),
                                  Divisor(window.kernel),
                                  Divisor(width_out)};
    const StoreWithBias<T> store{y.data, bias.data, channels_out, positions};
    gemm<A>(x[0], channels_out, positions, depth, weights, patches, store);
    return y;
}

} // namespace ops
