// Values worked out by hand from the ISA's text, for the forms that the models of the other files do not reach: ties,
// subnormals and what flushes them, saturation, NaN, the halves of packed types, carries. A row that must be met within
// units in the last place says so.
#include <gtest/gtest.h>

#include "unit/isa/assemble.h"

namespace assay::isa {
namespace {

using Words = std::vector<std::uint64_t>;

struct Vector {
    std::string text;
    Words sources, results;
    std::uint64_t ulp = 0;
};

void PrintTo(const Vector& vector, std::ostream* out) {
    *out << vector.text;
}

constexpr std::uint64_t nan32 = 0x7fffffff, inf32 = 0x7f800000, one = 0x3f800000, two = 0x40000000, half = 0x3f000000;
constexpr std::uint64_t minus_zero = 0x80000000, least = 0x00000001; ///< the least subnormal
constexpr std::uint64_t nan64 = 0x7ff8000000000000, one64 = 0x3ff0000000000000, two64 = 0x4000000000000000;
constexpr std::uint64_t all64 = ~0ull, top64 = 1ull << 63;

const std::vector<Vector> vectors{
    {"abs.ftz.f32 r0, r1;", {0x80000001}, {0}},
    {"abs.ftz.f32 r0, r1;", {0xff800000}, {inf32}},
    {"add.f32 r0, r1, r2;", {one, 0x33800000}, {one}}, // a tie
    {"add.f32 r0, r1, r2;", {0x3f800001, 0x33800000}, {0x3f800002}},
    {"add.f32 r0, r1, r2;", {0x7f7fffff, 0x7f7fffff}, {inf32}},
    {"add.f32 r0, r1, r2;", {inf32, 0xff800000}, {nan32}},
    {"add.f32 r0, r1, r2;", {least, least}, {2}},
    {"add.rz.ftz.sat.f32 r0, r1, r2;", {0x3f400000, half}, {one}},
    {"add.rz.ftz.sat.f32 r0, r1, r2;", {0xbf800000, half}, {0}},
    {"add.rz.ftz.sat.f32 r0, r1, r2;", {half, 0x33000000}, {half}},
    {"add.rz.ftz.sat.f32 r0, r1, r2;", {least, half}, {half}},
    {"add.rz.ftz.sat.f32 r0, r1, r2;", {nan32, one}, {0}},
    {"add.ftz.sat.f16x2 r0, r1, r2;", {0x00013c00, 0x00013c00}, {0x00003c00}},
    {"add.ftz.sat.f16x2 r0, r1, r2;", {0x7e003800, 0x00003800}, {0x00003c00}},
    {"add.rn.f16 h0, h1, h2;", {0x3c00, 0x1000}, {0x3c00}}, // a tie
    {"add.rn.f16 h0, h1, h2;", {0x3c01, 0x1000}, {0x3c02}},
    {"add.rn.f16 h0, h1, h2;", {0x7bff, 0x7bff}, {0x7c00}},
    {"add.s16x2 r0, r1, r2;", {0x7fff0001, 0x0001ffff}, {0x80000000}},
    {"and.b64 d0, d1, d2;", {0xf0f0f0f0f0f0f0f0, 0xff00ff00ff00ff00}, {0xf000f000f000f000}},
    {"and.pred p0, p1, p2;", {1, 1}, {1}},
    {"and.pred p0, p1, p2;", {1, 0}, {0}},
    {"bfind.shiftamt.s64 r0, d1;", {1}, {63}},
    {"bfind.shiftamt.s64 r0, d1;", {0}, {0xffffffff}},
    {"bfind.shiftamt.s64 r0, d1;", {all64}, {0xffffffff}},
    {"bfind.shiftamt.s64 r0, d1;", {all64 - 1}, {63}},
    {"bfind.shiftamt.s64 r0, d1;", {1ull << 62}, {1}},
    {"copysign.f64 d0, d1, d2;", {top64, one64}, {one64 | top64}}, // the first operand's sign
    {"copysign.f64 d0, d1, d2;", {0, one64 | top64}, {one64}},
    {"cvt.rzi.ftz.s32.f32 r0, r1;", {0xc0200000}, {0xfffffffe}},
    {"cvt.rzi.ftz.s32.f32 r0, r1;", {0x4f000000}, {0x7fffffff}},
    {"cvt.rzi.ftz.s32.f32 r0, r1;", {0xcf800000}, {0x80000000}},
    {"cvt.rzi.ftz.s32.f32 r0, r1;", {nan32}, {0}},
    {"cvt.rn.satfinite.relu.e5m2x2.f16x2 h0, r1;", {0xbc003c00}, {0x003c}},
    {"cvt.rn.satfinite.relu.e5m2x2.f16x2 h0, r1;", {0x7bff3c00}, {0x7b3c}},
    {"cvt.rn.satfinite.relu.e5m2x2.f16x2 h0, r1;", {0x7e007c00}, {0x7f7b}},
    {"cvt.rn.satfinite.tf32.f32 r0, r1;", {0x3f801000}, {0x3f800000}}, // ties
    {"cvt.rn.satfinite.tf32.f32 r0, r1;", {0x3f803000}, {0x3f804000}},
    {"cvt.rn.satfinite.tf32.f32 r0, r1;", {0x7f7fffff}, {0x7f7fe000}},
    {"cvt.rn.satfinite.tf32.f32 r0, r1;", {0x7fc00000}, {nan32}},
    {"cvt.u32.u8 r0, r1;", {0x000001ff}, {0xff}},
    {"div.approx.ftz.f32 r0, r1, r2;", {0x40c00000, two}, {0x40400000}, 2},
    {"div.approx.ftz.f32 r0, r1, r2;", {one, least}, {inf32}},
    {"div.approx.ftz.f32 r0, r1, r2;", {least, one}, {0}},
    {"div.approx.ftz.f32 r0, r1, r2;", {0, 0}, {nan32}},
    {"dp2a.hi.u32.s32 r0, r1, r2, r3;", {0x00020003, 0xff020000, 10}, {14}}, // 3 * 2 + 2 * -1 + 10
    {"dp2a.hi.u32.s32 r0, r1, r2, r3;", {0xffff0000, 0x80007f7f, 0}, {0xff800080}},
    {"ex2.approx.ftz.bf16 h0, h1;", {0x3f80}, {0x4000}},
    {"ex2.approx.ftz.bf16 h0, h1;", {0x0001}, {0x3f80}},
    {"ex2.approx.ftz.bf16 h0, h1;", {0xff80}, {0}},
    {"ex2.approx.ftz.bf16 h0, h1;", {0x7fc0}, {0x7fff}},
    {"fma.rm.ftz.sat.f32 r0, r1, r2, r3;", {half, half, half}, {0x3f400000}},
    {"fma.rm.ftz.sat.f32 r0, r1, r2, r3;", {0xbf800000, one, 0}, {0}},
    {"fma.rm.ftz.sat.f32 r0, r1, r2, r3;", {two, two, 0}, {one}},
    {"fma.rm.ftz.sat.f32 r0, r1, r2, r3;", {half, one, 0x80000001}, {half}}, // flushed before, not rounded down
    {"fma.rm.ftz.sat.f32 r0, r1, r2, r3;", {half, one, 0x80800000}, {0x3effffff}},
    {"mad.rn.f32 r0, r1, r2, r3;", {two, 0x40400000, one}, {0x40e00000}},
    {"mad.rn.f32 r0, r1, r2, r3;", {0x3f800001, 0x3f800001, 0xbf800002}, {0x28800000}}, // rounded once: 2^-46
    {"max.NaN.f16x2 r0, r1, r2;", {0x3c007e00, 0x40003c00}, {0x40007fff}},
    {"max.xorsign.abs.bf16 h0, h1, h2;", {0xc000, 0x3f80}, {0xc000}},
    {"max.xorsign.abs.bf16 h0, h1, h2;", {0xbf80, 0xc000}, {0x4000}},
    {"max.relu.s32 r0, r1, r2;", {0xfffffffe, 0xfffffffd}, {0}},
    {"max.relu.s32 r0, r1, r2;", {5, 0xfffffff0}, {5}},
    {"min.ftz.NaN.xorsign.abs.f32 r0, r1, r2;", {0xc0000000, one}, {0xbf800000}},
    {"min.ftz.NaN.xorsign.abs.f32 r0, r1, r2;", {nan32, one}, {nan32}},
    {"min.ftz.NaN.xorsign.abs.f32 r0, r1, r2;", {least, 0xbf800000}, {minus_zero}},
    {"min.f64 d0, d1, d2;", {nan64, one64}, {one64}},
    {"min.f64 d0, d1, d2;", {0, top64}, {top64}},
    {"min.f64 d0, d1, d2;", {two64, one64}, {one64}},
    {"min.relu.s16x2 r0, r1, r2;", {0x7fff8000, 0x00030005}, {0x00030000}},
    {"mov.b32 r0, {h0, h1};", {0x1234, 0xabcd}, {0xabcd1234}},
    {"mov.b32 {h0, h1}, r1;", {0xabcd1234}, {0x1234, 0xabcd}},
    {"mov.f64 d0, d1;", {nan64 + 5}, {nan64 + 5}},
    {"mov.pred p0, p1;", {1}, {1}},
    {"mov.u32 r0, r1;", {0xdeadbeef}, {0xdeadbeef}},
    {"mul.rn.ftz.f32 r0, r1, r2;", {0x00800000, half}, {0}},
    {"mul.rn.ftz.f32 r0, r1, r2;", {0x80800000, half}, {minus_zero}},
    {"mul.rn.ftz.f32 r0, r1, r2;", {inf32, least}, {nan32}}, // of infinity and zero
    {"mul24.lo.u32 r0, r1, r2;", {0xff000003, 0xff000005}, {15}},
    {"mul24.lo.u32 r0, r1, r2;", {0x00ffffff, 0x00ffffff}, {0xfe000001}},
    {"neg.bf16x2 r0, r1;", {0x3f80c000}, {0xbf804000}},
    {"not.b64 d0, d1;", {0x00000000ffffffff}, {0xffffffff00000000}},
    {"or.b16 h0, h1, h2;", {0x00f0, 0x0f00}, {0x0ff0}},
    {"selp.f64 d0, d1, d2, p1;", {one64, two64, 1}, {one64}},
    {"selp.f64 d0, d1, d2, p1;", {one64, two64, 0}, {two64}},
    {"set.lt.and.ftz.f32.f32 r0, r1, r2, p1;", {one, two, 1}, {one}},
    {"set.lt.and.ftz.f32.f32 r0, r1, r2, p1;", {one, two, 0}, {0}},
    {"set.lt.and.ftz.f32.f32 r0, r1, r2, p1;", {0x80000001, least, 1}, {0}},
    {"set.eq.u32.f32 r0, r1, r2;", {0, minus_zero}, {0xffffffff}},
    {"set.eq.u32.f32 r0, r1, r2;", {nan32, nan32}, {0}},
    {"set.le.u32.bf16x2 r0, r1, r2;", {0x40003f80, 0x3f803f80}, {0x0000ffff}},
    {"setp.lt.and.u64 p0|p1, d1, d2, p3;", {1, all64, 1}, {1, 0}},
    {"setp.lt.and.u64 p0|p1, d1, d2, p3;", {all64, 1, 1}, {0, 1}},
    {"setp.lt.and.u64 p0|p1, d1, d2, p3;", {1, all64, 0}, {0, 0}},
    {"setp.equ.f16x2 p0|p1, r1, r2;", {0x7e003c00, 0x00003c00}, {1, 1}},
    {"setp.equ.f16x2 p0|p1, r1, r2;", {0x40003c00, 0x3c004000}, {0, 0}},
    {"setp.ge.s32 p0, r1, r2;", {0xfffffff0, 5}, {0}},
    {"setp.ge.s32 p0, r1, r2;", {5, 5}, {1}},
    {"setp.ne.s16 p0|p1, h1, h2;", {0xffff, 0xffff}, {0, 1}},
    {"setp.ne.s16 p0|p1, h1, h2;", {1, 0xffff}, {1, 0}},
    {"shl.b64 d0, d1, r2;", {1, 63}, {top64}},
    {"shl.b64 d0, d1, r2;", {1, 64}, {0}},
    {"shl.b64 d0, d1, r2;", {3, 0xffffffff}, {0}},
    {"sin.approx.ftz.f32 r0, r1;", {0x3fc90fdb}, {one}, 12}, // an absolute error of 2^-20.5 at most
    {"sin.approx.ftz.f32 r0, r1;", {minus_zero}, {minus_zero}},
    {"sin.approx.ftz.f32 r0, r1;", {least}, {0}},
    {"sin.approx.ftz.f32 r0, r1;", {inf32}, {nan32}},
    {"slct.ftz.f32.f32 r0, r1, r2, r3;", {one, two, minus_zero}, {one}},
    {"slct.ftz.f32.f32 r0, r1, r2, r3;", {one, two, 0x80000001}, {one}},
    {"slct.ftz.f32.f32 r0, r1, r2, r3;", {one, two, 0xbf800000}, {two}},
    {"slct.ftz.f32.f32 r0, r1, r2, r3;", {one, two, nan32}, {two}},
    {"slct.u64.s32 d0, d1, d2, r3;", {1, all64, 0}, {1}},
    {"slct.u64.s32 d0, d1, d2, r3;", {1, all64, 0xffffffff}, {all64}},
    {"sqrt.approx.ftz.f32 r0, r1;", {0x40800000}, {two}, 1},
    {"sqrt.approx.ftz.f32 r0, r1;", {least}, {0}},
    {"sqrt.approx.ftz.f32 r0, r1;", {minus_zero}, {minus_zero}},
    {"sqrt.approx.ftz.f32 r0, r1;", {0xbf800000}, {nan32}},
    {"tanh.approx.bf16x2 r0, r1;", {0x7f80ff80}, {0x3f80bf80}},
    {"tanh.approx.bf16x2 r0, r1;", {0x7fc00000}, {0x7fff0000}},
};

class Vectors : public testing::TestWithParam<Vector> {};

TEST_P(Vectors, AreMet) {
    const Vector& vector = GetParam();
    Flags flags;
    const auto results = Operation(vector.text).all(vector.sources, flags);
    ASSERT_EQ(results.size(), vector.results.size());
    for (std::size_t i = 0; i < results.size(); ++i) {
        const std::uint64_t distance =
            results[i] > vector.results[i] ? results[i] - vector.results[i] : vector.results[i] - results[i];
        EXPECT_LE(distance, vector.ulp) << std::hex << results[i] << ", expected " << vector.results[i];
    }
}

INSTANTIATE_TEST_SUITE_P(ByHand, Vectors, testing::ValuesIn(vectors));

struct Carry {
    std::string text;
    Words sources;
    bool in;
    std::uint64_t result;
    bool out;
};

TEST(Vectors, OfCarries) {
    const std::vector<Carry> rows{
        {"add.cc.s64 d0, d1, d2;", {all64, 1}, false, 0, true},
        {"add.cc.s64 d0, d1, d2;", {top64 - 1, 1}, true, top64, false}, // the carry is not read, but set
        {"addc.u64 d0, d1, d2;", {all64, 0}, true, 0, true},            // read, but left
        {"addc.u64 d0, d1, d2;", {1, 2}, false, 3, false},
        {"madc.hi.cc.u32 r0, r1, r2, r3;", {0x80000000, 2, 0xffffffff}, true, 1, true},
        {"madc.hi.cc.u32 r0, r1, r2, r3;", {2, 2, 5}, false, 5, false},
        {"subc.cc.u32 r0, r1, r2;", {0, 0}, true, 0xffffffff, true},
        {"subc.cc.u32 r0, r1, r2;", {5, 3}, false, 2, false},
    };
    for (const Carry& row : rows) {
        Flags flags{row.in};
        EXPECT_EQ(Operation(row.text).all(row.sources, flags)[0], row.result) << row.text;
        EXPECT_EQ(flags.carry, row.out) << row.text;
    }
}

TEST(Vectors, Of128Bits) {
    Flags flags;
    const std::vector<Value> halves{{5, 0}, {7, 0}}, whole{{5, 7}};
    std::vector<Value> joined(1), parted(2);
    evaluate(Operation("mov.b128 q0, {d0, d1};").instruction(), halves, joined, flags);
    EXPECT_EQ(joined, whole);
    evaluate(Operation("mov.b128 {d0, d1}, q1;").instruction(), whole, parted, flags);
    EXPECT_EQ(parted, halves);
}

} // namespace
} // namespace assay::isa
