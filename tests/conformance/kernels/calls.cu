//! launch fibonacci_of grid=2 block=48 waits
//! buffer s32 96 bits
//! buffer s32 96 zero
//! launch ackermann_of grid=1 block=40 waits
//! buffer s32 40 bits
//! buffer s32 40 zero
//! launch quicksort_of grid=2 block=33 waits
//! buffer s32 792 small
//! launch power_of grid=1 block=64 waits
//! buffer f64 64 normal
//! buffer f64 64 zero
//! launch endless grid=1 block=32 faults
//! buffer s32 32 small
//! launch indirect grid=1 block=70 waits
//! buffer s32 70 bits
//! buffer s32 70 zero
//! launch indirect_uniform grid=3 block=64
//! buffer s32 192 bits
//! buffer s32 192 zero
//! value s32 2
//! launch table grid=1 block=64 waits
//! buffer s32 64 bits
//! buffer s32 64 zero
//! launch nowhere grid=1 block=32 faults
//! buffer s32 32 zero
//! value u64 4919
//! launch search grid=1 block=64 waits
//! buffer s32 64 bits
//! buffer s32 64 zero
#define ID (blockIdx.x * blockDim.x + threadIdx.x)
#define KERNEL extern "C" __global__ void
#define FUNCTION extern "C" __device__ __noinline__

FUNCTION int fibonacci(int n) { return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2); }
KERNEL fibonacci_of(const int* in, int* out) { out[ID] = fibonacci(in[ID] & 7); }

// A call within an argument; values that live across calls in a loop's place.
FUNCTION int ackermann(int m, int n) {
    if (m == 0) return n + 1;
    if (n == 0) return ackermann(m - 1, 1);
    return ackermann(m - 1, ackermann(m, n - 1));
}
KERNEL ackermann_of(const int* in, int* out) { out[ID] = ackermann(in[ID] & 1, in[ID] >> 1 & 3) * 3 + in[ID] % 5; }

// Loops in a function that calls itself, and no result.
FUNCTION void quicksort(int* first, int* last) {
    if (last - first < 2) return;
    int pivot = first[(last - first) / 2], *low = first, *high = last - 1;
    while (low <= high) {
        while (*low < pivot) ++low;
        while (*high > pivot) --high;
        if (low <= high) { int t = *low; *low++ = *high; *high-- = t; }
    }
    quicksort(first, high + 1);
    quicksort(low, last);
}
KERNEL quicksort_of(int* data) { quicksort(data + ID * 12, data + ID * 12 + 12); }

// Of 64 bits, with an array of its own in each activation.
FUNCTION double power(double x, int n) {
    double powers[4];
    for (int i = 0; i < 4; ++i) powers[i] = i == 0 ? 1.0 : powers[i - 1] * x;
    if (n < 4) return powers[n & 3];
    double half = power(x, n / 2);
    return half * half * powers[n & 1];
}
KERNEL power_of(const double* in, double* out) { out[ID] = power(in[ID], ID % 13); }

FUNCTION int down(const int* p, int n) { return p[n & 1] == 1000 ? n : down(p, n + 1) * down(p, n + 2) + 1; }
KERNEL endless(int* data) { data[ID] = down(data, data[ID]); }

// Function pointers.
FUNCTION int add(int a, int b) { return a + b; }
FUNCTION int multiply(int a, int b) { return a * b; }
FUNCTION int count(int a, int b) {
    int bits = 0;
    for (unsigned rest = a ^ b; rest != 0; rest &= rest - 1) ++bits;
    return bits;
}
FUNCTION int negate(int a) { return -a; }
using Binary = int (*)(int, int);
using Unary = int (*)(int);
__device__ Binary choose(int which) { return which == 0 ? add : which == 1 ? multiply : count; }
KERNEL indirect(const int* in, int* out) { out[ID] = choose(((unsigned)in[ID]) % 3)(in[ID], ID); }
KERNEL indirect_uniform(const int* in, int* out, int which) {
    Binary function = choose(which);
    int sum = 0;
    for (int i = 0; i < 5; ++i) sum = function(sum + i, in[ID]);
    out[ID] = sum;
}
__device__ Binary functions[3] = {count, add, multiply};
KERNEL table(const int* in, int* out) {
    Unary last = in[ID] < 0 ? (Unary)negate : (Unary)nullptr;
    int value = functions[ID % 3](in[ID], 17);
    out[ID] = last != nullptr ? last(value) : value;
}
KERNEL nowhere(int* out, unsigned long long address) { out[ID] = ((Binary)address)(1, 2); }

// A function pointer handed to a function that calls itself.
FUNCTION int fold(Binary function, int a, int n) { return n == 0 ? a : function(fold(function, a, n - 1), n); }
KERNEL search(const int* in, int* out) { out[ID] = fold(choose(ID & 1), in[ID], (in[ID] >> 3) & 7); }
