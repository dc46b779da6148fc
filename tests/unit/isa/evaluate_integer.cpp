// Integer arithmetic against the host's types, bit fields against loops written after the ISA's pseudo-code.
#include <bit>
#include <limits>
#include <type_traits>

#include <gtest/gtest.h>

#include "unit/isa/assemble.h"
#include "unit/isa/samples.h"

namespace assay::isa {
namespace {

__extension__ using Wide = unsigned __int128;
__extension__ using SignedWide = __int128;

template <class T> struct Names;
template <> struct Names<std::uint16_t> {
    static constexpr const char* type = "u16";
    static constexpr char letter = 'h', wide = 'r';
};
template <> struct Names<std::int16_t> {
    static constexpr const char* type = "s16";
    static constexpr char letter = 'h', wide = 'r';
};
template <> struct Names<std::uint32_t> {
    static constexpr const char* type = "u32";
    static constexpr char letter = 'r', wide = 'd';
};
template <> struct Names<std::int32_t> {
    static constexpr const char* type = "s32";
    static constexpr char letter = 'r', wide = 'd';
};
template <> struct Names<std::uint64_t> {
    static constexpr const char* type = "u64";
    static constexpr char letter = 'd', wide = 'q';
};
template <> struct Names<std::int64_t> {
    static constexpr const char* type = "s64";
    static constexpr char letter = 'd', wide = 'q';
};

template <class T> Operation operation(const std::string& opcode, unsigned sources) {
    std::string text = opcode + "." + Names<T>::type;
    for (unsigned i = 0; i <= sources; ++i) {
        text += (i == 0 ? " " : ", ") + std::string(1, Names<T>::letter) + std::to_string(i);
    }
    return Operation(text + ";");
}

template <class T> std::uint64_t bits(SignedWide value) {
    return static_cast<std::make_unsigned_t<T>>(value);
}

template <class T> SignedWide clamped(SignedWide value) {
    const SignedWide low = std::numeric_limits<T>::min();
    const SignedWide high = std::numeric_limits<T>::max();
    return value < low ? low : value > high ? high : value;
}

template <class Check> void for_integers(Check check) {
    const auto specials = special_integers();
    Random random;
    for (const std::uint64_t a : specials) {
        for (const std::uint64_t b : specials) {
            check(a, b, random.bits(64));
        }
    }
    for (int i = 0; i < 3000; ++i) {
        const unsigned width = static_cast<unsigned>(1 + random.bits(6));
        check(random.bits(64), random.bits(width), random.bits(64));
    }
}

template <class T> class Integers : public testing::Test {};
using Types = testing::Types<std::uint16_t, std::int16_t, std::uint32_t, std::int32_t, std::uint64_t, std::int64_t>;
TYPED_TEST_SUITE(Integers, Types);

TYPED_TEST(Integers, ComputeAsTheHostDoes) {
    using T = TypeParam;
    const Operation add = operation<T>("add", 2);
    const Operation sub = operation<T>("sub", 2);
    const Operation low = operation<T>("mul.lo", 2);
    const Operation high = operation<T>("mul.hi", 2);
    const Operation mad = operation<T>("mad.lo", 3);
    const Operation mad_high = operation<T>("mad.hi", 3);
    const Operation div = operation<T>("div", 2);
    const Operation rem = operation<T>("rem", 2);
    const Operation min = operation<T>("min", 2);
    const Operation max = operation<T>("max", 2);
    const Operation sad = operation<T>("sad", 3);
    for_integers([&](std::uint64_t a, std::uint64_t b, std::uint64_t c) {
        const SignedWide x = static_cast<T>(a);
        const SignedWide y = static_cast<T>(b);
        const SignedWide z = static_cast<T>(c);
        const auto product = static_cast<SignedWide>(static_cast<Wide>(x) * static_cast<Wide>(y));
        const SignedWide upper = std::is_signed_v<T>
                                     ? product >> (8 * sizeof(T))
                                     : static_cast<SignedWide>(static_cast<Wide>(product) >> (8 * sizeof(T)));
        ASSERT_EQ(add(a, b), bits<T>(x + y));
        ASSERT_EQ(sub(a, b), bits<T>(x - y));
        ASSERT_EQ(low(a, b), bits<T>(product));
        ASSERT_EQ(high(a, b), bits<T>(upper));
        ASSERT_EQ(mad(a, b, c), bits<T>(static_cast<SignedWide>(static_cast<Wide>(product) + static_cast<Wide>(z))));
        ASSERT_EQ(mad_high(a, b, c), bits<T>(upper + z));
        ASSERT_EQ(div(a, b), y == 0 ? bits<T>(-1) : bits<T>(x / y));
        ASSERT_EQ(rem(a, b), y == 0 ? bits<T>(x) : bits<T>(x % y));
        ASSERT_EQ(min(a, b), bits<T>(x < y ? x : y));
        ASSERT_EQ(max(a, b), bits<T>(x < y ? y : x));
        ASSERT_EQ(sad(a, b, c), bits<T>((x < y ? y - x : x - y) + z));
    });
}

TYPED_TEST(Integers, NegateAndCountAsTheHostDoes) {
    using T = TypeParam;
    if constexpr (std::is_signed_v<T>) {
        const Operation neg = operation<T>("neg", 1);
        const Operation abs = operation<T>("abs", 1);
        for_integers([&](std::uint64_t a, std::uint64_t, std::uint64_t) {
            const SignedWide x = static_cast<T>(a);
            ASSERT_EQ(neg(a), bits<T>(-x));
            ASSERT_EQ(abs(a), bits<T>(x < 0 ? -x : x));
        });
    }
    if constexpr (sizeof(T) < 8) {
        const std::string wide(1, Names<T>::wide);
        const std::string letter(1, Names<T>::letter);
        const std::string type = Names<T>::type;
        const Operation mul("mul.wide." + type + " " + wide + "0, " + letter + "1, " + letter + "2;");
        const Operation mad("mad.wide." + type + " " + wide + "0, " + letter + "1, " + letter + "2, " + wide + "3;");
        const auto cut = [](SignedWide value) {
            return sizeof(T) == 2 ? static_cast<std::uint32_t>(value) : static_cast<std::uint64_t>(value);
        };
        for_integers([&](std::uint64_t a, std::uint64_t b, std::uint64_t c) {
            const SignedWide product = SignedWide{static_cast<T>(a)} * static_cast<T>(b);
            ASSERT_EQ(mul(a, b), cut(product));
            ASSERT_EQ(mad(a, b, c), cut(product + static_cast<std::int64_t>(c)));
        });
    }
}

TEST(IntegerModifiers, Saturate) {
    const Operation add("add.sat.s32 r0, r1, r2;");
    const Operation sub("sub.sat.s32 r0, r1, r2;");
    const Operation mad("mad.hi.sat.s32 r0, r1, r2, r3;");
    for_integers([&](std::uint64_t a, std::uint64_t b, std::uint64_t c) {
        const SignedWide x = static_cast<std::int32_t>(a);
        const SignedWide y = static_cast<std::int32_t>(b);
        const SignedWide z = static_cast<std::int32_t>(c);
        ASSERT_EQ(add(a, b), bits<std::int32_t>(clamped<std::int32_t>(x + y)));
        ASSERT_EQ(sub(a, b), bits<std::int32_t>(clamped<std::int32_t>(x - y)));
        ASSERT_EQ(mad(a, b, c), bits<std::int32_t>(clamped<std::int32_t>((x * y >> 32) + z)));
    });
}

TEST(IntegerModifiers, CarriesChain) {
    const Operation add("add.cc.u32 r0, r1, r2;");
    const Operation addc("addc.cc.u32 r0, r1, r2;");
    const Operation sub("sub.cc.u32 r0, r1, r2;");
    const Operation subc("subc.u32 r0, r1, r2;");
    const Operation mad("mad.lo.cc.u32 r0, r1, r2, r3;");
    const Operation madc("madc.hi.u32 r0, r1, r2, r3;");
    for_integers([&](std::uint64_t a, std::uint64_t b, std::uint64_t c) {
        const std::uint64_t upper[] = {a >> 32, b >> 32, c >> 32};
        Flags flags;
        std::uint64_t low = add.all({a, b}, flags)[0];
        std::uint64_t high = addc.all({upper[0], upper[1]}, flags)[0];
        ASSERT_EQ(high << 32 | low, a + b);
        ASSERT_EQ(flags.carry, a + b < a);
        low = sub.all({a, b}, flags)[0];
        high = subc.all({upper[0], upper[1]}, flags)[0];
        ASSERT_EQ(high << 32 | low, a - b);
        low = mad.all({a, b, c}, flags)[0];
        high = madc.all({a, b, upper[2]}, flags)[0];
        ASSERT_EQ(high << 32 | low, (a & 0xffffffff) * (b & 0xffffffff) + c);
    });
}

TEST(IntegerModifiers, TwentyFourBits) {
    const Operation low("mul24.lo.s32 r0, r1, r2;");
    const Operation high("mul24.hi.u32 r0, r1, r2;");
    const Operation mad("mad24.lo.u32 r0, r1, r2, r3;");
    const Operation sat("mad24.hi.sat.s32 r0, r1, r2, r3;");
    for_integers([&](std::uint64_t a, std::uint64_t b, std::uint64_t c) {
        const std::int64_t x = static_cast<std::int32_t>(a << 8) >> 8;
        const std::int64_t y = static_cast<std::int32_t>(b << 8) >> 8;
        const std::uint64_t u = (a & 0xffffff) * (b & 0xffffff);
        ASSERT_EQ(low(a, b), bits<std::int32_t>(x * y));
        ASSERT_EQ(high(a, b), bits<std::uint32_t>(static_cast<SignedWide>(u >> 16)));
        ASSERT_EQ(mad(a, b, c), bits<std::uint32_t>(static_cast<SignedWide>(u) + static_cast<std::uint32_t>(c)));
        ASSERT_EQ(sat(a, b, c),
                  bits<std::int32_t>(clamped<std::int32_t>(SignedWide{x * y >> 16} + static_cast<std::int32_t>(c))));
    });
}

TEST(PackedIntegers, WorkElementwise) {
    EXPECT_EQ(Operation("add.u16x2 r0, r1, r2;")(0xffff0001U, 0x00020003U), 0x00010004U);
    EXPECT_EQ(Operation("min.s16x2 r0, r1, r2;")(0xffff0001U, 0x00020003U), 0xffff0001U);
    EXPECT_EQ(Operation("max.u16x2 r0, r1, r2;")(0xffff0001U, 0x00020003U), 0xffff0003U);
    EXPECT_EQ(Operation("max.relu.s16x2 r0, r1, r2;")(0xfff0fff1U, 0xfff20003U), 0x00000003U);
    EXPECT_EQ(Operation("min.relu.s32 r0, r1, r2;")(5U, 0xfffffff0U), 0U);
}

TEST(DotProducts, OfBytesAndHalfWords) {
    const Operation dp4a("dp4a.s32.u32 r0, r1, r2, r3;");
    const Operation dp2a_low("dp2a.lo.u32.s32 r0, r1, r2, r3;");
    const Operation dp2a_high("dp2a.hi.s32.s32 r0, r1, r2, r3;");
    for_integers([&](std::uint64_t a, std::uint64_t b, std::uint64_t c) {
        std::uint32_t four = static_cast<std::uint32_t>(c);
        std::uint32_t low = four;
        std::uint32_t high = four;
        for (int i = 0; i < 4; ++i) {
            four += static_cast<std::uint32_t>(static_cast<std::int8_t>(a >> (8 * i)) *
                                               static_cast<std::uint8_t>(b >> (8 * i)));
        }
        for (int i = 0; i < 2; ++i) {
            low += static_cast<std::uint32_t>(static_cast<std::uint16_t>(a >> (16 * i)) *
                                              static_cast<std::int8_t>(b >> (8 * i)));
            high += static_cast<std::uint32_t>(static_cast<std::int16_t>(a >> (16 * i)) *
                                               static_cast<std::int8_t>(b >> (8 * (i + 2))));
        }
        ASSERT_EQ(dp4a(a & 0xffffffff, b & 0xffffffff, c & 0xffffffff), four);
        ASSERT_EQ(dp2a_low(a & 0xffffffff, b & 0xffffffff, c & 0xffffffff), low);
        ASSERT_EQ(dp2a_high(a & 0xffffffff, b & 0xffffffff, c & 0xffffffff), high);
    });
}

TEST(ConvertPack, SaturatesAndJoins) {
    EXPECT_EQ(Operation("cvt.pack.sat.s16.s32 r0, r1, r2;")(40000U, 0xffff0000U), 0x7fff8000U);
    EXPECT_EQ(Operation("cvt.pack.sat.u16.s32 r0, r1, r2;")(0xffffffffU, 65536U), 0x0000ffffU);
    EXPECT_EQ(Operation("cvt.pack.sat.u8.s32.b32 r0, r1, r2, r3;")(300U, 7U, 0x12345678U), 0x5678ff07U);
    EXPECT_EQ(Operation("cvt.pack.sat.s4.s32.b32 r0, r1, r2, r3;")(100U, 0xffffffffU, 0x12345678U), 0x3456787fU);
}

// Bits.

TEST(Bits, AreCountedAndFound) {
    const Operation popc("popc.b32 r0, r1;");
    const Operation popc_long("popc.b64 r0, d1;");
    const Operation clz("clz.b32 r0, r1;");
    const Operation clz_long("clz.b64 r0, d1;");
    const Operation bfind("bfind.u32 r0, r1;");
    const Operation bfind_signed("bfind.s64 r0, d1;");
    const Operation amount("bfind.shiftamt.u32 r0, r1;");
    const Operation brev("brev.b32 r0, r1;");
    const Operation brev_long("brev.b64 d0, d1;");
    for_integers([&](std::uint64_t a, std::uint64_t, std::uint64_t) {
        const auto word = static_cast<std::uint32_t>(a);
        ASSERT_EQ(popc(a), static_cast<unsigned>(__builtin_popcount(word)));
        ASSERT_EQ(popc_long(a), static_cast<unsigned>(__builtin_popcountll(a)));
        ASSERT_EQ(clz(a), word == 0 ? 32U : static_cast<unsigned>(__builtin_clz(word)));
        ASSERT_EQ(clz_long(a), a == 0 ? 64U : static_cast<unsigned>(__builtin_clzll(a)));
        ASSERT_EQ(bfind(a), word == 0 ? 0xffffffff : 31U - static_cast<unsigned>(__builtin_clz(word)));
        ASSERT_EQ(amount(a), word == 0 ? 0xffffffff : static_cast<unsigned>(__builtin_clz(word)));
        const auto magnitude = static_cast<std::int64_t>(a) < 0 ? ~a : a;
        ASSERT_EQ(bfind_signed(a),
                  magnitude == 0 ? 0xffffffff : 63U - static_cast<unsigned>(__builtin_clzll(magnitude)));
        std::uint64_t reversed = 0;
        for (int i = 0; i < 64; ++i) {
            reversed = reversed << 1 | (a >> i & 1);
        }
        ASSERT_EQ(brev_long(a), reversed);
        ASSERT_EQ(brev(a), [&] {
            std::uint32_t result = 0;
            for (int i = 0; i < 32; ++i) {
                result = result << 1 | (word >> i & 1);
            }
            return result;
        }());
    });
}

template <class T> std::uint64_t extract(std::uint64_t a, std::uint64_t b, std::uint64_t c) {
    const int msb = 8 * sizeof(T) - 1;
    const int pos = static_cast<int>(b & 0xff);
    const int len = static_cast<int>(c & 0xff);
    const bool sign = std::is_signed_v<T> && len != 0 && (a >> std::min(pos + len - 1, msb) & 1) != 0;
    std::uint64_t d = 0;
    for (int i = 0; i <= msb; ++i) {
        const bool bit = i < len && pos + i <= msb ? (a >> (pos + i) & 1) != 0 : sign;
        d |= std::uint64_t{bit} << i;
    }
    return d;
}

TEST(Bits, FieldsAreExtractedAndInserted) {
    const Operation u32("bfe.u32 r0, r1, r2, r3;");
    const Operation s32("bfe.s32 r0, r1, r2, r3;");
    const Operation u64("bfe.u64 d0, d1, r2, r3;");
    const Operation s64("bfe.s64 d0, d1, r2, r3;");
    const Operation insert("bfi.b32 r0, r1, r2, r3, r4;");
    const Operation insert_long("bfi.b64 d0, d1, d2, r3, r4;");
    Random random;
    for (unsigned pos = 0; pos < 70; ++pos) {
        for (unsigned len = 0; len < 70; ++len) {
            const std::uint64_t a = random.bits(64);
            const std::uint64_t b = random.bits(64);
            const std::uint64_t noise = random.bits(24) << 8; // only the low byte counts
            ASSERT_EQ(u32(a, pos | noise, len), extract<std::uint32_t>(a, pos, len));
            ASSERT_EQ(s32(a, pos, len | noise), extract<std::int32_t>(a, pos, len));
            ASSERT_EQ(u64(a, pos, len), extract<std::uint64_t>(a, pos, len));
            ASSERT_EQ(s64(a, pos, len), extract<std::int64_t>(a, pos, len));
            std::uint64_t word = b & 0xffffffff;
            std::uint64_t both = b;
            for (unsigned i = 0; i < len && pos + i < 64; ++i) {
                const std::uint64_t bit = a >> i & 1;
                both = (both & ~(std::uint64_t{1} << (pos + i))) | bit << (pos + i);
                if (pos + i < 32) {
                    word = (word & ~(std::uint64_t{1} << (pos + i))) | bit << (pos + i);
                }
            }
            ASSERT_EQ(insert(a, b, pos, len), word);
            ASSERT_EQ(insert_long(a, b, pos | noise, len), both);
        }
    }
}

TEST(Bits, NthSetBitIsFound) {
    const Operation fns("fns.b32 r0, r1, r2, r3;");
    Random random;
    for (int i = 0; i < 20000; ++i) {
        const std::uint64_t mask = random.bits(32) & random.bits(32);
        const int base = static_cast<int>(random.bits(5));
        const int offset = static_cast<int>(random.bits(5)) - 16;
        std::uint64_t expected = 0xffffffff;
        if (offset == 0) {
            expected = (mask >> base & 1) != 0 ? static_cast<std::uint64_t>(base) : expected;
        } else {
            int count = std::abs(offset) - 1;
            for (int pos = base; pos >= 0 && pos < 32; pos += offset > 0 ? 1 : -1) {
                if ((mask >> pos & 1) != 0 && count-- == 0) {
                    expected = static_cast<std::uint64_t>(pos);
                    break;
                }
            }
        }
        ASSERT_EQ(fns(mask, base, static_cast<std::uint32_t>(offset)), expected);
    }
}

TEST(Bits, MasksAndExtensions) {
    const Operation clamp("bmsk.clamp.b32 r0, r1, r2;");
    const Operation wrap("bmsk.wrap.b32 r0, r1, r2;");
    for (unsigned a = 0; a < 70; ++a) {
        for (unsigned b = 0; b < 70; ++b) {
            std::uint32_t clamped_mask = 0;
            std::uint32_t wrapped_mask = 0;
            for (unsigned i = 0; i < 32; ++i) {
                clamped_mask |= std::uint32_t{i >= a && i < a + b} << i;
                wrapped_mask |= std::uint32_t{i >= a % 32 && i < a % 32 + b % 32} << i;
            }
            ASSERT_EQ(clamp(a, b), clamped_mask);
            ASSERT_EQ(wrap(a, b), wrapped_mask);
        }
    }
    EXPECT_EQ(clamp(3U, 0xffffffffU), 0xfffffff8U);
    EXPECT_EQ(Operation("szext.clamp.s32 r0, r1, r2;")(0x80U, 8U), 0xffffff80U);
    EXPECT_EQ(Operation("szext.clamp.u32 r0, r1, r2;")(0xffffffffU, 9U), 0x1ffU);
    EXPECT_EQ(Operation("szext.clamp.s32 r0, r1, r2;")(0x80000000U, 40U), 0x80000000U);
    EXPECT_EQ(Operation("szext.wrap.s32 r0, r1, r2;")(0xffU, 40U), 0xffffffffU);
    EXPECT_EQ(Operation("szext.wrap.u32 r0, r1, r2;")(0xffU, 32U), 0U);
}

TEST(Bits, LogicOfAllWidths) {
    EXPECT_EQ(Operation("and.b16 h0, h1, h2;")(0xff0f, 0x0fff), 0x0f0fU);
    EXPECT_EQ(Operation("or.b64 d0, d1, 255;")(0x100U, 255U), 0x1ffU);
    EXPECT_EQ(Operation("xor.b32 r0, r1, -1;")(0x12345678U, ~std::uint64_t{0}), 0xedcba987U);
    EXPECT_EQ(Operation("not.b16 h0, h1;")(0x00ff), 0xff00U);
    EXPECT_EQ(Operation("not.pred p0, p1;")(1U), 0U);
    EXPECT_EQ(Operation("xor.pred p0, p1, p2;")(1U, 1U), 0U);
    EXPECT_EQ(Operation("cnot.b32 r0, r1;")(0U), 1U);
    EXPECT_EQ(Operation("cnot.b64 d0, d1;")(0x100000000U), 0U);
    EXPECT_EQ(Operation("selp.b32 r0, r1, r2, p3;")(7U, 9U, 1U), 7U);
    EXPECT_EQ(Operation("selp.b32 r0, r1, -2, p3;")(7U, ~std::uint64_t{1}, 0U), 0xfffffffeU);
}

TEST(Bits, Lop3FollowsItsTable) {
    for (unsigned table = 0; table < 256; ++table) {
        const Operation lop3("lop3.b32 r0, r1, r2, r3, " + std::to_string(table) + ";");
        // 0xF0, 0xCC and 0xAA are the operands whose combination is the table itself.
        ASSERT_EQ(lop3(0xf0U, 0xccU, 0xaaU) & 0xff, table);
    }
    const Operation both("lop3.or.b32 r0|p0, r1, r2, r3, 0x80, p1;");
    Flags flags;
    EXPECT_EQ(both.all({1, 1, 1, 0}, flags), (std::vector<std::uint64_t>{1, 1}));
    EXPECT_EQ(both.all({1, 1, 0, 0}, flags), (std::vector<std::uint64_t>{0, 0}));
    EXPECT_EQ(both.all({1, 1, 0, 1}, flags), (std::vector<std::uint64_t>{0, 1}));
    const Operation conjunction("lop3.and.b32 _|p0, r1, r2, r3, 0x80, p1;");
    EXPECT_EQ(conjunction.all({1, 1, 1, 1}, flags)[1], 1U);
    EXPECT_EQ(conjunction.all({1, 1, 1, 0}, flags)[1], 0U);
}

TEST(Bits, ShiftsClamp) {
    const Operation left("shl.b32 r0, r1, r2;");
    const Operation left_short("shl.b16 h0, h1, r2;");
    const Operation logical("shr.u64 d0, d1, r2;");
    const Operation arithmetic("shr.s32 r0, r1, r2;");
    const Operation arithmetic_short("shr.s16 h0, h1, r2;");
    for (unsigned n : {0U, 1U, 15U, 16U, 31U, 32U, 33U, 63U, 64U, 255U, 0x80000000U}) {
        const std::uint64_t a = 0x89abcdef87654321;
        EXPECT_EQ(left(a, n), n > 31 ? 0 : static_cast<std::uint32_t>(a << n));
        EXPECT_EQ(left_short(a, n), n > 15 ? 0 : static_cast<std::uint16_t>(a << n));
        EXPECT_EQ(logical(a, n), n > 63 ? 0 : a >> n);
        EXPECT_EQ(arithmetic(a, n), static_cast<std::uint32_t>(static_cast<std::int32_t>(a) >> std::min(n, 31U)));
        EXPECT_EQ(arithmetic_short(a, n), static_cast<std::uint16_t>(static_cast<std::int16_t>(a) >> std::min(n, 15U)));
    }
    const Operation wrap("shf.l.wrap.b32 r0, r1, r2, r3;");
    const Operation clamp("shf.l.clamp.b32 r0, r1, r2, r3;");
    const Operation right("shf.r.clamp.b32 r0, r1, r2, r3;");
    for (unsigned n = 0; n < 70; ++n) {
        const std::uint64_t low = 0x89abcdef;
        const std::uint64_t high = 0x01234567;
        const Wide both = Wide{high << 32 | low};
        EXPECT_EQ(wrap(low, high, n), static_cast<std::uint32_t>(both << n % 32 >> 32));
        EXPECT_EQ(clamp(low, high, n), static_cast<std::uint32_t>(both << std::min(n, 32U) >> 32));
        EXPECT_EQ(right(low, high, n), static_cast<std::uint32_t>(both >> std::min(n, 32U)));
    }
}

TEST(Bits, PermutesBytes) {
    const std::uint32_t a = 0x33221100;
    const std::uint32_t b = 0xf7665544;
    EXPECT_EQ(Operation("prmt.b32 r0, r1, r2, r3;")(a, b, 0x5410U), 0x55441100U);
    EXPECT_EQ(Operation("prmt.b32 r0, r1, r2, r3;")(a, b, 0xf7f0U), 0xfff7ff00U);
    const auto mode = [&](const char* name, unsigned c) {
        return Operation(std::string("prmt.b32.") + name + " r0, r1, r2, r3;")(a, b, c);
    };
    EXPECT_EQ(mode("f4e", 0), 0x33221100U);
    EXPECT_EQ(mode("f4e", 3), 0x66554433U);
    EXPECT_EQ(mode("b4e", 0), 0x5566f700U);
    EXPECT_EQ(mode("b4e", 2), 0xf7001122U);
    EXPECT_EQ(mode("rc8", 2), 0x22222222U);
    EXPECT_EQ(mode("ecl", 1), 0x33221111U);
    EXPECT_EQ(mode("ecr", 2), 0x22221100U);
    EXPECT_EQ(mode("rc16", 1), 0x33223322U);
}

TEST(Moves, PackAndUnpack) {
    Flags flags;
    EXPECT_EQ(Operation("mov.b64 d0, {r1, r2};")(0x11111111U, 0x22222222U), 0x2222222211111111U);
    EXPECT_EQ(Operation("mov.b64 d0, {h1, h2, h3, h4};")(1U, 2U, 3U, 4U), 0x0004000300020001U);
    EXPECT_EQ(Operation("mov.b64 {r0, r1}, d2;").all({0x2222222211111111U}, flags),
              (std::vector<std::uint64_t>{0x11111111, 0x22222222}));
    EXPECT_EQ(Operation("mov.b64 {h0, _, h2, h3}, d2;").all({0x0004000300020001U}, flags),
              (std::vector<std::uint64_t>{1, 2, 3, 4}));
    EXPECT_EQ(Operation("mov.s32 r0, r1;")(0xfffffff0U), 0xfffffff0U);
    EXPECT_EQ(Operation("mov.s32 r0, -1;")(~std::uint64_t{0}), 0xffffffffU);
    const Instruction join = assemble("mov.b128 q0, {d1, d2};");
    const Value halves[] = {{5, 0}, {6, 0}};
    Value wide[1];
    evaluate(join, halves, wide, flags);
    EXPECT_EQ(wide[0], (Value{5, 6}));
    Value parts[2];
    evaluate(assemble("mov.b128 {d1, d2}, q0;"), wide, parts, flags);
    EXPECT_EQ(parts[0], (Value{5, 0}));
    EXPECT_EQ(parts[1], (Value{6, 0}));
    Value copy[1];
    evaluate(assemble("mov.b128 q0, q1;"), wide, copy, flags);
    EXPECT_EQ(copy[0], (Value{5, 6}));
}

TEST(Purity, ExcludesAddressesMemoryAndOtherThreads) {
    EXPECT_TRUE(is_pure(assemble("fma.rn.f32 r0, r1, r2, r3;")));
    EXPECT_TRUE(is_pure(assemble("mov.b64 {r0, r1}, d2;")));
    EXPECT_TRUE(is_pure(assemble("cvt.rn.f16x2.f32 r0, r1, r2;")));
    EXPECT_TRUE(is_pure(assemble("addc.u32 r0, r1, r2;")));
    for (const char* text : {"mov.u32 r0, %tid.x;", "mov.u64 d0, sh;", "ld.shared.u32 r0, [sh];", "bar.sync 0;",
                             "cvta.to.global.u64 d0, d1;", "vote.sync.any.pred p0, p1, -1;", "cvt.u64.u32 d0, %tid.x;",
                             "bra here;", "isspacep.shared p0, d1;"}) {
        EXPECT_FALSE(is_pure(assemble(text))) << text;
    }
}

} // namespace
} // namespace assay::isa
