// Factories become fills and uploads.
// input x float16 2 3
// output y float16 2 3
// output z int64 4
//| buffer 0 input x 12 bytes
//| buffer 1 output y 12 bytes
//| buffer 2 output z 32 bytes
//| buffer 3 scratch scratch2 16 bytes
//| buffer 4 scratch scratch3 12 bytes
//| step 0 line @Y fill y: 6 x 2 bytes of 0x3e00
//| step 1 line @Z upload z: 32 bytes
//| step 2 line @W upload scratch2: 16 bytes
//| step 3 line @V fill scratch3: 3 x 4 bytes of 0xffffffff
//| step 4 line @K launch use() <<<1, 1>>> ()
#include <torch/extension.h>

__global__ void use() {}

std::vector<torch::Tensor> forward(torch::Tensor x) {
    auto y = torch::full_like(x, 1.5); // @Y
    auto z = torch::arange(4, torch::TensorOptions().dtype(torch::kInt64).device(x.device())); // @Z
    auto w = torch::tensor({1.0f, 2.0f, 3.0f, 4.0f}).to(x.device()); // @W
    auto v = torch::full({3}, -1, torch::TensorOptions(torch::kInt).device(torch::kCUDA, 0)); // @V
    TORCH_CHECK(torch::tensor({7, 8})[1].item<int>() == 8);
    TORCH_CHECK(y.element_size() == 2 && y.dtype() == torch::kHalf && z.nbytes() == 32);
    use<<<1, 1>>>(); // @K
    return {y, z};
}

PYBIND11_MODULE(TORCH_EXTENSION_NAME, m) {
    m.def("forward", &forward);
}
