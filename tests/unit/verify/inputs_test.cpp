// Inputs: values are a function of what they should be, and every bound holds.
#include "verify/inputs.h"

#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>
#include <limits>
#include <map>
#include <numbers>
#include <numeric>
#include <set>
#include <span>

#include "verify/half_normal.h"

namespace assay::verify {
namespace {

using tasks::Binding;
using tasks::Distribution;
using tasks::DType;

constexpr std::array regimes{Regime::Normal,   Regime::Uniform, Regime::Integers, Regime::Magnitudes,
                             Regime::Negative, Regime::Outlier, Regime::Patterns, Regime::NonFinite};
constexpr std::array floats{DType::Float64, DType::Float32, DType::Float16, DType::BFloat16};
constexpr Key key{{0x01234567, 0x89abcdef, 0xfedcba98, 0x76543210}};

Binding::Tensor tensor(DType dtype, std::vector<std::int64_t> shape) {
    Binding::Tensor result;
    result.name = "x";
    result.dtype = dtype;
    result.shape = std::move(shape);
    return result;
}

Binding::Tensor bounded(Binding::Tensor base, Distribution::Kind kind, double low, double high) {
    base.distribution.kind = kind;
    base.low = low;
    base.high = high;
    base.has_low = std::isfinite(low);
    base.has_high = std::isfinite(high);
    return base;
}

Binding binding_of(std::vector<Binding::Tensor> inputs) {
    Binding binding;
    binding.task = "task";
    binding.workload = "workload";
    binding.inputs = std::move(inputs);
    return binding;
}

std::vector<double> draw_one(const Binding::Tensor& input, Regime regime, std::uint32_t draw = 0) {
    return to_doubles(input.dtype, generate(binding_of({input}), key, regime, draw).at(0));
}

struct Moments {
    double mean = 0, stddev = 0;
};

Moments moments(const std::vector<double>& values) {
    const auto n = static_cast<double>(values.size());
    const double mean = std::accumulate(values.begin(), values.end(), 0.0) / n;
    double squares = 0;
    for (const double value : values) {
        squares += (value - mean) * (value - mean);
    }
    return {mean, std::sqrt(squares / n)};
}

TEST(Generate, IsAFunctionOfTheKeyAndTheNames) {
    const auto input = tensor(DType::Float32, {33, 100});
    const auto binding = binding_of({input, input});
    const auto once = generate(binding, key, Regime::Normal);
    EXPECT_EQ(once, generate(binding, key, Regime::Normal));
    ASSERT_EQ(once.size(), 2U);
    EXPECT_EQ(once[0].size(), 13200U);
    EXPECT_NE(once[0], once[1]);
    EXPECT_NE(once, generate(binding, key, Regime::Normal, 1));
    EXPECT_NE(once, generate(binding, Key{{1, 2, 3, 4}}, Regime::Normal));
    auto renamed = binding;
    renamed.workload = "another";
    EXPECT_NE(once, generate(renamed, key, Regime::Normal));
}

// Published keys must give the same inputs with later versions of assay: a change here makes old results
// irreproducible.
TEST(Generate, ValuesAreFrozen) {
    using Values = std::vector<double>;
    const auto four = tensor(DType::Float32, {4});
    const Values normal{-0x1.98af2p-1, -0x1.0dd38ep-2, -0x1.be7498p-3, -0x1.fd7164p+0};
    EXPECT_EQ(draw_one(four, Regime::Normal), normal);
    EXPECT_EQ(draw_one(four, Regime::Uniform), (Values{-0x1.0707d2p-1, -0x1.84f6d8p-1, -0x1.6c8564p-3, 0x1.a76cbep-3}));
    EXPECT_EQ(draw_one(four, Regime::Integers), (Values{1, 2, 3, -3}));
    EXPECT_EQ(draw_one(four, Regime::Magnitudes),
              (Values{-0x1.00b1dcp+0, -0x1.b3ba72p-3, 0x1.c61c8ap-5, -0x1.d8bfb8p-20}));
    EXPECT_EQ(draw_one(four, Regime::Patterns), (Values{-0x1.103688p+3, -0x1p+1, 0x1.73fcf6p-1, 0x1.f4a266p+1}));
    // A value does not depend on how many follow it.
    const auto longer = draw_one(tensor(DType::Float32, {5000}), Regime::Normal);
    EXPECT_TRUE(std::equal(normal.begin(), normal.end(), longer.begin()));
}

TEST(Generate, NormalIsNormal) {
    auto values = draw_one(tensor(DType::Float64, {200'000}), Regime::Normal);
    const auto [mean, stddev] = moments(values);
    EXPECT_NEAR(mean, 0, 0.01);
    EXPECT_NEAR(stddev, 1, 0.01);
    // Kolmogorov-Smirnov, at about one in 10^4.
    std::ranges::sort(values);
    double distance = 0;
    for (std::size_t i = 0; i < values.size(); i++) {
        const double cumulated = std::erfc(-values[i] / std::numbers::sqrt2) / 2;
        distance = std::max(distance, std::abs(cumulated - (static_cast<double>(i) + 0.5) / 200'000));
    }
    EXPECT_LT(distance, 2.2 / std::sqrt(200'000.0));
    EXPECT_GT(values.back(), 4);
    EXPECT_LT(values.front(), -4);
}

TEST(Generate, TheNormalQuantileIsPrecise) {
    for (double u = 0x1p-54; u < 1; u *= 1.13) {
        const double x = HalfNormal::table().quantile(u);
        EXPECT_NEAR(std::erfc(x / std::numbers::sqrt2) / u, 1, 2e-3) << u;
    }
    EXPECT_NEAR(HalfNormal::table().quantile(std::nextafter(1.0, 0.0)), 0, 1e-6);
}

TEST(Generate, TheTasksOwnDistributionIsTheNormalRegime) {
    auto input = tensor(DType::Float32, {50'000});
    input.distribution.mean = 3;
    input.distribution.stddev = 0.25;
    const auto normal = moments(draw_one(input, Regime::Normal));
    EXPECT_NEAR(normal.mean, 3, 0.01);
    EXPECT_NEAR(normal.stddev, 0.25, 0.01);
    const auto uniform =
        draw_one(bounded(tensor(DType::Float32, {50'000}), Distribution::Kind::Uniform, -2, 6), Regime::Normal);
    EXPECT_NEAR(moments(uniform).mean, 2, 0.05);
    EXPECT_NEAR(moments(uniform).stddev, 8 / std::sqrt(12.0), 0.05);
}

TEST(Generate, ASpreadScalesAWholeTensorAndDiffersFromDrawToDraw) {
    auto normal = tensor(DType::Float32, {4096});
    normal.distribution.mean = 5;
    normal.distribution.stddev = 3;
    normal.distribution.spread = 8;
    auto uniform = bounded(tensor(DType::Float32, {4096}), Distribution::Kind::Uniform, 2, 4);
    uniform.distribution.spread = 8;
    double least = 1;
    double greatest = 0;
    for (std::uint32_t draw = 0; draw < 64; draw++) {
        const auto [mean, stddev] = moments(draw_one(normal, Regime::Normal, draw));
        EXPECT_NEAR(mean, 5, 0.3);
        least = std::min(least, stddev / 3);
        greatest = std::max(greatest, stddev / 3);
        const auto values = draw_one(uniform, Regime::Normal, draw);
        EXPECT_GE(*std::ranges::min_element(values), 2);
        EXPECT_LT(*std::ranges::min_element(values), 2.01);
        EXPECT_LT(*std::ranges::max_element(values), 4);
    }
    EXPECT_GT(least, 0.12);
    EXPECT_LT(least, 0.2);
    EXPECT_GT(greatest, 0.7);
    EXPECT_LT(greatest, 1.05);
    // Other regimes have scales of their own.
    auto plain = normal;
    plain.distribution.spread = 1;
    EXPECT_EQ(draw_one(normal, Regime::Magnitudes), draw_one(plain, Regime::Magnitudes));
}

TEST(Generate, UniformWithoutBounds) {
    const auto values = draw_one(tensor(DType::Float32, {50'000}), Regime::Uniform);
    EXPECT_NEAR(moments(values).mean, 0, 0.02);
    EXPECT_NEAR(moments(values).stddev, 1 / std::sqrt(3.0), 0.02);
    EXPECT_GE(std::ranges::min(values), -1);
    EXPECT_LE(std::ranges::max(values), 1);
}

TEST(Generate, IntegersAreSmallIntegersOfBothSigns) {
    for (const DType dtype : floats) {
        std::map<double, int> counts;
        for (const double value : draw_one(tensor(dtype, {9000}), Regime::Integers)) {
            counts[value]++;
        }
        EXPECT_EQ(counts.size(), 9U);
        for (const auto& [value, count] : counts) {
            EXPECT_EQ(value, std::round(value));
            EXPECT_LE(std::abs(value), 4);
            EXPECT_NEAR(count, 1000, 150);
        }
    }
}

// Where the bounds leave no four integers, a grid of fractions keeps products and sums exact.
TEST(Generate, IntegersBecomeFractionsBetweenNarrowBounds) {
    for (const auto& [low, high] : {std::pair(0.0, 1.0), std::pair(0.5, 1.5), std::pair(-0.25, 0.25)}) {
        const auto values =
            draw_one(bounded(tensor(DType::Float32, {1000}), Distribution::Kind::Uniform, low, high), Regime::Integers);
        EXPECT_GE(std::set<double>(values.begin(), values.end()).size(), 4U);
        for (const double value : values) {
            EXPECT_EQ(value * 64, std::round(value * 64));
        }
    }
}

TEST(Generate, MagnitudesMixScalesAndZeros) {
    for (const DType dtype : floats) {
        const auto values = draw_one(tensor(dtype, {20'000}), Regime::Magnitudes);
        const auto share = [&](auto predicate) {
            return static_cast<double>(std::ranges::count_if(values, predicate)) / 20'000;
        };
        EXPECT_NEAR(share([](double v) { return v == 0 && !std::signbit(v); }), 1.0 / 16, 0.01);
        EXPECT_NEAR(share([](double v) { return v == 0 && std::signbit(v); }), 1.0 / 16, 0.01);
        EXPECT_GT(share([](double v) { return v != 0 && std::abs(v) < 0x1p-8; }), 0.05);
        EXPECT_GT(share([](double v) { return std::abs(v) > 5; }), 0.02);
        EXPECT_NEAR(share([](double v) { return v < 0; }), 0.4375, 0.02);
        EXPECT_LE(std::ranges::max(values), dtype == DType::Float16 ? 16 : 1024);
    }
}

TEST(Generate, NegativeNumbersAreFarFromZeroWhereTheBoundsAllow) {
    for (const DType dtype : floats) {
        const auto values = draw_one(tensor(dtype, {20'000}), Regime::Negative);
        const bool narrow = dtype == DType::Float16;
        EXPECT_LE(std::ranges::max(values), narrow ? -4 : -128);
        EXPECT_GE(std::ranges::min(values), narrow ? -16 : -1024);
    }
    const auto positive = bounded(tensor(DType::Float32, {1000}), Distribution::Kind::Uniform, 0, 1);
    EXPECT_GE(std::ranges::min(draw_one(positive, Regime::Negative)), 0);
}

TEST(Generate, OneOutlierLiesFarAboveTheOthersAndOneFarBelow) {
    for (const DType dtype : floats) {
        const double near = dtype == DType::Float16 ? 4 : 128;
        const double far = dtype == DType::Float16 ? 16 : 1024;
        const auto values = draw_one(tensor(dtype, {20'000}), Regime::Outlier);
        if (dtype != DType::Float16) { // of 20 000 normal numbers none is beyond 5 or so
            EXPECT_EQ(std::ranges::count_if(values, [&](double value) { return value >= near; }), 1);
            EXPECT_EQ(std::ranges::count_if(values, [&](double value) { return value <= -near; }), 1);
        }
        EXPECT_GE(std::ranges::max(values), near);
        EXPECT_LE(std::ranges::max(values), far);
        EXPECT_LE(std::ranges::min(values), -near);
        EXPECT_GE(std::ranges::min(values), -far);
    }
    EXPECT_GE(std::abs(draw_one(tensor(DType::Float32, {1}), Regime::Outlier)[0]), 128);
    const auto positive = bounded(tensor(DType::Float32, {1000}), Distribution::Kind::Uniform, 0, 1);
    const auto within = draw_one(positive, Regime::Outlier);
    EXPECT_GE(std::ranges::min(within), 0);
    EXPECT_LE(std::ranges::max(within), 1);
    EXPECT_TRUE(draw_one(tensor(DType::Float32, {0}), Regime::Outlier).empty());
}

/// How many of the rows of `columns` elements have a property.
template <class Property>
std::size_t rows_with(const std::vector<double>& values, std::size_t columns, Property property) {
    std::size_t count = 0;
    for (std::size_t first = 0; first < values.size(); first += columns) {
        count += property(std::span(values).subspan(first, columns)) ? 1 : 0;
    }
    return count;
}

TEST(Generate, PatternsAreOfEveryKindRowByRow) {
    using Row = std::span<const double>;
    const auto zeros = [](Row row) { return static_cast<std::size_t>(std::ranges::count(row, 0.0)); };
    const auto distinct = [](Row row) { return std::set<double>(row.begin(), row.end()).size(); };
    const auto mean = [](Row row) {
        return std::accumulate(row.begin(), row.end(), 0.0) / static_cast<double>(row.size());
    };
    for (const DType dtype : floats) {
        constexpr std::size_t columns = 101;
        const auto values = draw_one(tensor(dtype, {800, columns}), Regime::Patterns);
        const auto rows = [&](auto property) { return rows_with(values, columns, property); };
        // Of 16 choices each has at least 50 rows in the mean, and less than 25 once in thousands of keys.
        EXPECT_GT(rows([&](Row row) { return zeros(row) == columns - 1; }), 25U) << "one-hot";
        EXPECT_GT(rows([&](Row row) { return zeros(row) > columns / 2 && zeros(row) < columns - 1; }), 25U) << "sparse";
        EXPECT_GT(rows([&](Row row) { return distinct(row) == 1; }), 25U) << "constant";
        EXPECT_EQ(rows([&](Row row) { return zeros(row) == columns; }), 0U) << "nothing but zeros";
        EXPECT_GT(rows([&](Row row) { return distinct(row) > 2 && distinct(row) <= 4; }), 25U) << "ties";
        EXPECT_GT(rows([&](Row row) { return distinct(row) > 9 && std::ranges::is_sorted(row); }), 25U) << "ascending";
        EXPECT_GT(rows([&](Row row) { return distinct(row) > 9 && std::ranges::is_sorted(row, std::greater()); }), 25U)
            << "descending";
        EXPECT_GT(rows([&](Row row) { return std::abs(mean(row)) > 3 && std::abs(mean(row)) < 17; }), 50U) << "offset";
        EXPECT_GT(rows([&](Row row) {
                      return std::ranges::any_of(row, [](double v) { return v == 0 && std::signbit(v); }) &&
                             std::ranges::any_of(row, [&](double v) {
                                 return v != 0 && std::abs(v) < (dtype == DType::Float16 ? 0x1p-14 : 0x1p-126);
                             });
                  }),
                  50U)
            << "subnormal numbers and zeros of both signs";
        const auto plain =
            rows([&](Row row) { return distinct(row) > 50 && zeros(row) == 0 && std::abs(mean(row)) < 1; });
        EXPECT_GT(plain, 150U);
        EXPECT_LT(plain, 500U);
    }
}

TEST(Generate, PatternsDivideWhatHasFewRows) {
    const auto values = draw_one(tensor(DType::Float32, {16'000}), Regime::Patterns);
    std::set<double> levels;
    for (std::size_t first = 0; first < values.size(); first += 1000) {
        levels.insert(std::accumulate(values.begin() + first, values.begin() + first + 1000, 0.0));
    }
    EXPECT_GT(levels.size(), 10U);
    EXPECT_FALSE(std::ranges::is_sorted(values));
}

TEST(Generate, PatternsOfAnElementDoNotDependOnThePieceItIsDrawnIn) {
    const auto many = draw_one(tensor(DType::Float32, {16, 1025}), Regime::Patterns);
    const auto more = draw_one(tensor(DType::Float32, {32, 1025}), Regime::Patterns);
    EXPECT_TRUE(std::equal(many.begin(), many.end(), more.begin()));
}

TEST(Generate, NonFiniteValuesAreThoseThatTheTaskAllows) {
    auto input = tensor(DType::Float16, {16'000});
    const auto count = [&](auto predicate) {
        return std::ranges::count_if(draw_one(input, Regime::NonFinite), predicate);
    };
    const auto is_nan = [](double v) { return std::isnan(v); };
    const auto is_high = [](double v) { return v > 65504; };
    const auto is_low = [](double v) { return v < -65504; };
    input.distribution.infinity = true;
    EXPECT_NEAR(count(is_high), 1000, 200);
    EXPECT_EQ(count(is_low) + count(is_nan), 0);
    input.distribution.nan = input.distribution.negative_infinity = true;
    EXPECT_NEAR(count(is_high), 333, 100);
    EXPECT_NEAR(count(is_low), 333, 100);
    EXPECT_NEAR(count(is_nan), 333, 100);
    for (const Regime regime : {Regime::Normal, Regime::Magnitudes, Regime::Patterns}) {
        EXPECT_TRUE(std::ranges::all_of(draw_one(input, regime), [](double v) { return std::isfinite(v); }));
    }
}

struct Bounds {
    double low, high;
};

class EveryRegime : public testing::TestWithParam<Regime> {};

TEST_P(EveryRegime, KeepsTheBounds) {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    const std::vector<Bounds> cases{
        {-1, 1},          {0, infinity}, {-infinity, 0},  {1e-3, infinity},  {0.1, 0.7}, {5, infinity}, {-9, -7},
        {-infinity, -20}, {0, 1},        {-0.001, 0.002}, {1e-20, infinity}, {2, 2},     {-1e30, 1e30}};
    for (const DType dtype : floats) {
        for (const Bounds& bounds : cases) {
            for (const auto kind : {Distribution::Kind::Normal, Distribution::Kind::Uniform}) {
                if (dtype == DType::Float16 && bounds.low == 1e-20) {
                    continue; // its own test
                }
                const auto values = draw_one(bounded(tensor(dtype, {3000}), kind, bounds.low, bounds.high), GetParam());
                for (const double value : values) {
                    ASSERT_TRUE(std::isfinite(value));
                    ASSERT_GE(value, bounds.low) << tasks::to_string(dtype) << " " << bounds.low << " " << bounds.high;
                    ASSERT_LE(value, bounds.high) << tasks::to_string(dtype) << " " << bounds.low << " " << bounds.high;
                }
                if (kind == Distribution::Kind::Uniform && bounds.high > bounds.low) {
                    ASSERT_LT(std::ranges::max(values), bounds.high);
                }
                if (bounds.high > bounds.low) {
                    EXPECT_NE(std::ranges::max(values), std::ranges::min(values)) << bounds.low << " " << bounds.high;
                }
            }
        }
    }
}

TEST_P(EveryRegime, ABoundBelowTheLeastNumberIsKept) {
    const auto input = bounded(tensor(DType::Float16, {3000}), Distribution::Kind::Normal, 1e-20,
                               std::numeric_limits<double>::infinity());
    EXPECT_GE(std::ranges::min(draw_one(input, GetParam())), 1e-20);
}

TEST_P(EveryRegime, HugeDistributionsStayFinite) {
    for (const DType dtype : {DType::Float16, DType::BFloat16, DType::Float32}) {
        auto input = tensor(dtype, {5000});
        input.distribution.stddev = dtype == DType::Float16 ? 60'000 : 2e38;
        for (const double value : draw_one(input, GetParam())) {
            ASSERT_TRUE(std::isfinite(value));
        }
    }
}

TEST_P(EveryRegime, IntegerTensorsHoldIntegersWithinTheirRange) {
    for (const DType dtype : {DType::Int64, DType::Int32, DType::Int16, DType::Int8, DType::UInt8, DType::Bool}) {
        auto input = tensor(dtype, {3000});
        input.distribution.stddev = 40;
        const auto values = draw_one(input, GetParam());
        const double most = dtype == DType::Bool ? 1 : dtype == DType::UInt8 ? 255 : dtype == DType::Int8 ? 127 : 2000;
        const double least = dtype == DType::Bool || dtype == DType::UInt8 ? 0 : -most;
        EXPECT_LE(std::ranges::max(values), most);
        EXPECT_GE(std::ranges::min(values), least);
        EXPECT_NE(std::ranges::max(values), std::ranges::min(values)) << tasks::to_string(dtype);
    }
}

// Labels and indices mean something: no regime may replace them.
TEST_P(EveryRegime, KeepsIntegersAndPermutations) {
    for (const DType dtype : {DType::Int64, DType::Int32, DType::Float32}) {
        std::map<double, int> counts;
        for (const double v :
             draw_one(bounded(tensor(dtype, {7000}), Distribution::Kind::Integers, -3, 3), GetParam())) {
            counts[v]++;
        }
        EXPECT_EQ(counts.size(), 7U);
        EXPECT_EQ(counts.begin()->first, -3);
        for (const auto& [value, count] : counts) {
            EXPECT_NEAR(count, 1000, 150) << value;
        }
    }
    auto input = tensor(DType::Int32, {5000});
    input.distribution.kind = Distribution::Kind::Permutation;
    auto values = draw_one(input, GetParam());
    EXPECT_FALSE(std::ranges::is_sorted(values));
    std::ranges::sort(values);
    for (std::size_t i = 0; i < values.size(); i++) {
        ASSERT_EQ(values[i], static_cast<double>(i));
    }
}

TEST_P(EveryRegime, KeepsTheStructureOfEachMatrix) {
    constexpr std::size_t n = 5;
    for (const auto structure :
         {Distribution::Structure::Symmetric, Distribution::Structure::Upper, Distribution::Structure::Lower}) {
        auto input = tensor(DType::Float32, {3, n, n});
        const auto full = draw_one(input, GetParam());
        input.distribution.structure = structure;
        const auto values = draw_one(input, GetParam());
        for (std::size_t i = 0; i < values.size(); i++) {
            const std::size_t row = i / n % n;
            const std::size_t column = i % n;
            const std::size_t mirrored = i + (column * n + row) - (row * n + column);
            const bool zero = (structure == Distribution::Structure::Upper && row > column) ||
                              (structure == Distribution::Structure::Lower && row < column);
            const bool copied = structure == Distribution::Structure::Symmetric && row > column;
            EXPECT_EQ(values[i], zero ? 0 : full[copied ? mirrored : i]) << "element " << i;
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Regimes, EveryRegime, testing::ValuesIn(regimes), [](const auto& info) {
    std::string name(to_string(info.param));
    std::erase(name, '-');
    return name;
});

TEST(Generate, WideIntegersCoverTheirRange) {
    const auto values =
        draw_one(bounded(tensor(DType::Int64, {4000}), Distribution::Kind::Integers, -0x1p52, 0x1p52), Regime::Normal);
    EXPECT_LT(std::ranges::min(values), -0.99 * 0x1p52);
    EXPECT_GT(std::ranges::max(values), 0.99 * 0x1p52);
    EXPECT_GT(std::set<double>(values.begin(), values.end()).size(), 3990U);
}

TEST(Generate, EveryPermutationComesUp) {
    auto input = tensor(DType::Int32, {3});
    input.distribution.kind = Distribution::Kind::Permutation;
    std::map<std::vector<double>, int> counts;
    for (std::uint32_t draw = 0; draw < 1200; draw++) {
        counts[draw_one(input, Regime::Normal, draw)]++;
    }
    EXPECT_EQ(counts.size(), 6U);
    for (const auto& [permutation, count] : counts) {
        EXPECT_NEAR(count, 200, 60);
    }
}

} // namespace
} // namespace assay::verify
