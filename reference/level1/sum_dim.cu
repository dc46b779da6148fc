#include "ops/reduce.cuh"

using namespace ops;

extern "C" void solve(const f32* x, f32* y, int outer, int reduce, int inner) {
    sum(tensor(x, outer, reduce, inner), 1, y);
}
