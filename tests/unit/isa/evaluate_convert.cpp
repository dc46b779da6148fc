// cvt: every f16 and bf16 value, the ties between neighbours of each narrow format, and the host for the rest.
#include <bit>
#include <cfenv>
#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "unit/isa/assemble.h"
#include "unit/isa/samples.h"

namespace assay::isa {
namespace {

__extension__ using SignedWide = __int128;

std::uint64_t bits_of_double(double value) {
    return std::bit_cast<std::uint64_t>(value);
}
std::uint64_t bits_of_single(float value) {
    return std::bit_cast<std::uint32_t>(value);
}

/// A narrow format's value by its definition.
double narrow_value(std::uint64_t bits, unsigned fraction_bits, unsigned exponent_bits) {
    const int bias = (1 << (exponent_bits - 1)) - 1;
    const auto fraction = static_cast<double>(bits & ((1U << fraction_bits) - 1));
    const auto exponent = static_cast<int>(bits >> fraction_bits & ((1U << exponent_bits) - 1));
    const double magnitude =
        exponent == 0 ? std::ldexp(fraction, 1 - bias - static_cast<int>(fraction_bits))
                      : std::ldexp(fraction + (1U << fraction_bits), exponent - bias - static_cast<int>(fraction_bits));
    return (bits >> (fraction_bits + exponent_bits) & 1) != 0 ? -magnitude : magnitude;
}

struct Narrow {
    const char* type;
    char letter; ///< of the registers that hold it
    unsigned fraction, exponent, padding;
    std::uint64_t largest; ///< the pattern of the largest finite number
};
constexpr Narrow kHalf{"f16", 'h', 10, 5, 0, 0x7bff};
constexpr Narrow kBrain{"bf16", 'h', 7, 8, 0, 0x7f7f};

TEST(Widening, IsExactForAllPatterns) {
    const Operation half("cvt.f32.f16 r0, h1;");
    const Operation brain("cvt.f32.bf16 r0, h1;");
    const Operation half_to_double("cvt.f64.f16 d0, h1;");
    for (std::uint64_t bits = 0; bits < 0x10000; ++bits) {
        const bool half_nan = (bits & 0x7c00) == 0x7c00 && (bits & 0x3ff) != 0;
        const bool half_infinity = (bits & 0x7fff) == 0x7c00;
        double value = narrow_value(bits, 10, 5);
        if (half_infinity) {
            value = std::copysign(std::numeric_limits<double>::infinity(), value);
        }
        ASSERT_EQ(half(bits), half_nan ? 0x7fffffff : bits_of_single(static_cast<float>(value)));
        ASSERT_EQ(half_to_double(bits), half_nan ? 0x7ff8000000000000 : bits_of_double(value));
        const bool brain_nan = (bits & 0x7fff) > 0x7f80;
        ASSERT_EQ(brain(bits), brain_nan ? 0x7fffffff : bits << 16);
        ASSERT_EQ(bits_of_single(f16_to_f32(static_cast<std::uint16_t>(bits))), half(bits));
        ASSERT_EQ(bits_of_single(bf16_to_f32(static_cast<std::uint16_t>(bits))), brain(bits));
        if (!half_nan) {
            ASSERT_EQ(f32_to_f16(f16_to_f32(static_cast<std::uint16_t>(bits))), bits);
        }
        if (!brain_nan) {
            ASSERT_EQ(f32_to_bf16(bf16_to_f32(static_cast<std::uint16_t>(bits))), bits);
        }
    }
}

/// Between each pair of neighbours: the middle, just below it, just above it, in each rounding.
void check_ties(const Narrow& format) {
    const std::string target = std::string(format.type) + ".f64 " + format.letter + "0, d1;";
    const Operation nearest("cvt.rn." + target);
    const Operation down("cvt.rm." + target);
    const Operation up("cvt.rp." + target);
    const Operation zero("cvt.rz." + target);
    const std::uint64_t sign = std::uint64_t{1} << (format.fraction + format.exponent);
    for (std::uint64_t low = 0; low < format.largest; ++low) {
        const double below = narrow_value(low, format.fraction, format.exponent);
        const double above = narrow_value(low + 1, format.fraction, format.exponent);
        const double middle = (below + above) / 2;
        const double before = std::nextafter(middle, below);
        const double after = std::nextafter(middle, above);
        const std::uint64_t even = low % 2 == 0 ? low : low + 1;
        ASSERT_EQ(nearest(bits_of_double(middle)), even);
        ASSERT_EQ(nearest(bits_of_double(-middle)), even | sign);
        ASSERT_EQ(nearest(bits_of_double(before)), low);
        ASSERT_EQ(nearest(bits_of_double(after)), low + 1);
        ASSERT_EQ(down(bits_of_double(after)), low);
        ASSERT_EQ(down(bits_of_double(-before)), (low + 1) | sign);
        ASSERT_EQ(up(bits_of_double(before)), low + 1);
        ASSERT_EQ(up(bits_of_double(-after)), low | sign);
        ASSERT_EQ(zero(bits_of_double(-after)), low | sign);
        ASSERT_EQ(zero(bits_of_double(after)), low);
        ASSERT_EQ(nearest(bits_of_double(below)), low);
    }
}

TEST(Narrowing, BreaksTiesToEven) {
    check_ties(kHalf);
    check_ties(kBrain);
}

TEST(Narrowing, OverflowsAsTheRoundingSays) {
    EXPECT_EQ(Operation("cvt.rn.f16.f32 h0, r1;")(bits_of_single(65519.996F)), 0x7bffU);
    EXPECT_EQ(Operation("cvt.rn.f16.f32 h0, r1;")(bits_of_single(65520.0F)), 0x7c00U);
    EXPECT_EQ(Operation("cvt.rz.f16.f32 h0, r1;")(bits_of_single(1e9F)), 0x7bffU);
    EXPECT_EQ(Operation("cvt.rm.f16.f32 h0, r1;")(bits_of_single(-1e9F)), 0xfc00U);
    EXPECT_EQ(Operation("cvt.rp.f16.f32 h0, r1;")(bits_of_single(-1e9F)), 0xfbffU);
    EXPECT_EQ(Operation("cvt.rn.f32.f64 r0, d1;")(bits_of_double(1e300)), 0x7f800000U);
    EXPECT_EQ(Operation("cvt.rn.satfinite.f16.f32 h0, r1;")(bits_of_single(1e9F)), 0x7bffU);
    EXPECT_EQ(Operation("cvt.rn.satfinite.f16.f32 h0, r1;")(0x7fc00000U), 0x7fffU);
    EXPECT_EQ(Operation("cvt.rn.relu.bf16.f32 h0, r1;")(bits_of_single(-1)), 0U);
    EXPECT_EQ(Operation("cvt.rn.relu.bf16.f32 h0, r1;")(0xffc00000U), 0x7fffU);
    EXPECT_EQ(Operation("cvt.sat.f32.f32 r0, r1;")(bits_of_single(1.5F)), 0x3f800000U);
    EXPECT_EQ(Operation("cvt.sat.f32.f32 r0, r1;")(0x7fc00000U), 0U);
    EXPECT_EQ(Operation("cvt.ftz.f32.f32 r0, r1;")(0x80000001U), 0x80000000U);
    EXPECT_EQ(Operation("cvt.rn.ftz.f32.f64 r0, d1;")(bits_of_double(1e-40)), 0U);
    EXPECT_EQ(Operation("cvt.rn.f32.f64 r0, d1;")(bits_of_double(1e-40)), bits_of_single(1e-40F));
}

TEST(Narrowing, PacksTheFirstSourceOnTop) {
    EXPECT_EQ(Operation("cvt.rn.f16x2.f32 r0, r1, r2;")(bits_of_single(1), bits_of_single(2)), 0x3c004000U);
    EXPECT_EQ(Operation("cvt.rz.relu.bf16x2.f32 r0, r1, r2;")(bits_of_single(-1), bits_of_single(1.999F)), 0x3fffU);
}

TEST(Tf32, RoundsToTenBitsOfFraction) {
    const Operation away("cvt.rna.tf32.f32 r0, r1;");
    EXPECT_EQ(away(0x3f801000U), 0x3f802000U); // the tie goes away from zero
    EXPECT_EQ(away(0xbf801000U), 0xbf802000U);
    EXPECT_EQ(away(0x3f800fffU), 0x3f800000U);
    EXPECT_EQ(Operation("cvt.rn.tf32.f32 r0, r1;")(0x3f801000U), 0x3f800000U);
    EXPECT_EQ(Operation("cvt.rz.relu.tf32.f32 r0, r1;")(0x3f801fffU), 0x3f800000U);
    EXPECT_EQ(away(0x7fc00000U), 0x7fffffffU);
    EXPECT_EQ(away(0x7f800000U), 0x7f800000U);
}

/// fp8: the patterns decode to their values, and values round to the nearest pattern, saturating.
void check_eight_bits(const std::string& type, unsigned fraction, unsigned exponent, std::uint64_t largest) {
    const Operation encode("cvt.rn.satfinite." + type + "x2.f32 h0, r1, r2;");
    const Operation decode("cvt.rn.f16x2." + type + "x2 r0, h1;");
    const Operation half("cvt.rn.satfinite." + type + "x2.f16x2 h0, r1;");
    for (std::uint64_t low = 0; low <= largest; ++low) {
        const double value = narrow_value(low, fraction, exponent);
        EXPECT_EQ(decode(low << 8 | low), decode(low) << 16 | (decode(low) & 0xffff));
        EXPECT_EQ(narrow_value(decode(low) & 0xffff, 10, 5), value);
        EXPECT_EQ(decode(low | 0x80) & 0xffff, (decode(low) & 0xffff) | 0x8000);
        EXPECT_EQ(encode(bits_of_single(-static_cast<float>(value)), bits_of_single(static_cast<float>(value))),
                  (low | 0x80) << 8 | low);
        EXPECT_EQ(half(decode(low) & 0xffff), low);
        if (low < largest) {
            const double middle = (value + narrow_value(low + 1, fraction, exponent)) / 2;
            const std::uint64_t even = low % 2 == 0 ? low : low + 1;
            EXPECT_EQ(encode(0U, bits_of_single(static_cast<float>(middle))), even);
            EXPECT_EQ(encode(0U, bits_of_single(std::nextafter(static_cast<float>(middle), 0.0F))), low);
        }
    }
    EXPECT_EQ(encode(bits_of_single(-1e9F), bits_of_single(std::numeric_limits<float>::infinity())),
              (largest | 0x80) << 8 | largest);
    EXPECT_EQ(encode(0U, 0xffc00000U), 0x7fU);
    EXPECT_EQ(Operation("cvt.rn.satfinite.relu." + type + "x2.f32 h0, r1, r2;")(bits_of_single(-1), bits_of_single(1)),
              encode(0U, bits_of_single(1)));
}

TEST(EightBits, E4M3) {
    check_eight_bits("e4m3", 3, 4, 0x7e);
    EXPECT_EQ(Operation("cvt.rn.f16x2.e4m3x2 r0, h1;")(0xff7fU), 0x7fff7fffU);
}

TEST(EightBits, E5M2) {
    check_eight_bits("e5m2", 2, 5, 0x7b);
    EXPECT_EQ(Operation("cvt.rn.f16x2.e5m2x2 r0, h1;")(0xfc7dU), 0xfc007fffU);
}

struct Mode {
    const char* name;
    int host;
};
constexpr Mode kModes[] = {{"rn", FE_TONEAREST}, {"rz", FE_TOWARDZERO}, {"rm", FE_DOWNWARD}, {"rp", FE_UPWARD}};

double host_integral(int mode, double value) {
    volatile double x = value;
    std::fesetround(mode);
    volatile double result = std::nearbyint(x);
    std::fesetround(FE_TONEAREST);
    return result;
}

template <class T> std::uint64_t saturated(double integral, bool wide_source) {
    if (std::isnan(integral)) {
        return wide_source || sizeof(T) == 8 ? std::uint64_t{1} << (8 * sizeof(T) - 1) : 0;
    }
    const double low = static_cast<double>(std::numeric_limits<T>::min());
    const double past = std::ldexp(1.0, std::numeric_limits<T>::digits);
    const T value = integral < low     ? std::numeric_limits<T>::min()
                    : integral >= past ? std::numeric_limits<T>::max()
                                       : static_cast<T>(integral);
    return static_cast<std::make_unsigned_t<T>>(value);
}

template <class T> void check_to_integer(const std::string& type, char letter) {
    Random random;
    for (const Mode& mode : kModes) {
        const std::string start = std::string("cvt.") + mode.name + "i." + type;
        const Operation half(start + ".f16 " + letter + "0, h1;");
        const Operation single(start + ".f32 " + letter + "0, r1;");
        const Operation wide(start + ".f64 " + letter + "0, d1;");
        // A register wider than the type receives the value extended.
        const auto narrow = [](std::uint64_t bits) {
            return static_cast<std::uint64_t>(static_cast<std::make_unsigned_t<T>>(bits));
        };
        SCOPED_TRACE(start);
        for (std::uint64_t bits = 0; bits < 0x10000; ++bits) {
            const double value = f16_to_f32(static_cast<std::uint16_t>(bits));
            ASSERT_EQ(narrow(half(bits)), saturated<T>(host_integral(mode.host, value), false)) << value;
        }
        for (int i = 0; i < 4000; ++i) {
            const std::uint64_t bits = i % 2 == 0 ? random.bits(32) : random.near_one(23, 8) + ((random.bits(6)) << 23);
            const double value = std::bit_cast<float>(static_cast<std::uint32_t>(bits));
            ASSERT_EQ(narrow(single(bits)), saturated<T>(host_integral(mode.host, value), false)) << value;
            const double widened = std::ldexp(static_cast<double>(random.bits(53)) * (i % 3 == 0 ? -1 : 1),
                                              static_cast<int>(random.bits(6)) - 55);
            ASSERT_EQ(narrow(wide(bits_of_double(widened))), saturated<T>(host_integral(mode.host, widened), true));
        }
        for (const std::uint64_t bits : special_floats(52, 11)) {
            const double value = std::bit_cast<double>(bits);
            ASSERT_EQ(narrow(wide(bits)), saturated<T>(host_integral(mode.host, value), true)) << value;
        }
    }
}

TEST(ToInteger, SaturatesAndRounds) {
    check_to_integer<std::int8_t>("s8", 'r');
    check_to_integer<std::uint8_t>("u8", 'r');
    check_to_integer<std::int16_t>("s16", 'h');
    check_to_integer<std::uint16_t>("u16", 'h');
    check_to_integer<std::int32_t>("s32", 'r');
    check_to_integer<std::uint32_t>("u32", 'r');
    check_to_integer<std::int64_t>("s64", 'd');
    check_to_integer<std::uint64_t>("u64", 'd');
}

template <class From, class To> std::uint64_t host_conversion(int mode, From value) {
    volatile From x = value;
    std::fesetround(mode);
    volatile To result = static_cast<To>(From{x});
    std::fesetround(FE_TONEAREST);
    if constexpr (sizeof(To) == 4) {
        return std::bit_cast<std::uint32_t>(To{result});
    } else {
        return std::bit_cast<std::uint64_t>(To{result});
    }
}

template <class From> void check_from_integer(const std::string& type, char letter) {
    Random random;
    for (const Mode& mode : kModes) {
        const std::string start = std::string("cvt.") + mode.name;
        const Operation single(start + ".f32." + type + " r0, " + letter + "1;");
        const Operation wide(start + ".f64." + type + " d0, " + letter + "1;");
        auto values = special_integers();
        for (int i = 0; i < 2000; ++i) {
            values.push_back(random.bits(static_cast<unsigned>(1 + random.bits(6))));
        }
        for (const std::uint64_t bits : values) {
            const auto value = static_cast<From>(bits);
            ASSERT_EQ(single(bits), (host_conversion<From, float>(mode.host, value))) << start << type << " " << bits;
            ASSERT_EQ(wide(bits), (host_conversion<From, double>(mode.host, value))) << start << type << " " << bits;
        }
    }
}

TEST(FromInteger, Rounds) {
    check_from_integer<std::int8_t>("s8", 'r');
    check_from_integer<std::uint16_t>("u16", 'h');
    check_from_integer<std::int32_t>("s32", 'r');
    check_from_integer<std::uint32_t>("u32", 'r');
    check_from_integer<std::int64_t>("s64", 'd');
    check_from_integer<std::uint64_t>("u64", 'd');
    EXPECT_EQ(Operation("cvt.rn.f16.s32 h0, r1;")(65520U), 0x7c00U);
    EXPECT_EQ(Operation("cvt.rz.bf16.u32 h0, r1;")(0xffffffffU), 0x4f7fU);
}

TEST(Integral, RoundsWithinTheType) {
    for (const Mode& mode : kModes) {
        const Operation single(std::string("cvt.") + mode.name + "i.f32.f32 r0, r1;");
        const Operation wide(std::string("cvt.") + mode.name + "i.f64.f64 d0, d1;");
        const Operation half(std::string("cvt.") + mode.name + "i.f16.f16 h0, h1;");
        for (const double value : {0.0, -0.0, 0.5, -0.5, 1.5, 2.5, -2.5, 0.49999999, -0.75, 8388607.5, 1e30, -3.0}) {
            const double rounded = host_integral(mode.host, value);
            EXPECT_EQ(wide(bits_of_double(value)), bits_of_double(rounded)) << mode.name << value;
            const auto narrowed = static_cast<float>(value);
            EXPECT_EQ(single(bits_of_single(narrowed)),
                      bits_of_single(static_cast<float>(host_integral(mode.host, narrowed))));
        }
        EXPECT_EQ(half(0x3e00), std::string(mode.name) == "rz" || std::string(mode.name) == "rm" ? 0x3c00U : 0x4000U);
    }
}

TEST(BetweenIntegers, CutsExtendsAndSaturates) {
    EXPECT_EQ(Operation("cvt.s64.s32 d0, r1;")(0x80000000U), 0xffffffff80000000U);
    EXPECT_EQ(Operation("cvt.u64.u32 d0, r1;")(0x80000000U), 0x80000000U);
    EXPECT_EQ(Operation("cvt.u16.u32 h0, r1;")(0x12345678U), 0x5678U);
    EXPECT_EQ(Operation("cvt.s32.s8 r0, r1;")(0x1234567fU), 0x7fU);
    EXPECT_EQ(Operation("cvt.s32.s8 r0, r1;")(0x12345680U), 0xffffff80U);
    EXPECT_EQ(Operation("cvt.s8.s32 r0, r1;")(0x12345680U), 0xffffff80U); // extended to the register
    EXPECT_EQ(Operation("cvt.u8.s32 r0, r1;")(0xffffffffU), 0xffU);
    EXPECT_EQ(Operation("cvt.sat.u8.s32 r0, r1;")(0xffffffffU), 0U);
    EXPECT_EQ(Operation("cvt.sat.s16.s64 h0, d1;")(0x12345678U), 0x7fffU);
    EXPECT_EQ(Operation("cvt.sat.s32.u32 r0, r1;")(0xffffffffU), 0x7fffffffU);
    EXPECT_EQ(Operation("cvt.s64.u16 d0, h1;")(0xffffU), 0xffffU);
}

} // namespace
} // namespace assay::isa
