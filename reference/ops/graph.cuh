#pragma once
// Graphs, given by their edges.

#include "ops/tensor.cuh"

namespace ops {

constexpr int graph_threads = 256;

inline __global__ void components_start_kernel(int* labels, index_t nodes) {
    const index_t node = index_t(blockIdx.x) * graph_threads + threadIdx.x;
    if (node < nodes) {
        labels[node] = static_cast<int>(node);
    }
}

/// The root of a node's tree. Halves the way there for whoever comes next: what it writes is an ancestor in any case.
inline __device__ int root_of(volatile int* labels, int node) {
    int above = labels[node];
    while (above != node) {
        const int further = labels[above];
        labels[node] = further;
        node = further;
        above = labels[node];
    }
    return node;
}

/// Each edge joins the trees of its ends: the larger root comes below the smaller one, if it is still a root by then.
inline __global__ void components_join_kernel(const int* ends, int* labels, index_t edges) {
    const index_t edge = index_t(blockIdx.x) * graph_threads + threadIdx.x;
    if (edge >= edges) {
        return;
    }
    int a = root_of(labels, ends[2 * edge]), b = root_of(labels, ends[2 * edge + 1]);
    while (a != b) {
        const int larger = a > b ? a : b, smaller = a > b ? b : a;
        const int seen = atomicCAS(&labels[larger], larger, smaller);
        if (seen == larger) {
            break;
        }
        a = root_of(labels, seen);
        b = root_of(labels, smaller);
    }
}

inline __global__ void components_finish_kernel(volatile int* labels, index_t nodes) {
    const index_t node = index_t(blockIdx.x) * graph_threads + threadIdx.x;
    if (node < nodes) {
        int root = labels[node];
        while (labels[root] != root) {
            root = labels[root];
        }
        labels[node] = root;
    }
}

/// labels[v] = the smallest node that a path leads to from v, itself among them. Edge e joins ends[e, 0] and
/// ends[e, 1], each in [0, nodes), both ways.
inline Tensor<int> connected_components(const Tensor<int>& ends, index_t nodes, Out<int> out = {}) {
    const Tensor<int> labels = result(Shape(nodes), out);
    const index_t edges = ends[0];
    const dim3 of_nodes = grid(ceil_div(nodes, graph_threads));
    components_start_kernel<<<of_nodes, graph_threads>>>(labels.data, nodes);
    components_join_kernel<<<grid(ceil_div(edges, graph_threads)), graph_threads>>>(ends.data, labels.data, edges);
    components_finish_kernel<<<of_nodes, graph_threads>>>(labels.data, nodes);
    return labels;
}

} // namespace ops
