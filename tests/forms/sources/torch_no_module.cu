// A source for load_inline: Python names the function. The one that nothing calls is it.
// input a float32 6
// input b float32 6
// output c float32 6
//| buffer 0 input a 24 bytes
//| buffer 1 input b 24 bytes
//| buffer 2 output c 24 bytes
//| step 0 line @LAUNCH launch (anonymous namespace)::add(float const*, float const*, float*, int) <<<1, 256>>> (a, b, c, 6)
#include <torch/extension.h>

#define CHECK(x) \
    TORCH_CHECK(x.is_cuda(), #x " {") /* an open brace */

namespace {
__global__ void add(const float* a, const float* b, float* c, int n) {
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) {
        c[i] = a[i] + b[i];
    }
}
} // namespace

torch::Tensor elementwise_add_cuda(torch::Tensor a, torch::Tensor b);

static void launch(const torch::Tensor& a, const torch::Tensor& b, torch::Tensor& c) {
    add<<<1, 256>>>(a.data_ptr<float>(), b.data_ptr<float>(), c.data_ptr<float>(), a.numel());
}

torch::Tensor elementwise_add_cuda(torch::Tensor a, torch::Tensor b) {
    CHECK(a);
    CHECK(b);
    auto c = torch::empty_like(a);
    launch(a, b, c); // @LAUNCH
    return c;
}
