#include "base/version.h"

#include <gtest/gtest.h>

namespace assay {
namespace {

TEST(Version, TheLinkerHasNamedTheProgram) {
    const std::string id = build_id();
    EXPECT_EQ(id.size(), 40U) << id; // SHA-1
    EXPECT_EQ(id.find_first_not_of("0123456789abcdef"), std::string::npos) << id;
}

} // namespace
} // namespace assay
