// The instructions of random programs: see random_program.cpp.
#include <array>

#include "conformance/random_maker.h"

namespace assay::vgpu::conformance {

void Maker::integer() {
    static constexpr std::array<const char*, 16> binary{
        "add.s32",    "sub.s32", "mul.lo.s32", "and.b32", "or.b32",      "xor.b32",      "min.s32", "max.u32",
        "mul.hi.u32", "shl.b32", "shr.u32",    "shr.s32", "add.sat.s32", "mul24.lo.s32", "min.u32", "mul.hi.s32"};
    static constexpr std::array<const char*, 7> unary{"neg.s32", "not.b32",  "abs.s32",  "popc.b32",
                                                      "clz.b32", "brev.b32", "bfind.u32"};
    switch (pick(16)) {
    case 0:
        line("mad.lo.s32 {}, {}, {}, {}", r(), r(), a(), r());
        break;
    case 1:
        line("{} {}, {}", unary[pick(unary.size())], r(), r());
        break;
    case 2:
        line("{} {}, {}, {}", chance(50) ? "div.s32" : chance(50) ? "rem.u32" : "rem.s32", r(), r(), a());
        break;
    case 3:
        line("selp.b32 {}, {}, {}, {}", r(), a(), r(), p());
        break;
    case 4:
        line("bfe.{}32 {}, {}, {}, {}", chance(50) ? "u" : "s", r(), r(), pick(34), chance(50) ? r() : "7");
        break;
    case 5:
        line("bfi.b32 {}, {}, {}, {}, {}", r(), r(), r(), pick(34), chance(30) ? r() : "9");
        break;
    case 6:
        line("lop3.b32 {}, {}, {}, {}, {}", r(), r(), r(), r(), pick(256));
        break;
    case 7:
        line("prmt.b32 {}, {}, {}, {}", r(), r(), r(), chance(50) ? r() : fmt::format("{}", pick(65536)));
        break;
    case 8:
        line("shf.{}.{}.b32 {}, {}, {}, {}", chance(50) ? "l" : "r", chance(50) ? "wrap" : "clamp", r(), r(), r(), a());
        break;
    case 9:
        line("add.cc.u32 {}, {}, {}", r(), r(), r());
        line("addc.u32 {}, {}, {}", r(), r(), r());
        break;
    case 10:
        line("shl.b32 {}, {}, {}", r(), r(), pick(8));
        break;
    case 11:
        line("and.b32 {}, {}, {}", r(), r(), (1u << (1 + pick(8))) - 1);
        break;
    case 12:
        line("slct.b32.s32 {}, {}, {}, {}", r(), r(), r(), r());
        break;
    default:
        line("{} {}, {}, {}", binary[pick(binary.size())], r(), r(), a());
        break;
    }
}

void Maker::wide() {
    static constexpr std::array<const char*, 8> binary{"add.s64", "sub.s64", "mul.lo.s64", "and.b64",
                                                       "xor.b64", "min.s64", "max.u64",    "or.b64"};
    switch (pick(8)) {
    case 0:
        line("mul.wide.{}32 {}, {}, {}", chance(50) ? "s" : "u", d(), r(), a());
        break;
    case 1:
        line("cvt.{0}64.{0}32 {1}, {2}", chance(50) ? "s" : "u", d(), r());
        break;
    case 2:
        line("cvt.u32.u64 {}, {}", r(), d());
        break;
    case 3:
        line("shl.b64 {}, {}, {}", d(), d(), chance(50) ? r() : "3");
        break;
    case 4:
        line("mad.wide.s32 {}, {}, {}, {}", d(), r(), pick(64), d());
        break;
    case 5:
        line("shr.{}64 {}, {}, {}", chance(50) ? "u" : "s", d(), d(), pick(40));
        break;
    default:
        line("{} {}, {}, {}", binary[pick(binary.size())], d(), d(), d());
        break;
    }
}

void Maker::real() {
    static constexpr std::array<const char*, 10> binary{"add.f32",     "sub.f32",    "mul.f32",    "min.f32",
                                                        "max.f32",     "add.rm.f32", "mul.rz.f32", "div.rn.f32",
                                                        "add.ftz.f32", "mul.rp.f32"};
    switch (pick(12)) {
    case 0:
        line("fma.{}.f32 {}, {}, {}, {}", chance(50) ? "rn" : chance(50) ? "rm" : "rz", f(), f(), f(), f());
        break;
    case 1:
        line("{}.f32 {}, {}", chance(50) ? "neg" : "abs", f(), f());
        break;
    case 2:
        line("sqrt.rn.f32 {}, {}", f(), f());
        break;
    case 3:
        line("cvt.rn.f32.{}32 {}, {}", chance(50) ? "s" : "u", f(), r());
        break;
    case 4:
        line("cvt.{}.s32.f32 {}, {}", chance(50) ? "rzi" : "rni", r(), f());
        break;
    case 5:
        line("selp.f32 {}, {}, {}, {}", f(), f(), f(), p());
        break;
    case 6:
        line("cvt.rn.f16.f32 %h0, {}", f());
        line("cvt.rn.f16.f32 %h1, {}", f());
        line("fma.rn.f16 %h2, %h0, %h1, %h0");
        line("add.f16 %h3, %h2, %h1");
        line("cvt.f32.f16 {}, %h3", f());
        break;
    case 7:
        line("cvt.f64.f32 {}, {}", g(), f());
        break;
    case 8:
        line("fma.rn.f64 {}, {}, {}, {}", g(), g(), g(), g());
        break;
    case 9:
        line("cvt.rn.f32.f64 {}, {}", f(), g());
        break;
    default:
        line("{} {}, {}, {}", binary[pick(binary.size())], f(), f(), f());
        break;
    }
}

void Maker::more_integer() {
    switch (pick(12)) {
    case 0:
        line("dp4a.{}32.{}32 {}, {}, {}, {}", one_of({"s", "u"}), one_of({"s", "u"}), r(), r(), r(), r());
        break;
    case 1:
        line("dp2a.{}.{}32.{}32 {}, {}, {}, {}", one_of({"lo", "hi"}), one_of({"s", "u"}), one_of({"s", "u"}), r(), r(),
             r(), r());
        break;
    case 2:
        line("sad.{}32 {}, {}, {}, {}", one_of({"s", "u"}), r(), r(), a(), r());
        break;
    case 3:
        line("mad24.{}.{}32 {}, {}, {}, {}", one_of({"lo", "hi"}), one_of({"s", "u"}), r(), r(), a(), r());
        break;
    case 4:
        line("szext.{}.{}32 {}, {}, {}", one_of({"wrap", "clamp"}), one_of({"s", "u"}), r(), r(), a());
        break;
    case 5:
        line("bmsk.{}.b32 {}, {}, {}", one_of({"wrap", "clamp"}), r(), r(), a());
        break;
    case 6:
        line("fns.b32 {}, {}, {}, {}", r(), r(), pick(32), static_cast<int>(pick(9)) - 4);
        break;
    case 7:
        line("cnot.b32 {}, {}", r(), r());
        break;
    case 8:
        line("sub.cc.u32 {}, {}, {}", r(), r(), a());
        line("subc.u32 {}, {}, {}", r(), r(), a());
        break;
    case 9:
        line("mad.lo.cc.u32 {}, {}, {}, {}", r(), r(), r(), r());
        line("madc.hi.u32 {}, {}, {}, {}", r(), r(), r(), r());
        break;
    case 10:
        line("mad.hi.{}32 {}, {}, {}, {}", one_of({"s", "u"}), r(), r(), a(), r());
        break;
    default:
        line("bfind.{}{}32 {}, {}", one_of({"", "shiftamt."}), one_of({"s", "u"}), r(), r());
        break;
    }
}

/// Of 16 bits, from and to words.
void Maker::narrow() {
    line("cvt.u16.u32 %h4, {}", r());
    line("cvt.u16.u32 %h5, {}", r());
    switch (pick(5)) {
    case 0:
        line("mul.wide.{}16 {}, %h4, %h5", one_of({"s", "u"}), r());
        return;
    case 1:
        line("mad.lo.{}16 %h6, %h4, %h5, %h4", one_of({"s", "u"}));
        break;
    case 2:
        line("{}.b16 %h6, %h4, {}", one_of({"and", "xor", "or"}), pick(60000));
        break;
    case 3:
        line("shr.{}16 %h6, %h4, {}", one_of({"s", "u"}), pick(18));
        break;
    default:
        line("{}16 %h6, %h4, %h5", one_of({"add.s", "sub.u", "min.s", "max.u", "div.u", "rem.s"}));
        break;
    }
    line("cvt.{0}32.{0}16 {1}, %h6", one_of({"s", "u"}), r());
}

void Maker::more_wide() {
    switch (pick(10)) {
    case 0:
        line("{} {}, {}, {}", one_of({"div.s64", "rem.u64", "div.u64", "rem.s64"}), d(), d(), d());
        break;
    case 1:
        line("{}.b64 {}, {}", one_of({"popc", "clz"}), r(), d());
        break;
    case 2:
        line("{} {}, {}", one_of({"brev.b64", "neg.s64", "abs.s64", "not.b64"}), d(), d());
        break;
    case 3:
        line("bfe.{}64 {}, {}, {}, {}", one_of({"s", "u"}), d(), d(), pick(66), chance(50) ? r() : "13");
        break;
    case 4:
        line("bfi.b64 {}, {}, {}, {}, {}", d(), d(), d(), pick(66), pick(66));
        break;
    case 5:
        line("mul.hi.{}64 {}, {}, {}", one_of({"s", "u"}), d(), d(), d());
        break;
    case 6:
        line("setp.{}64 {}, {}, {}", one_of({"lt.s", "hi.u", "eq.u", "ge.s"}), p(), d(), d());
        break;
    case 7:
        line("selp.b64 {}, {}, {}, {}", d(), d(), d(), p());
        break;
    case 8:
        line("mov.b64 {}, {{{}, {}}}", d(), r(), r());
        break;
    default:
        line("mov.b64 {{{}, %t4}}, {}", r(), d());
        break;
    }
}

void Maker::more_real() {
    switch (pick(14)) {
    case 0:
        line("rcp.{}.f32 {}, {}", one_of({"rn", "rz", "rp"}), f(), f());
        break;
    case 1:
        line("sqrt.{}.f32 {}, {}", one_of({"rz", "rm", "rn.ftz"}), f(), f());
        break;
    case 2:
        line("fma.{}.f32 {}, {}, {}, {}", one_of({"rp", "rn.sat", "rn.ftz", "rm.ftz"}), f(), f(), f(), f());
        break;
    case 3:
        line("{}.f32 {}, {}, {}", one_of({"add.sat", "mul.sat", "sub.rn.ftz.sat", "mul.ftz", "sub.rz"}), f(), f(), f());
        break;
    case 4:
        line("{}.f32 {}, {}, {}", one_of({"min.NaN", "max.NaN", "max.ftz", "min.ftz"}), f(), f(), f());
        break;
    case 5:
        line("cvt.{}.f32.f32 {}, {}", one_of({"rni", "rzi", "rmi", "rpi", "sat", "rni.ftz"}), f(), f());
        break;
    case 6:
        line("cvt.{}.{}64.f32 {}, {}", one_of({"rzi", "rni", "rmi"}), one_of({"s", "u"}), d(), f());
        break;
    case 7:
        line("cvt.{}.f32.{}64 {}, {}", one_of({"rn", "rz", "rp"}), one_of({"s", "u"}), f(), d());
        break;
    case 8:
        line("testp.{}.f32 {}, {}", one_of({"finite", "infinite", "number", "normal", "subnormal"}), p(), f());
        break;
    case 9:
        line("{}.f64 {}, {}, {}", one_of({"div.rn", "add.rz", "mul.rm", "min", "max"}), g(), g(), g());
        break;
    case 10:
        line("{}.rn.f64 {}, {}", one_of({"sqrt", "rcp"}), g(), g());
        break;
    case 11:
        line("cvt.{}.{}32.f64 {}, {}", one_of({"rzi", "rni"}), one_of({"s", "u"}), r(), g());
        break;
    case 12:
        line("setp.{}.f64 {}, {}, {}", one_of({"lt", "geu", "ne", "num"}), p(), g(), g());
        break;
    default:
        line("cvt.{}.u8.f32 %t4, {}", one_of({"rzi", "rni.sat"}), f());
        line("add.s32 {}, {}, %t4", r(), r());
        break;
    }
}

/// Of half precision, alone and in pairs. Their bits stay out of the integers: a NaN's payload is not specified.
void Maker::packed() {
    switch (pick(5)) {
    case 0:
        line("cvt.rn.bf16.f32 %h0, {}", f());
        line("cvt.rn.bf16.f32 %h1, {}", f());
        line("{}.bf16 %h2, %h0, %h1{}", one_of({"add.rn", "mul.rn", "sub.rn", "min", "max"}), "");
        line("fma.rn.bf16 %h3, %h2, %h0, %h1");
        line("cvt.f32.bf16 {}, %h3", f());
        break;
    case 1:
        line("cvt.rn.f16x2.f32 %x0, {}, {}", f(), f());
        line("cvt.rn.f16x2.f32 %x1, {}, {}", f(), f());
        line("{}.f16x2 %x2, %x0, %x1", one_of({"add", "mul", "sub", "min", "max", "add.sat", "mul.ftz"}));
        line("fma.{}.f16x2 %x3, %x2, %x0, %x1", one_of({"rn", "rn.relu", "rn.sat"}));
        line("mov.b32 {{%h0, %h1}}, %x3");
        line("cvt.f32.f16 {}, %h0", f());
        line("cvt.f32.f16 {}, %h1", f());
        break;
    case 2:
        line("cvt.{}.f16.f32 %h0, {}", one_of({"rz", "rn.sat"}), f());
        line("{}.f16 %h1, %h0", one_of({"neg", "abs"}));
        line("setp.{}.f16 {}, %h0, %h1", one_of({"lt", "equ", "ne"}), p());
        line("cvt.f32.f16 {}, %h1", f());
        break;
    case 3:
        line("cvt.rn.bf16x2{}.f32 %x0, {}, {}", one_of({"", ".relu"}), f(), f());
        line("fma.rn.bf16x2 %x1, %x0, %x0, %x0");
        line("mov.b32 {{%h0, %h1}}, %x1");
        line("cvt.f32.bf16 {}, %h1", f());
        break;
    default:
        line("cvt.rn.f16.{}32 %h0, {}", one_of({"s", "u"}), r());
        line("cvt.{}.s32.f16 {}, %h0", one_of({"rni", "rzi", "rpi"}), r());
        break;
    }
}

void Maker::predicate() {
    static constexpr std::array<const char*, 6> integer_compare{"eq.s32", "ne.s32", "lt.s32",
                                                                "ge.u32", "gt.s32", "ls.u32"};
    static constexpr std::array<const char*, 6> float_compare{"lt.f32",  "ge.f32",  "equ.f32",
                                                              "neu.f32", "num.f32", "gtu.f32"};
    switch (pick(5)) {
    case 0:
        line("setp.{} {}, {}, {}", float_compare[pick(6)], p(), f(), f());
        break;
    case 1:
        line("{}.pred {}, {}, {}", chance(50) ? "and" : chance(50) ? "or" : "xor", p(), p(), p());
        break;
    case 2:
        line("setp.lt.and.s32 {}, {}, {}, {}", p(), r(), a(), p());
        break;
    default:
        line("setp.{} {}, {}, {}", integer_compare[pick(6)], p(), r(), a());
        break;
    }
}

void Maker::memory() {
    switch (pick(12)) {
    case 0:
    case 1:
        load_word(r(), r());
        break;
    case 2:
        load_float(f(), r());
        break;
    case 3: // a vector
        line("and.b32 %t6, {}, {}", r(), input_words - 4);
        line("mul.wide.u32 %a1, %t6, 4");
        line("add.s64 %a1, %in, %a1");
        line("ld.global.v4.u32 {{%r0, %r1, %r2, %r3}}, [%a1]");
        break;
    case 4: // bytes and halves
        line("and.b32 %t6, {}, {}", r(), 4 * input_words - 2);
        line("cvt.u64.u32 %a1, %t6");
        line("add.s64 %a1, %in, %a1");
        line("ld.global.{} {}, [%a1]", chance(50) ? "s16" : "u8", r());
        break;
    case 5:
        if (!uses_local_) {
            break;
        }
        line("and.b32 %t6, {}, 15", r());
        line("shl.b32 %t6, %t6, 2");
        line("mov.u32 %t5, depot");
        line("add.u32 %t5, %t5, %t6");
        line("st.local.u32 [%t5], {}", r());
        break;
    case 6:
        if (!uses_local_) {
            break;
        }
        line("and.b32 %t6, {}, 15", r());
        line("shl.b32 %t6, %t6, 2");
        line("mov.u32 %t5, depot");
        line("add.u32 %t5, %t5, %t6");
        line("ld.local.u32 {}, [%t5]", r());
        break;
    case 7:
    case 8:
        own_shared();
        break;
    case 9: // two floats
        line("and.b32 %t6, {}, {}", r(), input_words - 2);
        line("mul.wide.u32 %a1, %t6, 4");
        line("add.s64 %a1, %fin, %a1");
        line("ld.global.v2.f32 {{%f0, %f1}}, [%a1]");
        break;
    case 10: // through generic addresses
        line("and.b32 %t6, {}, {}", r(), input_words - 1);
        line("cvta.global.u64 %a1, %in");
        line("mad.wide.u32 %a1, %t6, 4, %a1");
        line("ld.u32 {}, [%a1]", r());
        break;
    default: // to a slot of its own
        line("mul.lo.u32 %t6, %gid, {}", floats_ + 4);
        line("add.u32 %t6, %t6, {}", floats_ + pick(4));
        line("mul.wide.u32 %a1, %t6, 4");
        line("add.s64 %a1, %fout, %a1");
        line("st.global.f32 [%a1], {}", f());
        break;
    }
}

void Maker::load_word(const std::string& to, const std::string& index) {
    line("and.b32 %t6, {}, {}", index, input_words - 1);
    if (chance(50)) {
        line("mul.wide.{}32 %a1, %t6, 4", chance(50) ? "s" : "u");
    } else {
        line("cvt.{0}64.{0}32 %a1, %t6", chance(50) ? "s" : "u");
        line("shl.b64 %a1, %a1, 2");
    }
    line("add.s64 %a1, %in, %a1");
    line("ld.global{}.u32 {}, [%a1]", chance(30) ? ".nc" : "", to);
}

void Maker::load_float(const std::string& to, const std::string& index) {
    line("and.b32 %t6, {}, {}", index, input_words - 1);
    line("mul.wide.u32 %a1, %t6, 4");
    line("add.s64 %a1, %fin, %a1");
    line("ld.global.f32 {}, [%a1]", to);
}

void Maker::instruction() {
    const std::size_t before = text_.size();
    switch (pick(24)) {
    case 0:
        more_integer();
        break;
    case 1:
        narrow();
        break;
    case 2:
        more_wide();
        break;
    case 3:
    case 4:
        wide();
        break;
    case 5:
    case 6:
    case 7:
        real();
        break;
    case 8:
        more_real();
        break;
    case 9:
        packed();
        break;
    case 10:
    case 11:
        predicate();
        break;
    case 12:
    case 13:
    case 14:
        memory();
        return;
    default:
        integer();
        break;
    }
    // Sometimes under a guard.
    if (chance(12) && text_.find('\n', before) == text_.size() - 1) {
        text_.insert(before, fmt::format("@{}{} ", chance(50) ? "!" : "", p()));
    }
}

} // namespace assay::vgpu::conformance
