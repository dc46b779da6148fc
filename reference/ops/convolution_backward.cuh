// Gradients of convolutions, of dy, the gradient with respect to the result [batch, out, positions...].
//
// With respect to the input, each output's gradient goes back along the taps that it was computed from: that is the
// transposed convolution of dy with the same weights. With respect to the weights, it is one matrix product for each
// group: dy [out, images * positions] times the patches [images * positions, in * taps], which are looked up as in the
// convolution itself.
#pragma once

#include "ops/convolution.cuh"
#include "ops/matmul.cuh"

namespace ops {

/// dy as a matrix [out channels of a group, images * positions].
template <class T> struct LoadOutputs {
    static constexpr bool along_k = true;
    const T* dy;
    index_t groups, channels; ///< channels: of a group
    Divisor positions;
    accumulator_t<T> operator()(index_t group, index_t channel, index_t k) const {
        const index_t image = positions.quotient(k);
        const index_t at =
            ((image * groups + group) * channels + channel) * positions.value() + (k - image * positions.value());
        return static_cast<accumulator_t<T>>(dy[at]);
    }
};

/// The patches as a matrix [images * positions, in channels of a group * taps].
template <class T, int spatial> struct LoadPatches {
    static constexpr bool along_k = true;
    LoadPatch<T, spatial> patch;
    index_t groups;
    Divisor positions;
    accumulator_t<T> operator()(index_t group, index_t column, index_t k) const {
        const index_t image = positions.quotient(k);
        return patch(image * groups + group, k - image * positions.value(), column);
    }
};

/// `input`: the shape of x, which dy does not tell where the stride leaves a rest.
template <int spatial, class T>
Tensor<T> convolve_backward_input(const Tensor<T>& dy, const Tensor<T>& weight, const Shape& input, Convolution options,
                                  Out<T> out) {
    for (int d = 0; d < spatial; ++d) {
        const index_t reached = (dy[2 + d] - 1) * options.stride[d] - 2 * options.padding[d] +
                                options.dilation[d] * (weight[2 + d] - 1) + 1;
        options.output_padding.of[d] = static_cast<int>(input[2 + d] - reached);
    }
    return convolve_transposed<spatial, T>(dy, weight, {}, options, out);
}

/// `shape`: that of the weight.
template <int spatial, class T>
Tensor<T> convolve_backward_weight(const Tensor<T>& dy, const Tensor<T>& x, const Shape& shape,
                                   const Convolution& options, Out<T> out) {
    const Tensor<T> dweight = result(shape, out);
    const index_t groups = options.groups;
    LoadPatch<T, spatial> patch{x.data, shape[1]};
    index_t taps = 1;
    index_t positions = 1;
    for (int d = 0; d < spatial; ++d) {
        patch.lookup[d] = {static_cast<int>(x[2 + d]), options.stride[d],  options.dilation[d],
                           -options.padding[d],        Divisor(dy[2 + d]), Divisor(shape[2 + d])};
        taps *= shape[2 + d];
        positions *= dy[2 + d];
    }
    patch.taps = Divisor(taps);
    const index_t out_of_group = shape[0] / groups;
    const LoadOutputs<T> outputs{dy.data, groups, out_of_group, Divisor(positions)};
    const LoadPatches<T, spatial> patches{patch, groups, Divisor(positions)};
    const index_t columns = shape[1] * taps;
    if (columns <= gemm_threads) { // of few input channels
        multiply_matrices<accumulator_t<T>, 2, 1>(groups, out_of_group, columns, x[0] * positions, outputs, patches,
                                                  dweight.data);
    } else {
        multiply_matrices<accumulator_t<T>>(groups, out_of_group, columns, x[0] * positions, outputs, patches,
                                            dweight.data);
    }
    return dweight;
}

/// The sum of dy over images and positions: with respect to the bias [out].
template <class T> Tensor<T> conv_backward_bias(const Tensor<T>& dy, out_t<T> out = {}) {
    using A = accumulator_t<T>;
    const Tensor<T> images = dy.reshape(dy[0], dy[1], dy.shape.product(2, dy.rank()));
    const Tensor<A> of_images = reduce<Sum>(Same(), Same(), 2, Out<A>(), images);
    return reduce<Sum>(Same(), Same(), 0, Out<T>(out), of_images);
}

template <class T>
Tensor<T> conv1d_backward_input(const Tensor<T>& dy, const Tensor<T>& weight, const Shape& input,
                                const Convolution& options = {}, out_t<T> out = {}) {
    return convolve_backward_input<1, T>(dy, weight, input, options, out);
}

template <class T>
Tensor<T> conv2d_backward_input(const Tensor<T>& dy, const Tensor<T>& weight, const Shape& input,
                                const Convolution& options = {}, out_t<T> out = {}) {
    return convolve_backward_input<2, T>(dy, weight, input, options, out);
}

template <class T>
Tensor<T> conv3d_backward_input(const Tensor<T>& dy, const Tensor<T>& weight, const Shape& input,
                                const Convolution& options = {}, out_t<T> out = {}) {
    return convolve_backward_input<3, T>(dy, weight, input, options, out);
}

template <class T>
Tensor<T> conv1d_backward_weight(const Tensor<T>& dy, const Tensor<T>& x, const Shape& weight,
                                 const Convolution& options = {}, out_t<T> out = {}) {
    return convolve_backward_weight<1, T>(dy, x, weight, options, out);
}

template <class T>
Tensor<T> conv2d_backward_weight(const Tensor<T>& dy, const Tensor<T>& x, const Shape& weight,
                                 const Convolution& options = {}, out_t<T> out = {}) {
    return convolve_backward_weight<2, T>(dy, x, weight, options, out);
}

template <class T>
Tensor<T> conv3d_backward_weight(const Tensor<T>& dy, const Tensor<T>& x, const Shape& weight,
                                 const Convolution& options = {}, out_t<T> out = {}) {
    return convolve_backward_weight<3, T>(dy, x, weight, options, out);
}

} // namespace ops
