// Arithmetic of short vectors, as NVIDIA's samples have it under this name.
#ifndef ASSAY_HELPER_MATH_H
#define ASSAY_HELPER_MATH_H

#include <cuda_runtime.h>

#define ASSAY_EACH2(T, e) make_##T(e(x), e(y))
#define ASSAY_EACH3(T, e) make_##T(e(x), e(y), e(z))
#define ASSAY_EACH4(T, e) make_##T(e(x), e(y), e(z), e(w))
#define ASSAY_ADD(f) a.f + b.f
#define ASSAY_SUB(f) a.f - b.f
#define ASSAY_MUL(f) a.f* b.f
#define ASSAY_DIV(f) a.f / b.f
#define ASSAY_ADD_RIGHT(f) a.f + s
#define ASSAY_SUB_RIGHT(f) a.f - s
#define ASSAY_MUL_RIGHT(f) a.f* s
#define ASSAY_DIV_RIGHT(f) a.f / s
#define ASSAY_ADD_LEFT(f) s + b.f
#define ASSAY_SUB_LEFT(f) s - b.f
#define ASSAY_MUL_LEFT(f) s* b.f
#define ASSAY_DIV_LEFT(f) s / b.f
#define ASSAY_VECTOR_OPERATOR(T, S, n, op, name)                                                                       \
    inline T operator op(T a, T b) {                                                                                   \
        return ASSAY_EACH##n(T, ASSAY_##name);                                                                         \
    }                                                                                                                  \
    inline T operator op(T a, S s) {                                                                                   \
        return ASSAY_EACH##n(T, ASSAY_##name##_RIGHT);                                                                 \
    }                                                                                                                  \
    inline T operator op(S s, T b) {                                                                                   \
        return ASSAY_EACH##n(T, ASSAY_##name##_LEFT);                                                                  \
    }                                                                                                                  \
    inline T& operator op##=(T& a, T b) {                                                                              \
        return a = a op b;                                                                                             \
    }                                                                                                                  \
    inline T& operator op##=(T& a, S s) {                                                                              \
        return a = a op s;                                                                                             \
    }
#define ASSAY_LEAST(f) a.f < b.f ? a.f : b.f
#define ASSAY_MOST(f) a.f < b.f ? b.f : a.f
#define ASSAY_NEGATED(f) -a.f
#define ASSAY_SAME(f) s
#define ASSAY_VECTOR(T, S, n)                                                                                          \
    ASSAY_VECTOR_OPERATOR(T, S, n, +, ADD)                                                                             \
    ASSAY_VECTOR_OPERATOR(T, S, n, -, SUB)                                                                             \
    ASSAY_VECTOR_OPERATOR(T, S, n, *, MUL)                                                                             \
    ASSAY_VECTOR_OPERATOR(T, S, n, /, DIV)                                                                             \
    inline T operator-(T a) {                                                                                          \
        return ASSAY_EACH##n(T, ASSAY_NEGATED);                                                                        \
    }                                                                                                                  \
    inline T make_##T(S s) {                                                                                           \
        return ASSAY_EACH##n(T, ASSAY_SAME);                                                                           \
    }                                                                                                                  \
    inline T clamp(T a, T low, T high) {                                                                               \
        return min(max(a, low), high);                                                                                 \
    }                                                                                                                  \
    inline T clamp(T a, S low, S high) {                                                                               \
        return clamp(a, make_##T(low), make_##T(high));                                                                \
    }
#define ASSAY_VECTOR_BOUNDS(T, n, least, most)                                                                         \
    inline T least(T a, T b) {                                                                                         \
        return ASSAY_EACH##n(T, ASSAY_LEAST);                                                                          \
    }                                                                                                                  \
    inline T most(T a, T b) {                                                                                          \
        return ASSAY_EACH##n(T, ASSAY_MOST);                                                                           \
    }
#define ASSAY_VECTORS(S)                                                                                               \
    ASSAY_VECTOR_BOUNDS(S##2, 2, min, max)                                                                             \
    ASSAY_VECTOR_BOUNDS(S##3, 3, min, max)                                                                             \
    ASSAY_VECTOR_BOUNDS(S##4, 4, min, max)                                                                             \
    ASSAY_VECTOR(S##2, S, 2)                                                                                           \
    ASSAY_VECTOR(S##3, S, 3)                                                                                           \
    ASSAY_VECTOR(S##4, S, 4)
typedef unsigned int uint;
ASSAY_VECTORS(float)
ASSAY_VECTORS(int)
ASSAY_VECTORS(uint)
ASSAY_VECTOR_BOUNDS(float2, 2, fminf, fmaxf)
ASSAY_VECTOR_BOUNDS(float3, 3, fminf, fmaxf)
ASSAY_VECTOR_BOUNDS(float4, 4, fminf, fmaxf)
#undef ASSAY_VECTORS

inline float3 make_float3(float4 a) {
    return make_float3(a.x, a.y, a.z);
}
inline float3 make_float3(float2 a, float s = 0) {
    return make_float3(a.x, a.y, s);
}
inline float4 make_float4(float3 a, float s = 0) {
    return make_float4(a.x, a.y, a.z, s);
}
inline float dot(float2 a, float2 b) {
    return a.x * b.x + a.y * b.y;
}
inline float dot(float3 a, float3 b) {
    return a.x * b.x + a.y * b.y + a.z * b.z;
}
inline float dot(float4 a, float4 b) {
    return a.x * b.x + a.y * b.y + a.z * b.z + a.w * b.w;
}
inline float3 cross(float3 a, float3 b) {
    return make_float3(a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x);
}
template <class T> float length(T a) {
    return sqrtf(dot(a, a));
}
template <class T> T normalize(T a) {
    return a * rsqrtf(dot(a, a));
}
template <class T> T lerp(T a, T b, float t) {
    return a + t * (b - a);
}
inline float clamp(float a, float low, float high) {
    return fmaxf(low, fminf(a, high));
}
inline int clamp(int a, int low, int high) {
    return max(low, min(a, high));
}
inline float fracf(float a) {
    return a - floorf(a);
}

#endif
