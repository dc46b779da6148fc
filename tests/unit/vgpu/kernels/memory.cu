// -lineinfo
// State spaces and access forms.
struct Pair { int first; double second; };
struct Big { float values[6]; Pair pair; };

__constant__ float table[4] = {1.5f, -2.0f, 0.25f, 8.0f};
__device__ int counter = 41;
__device__ int* pointer_to_counter = &counter;

extern "C" __global__ void saxpy(int n, float a, const float* x, float* y) {
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) {
        y[i] = a * x[i] + y[i];
    }
}

extern "C" __global__ void struct_parameter(Big big, int index, double* out) {
    out[threadIdx.x] = big.values[(index + threadIdx.x) % 6] * big.pair.second + big.pair.first;
}

__device__ __noinline__ float last_of(const Big* big) { return big->values[5] + big->pair.first; }
extern "C" __global__ void grid_constant(const __grid_constant__ Big big, float* out) { out[threadIdx.x] = last_of(&big); }

extern "C" __global__ void constants(float* out) { out[threadIdx.x] = table[threadIdx.x & 3] + *pointer_to_counter; }

extern "C" __global__ void narrow(const signed char* a, const unsigned short* b, int* out, signed char* c) {
    const int i = threadIdx.x;
    out[i] = a[i] * 3 + b[i];
    c[i] = (signed char)(a[i] - 100);
}

extern "C" __global__ void vectors(const float4* in, float4* out, const short2* shorts, int2* wide) {
    const int i = threadIdx.x;
    const float4 v = in[i];
    out[i] = make_float4(v.w, v.z, v.y, v.x);
    wide[i] = make_int2(shorts[i].y, shorts[i].x);
}

extern "C" __global__ void local_array(const int* order, int* out) {
    int values[8];
    for (int i = 0; i < 8; ++i) {
        values[i] = i * i + threadIdx.x;
    }
    int sum = 0;
    for (int i = 0; i < 8; ++i) {
        values[order[i]] += 1000 * i;
        sum = sum * 3 + values[order[7 - i]];
    }
    out[threadIdx.x] = sum;
}

// The compiler cannot tell which space `p` is in.
__device__ __noinline__ int sum_of(const int* p, int n) {
    int sum = 0;
    for (int i = 0; i < n; ++i) {
        sum += p[i];
    }
    return sum;
}

extern "C" __global__ void generic(const int* global, int which, int* out) {
    __shared__ int shared[32];
    int local[4];
    shared[threadIdx.x] = threadIdx.x;
    for (int i = 0; i < 4; ++i) {
        local[i] = 10 * i + threadIdx.x + global[0];
    }
    __syncthreads();
    const int* p = which == 0 ? global : which == 1 ? shared : local;
    out[threadIdx.x] = sum_of(p, 4);
    out[32 + threadIdx.x] = __isGlobal(p) * 4 + __isShared(p) * 2 + __isLocal(p);
}

extern "C" __global__ void dynamic_shared(const int* in, int* out, int n) {
    extern __shared__ int dynamic[];
    __shared__ int fixed[32];
    for (int i = threadIdx.x; i < n; i += blockDim.x) {
        dynamic[i] = in[i];
    }
    fixed[threadIdx.x] = -1;
    __syncthreads();
    for (int i = threadIdx.x; i < n; i += blockDim.x) {
        out[i] = dynamic[n - 1 - i] + fixed[i % 32];
    }
}

extern "C" __global__ void transpose(const float* in, float* out, int rows, int columns) {
    __shared__ float tile[16][17];
    int x = blockIdx.x * 16 + threadIdx.x, y = blockIdx.y * 16 + threadIdx.y;
    if (x < columns && y < rows) {
        tile[threadIdx.y][threadIdx.x] = in[y * columns + x];
    }
    __syncthreads();
    x = blockIdx.y * 16 + threadIdx.x;
    y = blockIdx.x * 16 + threadIdx.y;
    if (x < rows && y < columns) {
        out[y * rows + x] = tile[threadIdx.x][threadIdx.y];
    }
}

extern "C" __global__ void heap(int* out) {
    int* p = (int*)malloc(sizeof(int) * (threadIdx.x + 1));
    if (p == nullptr) {
        out[threadIdx.x] = -1;
        return;
    }
    for (int i = 0; i <= (int)threadIdx.x; ++i) {
        p[i] = i;
    }
    out[threadIdx.x] = sum_of(p, threadIdx.x + 1);
    free(p);
}
