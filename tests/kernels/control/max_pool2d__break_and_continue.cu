// Nested loops with labelled leaves by goto, while and do loops, all of them divergent.
#include <cuda_runtime.h>

__global__ void pool(const float* x, float* y, int height, int width, int out_h, int out_w, int kernel, int stride, int padding) {
    const int ox = blockIdx.x * blockDim.x + threadIdx.x, oy = blockIdx.y * blockDim.y + threadIdx.y, plane = blockIdx.z;
    if (ox >= out_w || oy >= out_h) return;
    const float* in = x + (size_t)plane * height * width;
    float best = -INFINITY;
    int r = oy * stride - padding;
    const int r_end = r + kernel;
    do {
        if (r < 0) continue;
        if (r >= height) goto done;
        int c = ox * stride - padding;
        const int c_end = c + kernel;
        while (c < c_end) {
            const int here = c++;
            if (here < 0) continue;
            if (here >= width) break;
            const float v = in[r * width + here];
            if (!(v > best)) continue;
            best = v;
        }
    } while (++r < r_end);
done:
    y[((size_t)plane * out_h + oy) * out_w + ox] = best;
}

extern "C" void solve(const float* x, float* y, int batch, int channels, int height, int width, int kernel, int stride, int padding) {
    const int out_h = (height + 2 * padding - kernel) / stride + 1, out_w = (width + 2 * padding - kernel) / stride + 1;
    pool<<<dim3((out_w + 7) / 8, (out_h + 3) / 4, batch * channels), dim3(8, 4)>>>(x, y, height, width, out_h, out_w, kernel, stride, padding);
}
