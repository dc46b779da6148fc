//! launch nested grid=3 block=100
//! buffer s32 300 small
//! buffer s32 300 zero
//! launch trip_counts grid=2 block=128
//! buffer s32 256 small
//! buffer f32 256 zero
//! launch early_return grid=2 block=128
//! buffer s32 256 small
//! buffer s32 256 iota
//! launch breaks grid=2 block=96
//! buffer s32 192 small
//! buffer s32 192 zero
//! launch switches grid=2 block=128
//! buffer s32 256 small
//! buffer s32 256 zero
//! launch nested_loops grid=1 block=64
//! buffer s32 64 small
//! buffer s32 64 zero
//! launch uniform_in_divergent grid=2 block=64
//! buffer s32 128 small
//! buffer s32 128 zero
//! value s32 3
//! launch collatz grid=2 block=128
//! buffer u32 256 zero
//! launch gcd grid=1 block=256
//! buffer u32 256 bits
//! buffer u32 256 bits
//! buffer u32 256 zero
//! launch returns_in_loop grid=1 block=64
//! buffer s32 64 small
//! buffer s32 64 zero
//! launch live_out grid=1 block=64
//! buffer s32 64 small
//! buffer s32 64 zero
//! buffer s32 64 zero
#define ID (blockIdx.x * blockDim.x + threadIdx.x)
extern "C" __global__ void nested(const int* in, int* out) {
    int i = ID, v = in[i], r = 0;
    if (v > 0) {
        if (v & 1) { if (v > 4) r = v * 3; else r = v - 7; }
        else if (v > 2) r = 100 + i; else r = -i;
        r ^= 5;
    } else if (v < -4) {
        r = v * v;
        if (i & 1) r += 11;
    } else r = i * 2;
    out[i] = r;
}
extern "C" __global__ void trip_counts(const int* in, float* out) {
    int i = ID; float s = 1.0f;
    int n = in[i] + 8;
#pragma unroll 1
    for (int k = 0; k < n; ++k) s = s * 1.5f + k;
    out[i] = s;
}
extern "C" __global__ void early_return(const int* in, int* out) {
    int i = ID;
    if (in[i] < 0) return;
    int x = in[(i * 7) & 255];
    if (x == 3) { out[i] = -1; return; }
    if (x > 0) { out[i] = x; if (x > 5) return; }
    out[i] += 1000;
}
extern "C" __global__ void breaks(const int* in, int* out) {
    int i = ID, s = 0;
#pragma unroll 1
    for (int k = 0; k < 40; ++k) {
        int v = in[(i + k * 5) % 192];
        if (v == 7) break;
        if (v < -5) continue;
        if (v == 0 && k > 10) { s += 1000; break; }
        s += v * k;
    }
    out[i] = s;
}
extern "C" __global__ void switches(const int* in, int* out) {
    int i = ID, r;
    switch (in[i] + 8) {
    case 0: r = i * 3; break;
    case 1: r = i + 99;
    case 2: r = i - 5; break;
    case 3: r = i ^ 0x55; break;
    case 4: r = i << 3; break;
    case 5: r = in[(i + 1) & 255]; break;
    case 6: r = in[(i + 2) & 255] * 7; break;
    case 9: r = -i; break;
    default: r = 12345;
    }
    out[i] = r;
}
extern "C" __global__ void nested_loops(const int* in, int* out) {
    int i = ID, s = 0;
#pragma unroll 1
    for (int a = 0; a < in[i] + 8; ++a) {
#pragma unroll 1
        for (int b = a; b < in[(i + a) & 63] + 8; ++b) {
            if (((a ^ b) & 3) == 1) continue;
            s += a * b + i;
            if (s > 2000) break;
        }
        if (s > 1500) { s -= 7; }
        if (s > 3000) break;
    }
    out[i] = s;
}
extern "C" __global__ void uniform_in_divergent(const int* in, int* out, int n) {
    int i = ID, s = 0;
    if (in[i] > 0) {
#pragma unroll 1
        for (int k = 0; k < n; ++k) { s += k * in[(i + k) & 127]; if (n == 5) s++; }
        if (n > 2) s *= 3; else s -= 4;
    } else {
#pragma unroll 1
        for (int k = n; k > 0; --k) s -= in[(i * k) & 127];
    }
    out[i] = s;
}
extern "C" __global__ void collatz(unsigned* out) {
    unsigned i = ID, n = i + 1, steps = 0;
    while (n != 1) { n = (n & 1) ? 3 * n + 1 : n >> 1; ++steps; }
    out[i] = steps;
}
extern "C" __global__ void gcd(const unsigned* a, const unsigned* b, unsigned* out) {
    unsigned x = a[ID], y = b[ID];
    while (y) { unsigned t = x % y; x = y; y = t; }
    out[ID] = x;
}
extern "C" __global__ void returns_in_loop(const int* in, int* out) {
    int i = ID;
#pragma unroll 1
    for (int k = 0;; ++k) {
        if (in[(i + k) & 63] == k % 9) { out[i] = k; return; }
        if (k > 100) return;
        out[i] -= 1;
    }
}
extern "C" __global__ void live_out(const int* in, int* out, int* last) {
    int i = ID, k = 0, v = 0, sq = 0;
    do { v = in[(i + k) & 63]; sq = k * k + 1; ++k; } while (v < 4 && k < 30);
    out[i] = sq * 100 + k;
    last[i] = v;
}
