// Up-sweep and down-sweep with offsets against bank conflicts, in double; one block walks over the array.
#include <cuda_runtime.h>

constexpr int kThreads = 128, kItems = 2 * kThreads;

__device__ __forceinline__ int place(int i) { return i + (i >> 5); }

__global__ void scan(const float* x, float* y, int n) {
    __shared__ double s[kItems + kItems / 32];
    __shared__ double carry;
    const int t = threadIdx.x;
    if (t == 0) carry = 0;
    for (int base = 0; base < n; base += kItems) {
        const int i = base + 2 * t;
        const float x0 = i < n ? x[i] : 0.0f, x1 = i + 1 < n ? x[i + 1] : 0.0f;
        s[place(2 * t)] = x0;
        s[place(2 * t + 1)] = x1;
        int offset = 1;
        for (int d = kThreads; d > 0; d >>= 1, offset <<= 1) {
            __syncthreads();
            if (t < d) s[place(offset * (2 * t + 2) - 1)] += s[place(offset * (2 * t + 1) - 1)];
        }
        __syncthreads();
        double total = 0;
        if (t == 0) {
            total = s[place(kItems - 1)];
            s[place(kItems - 1)] = 0;
        }
        for (int d = 1; d < kItems; d *= 2) {
            offset >>= 1;
            __syncthreads();
            if (t < d) {
                const int low = place(offset * (2 * t + 1) - 1), high = place(offset * (2 * t + 2) - 1);
                const double moved = s[low];
                s[low] = s[high];
                s[high] += moved;
            }
        }
        __syncthreads();
        if (i < n) y[i] = (float)(carry + s[place(2 * t)] + x0);
        if (i + 1 < n) y[i + 1] = (float)(carry + s[place(2 * t + 1)] + x1);
        __syncthreads();
        if (t == 0) carry += total;
    }
}

extern "C" void solve(const float* x, float* y, int n) { scan<<<1, kThreads>>>(x, y, n); }
