// Indices that are tensors, masks as indices, dimensions turned round, the greatest elements: operators of the library.
// input x float32 4 6
// input at int64 2 3
// output y float32 4 2 3
//| buffer 0 input x 96 bytes
//| buffer 1 input at 48 bytes
//| buffer 2 scratch scratch0 96 bytes
//| buffer 3 scratch scratch1 96 bytes
//| buffer 4 scratch scratch2 24 bytes
//| buffer 5 scratch scratch3 4 bytes
//| buffer 6 scratch scratch4 96 bytes
//| buffer 7 scratch scratch5 96 bytes
//| buffer 8 scratch scratch6 64 bytes
//| buffer 9 scratch scratch7 32 bytes
//| buffer 10 scratch scratch8 72 bytes
//| buffer 11 scratch scratch9 32 bytes
//| buffer 12 output y 96 bytes
//| library line @FLIP flip (0 steps)
//| step 0 line @FLIP copy scratch1 <- scratch0: 96 bytes
//| library line @MASK gt_number (0 steps)
//| step 1 line @MASK fill scratch3: 1 x 4 bytes of 0x3f800000
//| library line @MASK copy (0 steps)
//| library line @MASK where (0 steps)
//| step 2 line @MASK copy scratch1 <- scratch5: 96 bytes
//| library line @TOPK topk_places (0 steps)
//| library line @TOPK take_along (0 steps)
//| library line @ROWS index_select (0 steps)
//| library line @GATHER take_along (0 steps)
//| library line @INDEX index_select (0 steps)
#include <torch/extension.h>

torch::Tensor forward(torch::Tensor x, torch::Tensor at) {
    using namespace torch::indexing;
    auto turned = x.flip({1}).clone(); // @FLIP
    turned.index_put_({turned > 1}, 1.0); // @MASK
    auto [most, places] = turned.topk(2, 1, /*largest=*/false); // @TOPK
    TORCH_CHECK(most.sizes() == places.sizes() && most.size(1) == 2 && places.scalar_type() == torch::kLong);
    auto rows = torch::index_select(turned, 0, at[0]); // @ROWS
    TORCH_CHECK(rows.size(0) == 3 && rows.size(1) == 6);
    auto picked = turned.gather(1, places); // @GATHER
    return turned.index({Slice(), at}); // @INDEX
}

PYBIND11_MODULE(TORCH_EXTENSION_NAME, m) { m.def("forward", &forward); }
