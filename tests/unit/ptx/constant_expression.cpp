// The values of constant expressions; those of integers were compared with what ptxas 13.0 puts into a cubin.
#include <gtest/gtest.h>

#include <bit>
#include <limits>

#include "fixtures.h"

namespace assay::ptx {

namespace {

Operand evaluate(const std::string& expression) {
    return std::get<Operand>(variable_of(".global .u64 x = " + expression + ";").initializer.value().value);
}

std::int64_t integer(const std::string& expression) {
    const Operand value = evaluate(expression);
    EXPECT_EQ(value.literal, Operand::Literal::Integer) << expression;
    return static_cast<std::int64_t>(value.bits);
}

double number(const std::string& expression) {
    const Operand value = evaluate(expression);
    EXPECT_EQ(value.literal, Operand::Literal::Float64) << expression;
    return std::bit_cast<double>(value.bits);
}

std::string error(const std::string& expression) {
    return error_in_module(".global .u64 x = " + expression + ";");
}

constexpr std::int64_t lowest = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t highest = std::numeric_limits<std::int64_t>::max();

} // namespace

TEST(ConstantExpression, Literals) {
    EXPECT_EQ(integer("42"), 42);
    EXPECT_EQ(integer("0x1F"), 31);
    EXPECT_EQ(integer("017U"), 15);
    EXPECT_EQ(integer("0b101"), 5);
    EXPECT_EQ(integer("0"), 0);
    EXPECT_EQ(integer("-9223372036854775808"), lowest);
    EXPECT_EQ(integer("18446744073709551615"), -1);
    EXPECT_EQ(integer("WARP_SZ"), 32);
    EXPECT_EQ(evaluate("0f3F800000").literal, Operand::Literal::Float32);
    EXPECT_EQ(evaluate("0f3F800000").bits, 0x3F800000U);
    EXPECT_EQ(number("0d3FF8000000000000"), 1.5);
    EXPECT_EQ(number("1.5e-3"), 1.5e-3);
    EXPECT_EQ(number(".25"), 0.25);
    EXPECT_EQ(number("-2."), -2.0);
}

TEST(ConstantExpression, PrecedenceIsThatOfC) {
    EXPECT_EQ(integer("4*8+1"), 33);
    EXPECT_EQ(integer("1+2*3"), 7);
    EXPECT_EQ(integer("1-1-1"), -1);
    EXPECT_EQ(integer("100/10/2"), 5);
    EXPECT_EQ(integer("1 << 2 + 1"), 8);
    EXPECT_EQ(integer("3 & 6 ^ 1 | 8"), 11);
    EXPECT_EQ(integer("5 > 4 > 3"), 0);
    EXPECT_EQ(integer("1 || 0 && 0"), 1);
    EXPECT_EQ(integer("-(3-5)"), 2);
    EXPECT_EQ(integer("1 ? 2 : 0 ? 3 : 4"), 2);
    EXPECT_EQ(integer("0 ? 2 : 0 ? 3 : 4"), 4);
}

TEST(ConstantExpression, UnaryOperators) {
    EXPECT_EQ(integer("--3"), 3);
    EXPECT_EQ(integer("- -3"), 3);
    EXPECT_EQ(integer("+3"), 3);
    EXPECT_EQ(integer("~0"), -1);
    EXPECT_EQ(integer("!5"), 0);
    EXPECT_EQ(integer("!0"), 1);
    EXPECT_EQ(integer("-~5"), 6);
}

TEST(ConstantExpression, SignednessFollowsPtxas) {
    EXPECT_EQ(integer("-7 / 2"), -3);
    EXPECT_EQ(integer("-1 / 2U"), highest);
    EXPECT_EQ(integer("-7 % 3"), 0); // the remainder is unsigned
    EXPECT_EQ(integer("(-1 % 5 - 3) / 2"), highest - 1);
    EXPECT_EQ(integer("-1 < 1"), 1);
    EXPECT_EQ(integer("-1 < 1U"), 0);
    EXPECT_EQ(integer("-8 >> 1"), -4);
    EXPECT_EQ(integer("-8U >> 1"), highest - 3);
    EXPECT_EQ(integer("~0 >> 1"), highest); // ~ is unsigned
    EXPECT_EQ(integer("(-1 & -1) >> 1"), -1);
    EXPECT_EQ(integer("(1U ^ -1) >> 1"), highest);
    EXPECT_EQ(integer("(1 ? -1 : 2U) >> 1"), -1);
    EXPECT_EQ(integer("(.u64)-1 / 2"), highest);
    EXPECT_EQ(integer("(.s64)0xFFFFFFFFFFFFFFFF / 2"), 0);
    EXPECT_EQ(integer("0xFFFFFFFFFFFFFFFF / 2"), highest);
}

TEST(ConstantExpression, NothingOverflows) {
    EXPECT_EQ(integer("-9223372036854775808 / -1"), 0); // the literal alone is unsigned
    EXPECT_EQ(integer("(-9223372036854775807 - 1) / -1"), lowest);
    EXPECT_EQ(integer("9223372036854775807 + 1"), lowest);
    EXPECT_EQ(integer("1 << 64"), 1);
    EXPECT_EQ(integer("1 << 65"), 2);
    EXPECT_EQ(integer("1 >> -1"), 0);
    EXPECT_EQ(integer("1 << 63 >> 63"), -1);
}

TEST(ConstantExpression, Doubles) {
    EXPECT_EQ(number("1.5 * 2.0 + 0.25 / -1.0"), 2.75);
    EXPECT_EQ(number("1 ? 1.5 : 2.5"), 1.5);
    EXPECT_EQ(integer("1.5 < 2.5"), 1);
    EXPECT_EQ(integer("1.5 == 2.5"), 0);
    EXPECT_EQ(integer("1.5 != 2.5"), 1);
    EXPECT_EQ(integer("1.5 >= 2.5"), 0);
}

TEST(ConstantExpression, TheTextReadsBackTheSame) {
    EXPECT_EQ(evaluate("10 % /* three */ 3").text, "10 % 3");
    EXPECT_EQ(evaluate("- 1").text, "-1");
    EXPECT_EQ(evaluate("(1<<4)|0xF").text, "(1 << 4) | 0xF");
    EXPECT_EQ(evaluate("(.u64) 9/2").text, "(.u64)9 / 2");
    EXPECT_EQ(evaluate("7>3?11:22").text, "7 > 3 ? 11 : 22");
}

TEST(ConstantExpression, Errors) {
    EXPECT_EQ(error("1 / 0"), "ptx:4:20: a constant expression divides by zero");
    EXPECT_EQ(error("1.0 / 0.0"), "ptx:4:22: a constant expression divides by zero");
    EXPECT_EQ(error("99999999999999999999"), "ptx:4:18: 99999999999999999999 does not fit 64 bits");
    EXPECT_EQ(error("1e999"), "ptx:4:18: 1e999 is outside the range of a double");
    EXPECT_EQ(error("(1"), "ptx:4:20: expected ')' of a constant expression, found ';'");
    EXPECT_EQ(error("1 ? 2"), "ptx:4:23: expected ':' of a conditional expression, found ';'");
    EXPECT_EQ(error("1 + x"), "ptx:4:22: expected a number, found 'x'");
    for (const char* mixed :
         {"1.0 + 2", "-0f3F800000", "~1.5", "1.5 % 2.0", "1.0 ? 2 : 3", "1 ? 2 : 3.0", "(.s64)1.0"}) {
        EXPECT_NE(error(mixed).find("have types that it cannot take"), std::string::npos) << mixed;
    }
}

} // namespace assay::ptx
