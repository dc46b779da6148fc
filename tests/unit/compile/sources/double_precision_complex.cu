#include <cuComplex.h>
#include <cuda_runtime.h>
#include <math.h>

__global__ void dft(const cuDoubleComplex* in, cuDoubleComplex* out, int n) {
    int k = blockIdx.x * blockDim.x + threadIdx.x;
    if (k >= n) return;
    cuDoubleComplex sum = make_cuDoubleComplex(0.0, 0.0);
    for (int t = 0; t < n; ++t) {
        double s, c;
        sincos(-2.0 * M_PI * k * t / n, &s, &c);
        sum = cuCadd(sum, cuCmul(in[t], make_cuDoubleComplex(c, s)));
    }
    out[k] = sum;
}
extern "C" void solve(const double* in, double* out, int n) {
    dft<<<(n + 63) / 64, 64>>>((const cuDoubleComplex*)in, (cuDoubleComplex*)out, n);
}
