#include <torch/extension.h>

__global__ void spread(const int* ends, int* labels, int* counts, int round, int edges) {
    int e = blockIdx.x * blockDim.x + threadIdx.x;
    if (e >= edges) return;
    int a = ends[2 * e], b = ends[2 * e + 1];
    int least = min(labels[a], labels[b]);
    if (atomicMin(&labels[a], least) > least || atomicMin(&labels[b], least) > least) atomicAdd(&counts[round], 1);
}

// A table of how much changed in each of eight rounds is copied to the CPU and looked at there.
torch::Tensor connected_components(torch::Tensor ends, int64_t nodes) {
    const int edges = ends.size(0);
    auto labels = torch::arange(nodes, ends.options());
    for (bool again = true; again;) {
        auto counts = torch::zeros({8}, ends.options());
        for (int round = 0; round < 8; round++) {
            spread<<<(edges + 255) / 256, 256>>>(ends.data_ptr<int>(), labels.data_ptr<int>(), counts.data_ptr<int>(),
                                                 round, edges);
        }
        auto table = counts.cpu();
        const int* count = table.data_ptr<int>();
        for (int round = 0; round < 8; round++) again = again && count[round] > 0;
    }
    return labels;
}

PYBIND11_MODULE(TORCH_EXTENSION_NAME, m) {
    m.def("forward", &connected_components);
}
