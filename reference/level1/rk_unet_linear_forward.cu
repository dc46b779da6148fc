#include "ops/matmul.cuh"

using namespace ops;

extern "C" void solve(const f32* x, const f32* weights, const f32* biases, f32* y, int batch, int height, int width,
                      int in_features, int out_features) {
    linear(tensor(x, batch, height, width, in_features), tensor(weights, out_features, in_features),
           tensor(biases, out_features), y);
}
