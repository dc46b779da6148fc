// Which instructions decode, to what, and what is refused.
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

#include "source_dir.h"
#include "unit/isa/assemble.h"
#include "unit/isa/samples.h"

namespace assay::isa {
namespace {

using Kind = Operand::Kind;

struct Listed {
    std::string opcode, text;
    std::size_t destinations = 0, sources = 0;
};

/// forms.txt: one line for each form of the table that matters.
std::vector<Listed> listed_forms() {
    std::ifstream file(source_dir() + "/tests/unit/isa/forms.txt");
    std::vector<Listed> forms;
    for (std::string line; std::getline(file, line);) {
        if (!line.starts_with('#')) {
            std::istringstream words(line);
            Listed& form = forms.emplace_back();
            words >> form.opcode >> form.destinations >> form.sources >> std::ws;
            std::getline(words, form.text);
        }
    }
    return forms;
}

TEST(Forms, OfTheListDecode) {
    const std::vector<Listed> forms = listed_forms();
    ASSERT_GT(forms.size(), 200U);
    for (const Listed& form : forms) {
        SCOPED_TRACE(form.text);
        const auto program = decode_text(module_around(form.text), "test");
        ASSERT_TRUE(program) << program.error().to_string();
        const Instruction& instruction = program->find_function("kernel")->body[0];
        EXPECT_EQ(to_string(instruction.opcode), form.opcode);
        EXPECT_EQ(instruction.dst.size(), form.destinations);
        EXPECT_EQ(instruction.src.size(), form.sources);
    }
}

/// Whatever the operands' bits, a result has no bit beyond its register.
TEST(Forms, PureOnesGiveValuesOfTheirWidth) {
    Random random;
    std::size_t pure = 0;
    for (const Listed& form : listed_forms()) {
        const Instruction instruction = assemble(form.text);
        if (!is_pure(instruction)) {
            continue;
        }
        SCOPED_TRACE(form.text);
        ++pure;
        const auto flat = [](const std::vector<Operand>& operands) {
            std::vector<Operand> result;
            for (const Operand& operand : operands) {
                result.insert(result.end(), operand.elements.begin(), operand.elements.end());
                if (operand.kind != Kind::Vector) {
                    result.push_back(operand);
                }
            }
            return result;
        };
        const std::vector<Operand> destinations = flat(instruction.dst);
        std::vector<Value> src(flat(instruction.src).size());
        std::vector<Value> dst(destinations.size());
        Flags flags;
        for (int i = 0; i < 500; ++i) {
            for (Value& value : src) {
                value.bits = i % 2 == 0 ? random.bits(64) : random.bits(static_cast<unsigned>(1 + random.bits(6)));
            }
            evaluate(instruction, src, dst, flags);
            for (std::size_t d = 0; d < dst.size(); ++d) {
                const unsigned width = bits_of(destinations[d].type);
                ASSERT_TRUE(width == 0 || width >= 64 || dst[d].bits >> width == 0) << std::hex << dst[d].bits;
            }
        }
    }
    EXPECT_GT(pure, 100U);
}

TEST(Forms, ModifiersBecomeFields) {
    const Modifiers add = assemble("add.rz.ftz.sat.f32 r0, r1, r2;").mod;
    EXPECT_EQ(add.type, Type::F32);
    EXPECT_EQ(add.rounding, Rounding::Rz);
    EXPECT_TRUE(add.ftz && add.sat);
    const Modifiers setp = assemble("setp.lo.or.u32 p0, r1, r2, p1;").mod;
    EXPECT_EQ(setp.compare, Compare::Lo);
    EXPECT_EQ(setp.combine, Combine::Or);
    const Modifiers load = assemble("ld.acquire.gpu.shared::cluster.v2.u32 {r0, r1}, [r2];").mod;
    EXPECT_EQ(load.semantics, Semantics::Acquire);
    EXPECT_EQ(load.scope, Scope::Gpu);
    EXPECT_EQ(load.space, Space::SharedCluster);
    EXPECT_EQ(load.vector, 2);
    const Modifiers convert = assemble("cvt.rzi.s16.f32 h0, r1;").mod;
    EXPECT_EQ(convert.type, Type::S16);
    EXPECT_EQ(convert.source_type, Type::F32);
    EXPECT_EQ(convert.rounding, Rounding::Rzi);
    const Modifiers atom = assemble("atom.shared.and.b32 r0, [sh], r1;").mod;
    EXPECT_EQ(atom.atomic, AtomicOp::And);
    EXPECT_EQ(atom.combine, Combine::None);
    EXPECT_EQ(atom.semantics, Semantics::Relaxed);
    EXPECT_EQ(atom.scope, Scope::Gpu);
    const Modifiers mma = assemble("mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {r0,r1,r2,r3}, {r4,r5,r6,r7}, "
                                   "{r0,r1}, {r0,r1,r2,r3};")
                              .mod;
    EXPECT_EQ(mma.m, 16);
    EXPECT_EQ(mma.n, 8);
    EXPECT_EQ(mma.k, 16);
    EXPECT_EQ(mma.a_type, Type::BF16);
    EXPECT_EQ(mma.c_type, Type::F32);
    const Modifiers wmma = assemble("wmma.mma.sync.aligned.col.row.m16n16k16.f32.f16 {r0,r1,r2,r3,r4,r5,r6,r7}, "
                                    "{r0,r1,r2,r3,r4,r5,r6,r7}, {r0,r1,r2,r3,r4,r5,r6,r7}, {r0,r1,r2,r3};")
                               .mod;
    EXPECT_EQ(wmma.a_type, Type::F16);
    EXPECT_EQ(wmma.d_type, Type::F32);
    EXPECT_EQ(wmma.c_type, Type::F16);
    EXPECT_EQ(wmma.a_layout, MatrixLayout::Col);
    EXPECT_EQ(wmma.b_layout, MatrixLayout::Row);
    EXPECT_FALSE(assemble("barrier.sync 0;").mod.aligned);
    EXPECT_TRUE(assemble("bar.sync 0;").mod.aligned);
    EXPECT_EQ(assemble("membar.gl;").mod.semantics, Semantics::Sc);
    EXPECT_EQ(assemble("membar.gl;").mod.scope, Scope::Gpu);
    EXPECT_EQ(assemble("fence.acq_rel.cta;").mod.semantics, Semantics::AcqRel);
    EXPECT_TRUE(assemble("cvta.to.shared.u64 d0, d1;").mod.to_space);
    EXPECT_EQ(assemble("lop3.b32 r0, r1, r2, r3, 0xE8;").mod.lop3_table, 0xe8);
    EXPECT_EQ(assemble("cp.async.wait_group 3;").mod.immediate, 3U);
    EXPECT_EQ(assemble("match.all.sync.b32 r0|p0, r1, -1;").mod.match, MatchMode::All);
    EXPECT_EQ(assemble("match.any.sync.b32 r0, r1, -1;").mod.match, MatchMode::Any);
    EXPECT_EQ(assemble("vote.sync.ballot.b32 r0, p1, -1;").mod.vote, VoteMode::Ballot);
    EXPECT_EQ(assemble("vote.sync.uni.pred p0, p1, -1;").mod.vote, VoteMode::Uni);
    EXPECT_EQ(assemble("vote.ballot.sync.b32 r0, p1, -1;").src.size(), 2U);
    EXPECT_EQ(assemble("vote.ballot.sync.b32 r0, p1, -1;").mod.vote, VoteMode::Ballot);
    EXPECT_EQ(assemble("vote.any.sync.pred p0, p1, -1;").mod.vote, VoteMode::Any);
    EXPECT_EQ(assemble("shfl.sync.bfly.b32 r0, r1, 1, 31, -1;").mod.shuffle, ShuffleMode::Bfly);
    EXPECT_EQ(assemble("redux.sync.max.s32 r0, r1, -1;").mod.atomic, AtomicOp::Max);
    EXPECT_EQ(assemble("bar.red.and.pred p0, 0, p1;").mod.bar, BarMode::RedAnd);
    EXPECT_EQ(assemble("bar.arrive 0, 64;").mod.bar, BarMode::Arrive);
    EXPECT_EQ(assemble("testp.subnormal.f32 p0, r1;").mod.test, ClassTest::Subnormal);
    EXPECT_EQ(assemble("ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {r0,r1,r2,r3}, [r4];").mod.matrices, 4);
    EXPECT_TRUE(assemble("ldmatrix.sync.aligned.m8n8.x1.trans.shared.b16 {r0}, [r4];").mod.transposed);
    EXPECT_EQ(assemble("wmma.store.d.sync.aligned.col.m8n8k4.f64 [d1], {d2, d3};").mod.fragment, Fragment::D);
}

TEST(Forms, AbsentOperandsKeepTheirPlace) {
    const Instruction sync = assemble("bar.sync 1;");
    EXPECT_EQ(sync.src[0].bits, 1U);
    EXPECT_EQ(sync.src[1].kind, Kind::None);
    const Instruction reduce = assemble("bar.red.or.pred p1, 0, !p0;");
    EXPECT_EQ(reduce.src[1].kind, Kind::None);
    EXPECT_EQ(reduce.src[2].kind, Kind::Register);
    EXPECT_TRUE(reduce.src[2].negated);
    const Instruction copy = assemble("cp.async.ca.shared.global [sh], [d1], 8;");
    EXPECT_EQ(copy.mod.immediate, 8U);
    EXPECT_EQ(copy.src[2].bits, 8U);
    EXPECT_EQ(copy.src[3].kind, Kind::None);
    const Instruction partial = assemble("cp.async.ca.shared.global [sh], [d1], 8, r3;");
    EXPECT_EQ(partial.src[2].kind, Kind::Register);
    const Instruction ignored = assemble("cp.async.ca.shared.global [sh], [d1], 8, p3;");
    EXPECT_EQ(ignored.src[2].kind, Kind::Immediate);
    EXPECT_EQ(ignored.src[3].type, Type::Pred);
    EXPECT_EQ(assemble("atom.global.add.u32 _, [d1], 1;").dst[0].kind, Kind::None);
    EXPECT_EQ(assemble("elect.sync _|p0, -1;").dst[0].kind, Kind::None);
    const Instruction load = assemble("wmma.load.b.sync.aligned.col.m8n32k16.f16 {r0,r1,r2,r3,r4,r5,r6,r7}, [d1];");
    EXPECT_EQ(load.src[1].bits, 16U); // columns of k = 16 elements
}

TEST(Forms, OperandsAreResolved) {
    const Instruction load = assemble("ld.shared.v2.u32 {r1, _}, [sh+12];");
    ASSERT_EQ(load.dst[0].kind, Kind::Vector);
    EXPECT_EQ(load.dst[0].elements[1].kind, Kind::None);
    ASSERT_EQ(load.src[0].kind, Kind::Address);
    EXPECT_EQ(load.src[0].offset, 12);
    EXPECT_EQ(load.src[0].elements[0].kind, Kind::Variable);
    EXPECT_EQ(assemble("ld.u32 r0, [sh];").mod.space, Space::Shared);
    EXPECT_EQ(assemble("ld.u32 r0, [d1];").mod.space, Space::Generic);
    const Instruction wide = assemble("cvt.s64.s8 d0, r1;");
    EXPECT_EQ(wide.dst[0].type, Type::B64);
    EXPECT_EQ(wide.src[0].type, Type::B32);
    const Instruction special = assemble("mov.u32 r0, %envreg7;");
    EXPECT_EQ(special.src[0].special, Special::Envreg);
    EXPECT_EQ(special.src[0].index, 7U);
    EXPECT_EQ(assemble("mov.u32 r0, %nctaid.y;").src[0].special, Special::NctaidY);
    EXPECT_EQ(assemble("add.f32 r0, r1, 1.5;").src[1].bits, 0x3fc00000U);
    EXPECT_EQ(assemble("add.f64 d0, d1, 0f3FC00000;").src[1].bits, 0x3ff8000000000000U);
    EXPECT_EQ(assemble("add.s32 r0, r1, -1;").src[1].bits, ~std::uint64_t{0});
    EXPECT_EQ(assemble("xor.pred p0, p1, 7;").src[1].bits, 1U);
    const Instruction guarded = assemble("@!p3 add.s32 r0, r1, r2;");
    EXPECT_EQ(guarded.guard, 3U);
    EXPECT_TRUE(guarded.guard_negated);
    EXPECT_TRUE(assemble("setp.eq.and.u32 p0, r1, r2, !p1;").src[2].negated);
}

TEST(Forms, CachePoliciesAreDropped) {
    EXPECT_EQ(assemble("st.global.L2::cache_hint.v2.u32 [d1], {r0, r1}, d2;").src.size(), 2U);
    EXPECT_EQ(assemble("atom.global.add.L2::cache_hint.u32 r0, [d1], r1, d2;").src.size(), 2U);
}

TEST(Forms, AddressesOutsideMovGetAMov) {
    const auto program = decode_text(module_around("add.u64 d0, sh+8, d1;"));
    ASSERT_TRUE(program) << program.error().to_string();
    const std::vector<Instruction>& body = program->find_function("kernel")->body;
    ASSERT_EQ(body.size(), 3U);
    EXPECT_EQ(body[0].opcode, Opcode::Mov);
    EXPECT_EQ(body[0].src[0].kind, Kind::Variable);
    EXPECT_EQ(body[0].src[0].offset, 8);
    EXPECT_EQ(body[1].src[0].index, body[0].dst[0].index);
}

TEST(Forms, WhatIsNotSupportedIsSaidSo) {
    for (const char* text : {
             "wgmma.mma_async.sp.sync.aligned.m64n8k32.f32.f16.f16 {r0, r1, r2, r3}, d0, d1, r4, 0, p, 1, 1, 0, 0;",
             "multimem.red.relaxed.sys.global.add.u32 [d0], r0;",
             "mma.sync.aligned.m16n8k32.row.col.kind::f8f6f4.f32.e2m1.e2m1.f32 {r0,r1,r2,r3}, {r4}, {r5}, {r6};",
             "cvt.rs.f16x2.f32 r0, r1, r2, r3;",
             "redux.sync.min.abs.f32 r0, r1, -1;",
             "tex.2d.v4.f32.s32 {r0, r1, r2, r3}, [nothing, {r4, r5}];",
             "vabsdiff4.u32.u32.u32.add r0, r1, r2, r3;",
             "mov.u32 r0, %reserved_smem_offset_1;",
             "some_future_instruction.b32 r0, unknown;",
         }) {
        SCOPED_TRACE(text);
        EXPECT_EQ(assemble(text).opcode, Opcode::Unsupported);
        EXPECT_FALSE(is_pure(assemble(text)));
    }
}

struct Refusal {
    const char* text;
    const char* what;
    const char* where;
};

TEST(Forms, WrongInstructionsAreRefusedWithTheirPlace) {
    const Refusal refusals[] = {
        {"add.s32 r0, r1;", "another number of operands", "test:11:1"},
        {"wgmma.mma_async.sync.aligned.m64n12k16.f32.f16.f16 {r0}, d0, d1, p0, 1, 1, 0, 0;", "no wgmma of this shape",
         "test:11:1"},
        {"wgmma.mma_async.sync.aligned.m64n8k16.f32.f16.f16 {r0, r1, r2, r3}, d0, d1, p0, 2, 1, 0, 0;",
         "1 or -1 is expected", "test:11:81"},
        {"cp.async.bulk.shared::cluster.global.mbarrier::complete_tx::bytes [r0], [d0], 16;", "number of operands",
         "test:11:1"},
        {"cp.async.bulk.tensor.2d.global.shared::cta.bulk_group [d0], [r0];", "[tensor map, {coordinates}]",
         "test:11:55"},
        {"cp.async.bulk.tensor.2d.global.shared::cta.bulk_group [d0, {r0}], [r0];", "2 elements are expected",
         "test:11:60"},
        {"add.foo.s32 r0, r1, r2;", "does not take .foo", "test:11:1"},
        {"add.ftz.s32 r0, r1, r2;", "there is no add.ftz.s32", "test:11:1"},
        {"add.s32 r0, r1, nowhere;", "unknown name nowhere", "test:11:17"},
        {"add.s32 r0, r1, d2;", "d2 has 64 bits, the instruction reads 32", "test:11:17"},
        {"add.s32 h0, r1, r2;", "h0 has 16 bits, the instruction writes 32", "test:11:9"},
        {"add.s32 p0, r1, r2;", "p0 is a predicate", "test:11:9"},
        {"selp.b32 r0, r1, r2, r3;", "r3 is not a predicate", "test:11:22"},
        {"add.s32 5, r1, r2;", "5 is not a register", "test:11:9"},
        {"add.s32 _, r1, r2;", "cannot be discarded", "test:11:9"},
        {"add.f32 r0, r1, 1;", "1 is not a literal of a .f32", "test:11:17"},
        {"add.u32 r0, r1, 1.0;", "1.0 is not a literal of a .u32", "test:11:17"},
        {"add.s32 r0, r1, %tid.x;", "%tid.x can only be read by mov and cvt", "test:11:17"},
        {"add.s32 r0, r1, !r2;", "r2 cannot be negated here", "test:11:17"},
        {"mul.s32 r0, r1, r2;", "there is no mul.s32", "test:11:1"},
        {"shl.b32 r0, r1, d2;", "d2 has 64 bits", "test:11:17"},
        {"setp.lt.b32 p0, r1, r2;", "no such comparison of a .b32", "test:11:1"},
        {"setp.lo.s32 p0, r1, r2;", "no such comparison of a .s32", "test:11:1"},
        {"setp.equ.u32 p0, r1, r2;", "no such comparison of a .u32", "test:11:1"},
        {"cvt.f32.s32 r0, r1;", "takes a rounding", "test:11:1"},
        {"cvt.rn.f64.f32 d0, r1;", "takes another rounding or none", "test:11:1"},
        {"cvt.rn.s32.f32 r0, r1;", "takes another rounding or none", "test:11:1"},
        {"ld.global.u32 r0, [sh];", "sh is in .shared, the instruction accesses .global", "test:11:20"},
        {"ld.global.u32 r0, d1;", "an address [ ] is expected", "test:11:19"},
        {"ld.global.v2.u32 {r0, r1, r2}, [d1];", "2 elements are expected, 3 are given", "test:11:18"},
        {"ld.global.u64 r0, [d1];", "r0 has 32 bits, the instruction writes 64", "test:11:15"},
        {"mov.b64 {r0, h1}, d1;", "h1 has 16 bits", "test:11:14"},
        {"mov.b64 {d0, d1}, d1;", "d0 has 64 bits", "test:11:10"},
        {"bra nowhere;", "unknown label nowhere", "test:11:5"},
        {"brx.idx r0, here;", "unknown table of labels here", "test:11:13"},
        {"@r0 bra here;", "r0 is not a predicate", "test:11:1"},
        {"call nothing;", "unknown function nothing", "test:11:6"},
        {"lop3.b32 r0, r1, r2, r3, 0x1E8;", "eight bits", "test:11:1"},
        {"cp.async.cg.shared.global [sh], [d1], 8;", "cp.async.cg copies 16 bytes", "test:11:39"},
        {"bar.red.popc.pred p1, 0, p0;", "popc gives a .u32", "test:11:1"},
        {"mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32 {r0,r1}, {r4,r5,r6,r7}, {r0,r1}, {r0,r1,r2,r3};",
         "4 elements are expected, 2 are given", "test:11:51"},
    };
    for (const Refusal& refusal : refusals) {
        SCOPED_TRACE(refusal.text);
        const auto program = decode_text(module_around(refusal.text), "test");
        ASSERT_FALSE(program);
        EXPECT_NE(program.error().what.find(refusal.what), std::string::npos) << program.error().what;
        EXPECT_EQ(program.error().where, refusal.where);
    }
}

} // namespace
} // namespace assay::isa
