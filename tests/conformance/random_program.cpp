// How it stays well defined: loops have a bound; every index is reduced to its buffer; a thread stores only to its own
// slots; what threads exchange goes through barriers, full-warp shuffles or commutative atomics, at places that the
// whole block reaches. Integer registers never see the bits of a float, because the payload of a NaN is not specified,
// nor its sign, which is why nothing copies one; floats are stored with one NaN.
#include "conformance/random_program.h"

#include <algorithm>
#include <array>

#include "conformance/random_maker.h"

namespace assay::vgpu::conformance {

RandomProgram Maker::make() {
    // Most are small, because what takes time is making their code.
    const unsigned size = pick(100);
    const bool large = size < 3, small = size >= 15;
    words_ = small ? 2 + pick(3) : 4 + pick(large ? 9 : 4);
    floats_ = small ? 2 + pick(2) : 2 + pick(large ? 7 : 3);
    longs_ = 1 + pick(large ? 4 : 2);
    doubles_ = 1 + pick(large ? 3 : 1);
    predicates_ = 2 + pick(large ? 5 : 3);
    calls_ = chance(small ? 10 : 35) ? 1 + pick(large ? 4 : 2) : 0;
    uses_local_ = chance(small ? 15 : 40);
    exits_ = chance(small ? 10 : 30);
    choose_launch();
    if (calls_ != 0) {
        make_functions();
    }
    prologue();
    statements(small ? 2 + pick(2) : (large ? 5 : 2) + pick(large ? 8 : 4), small ? 3 : large ? 0 : 2, true, 0);
    epilogue();
    RandomProgram result;
    result.ptx = header() + text_ + "ret;\n}\n";
    result.launch = launch_;
    return result;
}

void Maker::choose_launch() {
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
    buffer("u32", std::uint64_t{total} * (words_ + 4), "zero");
    buffer("f32", std::uint64_t{total} * (floats_ + 4), "zero");
    buffer("u64", std::uint64_t{total} * (longs_ + doubles_), "zero");
    buffer("u32", 16, "zero");
    Argument number;
    number.type = "s32";
    number.contents = fmt::format("{}", pick(9));
    launch_.arguments.push_back(number);
    total_ = total;
}

std::string Maker::header() const {
    return fmt::format(R"(.version 8.0
.target sm_90
.address_size 64
{}.visible .entry program(.param .u64 in, .param .u64 fin, .param .u64 out, .param .u64 fout, .param .u64 wout,
                    .param .u64 counters, .param .u32 n)
{{
.reg .pred %p<{}>, %q<8>;
.reg .b16 %h<8>;
.reg .b32 %r<{}>, %t<8>, %x<4>, %m<12>, %tid, %gid, %n, %loop<16>;
.reg .f32 %f<{}>, %g<4>;
.reg .b64 %l<{}>, %a<8>, %in, %fin, %out, %fout, %wout, %counters;
.reg .f64 %d<{}>;
.shared .align 16 .b8 shared[{}];
.shared .align 16 .b8 sums[{}];
.local .align 16 .b8 depot[64];
)",
                       functions_, predicates_, std::max(words_, 8U), floats_, longs_, doubles_,
                       (threads_ + 31) / 32 * 128, sums * 4);
}

void Maker::prologue() {
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
    for (unsigned i = 0; i < words_; ++i) {
        if (chance(35)) {
            line("add.u32 %t2, %gid, {}", pick(600));
            load_word(fmt::format("%r{}", i), "%t2");
        } else {
            line("mov.u32 %r{}, {}", i, starts[pick(starts.size())]);
        }
    }
    for (unsigned i = 0; i < floats_; ++i) {
        if (chance(60)) {
            line("add.u32 %t2, %gid, {}", pick(600));
            load_float(fmt::format("%f{}", i), "%t2");
        } else {
            line("cvt.rn.f32.s32 %f{}, {}", i, chance(50) ? "%tid" : "%n");
        }
    }
    for (unsigned i = 0; i < longs_; ++i) {
        line("cvt.{}64.{}32 %l{}, {}", chance(50) ? "s" : "u", chance(50) ? "s" : "u", i, r());
    }
    for (unsigned i = 0; i < doubles_; ++i) {
        line("cvt.f64.f32 %d{}, {}", i, f());
    }
    for (unsigned i = 0; i < predicates_; ++i) {
        line("setp.lt.s32 %p{}, {}, {}", i, r(), a());
    }
    line("shl.b32 %t2, %tid, 2");
    line("mov.u32 %t3, shared");
    line("add.u32 %t3, %t3, %t2");
    line("st.shared.u32 [%t3], %tid");
    for (unsigned i = 0; uses_local_ && i < 16; ++i) {
        line("st.local.u32 [depot+{}], {}", i * 4, r());
    }
    line("setp.lt.u32 %q0, %tid, {}", sums);
    line("mov.u32 %t3, sums");
    line("add.u32 %t3, %t3, %t2");
    line("@%q0 st.shared.u32 [%t3], 0");
    line("bar.sync 0");
}

/// Device functions of a word and a wide number, with a branch, a loop and a call of the next one.
void Maker::make_functions() {
    for (unsigned i = device_functions; i-- > 0;) {
        std::string body = fmt::format(".func (.param .b32 result) function{}(.param .b32 word, .param .b64 wide)\n{{\n"
                                       ".reg .pred %q<4>;\n.reg .b32 %r<6>;\n.reg .b64 %l<3>;\n"
                                       "ld.param.u32 %r0, [word];\nld.param.u64 %l0, [wide];\n"
                                       "cvt.u32.u64 %r1, %l0;\nmov.u32 %r2, {};\n",
                                       i, pick(100));
        const auto add = [&](const std::string& text) { body += text + ";\n"; };
        const auto register_of = [&] { return fmt::format("%r{}", pick(3)); };
        const auto arithmetic = [&] {
            add(fmt::format("{} {}, {}, {}", one_of({"add.s32", "xor.b32", "mul.lo.s32", "sub.s32", "min.s32"}),
                            register_of(), register_of(), register_of()));
        };
        arithmetic();
        add(fmt::format("setp.{}.s32 %q0, {}, {}", one_of({"lt", "ge", "ne"}), register_of(), pick(50)));
        add("@%q0 bra OTHER");
        arithmetic();
        if (i + 1 < device_functions && chance(60)) {
            add("cvt.s64.s32 %l1, %r2");
            body += "{\n.param .b32 word_to;\n.param .b64 wide_to;\n.param .b32 result_of;\n";
            add("st.param.b32 [word_to], %r0");
            add("st.param.b64 [wide_to], %l1");
            add(fmt::format("call.uni (result_of), function{}, (word_to, wide_to)", i + 1));
            add("ld.param.b32 %r1, [result_of]");
            body += "}\n";
        }
        if (chance(30)) {
            add("st.param.b32 [result], %r1");
            add("ret");
        }
        body += "OTHER:\n";
        add(fmt::format("and.b32 %r4, {}, {}", register_of(), (1u << pick(3)) - 1));
        body += "AGAIN:\n";
        arithmetic();
        add("sub.s32 %r4, %r4, 1");
        add("setp.ge.s32 %q1, %r4, 0");
        add("@%q1 bra AGAIN");
        add(fmt::format("st.param.b32 [result], {}", register_of()));
        add("ret");
        functions_ += body + "}\n";
    }
}

void Maker::call() {
    text_ += "{\n.param .b32 word_to;\n.param .b64 wide_to;\n.param .b32 result_of;\n";
    line("st.param.b32 [word_to], {}", r());
    line("st.param.b64 [wide_to], {}", d());
    line("call{} (result_of), function{}, (word_to, wide_to)", chance(50) ? ".uni" : "", pick(device_functions));
    line("ld.param.b32 {}, [result_of]", r());
    text_ += "}\n";
}

void Maker::epilogue() {
    const auto place = [&](const char* base, int count, int bytes) {
        line("mul.lo.u32 %t0, %gid, {}", count);
        line("mul.wide.u32 %a0, %t0, {}", bytes);
        line("add.s64 %a0, %a0, {}", base);
    };
    place("%out", words_ + 4, 4);
    for (unsigned i = 0; i < words_; ++i) {
        line("st.global.u32 [%a0+{}], %r{}", i * 4, i);
    }
    for (unsigned i = 0; i < predicates_ && i < 4; ++i) {
        line("selp.b32 %t1, 1, 0, %p{}", i);
        line("st.global.u32 [%a0+{}], %t1", (words_ + i) * 4);
    }
    place("%fout", floats_ + 4, 4);
    for (unsigned i = 0; i < floats_; ++i) {
        line("st.global.f32 [%a0+{}], %f{}", i * 4, i);
    }
    place("%wout", longs_ + doubles_, 8);
    for (unsigned i = 0; i < longs_; ++i) {
        line("st.global.u64 [%a0+{}], %l{}", i * 8, i);
    }
    for (unsigned i = 0; i < doubles_; ++i) { // as an integer: one NaN
        line("testp.notanumber.f64 %q0, %d{}", i);
        line("selp.f64 %d{0}, 0d7FF8000000000000, %d{0}, %q0", i);
        line("st.global.f64 [%a0+{}], %d{}", (longs_ + i) * 8, i);
    }
}

void Maker::statements(unsigned count, unsigned depth, bool together, unsigned loop) {
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
        } else if (kind > 15 && kind < 18 && calls_ != 0) {
            --calls_;
            call();
        } else if (kind == 15 && exits_ && chance(20)) {
            line("setp.gt.s32 %q1, {}, 1000", r());
            line("@%q1 ret");
        } else {
            for (unsigned k = 0; k < 3; ++k) {
                instruction();
            }
        }
    }
}

void Maker::branch(unsigned depth, bool together, unsigned loop) {
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
    if (exits_ && chance(20)) {
        leave();
    }
    if (chance(60)) {
        line("bra {}", end);
        put_label(otherwise);
        statements(1 + pick(4), depth + 1, inner, loop);
        put_label(end);
    } else {
        put_label(otherwise);
    }
}

void Maker::leave() {
    const std::string otherwise = label(), end = label();
    const std::string condition = p();
    epilogue();
    line("@{} bra {}", condition, otherwise);
    line("st.global.u32 [%a0], 1");
    line("bra {}", end);
    put_label(otherwise);
    line("st.global.u32 [%a0], 2");
    put_label(end);
    line("exit");
}

void Maker::repeat(unsigned depth, bool together, unsigned loop) {
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

void Maker::switch_on(unsigned depth, unsigned loop) {
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

RandomProgram make_program(std::uint64_t seed) {
    return Maker(seed).make();
}

} // namespace assay::vgpu::conformance
