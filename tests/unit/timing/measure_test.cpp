// The measurement with invented clocks: when it stops, what it concludes, and how often its interval is right.
#include "timing/measure.h"

#include <cmath>
#include <gtest/gtest.h>
#include <limits>
#include <memory>
#include <random>

namespace assay::timing {
namespace {

using namespace std::chrono_literals;
using store::Speed;

/// Two programs on a machine whose speed drifts and jumps, and whose clock moves only by what they take.
class Machine {
public:
    Machine(double baseline, double candidate, double noise, std::uint64_t seed)
        : baseline_(baseline), candidate_(candidate), noise_(noise), engine_(seed) {}

    Result<double> run(double seconds) {
        std::normal_distribution<double> normal;
        // A random walk, pulled back to 1 so that it stays a machine, and now and then an interruption.
        drift_ += 0.02 * normal(engine_) - 0.02 * drift_;
        const double interruption = engine_() % 50 == 0 ? 1.5 : 1.0;
        const double taken = seconds * std::exp(drift_ + noise_ * normal(engine_)) * interruption;
        now_ += std::chrono::duration_cast<std::chrono::steady_clock::duration>(std::chrono::duration<double>(taken));
        launches_++;
        return taken;
    }
    Sampler baseline() {
        return [this] { return run(baseline_); };
    }
    Sampler candidate() {
        return [this] { return run(candidate_); };
    }
    Options options(std::uint64_t seed = 1) {
        Options options;
        options.seed = seed;
        options.now = [this] { return now_; };
        return options;
    }
    [[nodiscard]] unsigned launches() const { return launches_; }

private:
    double baseline_, candidate_, noise_;
    std::mt19937_64 engine_;
    double drift_ = 0;
    unsigned launches_ = 0;
    std::chrono::steady_clock::time_point now_;
};

/// A sampler of fixed times, in a loop.
Sampler fixed(std::vector<double> times) {
    auto next = std::make_shared<std::size_t>(0);
    return [times = std::move(times), next]() -> Result<double> { return times[(*next)++ % times.size()]; };
}

Options instant() {
    Options options;
    options.now = [] { return std::chrono::steady_clock::time_point(); };
    options.warmup_minimum = 0ms;
    return options;
}

TEST(Measure, TheIntervalKeepsItsPromiseUnderDrift) {
    int misses = 0;
    int undecided = 0;
    constexpr int experiments = 400;
    for (int i = 0; i < experiments; i++) {
        Machine machine(1.2e-3, 1.0e-3, 0.01, 100 + i);
        const auto timing = measure(machine.baseline(), machine.candidate(), machine.options(i));
        ASSERT_TRUE(timing) << timing.error().to_string();
        misses += timing->low > 1.2 || timing->high < 1.2 ? 1 : 0;
        undecided += timing->speed == Speed::Faster ? 0 : 1;
        EXPECT_GE(timing->confidence, 0.99);
    }
    // 1 % is promised; looking up to five times and the drift may cost some of it.
    EXPECT_LE(misses, experiments * 3 / 100);
    EXPECT_EQ(undecided, 0);
}

TEST(Measure, EqualProgramsAreSeldomToldApart) {
    int wrong = 0;
    int same = 0;
    constexpr int experiments = 400;
    for (int i = 0; i < experiments; i++) {
        Machine machine(1e-3, 1e-3, 0.01, 7000 + i);
        const auto timing = measure(machine.baseline(), machine.candidate(), machine.options(i));
        ASSERT_TRUE(timing);
        wrong += timing->speed == Speed::Faster || timing->speed == Speed::Slower ? 1 : 0;
        same += timing->speed == Speed::Same ? 1 : 0;
    }
    EXPECT_LE(wrong, experiments * 3 / 100);
    EXPECT_GT(same, 0);
}

// The order matters to these programs: whoever goes first pays 10 %. A coin shares that out evenly, which a fixed order
// would book as a difference.
TEST(Measure, TheCoinCancelsWhatGoingFirstCosts) {
    int turn = 0;
    const Sampler program = [&]() -> Result<double> { return turn++ % 2 == 0 ? 1.1e-3 : 1e-3; };
    Options options = instant();
    options.width = 0;
    options.looks = {200};
    const auto timing = measure(program, program, options);
    ASSERT_TRUE(timing);
    EXPECT_LE(timing->low, 1);
    EXPECT_GE(timing->high, 1);
    int first = 0;
    for (const auto& pair : timing->pairs) {
        first += pair.baseline_first ? 1 : 0;
        EXPECT_EQ(pair.baseline_first, pair.baseline > pair.candidate);
    }
    EXPECT_GT(first, 70);
    EXPECT_LT(first, 130);
}

TEST(Measure, NoiselessProgramsStopAtTheFirstLook) {
    const auto timing = measure(fixed({3e-3}), fixed({2e-3}), instant());
    ASSERT_TRUE(timing) << timing.error().to_string();
    EXPECT_EQ(timing->pairs.size(), 30U);
    EXPECT_EQ(timing->stopped, "narrow");
    EXPECT_EQ(timing->speed, Speed::Faster);
    EXPECT_DOUBLE_EQ(timing->speedup, 1.5);
    EXPECT_DOUBLE_EQ(timing->low, 1.5);
    EXPECT_DOUBLE_EQ(timing->high, 1.5);
    EXPECT_EQ(timing->baseline_seconds, 3e-3);
    EXPECT_EQ(timing->candidate_seconds, 2e-3);
    EXPECT_NEAR(timing->confidence, 0.9948, 1e-4);
}

TEST(Measure, Verdicts) {
    const auto speed = [](double ratio) { return measure(fixed({ratio}), fixed({1.0}), instant())->speed; };
    EXPECT_EQ(speed(1.5), Speed::Faster);
    EXPECT_EQ(speed(1.02), Speed::Faster);
    EXPECT_EQ(speed(1.009), Speed::Same);
    EXPECT_EQ(speed(1.0), Speed::Same);
    EXPECT_EQ(speed(0.991), Speed::Same);
    EXPECT_EQ(speed(0.98), Speed::Slower);
}

TEST(Measure, AWideIntervalEndsAtTheLastLook) {
    Options options = instant();
    options.looks = {10, 20};
    options.warmup_budget = 0ms;
    const auto timing = measure(fixed({1, 2, 3, 4, 5, 6, 7}), fixed({3.5}), options);
    ASSERT_TRUE(timing);
    EXPECT_EQ(timing->pairs.size(), 20U);
    EXPECT_EQ(timing->stopped, "pairs");
    EXPECT_EQ(timing->speed, Speed::Undecided);
    EXPECT_LT(timing->low, 1);
    EXPECT_GT(timing->high, 1);
}

TEST(Measure, TheBudgetEndsItButSixPairsAreTaken) {
    Machine slow(1.0, 1.0, 0.3, 3);
    Options options = slow.options();
    options.budget = 1s;
    const auto few = measure(slow.baseline(), slow.candidate(), options);
    ASSERT_TRUE(few);
    EXPECT_EQ(few->stopped, "budget");
    EXPECT_EQ(few->pairs.size(), 6U);
    EXPECT_DOUBLE_EQ(few->confidence, 1 - 2.0 / 64); // what six pairs can give, and no claim of 99 %

    Machine quick(0.05, 0.05, 0.3, 3);
    options = quick.options();
    options.budget = 2s;
    const auto more = measure(quick.baseline(), quick.candidate(), options);
    ASSERT_TRUE(more);
    EXPECT_EQ(more->stopped, "budget");
    EXPECT_GT(more->pairs.size(), 10U);
    EXPECT_LT(more->pairs.size(), 30U);
}

TEST(Measure, TheWarmUpWaitsForTheRatiosToSettle) {
    // The first seven baseline runs are slow; the first pairs must not be kept.
    unsigned runs = 0;
    const Sampler baseline = [&]() -> Result<double> { return ++runs <= 7 ? 1.0 / runs : 1e-3; };
    const auto timing = measure(baseline, fixed({1e-3}), instant());
    ASSERT_TRUE(timing);
    for (const auto& pair : timing->pairs) {
        EXPECT_EQ(pair.baseline, 1e-3);
    }
    EXPECT_EQ(runs, 10U + 30U); // seven slow ones, and three that agree
}

TEST(Measure, TheWarmUpLoadsTheDeviceForItsMinimum) {
    Machine machine(1e-3, 1e-3, 0, 3);
    Options options = machine.options();
    options.looks = {6};
    const auto timing = measure(machine.baseline(), machine.candidate(), options);
    ASSERT_TRUE(timing);
    EXPECT_GT(machine.launches(), 100U - 20U); // 100 ms of about 1 ms each, before the 12 that count
}

TEST(Measure, AWarmUpThatNeverSettlesEndsAtItsBudget) {
    Machine machine(0.1, 0.1, 0.5, 3);
    Options options = machine.options();
    options.looks = {6};
    const auto timing = measure(machine.baseline(), machine.candidate(), options);
    ASSERT_TRUE(timing);
    EXPECT_LT(machine.launches(), 60U);
}

TEST(Measure, TheSameSeedGivesTheSameOrder) {
    const auto order = [](std::uint64_t seed) {
        Options options = instant();
        options.seed = seed;
        const auto timing = measure(fixed({1}), fixed({1}), options);
        std::vector<bool> first;
        for (const auto& pair : timing->pairs) {
            first.push_back(pair.baseline_first);
        }
        return first;
    };
    EXPECT_EQ(order(1), order(1));
    EXPECT_NE(order(1), order(2));
}

TEST(Measure, ErrorsOfSamplersEndIt) {
    const Sampler dead = []() -> Result<double> { return fail("the worker died", "worker"); };
    const auto failed = measure(fixed({1}), dead, instant());
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().what, "the worker died");

    for (const double time : {0.0, -1.0, std::nan(""), std::numeric_limits<double>::infinity()}) {
        const auto candidate = measure(fixed({1}), fixed({time}), instant());
        ASSERT_FALSE(candidate);
        EXPECT_NE(candidate.error().what.find("candidate"), std::string::npos);
        const auto late = measure(fixed({1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, time}), fixed({1}), instant());
        ASSERT_FALSE(late);
        EXPECT_NE(late.error().what.find("baseline"), std::string::npos);
    }
}

TEST(Measure, LooksMustMakeSense) {
    for (const std::vector<unsigned>& looks : {std::vector<unsigned>{}, {60, 30}, {1}}) {
        Options options = instant();
        options.looks = looks;
        EXPECT_FALSE(measure(fixed({1}), fixed({1}), options));
    }
}

TEST(Measure, RatiosBeyondARangeOfDoublesStillEnd) {
    const auto timing = measure(fixed({1e300}), fixed({1e-300}), instant());
    ASSERT_TRUE(timing);
    EXPECT_EQ(timing->speed, Speed::Faster);
}

} // namespace
} // namespace assay::timing
