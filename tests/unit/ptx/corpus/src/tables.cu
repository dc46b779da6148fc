// options: -arch=compute_90 -rdc=true
// Variables of every space with every kind of initialiser.
struct Node {
    const Node* next;
    const char* name;
    float weight;
    short flags[3];
};
__constant__ float kernel[3][3] = {{1, 2, 1}, {2, 4.5f, 2}, {1e-3f, -0.0f, 1}};
__constant__ double exact[4] = {0.1, -1e300, 3};
__constant__ unsigned char bytes[] = {1, 2, 0xff, 'x'};
__device__ int counter = 42;
__device__ long long big[3] = {-1, 1ll << 62, -9223372036854775807ll - 1};
__device__ const char* const names[] = {"alpha", "beta", nullptr, "a long name with \\ and \"quotes\""};
__device__ int grid[4][2] = {{1, 2}, {3}, {}, {7, 8}};
extern __device__ Node tail;
__device__ Node tail = {nullptr, "tail" + 1, 0.5f, {1, 2, 3}};
__device__ Node head = {&tail, "head", 1.5f, {-1, 0, 1}};
__device__ int* inside = &grid[2][1];
struct __attribute__((packed)) Packed {
    char tag;
    int* address;
};
__device__ Packed packed = {7, &counter};
__managed__ int managed = 5;
extern __shared__ double dynamic[];
extern __device__ float from_elsewhere[16];
static __device__ float4 quad = {1, 2, 3, 4};

extern "C" __global__ void tables(float* y, int i) {
    __shared__ int histogram[64];
    __shared__ __align__(128) char staging[256];
    int local[32];
    for (int j = 0; j < 32; ++j) {
        local[j] = grid[j % 4][i & 1] + managed;
    }
    histogram[threadIdx.x % 64] = local[i % 32];
    staging[threadIdx.x] = bytes[i & 3];
    dynamic[threadIdx.x] = exact[i & 3] + from_elsewhere[i];
    __syncthreads();
    const Node* node = &head;
    while (node->next != nullptr) {
        node = node->next;
    }
    y[i] = kernel[i % 3][1] + histogram[i] + staging[i] + dynamic[i] + counter + big[i % 3] + names[i & 3][0] +
           node->weight + *inside + *packed.address + quad.x;
}
