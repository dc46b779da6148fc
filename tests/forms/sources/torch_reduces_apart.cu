// What is reduced need not be neighbours: the library's operator gets a copy in which it is.
// input x float32 2 3 4 5
// output y float32 3
// axis batch 2 shape
// axis channels 3 shape
// axis height 4 shape
// axis width 5 shape
//| buffer 0 input x 480 bytes
//| buffer 1 scratch scratch0 480 bytes
//| buffer 2 scratch scratch1 12 bytes
//| buffer 3 scratch scratch2 8 bytes
//| buffer 4 scratch scratch3 16 bytes
//| buffer 5 scratch scratch4 12 bytes
//| buffer 6 output y 12 bytes
//| library line @APART copy (0 steps)
//| library line @APART mean (0 steps)
//| library line @PLACES amax (0 steps)
//| library line @PLACES argmax (0 steps)
//| library line @SUM mul (0 steps)
//| library line @SUM add (0 steps)
#include <torch/extension.h>

torch::Tensor forward(torch::Tensor x) {
    auto mean = x.mean({0, 2, -1}, true); // @APART
    TORCH_CHECK(mean.dim() == 4 && mean.size(1) == 3 && mean.numel() == 3, "not kept: ", mean.sizes());
    auto [most, places] = x.flatten(1).max(1); // @PLACES
    TORCH_CHECK(places.scalar_type() == torch::kLong && places.size(0) == 2, "no places");
    auto channels = mean.flatten();
    return torch::addcmul(channels, channels, channels); // @SUM
}

PYBIND11_MODULE(TORCH_EXTENSION_NAME, m) {
    m.def("forward", &forward);
}
