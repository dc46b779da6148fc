#include <gtest/gtest.h>

#include "fixtures.h"

namespace assay::ptx {

using Kind = Operand::Kind;

namespace {

Operand operand_of(const std::string& text) {
    return instruction_of("mov.b32 %r0, " + text + ";").operands.at(1);
}

} // namespace

TEST(Operands, Names) {
    const Operand plain = operand_of("%r1");
    EXPECT_EQ(plain.kind, Kind::Identifier);
    EXPECT_EQ(plain.name, "%r1");
    EXPECT_EQ(plain.position, (Position{5, 14}));
    EXPECT_EQ(operand_of("%tid.x").name, "%tid.x");
    EXPECT_EQ(operand_of("%v .b0").name, "%v.b0");
    const Operand symbol = operand_of("table + 4 * 2");
    EXPECT_EQ(symbol.name, "table");
    EXPECT_EQ(symbol.offset, 8);
    const Operand negated = operand_of("!%p1");
    EXPECT_EQ(negated.kind, Kind::Identifier);
    EXPECT_TRUE(negated.negated);
    EXPECT_EQ(negated.name, "%p1");
    EXPECT_EQ(operand_of("_").kind, Kind::Sink);
    EXPECT_EQ(operand_of("_x").kind, Kind::Identifier);
}

TEST(Operands, Literals) {
    const Operand negative = operand_of("-7");
    EXPECT_EQ(negative.kind, Kind::Literal);
    EXPECT_EQ(negative.text, "-7");
    EXPECT_EQ(static_cast<std::int64_t>(negative.bits), -7);
    EXPECT_EQ(operand_of("0f3F800000").literal, Operand::Literal::Float32);
    EXPECT_EQ(operand_of(".5").literal, Operand::Literal::Float64);
    EXPECT_EQ(operand_of("(1+2)*3").bits, 9U);
    EXPECT_EQ(operand_of("!0").bits, 1U);
}

TEST(Operands, AnAddressOwnsTheOffsetOfItsFirstPart) {
    const Operand address = operand_of("[%rd1+-8]");
    EXPECT_EQ(address.kind, Kind::Address);
    EXPECT_EQ(address.offset, -8);
    ASSERT_EQ(address.elements.size(), 1U);
    EXPECT_EQ(address.elements[0].name, "%rd1");
    EXPECT_EQ(address.elements[0].offset, 0);
    EXPECT_EQ(operand_of("[ %rd1 + 0 ]").offset, 0);
    EXPECT_EQ(operand_of("[%rd1+4+4*2]").offset, 12);
    const Operand absolute = operand_of("[16]");
    EXPECT_EQ(absolute.elements.at(0).kind, Kind::Literal);
    EXPECT_EQ(absolute.elements.at(0).bits, 16U);
}

TEST(Operands, AddressesOfTensorsAndTextures) {
    const Operand tensor = operand_of("[%rd1, {%r1, %r2}]");
    ASSERT_EQ(tensor.elements.size(), 2U);
    EXPECT_EQ(tensor.elements[1].kind, Kind::Vector);
    EXPECT_EQ(tensor.elements[1].elements.size(), 2U);
    EXPECT_EQ(operand_of("[tex, sampler, {%f1}]").elements.size(), 3U);
}

TEST(Operands, VectorsAndPairs) {
    const Operand vector = operand_of("{%r1, _, 0, %r2}");
    EXPECT_EQ(vector.kind, Kind::Vector);
    ASSERT_EQ(vector.elements.size(), 4U);
    EXPECT_EQ(vector.elements[1].kind, Kind::Sink);
    EXPECT_EQ(vector.elements[2].kind, Kind::Literal);
    const Operand pair = operand_of("%p1 | _");
    EXPECT_EQ(pair.kind, Kind::Pair);
    ASSERT_EQ(pair.elements.size(), 2U);
    EXPECT_EQ(pair.elements[0].name, "%p1");
    EXPECT_EQ(pair.elements[1].kind, Kind::Sink);
}

TEST(Operands, Calls) {
    const Instruction call = instruction_of("call.uni (%r1), f, (%r2, 5), prototype_0;");
    EXPECT_EQ(call.modifiers, std::vector<std::string>{"uni"});
    ASSERT_EQ(call.operands.size(), 4U);
    EXPECT_EQ(call.operands[0].kind, Kind::List);
    EXPECT_EQ(call.operands[1].name, "f");
    EXPECT_EQ(call.operands[2].elements.size(), 2U);
    EXPECT_EQ(call.operands[3].name, "prototype_0");
    EXPECT_TRUE(instruction_of("call f, ();").operands.at(1).elements.empty());
    EXPECT_EQ(instruction_of("call f;").operands.size(), 1U);
}

TEST(Operands, Errors) {
    EXPECT_EQ(error_in_body("mov.u32 %r1, ;"), "ptx:5:14: expected an operand, found ';'");
    EXPECT_EQ(error_in_body("mov.u32 %r1 %r2;"),
              "ptx:5:13: expected ',' or ';' after an operand of 'mov', found '%r2'");
    EXPECT_EQ(error_in_body("ld.u32 %r1, [%rd1;"), "ptx:5:18: expected ',' or ']', found ';'");
    EXPECT_EQ(error_in_body("ld.u32 %r1, [%rd1-8];"),
              "ptx:5:18: expected '+' before an offset, found '-' (write a negative offset as +-8)");
    EXPECT_EQ(error_in_body("ld.u32 %r1, a[1];"), "ptx:5:14: expected ',' or ';' after 'a', found '[' "
                                                  "(array elements are written as addresses in bytes: [array+4])");
    EXPECT_EQ(error_in_body("ld.u32 %r1, [%rd1+1.5];"), "ptx:5:18: expected an integer offset, found '1.5'");
    EXPECT_EQ(error_in_body("setp.eq.u32 p|1, a, b;"), "ptx:5:15: expected a name, found '1'");
    EXPECT_EQ(error_in_body("mov.b64 %rd1, {%r1, %r2);"), "ptx:5:24: expected ',' or '}', found ')'");
    EXPECT_EQ(error_in_body("mov.b64 %rd1, {};"), "ptx:5:16: expected an operand, found '}'");
}

} // namespace assay::ptx
