// options: -arch=compute_90
extern "C" __global__ void doubles(const double* x, double* y, float* f, long long* i) {
    const int t = threadIdx.x;
    const double v = x[t];
    y[t] = exp(v) + sin(v) * rsqrt(v) + pow(v, 0.3) / (v - 1.25e-7);
    f[t] = __double2float_rz(__fma_rn(v, v, 3.0)) + __frcp_rn(f[t]);
    i[t] = __double2ll_rd(v) + __double_as_longlong(v) + __mul64hi(i[t], 3) + i[t] / 7 + i[t] % (i[t + 1] + 1);
}
