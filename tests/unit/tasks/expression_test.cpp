#include <limits>

#include <gtest/gtest.h>

#include "tasks/task.h"

namespace assay::tasks {
namespace {

const std::map<std::string, double> values{{"h", 13},  {"k", 5},    {"pad", 2},     {"half", 0.5},
                                           {"min", 7}, {"_x1", -3}, {"huge", 1e300}};

std::int64_t value_of(std::string_view text) {
    const auto value = evaluate_expression(text, values);
    EXPECT_TRUE(value.has_value()) << text << ": " << value.error().what;
    return value.value_or(std::numeric_limits<std::int64_t>::min());
}

std::string error_of(std::string_view text) {
    const auto value = evaluate_expression(text, values);
    EXPECT_FALSE(value.has_value()) << text << " is " << *value;
    return value ? "" : value.error().what;
}

TEST(Expression, FollowsPrecedence) {
    EXPECT_EQ(value_of("1 + 2 * 3"), 7);
    EXPECT_EQ(value_of("(1 + 2) * 3"), 9);
    EXPECT_EQ(value_of("20 - 5 - 3"), 12);
    EXPECT_EQ(value_of("100 / 5 / 2"), 10);
    EXPECT_EQ(value_of("7 * 3 % 4"), 1);
    EXPECT_EQ(value_of("2 - -3"), 5);
    EXPECT_EQ(value_of("--4"), 4);
    EXPECT_EQ(value_of("-h + k"), -8);
    EXPECT_EQ(value_of("-(h + k)"), -18);
    EXPECT_EQ(value_of(" ( ( h ) ) "), 13);
}

TEST(Expression, DivisionTruncates) {
    EXPECT_EQ(value_of("7 / 2"), 3);
    EXPECT_EQ(value_of("-7 / 2"), -3);
    EXPECT_EQ(value_of("-7 % 2"), -1);
}

TEST(Expression, KnowsNamesAndFunctions) {
    EXPECT_EQ(value_of("(h + 2 * pad - k) / 2 + 1"), 7);
    EXPECT_EQ(value_of("min(h, k) + max(h, k)"), 18);
    EXPECT_EQ(value_of("min"), 7) << "a name is a function only before a parenthesis";
    EXPECT_EQ(value_of("min(min, 9)"), 7);
    EXPECT_EQ(value_of("_x1"), -3);
    EXPECT_EQ(value_of("ceil_div(h, k)"), 3);
    EXPECT_EQ(value_of("ceil_div(10, k)"), 2);
    EXPECT_EQ(value_of("ceil_div(9223372036854775807, 2)"), 4611686018427387904);
}

TEST(Expression, NamesWhatIsWrong) {
    EXPECT_EQ(error_of("width + 1"), "undefined name \"width\" in \"width + 1\"");
    EXPECT_EQ(error_of("half * 2"), "\"half\" is 0.5, which is not an integer, in \"half * 2\"");
    EXPECT_NE(error_of("huge").find("not an integer"), std::string::npos);
    EXPECT_EQ(error_of(""), "unexpected end in \"\"");
    EXPECT_EQ(error_of("h +"), "unexpected end in \"h +\"");
    EXPECT_EQ(error_of("h k"), "unexpected 'k' in \"h k\"");
    EXPECT_EQ(error_of("h ^ 2"), "unexpected '^' in \"h ^ 2\"");
    EXPECT_EQ(error_of("(h"), "missing ')' in \"(h\"");
    EXPECT_EQ(error_of("h)"), "unexpected ')' in \"h)\"");
    EXPECT_EQ(error_of("1.5"), "unexpected '.' in \"1.5\"");
    EXPECT_EQ(error_of("pow(2, 3)"), "unknown function \"pow\" in \"pow(2, 3)\"");
    EXPECT_EQ(error_of("max(2)"), "max takes two arguments in \"max(2)\"");
    EXPECT_EQ(error_of("max(1, 2, 3)"), "missing ')' in \"max(1, 2, 3)\"");
    EXPECT_EQ(error_of("h / 0"), "division by zero in \"h / 0\"");
    EXPECT_EQ(error_of("h % (k - 5)"), "division by zero in \"h % (k - 5)\"");
    EXPECT_EQ(error_of("ceil_div(h, 0)"), "ceil_div(13, 0) is not defined in \"ceil_div(h, 0)\"");
}

TEST(Expression, DetectsEveryOverflow) {
    EXPECT_EQ(value_of("-9223372036854775807 - 1"), std::numeric_limits<std::int64_t>::min());
    for (const char* const text :
         {"9223372036854775808", "9223372036854775807 + 1", "-9223372036854775807 - 2", "9223372036854775807 * 2",
          "(-9223372036854775807 - 1) / -1", "(-9223372036854775807 - 1) % -1", "-(-9223372036854775807 - 1)"}) {
        EXPECT_NE(error_of(text).find("overflow"), std::string::npos) << text;
    }
}

TEST(Expression, LimitsItsNesting) {
    EXPECT_EQ(value_of(std::string(60, '(') + "1" + std::string(60, ')')), 1);
    EXPECT_NE(error_of(std::string(100'000, '(')).find("too many nested parentheses"), std::string::npos);
    EXPECT_EQ(value_of(std::string(100'000, '-') + "1"), 1) << "signs do not nest";
}

} // namespace
} // namespace assay::tasks
