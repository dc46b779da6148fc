// How it stays well defined: loops have a bound; every index is reduced to its buffer; a thread stores only to its own
// slots; what threads exchange goes through barriers, full-warp shuffles or commutative atomics, at places that the
// whole block reaches. Integer registers never see the bits of a float, because the payload of a NaN is not specified;
// floats are stored with one NaN.
#include "conformance/random_program.h"

#include <array>
#include <random>
#include <vector>

#include <fmt/format.h>

namespace assay::vgpu::conformance {

namespace {

constexpr int words = 12, floats = 8, longs = 4, doubles = 3, predicates = 6;
constexpr int input_words = 2048;

class Maker {
public:
    explicit Maker(std::uint64_t seed) : random_(seed) {}

    RandomProgram make() {
        choose_launch();
        prologue();
        statements(5 + pick(8), 0, true, 0);
        epilogue();
        RandomProgram result;
        result.ptx = header() + text_ + "ret;\n}\n";
        result.launch = launch_;
        return result;
    }

private:
    unsigned pick(unsigned below) { return static_cast<unsigned>(random_() % below); }
    bool chance(unsigned percent) { return pick(100) < percent; }
    std::string r() { return fmt::format("%r{}", pick(words)); }
    std::string f() { return fmt::format("%f{}", pick(floats)); }
    std::string d() { return fmt::format("%l{}", pick(longs)); }
    std::string g() { return fmt::format("%d{}", pick(doubles)); }
    std::string p() { return fmt::format("%p{}", pick(predicates)); }
    /// A register or a constant.
    std::string a() { return chance(25) ? fmt::format("{}", static_cast<int>(pick(40)) - 12) : r(); }
    std::string label() { return fmt::format("L{}", labels_++); }

    template <class... Parts> void line(fmt::format_string<Parts...> format, Parts&&... parts) {
        text_ += fmt::format(format, std::forward<Parts>(parts)...) + ";\n";
    }
    void put_label(const std::string& name) { text_ += name + ":\n"; }

    void choose_launch() {
        static constexpr std::array<Dim3, 8> blocks{
            {{32, 1, 1}, {64, 1, 1}, {100, 1, 1}, {16, 4, 1}, {8, 8, 2}, {7, 5, 3}, {128, 1, 1}, {33, 3, 1}}};
        launch_.kernel = "program";
        launch_.block = blocks[pick(blocks.size())];
        launch_.grid = {1 + pick(3), 1 + pick(2), 1};
        launch_.threads = 1 + pick(2);
        threads_ = launch_.block[0] * launch_.block[1] * launch_.block[2];
        const std::uint32_t total = threads_ * launch_.grid[0] * launch_.grid[1];
        const auto buffer = [&](const char* type, std::uint64_t count, const char* contents) {
            Argument argument;
            argument.buffer = true;
            argument.type = type;
            argument.count = count;
            argument.contents = contents;
            launch_.arguments.push_back(argument);
        };
        buffer("u32", input_words, chance(50) ? "bits" : "small");
        buffer("f32", input_words, "normal");
        buffer("u32", std::uint64_t{total} * (words + 4), "zero");
        buffer("f32", std::uint64_t{total} * (floats + 4), "zero");
        buffer("u64", std::uint64_t{total} * (longs + doubles), "zero");
        buffer("u32", 16, "zero");
        Argument number;
        number.type = "s32";
        number.contents = fmt::format("{}", pick(9));
        launch_.arguments.push_back(number);
        total_ = total;
    }

    std::string header() const {
        return fmt::format(R"(.version 8.0
.target sm_90
.address_size 64
.visible .entry program(.param .u64 in, .param .u64 fin, .param .u64 out, .param .u64 fout, .param .u64 wout,
                        .param .u64 counters, .param .u32 n)
{{
.reg .pred %p<{}>, %q<8>;
.reg .b16 %h<4>;
.reg .b32 %r<{}>, %t<8>, %tid, %gid, %n, %loop<16>;
.reg .f32 %f<{}>, %g<4>;
.reg .b64 %l<{}>, %a<8>, %in, %fin, %out, %fout, %wout, %counters;
.reg .f64 %d<{}>;
.shared .align 16 .b8 shared[{}];
.local .align 16 .b8 depot[64];
)",
                           predicates, words, floats, longs, doubles, threads_ * 4);
    }

    void prologue() {
        for (const char* name : {"in", "fin", "out", "fout", "wout", "counters"}) {
            line("ld.param.u64 %{0}, [{0}]", name);
            line("cvta.to.global.u64 %{0}, %{0}", name);
        }
        line("ld.param.u32 %n, [n]");
        line("mov.u32 %t0, %tid.x");
        line("mov.u32 %t1, %tid.y");
        line("mov.u32 %t2, %tid.z");
        line("mov.u32 %t3, %ntid.x");
        line("mov.u32 %t4, %ntid.y");
        line("mad.lo.s32 %tid, %t2, %t4, %t1");
        line("mad.lo.s32 %tid, %tid, %t3, %t0");
        line("mov.u32 %t5, %ctaid.y");
        line("mov.u32 %t6, %nctaid.x");
        line("mov.u32 %t7, %ctaid.x");
        line("mad.lo.s32 %gid, %t5, %t6, %t7");
        line("mad.lo.s32 %gid, %gid, {}, %tid", threads_);
        // Registers of every shape: uniform, affine in various ways, different in every lane.
        static constexpr std::array<const char*, 8> starts{"%tid", "%gid", "%n", "%t0", "%t1", "%t7", "7", "%laneid"};
        for (int i = 0; i < words; ++i) {
            if (chance(35)) {
                line("add.u32 %t2, %gid, {}", pick(600));
                load_word(fmt::format("%r{}", i), "%t2");
            } else {
                line("mov.u32 %r{}, {}", i, starts[pick(starts.size())]);
            }
        }
        for (int i = 0; i < floats; ++i) {
            if (chance(60)) {
                line("add.u32 %t2, %gid, {}", pick(600));
                load_float(fmt::format("%f{}", i), "%t2");
            } else {
                line("cvt.rn.f32.s32 %f{}, {}", i, chance(50) ? "%tid" : "%n");
            }
        }
        for (int i = 0; i < longs; ++i) {
            line("cvt.{}64.{}32 %l{}, {}", chance(50) ? "s" : "u", chance(50) ? "s" : "u", i, r());
        }
        for (int i = 0; i < doubles; ++i) {
            line("cvt.f64.f32 %d{}, {}", i, f());
        }
        for (int i = 0; i < predicates; ++i) {
            line("setp.lt.s32 %p{}, {}, {}", i, r(), a());
        }
        line("shl.b32 %t2, %tid, 2");
        line("mov.u32 %t3, shared");
        line("add.u32 %t3, %t3, %t2");
        line("st.shared.u32 [%t3], %tid");
        for (int i = 0; i < 16; ++i) {
            line("st.local.u32 [depot+{}], {}", i * 4, r());
        }
        line("bar.sync 0");
    }

    void epilogue() {
        const auto place = [&](const char* base, int count, int bytes) {
            line("mul.lo.u32 %t0, %gid, {}", count);
            line("mul.wide.u32 %a0, %t0, {}", bytes);
            line("add.s64 %a0, %a0, {}", base);
        };
        place("%out", words + 4, 4);
        for (int i = 0; i < words; ++i) {
            line("st.global.u32 [%a0+{}], %r{}", i * 4, i);
        }
        for (int i = 0; i < predicates && i < 4; ++i) {
            line("selp.b32 %t1, 1, 0, %p{}", i);
            line("st.global.u32 [%a0+{}], %t1", (words + i) * 4);
        }
        place("%fout", floats + 4, 4);
        for (int i = 0; i < floats; ++i) {
            line("st.global.f32 [%a0+{}], %f{}", i * 4, i);
        }
        place("%wout", longs + doubles, 8);
        for (int i = 0; i < longs; ++i) {
            line("st.global.u64 [%a0+{}], %l{}", i * 8, i);
        }
        for (int i = 0; i < doubles; ++i) { // as an integer: one NaN
            line("testp.notanumber.f64 %q0, %d{}", i);
            line("selp.f64 %d{0}, 0d7FF8000000000000, %d{0}, %q0", i);
            line("st.global.f64 [%a0+{}], %d{}", (longs + i) * 8, i);
        }
    }

    /// The word at an index that is first reduced to the buffer, in one of the ways compilers address.
    void load_word(const std::string& to, const std::string& index) {
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

    void load_float(const std::string& to, const std::string& index) {
        line("and.b32 %t6, {}, {}", index, input_words - 1);
        line("mul.wide.u32 %a1, %t6, 4");
        line("add.s64 %a1, %fin, %a1");
        line("ld.global.f32 {}, [%a1]", to);
    }

    // Instructions

    void integer() {
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
            line("shf.{}.{}.b32 {}, {}, {}, {}", chance(50) ? "l" : "r", chance(50) ? "wrap" : "clamp", r(), r(), r(),
                 a());
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

    void wide() {
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

    void real() {
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

    void predicate() {
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

    void memory() {
        switch (pick(8)) {
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
            line("and.b32 %t6, {}, 15", r());
            line("shl.b32 %t6, %t6, 2");
            line("mov.u32 %t5, depot");
            line("add.u32 %t5, %t5, %t6");
            line("st.local.u32 [%t5], {}", r());
            break;
        case 6:
            line("and.b32 %t6, {}, 15", r());
            line("shl.b32 %t6, %t6, 2");
            line("mov.u32 %t5, depot");
            line("add.u32 %t5, %t5, %t6");
            line("ld.local.u32 {}, [%t5]", r());
            break;
        default: // to a slot of its own
            line("mul.lo.u32 %t6, %gid, {}", floats + 4);
            line("add.u32 %t6, %t6, {}", floats + pick(4));
            line("mul.wide.u32 %a1, %t6, 4");
            line("add.s64 %a1, %fout, %a1");
            line("st.global.f32 [%a1], {}", f());
            break;
        }
    }

    void instruction() {
        const std::size_t before = text_.size();
        const unsigned kind = pick(20);
        if (kind < 9) {
            integer();
        } else if (kind < 11) {
            wide();
        } else if (kind < 15) {
            real();
        } else if (kind < 17) {
            predicate();
        } else {
            memory();
            return;
        }
        // Sometimes under a guard.
        if (chance(12) && text_.find('\n', before) == text_.size() - 1) {
            text_.insert(before, fmt::format("@{}{} ", chance(50) ? "!" : "", p()));
        }
    }

    /// What the whole block does together.
    void exchange() {
        switch (pick(6)) {
        case 0:
        case 1: {
            line("shl.b32 %t2, %tid, 2");
            line("mov.u32 %t3, shared");
            line("add.u32 %t3, %t3, %t2");
            line("st.shared.u32 [%t3], {}", r());
            line("bar.sync 0");
            if (chance(50)) {
                line("add.u32 %t2, %tid, {}", pick(64));
            } else {
                line("mov.u32 %t2, {}", r());
            }
            line("rem.u32 %t2, %t2, {}", threads_);
            line("shl.b32 %t2, %t2, 2");
            line("mov.u32 %t3, shared");
            line("add.u32 %t3, %t3, %t2");
            line("ld.shared.u32 {}, [%t3]", r());
            line("bar.sync 0");
            break;
        }
        case 2:
            line("shfl.sync.{}.b32 {}|%q0, {}, {}, {}, -1",
                 chance(50)   ? "bfly"
                 : chance(50) ? "up"
                              : "down",
                 r(), r(), chance(70) ? fmt::format("{}", pick(32)) : r(), chance(50) ? "31" : "0");
            break;
        case 3:
            line("vote.sync.ballot.b32 {}, {}, -1", r(), p());
            break;
        case 4:
            line("bar.red.popc.u32 {}, 0, {}", r(), p());
            break;
        default:
            line("redux.sync.{}.s32 {}, {}, -1", chance(50) ? "add" : "max", r(), r());
            break;
        }
    }

    void atomics() {
        static constexpr std::array<const char*, 4> operations{"add.u32", "max.s32", "xor.b32", "or.b32"};
        const unsigned which = pick(4);
        line("and.b32 %t6, {}, 3", r());
        line("add.u32 %t6, %t6, {}", which * 4);
        line("mul.wide.u32 %a1, %t6, 4");
        line("add.s64 %a1, %counters, %a1");
        line("red.global.{} [%a1], {}", operations[which], r());
    }

    // Control

    /// `together`: the whole block is here. `loop`: the number of enclosing loops.
    void statements(unsigned count, unsigned depth, bool together, unsigned loop) {
        for (unsigned i = 0; i < count; ++i) {
            const unsigned kind = pick(24);
            if (depth < 4 && kind < 5) {
                branch(depth, together, loop);
            } else if (depth < 3 && kind < 8) {
                repeat(depth, together, loop);
            } else if (kind < 11 && together) {
                exchange();
            } else if (kind == 11) {
                atomics();
            } else if (kind < 14 && !breaks_.empty()) {
                line("@{}{} bra {}", chance(50) ? "!" : "", p(), chance(60) ? breaks_.back() : continues_.back());
            } else if (kind == 14 && depth < 3 && chance(40)) {
                switch_on(depth, loop);
            } else if (kind == 15 && chance(8)) {
                line("setp.gt.s32 %q1, {}, 1000", r());
                line("@%q1 ret");
            } else {
                for (unsigned k = 0; k < 3; ++k) {
                    instruction();
                }
            }
        }
    }

    void branch(unsigned depth, bool together, unsigned loop) {
        const std::string otherwise = label(), end = label();
        const bool uniform = chance(30);
        if (uniform) {
            line("setp.{}.s32 %q0, %n, {}", chance(50) ? "lt" : "ge", pick(9));
            line("@%q0 bra {}", otherwise);
        } else {
            line("@{}{} bra {}", chance(50) ? "!" : "", p(), otherwise);
        }
        const bool inner = together && uniform;
        statements(1 + pick(4), depth + 1, inner, loop);
        if (chance(60)) {
            line("bra {}", end);
            put_label(otherwise);
            statements(1 + pick(4), depth + 1, inner, loop);
            put_label(end);
        } else {
            put_label(otherwise);
        }
    }

    void repeat(unsigned depth, bool together, unsigned loop) {
        const std::string top = label(), next = label(), end = label();
        const std::string counter = fmt::format("%loop{}", 2 * loop), bound = fmt::format("%loop{}", 2 * loop + 1);
        if (loop >= 6) {
            return;
        }
        const unsigned kind = pick(3);
        const bool uniform = kind != 0;
        if (kind == 0) {
            line("and.b32 {}, {}, 7", bound, r());
        } else if (kind == 1) {
            line("mov.u32 {}, %n", bound);
        } else {
            line("mov.u32 {}, {}", bound, 1 + pick(4));
        }
        line("mov.u32 {}, 0", counter);
        // A break taken by some lanes only keeps the block apart from then on, so the body exchanges nothing then.
        const bool breaks = !uniform || chance(40);
        put_label(top);
        line("setp.ge.s32 %q2, {}, {}", counter, bound);
        line("@%q2 bra {}", end);
        if (breaks) {
            breaks_.push_back(end);
            continues_.push_back(next);
        }
        const auto saved_breaks = breaks_;
        const auto saved_continues = continues_;
        if (!breaks) {
            breaks_.clear();
            continues_.clear();
        }
        statements(1 + pick(4), depth + 1, together && !breaks, loop + 1);
        breaks_ = saved_breaks;
        continues_ = saved_continues;
        if (breaks) {
            breaks_.pop_back();
            continues_.pop_back();
        }
        put_label(next);
        line("add.s32 {0}, {0}, 1", counter);
        line("add.s32 {}, {}, {}", r(), r(), counter);
        line("bra {}", top);
        put_label(end);
    }

    void switch_on(unsigned depth, unsigned loop) {
        const std::string table = label(), end = label();
        std::vector<std::string> cases{label(), label(), label(), label()};
        line("and.b32 %t6, {}, 3", r());
        text_ += fmt::format("{}: .branchtargets {}, {}, {}, {};\n", table, cases[0], cases[1], cases[2], cases[1]);
        line("brx.idx %t6, {}", table);
        for (unsigned i = 0; i < 3; ++i) {
            put_label(cases[i]);
            statements(1, depth + 1, false, loop);
            if (chance(70)) {
                line("bra {}", end);
            }
        }
        put_label(end);
    }

    std::mt19937_64 random_;
    std::string text_;
    LaunchCase launch_;
    std::uint32_t threads_ = 32, total_ = 32;
    unsigned labels_ = 0;
    std::vector<std::string> breaks_, continues_;
};

} // namespace

RandomProgram make_program(std::uint64_t seed) {
    return Maker(seed).make();
}

} // namespace assay::vgpu::conformance
