// f32 and f64 arithmetic against the host's, in its four rounding modes; f16 and bf16 against exact sums in 113 bits.
#include <bit>
#include <cfenv>
#include <cmath>
#include <limits>
#include <type_traits>

#include <gtest/gtest.h>

#include "unit/isa/assemble.h"
#include "unit/isa/samples.h"

namespace assay::isa {
namespace {

__extension__ using Quad = __float128;

template <class T> struct Traits;
template <> struct Traits<float> {
    using Bits = std::uint32_t;
    static constexpr unsigned fraction = 23, exponent = 8;
    static constexpr Bits nan = 0x7fffffff;
    static constexpr const char* type = "f32";
    static constexpr char letter = 'r';
};
template <> struct Traits<double> {
    using Bits = std::uint64_t;
    static constexpr unsigned fraction = 52, exponent = 11;
    static constexpr Bits nan = 0x7ff8000000000000;
    static constexpr const char* type = "f64";
    static constexpr char letter = 'd';
};

template <class T> T from_bits(std::uint64_t bits) {
    return std::bit_cast<T>(static_cast<typename Traits<T>::Bits>(bits));
}

template <class T> std::uint64_t to_bits(T value) {
    return std::isnan(value) ? Traits<T>::nan : std::bit_cast<typename Traits<T>::Bits>(value);
}

template <class T> T flushed(T value) {
    return std::fpclassify(value) == FP_SUBNORMAL ? std::copysign(T{0}, value) : value;
}

template <class T> T saturated(T value) {
    return value > 1 ? T{1} : value > 0 ? value : T{0};
}

/// A host computation under a rounding mode; volatile keeps the compiler from moving or folding it.
template <class T, class Compute> T rounded(int mode, Compute compute, T a, T b, T c) {
    volatile T x = a;
    volatile T y = b;
    volatile T z = c;
    std::fesetround(mode);
    volatile T result = compute(T{x}, T{y}, T{z});
    std::fesetround(FE_TONEAREST);
    return result;
}

struct Mode {
    const char* name;
    int host;
};
constexpr Mode kModes[] = {{"rn", FE_TONEAREST}, {"rz", FE_TOWARDZERO}, {"rm", FE_DOWNWARD}, {"rp", FE_UPWARD}};

/// Calls check(a, b, c) for all pairs of special values and for random ones.
template <class T, class Check> void for_samples(Check check) {
    using Format = Traits<T>;
    const auto specials = special_floats(Format::fraction, Format::exponent);
    Random random;
    const auto any = [&](int kind) -> std::uint64_t {
        switch (kind % 3) {
        case 0:
            return specials[random.bits(32) % specials.size()];
        case 1:
            return random.bits(Format::fraction + Format::exponent + 1);
        default:
            return random.near_one(Format::fraction, Format::exponent);
        }
    };
    for (const std::uint64_t a : specials) {
        for (const std::uint64_t b : specials) {
            check(a, b, any(static_cast<int>(random.bits(8))));
        }
    }
    for (int i = 0; i < 4000; ++i) {
        check(any(i), any(i / 3), any(i / 9));
    }
}

template <class T, class Compute>
void compare_with_host(const std::string& opcode, unsigned operands, Compute compute) {
    const char letter = Traits<T>::letter;
    for (const Mode& mode : kModes) {
        std::string text = opcode + "." + mode.name + "." + Traits<T>::type;
        const char* separator = " ";
        for (unsigned i = 0; i <= operands; ++i) {
            text += separator;
            text += letter + std::to_string(i);
            separator = ", ";
        }
        const Operation operation(text + ";");
        SCOPED_TRACE(text);
        for_samples<T>([&](std::uint64_t a, std::uint64_t b, std::uint64_t c) {
            const std::uint64_t expected =
                to_bits(rounded(mode.host, compute, from_bits<T>(a), from_bits<T>(b), from_bits<T>(c)));
            const std::uint64_t got = operands == 1   ? operation(a)
                                      : operands == 2 ? operation(a, b)
                                                      : operation(a, b, c);
            ASSERT_EQ(got, expected) << std::hex << a << " " << b << " " << c;
        });
    }
}

template <class T> class Arithmetic : public testing::Test {};
using HostTypes = testing::Types<float, double>;
TYPED_TEST_SUITE(Arithmetic, HostTypes);

TYPED_TEST(Arithmetic, Adds) {
    compare_with_host<TypeParam>("add", 2, [](auto a, auto b, auto) { return a + b; });
}
TYPED_TEST(Arithmetic, Subtracts) {
    compare_with_host<TypeParam>("sub", 2, [](auto a, auto b, auto) { return a - b; });
}
TYPED_TEST(Arithmetic, Multiplies) {
    compare_with_host<TypeParam>("mul", 2, [](auto a, auto b, auto) { return a * b; });
}
TYPED_TEST(Arithmetic, Divides) {
    compare_with_host<TypeParam>("div", 2, [](auto a, auto b, auto) { return a / b; });
}
TYPED_TEST(Arithmetic, Fuses) {
    compare_with_host<TypeParam>("fma", 3, [](auto a, auto b, auto c) { return std::fma(a, b, c); });
}
TYPED_TEST(Arithmetic, TakesRoots) {
    compare_with_host<TypeParam>("sqrt", 1, [](auto a, auto, auto) { return std::sqrt(a); });
}
TYPED_TEST(Arithmetic, TakesReciprocals) {
    compare_with_host<TypeParam>("rcp", 1, [](auto a, auto, auto) { return 1 / a; });
}

TEST(FloatModifiers, FtzFlushesOperandsAndResults) {
    const Operation add("add.rn.ftz.f32 r0, r1, r2;");
    const Operation fma("fma.rn.ftz.f32 r0, r1, r2, r3;");
    const Operation sat("fma.rn.ftz.sat.f32 r0, r1, r2, r3;");
    for_samples<float>([&](std::uint64_t a, std::uint64_t b, std::uint64_t c) {
        const float x = flushed(from_bits<float>(a));
        const float y = flushed(from_bits<float>(b));
        const float z = flushed(from_bits<float>(c));
        ASSERT_EQ(add(a, b), to_bits(flushed(x + y)));
        ASSERT_EQ(fma(a, b, c), to_bits(flushed(std::fma(x, y, z))));
        ASSERT_EQ(sat(a, b, c), to_bits(saturated(flushed(std::fma(x, y, z)))));
    });
}

TEST(FloatModifiers, NegAbsCopysignWorkOnBits) {
    EXPECT_EQ(Operation("neg.f32 r0, r1;")(0x7fc12345U), 0xffc12345U);
    EXPECT_EQ(Operation("abs.f32 r0, r1;")(0xffc12345U), 0x7fc12345U);
    EXPECT_EQ(Operation("neg.ftz.f32 r0, r1;")(0x00000001U), 0x80000000U);
    EXPECT_EQ(Operation("abs.bf16x2 r0, r1;")(0x80018002U), 0x00010002U);
    EXPECT_EQ(Operation("neg.f16x2 r0, r1;")(0x3c008000U), 0xbc000000U);
    EXPECT_EQ(Operation("copysign.f32 r0, r1, r2;")(0x80000000U, 0x3f800000U), 0xbf800000U);
    EXPECT_EQ(Operation("neg.f64 d0, d1;")(0x3ff0000000000000U), 0xbff0000000000000U);
}

// The narrow formats: exact results in 113 bits, rounded here by counting units in the last place.

struct Narrow {
    unsigned fraction, exponent;
    [[nodiscard]] int bias() const { return (1 << (exponent - 1)) - 1; }
    [[nodiscard]] unsigned width() const { return 1 + exponent + fraction; }
};
constexpr Narrow kHalf{10, 5};
constexpr Narrow kBrain{7, 8};

double value_of(const Narrow& format, std::uint64_t bits) {
    const auto fraction = static_cast<double>(bits & ((1U << format.fraction) - 1));
    const int exponent = static_cast<int>(bits >> format.fraction & ((1U << format.exponent) - 1));
    const double sign = (bits >> (format.width() - 1) & 1) != 0 ? -1 : 1;
    if (exponent == (1 << format.exponent) - 1) {
        return fraction != 0 ? std::numeric_limits<double>::quiet_NaN()
                             : sign * std::numeric_limits<double>::infinity();
    }
    const double scale = std::ldexp(1.0, std::max(exponent, 1) - format.bias() - static_cast<int>(format.fraction));
    return sign * scale * (exponent == 0 ? fraction : fraction + (1U << format.fraction));
}

/// The narrow number nearest to an exact one, ties to even; `negative_zero` is the sign of an exact zero.
std::uint64_t nearest(const Narrow& format, Quad exact, bool negative_zero) {
    const std::uint64_t sign = std::uint64_t{1} << (format.width() - 1);
    const std::uint64_t infinite = ((std::uint64_t{1} << format.exponent) - 1) << format.fraction;
    if (exact != exact) {
        return 0x7fff;
    }
    const bool negative = exact < 0 || (exact == 0 && negative_zero);
    Quad magnitude = exact < 0 ? -exact : exact;
    // The largest number that is not above: the patterns are ordered as the numbers are.
    std::uint64_t low = 0;
    std::uint64_t high = infinite;
    while (high - low > 1) {
        const std::uint64_t middle = (low + high) / 2;
        (value_of(format, middle) <= magnitude ? low : high) = middle;
    }
    const Quad below = value_of(format, low);
    const Quad above = high == infinite ? below + (below - value_of(format, low - 1)) : Quad{value_of(format, high)};
    const Quad from_below = magnitude - below;
    const Quad to_above = above - magnitude;
    const bool up = from_below > to_above || (from_below == to_above && low % 2 != 0);
    return (negative ? sign : 0) | (up ? high : low);
}

/// Runs scalar and packed forms over samples. Operand exponents are bounded so that sums are exact in 113 bits.
template <class Exact>
void compare_narrow(const Narrow& format, const std::string& scalar, const std::string& packed, Exact exact) {
    const Operation one(scalar);
    const Operation two(packed);
    Random random;
    const auto specials = special_floats(format.fraction, format.exponent);
    const auto sample = [&](int i) {
        switch (i % 3) {
        case 0:
            return format.exponent == 5 ? specials[random.bits(16) % specials.size()] : random.near_one(7, 8);
        case 1:
            return format.exponent == 5 ? random.bits(16) : random.near_one(7, 8);
        default:
            return random.near_one(format.fraction, format.exponent);
        }
    };
    for (int i = 0; i < 20000; ++i) {
        const std::uint64_t a = sample(i);
        const std::uint64_t b = sample(i / 3);
        const std::uint64_t c = sample(i / 9);
        const double x = value_of(format, a);
        const double y = value_of(format, b);
        const double z = value_of(format, c);
        const std::uint64_t expected = exact(x, y, z);
        const unsigned operands = static_cast<unsigned>(one.instruction().src.size());
        ASSERT_EQ(operands == 2 ? one(a, b) : one(a, b, c), expected) << std::hex << a << " " << b << " " << c;
        const std::uint64_t expected_other = exact(y, x, z);
        const std::uint64_t pair =
            operands == 2 ? two(a << 16 | b, b << 16 | a) : two(a << 16 | b, b << 16 | a, c << 16 | c);
        ASSERT_EQ(pair, expected << 16 | expected_other) << std::hex << a << " " << b << " " << c;
    }
}

void compare_all_narrow(const Narrow& format, const std::string& type) {
    const auto scalar = [&](const char* opcode, const char* operands) { return opcode + ("." + type) + operands; };
    compare_narrow(
        format, scalar("add", " h0, h1, h2;"), scalar("add", "x2 r0, r1, r2;"),
        [&](double a, double b, double) { return nearest(format, Quad{a} + b, std::signbit(a) && std::signbit(b)); });
    compare_narrow(
        format, scalar("sub", " h0, h1, h2;"), scalar("sub", "x2 r0, r1, r2;"),
        [&](double a, double b, double) { return nearest(format, Quad{a} - b, std::signbit(a) && !std::signbit(b)); });
    compare_narrow(
        format, scalar("mul", " h0, h1, h2;"), scalar("mul", "x2 r0, r1, r2;"),
        [&](double a, double b, double) { return nearest(format, Quad{a} * b, std::signbit(a) != std::signbit(b)); });
    const auto fused = [&](double a, double b, double c) {
        return nearest(format, Quad{a} * b + c, std::signbit(a) != std::signbit(b) && std::signbit(c));
    };
    compare_narrow(format, scalar("fma.rn", " h0, h1, h2, h3;"), scalar("fma.rn", "x2 r0, r1, r2, r3;"), fused);
    compare_narrow(format, scalar("fma.rn.relu", " h0, h1, h2, h3;"), scalar("fma.rn.relu", "x2 r0, r1, r2, r3;"),
                   [&](double a, double b, double c) {
                       const std::uint64_t result = fused(a, b, c);
                       return (result & 0x8000) != 0 ? 0 : result;
                   });
}

TEST(NarrowArithmetic, OfHalfRoundsOnce) {
    compare_all_narrow(kHalf, "f16");
}

TEST(NarrowArithmetic, OfBrainRoundsOnce) {
    compare_all_narrow(kBrain, "bf16");
}

TEST(NarrowArithmetic, FmaDoesNotRoundTwice) {
    // (1 + 2^-10)(1 - 2^-11) + 9 × 2^-24 = 1 + 2^-11 + 2^-24, just above a tie of f16. f32 would round it to the tie.
    EXPECT_EQ(Operation("fma.rn.f16 h0, h1, h2, h3;")(0x3c01, 0x3bff, 0x0009), 0x3c01U);
    // 1.5 × 1.359375 = 2.0390625 is a tie of bf16; the smallest subnormal lifts it above.
    EXPECT_EQ(Operation("fma.rn.bf16 h0, h1, h2, h3;")(0x3fc0, 0x3fae, 0x0000), 0x4002U);
    EXPECT_EQ(Operation("fma.rn.bf16 h0, h1, h2, h3;")(0x3fc0, 0x3fae, 0x0001), 0x4003U);
}

TEST(NarrowArithmetic, SatAndFtz) {
    EXPECT_EQ(Operation("add.sat.f16 h0, h1, h2;")(0x3c00, 0x3c00), 0x3c00U);
    EXPECT_EQ(Operation("add.sat.f16 h0, h1, h2;")(0xbc00, 0x0001), 0U);
    EXPECT_EQ(Operation("add.sat.f16 h0, h1, h2;")(0x7e00, 0x0001), 0U);
    EXPECT_EQ(Operation("mul.ftz.f16 h0, h1, h2;")(0x0001, 0x3c00), 0U);
    EXPECT_EQ(Operation("mul.f16 h0, h1, h2;")(0x0001, 0x3c00), 1U);
    EXPECT_EQ(Operation("fma.rn.relu.f16 h0, h1, h2, h3;")(0x7e00, 0x3c00, 0x3c00), 0x7fffU);
}

TEST(PackedSingles, WorkElementwise) {
    const Operation fma("fma.rz.ftz.f32x2 d0, d1, d2, d3;");
    const Operation one("fma.rz.ftz.f32 r0, r1, r2, r3;");
    Random random;
    for (int i = 0; i < 1000; ++i) {
        const std::uint64_t a = random.near_one(23, 8);
        const std::uint64_t b = random.bits(32);
        const std::uint64_t c = random.near_one(23, 8);
        EXPECT_EQ(fma(a << 32 | b, b << 32 | c, c << 32 | a), one(a, b, c) << 32 | one(b, c, a));
    }
}

TEST(MinMax, PreferNumbersAndOrderZeros) {
    const Operation min("min.f32 r0, r1, r2;");
    const Operation max("max.f32 r0, r1, r2;");
    const Operation min_nan("min.NaN.f32 r0, r1, r2;");
    const Operation max_magnitude("max.xorsign.abs.f32 r0, r1, r2;");
    for_samples<float>([&](std::uint64_t a, std::uint64_t b, std::uint64_t) {
        const float x = from_bits<float>(a);
        const float y = from_bits<float>(b);
        const auto less = [](float p, float q) { return p < q || (p == q && std::signbit(p) && !std::signbit(q)); };
        const float low = std::isnan(x) ? y : std::isnan(y) ? x : less(y, x) ? y : x;
        const float high = std::isnan(x) ? y : std::isnan(y) ? x : less(x, y) ? y : x;
        ASSERT_EQ(min(a, b), to_bits(low));
        ASSERT_EQ(max(a, b), to_bits(high));
        ASSERT_EQ(min_nan(a, b), std::isnan(x) || std::isnan(y) ? 0x7fffffff : to_bits(low));
        if (!std::isnan(x) && !std::isnan(y)) {
            const float magnitude = std::max(std::fabs(x), std::fabs(y));
            ASSERT_EQ(max_magnitude(a, b), to_bits(std::signbit(x) != std::signbit(y) ? -magnitude : magnitude));
        }
    });
    EXPECT_EQ(Operation("min.f32 r0, r1, r2, r3;")(0x3f800000U, 0x40000000U, 0xbf800000U), 0xbf800000U);
    EXPECT_EQ(Operation("max.f16x2 r0, r1, r2;")(0x3c00fc00U, 0x7e000001U), 0x3c000001U);
    EXPECT_EQ(Operation("min.ftz.f32 r0, r1, r2;")(0x00000001U, 0x3f800000U), 0U);
    EXPECT_EQ(Operation("max.f64 d0, d1, d2;")(0x8000000000000000U, 0U), 0U);
}

// The approximate functions: within the ISA's bounds, and exact where it says so.

std::uint64_t single(float value) {
    return to_bits(value);
}

void within(const std::string& text, double (*function)(double), double units, bool positive) {
    const Operation operation(text);
    Random random;
    for (int i = 0; i < 20000; ++i) {
        const std::uint64_t bits = random.bits(positive ? 31 : 32);
        const float x = from_bits<float>(bits);
        const double exact = function(x);
        const auto nearest_float = static_cast<float>(exact);
        if (std::isnan(x) || !std::isfinite(nearest_float)) {
            continue;
        }
        const double unit = std::fabs(double{std::nextafter(nearest_float, HUGE_VALF)} - nearest_float);
        const double got = from_bits<float>(operation(bits));
        ASSERT_LE(std::fabs(got - exact), units * unit) << text << " of " << x;
    }
}

TEST(Approximations, AreWithinTheBounds) {
    within("ex2.approx.f32 r0, r1;", [](double x) { return std::exp2(x); }, 1, false);
    within("lg2.approx.f32 r0, r1;", [](double x) { return std::log2(x); }, 1, true);
    within("rcp.approx.f32 r0, r1;", [](double x) { return 1 / x; }, 1, false);
    within("rsqrt.approx.f32 r0, r1;", [](double x) { return 1 / std::sqrt(x); }, 1, true);
    within("sqrt.approx.f32 r0, r1;", [](double x) { return std::sqrt(x); }, 1, true);
    within("sin.approx.f32 r0, r1;", [](double x) { return std::sin(x); }, 1, false);
    within("cos.approx.f32 r0, r1;", [](double x) { return std::cos(x); }, 1, false);
    within("tanh.approx.f32 r0, r1;", [](double x) { return std::tanh(x); }, 1, false);
}

TEST(Approximations, HaveTheSpecialValues) {
    const float infinity = std::numeric_limits<float>::infinity();
    const std::uint64_t nan = 0x7fffffff;
    const Operation ex2("ex2.approx.f32 r0, r1;");
    EXPECT_EQ(ex2(single(-infinity)), 0U);
    EXPECT_EQ(ex2(single(infinity)), single(infinity));
    EXPECT_EQ(ex2(single(-0.0F)), single(1));
    EXPECT_EQ(ex2(single(-149)), 1U);
    EXPECT_EQ(ex2(nan), nan);
    EXPECT_EQ(Operation("ex2.approx.ftz.f32 r0, r1;")(single(-149)), 0U);
    const Operation lg2("lg2.approx.f32 r0, r1;");
    EXPECT_EQ(lg2(single(0)), single(-infinity));
    EXPECT_EQ(lg2(single(-0.0F)), single(-infinity));
    EXPECT_EQ(lg2(single(-1)), nan);
    EXPECT_EQ(lg2(1U), single(-149));
    EXPECT_EQ(Operation("lg2.approx.ftz.f32 r0, r1;")(1U), single(-infinity));
    const Operation rcp("rcp.approx.f32 r0, r1;");
    EXPECT_EQ(rcp(single(-infinity)), single(-0.0F));
    EXPECT_EQ(rcp(single(-0.0F)), single(-infinity));
    EXPECT_EQ(Operation("rcp.approx.ftz.f32 r0, r1;")(single(0x1p127F)), 0U);
    const Operation rsqrt("rsqrt.approx.f32 r0, r1;");
    EXPECT_EQ(rsqrt(single(-0.0F)), single(-infinity));
    EXPECT_EQ(rsqrt(single(infinity)), 0U);
    EXPECT_EQ(rsqrt(single(-1)), nan);
    EXPECT_EQ(Operation("sqrt.approx.f32 r0, r1;")(single(-0.0F)), single(-0.0F));
    EXPECT_EQ(Operation("sin.approx.f32 r0, r1;")(single(infinity)), nan);
    EXPECT_EQ(Operation("sin.approx.f32 r0, r1;")(single(-0.0F)), single(-0.0F));
    EXPECT_EQ(Operation("tanh.approx.f32 r0, r1;")(single(-infinity)), single(-1));
    EXPECT_EQ(Operation("ex2.approx.f16x2 r0, r1;")(0xfc003c00U), 0x00004000U);
    EXPECT_EQ(Operation("tanh.approx.bf16 h0, h1;")(0x7f80U), 0x3f80U);
}

TEST(Approximations, OfDoublesKeepTheUpperHalf) {
    const Operation rcp("rcp.approx.ftz.f64 d0, d1;");
    const Operation rsqrt("rsqrt.approx.ftz.f64 d0, d1;");
    const Operation full("rsqrt.approx.f64 d0, d1;");
    Random random;
    for (int i = 0; i < 2000; ++i) {
        const std::uint64_t bits = random.near_one(52, 11) & ~(std::uint64_t{1} << 63);
        const double x = from_bits<double>(bits);
        EXPECT_EQ(rcp(bits) & 0xffffffff, 0U);
        EXPECT_NEAR(from_bits<double>(rcp(bits)) * x, 1, 0x1p-19);
        EXPECT_NEAR(from_bits<double>(rsqrt(bits)) * std::sqrt(x), 1, 0x1p-19);
        EXPECT_NEAR(from_bits<double>(full(bits)) * std::sqrt(x), 1, 0x1p-50);
    }
    EXPECT_EQ(rcp(1U), 0x7ff0000000000000U);
    EXPECT_EQ(rcp(0x7ff8000000000001U), 0x7ff8000000000000U);
}

TEST(Approximations, DivisionByAHugeNumberIsZero) {
    const Operation divide("div.approx.f32 r0, r1, r2;");
    EXPECT_EQ(divide(single(0x1p127F), single(0x1.8p126F)), 0U);
    EXPECT_EQ(divide(single(-1), single(0x1.8p126F)), single(-0.0F));
    EXPECT_EQ(divide(single(std::numeric_limits<float>::infinity()), single(0x1.8p126F)), 0x7fffffffU);
    EXPECT_EQ(divide(single(0x1p126F), single(0x1p126F)), single(1));
    EXPECT_EQ(Operation("div.full.f32 r0, r1, r2;")(single(0x1p127F), single(0x1p127F)), single(1));
}

} // namespace
} // namespace assay::isa
