// Estimators, also on input that has no answer.
#include "scoring/statistics.h"

#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>
#include <limits>
#include <random>

namespace assay::scoring {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();

using Values = std::vector<double>;

Values up_to(int n) {
    Values values;
    for (int i = 1; i <= n; i++) {
        values.push_back(i);
    }
    return values;
}

TEST(Median, OddEvenAndUnsorted) {
    EXPECT_EQ(median(Values{3}), 3);
    EXPECT_EQ(median(Values{9, 1, 5}), 5);
    EXPECT_EQ(median(Values{4, 1, 3, 2}), 2.5);
    EXPECT_EQ(median(Values{infinity, 1, 2}), 2);
}

TEST(Median, NoAnswer) {
    EXPECT_TRUE(std::isnan(median(Values{})));
    EXPECT_TRUE(std::isnan(median(Values{1, nan, 2})));
}

// Hahn & Meeker's and Conover's tables: the ranks for n = 10, 30 and 100.
TEST(MedianInterval, RanksOfTheTables) {
    struct Case {
        int n;
        double confidence, low, high, reached;
    };
    for (const Case& c : {Case{10, 0.95, 2, 9, 0.9785}, Case{30, 0.95, 10, 21, 0.9572}, Case{30, 0.99, 8, 23, 0.9948},
                          Case{100, 0.95, 40, 61, 0.9648}, Case{6, 0.95, 1, 6, 0.96875}}) {
        Values values = up_to(c.n);
        std::ranges::reverse(values);
        const auto interval = median_interval(values, c.confidence);
        ASSERT_TRUE(interval);
        EXPECT_EQ(interval->low, c.low) << c.n;
        EXPECT_EQ(interval->high, c.high) << c.n;
        EXPECT_NEAR(interval->confidence, c.reached, 1e-4) << c.n;
    }
}

TEST(MedianInterval, TooFewValuesGiveTheWholeRangeAndSaySo) {
    const auto interval = median_interval(Values{2, 1, 3}, 0.99);
    ASSERT_TRUE(interval);
    EXPECT_EQ(interval->low, 1);
    EXPECT_EQ(interval->high, 3);
    EXPECT_DOUBLE_EQ(interval->confidence, 0.75);
}

TEST(MedianInterval, NoAnswer) {
    EXPECT_FALSE(median_interval(Values{}, 0.99));
    EXPECT_FALSE(median_interval(Values{1}, 0.99));
    EXPECT_FALSE(median_interval(Values{1, 2, nan, 4}, 0.99));
}

TEST(MedianInterval, EqualValuesAndThousandsOfThem) {
    const auto equal = median_interval(Values(50, 7.0), 0.99);
    ASSERT_TRUE(equal);
    EXPECT_EQ(equal->low, 7);
    EXPECT_EQ(equal->high, 7);
    // 2^-5000 is no double.
    const auto many = median_interval(up_to(5000), 0.99);
    ASSERT_TRUE(many);
    EXPECT_GE(many->confidence, 0.99);
    EXPECT_LT(many->confidence, 0.991);
    EXPECT_NEAR(many->high - many->low, 2 * 2.576 * std::sqrt(5000.0) / 2, 3);
}

TEST(MedianInterval, CoversTheMedianOfASkewedDistribution) {
    std::mt19937_64 engine(5);
    std::exponential_distribution<double> exponential;
    int misses = 0;
    for (int repeat = 0; repeat < 2000; repeat++) {
        Values values(30);
        std::ranges::generate(values, [&] { return exponential(engine); });
        const auto interval = median_interval(values, 0.95);
        misses += interval->low > std::log(2.0) || interval->high < std::log(2.0) ? 1 : 0;
    }
    EXPECT_LT(misses, 2000 * 0.06);
    EXPECT_GT(misses, 2000 * 0.025);
}

TEST(GeometricMean, ValuesAndNoAnswer) {
    EXPECT_DOUBLE_EQ(geometric_mean(Values{2, 8}), 4);
    EXPECT_TRUE(std::isnan(geometric_mean(Values{})));
    EXPECT_TRUE(std::isnan(geometric_mean(Values{1, 0})));
    EXPECT_TRUE(std::isnan(geometric_mean(Values{1, -1})));
    EXPECT_TRUE(std::isnan(geometric_mean(Values{1, nan})));
    EXPECT_NEAR(geometric_mean(Values(400, 1e300)), 1e300, 1e290);
}

TEST(BootstrapMean, TheSameEachTimeAndAboutTheNormalInterval) {
    Values values(100, 0.0);
    std::fill_n(values.begin(), 40, 1.0);
    const auto interval = bootstrap_mean(values, 0.95);
    ASSERT_TRUE(interval);
    const double half_width = 1.96 * std::sqrt(0.4 * 0.6 / 100);
    EXPECT_NEAR(interval->low, 0.4 - half_width, 0.015);
    EXPECT_NEAR(interval->high, 0.4 + half_width, 0.015);
    EXPECT_EQ(interval->low, bootstrap_mean(values, 0.95)->low);
    EXPECT_EQ(interval->high, bootstrap_mean(values, 0.95)->high);
}

TEST(BootstrapMean, Degenerate) {
    EXPECT_FALSE(bootstrap_mean(Values{}, 0.95));
    EXPECT_FALSE(bootstrap_mean(Values{1}, 0.95));
    EXPECT_FALSE(bootstrap_mean(Values{1, nan}, 0.95));
    const auto equal = bootstrap_mean(Values(10, 1.0), 0.95);
    ASSERT_TRUE(equal);
    EXPECT_EQ(equal->low, 1);
    EXPECT_EQ(equal->high, 1);
}

} // namespace
} // namespace assay::scoring
