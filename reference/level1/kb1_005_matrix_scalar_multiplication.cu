#include "ops/elementwise.cuh"

using namespace ops;

extern "C" void solve(const f32* a, f32* c, int m, int n, f32 s) {
    multiply(tensor(a, m, n), s, c);
}
