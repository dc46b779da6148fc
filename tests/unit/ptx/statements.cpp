#include <gtest/gtest.h>

#include "fixtures.h"
#include "ptx/parser.h"

namespace assay::ptx {

namespace {

template <class T> T statement_of(const std::string& text) {
    Scope body = body_of(text);
    if (body.statements.size() != 1 || !std::holds_alternative<T>(body.statements[0])) {
        ADD_FAILURE() << "not one statement of the kind: " << text;
        return {};
    }
    return std::move(std::get<T>(body.statements[0]));
}

} // namespace

TEST(Statements, InstructionsKeepTheirModifiersInOrder) {
    const Instruction load = instruction_of("@!%p1 ld.global.L1::no_allocate.v4 .f32 {a, b, c, d}, [x];");
    ASSERT_TRUE(load.guard.has_value());
    EXPECT_TRUE(load.guard->negated);
    EXPECT_EQ(load.guard->predicate, "%p1");
    EXPECT_EQ(load.opcode, "ld");
    EXPECT_EQ(load.modifiers, (std::vector<std::string>{"global", "L1::no_allocate", "v4", "f32"}));
    EXPECT_EQ(load.operands.size(), 2U);
    EXPECT_EQ(load.position, (Position{5, 1}));
    EXPECT_FALSE(instruction_of("@p bra L;").guard->negated);
    EXPECT_TRUE(instruction_of("ret;").operands.empty());
    EXPECT_EQ(instruction_of("tex.2d.v4.f32.f32 {a, b, c, d}, [t, {x, y}];").modifiers.at(0), "2d");
}

TEST(Statements, ScopesNestAndMayRepeatLabels) {
    const Scope body = body_of("{ L: bra L; } { L: { .reg .b32 x; } }");
    ASSERT_EQ(body.statements.size(), 2U);
    const Scope& second = *std::get<std::unique_ptr<Scope>>(body.statements[1]);
    EXPECT_EQ(second.position, (Position{5, 15}));
    ASSERT_EQ(second.statements.size(), 2U);
    EXPECT_EQ(std::get<Label>(second.statements[0]).name, "L");
    EXPECT_EQ(std::get<Label>(second.statements[0]).position, (Position{5, 17}));
}

TEST(Statements, Registers) {
    const auto range = statement_of<RegisterDeclaration>(".reg .b32 %r<13>;");
    EXPECT_EQ(range.type, "b32");
    EXPECT_EQ(range.vector, "");
    ASSERT_EQ(range.names.size(), 1U);
    EXPECT_EQ(range.names[0].name, "%r");
    EXPECT_EQ(range.names[0].count, 13U);
    const auto list = statement_of<RegisterDeclaration>(".reg .align 8 .v2 .f32 a, b<2>, c;");
    EXPECT_EQ(list.vector, "v2");
    ASSERT_EQ(list.names.size(), 3U);
    EXPECT_EQ(list.names[0].count, std::nullopt);
    EXPECT_EQ(list.names[1].count, 2U);
}

TEST(Statements, Locations) {
    const auto plain = statement_of<Location>(".loc 1 24 5");
    EXPECT_EQ(plain.file, 1U);
    EXPECT_EQ(plain.line, 24U);
    EXPECT_EQ(plain.column, 5U);
    EXPECT_EQ(plain.function_name, "");
    const auto inlined = statement_of<Location>(".loc 2 3 4, function_name $L__info_string0+12, inlined_at 1 17 3");
    EXPECT_EQ(inlined.function_name, "$L__info_string0+12");
    EXPECT_EQ(inlined.inlined_file, 1U);
    EXPECT_EQ(inlined.inlined_line, 17U);
    EXPECT_EQ(inlined.inlined_column, 3U);
}

TEST(Statements, TablesOfTargets) {
    const auto branches = statement_of<Targets>("T: .branchtargets A, B;");
    EXPECT_FALSE(branches.call);
    EXPECT_EQ(branches.label, "T");
    EXPECT_EQ(branches.names, (std::vector<std::string>{"A", "B"}));
    EXPECT_TRUE(statement_of<Targets>("T : .calltargets f;").call);
}

TEST(Statements, Prototypes) {
    const auto full = statement_of<CallPrototype>("P : .callprototype (.param .b32 _) _ (.param .b64 _, .reg .u32 x);");
    EXPECT_EQ(full.label, "P");
    ASSERT_EQ(full.returns.size(), 1U);
    EXPECT_EQ(full.returns[0].name, "_");
    ASSERT_EQ(full.parameters.size(), 2U);
    EXPECT_EQ(full.parameters[1].space, "reg");
    EXPECT_FALSE(full.noreturn);
    const auto bare = statement_of<CallPrototype>("P: .callprototype ()_ .noreturn;");
    EXPECT_TRUE(bare.returns.empty());
    EXPECT_TRUE(bare.parameters.empty());
    EXPECT_TRUE(bare.noreturn);
}

TEST(Statements, VariablesAndPragmas) {
    EXPECT_EQ(statement_of<Variable>(".local .align 16 .b8 depot[32];").dimensions.at(0), 32U);
    EXPECT_EQ(statement_of<Variable>(".weak .shared .b32 x;").linkage, std::vector<std::string>{"weak"});
    const auto pragma = statement_of<Directive>(".pragma \"nounroll\" , \"x\";");
    EXPECT_EQ(pragma.name, "pragma");
    EXPECT_EQ(pragma.text, "\"nounroll\", \"x\"");
    EXPECT_EQ(body_of(".shared .u32 a, b[2];").statements.size(), 2U);
}

TEST(Statements, Errors) {
    EXPECT_EQ(error_in_body(".shared x;"), "ptx:5:9: expected the type of a variable, found 'x'");
    EXPECT_EQ(error_in_body("@p ;"), "ptx:5:4: expected an instruction after a predicate, found ';'");
    EXPECT_EQ(error_in_body("@5 bra L;"), "ptx:5:2: expected a predicate after '@', found '5'");
    EXPECT_EQ(error_in_body(";"), "ptx:5:1: expected an instruction, a declaration or '}', found ';'");
    EXPECT_EQ(error_in_body(".maxntid 5"), "ptx:5:1: expected an instruction, a declaration or '}', found '.maxntid'");
    EXPECT_EQ(error_in_body("{ ret;"), "ptx:7:1: expected '}' at the end of a body, found the end of the text");
    EXPECT_EQ(error_in_body(".reg .b32 %r<x>;"), "ptx:5:14: expected the number of registers, found 'x'");
    EXPECT_EQ(error_in_body(".reg .b32 %r<4294967296>;"),
              "ptx:5:14: expected the number of registers of 32 bits, found '4294967296'");
    EXPECT_EQ(error_in_body(".loc 1 2;"), "ptx:5:9: expected the column of '.loc', found ';'");
    EXPECT_EQ(error_in_body(".loc 1 2 3, x"), "ptx:5:13: expected 'function_name' or 'inlined_at', found 'x'");
    EXPECT_EQ(error_in_body("P: .callprototype f ();"),
              "ptx:5:19: expected '_' in place of a function's name, found 'f'");
    EXPECT_EQ(error_in_body("T: .branchtargets A B;"), "ptx:5:21: expected ';' or ',' after a target, found 'B'");
    EXPECT_EQ(error_in_body(".shared .u32 a<4>;"), "ptx:5:15: expected ';' after the name of a variable, found '<' "
                                                   "(only registers can be declared by the number)");
}

TEST(Statements, TheDepthOfNestingIsBounded) {
    const std::string open(100'000, '{');
    const std::string deep = "more than 128 levels of nesting";
    EXPECT_EQ(error_in_body(open), "ptx:5:128: " + deep);
    EXPECT_NE(error_in_body("mov.b32 a, " + open).find(deep), std::string::npos);
    EXPECT_NE(error_in_body("mov.b32 a, " + std::string(100'000, '(')).find(deep), std::string::npos);
    EXPECT_NE(error_in_body("mov.b32 a, " + std::string(100'000, '-')).find(deep), std::string::npos);
    EXPECT_NE(error_in_body("mov.b32 a, " + std::string(100'000, '[')).find(deep), std::string::npos);
    EXPECT_NE(error_in_module(".global .b8 x[] = " + open).find(deep), std::string::npos);
    std::string conditional;
    for (int i = 0; i < 100'000; ++i) {
        conditional += "1?";
    }
    EXPECT_NE(error_in_body("mov.b32 a, " + conditional).find(deep), std::string::npos);
    // Breadth is not depth.
    std::string many;
    for (int i = 0; i < 1000; ++i) {
        many += "{ mov.b32 {a}, (1); } ";
    }
    EXPECT_EQ(body_of(many).statements.size(), 1000U);
}

} // namespace assay::ptx
