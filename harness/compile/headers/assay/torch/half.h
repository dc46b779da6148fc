// c10::Half and c10::BFloat16: numbers of 16 bits that compute as float.
#ifndef ASSAY_TORCH_HALF_H
#define ASSAY_TORCH_HALF_H

#include <assay/torch/types.h>

namespace c10 {

struct alignas(2) Half {
    unsigned short x;
    struct from_bits_t {};
    static constexpr from_bits_t from_bits() { return {}; }
    Half() = default;
    constexpr Half(unsigned short bits, from_bits_t) : x(bits) {}
    Half(float value) { asm("cvt.rn.f16.f32 %0, %1;" : "=h"(x) : "f"(value)); }
    template <class H, class = std::enable_if_t<std::is_same<H, __half>::value>> Half(const H& other) {
        x = reinterpret_cast<const unsigned short&>(other);
    }
    operator float() const {
        float value;
        asm("cvt.f32.f16 %0, %1;" : "=f"(value) : "h"(x));
        return value;
    }
};

struct alignas(2) BFloat16 {
    unsigned short x;
    struct from_bits_t {};
    static constexpr from_bits_t from_bits() { return {}; }
    BFloat16() = default;
    constexpr BFloat16(unsigned short bits, from_bits_t) : x(bits) {}
    BFloat16(float value) { asm("cvt.rn.bf16.f32 %0, %1;" : "=h"(x) : "f"(value)); }
    template <class B, class = std::enable_if_t<std::is_same<B, __nv_bfloat16>::value>> BFloat16(const B& other) {
        x = reinterpret_cast<const unsigned short&>(other);
    }
    operator float() const { return __int_as_float(static_cast<int>(static_cast<unsigned>(x) << 16)); }
};

#define ASSAY_HALF_OPERATOR(T, op)                                                                                         \
    inline T operator op(T a, T b) { return static_cast<float>(a) op static_cast<float>(b); }                              \
    inline float operator op(T a, float b) { return static_cast<float>(a) op b; }                                          \
    inline float operator op(float a, T b) { return a op static_cast<float>(b); }                                          \
    inline double operator op(T a, double b) { return static_cast<double>(static_cast<float>(a)) op b; }                   \
    inline double operator op(double a, T b) { return a op static_cast<double>(static_cast<float>(b)); }                   \
    inline T operator op(T a, int b) { return static_cast<float>(a) op static_cast<float>(b); }                            \
    inline T operator op(int a, T b) { return static_cast<float>(a) op static_cast<float>(b); }                            \
    inline T operator op(T a, int64_t b) { return static_cast<float>(a) op static_cast<float>(b); }                        \
    inline T operator op(int64_t a, T b) { return static_cast<float>(a) op static_cast<float>(b); }                        \
    inline T& operator op##=(T& a, float b) { return a = static_cast<float>(a) op b; }
#define ASSAY_HALF_OPERATORS(T)                                                                                            \
    ASSAY_HALF_OPERATOR(T, +)                                                                                              \
    ASSAY_HALF_OPERATOR(T, -)                                                                                              \
    ASSAY_HALF_OPERATOR(T, *)                                                                                              \
    ASSAY_HALF_OPERATOR(T, /)                                                                                              \
    inline T operator-(T a) { return -static_cast<float>(a); }
ASSAY_HALF_OPERATORS(Half)
ASSAY_HALF_OPERATORS(BFloat16)
#undef ASSAY_HALF_OPERATORS
#undef ASSAY_HALF_OPERATOR

} // namespace c10

namespace std {
template <> struct numeric_limits<c10::Half> {
    static constexpr bool is_specialized = true;
    static constexpr bool has_infinity = true;
    static constexpr c10::Half bits(unsigned short x) { return {x, c10::Half::from_bits()}; }
    static constexpr c10::Half min() { return bits(0x0400); }
    static constexpr c10::Half max() { return bits(0x7BFF); }
    static constexpr c10::Half lowest() { return bits(0xFBFF); }
    static constexpr c10::Half epsilon() { return bits(0x1400); }
    static constexpr c10::Half infinity() { return bits(0x7C00); }
    static constexpr c10::Half quiet_NaN() { return bits(0x7E00); }
};
template <> struct numeric_limits<c10::BFloat16> {
    static constexpr bool is_specialized = true;
    static constexpr bool has_infinity = true;
    static constexpr c10::BFloat16 bits(unsigned short x) { return {x, c10::BFloat16::from_bits()}; }
    static constexpr c10::BFloat16 min() { return bits(0x0080); }
    static constexpr c10::BFloat16 max() { return bits(0x7F7F); }
    static constexpr c10::BFloat16 lowest() { return bits(0xFF7F); }
    static constexpr c10::BFloat16 epsilon() { return bits(0x3C00); }
    static constexpr c10::BFloat16 infinity() { return bits(0x7F80); }
    static constexpr c10::BFloat16 quiet_NaN() { return bits(0x7FC0); }
};
} // namespace std

namespace at {

template <class T> struct OpMathType { using type = T; };
template <> struct OpMathType<Half> { using type = float; };
template <> struct OpMathType<BFloat16> { using type = float; };
template <class T> using opmath_type = typename OpMathType<T>::type;
template <class T> using OpMathTypeT = opmath_type<T>;
template <class T, bool on_device = true> struct AccumulateType { using type = opmath_type<T>; };
template <class T> struct AccumulateType<T, false> {
    using type = std::conditional_t<std::is_same<opmath_type<T>, float>::value, double, T>;
};
template <class T, bool on_device = true> using acc_type = typename AccumulateType<T, on_device>::type;
template <class T> struct numeric_limits : std::numeric_limits<T> {
    static constexpr T lower_bound() { return std::numeric_limits<T>::lowest(); }
    static constexpr T upper_bound() { return std::numeric_limits<T>::max(); }
};

/// The type that stands for Half in kernels written over CUDA's own.
template <class T> struct CudaType { using type = T; };

} // namespace at

#endif
