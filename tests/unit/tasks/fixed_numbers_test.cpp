#include "tasks/fixed_numbers.h"

#include <gtest/gtest.h>

#include "source_dir.h"
#include "tasks/task.h"

namespace assay::tasks {
namespace {

using Fixed = std::map<std::string, std::vector<std::string>>;

TEST(FixedNumbers, AreAttributesAndArgumentsWithAName) {
    EXPECT_EQ(fixed_numbers("conv2d(tensor(x, n), w, {}, {.stride = {2, 3}, .padding = 1, .groups = channels}, y);"),
              (Fixed{{"stride", {"2", "3"}}, {"padding", {"1"}}, {"groups", {"channels"}}}));
    EXPECT_EQ(fixed_numbers("leaky_relu(tensor(x, rows, cols), 0.01, y);"), (Fixed{{"negative_slope", {"0.01"}}}));
    EXPECT_EQ(fixed_numbers("elu(selu(tensor(x, 5), y), 1, y);"), (Fixed{{"alpha", {"1"}}}));
    EXPECT_EQ(fixed_numbers("hard_tanh(tensor(x, n), -1, 1.5, y);"),
              (Fixed{{"min_val", {"-1"}}, {"max_val", {"1.5"}}}));
    EXPECT_EQ(fixed_numbers("group_norm(s, groups, tensor(gamma, n), tensor(beta, n), 1e-5, y);"),
              (Fixed{{"eps", {"1e-5"}}}));
}

TEST(FixedNumbers, OfSeveralCallsTheFirstCounts) {
    EXPECT_EQ(fixed_numbers("a({.stride = 2}); b({.stride = 3});"), (Fixed{{"stride", {"2"}}}));
}

TEST(FixedNumbers, AreNothingElse) {
    EXPECT_EQ(fixed_numbers("x.y = 3; selu(tensor(x, 0.5, n), y); elu(x, 2 * k, y); f({.bias = g(1)}"),
              (Fixed{{"y", {"3"}}}));
    EXPECT_EQ(fixed_numbers(".stride = {1, "), Fixed{});
}

TEST(FixedNumbers, AreBoundWithTheAxesTheyName) {
    const auto task = load(source_dir() + "/tasks/level1/kb1_082_conv_depthwise_2d_square_input_square_kernel.json");
    ASSERT_TRUE(task) << task.error().to_string();
    const auto binding = bind(*task, task->workloads.front());
    ASSERT_TRUE(binding);
    ASSERT_TRUE(binding->fixed.contains("groups"));
    EXPECT_EQ(binding->fixed.at("groups").front(), task->workloads.front().values.at("channels"));
}

} // namespace
} // namespace assay::tasks
