// options: -arch=compute_90 -G
// Full debug information: DWARF sections and unoptimised code.
struct Pair {
    float first;
    int second;
};
__device__ Pair table[2] = {{1.5f, 2}, {0.25f, 3}};

__device__ float pick(const Pair& pair, bool flag) {
    float value = flag ? pair.first : static_cast<float>(pair.second);
    return value;
}

extern "C" __global__ void debugged(float* y, int n) {
    __shared__ float shared_value[4];
    float local[3] = {1, 2, 3};
    for (int i = 0; i < n; ++i) {
        shared_value[i & 3] = local[i % 3] + pick(table[i & 1], i > 2);
        y[i] = shared_value[i & 3];
    }
}
