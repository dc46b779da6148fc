// Containers on the host, structs with pointers by value, recursion, function pointers, a class with a destructor.
#include <algorithm>
#include <cstdio>
#include <cuda_runtime.h>
#include <functional>
#include <string>
#include <vector>

struct LayerParameters {
    const float* input;
    float* output;
    int width;
    float scale;
    double bias;
};

__global__ void linear(LayerParameters p) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < p.width)
        p.output[i] = p.input[i] * p.scale + static_cast<float>(p.bias);
}
__global__ void relu(LayerParameters p) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < p.width)
        p.output[i] = fmaxf(p.input[i], 0.f);
}

class Buffer {
  public:
    explicit Buffer(size_t bytes) { cudaMalloc(&pointer, bytes); }
    ~Buffer() { cudaFree(pointer); }
    float* get() const { return static_cast<float*>(pointer); }

  private:
    void* pointer = nullptr;
};

using Launcher = void (*)(const LayerParameters&, int);

__noinline__ void launch_linear(const LayerParameters& p, int threads) {
    linear<<<(p.width + threads - 1) / threads, threads>>>(p); // @linear
}
__noinline__ void launch_relu(const LayerParameters& p, int threads) {
    relu<<<(p.width + threads - 1) / threads, threads>>>(p); // @relu
}

struct Layer {
    Launcher launch;
    float scale;
};

__noinline__ int choose_threads(int n) { return n <= 32 ? 32 : 2 * choose_threads(n / 2); }

extern "C" void solve(const float* A, float* C, int n) {
    std::vector<Layer> layers;
    for (int i = 0; i < 4; ++i)
        layers.push_back({i % 2 == 0 ? launch_linear : launch_relu, 0.5f * i});
    std::vector<int> threads = {choose_threads(n), 64, 96};
    std::sort(threads.begin(), threads.end(), [](int a, int b) { return a > b; });
    Buffer scratch(n * sizeof(float));
    const float* from = A;
    for (size_t i = 0; i < layers.size(); ++i) {
        float* to = i + 1 == layers.size() ? C : scratch.get();
        LayerParameters p{from, to, n, layers[i].scale, -1.5};
        layers[i].launch(p, std::min(threads[i % threads.size()], 1024));
        from = to;
    }
    std::string text = "layers: ";
    text += std::to_string(layers.size());
    printf("%s, threads %d\n", text.c_str(), threads[0]);
}
