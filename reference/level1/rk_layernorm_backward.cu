#include "ops/normalization_backward.cuh"

using namespace ops;

extern "C" void solve(const f32* dy, const f32* x, const f32* weight, f32* dx, f32* dweight, f32* dbias, int batch,
                      int features, int dim1, int dim2, f32 eps) {
    layer_norm_backward(tensor(dy, batch, features, dim1, dim2), tensor(x, batch, features, dim1, dim2),
                        tensor(weight, features, dim1, dim2), eps, dx, dweight, dbias);
}
