// setp, set, slct, testp and the arithmetic of atomics.
#include <bit>
#include <cmath>

#include <gtest/gtest.h>

#include "unit/isa/assemble.h"
#include "unit/isa/samples.h"

namespace assay::isa {
namespace {

float single(std::uint64_t bits) {
    return std::bit_cast<float>(static_cast<std::uint32_t>(bits));
}

bool ordered(const std::string& compare, float a, float b) {
    const std::string relation = compare.substr(0, 2);
    return relation == "eq"   ? a == b
           : relation == "ne" ? a < b || a > b
           : relation == "lt" ? a < b
           : relation == "le" ? a <= b
           : relation == "gt" ? a > b
                              : a >= b;
}

TEST(Comparisons, OfFloats) {
    const auto values = special_floats(23, 8);
    for (const std::string compare :
         {"eq", "ne", "lt", "le", "gt", "ge", "equ", "neu", "ltu", "leu", "gtu", "geu", "num", "nan"}) {
        const Operation setp("setp." + compare + ".f32 p0|p1, r1, r2;");
        const Operation ftz("setp." + compare + ".ftz.f32 p0, r1, r2;");
        const Operation wide("setp." + compare + ".f64 p0, d1, d2;");
        SCOPED_TRACE(compare);
        for (const std::uint64_t a : values) {
            for (const std::uint64_t b : values) {
                const float x = single(a);
                const float y = single(b);
                const bool unordered = std::isnan(x) || std::isnan(y);
                const bool unordered_holds = compare == "nan" || (compare.size() == 3 && compare[2] == 'u');
                const bool expected = unordered          ? unordered_holds
                                      : compare == "num" ? true
                                      : compare == "nan" ? false
                                                         : ordered(compare, x, y);
                Flags flags;
                const auto both = setp.all({a, b}, flags);
                ASSERT_EQ(both[0], expected ? 1U : 0U) << x << " " << y;
                ASSERT_EQ(both[1], expected ? 0U : 1U);
                ASSERT_EQ(wide(std::bit_cast<std::uint64_t>(double{x}), std::bit_cast<std::uint64_t>(double{y})),
                          both[0]);
                const auto flushed = [](float v) {
                    return std::fpclassify(v) == FP_SUBNORMAL ? std::copysign(0.0F, v) : v;
                };
                ASSERT_EQ(ftz(a, b),
                          setp(std::bit_cast<std::uint32_t>(flushed(x)), std::bit_cast<std::uint32_t>(flushed(y))));
            }
        }
    }
}

TEST(Comparisons, OfIntegers) {
    const Operation less_signed("setp.lt.s32 p0, r1, r2;");
    const Operation less_unsigned("setp.lt.u32 p0, r1, r2;");
    const Operation higher("setp.hi.u64 p0, d1, d2;");
    const Operation lower_same("setp.ls.u16 p0, h1, h2;");
    const Operation greater_equal("setp.ge.s16 p0, h1, h2;");
    const Operation equal("setp.eq.b32 p0, r1, r2;");
    for (const std::uint64_t a : special_integers()) {
        for (const std::uint64_t b : special_integers()) {
            ASSERT_EQ(less_signed(a, b) != 0, static_cast<std::int32_t>(a) < static_cast<std::int32_t>(b));
            ASSERT_EQ(less_unsigned(a, b) != 0, static_cast<std::uint32_t>(a) < static_cast<std::uint32_t>(b));
            ASSERT_EQ(higher(a, b) != 0, a > b);
            ASSERT_EQ(lower_same(a, b) != 0, static_cast<std::uint16_t>(a) <= static_cast<std::uint16_t>(b));
            ASSERT_EQ(greater_equal(a, b) != 0, static_cast<std::int16_t>(a) >= static_cast<std::int16_t>(b));
            ASSERT_EQ(equal(a, b) != 0, static_cast<std::uint32_t>(a) == static_cast<std::uint32_t>(b));
        }
    }
}

TEST(Comparisons, CombineWithAPredicate) {
    Flags flags;
    for (const unsigned c : {0U, 1U}) {
        for (const unsigned b : {4U, 5U}) {
            const bool less = 4 < b;
            const auto expected = [&](bool p, bool q) { return std::vector<std::uint64_t>{p ? 1U : 0U, q ? 1U : 0U}; };
            EXPECT_EQ(Operation("setp.lt.and.u32 p0|p1, r1, r2, p3;").all({4, b, c}, flags),
                      expected(less && c != 0, !less && c != 0));
            EXPECT_EQ(Operation("setp.lt.or.u32 p0|p1, r1, r2, p3;").all({4, b, c}, flags),
                      expected(less || c != 0, !less || c != 0));
            EXPECT_EQ(Operation("setp.lt.xor.u32 p0|p1, r1, r2, p3;").all({4, b, c}, flags),
                      expected(less != (c != 0), !less != (c != 0)));
        }
    }
}

TEST(Comparisons, OfPackedHalvesGiveTwoPredicates) {
    Flags flags;
    // low: 1 < 2; high: 2 < 1
    EXPECT_EQ(Operation("setp.lt.f16x2 p0|p1, r1, r2;").all({0x40003c00, 0x3c004000}, flags),
              (std::vector<std::uint64_t>{1, 0}));
    EXPECT_EQ(Operation("setp.nan.bf16x2 p0|p1, r1, r2;").all({0x7fc03f80, 0x3f803f80}, flags),
              (std::vector<std::uint64_t>{0, 1}));
}

TEST(Set, WritesTheTrueOfItsType) {
    EXPECT_EQ(Operation("set.lt.u32.s32 r0, r1, r2;")(0xffffffffU, 0U), 0xffffffffU);
    EXPECT_EQ(Operation("set.lt.f32.s32 r0, r1, r2;")(0xffffffffU, 0U), 0x3f800000U);
    EXPECT_EQ(Operation("set.lt.f32.u64 r0, d1, d2;")(0xffffffffU, 0U), 0U);
    EXPECT_EQ(Operation("set.eq.f16.f16 h0, h1, h2;")(0x0000, 0x8000), 0x3c00U);
    EXPECT_EQ(Operation("set.eq.bf16.bf16 h0, h1, h2;")(0x0000, 0x8000), 0x3f80U);
    EXPECT_EQ(Operation("set.eq.u16.f16 h0, h1, h2;")(0x3c00, 0x3c00), 0xffffU);
    EXPECT_EQ(Operation("set.gt.f16x2.f16x2 r0, r1, r2;")(0x40003c00U, 0x3c004000U), 0x3c000000U);
    EXPECT_EQ(Operation("set.gt.u32.f16x2 r0, r1, r2;")(0x40003c00U, 0x3c004000U), 0xffff0000U);
    EXPECT_EQ(Operation("set.lt.and.u32.s32 r0, r1, r2, p3;")(1U, 2U, 0U), 0U);
}

TEST(Slct, TakesTheFirstForZeroAndAbove) {
    const Operation integer("slct.u32.s32 r0, r1, r2, r3;");
    EXPECT_EQ(integer(7U, 9U, 0U), 7U);
    EXPECT_EQ(integer(7U, 9U, 0x80000000U), 9U);
    const Operation floating("slct.b64.f32 d0, d1, d2, r3;");
    EXPECT_EQ(floating(7U, 9U, 0x80000000U), 7U); // -0
    EXPECT_EQ(floating(7U, 9U, 0x7fc00000U), 9U); // NaN
    EXPECT_EQ(floating(7U, 9U, 0x80000001U), 9U);
    EXPECT_EQ(Operation("slct.ftz.b64.f32 d0, d1, d2, r3;")(7U, 9U, 0x80000001U), 7U);
}

TEST(Testp, ClassifiesAsTheHostDoes) {
    const Operation finite("testp.finite.f32 p0, r1;");
    const Operation infinite("testp.infinite.f32 p0, r1;");
    const Operation number("testp.number.f32 p0, r1;");
    const Operation nan("testp.notanumber.f32 p0, r1;");
    const Operation normal("testp.normal.f32 p0, r1;");
    const Operation subnormal("testp.subnormal.f32 p0, r1;");
    for (const std::uint64_t bits : special_floats(23, 8)) {
        const float x = single(bits);
        EXPECT_EQ(finite(bits) != 0, std::isfinite(x));
        EXPECT_EQ(infinite(bits) != 0, std::isinf(x));
        EXPECT_EQ(number(bits) != 0, !std::isnan(x));
        EXPECT_EQ(nan(bits) != 0, std::isnan(x));
        EXPECT_EQ(normal(bits) != 0, std::isnormal(x) || x == 0);
        EXPECT_EQ(subnormal(bits) != 0, std::fpclassify(x) == FP_SUBNORMAL);
    }
}

Value atomic(const std::string& text, Value old_value, Value b, Value c = {}) {
    return apply_atomic(assemble(text).mod, old_value, b, c);
}

TEST(Atomics, ComputeTheNewValue) {
    EXPECT_EQ(atomic("atom.global.add.u32 r0, [d1], r2;", {0xffffffff}, {2}).bits, 1U);
    EXPECT_EQ(atomic("atom.global.add.u64 d0, [d1], d2;", {0xffffffff}, {2}).bits, 0x100000001U);
    EXPECT_EQ(atomic("atom.global.min.s32 r0, [d1], r2;", {0xffffffff}, {2}).bits, 0xffffffffU);
    EXPECT_EQ(atomic("atom.global.min.u32 r0, [d1], r2;", {0xffffffff}, {2}).bits, 2U);
    EXPECT_EQ(atomic("atom.global.max.s64 d0, [d1], d2;", {~std::uint64_t{0}}, {0}).bits, 0U);
    EXPECT_EQ(atomic("atom.global.and.b32 r0, [d1], r2;", {12}, {10}).bits, 8U);
    EXPECT_EQ(atomic("atom.global.or.b32 r0, [d1], r2;", {12}, {10}).bits, 14U);
    EXPECT_EQ(atomic("atom.global.xor.b64 d0, [d1], d2;", {12}, {10}).bits, 6U);
    EXPECT_EQ(atomic("atom.global.exch.b32 r0, [d1], r2;", {12}, {10}).bits, 10U);
    const std::string inc = "atom.global.inc.u32 r0, [d1], r2;";
    EXPECT_EQ(atomic(inc, {4}, {5}).bits, 5U);
    EXPECT_EQ(atomic(inc, {5}, {5}).bits, 0U);
    EXPECT_EQ(atomic(inc, {9}, {5}).bits, 0U);
    const std::string dec = "atom.global.dec.u32 r0, [d1], r2;";
    EXPECT_EQ(atomic(dec, {0}, {5}).bits, 5U);
    EXPECT_EQ(atomic(dec, {9}, {5}).bits, 5U);
    EXPECT_EQ(atomic(dec, {5}, {5}).bits, 4U);
    const std::string cas = "atom.global.cas.b32 r0, [d1], r2, r3;";
    EXPECT_EQ(atomic(cas, {4}, {4}, {7}).bits, 7U);
    EXPECT_EQ(atomic(cas, {5}, {4}, {7}).bits, 5U);
    const std::string wide = "atom.global.cas.b128 q0, [d1], q2, q3;";
    EXPECT_EQ(atomic(wide, {1, 2}, {1, 2}, {3, 4}), (Value{3, 4}));
    EXPECT_EQ(atomic(wide, {1, 2}, {1, 3}, {3, 4}), (Value{1, 2}));
    EXPECT_EQ(atomic("atom.global.add.f32 r0, [d1], r2;", {0x3f800000}, {0x3f800000}).bits, 0x40000000U);
    EXPECT_EQ(atomic("red.global.add.f64 [d1], d2;", {0x3ff0000000000000}, {0x3ff0000000000000}).bits,
              0x4000000000000000U);
    EXPECT_EQ(atomic("atom.global.add.noftz.f16x2 r0, [d1], r2;", {0x3c000001}, {0x3c000001}).bits, 0x40000002U);
    EXPECT_EQ(atomic("atom.global.add.noftz.bf16 h0, [d1], h2;", {0x3f80}, {0x3f80}).bits, 0x4000U);
    EXPECT_EQ(atomic("red.global.max.noftz.v2.f16x2 [d1], {r2, r3};", {0x3c00fc00}, {0x40007e00}).bits, 0x4000fc00U);
}

} // namespace
} // namespace assay::isa
