// A kernel of any length, of what kernels are made of: loads, arithmetic, exponentials, branches that part lanes,
// shared memory, a barrier, a shuffle. STEPS says how often.
#ifndef STEPS
#define STEPS 1
#endif

extern "C" __global__ void steps(const float* x, const float* y, float* z, int n) {
    __shared__ float shared[256];
    int t = threadIdx.x;
    int i = blockIdx.x * blockDim.x + t;
    if (i >= n) {
        return;
    }
    float sum = 0.0f;
    shared[t] = x[i];
    __syncthreads();
#pragma unroll
    for (int step = 0; step < STEPS; ++step) {
        float value = x[i + step * n] * shared[(t + step) % 256];
        value = fmaf(value, y[step], sum);
        if (value > 0.0f) {
            sum += expf(-value) * y[step + t % 32];
        }
        sum += __shfl_xor_sync(0xffffffff, value, step % 5 + 1);
    }
    z[i] = sum;
}
