// Views are the same memory; what has to be copied is an operator of the library.
// input x float32 2 3 4
// output y float32 4 6
//| buffer 0 input x 96 bytes
//| buffer 1 scratch scratch0 96 bytes
//| buffer 2 output y 96 bytes
//| step 0 line @LAUNCH launch use(float const*, float*, float const*) <<<1, 24>>> (x+52, scratch0, x)
//| library line @COPY copy (0 steps)
#include <torch/extension.h>

__global__ void use(const float* x, float* y, const float* all) {
    y[threadIdx.x] = x[0] + all[threadIdx.x];
}

torch::Tensor forward(torch::Tensor x) {
    TORCH_CHECK(x.view({6, 4}).size(0) == 6 && x.view({-1}).numel() == 24);
    TORCH_CHECK(x.transpose(0, 2).stride(0) == 1 && !x.transpose(0, 2).is_contiguous());
    TORCH_CHECK(x.permute({2, 0, 1}).reshape({4, 2, 3}).sizes() == torch::IntArrayRef({4, 2, 3}));
    TORCH_CHECK(x.unsqueeze(0).squeeze().sizes() == x.sizes());
    TORCH_CHECK(x.select(1, -1).stride(0) == 12 && x.narrow(2, 1, 2).size(2) == 2);
    TORCH_CHECK(x.flatten(1).size(1) == 12 && x.flatten(0, 1).size(0) == 6);
    TORCH_CHECK(x.unflatten(2, {2, -1}).size(3) == 2);
    TORCH_CHECK(x[1][2].storage_offset() == 20);
    TORCH_CHECK(x.expand({5, 2, 3, 4}).stride(0) == 0);
    using namespace torch::indexing;
    torch::Tensor part = x.index({1, Slice(None, 2), Slice(1, None, 2)});
    TORCH_CHECK(part.dim() == 2 && part.size(0) == 2 && part.size(1) == 2 && part.stride(1) == 2);
    torch::Tensor y = torch::zeros({0}, x.options()); // nothing is allocated
    y = torch::empty_like(x);
    use<<<1, 24>>>(part.data_ptr<float>(), y.data_ptr<float>(), x.data_ptr<float>()); // @LAUNCH
    return y.permute({2, 1, 0}).reshape({4, 6}); // @COPY
}

PYBIND11_MODULE(TORCH_EXTENSION_NAME, m) {
    m.def("forward", &forward);
}
