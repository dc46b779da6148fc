// -lineinfo
// Control flow, calls, barriers, and threads that wait for one another.
extern "C" __global__ void collatz(const unsigned* in, unsigned* steps) {
    unsigned n = in[threadIdx.x], count = 0;
    while (n != 1) {
        n = n % 2 ? 3 * n + 1 : n / 2;
        ++count;
    }
    steps[threadIdx.x] = count;
}

extern "C" __global__ void switches(const int* in, int* out) {
    const int i = threadIdx.x;
    int v = in[i];
    switch (v) {
    case 0: v = out[i] * 3; break;
    case 1: v = 17; break;
    case 2: v = out[i] - 5; break;
    case 3: v = -out[i]; break;
    case 4: v = out[i] * out[i]; break;
    case 5: v = 1 << (out[i] & 7); break;
    case 6: v = out[i] ^ 0x55; break;
    default: v = -1;
    }
    out[i] = v;
}

__device__ __noinline__ int fibonacci(int n) { return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2); }
extern "C" __global__ void recursion(int* out) { out[threadIdx.x] = fibonacci(threadIdx.x % 12); }

__device__ __noinline__ int forever(const int* p, int n) {
    return p[n & 1] == 0 ? n : forever(p, n + 1) * forever(p, n + 2) + 1;
}
extern "C" __global__ void runaway(const int* p, int* out) { out[0] = forever(p, 1); }

typedef int (*Operation)(int, int);
__device__ int plus(int a, int b) { return a + b; }
__device__ int minus(int a, int b) { return a - b; }
__device__ int times(int a, int b) { return a * b; }
__device__ Operation operations[3] = {plus, minus, times};
extern "C" __global__ void indirect(int* out) {
    const int i = threadIdx.x;
    out[i] = operations[i % 3](i, 7);
}

struct Vector3 { double x, y, z; };
__device__ __noinline__ Vector3 cross(Vector3 a, Vector3 b) {
    return {a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x};
}
extern "C" __global__ void struct_call(const Vector3* a, const Vector3* b, Vector3* out) {
    out[threadIdx.x] = cross(a[threadIdx.x], b[threadIdx.x]);
}

extern "C" __global__ void block_sum(const float* in, float* out, int n) {
    __shared__ float partial[256];
    float sum = 0;
    for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < n; i += gridDim.x * blockDim.x) {
        sum += in[i];
    }
    partial[threadIdx.x] = sum;
    __syncthreads();
    for (int width = blockDim.x / 2; width > 0; width /= 2) {
        if (threadIdx.x < width) {
            partial[threadIdx.x] += partial[threadIdx.x + width];
        }
        __syncthreads();
    }
    if (threadIdx.x == 0) {
        out[blockIdx.x] = partial[0];
    }
}

// Threads leave at different times; those that remain must still pass their barriers.
extern "C" __global__ void early_exit(int* out) {
    __shared__ int s[96];
    s[threadIdx.x] = threadIdx.x;
    if (threadIdx.x % 3 == 0) {
        return;
    }
    __syncthreads();
    out[threadIdx.x] = s[95 - threadIdx.x];
}

extern "C" __global__ void barrier_reductions(const int* in, int* out) {
    const int i = threadIdx.x;
    out[i] = __syncthreads_count(in[i] > 3);
    out[i] += 1000 * __syncthreads_and(in[i] >= 0) + 2000 * __syncthreads_or(in[i] == 7);
    out[i] += 4000 * __syncthreads_and(in[i] > 0) + 8000 * __syncthreads_or(in[i] == 123);
}

// Warp 0 produces for warp 1 through named barriers.
extern "C" __global__ void producer_consumer(int* out, int rounds) {
    __shared__ int box[32];
    const int lane = threadIdx.x % 32;
    for (int i = 0; i < rounds; ++i) {
        if (threadIdx.x < 32) {
            asm volatile("barrier.sync 2, 64;" ::: "memory"); // empty
            box[lane] = i * 100 + lane;
            asm volatile("barrier.arrive 1, 64;" ::: "memory"); // full
        } else {
            asm volatile("barrier.arrive 2, 64;" ::: "memory");
            asm volatile("barrier.sync 1, 64;" ::: "memory");
            out[i * 32 + lane] = box[31 - lane];
        }
    }
}

extern "C" __global__ void divergent_barrier(int* out) {
    __shared__ int s;
    if (threadIdx.x == 0) {
        s = 5;
        __syncthreads();
        out[0] = s;
    } else {
        __syncthreads();
        out[threadIdx.x] = s + 1;
    }
}

extern "C" __global__ void never_released(int* out) {
    if (threadIdx.x < 32) {
        asm volatile("bar.sync 1, 96;");
    } else {
        asm volatile("bar.sync 2, 96;");
    }
    out[threadIdx.x] = 1;
}

__device__ int lock_word = 0;
extern "C" __global__ void spin_lock(int* shared_value, int rounds) {
    for (int i = 0; i < rounds; ++i) {
        while (atomicCAS(&lock_word, 0, 1) != 0) {
        }
        __threadfence();
        *(volatile int*)shared_value = *(volatile int*)shared_value + 1;
        __threadfence();
        atomicExch(&lock_word, 0);
    }
}

// Each block waits for a later one: needs more than one block to be resident.
extern "C" __global__ void wait_for_later(volatile int* flags, int* out) {
    const int next = blockIdx.x + 1;
    if (threadIdx.x == 0) {
        if (next < gridDim.x) {
            while (flags[next] == 0) {
            }
        }
        out[blockIdx.x] = next < gridDim.x ? out[next] + 1 : 1;
        __threadfence();
        flags[blockIdx.x] = 1;
    }
}

extern "C" __global__ void assertion(const int* in) { assert(in[threadIdx.x] != 5 && "five is right out"); }

extern "C" __global__ void traps(int lane) {
    if (threadIdx.x == lane) {
        __trap();
    }
}
