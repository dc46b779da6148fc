#include <algorithm>
#include <array>
#include <cstring>
#include <functional>
#include <iostream>
#include <memory>
#include <numeric>
#include <sstream>
#include <stdexcept>
#include <string>
#include <tuple>
#include <utility>
#include <vector>
#include <cuda_runtime.h>

struct Level {
    int rows;
    int cols;
    std::string name;
};

__global__ void downsample(const float* in, float* out, int rows, int cols) {
    int c = blockIdx.x * blockDim.x + threadIdx.x, r = blockIdx.y;
    if (c < cols / 2 && r < rows / 2) out[r * (cols / 2) + c] = in[2 * r * cols + 2 * c];
}

static std::pair<dim3, dim3> configure(int rows, int cols) {
    return std::make_pair(dim3((cols / 2 + 63) / 64, rows / 2), dim3(64));
}
static std::tuple<int, int> halve(const std::tuple<int, int>& size) {
    return {std::get<0>(size) / 2, std::get<1>(size) / 2};
}

extern "C" void solve(const float* in, float* out, int rows, int cols) {
    std::vector<Level> levels;
    for (int r = rows, c = cols; r > 1 && c > 1; std::tie(r, c) = halve({r, c}))
        levels.push_back({r, c, "level " + std::to_string(levels.size())});
    std::sort(levels.begin(), levels.end(), [](const Level& a, const Level& b) { return a.rows > b.rows; });
    std::array<int, 3> sizes{1, 2, 3};
    int total = std::accumulate(sizes.begin(), sizes.end(), 0);
    std::function<int(int, int)> ceil_div = [](int a, int b) { return (a + b - 1) / b; };
    auto scratch = std::make_unique<float*[]>(levels.size() + 1);
    const float* source = in;
    for (size_t i = 0; i < levels.size(); ++i) {
        const auto& [r, c, name] = levels[i];
        cudaMalloc(&scratch[i], ceil_div(r * c, 4) * sizeof(float) + total);
        auto [grid, block] = configure(r, c);
        downsample<<<grid, block>>>(source, scratch[i], r, c);
        source = scratch[i];
        std::cout << name << ": " << r << "x" << c << std::endl;
    }
    if (levels.empty()) {
        std::ostringstream message;
        message << "nothing to do for " << rows << " rows";
        throw std::invalid_argument(message.str());
    }
    cudaMemcpyAsync(out, source, sizeof(float), cudaMemcpyDeviceToDevice);
    for (size_t i = 0; i < levels.size(); ++i) cudaFree(scratch[i]);
    char label[8];
    std::memset(label, 0, sizeof(label));
    std::strcpy(label, "done");
    if (std::strlen(label) != 4) throw std::runtime_error("impossible");
}
