// Triangles of matrices, a unit matrix, and the products of extents.
// input a float32 4 3
// output c float32 4 3
//| buffer 0 input a 48 bytes
//| buffer 1 scratch scratch0 36 bytes
//| buffer 2 scratch scratch1 12 bytes
//| buffer 3 scratch scratch2 16 bytes
//| buffer 4 scratch scratch3 48 bytes
//| buffer 5 scratch scratch4 12 bytes
//| buffer 6 scratch scratch5 4 bytes
//| buffer 7 scratch scratch6 48 bytes
//| buffer 8 output c 48 bytes
//| step 0 line @UNIT fill scratch0: 9 x 4 bytes of 0x0
//| library line @UNIT fill (0 steps)
//| step 1 line @UPPER upload scratch1: 12 bytes
//| step 2 line @UPPER upload scratch2: 16 bytes
//| library line @UPPER sub (0 steps)
//| library line @UPPER ge_number (0 steps)
//| step 3 line @UPPER fill scratch5: 1 x 4 bytes of 0x0
//| library line @UPPER copy (0 steps)
//| library line @UPPER where (0 steps)
#include <torch/extension.h>

torch::Tensor forward(torch::Tensor a) {
    TORCH_CHECK(c10::multiply_integers(a.sizes().slice(1)) == 3 && c10::multiply_integers(a.sizes().begin(), a.sizes().end()) == 12);
    auto unit = torch::eye(3, a.options()); // @UNIT
    TORCH_CHECK(unit.sizes() == torch::IntArrayRef({3, 3}));
    return torch::triu(a, 1); // @UPPER
}

PYBIND11_MODULE(TORCH_EXTENSION_NAME, m) { m.def("forward", &forward); }
