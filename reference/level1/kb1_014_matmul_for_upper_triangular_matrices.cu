#include "ops/matmul.cuh"

using namespace ops;

extern "C" void solve(const f32* a, const f32* b, f32* c, int n) {
    matmul(upper(tensor(a, n, n)), upper(tensor(b, n, n)), c);
}
