// fast_p: what counts, what stays in the denominator, and what is never mixed.
#include "scoring/fast_p.h"

#include <cmath>
#include <gtest/gtest.h>

namespace assay::scoring {
namespace {

using store::Evaluation;
using store::Status;

Evaluation failed(const std::string& task, Status status = Status::Incorrect) {
    Evaluation evaluation;
    evaluation.task = task;
    evaluation.task_hash = "hash of " + task;
    evaluation.status = status;
    evaluation.author = "model";
    evaluation.device = {{"name", "vGPU"}, {"clock", "host"}};
    return evaluation;
}

Evaluation passed(const std::string& task, double low, double speedup, double high) {
    Evaluation evaluation = failed(task, Status::Passed);
    auto& timing = evaluation.timing.emplace();
    timing.clock = "host";
    timing.low = low;
    timing.speedup = speedup;
    timing.high = high;
    return evaluation;
}

TEST(FastP, EveryTaskOfTheSuiteIsInTheDenominator) {
    const auto result = score({passed("a", 2.5, 2.6, 2.7), passed("b", 0.9, 1.05, 1.2), failed("c")},
                              {"a", "b", "c", "never evaluated"});
    ASSERT_TRUE(result) << result.error().to_string();
    EXPECT_EQ(result->tasks, 4U);
    EXPECT_EQ(result->correct, 2U);
    EXPECT_EQ(result->timed, 2U);
    ASSERT_EQ(result->fast.size(), 3U);
    EXPECT_EQ(result->fast[0].value, 0.5);
    EXPECT_EQ(result->fast[1].value, 0.25); // b's interval reaches below 1
    EXPECT_EQ(result->fast[1].by_estimate, 0.5);
    EXPECT_EQ(result->fast[2].value, 0.25);
    EXPECT_LE(result->fast[1].interval.low, 0.25);
    EXPECT_GT(result->fast[1].interval.high, 0.25);
    EXPECT_EQ(result->clock, "host");
    EXPECT_EQ(result->device, "vGPU");
    EXPECT_EQ(result->label, "model");
    EXPECT_DOUBLE_EQ(result->geometric_mean_speedup, std::sqrt(2.6 * 1.05));
}

TEST(FastP, MoreThanPIsStrict) {
    const auto result = score({passed("a", 1, 1, 1)}, {"a"}, {0, 1, 0.5});
    ASSERT_TRUE(result);
    EXPECT_EQ(result->fast[0].value, 1);
    EXPECT_EQ(result->fast[1].value, 0);
    EXPECT_EQ(result->fast[2].value, 1);
}

TEST(FastP, AFastButWrongCandidateCountsNothing) {
    auto wrong = passed("a", 9, 10, 11);
    wrong.status = Status::Incorrect;
    const auto result = score({wrong}, {"a"});
    ASSERT_TRUE(result);
    EXPECT_EQ(result->fast[0].value, 0);
    EXPECT_EQ(result->fast[1].value, 0);
    EXPECT_TRUE(std::isnan(result->geometric_mean_speedup));
}

TEST(FastP, CorrectButNotTimed) {
    const auto result = score({failed("a", Status::Passed)}, {"a"});
    ASSERT_TRUE(result);
    EXPECT_EQ(result->fast[0].value, 1);
    EXPECT_EQ(result->fast[1].value, 0);
    EXPECT_EQ(result->fast[1].by_estimate, 0);
    EXPECT_EQ(result->timed, 0U);
}

TEST(FastP, TheBestCorrectOneByTheLowerEndCounts) {
    auto wrong = passed("a", 50, 60, 70);
    wrong.status = Status::Race;
    std::vector<Evaluation> evaluations{passed("a", 0.5, 9, 20), wrong, passed("a", 1.5, 1.6, 1.7), failed("a")};
    for (std::size_t i = 0; i < evaluations.size(); i++) {
        evaluations[i].candidate = std::to_string(i);
    }
    const auto result = score(evaluations, {"a"});
    ASSERT_TRUE(result);
    EXPECT_EQ(result->fast[1].value, 1);
    EXPECT_DOUBLE_EQ(result->geometric_mean_speedup, 1.6);
}

TEST(FastP, OfOneCandidateTheLastVerdictCounts) {
    const auto unlucky = score({passed("a", 3, 3, 3), passed("a", 2, 2, 2)}, {"a"});
    ASSERT_TRUE(unlucky);
    EXPECT_DOUBLE_EQ(unlucky->geometric_mean_speedup, 2);
    const auto rejected = score({passed("a", 3, 3, 3), failed("a", Status::Rejected)}, {"a"});
    ASSERT_TRUE(rejected);
    EXPECT_EQ(rejected->correct, 0U);
    const auto interrupted = score({passed("a", 3, 3, 3), failed("a", Status::HarnessError)}, {"a"});
    ASSERT_TRUE(interrupted);
    EXPECT_EQ(interrupted->correct, 1U);
    auto changed = passed("a", 2, 2, 2);
    changed.candidate_hash = "another text of the same name";
    const auto both = score({passed("a", 3, 3, 3), changed}, {"a"});
    ASSERT_TRUE(both);
    EXPECT_DOUBLE_EQ(both->geometric_mean_speedup, 3);
}

TEST(FastP, EvaluationsOfOtherTasksAreLeftOut) {
    const auto result = score({passed("z", 3, 3, 3), failed("a")}, {"a"});
    ASSERT_TRUE(result);
    EXPECT_EQ(result->tasks, 1U);
    EXPECT_EQ(result->correct, 0U);
}

TEST(FastP, DevicesAndClocksAreNeverMixed) {
    auto other_device = passed("b", 1, 1, 1);
    other_device.device["name"] = "H200";
    const auto devices = score({passed("a", 1, 1, 1), other_device}, {"a", "b"});
    ASSERT_FALSE(devices);
    EXPECT_NE(devices.error().what.find("H200"), std::string::npos);

    auto other_clock = passed("b", 1, 1, 1);
    other_clock.timing->clock = "model";
    const auto clocks = score({passed("a", 1, 1, 1), other_clock}, {"a", "b"});
    ASSERT_FALSE(clocks);
    EXPECT_NE(clocks.error().what.find("model"), std::string::npos);
}

TEST(FastP, AFailureBeforeTheDeviceWasKnownMixesNothing) {
    auto early = failed("b", Status::CompileError);
    early.device = nullptr;
    EXPECT_TRUE(score({passed("a", 1, 1, 1), early}, {"a", "b"}));
}

TEST(FastP, ResultsFromBeforeAndAfterATaskChangedAreNotMixed) {
    auto newer = passed("a", 2, 2, 2);
    newer.task_hash = "another";
    const auto result = score({passed("a", 1, 1, 1), newer}, {"a"});
    ASSERT_FALSE(result);
    EXPECT_NE(result.error().what.find("'a'"), std::string::npos);
}

TEST(FastP, ASuiteMustMakeSense) {
    EXPECT_FALSE(score({}, {}));
    EXPECT_FALSE(score({}, {"a", "a"}));
    const auto nothing = score({}, {"a", "b"});
    ASSERT_TRUE(nothing);
    EXPECT_EQ(nothing->fast[0].value, 0);
    EXPECT_EQ(nothing->fast[0].interval.high, 0);
}

} // namespace
} // namespace assay::scoring
