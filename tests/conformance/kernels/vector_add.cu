//! launch add grid=5 block=256 threads=2
//! buffer f32 1250 normal
//! buffer f32 1250 normal
//! buffer f32 1250 zero
//! value s32 1250
//! launch add grid=20 block=60
//! buffer f32 1150 normal
//! buffer f32 1150 normal
//! buffer f32 1150 zero
//! value s32 1150
//! launch stride grid=3 block=96 threads=2
//! buffer f64 1000 normal
//! buffer f64 1000 normal
//! value s32 1000
extern "C" __global__ void add(const float* a, const float* b, float* c, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) c[i] = a[i] + b[i];
}
extern "C" __global__ void stride(const double* a, double* b, int n) {
    for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < n; i += blockDim.x * gridDim.x) b[i] = a[i] * b[i] - 1.0;
}
