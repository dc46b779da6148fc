// What is captured has not run: nothing can be read from it.
// input x float32 64
// output y float32 64
//| solve_graph_reads.cu:@READ: cudaMemcpyAsync: host code copies device memory back while it captures a graph (what is captured has not run: launch the graph first)
#include <cuda_runtime.h>

extern "C" void solve(const float* x, float* y) {
    cudaStream_t stream;
    cudaStreamCreate(&stream);
    cudaStreamBeginCapture(stream, cudaStreamCaptureModeGlobal);
    float first;
    cudaMemcpyAsync(&first, x, 4, cudaMemcpyDeviceToHost, stream); // @READ
    if (first > 0) cudaMemset(y, 0, 256);
}
