#include "base/error.h"

#include <gtest/gtest.h>

namespace assay {
namespace {

TEST(Error, SaysWhereWhatAndHintAndLeavesOutWhatIsEmpty) {
    EXPECT_EQ((Error{"no such axis 'row'", "softmax.json#/axes", "did you mean 'rows'?"}.to_string()),
              "softmax.json#/axes: no such axis 'row' (did you mean 'rows'?)");
    EXPECT_EQ((Error{"disk full", "", ""}.to_string()), "disk full");
}

} // namespace
} // namespace assay
