// One entry for each thing that host code can do wrong. The line that an error must name carries a comment `// @NAME`.
#include <cassert>
#include <cstdio>
#include <cstdlib>
#include <cuda_runtime.h>
#include <stdexcept>
#include <vector>

__global__ void copy(const float* a, float* c, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n)
        c[i] = a[i];
}
__global__ void __launch_bounds__(128) bounded(float* c) { c[threadIdx.x] = 0; }
__global__ void shared_hungry(float* c) {
    extern __shared__ float dynamic[];
    __shared__ float fixed[256];
    fixed[threadIdx.x] = dynamic[threadIdx.x];
    c[threadIdx.x] = fixed[0];
}
struct Holder {
    float* device;
    const float* host;
};
__global__ void take_holder(int n, Holder h) { h.device[n] = 1; }
__global__ void call_function(float* c, int (*f)(int)) { c[0] = f(1); }

#define ENTRY(name) extern "C" void name(const float* A, float* C, int n)

// ---- Memory -------------------------------------------------------------------------------------------------------

ENTRY(reads_device) {
    if (A[3] > 0) // @reads_device
        copy<<<1, 32>>>(A, C, n);
}
ENTRY(writes_device) {
    C[0] = 1; // @writes_device
}
ENTRY(reads_managed) {
    float* m;
    cudaMallocManaged(&m, 4 * n);
    copy<<<1, 32>>>(A, m, n);
    cudaDeviceSynchronize();
    printf("%f\n", m[0]); // @reads_managed
}
__noinline__ void sum_into(int* total, const int* values, int count) {
    for (int i = 0; i < count; ++i)
        *total += values[i]; // @past_end
}
ENTRY(past_end) {
    int* values = (int*)malloc(10 * sizeof(int));
    int total = 0;
    sum_into(&total, values, n);
    copy<<<total, 32>>>(A, C, n);
}
ENTRY(heap_use_after_free) {
    int* values = (int*)malloc(40);
    values[n % 3] = n;
    free(values);
    int* volatile again = values;
    copy<<<again[n % 3], 32>>>(A, C, n); // @heap_use_after_free
}
ENTRY(heap_double_free) {
    void* volatile p = malloc(n);
    free(p);
    free(p); // @heap_double_free
}
ENTRY(frees_device_pointer) {
    free(C); // @frees_device_pointer
}
ENTRY(null_pointer) {
    int* volatile p = nullptr;
    *p = n; // @null_pointer
}
ENTRY(wild_pointer) {
    volatile long long x = 0x1234567812345678;
    *(int*)x = n; // @wild_pointer
}
ENTRY(cuda_free_input) {
    cudaFree((void*)A); // @cuda_free_input
}
ENTRY(cuda_double_free) {
    float* p;
    cudaMalloc(&p, 16);
    cudaFree(p);
    cudaFree(p); // @cuda_double_free
}
ENTRY(cuda_free_inside) {
    float* p;
    cudaMalloc(&p, 16);
    cudaFree(p + 1); // @cuda_free_inside
}
ENTRY(cuda_free_host) {
    cudaFree(malloc(n)); // @cuda_free_host
}
ENTRY(launch_after_free) {
    float* p;
    cudaMalloc(&p, 4 * n);
    cudaFree(p);
    copy<<<1, 32>>>(A, p, n); // @launch_after_free
}
ENTRY(memset_after_free) {
    float* p;
    cudaMalloc(&p, 4 * n);
    cudaFree(p);
    cudaMemset(p, 0, 4 * n); // @memset_after_free
}

// ---- Copies -------------------------------------------------------------------------------------------------------

ENTRY(device_to_host) {
    std::vector<float> host(n);
    copy<<<1, 32>>>(A, C, n);
    cudaMemcpy(host.data(), C, n * sizeof(float), cudaMemcpyDeviceToHost); // @device_to_host
}
ENTRY(async_device_to_host) {
    float host;
    cudaMemcpyAsync(&host, C + 2, 4, cudaMemcpyDefault, 0); // @async_device_to_host
}
__device__ float total;
ENTRY(from_symbol) {
    float host;
    cudaMemcpyFromSymbol(&host, total, 4); // @from_symbol
}
ENTRY(writes_input) {
    cudaMemset((void*)A, 0, 4); // @writes_input
}
ENTRY(copy_too_long) {
    cudaMemcpy(C, A, 8 * n, cudaMemcpyDeviceToDevice); // @copy_too_long
}
ENTRY(wrong_direction) {
    cudaMemcpy(C, A, 4 * n, cudaMemcpyHostToDevice); // @wrong_direction
}
ENTRY(memset_host) {
    int local[4];
    cudaMemset(local, n, sizeof local); // @memset_host
}
ENTRY(upload_too_long) {
    float host[4] = {1, 2, 3, 4};
    cudaMemcpy(C, host, 32, cudaMemcpyHostToDevice); // @upload_too_long
}
ENTRY(not_a_symbol) {
    float* p;
    cudaMalloc(&p, 16);
    float host[4] = {};
    cudaMemcpyToSymbol(p, host, 8); // @not_a_symbol
}

// ---- Launches -----------------------------------------------------------------------------------------------------

ENTRY(empty_grid) {
    copy<<<n / 5000, 256>>>(A, C, n); // @empty_grid
}
ENTRY(large_grid) {
    copy<<<dim3(1, 70000), 256>>>(A, C, n); // @large_grid
}
ENTRY(large_block) {
    copy<<<1, n + 1000>>>(A, C, n); // @large_block
}
ENTRY(large_block_3d) {
    copy<<<1, dim3(32, 32, 2)>>>(A, C, n); // @large_block_3d
}
ENTRY(beyond_bounds) {
    bounded<<<1, 256>>>(C); // @beyond_bounds
}
ENTRY(shared_without_attribute) {
    shared_hungry<<<1, 256, 49000>>>(C); // @shared_without_attribute
}
ENTRY(shared_beyond_device) {
    // The refused attribute is an error that nobody looks at.
    cudaFuncSetAttribute(shared_hungry, cudaFuncAttributeMaxDynamicSharedMemorySize, 300000);
    shared_hungry<<<1, 256, 300000>>>(C); // @shared_beyond_device
}
ENTRY(cooperative_too_large) {
    void* arguments[] = {&A, &C, &n};
    cudaLaunchCooperativeKernel((void*)copy, dim3(100000), dim3(256), arguments, 0, 0); // @cooperative_too_large
}
ENTRY(cluster_too_large) {
    cudaLaunchAttribute attribute[1];
    attribute[0].id = cudaLaunchAttributeClusterDimension;
    attribute[0].val.clusterDim.x = 32;
    attribute[0].val.clusterDim.y = 1;
    attribute[0].val.clusterDim.z = 1;
    cudaLaunchConfig_t config = {};
    config.gridDim = dim3(32);
    config.blockDim = dim3(32);
    config.attrs = attribute;
    config.numAttrs = 1;
    cudaLaunchKernelEx(&config, copy, A, C, n); // @cluster_too_large
}
ENTRY(not_a_kernel) {
    void* arguments[] = {&C};
    cudaLaunchKernel((const void*)sum_into, dim3(1), dim3(1), arguments, 0, 0); // @not_a_kernel
}
ENTRY(short_argument_list) {
    void** arguments = (void**)malloc(sizeof(void*));
    arguments[0] = &C;
    cudaLaunchKernel((const void*)copy, dim3(1), dim3(1), arguments, 0, 0); // @short_argument_list
}
ENTRY(unknown_stream) {
    copy<<<1, 32, 0, (cudaStream_t)12345>>>(A, C, n); // @unknown_stream
}
ENTRY(destroyed_stream) {
    cudaStream_t s;
    cudaStreamCreate(&s);
    cudaStreamDestroy(s);
    copy<<<1, 32, 0, s>>>(A, C, n); // @destroyed_stream
}
ENTRY(host_pointer_argument) {
    float* host = (float*)malloc(4 * n);
    copy<<<1, 32>>>(host, C, n); // @host_pointer_argument
}
ENTRY(host_pointer_in_struct) {
    float local[8] = {};
    take_holder<<<1, 1>>>(0, Holder{C, local}); // @host_pointer_in_struct
}
ENTRY(pointer_outside) {
    copy<<<1, 32>>>(A - 4, C, n); // @pointer_outside
}
__noinline__ int add_one(int x) { return x + 1; }
ENTRY(function_argument) {
    call_function<<<1, 1>>>(C, add_one); // @function_argument
}

// ---- Stopping -----------------------------------------------------------------------------------------------------

ENTRY(exits) {
    printf("cannot handle %d elements\n", n);
    exit(3); // @exits
}
ENTRY(aborts) {
    abort(); // @aborts
}
ENTRY(asserts) {
    assert(n % 7 == 0); // @asserts
}
ENTRY(throws) {
    throw std::runtime_error("n is odd"); // @throws
}
ENTRY(traps) {
    printf("now");
    __trap(); // @traps
}
__noinline__ int endless(volatile int* x) {
    volatile int next = *x + 2;
    return next == -1 ? 0 : endless(&next) % 7 + endless(x); // @recurses
}
ENTRY(recurses) {
    volatile int start = n;
    copy<<<endless(&start), 32>>>(A, C, n);
}
ENTRY(loops) {
    volatile int x = 0;
    while (x != -1) // @loops
        x = n;
}
ENTRY(grabs_memory) {
    for (long long i = 1;; ++i)
        *(volatile long long*)malloc(1 << 20) = i; // @grabs_memory
}
ENTRY(grabs_device_memory) {
    for (int i = 0; i < 100; ++i) {
        float* p;
        cudaMalloc(&p, 1ull << 30); // @grabs_device_memory
        copy<<<1, 32>>>(A, p, n);
    }
}
ENTRY(launches_forever) {
    for (;;)
        copy<<<1, 32>>>(A, C, n); // @launches_forever
}
ENTRY(prints_forever) {
    volatile int x = 0;
    while (x == 0) printf("%0500d", 1); // @prints_forever
}

// ---- Calls --------------------------------------------------------------------------------------------------------

extern "C" int mystery(int);
ENTRY(unknown_function) {
    copy<<<mystery(n), 32>>>(A, C, n); // @unknown_function
}
ENTRY(captures_graph) {
    cudaStreamBeginCapture(0, cudaStreamCaptureModeGlobal); // @captures_graph
}
ENTRY(makes_texture) {
    cudaTextureObject_t texture;
    cudaResourceDesc resource = {};
    cudaTextureDesc description = {};
    cudaCreateTextureObject(&texture, &resource, &description, nullptr); // @makes_texture
}
ENTRY(copies_to_peer) {
    cudaMemcpyPeer(C, 1, A, 0, 4 * n); // @copies_to_peer
}
ENTRY(resets_device) {
    cudaDeviceReset(); // @resets_device
}
ENTRY(reads_clock) {
    long long start = clock64(); // @reads_clock
    copy<<<1, 32>>>(A, C, (int)start);
}
ENTRY(synchronises_threads) {
    __syncthreads(); // @synchronises_threads
}
using Binary = int (*)(int, int);
ENTRY(wrong_function_type) {
    Binary volatile f = (Binary)(void*)add_one;
    copy<<<f(n, 2), 32>>>(A, C, n); // @wrong_function_type
}
ENTRY(null_function) {
    Binary volatile f = nullptr;
    copy<<<f(n, 2), 32>>>(A, C, n); // @null_function
}
__global__ void aborting(float* c) { c[0] = c[1] > 0 ? 1.f : (abort(), 0.f); }
ENTRY(kernel_calls_host) {
    aborting<<<1, 1>>>(C); // @kernel_calls_host
}
ENTRY(second_device) {
    if (cudaSetDevice(1) != cudaSuccess) {
        printf("%s / %s\n", cudaGetErrorName(cudaPeekAtLastError()), cudaGetErrorString(cudaGetLastError()));
        if (cudaGetLastError() == cudaSuccess)
            std::exit(cudaGetErrorString(cudaSuccess)[0]); // @second_device
    }
}
