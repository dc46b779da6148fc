// Scalars under names that the task does not have, and in another order; parts of a constant array, tuple and pair.
// input x float32 2 5
// output y float32 2 5
// scalar factor float32 4
// scalar low float32 -1
// scalar high float32 3
//| buffer 0 input x 40 bytes
//| buffer 1 output y 40 bytes
//| step 0 line @LAUNCH launch bounded(float const*, float*, int, float, float, float) <<<1, 32>>> (x, y, 10, 3, -1, 4)
#include <array>
#include <torch/extension.h>
#include <tuple>

struct Extents {
    int rows, columns;
};
__global__ void bounded(const float* x, float* y, int n, float most, float least, float by) {
    int i = threadIdx.x;
    if (i < n) {
        y[i] = fminf(fmaxf(x[i], least), most) * by;
    }
}
torch::Tensor forward(torch::Tensor x, double clamp_max, double clamp_min, double scaling_factor) {
    const auto [rows, columns] = std::array<int64_t, 2>{x.size(0), x.size(1)};
    const auto [first, second] = std::make_tuple(x.size(0), 1.5f);
    const auto [third, fourth] = std::make_pair(x.size(1), 2);
    const auto [fifth, sixth] = Extents{1, 2};
    TORCH_CHECK(first == rows && third == columns && second == 1.5f && fourth == 2 && fifth == 1 && sixth == 2);
    auto y = torch::empty({rows, columns}, x.options());
    bounded<<<1, 32>>>(x.data_ptr<float>(), y.data_ptr<float>(), rows * columns, clamp_max, clamp_min, scaling_factor); // @LAUNCH
    return y;
}

PYBIND11_MODULE(TORCH_EXTENSION_NAME, m) { m.def("forward", &forward); }
