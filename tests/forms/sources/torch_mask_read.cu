// How many elements a mask gives no recording can know.
// input x float32 4 6
// output y float32 4 6
//| torch_mask_read.cu:@MASK: indexing with a mask is not supported: how many elements it gives only the device knows (torch::where and index_put_ take masks)
#include <torch/extension.h>

torch::Tensor forward(torch::Tensor x) {
    return x.index({x > 0}); // @MASK
}

PYBIND11_MODULE(TORCH_EXTENSION_NAME, m) { m.def("forward", &forward); }
