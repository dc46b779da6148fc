// As on Tensara, with an order of its own.
// assay: arguments = c, a, b, n
__global__ void add(const float4* a, const float4* b, float4* c, size_t n) {
    for (size_t i = blockIdx.x * size_t(blockDim.x) + threadIdx.x; i < n; i += size_t(gridDim.x) * blockDim.x) {
        const float4 x = a[i], y = b[i];
        c[i] = make_float4(x.x + y.x, x.y + y.y, x.z + y.z, x.w + y.w);
    }
}
__global__ void add_tail(const float* a, const float* b, float* c, size_t first, size_t n) {
    const size_t i = first + threadIdx.x;
    if (i < n) c[i] = a[i] + b[i];
}

extern "C" void solution(float* c, const float* a, const float* b, size_t n) {
    const size_t quads = n / 4;
    if (quads > 0) {
        add<<<(quads + 255) / 256, 256>>>((const float4*)a, (const float4*)b, (float4*)c, quads);
    }
    add_tail<<<1, 4>>>(a, b, c, quads * 4, n);
}
