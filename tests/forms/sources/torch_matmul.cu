// Products of batches that are broadcast, and of vectors; sorting, and functions of each element.
// input a float32 4 3
// input b float32 2 3 5
// input v float32 3
// output c float32 2 4 5
//| buffer 0 input a 48 bytes
//| buffer 1 input b 120 bytes
//| buffer 2 input v 12 bytes
//| buffer 3 scratch scratch0 96 bytes
//| buffer 4 output c 160 bytes
//| buffer 5 scratch scratch2 16 bytes
//| buffer 6 scratch scratch3 20 bytes
//| buffer 7 scratch scratch4 4 bytes
//| buffer 8 scratch scratch5 96 bytes
//| buffer 9 scratch scratch6 48 bytes
//| buffer 10 scratch scratch7 12 bytes
//| buffer 11 scratch scratch8 48 bytes
//| buffer 12 scratch scratch9 36 bytes
//| buffer 13 scratch scratch10 36 bytes
//| buffer 14 scratch scratch11 36 bytes
//| library line @BATCH copy (0 steps)
//| library line @BATCH matmul (0 steps)
//| library line @COLUMN matmul (0 steps)
//| library line @ROW matmul (0 steps)
//| library line @DOT matmul (0 steps)
//| library line @SORT topk_places (0 steps)
//| library line @SORT take_along (0 steps)
//| library line @ADDMM log1p (0 steps)
//| library line @ADDMM copy (0 steps)
//| library line @ADDMM matmul (0 steps)
//| library line @ADDMM mul_number (0 steps)
//| library line @ADDMM add (0 steps)
#include <torch/extension.h>

torch::Tensor forward(torch::Tensor a, torch::Tensor b, torch::Tensor v) {
    auto c = torch::matmul(a, b); // @BATCH
    TORCH_CHECK(torch::matmul(a, v).sizes() == torch::IntArrayRef({4}), "a vector of rows"); // @COLUMN
    TORCH_CHECK(torch::matmul(v, b[0]).sizes() == torch::IntArrayRef({5}), "a vector of columns"); // @ROW
    TORCH_CHECK(torch::matmul(v, v).dim() == 0, "a number"); // @DOT
    auto [values, places] = torch::sort(a, -1, true); // @SORT
    TORCH_CHECK(values.sizes() == a.sizes() && places.scalar_type() == torch::kLong);
    auto d = torch::addmm(v.log1p(), a.t(), a, 1, 2); // @ADDMM
    TORCH_CHECK(d.sizes() == torch::IntArrayRef({3, 3}));
    return c;
}

PYBIND11_MODULE(TORCH_EXTENSION_NAME, m) { m.def("forward", &forward); }
