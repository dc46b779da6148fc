#include "ops/attention.cuh"

using namespace ops;

extern "C" void solve(const f32* q, const f32* k, const f32* v, f32* y, int batch, int heads, int length, int width) {
    attention(tensor(q, batch, heads, length, width), tensor(k, batch, heads, length, width),
              tensor(v, batch, heads, length, width), y);
}
