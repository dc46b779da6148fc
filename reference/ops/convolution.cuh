// Convolutions (cross-correlations, as in every deep-learning library), as implicit matrix products: the weights
// [out_channels, in_channels * kernel^2] times the image's patches [in_channels * kernel^2, positions], which are not
// stored but looked up where they are needed.
#pragma once

#include "ops/gemm.cuh"
#include "ops/window.cuh"

namespace ops {

/// An element of an image's patch matrix: 0 where the window stands over the padding.
template <class T, class A> struct LoadPatch {
    const T* x;
    int channels, height, width, width_out;
    Window window;
    A operator()(index_t image, index_t k, index_t position) const {
        const int area = window.kernel * window.kernel;
        const int channel = static_cast<int>(k) / area;
        const int within = static_cast<int>(k) % area;
        const int row_out = static_cast<int>(position) / width_out;
        const int column_out = static_cast<int>(position) % width_out;
        const int row = row_out * window.stride - window.padding + within / window.kernel;
        const int column = column_out * window.stride - window.padding + within % window.kernel;
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
    const LoadPatch<T, A> patches{x.data, int(x[1]), int(x[2]), int(x[3]), int(width_out), window};
    const StoreWithBias<T> store{y.data, bias.data, channels_out, positions};
    gemm<A>(x[0], channels_out, positions, depth, weights, patches, store);
    return y;
}

} // namespace ops
