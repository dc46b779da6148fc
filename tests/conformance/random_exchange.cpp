// What the threads of random programs tell each other: see random_program.cpp.
#include <array>

#include "conformance/random_maker.h"

namespace assay::vgpu::conformance {

void Maker::shared_word(const std::string& thread) {
    line("shl.b32 %t2, {}, 2", thread);
    line("mov.u32 %t3, shared");
    line("add.u32 %t3, %t3, %t2");
}

/// A thread with its own word of shared memory: between the barriers of an exchange nobody else reads it.
void Maker::own_shared() {
    shared_word("%tid");
    switch (pick(6)) {
    case 0:
        line("st.shared.u32 [%t3], {}", r());
        break;
    case 1:
        line("ld.shared.u32 {}, [%t3]", r());
        break;
    case 2:
        line("atom.shared.{}32 {}, [%t3], {}", one_of({"add.u", "min.s", "max.u", "exch.b", "and.b", "inc.u", "dec.u"}),
             r(), a());
        break;
    case 3:
        line("atom.shared.cas.b32 {}, [%t3], {}, {}", r(), r(), a());
        break;
    case 4: // through a generic address
        line("cvt.u64.u32 %a1, %t3");
        line("cvta.shared.u64 %a1, %a1");
        line("st.u32 [%a1], {}", r());
        line("ld.u32 {}, [%a1]", r());
        break;
    default: // a byte, and the sums of the block
        line("st.shared.u8 [%t3+{}], {}", pick(4), r());
        line("mov.u32 %t3, sums");
        line("red.shared.add.u32 [%t3+{}], {}", pick(sums) * 4, r());
        break;
    }
}

void Maker::exchange() {
    switch (pick(9)) {
    case 0:
    case 1:
        through_shared();
        break;
    case 6:
    case 7:
        warp();
        break;
    case 8:
        if (threads_ % 32 == 0 && !exits_) {
            matrix();
        }
        break;
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

void Maker::through_shared() {
    shared_word("%tid");
    switch (pick(5)) {
    case 0: { // copied there in the background
        line("and.b32 %t6, {}, {}", r(), input_words - 1);
        line("mul.wide.u32 %a1, %t6, 4");
        line("add.s64 %a1, %in, %a1");
        line("cp.async.ca.shared.global [%t3], [%a1], 4");
        line("cp.async.wait_all");
        break;
    }
    case 1:
        line("bar.sync 0");
        line("mov.u32 %t3, sums");
        line("ld.shared.u32 {}, [%t3+{}]", r(), pick(sums) * 4);
        line("bar.sync 0");
        return;
    default:
        line("st.shared.u32 [%t3], {}", r());
        break;
    }
    line("{}", one_of({"bar.sync 0", "barrier.sync 0", "barrier.sync.aligned 0"}));
    if (chance(50)) {
        line("add.u32 %t2, %tid, {}", pick(64));
    } else {
        line("mov.u32 %t2, {}", r());
    }
    line("rem.u32 %t2, %t2, {}", threads_);
    if (threads_ % 4 == 0 && chance(30)) {
        line("and.b32 %t2, %t2, -4");
        shared_word("%t2");
        line("ld.shared.v4.u32 {{%r3, %r2, %r1, %r0}}, [%t3]");
    } else {
        shared_word("%t2");
        line("ld.shared.u32 {}, [%t3]", r());
    }
    line("bar.sync 0");
}

void Maker::warp() {
    switch (pick(6)) {
    case 0: {
        std::string from = a();
        if (threads_ % 32 != 0 || exits_) { // the one lane that all name may not be there, and then nothing is defined
            line("add.u32 %t2, %tid, {}", from);
            from = "%t2";
        }
        line("shfl.sync.idx.b32 {}, {}, {}, {}, -1", r(), r(), from, one_of({"31", "7199", "6175"}));
        break;
    }
    case 1:
        line("vote.sync.{}.pred {}, {}, -1", one_of({"any", "all", "uni"}), p(), p());
        break;
    case 2:
        line("match.any.sync.b32 {}, {}, -1", r(), r());
        break;
    case 3:
        line("match.all.sync.b32 {}|{}, {}, -1", r(), p(), r());
        break;
    case 4:
        line("redux.sync.{} {}, {}, -1", one_of({"min.u32", "and.b32", "or.b32", "xor.b32", "add.u32"}), r(), r());
        break;
    default:
        line("bar.red.{}.pred {}, 0, {}", one_of({"and", "or"}), p(), p());
        break;
    }
}

/// Products of small integers, which are exact, and a transposition.
void Maker::matrix() {
    if (chance(40)) {
        shared_word("%tid");
        line("st.shared.u32 [%t3], {}", r());
        line("bar.sync 0");
        line("and.b32 %t2, %tid, 7");
        line("shl.b32 %t2, %t2, 4");
        line("mov.u32 %t3, shared");
        line("add.u32 %t3, %t3, %t2");
        line("ldmatrix.sync.aligned.m8n8.x1{}.shared.b16 {{{}}}, [%t3]", one_of({"", ".trans"}), r());
        line("bar.sync 0");
        return;
    }
    for (unsigned i = 0; i < 6; ++i) {
        line("mov.b32 %m{}, {}", i, r());
    }
    line("mma.sync.aligned.m16n8k16.row.col.s32.{0}8.{0}8.s32 {{%m6, %m7, %m8, %m9}}, {{%m0, %m1}}, {{%m2}}, "
         "{{%m3, %m4, %m5, %m0}}",
         one_of({"s", "u"}));
    line("xor.b32 {}, %m6, %m9", r());
    line("add.u32 {}, %m7, %m8", r());
}

void Maker::atomics() {
    static constexpr std::array<const char*, 4> operations{"add.u32", "max.s32", "xor.b32", "or.b32"};
    const unsigned which = pick(4);
    line("and.b32 %t6, {}, 3", r());
    line("add.u32 %t6, %t6, {}", which * 4);
    line("mul.wide.u32 %a1, %t6, 4");
    line("add.s64 %a1, %counters, %a1");
    line("red.global.{} [%a1], {}", operations[which], r());
}

} // namespace assay::vgpu::conformance
