#include "ops/matmul.cuh"

using namespace ops;

extern "C" void solve(const f32* a, const f32* b, f32* c, int n, int m, int k, int l) {
    matmul(tensor(a, n, m, k), tensor(b, k, l), c);
}
