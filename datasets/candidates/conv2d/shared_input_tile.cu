#include <cuda_runtime.h>

// Direct convolution: a block computes a 16x16 output tile for OC_PER_BLOCK output channels of one image.
// For each input channel the input tile with its halo and the filters are staged in shared memory, and
// every staged input value is used for all output channels of the block.
#define TILE 16
#define OC_PER_BLOCK 4

// K is the kernel size if it is known at compile time, else 0.
template <int K>
__global__ void conv2d_tiled(const float* __restrict__ x, const float* __restrict__ weight,
                             const float* __restrict__ bias, float* __restrict__ y, int in_channels, int out_channels,
                             int height, int width, int kernel_arg, int stride, int padding, int out_h, int out_w,
                             int tiles_w, int oc_groups) {
    const int kernel = K > 0 ? K : kernel_arg;
    const int in_tile = (TILE - 1) * stride + kernel;

    extern __shared__ float smem[];
    float* s_in = smem;                        // in_tile x in_tile
    float* s_w = smem + in_tile * in_tile;     // OC_PER_BLOCK x kernel x kernel

    const int tile_h = blockIdx.x / tiles_w;
    const int tile_w = blockIdx.x % tiles_w;
    const int oc_base = (blockIdx.y % oc_groups) * OC_PER_BLOCK;
    const int b = blockIdx.y / oc_groups;

    const int tx = threadIdx.x;
    const int ty = threadIdx.y;
    const int tid = ty * TILE + tx;
    const int oh = tile_h * TILE + ty;
    const int ow = tile_w * TILE + tx;
    const int ih0 = tile_h * TILE * stride - padding;
    const int iw0 = tile_w * TILE * stride - padding;

    float acc[OC_PER_BLOCK];
#pragma unroll
    for (int o = 0; o < OC_PER_BLOCK; ++o) {
        acc[o] = oc_base + o < out_channels ? bias[oc_base + o] : 0.0f;
    }

    for (int ic = 0; ic < in_channels; ++ic) {
        const float* x_plane = x + (size_t)(b * in_channels + ic) * height * width;
        for (int i = tid; i < in_tile * in_tile; i += TILE * TILE) {
            const int ih = ih0 + i / in_tile;
            const int iw = iw0 + i % in_tile;
            const bool inside = ih >= 0 && ih < height && iw >= 0 && iw < width;
            s_in[i] = inside ? x_plane[ih * width + iw] : 0.0f;
        }
        const int filter = kernel * kernel;
        for (int i = tid; i < OC_PER_BLOCK * filter; i += TILE * TILE) {
            const int oc = oc_base + i / filter;
            s_w[i] = oc < out_channels ? weight[(size_t)(oc * in_channels + ic) * filter + i % filter] : 0.0f;
        }
        __syncthreads();

#pragma unroll
        for (int kh = 0; kh < kernel; ++kh) {
#pragma unroll
            for (int kw = 0; kw < kernel; ++kw) {
                const float v = s_in[(ty * stride + kh) * in_tile + tx * stride + kw];
#pragma unroll
                for (int o = 0; o < OC_PER_BLOCK; ++o) {
                    acc[o] += v * s_w[o * filter + kh * kernel + kw];
                }
            }
        }
        __syncthreads();
    }

    if (oh < out_h && ow < out_w) {
#pragma unroll
        for (int o = 0; o < OC_PER_BLOCK; ++o) {
            if (oc_base + o < out_channels) {
                y[(((size_t)b * out_channels + oc_base + o) * out_h + oh) * out_w + ow] = acc[o];
            }
        }
    }
}

extern "C" void solve(const float* x, const float* weight, const float* bias, float* y,
                      int batch, int in_channels, int out_channels, int height, int width,
                      int kernel, int stride, int padding) {
    const int out_h = (height + 2 * padding - kernel) / stride + 1;
    const int out_w = (width + 2 * padding - kernel) / stride + 1;
    const int tiles_h = (out_h + TILE - 1) / TILE;
    const int tiles_w = (out_w + TILE - 1) / TILE;
    const int oc_groups = (out_channels + OC_PER_BLOCK - 1) / OC_PER_BLOCK;
    const int in_tile = (TILE - 1) * stride + kernel;
    const size_t smem_bytes = (in_tile * in_tile + OC_PER_BLOCK * kernel * kernel) * sizeof(float);

    dim3 block(TILE, TILE);
    dim3 grid(tiles_h * tiles_w, oc_groups * batch);
    if (kernel == 3) {
        conv2d_tiled<3><<<grid, block, smem_bytes>>>(x, weight, bias, y, in_channels, out_channels, height, width,
                                                     kernel, stride, padding, out_h, out_w, tiles_w, oc_groups);
    } else {
        conv2d_tiled<0><<<grid, block, smem_bytes>>>(x, weight, bias, y, in_channels, out_channels, height, width,
                                                     kernel, stride, padding, out_h, out_w, tiles_w, oc_groups);
    }
}
