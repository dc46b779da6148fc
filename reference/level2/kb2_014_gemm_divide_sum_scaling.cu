#include "ops/elementwise.cuh"
#include "ops/matmul.cuh"
#include "ops/reduce.cuh"

using namespace ops;

extern "C" void solve(const f32* x, const f32* weight, f32* y, int batch, int in_features, int out_features,
                      f32 factor) {
    const auto c = linear(tensor(x, batch, in_features), tensor(weight, out_features, in_features));
    multiply(sum(divide(c, 2), 1), factor, y);
}
