#include "ops/normalization_backward.cuh"

using namespace ops;

extern "C" void solve(const f32* dy, const f32* x, const f32* w, f32* dx, f32* dw, int batch, int tokens, int features,
                      f32 eps) {
    weighted_rms_norm_backward(tensor(dy, batch, tokens, features), tensor(x, batch, tokens, features),
                               tensor(w, features), eps, dx, dw);
}
