#include "ops/activation.cuh"
#include "ops/convolution.cuh"
#include "ops/elementwise.cuh"
#include "ops/normalization.cuh"

using namespace ops;

extern "C" void solve(const f32* x, const f32* conv1_weight, const f32* conv1_bias, const f32* bn1_weight,
                      const f32* bn1_bias, const f32* bn1_mean, const f32* bn1_var, const f32* conv2_weight,
                      const f32* conv2_bias, const f32* bn2_weight, const f32* bn2_bias, const f32* bn2_mean,
                      const f32* bn2_var, const f32* downsample_weight, const f32* downsample_bias,
                      const f32* downsample_bn_weight, const f32* downsample_bn_bias, const f32* downsample_bn_mean,
                      const f32* downsample_bn_var, f32* y, int batch, int in_channels, int out_channels, int height,
                      int width, int stride, f32 eps) {
    const auto images = tensor(x, batch, in_channels, height, width);
    const auto c1 = conv2d(images, tensor(conv1_weight, out_channels, in_channels, 3, 3),
                           tensor(conv1_bias, out_channels), {.stride = stride, .padding = 1});
    const auto n1 = relu(batch_norm_inference(c1, tensor(bn1_mean, out_channels), tensor(bn1_var, out_channels),
                                              tensor(bn1_weight, out_channels), tensor(bn1_bias, out_channels), eps));
    const auto c2 = conv2d(n1, tensor(conv2_weight, out_channels, out_channels, 3, 3), tensor(conv2_bias, out_channels),
                           {.padding = 1});
    const auto n2 = batch_norm_inference(c2, tensor(bn2_mean, out_channels), tensor(bn2_var, out_channels),
                                         tensor(bn2_weight, out_channels), tensor(bn2_bias, out_channels), eps);
    const auto cd = conv2d(images, tensor(downsample_weight, out_channels, in_channels, 1, 1),
                           tensor(downsample_bias, out_channels), {.stride = stride});
    relu(add(n2, batch_norm_inference(
                     cd, tensor(downsample_bn_mean, out_channels), tensor(downsample_bn_var, out_channels),
                     tensor(downsample_bn_weight, out_channels), tensor(downsample_bn_bias, out_channels), eps)),
         y);
}
