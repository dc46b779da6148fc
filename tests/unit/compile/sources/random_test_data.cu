#include <cuda_runtime.h>
#include <ctime>
#include <random>
#include <vector>
#include <cstdlib>
#include <cmath>

__global__ void normalize(float* x, int n, float mean) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) x[i] = fabsf(x[i]) - mean;
}
void cpu_reference(const std::vector<float>& in, std::vector<float>& out) {
    for (size_t i = 0; i < in.size(); ++i) out[i] = std::fabs(in[i]);
}
extern "C" void solve(float* x, int n) { normalize<<<(n + 255) / 256, 256>>>(x, n, 0.0f); }

int main(int argc, char** argv) {
    int n = argc > 1 ? atoi(argv[1]) : 1 << 20;
    srand((unsigned)time(NULL));
    std::random_device rd;
    std::mt19937 gen(rd());
    std::uniform_real_distribution<float> dist(-1.0f, 1.0f);
    std::normal_distribution<float> noise(0.0f, 0.1f);
    std::vector<float> h(n), reference(n);
    for (auto& v : h) v = dist(gen) + noise(gen);
    cpu_reference(h, reference);
    float* d;
    if (cudaMalloc(&d, n * sizeof(float)) != cudaSuccess) return EXIT_FAILURE;
    cudaMemcpy(d, h.data(), n * sizeof(float), cudaMemcpyHostToDevice);
    solve(d, n);
    cudaMemcpy(h.data(), d, n * sizeof(float), cudaMemcpyDeviceToHost);
    float max_error = 0;
    for (int i = 0; i < n; ++i) max_error = std::max(max_error, std::abs(h[i] - reference[i]));
    printf("max error %g\n", max_error);
    cudaFree(d);
    cudaDeviceReset();
    return max_error < 1e-5 ? EXIT_SUCCESS : EXIT_FAILURE;
}
