#include "ops/matmul.cuh"

using namespace ops;

extern "C" void solve(const f32* a, const f32* b, f32* c, int n) {
    matmul(lower(tensor(a, n, n)), lower(tensor(b, n, n)), c);
}
