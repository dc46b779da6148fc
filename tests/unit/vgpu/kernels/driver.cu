// What the tests of the driver functions launch.
__device__ int global_value = 7;
__device__ double global_array[10];
__constant__ float coefficients[3];

extern "C" __global__ void add(const float* a, const float* b, float* c, int n) {
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) {
        c[i] = a[i] + b[i];
    }
}

extern "C" __global__ void scale(float* data) { data[threadIdx.x] *= coefficients[threadIdx.x % 3] * global_value; }

extern "C" __global__ void read_array(double* out) { out[threadIdx.x] = global_array[threadIdx.x]; }

extern "C" __global__ void __launch_bounds__(128) bounded(int* out) { out[threadIdx.x] = 1; }

extern "C" __global__ void shares(int* out) {
    extern __shared__ int dynamic[];
    __shared__ int fixed[1000];
    dynamic[threadIdx.x] = fixed[999 - threadIdx.x] = threadIdx.x;
    __syncthreads();
    out[threadIdx.x] = dynamic[blockDim.x - 1 - threadIdx.x] + fixed[999 - threadIdx.x];
}

extern "C" __global__ void mixed(char a, double b, short c, long long d, float e, double* out) {
    out[0] = a;
    out[1] = b;
    out[2] = c;
    out[3] = d;
    out[4] = e;
}

extern "C" __global__ void no_parameters() { global_value = 8; }

extern "C" __global__ void fail_by(int how, int* data) {
    if (threadIdx.x != 3) {
        return;
    }
    if (how == 0) {
        data[1 << 20] = 1;
    } else if (how == 1) {
        *(int*)((char*)data + 2) = 1;
    } else if (how == 2) {
        __trap();
    } else if (how == 3) {
        assert(how == 4);
    } else {
        printf("survived %d\n", how);
    }
}

extern "C" __global__ void deadlocks(int* out) {
    if (threadIdx.x < 32) {
        asm volatile("bar.sync 1, 96;");
    } else {
        asm volatile("bar.sync 2, 96;");
    }
    out[threadIdx.x] = 1;
}
