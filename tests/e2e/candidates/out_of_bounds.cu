__global__ void add(const float* a, const float* b, float* c, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i <= n) c[i] = i < n ? a[i] + b[i] : 0.0f;
}

extern "C" void solve(const float* a, const float* b, float* c, int n) {
    add<<<n / 256 + 1, 256>>>(a, b, c, n);
}
