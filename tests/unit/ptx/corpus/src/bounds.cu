// options: -arch=compute_90 -rdc=true
// Kernels with every performance directive that CUDA C++ can ask for.
extern "C" __global__ void __launch_bounds__(256) most(float* x) { x[threadIdx.x] = 1; }
extern "C" __global__ void __launch_bounds__(128, 2, 4) clustered(float* x) { x[threadIdx.x] = 2; }
extern "C" __global__ void __maxnreg__(64) registers(float* x) { x[threadIdx.x] = 3; }
extern "C" __global__ void __block_size__((64, 2, 1), (2, 1, 1)) blocks(float* x) { x[threadIdx.x] = 4; }
extern "C" __global__ void __cluster_dims__(4) fixed(float* x) {
#pragma nounroll
    for (int i = 0; i < 100; ++i) {
        x[threadIdx.x] += i;
    }
}
