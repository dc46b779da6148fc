//! launch integers grid=4 block=128
//! buffer s32 512 bits
//! buffer s32 512 bits
//! buffer s32 16384 zero
//! launch small_integers grid=2 block=128
//! buffer s16 256 bits
//! buffer u8 256 bits
//! buffer s32 4096 zero
//! launch wide_integers grid=2 block=128
//! buffer s64 256 bits
//! buffer s64 256 bits
//! buffer s64 4096 zero
//! launch floats grid=4 block=128
//! buffer f32 512 normal
//! buffer f32 512 bits
//! buffer f32 16384 zero
//! launch doubles grid=2 block=128
//! buffer f64 256 normal
//! buffer f64 256 bits
//! buffer f64 4096 zero
//! launch conversions grid=4 block=128
//! buffer f32 512 bits
//! buffer f64 512 bits
//! buffer s64 10240 zero
//! launch from_integers grid=2 block=128
//! buffer s64 256 bits
//! buffer f32 4096 zero
//! buffer f64 1024 zero
//! launch halves grid=4 block=128
//! buffer f16 512 bits
//! buffer f16 512 bits
//! buffer f16 512 bits
//! buffer f16 8192 zero
//! launch half_pairs grid=2 block=128
//! buffer f16 512 normal
//! buffer f16 512 bits
//! buffer f16 8192 zero
//! launch bfloats grid=4 block=128
//! buffer bf16 512 bits
//! buffer bf16 512 bits
//! buffer bf16 512 bits
//! buffer bf16 8192 zero
//! launch half_conversions grid=4 block=128
//! buffer f32 512 bits
//! buffer f64 512 normal
//! buffer u16 4096 zero
//! launch functions grid=4 block=256
//! buffer f32 1024 normal
//! buffer f32 16384 zero ulp=4 abs=2e-6
//! launch fast_functions grid=4 block=256
//! buffer f32 1024 normal
//! buffer f32 16384 zero ulp=6 abs=4e-6
//! launch rounding grid=4 block=128
//! buffer f32 512 normal
//! buffer f32 512 bits
//! buffer f32 12288 zero
#include <cuda_fp16.h>
#include <cuda_bf16.h>
#define ID (blockIdx.x * blockDim.x + threadIdx.x)
extern "C" __global__ void integers(const int* A, const int* B, int* out) {
    int a = A[ID], b = B[ID], *o = out + ID * 32; unsigned u = a, w = b;
    o[0] = a + b; o[1] = a - b; o[2] = a * b; o[3] = b ? a / b : 0; o[4] = b ? a % b : 0; o[5] = w ? u / w : 0; o[6] = w ? u % w : 0;
    o[7] = min(a, b); o[8] = max(a, b); o[9] = umin(u, w); o[10] = umax(u, w); o[11] = abs(a); o[12] = a << (b & 31); o[13] = a >> (b & 31); o[14] = u >> (w & 31);
    o[15] = __mulhi(a, b); o[16] = __umulhi(u, w); o[17] = __popc(a); o[18] = __clz(a); o[19] = __ffs(a); o[20] = __brev(a); o[21] = __byte_perm(a, b, w & 0x7777);
    o[22] = __funnelshift_l(a, b, w); o[23] = __funnelshift_r(a, b, w); o[24] = __sad(a, b, u); o[25] = a / 7; o[26] = u % 10; o[27] = __dp4a(a, b, 5); o[28] = (a ^ b) & ~(a | 0x55);
    o[29] = __vadd2(u, w); o[30] = a == b ? 1 : a < b ? 2 : 3; o[31] = __rhadd(a, b);
}
extern "C" __global__ void small_integers(const short* A, const unsigned char* B, int* out) {
    short a = A[ID]; unsigned char b = B[ID]; int* o = out + ID * 16;
    o[0] = a + b; o[1] = (short)(a * b); o[2] = (unsigned char)(a - b); o[3] = (signed char)b; o[4] = a >> (b & 7); o[5] = (unsigned short)a >> 3; o[6] = a / (b + 1); o[7] = (short)(a << 3);
    o[8] = a < b; o[9] = max((int)a, (int)b); o[10] = (char)a * 3; o[11] = __vabs2(a * 65537);
}
extern "C" __global__ void wide_integers(const long long* A, const long long* B, long long* out) {
    long long a = A[ID], b = B[ID], *o = out + ID * 16; unsigned long long u = a, w = b;
    o[0] = a + b; o[1] = a * b; o[2] = b ? a / b : 0; o[3] = w ? u % w : 0; o[4] = a << (b & 63); o[5] = a >> (b & 63); o[6] = u >> (b & 63); o[7] = __mul64hi(a, b); o[8] = __popcll(a);
    o[9] = __clzll(a); o[10] = __brevll(a); o[11] = min(a, b); o[12] = max(u, w); o[13] = a < b; o[14] = (int)a; o[15] = __umul64hi(u, w);
}
extern "C" __global__ void floats(const float* A, const float* B, float* out) {
    float a = A[ID], b = B[ID], *o = out + ID * 32;
    o[0] = a + b; o[1] = a - b; o[2] = a * b; o[3] = a / b; o[4] = b / a; o[5] = sqrtf(fabsf(a)); o[6] = 1.0f / a; o[7] = fmaf(a, b, a); o[8] = fminf(a, b); o[9] = fmaxf(a, b);
    o[10] = floorf(a); o[11] = ceilf(a); o[12] = truncf(a); o[13] = rintf(a); o[14] = roundf(a); o[15] = copysignf(a, b); o[16] = a < b; o[17] = a == a; o[18] = b != b; o[19] = isinf(b);
    o[20] = signbit(b) ? 1 : 0; o[21] = -b; o[22] = fabsf(b); o[23] = __saturatef(a); o[24] = fmodf(a, 3.0f); o[25] = a > b ? a : b; o[26] = fdimf(a, b); o[27] = __fdividef(a, b);
    o[28] = __frcp_rn(a); o[29] = __fsqrt_rn(fabsf(b)); o[30] = isfinite(b); o[31] = nearbyintf(a * 100);
}
extern "C" __global__ void doubles(const double* A, const double* B, double* out) {
    double a = A[ID], b = B[ID], *o = out + ID * 16;
    o[0] = a + b; o[1] = a * b; o[2] = a / b; o[3] = sqrt(fabs(a)); o[4] = fma(a, b, a); o[5] = fmin(a, b); o[6] = fmax(a, b); o[7] = floor(a); o[8] = rint(a); o[9] = a < b; o[10] = -b; o[11] = 1.0 / a; o[12] = trunc(b); o[13] = a - b; o[14] = ceil(a); o[15] = copysign(a, b);
}
extern "C" __global__ void conversions(const float* A, const double* B, long long* out) {
    float a = A[ID]; double b = B[ID]; long long* o = out + ID * 20;
    o[0] = (int)a; o[1] = (unsigned)a; o[2] = (long long)a; o[3] = (unsigned long long)a; o[4] = (short)(int)a; o[5] = __float2int_rn(a); o[6] = __float2int_rd(a); o[7] = __float2int_ru(a); o[8] = __float2uint_rn(a);
    o[9] = (int)b; o[10] = (unsigned)b; o[11] = (long long)b; o[12] = (unsigned long long)b; o[13] = __double2int_rn(b); o[14] = __double2ll_rd(b); o[15] = __float2ll_rn(a); o[16] = __double2uint_ru(b); o[17] = __float_as_int((float)b) & 0x7f800000;
    o[18] = a == a ? __double_as_longlong((double)a) : 0; o[19] = __float2uint_rz(a);
}
extern "C" __global__ void from_integers(const long long* A, float* out, double* d) {
    long long a = A[ID]; int i = (int)a; float* o = out + ID * 16; double* e = d + ID * 4;
    o[0] = i; o[1] = (unsigned)i; o[2] = a; o[3] = (unsigned long long)a; o[4] = (short)i; o[5] = (unsigned char)i; o[6] = __int2float_rz(i); o[7] = __int2float_rd(i); o[8] = __int2float_ru(i); o[9] = __uint2float_rd(i); o[10] = __ll2float_rn(a); o[11] = __uint2float_rz(i);
    e[0] = i; e[1] = a; e[2] = (unsigned long long)a; e[3] = (unsigned)i;
}
extern "C" __global__ void halves(const __half* A, const __half* B, const __half* C, __half* out) {
    __half a = A[ID], b = B[ID], c = C[ID], *o = out + ID * 16;
    o[0] = __hadd(a, b); o[1] = __hsub(a, b); o[2] = __hmul(a, b); o[3] = __hfma(a, b, c); o[4] = __hneg(a); o[5] = __habs(a); o[6] = __hmin(a, b); o[7] = __hmax(a, b); o[8] = __hlt(a, b) ? c : a; o[9] = __float2half(__half2float(a) * 1.5f); o[10] = __hadd_sat(a, b); o[11] = __hfma_relu(a, b, c);
    o[12] = __hmin_nan(a, b); o[13] = __heq(a, b) ? a : c; o[14] = __int2half_rn(__half2int_rn(a)); o[15] = hfloor(a);
}
extern "C" __global__ void half_pairs(const __half2* A, const __half2* B, __half2* out) {
    __half2 a = A[ID], b = B[ID], *o = out + ID * 16;
    o[0] = __hadd2(a, b); o[1] = __hmul2(a, b); o[2] = __hfma2(a, b, a); o[3] = __hmax2(a, b); o[4] = __hneg2(a); o[5] = __lows2half2(a, b); o[6] = __highs2half2(a, b); o[7] = __hsub2(a, b); o[8] = __float22half2_rn(make_float2(__low2float(a), __high2float(b))); o[9] = __hgt2(a, b); o[10] = __hmin2(a, b); o[11] = __habs2(b);
}
extern "C" __global__ void bfloats(const __nv_bfloat16* A, const __nv_bfloat16* B, const __nv_bfloat16* C, __nv_bfloat16* out) {
    __nv_bfloat16 a = A[ID], b = B[ID], c = C[ID], *o = out + ID * 16;
    o[0] = __hadd(a, b); o[1] = __hsub(a, b); o[2] = __hmul(a, b); o[3] = __hfma(a, b, c); o[4] = __hneg(a); o[5] = __habs(a); o[6] = __hmin(a, b); o[7] = __hmax(a, b); o[8] = __hlt(a, b) ? c : a; o[9] = __float2bfloat16(__bfloat162float(a) * 1.5f); o[10] = __float2bfloat16_rz(__bfloat162float(a) * 1.3f); o[11] = __hfma_relu(a, b, c);
}
extern "C" __global__ void half_conversions(const float* A, const double* B, unsigned short* out) {
    float a = A[ID]; unsigned short* o = out + ID * 8;
    o[0] = a == a ? __half_as_ushort(__float2half_rn(a)) : 0; o[1] = a == a ? __half_as_ushort(__float2half_rz(a)) : 0; o[2] = a == a ? __half_as_ushort(__float2half_rd(a)) : 0; o[3] = a == a ? __bfloat16_as_ushort(__float2bfloat16_rn(a)) : 0; o[4] = __half_as_ushort(__double2half(B[ID])); o[5] = __half_as_ushort(__int2half_rn(ID * 517)); o[6] = __half_as_ushort(__ushort2half_rn(ID * 61));
}
extern "C" __global__ void functions(const float* A, float* out) {
    float a = A[ID], *o = out + ID * 16;
    o[0] = expf(a * 0.1f); o[1] = logf(fabsf(a) + 0.001f); o[2] = sinf(a); o[3] = cosf(a); o[4] = tanhf(a); o[5] = rsqrtf(fabsf(a)); o[6] = exp2f(a * 0.1f); o[7] = log2f(fabsf(a)); o[8] = powf(fabsf(a), 0.3f); o[9] = erff(a); o[10] = atanf(a); o[11] = cbrtf(a); o[12] = 1.0f / (1.0f + expf(-a * 0.2f)); o[13] = log1pf(fabsf(a)); o[14] = expm1f(a * 0.01f); o[15] = hypotf(a, 2.0f);
}
extern "C" __global__ void fast_functions(const float* A, float* out) {
    float a = A[ID], *o = out + ID * 16;
    o[0] = __expf(a * 0.1f); o[1] = __logf(fabsf(a)); o[2] = __sinf(a); o[3] = __cosf(a); o[4] = __powf(fabsf(a), 0.7f); o[5] = __fdividef(a, 3.7f); o[6] = __exp10f(a * 0.01f); o[7] = __log2f(fabsf(a)); o[8] = __frsqrt_rn(fabsf(a)); o[9] = __tanf(a * 0.01f);
}
extern "C" __global__ void rounding(const float* A, const float* B, float* out) {
    float a = A[ID], b = A[511 - ID], c = B[ID], *o = out + ID * 24;
    o[0] = __fadd_rd(a, b); o[1] = __fadd_ru(a, b); o[2] = __fadd_rz(a, b); o[3] = __fmul_rd(a, b); o[4] = __fmul_ru(a, b); o[5] = __fmul_rz(a, b); o[6] = __fmaf_rd(a, b, a); o[7] = __fmaf_ru(a, b, a); o[8] = __fmaf_rz(a, b, a);
    o[9] = __fmaf_rd(a, c, b); o[10] = __fadd_rd(a, c); o[11] = __fadd_ru(c, a); o[12] = __fmul_rz(c, a); o[13] = __fdiv_rd(a, b); o[14] = __fsqrt_ru(fabsf(a)); o[15] = __frcp_rz(a); o[16] = __fsub_rd(a, a); o[17] = __fsub_ru(a, a); o[18] = __fsub_rz(a, b);
    o[19] = __fmaf_rz(c, c, a); o[20] = __fadd_rz(c, c); o[21] = __fmul_ru(c, b);
}
