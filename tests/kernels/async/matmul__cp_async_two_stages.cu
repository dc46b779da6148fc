// cp.async of 4 bytes with zero fill at the borders, two stages, commit and wait groups in inline PTX.
#include <cuda_runtime.h>

constexpr int T = 16;

__device__ __forceinline__ void copy4(float* to, const float* from, bool inside) {
    const unsigned address = static_cast<unsigned>(__cvta_generic_to_shared(to));
    asm volatile("cp.async.ca.shared.global [%0], [%1], 4, %2;" ::"r"(address), "l"(from), "r"(inside ? 4 : 0));
}

__global__ void matmul(const float* a, const float* b, float* c, int m, int n, int k) {
    __shared__ float as[2][T][T + 1], bs[2][T][T];
    const int tx = threadIdx.x, ty = threadIdx.y, row = blockIdx.y * T + ty, col = blockIdx.x * T + tx;
    const int steps = (k + T - 1) / T;
    auto load = [&](int step) {
        if (step < steps) {
            const int ka = step * T + tx, kb = step * T + ty;
            const bool in_a = row < m && ka < k, in_b = kb < k && col < n;
            copy4(&as[step & 1][ty][tx], in_a ? a + row * k + ka : a, in_a);
            copy4(&bs[step & 1][ty][tx], in_b ? b + kb * n + col : b, in_b);
        }
        asm volatile("cp.async.commit_group;");
    };
    load(0);
    float sum = 0;
    for (int s = 0; s < steps; ++s) {
        load(s + 1);
        asm volatile("cp.async.wait_group 1;" ::: "memory");
        __syncthreads();
        for (int i = 0; i < T; ++i) sum += as[s & 1][ty][i] * bs[s & 1][i][tx];
        __syncthreads();
    }
    asm volatile("cp.async.wait_all;" ::: "memory");
    if (row < m && col < n) c[row * n + col] = sum;
}

extern "C" void solve(const float* a, const float* b, float* c, int m, int n, int k) {
    matmul<<<dim3((n + T - 1) / T, (m + T - 1) / T), dim3(T, T)>>>(a, b, c, m, n, k);
}
