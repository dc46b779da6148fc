// Three-dimensional blocks and grids, launch bounds with all three numbers.
#include <cuda_runtime.h>

__global__ void __launch_bounds__(6 * 5 * 4, 3) pool(const float* x, float* y, int planes, int3 in, int3 out) {
    const int ox = blockIdx.x * blockDim.x + threadIdx.x, oy = blockIdx.y * blockDim.y + threadIdx.y;
    const int deep = (out.z + blockDim.z - 1) / blockDim.z;
    const int oz = blockIdx.z % deep * blockDim.z + threadIdx.z, plane = blockIdx.z / deep;
    if (ox >= out.x || oy >= out.y || oz >= out.z || plane >= planes) return;
    float sum = 0;
    for (int dz = -1; dz <= 1; ++dz)
        for (int dy = -1; dy <= 1; ++dy)
            for (int dx = -1; dx <= 1; ++dx) {
                const int z = 2 * oz + dz, v = 2 * oy + dy, u = 2 * ox + dx;
                if (z >= 0 && z < in.z && v >= 0 && v < in.y && u >= 0 && u < in.x) {
                    sum += x[(((size_t)plane * in.z + z) * in.y + v) * in.x + u];
                }
            }
    y[(((size_t)plane * out.z + oz) * out.y + oy) * out.x + ox] = sum / 27.0f;
}

extern "C" void solve(const float* x, float* y, int batch, int channels, int depth, int height, int width) {
    const int3 in = make_int3(width, height, depth), out = make_int3((width - 1) / 2 + 1, (height - 1) / 2 + 1, (depth - 1) / 2 + 1);
    const dim3 block(6, 5, 4);
    const dim3 grid((out.x + 5) / 6, (out.y + 4) / 5, (out.z + 3) / 4 * batch * channels);
    pool<<<grid, block>>>(x, y, batch * channels, in, out);
}
