// What is captured stands in the plan where its graph is launched, as often as that is; what is captured and never
// launched does not.
// input x float32 64
// output y float32 64
//| buffer 0 input x 256 bytes
//| buffer 1 output y 256 bytes
//| step 0 line @FIRST fill y: 256 x 1 byte of 0x0
//| step 1 line @CAPTURED launch step(float const*, float*, int) <<<1, 64>>> stream 1 (x, y, 1)
//| step 2 line @COPY copy y+128 <- y: 128 bytes
//| step 3 line @CAPTURED launch step(float const*, float*, int) <<<1, 64>>> stream 1 (x, y, 1)
//| step 4 line @COPY copy y+128 <- y: 128 bytes
#include <cuda_runtime.h>

__global__ void step(const float* x, float* y, int n) { y[threadIdx.x] += x[threadIdx.x] * n; }

extern "C" void solve(const float* x, float* y) {
    cudaStream_t stream;
    cudaGraph_t graph, unused;
    cudaGraphExec_t ready;
    cudaStreamCaptureStatus status;
    cudaStreamCreate(&stream);
    cudaStreamBeginCapture(stream, cudaStreamCaptureModeGlobal);
    cudaStreamIsCapturing(stream, &status);
    if (status != cudaStreamCaptureStatusActive) return;
    step<<<1, 64, 0, stream>>>(x, y, 1); // @CAPTURED
    cudaMemcpyAsync(y + 32, y, 128, cudaMemcpyDeviceToDevice, stream); // @COPY
    cudaStreamEndCapture(stream, &graph);
    cudaGraphInstantiate(&ready, graph, NULL, NULL, 0);
    cudaGraphDestroy(graph);
    cudaMemset(y, 0, 256); // @FIRST
    cudaGraphLaunch(ready, stream);
    cudaGraphLaunch(ready, stream);
    cudaStreamBeginCapture(stream, cudaStreamCaptureModeRelaxed);
    step<<<1, 64, 0, stream>>>(x, y, 2);
    cudaStreamEndCapture(stream, &unused);
    cudaStreamBeginCapture(stream, cudaStreamCaptureModeRelaxed);
    step<<<1, 64, 0, stream>>>(x, y, 3);
}
