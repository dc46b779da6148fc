// Scopes, labels, frames, calls, variables, source places, and what is dropped.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

#include "isa/decode.h"
#include "source_dir.h"

namespace assay::isa {
namespace {

using Kind = Operand::Kind;

constexpr const char* kHead = ".version 9.0\n.target sm_90\n.address_size 64\n";

Program decoded(const std::string& text) {
    auto program = decode_text(kHead + text, "test");
    if (!program) {
        throw std::invalid_argument(program.error().to_string());
    }
    return std::move(*program);
}

std::string error_of(const std::string& text) {
    const auto program = decode_text(kHead + text, "test");
    return program ? "decoded" : program.error().to_string();
}

std::string slurp(const std::filesystem::path& path) {
    std::ifstream file(path);
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
}

TEST(Corpus, Decodes) {
    std::size_t count = 0;
    for (const auto& entry : std::filesystem::directory_iterator(source_dir() + "/tests/unit/ptx/corpus")) {
        if (entry.path().extension() != ".ptx") {
            continue;
        }
        SCOPED_TRACE(entry.path().filename().string());
        const auto program = decode_text(slurp(entry.path()), entry.path().filename().string());
        ASSERT_TRUE(program) << program.error().to_string();
        ++count;
        for (const Function& function : program->functions) {
            ASSERT_EQ(function.registers.size(), function.register_names.size());
            for (const Instruction& instruction : function.body) {
                ASSERT_NE(instruction.source.ptx_line, 0U) << instruction.text;
                ASSERT_TRUE(std::ranges::all_of(instruction.targets, [&](std::uint32_t target) {
                    return target <= function.body.size();
                })) << instruction.text;
            }
        }
    }
    EXPECT_GT(count, 20U);
}

TEST(Scopes, RepeatNamesAndLabels) {
    const Program program = decoded(R"(
.visible .entry k()
{
.reg .b32 %r<3>;
{ .reg .pred p; .reg .u64 %r1;
LAB: setp.eq.u64 p, %r1, 0;
@p bra LAB;
@p bra DONE; }
{ .reg .pred p;
LAB: setp.eq.u32 p, %r1, 0;
@p bra LAB; }
DONE: ret;
}
)");
    const Function& k = *program.find_function("k");
    ASSERT_EQ(k.body.size(), 6U);
    EXPECT_EQ(k.body[1].targets[0], 0U);
    EXPECT_EQ(k.body[2].targets[0], 5U);
    EXPECT_EQ(k.body[4].targets[0], 3U);
    EXPECT_EQ(k.registers[k.body[0].src[0].index], Type::U64);
    EXPECT_EQ(k.registers[k.body[3].src[0].index], Type::B32);
    EXPECT_NE(k.body[0].dst[0].index, k.body[3].dst[0].index);
    EXPECT_EQ(k.register_names[k.body[3].src[0].index], "%r1");
}

TEST(Scopes, LabelsAtTheEndMeanReturn) {
    const Program program = decoded(".visible .entry k() {\n bra END;\nEND:\n}\n");
    EXPECT_EQ(program.find_function("k")->body[0].targets[0], 1U);
}

TEST(Scopes, RedefinitionsAreRefused) {
    EXPECT_NE(error_of(".visible .entry k() { .reg .b32 r;\n.reg .b64 r; ret; }").find("test:5:1: r is declared twice"),
              std::string::npos);
    EXPECT_NE(error_of(".visible .entry k() { A: ret;\nA: ret; }").find("A is declared twice"), std::string::npos);
    EXPECT_NE(error_of(".visible .entry k() { .reg .b32 r<4>; .reg .b32 r2; ret; }").find("declared twice"),
              std::string::npos);
    EXPECT_NE(error_of(".global .u32 x;\n.global .u32 x;\n").find("test:5:1: the variable x is defined twice"),
              std::string::npos);
    EXPECT_NE(error_of(".func f() { ret; }\n.func f() { ret; }\n").find("the function f is defined twice"),
              std::string::npos);
    EXPECT_NE(error_of(".visible .entry k() { .reg .b32 r<4>; mov.b32 r4, r0; ret; }").find("unknown name r4"),
              std::string::npos);
    EXPECT_NE(error_of(".visible .entry k() { .reg .b32 r<4>; mov.b32 r01, r0; ret; }").find("unknown name r01"),
              std::string::npos);
}

TEST(Registers, OfVectorsHaveElements) {
    const Program program = decoded(R"(
.visible .entry k(.param .u64 p)
{
.reg .v4 .f32 v; .reg .u64 a;
ld.param.u64 a, [p];
ld.global.v4.f32 v, [a];
add.f32 v.x, v.y, v.a;
ret;
}
)");
    const Function& k = *program.find_function("k");
    ASSERT_EQ(k.body[1].dst[0].kind, Kind::Vector);
    EXPECT_EQ(k.body[1].dst[0].elements.size(), 4U);
    EXPECT_EQ(k.body[2].dst[0].index, k.body[1].dst[0].elements[0].index);
    EXPECT_EQ(k.body[2].src[1].index, k.body[1].dst[0].elements[3].index);
}

TEST(Frames, OfAnEntryFollowTheParameterBlock) {
    const Program program = decoded(R"(
.visible .entry k(.param .u8 a, .param .u64 b, .param .align 16 .b8 c[20], .param .u16 d)
.maxntid 128, 2, 1
.minnctapersm 3
{
.local .align 32 .b8 depot[40];
.local .u16 small;
.local .u64 eight;
.reg .b64 %rd<3>;
ld.param.u64 %rd0, [b+4];
mov.u64 %rd1, depot;
add.u64 %rd2, %rd1, eight;
ret;
}
)");
    const Function& k = *program.find_function("k");
    ASSERT_EQ(k.parameters.size(), 4U);
    EXPECT_EQ(k.parameters[1].offset, 8U);
    EXPECT_EQ(k.parameters[2].offset, 16U);
    EXPECT_EQ(k.parameters[2].bytes, 20U);
    EXPECT_EQ(k.parameters[3].offset, 36U);
    EXPECT_EQ(k.parameter_bytes, 38U);
    EXPECT_EQ(k.local_bytes, 56U);
    EXPECT_EQ(k.local_alignment, 32U);
    EXPECT_EQ(k.bounds.max_threads, (std::array<std::uint32_t, 3>{128, 2, 1}));
    EXPECT_EQ(k.bounds.min_blocks, 3U);
    EXPECT_EQ(k.bounds.max_registers, 0U);
    EXPECT_EQ(k.body[0].src[0].elements[0].kind, Kind::Param);
    EXPECT_EQ(k.body[0].src[0].elements[0].offset, 8);
    EXPECT_EQ(k.body[0].src[0].offset, 4);
    EXPECT_EQ(k.body[1].src[0].kind, Kind::Local);
    EXPECT_EQ(k.body[1].src[0].offset, 0);
    EXPECT_EQ(k.body[2].src[0].offset, 48); // the mov that the decoder adds
}

TEST(Calls, MoveBytesBetweenFrames) {
    const Program program = decoded(R"(
.extern .func (.param .b32 result) callee (.param .b64 a, .param .align 4 .b8 b[12]);
.visible .func (.param .b64 out) caller(.param .b32 in)
{
.reg .b64 %rd<2>; .reg .b32 %r<2>;
ld.param.b32 %r0, [in];
{
.param .b64 param0;
st.param.b64 [param0], %rd0;
.param .align 4 .b8 param1[12];
st.param.b32 [param1+8], %r0;
.param .b32 retval0;
call.uni (retval0), callee, (param0, param1);
ld.param.b32 %r1, [retval0];
}
{
.param .b64 param0;
.param .align 4 .b8 param1[12];
.param .b32 retval0;
call (retval0), callee, (param0, param1);
}
ret;
}
)");
    const Function& caller = *program.find_function("caller");
    EXPECT_EQ(caller.parameter_bytes, 4U);
    EXPECT_EQ(caller.returns[0].offset, 8U);
    ASSERT_EQ(caller.calls.size(), 2U);
    const CallSite& call = caller.calls[0];
    EXPECT_EQ(program.functions[*call.callee].name, "callee");
    EXPECT_FALSE(program.functions[*call.callee].defined);
    ASSERT_EQ(call.arguments.size(), 2U);
    EXPECT_EQ(call.arguments[0].offset, 16U);
    EXPECT_EQ(call.arguments[1].offset, 24U);
    EXPECT_EQ(call.arguments[1].bytes, 12U);
    EXPECT_EQ(call.returns[0].offset, 36U);
    EXPECT_EQ(caller.calls[1].arguments[0].offset, 16U); // sibling scopes share the room
    EXPECT_EQ(caller.frame_bytes, 40U);
}

TEST(Calls, OfRegistersAreLoweredToTheFrame) {
    const Program program = decoded(R"(
.func (.reg .u32 result) twice (.reg .u32 value)
{ add.u32 result, value, value; ret; }
.visible .func f()
{
.reg .b32 %r<3>; .reg .pred %p;
@%p call (%r0), twice, (%r1);
call (_), twice, (21);
ret;
}
)");
    const Function& f = *program.find_function("f");
    ASSERT_EQ(f.body.size(), 6U);
    EXPECT_EQ(f.body[0].opcode, Opcode::St);
    EXPECT_EQ(f.body[0].guard, f.body[1].guard);
    EXPECT_EQ(f.body[1].opcode, Opcode::Call);
    EXPECT_EQ(f.body[2].opcode, Opcode::Ld);
    EXPECT_EQ(f.body[2].guard, f.body[1].guard);
    EXPECT_EQ(f.body[2].src[0].elements[0].offset, f.calls[0].returns[0].offset);
    EXPECT_EQ(f.body[3].src[1].bits, 21U);
    EXPECT_EQ(f.body[4].opcode, Opcode::Call);
    const Function& twice = *program.find_function("twice");
    ASSERT_EQ(twice.body.size(), 4U);
    EXPECT_EQ(twice.body[0].opcode, Opcode::Ld);
    EXPECT_EQ(twice.body[2].opcode, Opcode::St);
}

TEST(Calls, ThatDoNotFitAreRefused) {
    const std::string callee = ".func (.param .b32 r) g (.param .b64 a) { ret; }\n";
    const auto body = [&](const std::string& text) {
        return error_of(callee + ".visible .func f() { .param .b32 x; .param .b64 y; .reg .b64 d;\n" + text +
                        "\nret; }");
    };
    EXPECT_EQ(body("call (x), g, (y);"), "decoded");
    EXPECT_NE(body("call g, (y);").find("the callee has 1 results, the call 0"), std::string::npos);
    EXPECT_NE(body("call (x), g, (y, y);").find("the callee has 1 parameters, the call 2"), std::string::npos);
    EXPECT_NE(body("call (x), g, (x);").find("x has 4 bytes, the callee's parameter 8"), std::string::npos);
    EXPECT_NE(body("call (x), d, (y), nothing;").find("unknown prototype nothing"), std::string::npos);
}

TEST(Branches, ThroughTables) {
    const Program program = decoded(R"(
.visible .entry k()
{
.reg .b32 r;
T: .branchtargets A, B, A;
brx.idx.uni r, T;
A: mov.b32 r, 1;
B: ret;
}
)");
    EXPECT_EQ(program.find_function("k")->body[0].targets, (std::vector<std::uint32_t>{1, 2, 1}));
}

TEST(Variables, HaveSizesAndInitialBytes) {
    const Program program = decoded(R"(
.visible .global .align 8 .b8 bytes[5] = {1, 2, 255};
.visible .const .f32 floats[2] = {0f3F800000, 0.5};
.visible .global .u16 matrix[2][3] = {{1, 2}, {3, 4, 5}};
.visible .global .v4 .f32 vector;
.visible .global .u32 open[] = {7, 8, 9};
.visible .global .s64 number = -2;
)");
    const auto variable = [&](const char* name) { return program.variables[program.variable_index.at(name)]; };
    const auto bytes = [&](const char* name) {
        std::vector<int> result;
        for (const std::byte byte : variable(name).initial) {
            result.push_back(std::to_integer<int>(byte));
        }
        return result;
    };
    EXPECT_EQ(bytes("bytes"), (std::vector<int>{1, 2, 255, 0, 0}));
    EXPECT_EQ(variable("bytes").alignment, 8U);
    EXPECT_EQ(bytes("floats"), (std::vector<int>{0, 0, 0x80, 0x3f, 0, 0, 0, 0x3f}));
    EXPECT_EQ(variable("floats").space, Space::Const);
    EXPECT_EQ(bytes("matrix"), (std::vector<int>{1, 0, 2, 0, 0, 0, 3, 0, 4, 0, 5, 0}));
    EXPECT_EQ(variable("vector").bytes, 16U);
    EXPECT_EQ(variable("vector").alignment, 16U);
    EXPECT_TRUE(variable("vector").initial.empty());
    EXPECT_EQ(variable("open").bytes, 12U);
    EXPECT_EQ(bytes("number"), (std::vector<int>{254, 255, 255, 255, 255, 255, 255, 255}));
}

TEST(Variables, WithAddressesAreRelocated) {
    const Program program = decoded(R"(
.global .u32 target[4];
.func f() { ret; }
.visible .global .u64 pointers[3] = {target+8, generic(target)+4, f};
.visible .global .b8 packed[12] = {9, 0, 0, 0, 0xFF(target), 0xFF00(target), 0xFF0000(target), 0xFF000000(target),
                                   0xFF00000000(target), 0xFF0000000000(target), 0xFF000000000000(target),
                                   0xFF00000000000000(target)};
)");
    const Variable& pointers = program.variables[program.variable_index.at("pointers")];
    ASSERT_EQ(pointers.relocations.size(), 3U);
    EXPECT_EQ(program.variables[*pointers.relocations[0].variable].name, "target");
    EXPECT_EQ(pointers.relocations[0].addend, 8);
    EXPECT_FALSE(pointers.relocations[0].generic);
    EXPECT_TRUE(pointers.relocations[1].generic);
    EXPECT_EQ(pointers.relocations[1].offset, 8U);
    EXPECT_EQ(program.functions[*pointers.relocations[2].function].name, "f");
    const Variable& packed = program.variables[program.variable_index.at("packed")];
    ASSERT_EQ(packed.relocations.size(), 1U);
    EXPECT_EQ(packed.relocations[0].offset, 4U);
    EXPECT_EQ(packed.initial[0], std::byte{9});
}

TEST(Variables, WrongOnesAreRefused) {
    EXPECT_NE(error_of(".visible .global .u32 x[2] = {1, 2, 3};").find("too many initial values"), std::string::npos);
    EXPECT_NE(error_of(".visible .global .u32 x = nothing;").find("unknown name nothing"), std::string::npos);
    EXPECT_NE(error_of(".visible .global .u32 x = 1.5;").find("does not initialise"), std::string::npos);
    EXPECT_NE(error_of(".global .u32 y; .visible .global .u32 x = y;").find("64 bits"), std::string::npos);
    EXPECT_NE(error_of(".visible .global .align 3 .u32 x;").find("not supported"), std::string::npos);
    EXPECT_NE(error_of(".visible .global .b8 x[99999999][99999999];").find("not supported"), std::string::npos);
    EXPECT_NE(error_of(".visible .global .b8 x[9999999999] = {1};").find("too large"), std::string::npos);
}

TEST(Hostile, SizesDoNotExhaustMemory) {
    EXPECT_NE(error_of(".visible .entry k() { .reg .b32 %r<4000000000>; ret; }").find("too many registers"),
              std::string::npos);
    EXPECT_NE(error_of(".visible .entry k() { .local .b8 x[4000000000]; ret; }").find("too much local memory"),
              std::string::npos);
    EXPECT_NE(error_of(".visible .entry k() { .param .b8 x[4000000000]; ret; }").find("too large a parameter frame"),
              std::string::npos);
    EXPECT_NE(error_of(".visible .shared .b8 x[4000000000];").find("larger than any shared memory"), std::string::npos);
    EXPECT_NE(error_of(".visible .entry k(.param .b8 x[4000000000]) { ret; }").find("not supported"),
              std::string::npos);
}

TEST(Dropping, LeavesWhatNothingRefersTo) {
    const Program program = decoded(R"(
.global .align 1 .b8 unused[1];
.global .u64 chain = used;
.global .u32 used;
.visible .global .u32 kept;
.extern .func vprintf(.param .b64 a);
.weak .func helper() { ret; }
.weak .func unused_helper() { call unused_too; ret; }
.func unused_too() { ret; }
.visible .entry k()
{ .reg .b64 d; mov.u64 d, chain; call helper; ret; }
)");
    const auto has_variable = [&](const char* name) { return program.variable_index.contains(name); };
    const auto has_function = [&](const char* name) { return program.find_function(name) != nullptr; };
    EXPECT_TRUE(has_variable("chain") && has_variable("used") && has_variable("kept"));
    EXPECT_FALSE(has_variable("unused"));
    EXPECT_TRUE(has_function("k") && has_function("helper"));
    EXPECT_FALSE(has_function("vprintf") || has_function("unused_helper") || has_function("unused_too"));
}

TEST(Dropping, ADeclarationGivesWayToTheDefinition) {
    const Program program = decoded(R"(
.extern .shared .align 16 .b8 dynamic[];
.weak .entry later(.param .u32 a);
.visible .func f() { .reg .b64 d; mov.u64 d, later; ret; }
.weak .entry later(.param .u32 a) { .reg .b64 d; mov.u64 d, dynamic; ret; }
.alias g, f;
.visible .func h() { call g; ret; }
)");
    EXPECT_TRUE(program.find_function("later")->defined);
    EXPECT_EQ(program.find_function("later")->parameter_bytes, 4U);
    EXPECT_EQ(program.functions[*program.find_function("h")->calls[0].callee].name, "f");
}

TEST(Reachability, FollowsCallsAndTakenAddresses) {
    const Program program = decoded(R"(
.func leaf() { ret; }
.func direct() { call leaf; ret; }
.func taken() { ret; }
.visible .entry other() { .reg .b64 d; mov.u64 d, taken; mov.u64 d, k; ret; }
.visible .entry k() { call direct; ret; }
.visible .entry indirect() { .reg .b64 d; P: .callprototype _ (); call d, P; ret; }
)");
    const auto names = [&](const char* root) {
        std::vector<std::string> result;
        for (const std::uint32_t index : reachable_functions(program, program.function_index.at(root))) {
            result.push_back(program.functions[index].name);
        }
        return result;
    };
    EXPECT_EQ(names("k"), (std::vector<std::string>{"k", "direct", "leaf"}));
    EXPECT_EQ(names("indirect"), (std::vector<std::string>{"indirect", "taken"}));
}

TEST(Shared, IsLaidOutForEachKernel) {
    const Program program = decoded(R"(
.shared .align 4 .b8 a[10];
.shared .align 32 .b8 b[4];
.shared .align 4 .b8 elsewhere[1000];
.extern .shared .align 64 .b8 dynamic[];
.func helper() { .reg .b64 d; mov.u64 d, b; ret; }
.visible .entry k()
{
.shared .u32 inner;
.reg .b64 d; .reg .b32 r;
mov.u64 d, a;
ld.shared.u32 r, [inner];
mov.u64 d, dynamic;
call helper;
ret;
}
.visible .entry other() { .reg .b64 d; mov.u64 d, elsewhere; ret; }
)");
    const SharedLayout layout = shared_layout(program, program.function_index.at("k"));
    const auto offset = [&](const std::string& name) {
        for (const auto& [index, place] : layout.offsets) {
            if (program.variables[index].name == name) {
                return static_cast<int>(place);
            }
        }
        return -1;
    };
    EXPECT_EQ(offset("elsewhere"), -1);
    EXPECT_EQ(layout.offsets.size(), 4U);
    EXPECT_EQ(layout.dynamic_offset, 64U);
    EXPECT_EQ(offset("dynamic"), 64);
    EXPECT_EQ(offset("b") % 32, 0);
    EXPECT_GE(offset("inner"), 0);
    EXPECT_LE(layout.static_bytes, 64U);
    EXPECT_EQ(shared_layout(program, program.function_index.at("other")).static_bytes, 1000U);
}

TEST(Sources, NameTheInnermostAndTheOutermostPlace) {
    const Program program = decoded(R"(
.visible .entry k()
{
.reg .b32 r;
.loc 7 10 3
mov.b32 r, 1;
.loc 9 20 5, function_name $L0, inlined_at 7 10 3
mov.b32 r, 2;
.loc 9 30 1, function_name $L1, inlined_at 9 20 5
mov.b32 r, 3;
.loc 7 11 1
ret;
}
.file 7 "kernel.cu"
.file 9 "header.cuh"
)");
    const Function& k = *program.find_function("k");
    const auto place = [&](std::size_t i) { return describe(program, k.body[i].source); };
    EXPECT_EQ(place(0), "kernel.cu:10 (ptx line 9)");
    EXPECT_EQ(place(1), "header.cuh:20, inlined at kernel.cu:10 (ptx line 11)");
    EXPECT_EQ(place(2), "header.cuh:30, inlined at kernel.cu:10 (ptx line 13)");
    EXPECT_EQ(place(3), "kernel.cu:11 (ptx line 15)");
    EXPECT_EQ(describe(program, k.source), "kernel.cu:10 (ptx line 5)");
    EXPECT_EQ(describe(program, {}), "unknown place");
}

TEST(Targets, GiveTheArchitecture) {
    EXPECT_EQ(decode_text(".version 8.0\n.target sm_80, debug\n.address_size 64\n")->sm, 80U);
    EXPECT_EQ(decode_text(".version 8.0\n.target sm_90a\n.address_size 64\n")->sm, 90U);
}

} // namespace
} // namespace assay::isa
