#include "base/json.h"

#include <gtest/gtest.h>

namespace assay {
namespace {

TEST(Json, IsReadWithItsErrors) {
    EXPECT_EQ(parse_json(R"({"a": [1, 2]})"), nlohmann::json({{"a", {1, 2}}}));
    EXPECT_TRUE(parse_json("{").error().what.starts_with("is not JSON"));
    EXPECT_TRUE(parse_json("").error().what.starts_with("is not JSON"));
}

TEST(Json, NothingDeepIsBuilt) {
    const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
    EXPECT_TRUE(parse_json(nested(max_json_depth)));
    EXPECT_EQ(parse_json(nested(max_json_depth + 1)).error().what, "is nested deeper than 64");
    EXPECT_EQ(parse_json(nested(1'000'000)).error().what, "is nested deeper than 64");
    EXPECT_EQ(parse_json(std::string(1'000'000, '[')).error().what, "is nested deeper than 64");
    EXPECT_EQ(parse_json(nested(3), 2).error().what, "is nested deeper than 2");
}

} // namespace
} // namespace assay
