#include <cstdio>
#include <cuda_runtime.h>
#include <cassert>

#ifdef __CUDACC__
#define HD __host__ __device__
#else
#define HD
#endif
struct Vec3 {
    float x, y, z;
    HD Vec3(float x = 0, float y = 0, float z = 0) : x(x), y(y), z(z) {}
    HD Vec3 operator+(const Vec3& o) const { return Vec3(x + o.x, y + o.y, z + o.z); }
    HD friend float dot(const Vec3& a, const Vec3& b) { return a.x * b.x + a.y * b.y + a.z * b.z; }
};
__host__ static void report(const char* what, double value) { std::printf("%-10s = %8.3f\n", what, value); }
__host__ __device__ inline int clampi(int v, int lo, int hi) {
#ifdef __CUDA_ARCH__
    return ::min(::max(v, lo), hi);
#else
    return v < lo ? lo : v > hi ? hi : v;
#endif
}
__global__ void debug(const float* x, float* y, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    assert(n > 0 && "n must be positive");
    if (i == 0) printf("block %d thread %d x=%f %s %p %lld\n", blockIdx.x, threadIdx.x, x[0], "hello", (void*)x, 1LL << 40);
    if (i < n) y[clampi(i, 0, n - 1)] = dot(Vec3(x[i], 1, 2) + Vec3(), Vec3(1));
}
extern "C" void solve(const float* x, float* y, int n) {
    report("n", n);
    fputs("launching\n", stderr);
    debug<<<(n + 31) / 32, 32>>>(x, y, n);
    fflush(stdout);
}
