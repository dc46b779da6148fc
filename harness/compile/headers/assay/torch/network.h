// Functions of namespace torch and at: layers of networks, as operators of the library.
#ifndef ASSAY_TORCH_NETWORK_H
#define ASSAY_TORCH_NETWORK_H

#include <assay/torch/tensor.h>

namespace at {

#define ASSAY_CONVOLUTION(dimensions)                                                                                      \
    inline Tensor conv##dimensions(const Tensor& x, const Tensor& weight, const OptionalTensor& bias = {},                 \
                                   IntArrayRef stride = 1, IntArrayRef padding = 0, IntArrayRef dilation = 1,              \
                                   int64_t groups = 1) {                                                                   \
        return Tensor::of("conv" #dimensions, {x, weight, bias, stride, padding, dilation, groups});                       \
    }                                                                                                                      \
    inline Tensor conv_transpose##dimensions(const Tensor& x, const Tensor& weight, const OptionalTensor& bias = {},       \
                                             IntArrayRef stride = 1, IntArrayRef padding = 0,                              \
                                             IntArrayRef output_padding = 0, int64_t groups = 1,                           \
                                             IntArrayRef dilation = 1) {                                                   \
        return Tensor::of("conv_transpose" #dimensions,                                                                    \
                          {x, weight, bias, stride, padding, dilation, groups, output_padding});                           \
    }                                                                                                                      \
    inline Tensor max_pool##dimensions(const Tensor& x, IntArrayRef kernel, IntArrayRef stride = {},                       \
                                       IntArrayRef padding = 0, IntArrayRef dilation = 1, bool up = false) {               \
        return Tensor::of("max_pool", {x, kernel, stride, padding, dilation, up, true});                                   \
    }                                                                                                                      \
    inline Tensor avg_pool##dimensions(const Tensor& x, IntArrayRef kernel, IntArrayRef stride = {},                       \
                                       IntArrayRef padding = 0, bool up = false, bool count_padding = true) {              \
        return Tensor::of("avg_pool", {x, kernel, stride, padding, {}, up, count_padding});                                \
    }                                                                                                                      \
    inline Tensor adaptive_avg_pool##dimensions(const Tensor& x, IntArrayRef positions) {                                  \
        return Tensor::of("adaptive_avg_pool", {x, positions});                                                            \
    }
ASSAY_CONVOLUTION(1d)
ASSAY_CONVOLUTION(2d)
ASSAY_CONVOLUTION(3d)
#undef ASSAY_CONVOLUTION

/// With the batch's own statistics; `training` must say so.
inline Tensor batch_norm(const Tensor& x, const OptionalTensor& weight, const OptionalTensor& bias, const OptionalTensor&,
                         const OptionalTensor&, bool training, double, double eps, bool) {
    TORCH_CHECK(training, "batch_norm with running statistics is not supported");
    return Tensor::of("batch_norm", {x, weight, bias, eps});
}
inline Tensor instance_norm(const Tensor& x, const OptionalTensor&, const OptionalTensor&, const OptionalTensor&,
                            const OptionalTensor&, bool, double, double eps, bool) {
    return Tensor::of("instance_norm", {x, {}, {}, eps});
}
inline Tensor group_norm(const Tensor& x, int64_t groups, const OptionalTensor& weight = {}, const OptionalTensor& bias = {},
                         double eps = 1e-5, bool = true) {
    return Tensor::of("group_norm", {x, weight, bias, eps, groups});
}
inline Tensor layer_norm(const Tensor& x, IntArrayRef shape, const OptionalTensor& weight = {},
                         const OptionalTensor& bias = {}, double eps = 1e-5, bool = true) {
    int64_t columns = 1;
    for (int64_t extent : shape) {
        columns *= extent;
    }
    return Tensor::of("layer_norm", {x, weight, bias, eps, columns});
}
inline Tensor scaled_dot_product_attention(const Tensor& q, const Tensor& k, const Tensor& v) {
    return Tensor::of("attention", {q, k, v});
}
inline Tensor logsumexp(const Tensor& x, IntArrayRef dims, bool keep = false) {
    return Tensor::of("logsumexp", {x, dims, keep});
}
inline Tensor softsign(const Tensor& x) {
    return Tensor::of("softsign", {x});
}
inline Tensor hardtanh(const Tensor& x, double low = -1, double high = 1) {
    return x.clamp(low, high);
}

} // namespace at

#endif
