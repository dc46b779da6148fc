// Host code that reads device memory back: what it does is asked of whoever has the device, segment by segment.
#include <cstring>

#include "plan/plan_json.h"
#include "plan/planner.h"
#include "unit/plan/recording.h"

namespace assay::plan::testing {
namespace {

using Bytes = std::vector<std::byte>;

Bytes bytes_of(std::int32_t value) {
    Bytes bytes(sizeof value);
    std::memcpy(bytes.data(), &value, sizeof value);
    return bytes;
}

/// Answers the reads with these numbers, and keeps the segments, the last one too.
struct Device {
    std::vector<std::int32_t> answers;
    std::vector<LaunchPlan> segments;

    std::expected<LaunchPlan, PlanError> run(const std::string& entry, const RecordLimits& limits = {}) {
        auto last = record(program("live"), entry, unary(), {}, limits, [this](LaunchPlan segment) {
            segments.push_back(std::move(segment));
            return std::expected<Bytes, PlanError>(bytes_of(answers.at(segments.size() - 1)));
        });
        if (last) {
            segments.push_back(*last);
        }
        return last;
    }

    [[nodiscard]] LaunchPlan whole() const {
        LaunchPlan plan;
        for (const LaunchPlan& segment : segments) {
            append(plan, segment);
        }
        return plan;
    }
};

TEST(Live, WithoutADeviceThePlanEndsWithTheRead) {
    const LaunchPlan plan = plan_of("live", "until_zero");
    ASSERT_EQ(plan.steps.size(), 3u);
    const Read read = step<Read>(plan, 2);
    EXPECT_EQ(pointer(plan, read.source), "scratch0");
    EXPECT_EQ(read.bytes, 4u);
    EXPECT_EQ(read.line, line_of("live", "until_zero"));
    EXPECT_TRUE(is_data_dependent(plan));
    EXPECT_FALSE(is_data_dependent(plan_of("ping_pong")));
}

TEST(Live, TheBytesDecideHowOftenALoopRuns) {
    Device device{{7, 1, 0}, {}};
    ASSERT_TRUE(device.run("until_zero"));
    ASSERT_EQ(device.segments.size(), 4u);
    for (std::size_t i = 0; i < 3; ++i) {
        EXPECT_EQ(device.segments[i].steps.size(), 3u) << i;
        EXPECT_TRUE(ends_in_read(device.segments[i])) << i;
        EXPECT_EQ(step<Fill>(device.segments[i], 0).value, i);
    }
    EXPECT_EQ(device.segments[3].steps.size(), 1u);
    EXPECT_FALSE(ends_in_read(device.segments[3]));
    const LaunchPlan plan = device.whole();
    EXPECT_EQ(plan.steps.size(), 10u);
    EXPECT_EQ(plan.buffers.size(), 3u);
    EXPECT_EQ(plan.printed, "done\n");

    Device once{{0}, {}};
    ASSERT_TRUE(once.run("until_zero"));
    EXPECT_EQ(once.whole().steps.size(), 4u);
    EXPECT_LT(once.whole().host_steps, plan.host_steps);
}

TEST(Live, TheBytesDecideSizesToo) {
    Device device{{5}, {}};
    ASSERT_TRUE(device.run("sized_by_count"));
    const LaunchPlan plan = device.whole();
    EXPECT_EQ(plan.buffers.back().bytes, 20u);
    EXPECT_EQ(step<Launch>(plan, 1).grid[0], 5u);
    EXPECT_EQ(pointer(plan, step<Read>(plan, 0).source), "flag");
    EXPECT_EQ(step<Read>(plan, 0).line, line_of("live", "sized_by_count"));
}

TEST(Live, OnlyWhatTheHostDoesAfterTheFirstReadIsWaitedFor) {
    Device device{{1, 1, 0}, {}};
    ASSERT_TRUE(device.run("until_zero"));
    EXPECT_EQ(device.segments[0].deciding_steps, 0u);
    EXPECT_GT(device.segments[1].deciding_steps, 0u);
    EXPECT_LT(device.segments[1].deciding_steps, device.segments[1].host_steps);
    EXPECT_GT(device.whole().deciding_steps, device.segments[1].deciding_steps);
    EXPECT_EQ(plan_of("ping_pong").deciding_steps, 0u);
}

TEST(Live, ReadsAreBounded) {
    Device device{std::vector<std::int32_t>(20, 1), {}};
    RecordLimits limits;
    limits.reads = 10;
    auto plan = device.run("until_zero", limits);
    ASSERT_FALSE(plan);
    EXPECT_EQ(plan.error().kind, PlanError::Kind::Limit);
    EXPECT_NE(plan.error().what.find("more than 10 times"), std::string::npos) << plan.error().what;
    EXPECT_EQ(plan.error().line, line_of("live", "until_zero"));
    EXPECT_EQ(device.segments.size(), 10u);

    limits = {};
    limits.read_bytes = 4;
    Device second{std::vector<std::int32_t>(20, 1), {}};
    plan = second.run("until_zero", limits);
    ASSERT_FALSE(plan);
    EXPECT_EQ(plan.error().kind, PlanError::Kind::Rejected);
    EXPECT_EQ(plan.error().rule, "host-work");
    EXPECT_EQ(second.segments.size(), 1u);

    limits = {};
    limits.plan_steps = 7; // of all segments together
    Device third{std::vector<std::int32_t>(20, 1), {}};
    plan = third.run("until_zero", limits);
    ASSERT_FALSE(plan);
    EXPECT_EQ(plan.error().kind, PlanError::Kind::Limit);
    EXPECT_EQ(third.segments.size(), 2u);
}

// A flag may be read as often as reads are allowed; of data, a sixteenth of the inputs.
TEST(Live, WhatHostCodeDecidesOnIsLessThanTheData) {
    EXPECT_EQ(deciding_bytes(unary(1)), RecordLimits{}.reads * sizeof(std::int32_t));
    const tasks::Binding large = unary(1 << 20);
    EXPECT_EQ(deciding_bytes(large), large.inputs.front().bytes() / 16);

    const auto plan = record(program("live"), "ends_with_read", unary(10'000)); // 40 000 bytes
    ASSERT_FALSE(plan);
    EXPECT_EQ(plan.error().kind, PlanError::Kind::Rejected);
    EXPECT_EQ(plan.error().rule, "host-work");
    EXPECT_EQ(plan.error().line, line_of("live", "ends_with_read"));
}

TEST(Live, ADestinationThatIsTooSmallIsNoReasonToRunAnything) {
    Device device;
    const auto plan = device.run("too_small");
    ASSERT_FALSE(plan);
    EXPECT_EQ(plan.error().kind, PlanError::Kind::PlanError);
    EXPECT_EQ(plan.error().call, "cudaMemcpy");
    EXPECT_EQ(plan.error().line, line_of("live", "too_small"));
    EXPECT_TRUE(device.segments.empty());
}

TEST(Live, AfterAReadAtTheEndComesASegmentWithoutSteps) {
    unsigned reads = 0;
    const auto last = record(program("live"), "ends_with_read", unary(1000), {}, {}, [&](const LaunchPlan& segment) {
        ++reads;
        return std::expected<Bytes, PlanError>(Bytes(std::get<Read>(segment.steps.back()).bytes));
    });
    ASSERT_TRUE(last) << last.error().to_string();
    EXPECT_EQ(reads, 1u);
    EXPECT_TRUE(last->steps.empty());
    EXPECT_FALSE(ends_in_read(*last));
}

TEST(Live, AnAnswerOfAnotherLengthIsRefused) {
    const auto plan = record(program("live"), "until_zero", unary(), {}, {},
                             [](LaunchPlan) { return std::expected<Bytes, PlanError>(Bytes(3)); });
    ASSERT_FALSE(plan);
    EXPECT_NE(plan.error().what.find("3 bytes"), std::string::npos) << plan.error().what;
}

TEST(Live, RoundTripsAsJsonAndShowsItsReads) {
    Device device{{1, 0}, {}};
    ASSERT_TRUE(device.run("until_zero"));
    const LaunchPlan plan = device.whole();
    nlohmann::json written = to_json(plan);
    EXPECT_EQ(written.at("data_dependent"), true);
    EXPECT_FALSE(to_json(plan_of("ping_pong")).contains("data_dependent"));
    auto read = from_json(nlohmann::json::parse(written.dump()));
    ASSERT_TRUE(read) << read.error().to_string();
    EXPECT_EQ(to_json(*read), written);
    const std::string text = to_text(plan);
    EXPECT_NE(text.find("depends on data"), std::string::npos) << text;
    EXPECT_NE(text.find("read    scratch0: 4 bytes"), std::string::npos) << text;

    written["data_dependent"] = false;
    EXPECT_FALSE(from_json(written));
    written["data_dependent"] = true;
    written["steps"][2]["bytes"] = 5; // beyond the buffer
    read = from_json(written);
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().where, "/steps/2/read");
}

class LiveWorker : public ::testing::Test {
protected:
    static constexpr std::chrono::milliseconds timeout{20'000};

    Result<LiveRecording> begin(const std::string& entry) {
        return planner_.record_live({read_source("live.ptx"), entry, {}, {}}, unary());
    }
    Planner planner_;
};

TEST_F(LiveWorker, WaitsForTheBytes) {
    auto recording = begin("until_zero");
    ASSERT_TRUE(recording) << recording.error().to_string();
    Device here{{3, 0}, {}};
    ASSERT_TRUE(here.run("until_zero"));
    Bytes bytes;
    for (std::size_t i = 0; i < here.segments.size(); ++i) {
        const auto segment = recording->next(std::move(bytes), timeout);
        ASSERT_TRUE(segment) << segment.error().to_string();
        ASSERT_TRUE(*segment) << segment->error().to_string();
        EXPECT_EQ(to_json(**segment), to_json(here.segments[i])) << i;
        bytes = i < here.answers.size() ? bytes_of(here.answers[i]) : Bytes();
    }
}

TEST_F(LiveWorker, TellsOfWhatGoesWrongAfterARead) {
    auto recording = begin("fails_later");
    ASSERT_TRUE(recording);
    const auto segment = recording->next({}, timeout);
    ASSERT_TRUE(segment && *segment);
    const auto next = recording->next(bytes_of(0), timeout);
    ASSERT_TRUE(next) << next.error().to_string();
    ASSERT_FALSE(*next);
    EXPECT_EQ(next->error().kind, PlanError::Kind::LaunchError);
    EXPECT_EQ(next->error().line, line_of("live", "fails_later"));
}

TEST_F(LiveWorker, EndsAtItsDeadlineAndTheNextOneIsFresh) {
    auto recording = begin("spins");
    ASSERT_TRUE(recording);
    ASSERT_TRUE(recording->next({}, timeout));
    const auto late = recording->next(bytes_of(0), std::chrono::milliseconds(100));
    ASSERT_TRUE(late) << late.error().to_string();
    ASSERT_FALSE(*late);
    EXPECT_EQ(late->error().kind, PlanError::Kind::Limit);
    auto after = begin("until_zero");
    ASSERT_TRUE(after);
    const auto segment = after->next({}, timeout);
    EXPECT_TRUE(segment && *segment);
}

TEST_F(LiveWorker, ARecordingHasEveryKernelThatMayBeLaunched) {
    const auto recorded = planner_.record(read_source("live.ptx"), "until_zero", {unary()});
    ASSERT_TRUE(recorded && *recorded);
    EXPECT_TRUE((*recorded)->data_dependent());
    EXPECT_NE((*recorded)->device_ptx.find("rarely"), std::string::npos);
}

} // namespace
} // namespace assay::plan::testing
