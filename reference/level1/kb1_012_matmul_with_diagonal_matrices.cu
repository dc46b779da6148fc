#include "ops/elementwise.cuh"

using namespace ops;

extern "C" void solve(const f32* a, const f32* b, f32* c, int n, int m) {
    multiply(tensor(a, n, 1), tensor(b, n, m), c);
}
