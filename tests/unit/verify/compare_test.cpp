// The comparison: special values, classes, exactness, and what it says about a failure.
#include "verify/compare.h"

#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>
#include <limits>
#include <numeric>
#include <random>

#include "unit/verify/programs.h"
#include "verify/formats.h"

namespace assay::verify {
namespace {

using tasks::DType;
using tasks::ErrorClass;
using Values = std::vector<double>;

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr std::uint8_t poison = 0xA5;

Expectation expectation(DType dtype, std::vector<std::int64_t> shape, const Values& oracle) {
    Expectation result;
    result.tensor.name = "y";
    result.tensor.dtype = dtype;
    result.tensor.shape = std::move(shape);
    result.oracle = oracle;
    result.reference = to_doubles(dtype, from_doubles(dtype, oracle));
    return result;
}

Expectation expectation(DType dtype, const Values& oracle) {
    return expectation(dtype, {static_cast<std::int64_t>(oracle.size())}, oracle);
}

Comparison compare_values(const Expectation& expected, const Values& got, ErrorClass accepts = ErrorClass::Fp32) {
    return compare(expected, from_doubles(expected.tensor.dtype, got), accepts, poison);
}

/// Values of size about 1 that no format represents exactly.
Values smooth(std::size_t count) {
    std::mt19937_64 engine(9);
    std::normal_distribution<double> normal(0, 1);
    Values values(count);
    std::ranges::generate(values, [&] { return normal(engine); });
    return values;
}

Values scaled(Values values, double factor) {
    std::ranges::transform(values, values.begin(), [&](double value) { return value * factor; });
    return values;
}

TEST(Compare, TheRightOutputIsExact) {
    for (const DType dtype : {DType::Float64, DType::Float32, DType::Float16, DType::BFloat16}) {
        const auto expected = expectation(dtype, smooth(3000));
        const auto result = compare_values(expected, expected.oracle, ErrorClass::Fp64);
        EXPECT_TRUE(result.passed);
        EXPECT_EQ(result.error_class, ErrorClass::Exact);
        EXPECT_EQ(result.bad, 0U);
        EXPECT_EQ(result.total, 3000U);
        EXPECT_EQ(result.histogram[0], 3000U);
        EXPECT_EQ(result.pattern, "");
    }
}

// Each class is recognised by results of its precision, and is the coarsest that passes where it is accepted.
TEST(Compare, ClassesByPrecision) {
    const Values oracle = smooth(5000);
    const auto expected = expectation(DType::Float32, oracle);
    const auto rounded = [&](auto round) {
        Values values = oracle;
        std::ranges::transform(values, values.begin(), round);
        return values;
    };
    const std::vector<std::pair<ErrorClass, Values>> cases{
        {ErrorClass::Exact, rounded(round_to<binary32>)},
        {ErrorClass::Fp32, scaled(oracle, 1 + 0x1p-21)},
        {ErrorClass::Tf32, scaled(rounded(round_to<tensor32>), 1 + 0x1p-20)},
        {ErrorClass::Fp16, rounded(round_to<binary16>)},
        {ErrorClass::Bf16, rounded(round_to<brain16>)},
        {ErrorClass::Fp8, rounded(round_to<byte8>)},
        {ErrorClass::Wrong, scaled(oracle, 1.5)},
    };
    for (const auto& [error_class, values] : cases) {
        const auto result = compare_values(expected, values);
        EXPECT_EQ(result.error_class, error_class)
            << tasks::to_string(error_class) << ": " << result.max_error << " " << result.norm_error;
        for (const ErrorClass accepts :
             {ErrorClass::Fp32, ErrorClass::Tf32, ErrorClass::Fp16, ErrorClass::Bf16, ErrorClass::Fp8}) {
            const auto under = compare_values(expected, values, accepts);
            EXPECT_EQ(under.passed, error_class <= accepts)
                << tasks::to_string(error_class) << " under " << tasks::to_string(accepts);
            EXPECT_EQ(under.pattern.empty(), under.passed);
            EXPECT_EQ(under.bad == 0, under.passed);
        }
    }
}

// Of one number half precision may look like any class, or like none.
TEST(Compare, NoClassIsToldOfFewElements) {
    for (const std::size_t count : {fewest_of_a_class - 1, fewest_of_a_class}) {
        const auto expected = expectation(DType::Float32, smooth(count));
        Values brain = expected.oracle;
        std::ranges::transform(brain, brain.begin(), round_to<brain16>);
        EXPECT_EQ(compare_values(expected, brain).error_class,
                  count < fewest_of_a_class ? ErrorClass::Wrong : ErrorClass::Bf16);
        EXPECT_TRUE(compare_values(expected, brain, ErrorClass::Bf16).passed);
    }
}

// What answers to a rounding of the inputs by more than its size may err by more; it may not be anything.
TEST(Compare, AnElementThatAnswersWithMoreThanItsSizeGetsMoreRoom) {
    auto expected = expectation(DType::Float32, smooth(1000));
    Values one = expected.oracle;
    one[7] += 1e-2;
    EXPECT_EQ(compare_values(expected, one).first_bad, 7U);
    expected.responses.assign(1000, 0);
    EXPECT_FALSE(compare_values(expected, one).passed);
    expected.responses[7] = 1000;
    EXPECT_TRUE(compare_values(expected, one).passed);
    one[7] = nan;
    EXPECT_FALSE(compare_values(expected, one).passed);
    // A mean of subnormal numbers is zero where they are flushed, and what is divided by it no number.
    expected.responses[7] = infinity;
    for (const double value : {nan, infinity, 0.0}) {
        one[7] = value;
        EXPECT_TRUE(compare_values(expected, one).passed) << value;
    }
    one[7] = expected.oracle[7];
    one[8] += 1e-2;
    EXPECT_EQ(compare_values(expected, one).first_bad, 8U);
}

TEST(Compare, Fp64IsAClassOfItsOwn) {
    const Values oracle = smooth(1000);
    const auto expected = expectation(DType::Float64, oracle);
    EXPECT_EQ(compare_values(expected, scaled(oracle, 1 + 0x1p-48), ErrorClass::Fp64).error_class, ErrorClass::Fp64);
    Values single = oracle;
    std::ranges::transform(single, single.begin(), round_to<binary32>);
    const auto result = compare_values(expected, single, ErrorClass::Fp64);
    EXPECT_FALSE(result.passed);
    EXPECT_EQ(result.error_class, ErrorClass::Fp32);
}

// The reference's own error widens the tolerance, of every class.
TEST(Compare, AnIllConditionedTaskGetsMoreRoom) {
    auto expected = expectation(DType::Float32, smooth(1000));
    const Values candidate = scaled(expected.oracle, 1 + 3e-4);
    EXPECT_FALSE(compare_values(expected, candidate).passed);
    expected.reference = scaled(expected.oracle, 1 - 1.5e-4);
    EXPECT_TRUE(compare_values(expected, candidate).passed);
    EXPECT_FALSE(compare_values(expected, scaled(expected.oracle, 1 + 3e-3)).passed);
}

TEST(Compare, NoReferenceIsSoBadThatZerosPass) {
    auto expected = expectation(DType::Float32, smooth(1000));
    expected.reference = scaled(expected.oracle, 3);
    EXPECT_FALSE(compare_values(expected, Values(1000, 0)).passed);
    EXPECT_FALSE(compare_values(expected, expected.reference).passed);
}

// The largest error alone would let an output pass that was rounded to fp16: the reference has one bad element.
TEST(Compare, ManySmallErrorsDoNotHideBelowTheLargest) {
    auto expected = expectation(DType::Float32, smooth(5000));
    expected.reference[17] += 0.001;
    Values half = expected.oracle;
    std::ranges::transform(half, half.begin(), round_to<binary16>);
    const auto result = compare_values(expected, half);
    EXPECT_LT(result.max_error, result.tolerance);
    EXPECT_FALSE(result.passed);
    EXPECT_GT(result.bad, 1000U);
    EXPECT_NE(result.pattern.find("root mean square"), std::string::npos) << result.pattern;
}

TEST(Compare, NanAndInfinityOnlyWhereTheOracleHasThem) {
    const Values oracle{1, nan, infinity, -infinity, 2, 3, 4, 5};
    const auto expected = expectation(DType::Float32, oracle);
    EXPECT_TRUE(compare_values(expected, oracle).passed);
    const auto with = [&](std::size_t at, double value) {
        Values values = oracle;
        values[at] = value;
        const auto result = compare_values(expected, values, ErrorClass::Fp8);
        EXPECT_EQ(result.passed, result.bad == 0);
        if (!result.passed) {
            EXPECT_EQ(result.first_bad, at);
            EXPECT_EQ(result.bad, 1U);
            EXPECT_EQ(result.histogram[7], 1U);
            EXPECT_EQ(result.error_class, ErrorClass::Wrong);
        }
        return result.passed;
    };
    EXPECT_FALSE(with(0, nan));
    EXPECT_FALSE(with(0, infinity));
    EXPECT_FALSE(with(1, 0));
    EXPECT_FALSE(with(1, infinity));
    EXPECT_FALSE(with(2, -infinity));
    EXPECT_FALSE(with(2, nan));
    EXPECT_FALSE(with(2, 3.4e38));
    EXPECT_FALSE(with(3, infinity));
    EXPECT_TRUE(with(1, -nan));
}

TEST(Compare, OverflowInTheDtypeIsInfinity) {
    const auto expected = expectation(DType::Float16, {1e6, -1e6, 1, 2, 3, 4, 5, 6});
    EXPECT_TRUE(compare_values(expected, {infinity, -infinity, 1, 2, 3, 4, 5, 6}, ErrorClass::Fp16).passed);
    EXPECT_FALSE(compare_values(expected, {-infinity, -infinity, 1, 2, 3, 4, 5, 6}, ErrorClass::Fp16).passed);
    EXPECT_FALSE(compare_values(expected, {65504, -65504, 1, 2, 3, 4, 5, 6}, ErrorClass::Fp16).passed);
    // The overflowing ones must not set the scale for the others.
    EXPECT_FALSE(compare_values(expected, {infinity, -infinity, 1, 2, 3, 4, 5, 9}, ErrorClass::Fp16).passed);
}

// Close to the greatest number, an honest result may round to infinity or stay below it.
TEST(Compare, TheEdgeOfOverflowIsToleratedOnBothSides) {
    const auto above = expectation(DType::Float16, Values(100, 65530));
    EXPECT_TRUE(compare_values(above, Values(100, 65504), ErrorClass::Fp16).passed);
    const auto below = expectation(DType::Float16, Values(100, 65510));
    EXPECT_TRUE(compare_values(below, Values(100, infinity), ErrorClass::Fp16).passed);
    const auto far = expectation(DType::Float16, Values(100, 60000));
    EXPECT_FALSE(compare_values(far, Values(100, infinity), ErrorClass::Fp16).passed);
}

TEST(Compare, FlushingSubnormalsIsNoError) {
    const auto expected = expectation(DType::Float32, scaled(smooth(100), 1e-39));
    EXPECT_TRUE(compare_values(expected, Values(100, 0)).passed);
    const auto small = expectation(DType::Float32, scaled(smooth(100), 1e-20));
    EXPECT_FALSE(compare_values(small, Values(100, 0)).passed);
    auto exact = expectation(DType::Float32, {1, 1e-38, -1e-39, 2e-38, 0});
    exact.exact = true;
    EXPECT_TRUE(compare_values(exact, {1, 0, 0, 2e-38, 0}).passed);
    EXPECT_FALSE(compare_values(exact, {1, 0, 0, 0, 0}).passed) << "2e-38 is a normal number";
    EXPECT_FALSE(compare_values(exact, {1, 0, 1e-39, 2e-38, 0}).passed) << "nor may it be another one";
}

TEST(Compare, ZerosAreExpectedAsZeros) {
    const auto expected = expectation(DType::Float32, Values(100, 0));
    EXPECT_TRUE(compare_values(expected, Values(100, -0.0)).passed);
    EXPECT_FALSE(compare_values(expected, Values(100, 1e-20)).passed);
}

TEST(Compare, ExactMeansEveryBit) {
    auto expected = expectation(DType::Float32, {1, 2, 3, 1000, 0});
    const Values nearly{1, 2, 3, 1000.0001, -0.0};
    EXPECT_TRUE(compare_values(expected, nearly).passed);
    expected.exact = true;
    const auto result = compare_values(expected, nearly);
    EXPECT_FALSE(result.passed);
    EXPECT_EQ(result.bad, 1U);
    EXPECT_EQ(result.first_bad, 3U);
    EXPECT_EQ(result.expected, 1000);
    EXPECT_NEAR(result.got, 1000.0001, 1e-4);
    EXPECT_EQ(result.tolerance, 0);
    EXPECT_TRUE(compare_values(expected, {1, 2, 3, 1000, -0.0}).passed);
    expected.exact = false;
    EXPECT_FALSE(compare_values(expected, nearly, ErrorClass::Exact).passed);
}

TEST(Compare, IntegersAreExact) {
    for (const DType dtype : {DType::Int64, DType::Int32, DType::Int16, DType::Int8, DType::UInt8}) {
        const auto expected = expectation(dtype, {0, 1, 2, 100, 5});
        EXPECT_TRUE(compare_values(expected, {0, 1, 2, 100, 5}, ErrorClass::Wrong).passed);
        const auto result = compare_values(expected, {0, 1, 2, 101, 5}, ErrorClass::Wrong);
        EXPECT_FALSE(result.passed);
        EXPECT_EQ(result.first_bad, 3U);
        EXPECT_EQ(result.error_class, ErrorClass::Wrong);
    }
}

TEST(Compare, TheHistogramCountsByTheTolerance) {
    const auto expected = expectation(DType::Float32, Values(1000, 1));
    Values got(1000, 1);
    const double tolerance = compare_values(expected, got).tolerance;
    const std::vector<double> factors{1.5, 5, 50, 5000, 5e5, 5e7};
    for (std::size_t i = 0; i < factors.size(); i++) {
        got[10 * i] += factors[i] * tolerance;
    }
    got[99] = nan;
    const auto result = compare_values(expected, got);
    EXPECT_EQ(result.bad, 7U);
    EXPECT_EQ(result.histogram, (std::array<std::uint64_t, 8>{993, 1, 1, 1, 1, 1, 1, 1}));
    EXPECT_EQ(std::accumulate(result.histogram.begin(), result.histogram.end(), std::uint64_t{0}), result.total);
    EXPECT_EQ(result.max_error, infinity);
}

TEST(Compare, OutputsOfAnotherSizeFail) {
    const auto expected = expectation(DType::Float32, smooth(10));
    for (const std::size_t bytes : {0U, 39U, 44U}) {
        const auto result = compare(expected, Bytes(bytes), ErrorClass::Fp8, poison);
        EXPECT_FALSE(result.passed);
        EXPECT_EQ(result.bad, 10U);
        EXPECT_NE(result.pattern.find("bytes"), std::string::npos);
    }
}

TEST(Compare, ExpectationsMustFitTogether) {
    auto expected = expectation(DType::Float32, smooth(10));
    expected.reference.pop_back();
    EXPECT_THROW((void)compare_values(expected, expected.oracle), std::invalid_argument);
}

TEST(Compare, FloatsOfTensorsWithoutDimensions) {
    const auto expected = expectation(DType::Float32, {}, {0.1});
    EXPECT_TRUE(compare_values(expected, {0.1}).passed);
    const auto result = compare_values(expected, {0.2});
    EXPECT_FALSE(result.passed);
    EXPECT_EQ(result.pattern, "all");
}

class Pattern : public testing::Test {
protected:
    static constexpr std::int64_t rows = 24, columns = 40;
    Expectation expected_ = expectation(DType::Float32, {rows, columns}, smooth(rows* columns));
    Values got_ = expected_.oracle;

    double& at(std::int64_t row, std::int64_t column) { return got_[static_cast<std::size_t>(row * columns + column)]; }
    [[nodiscard]] std::string pattern() const { return compare_values(expected_, got_).pattern; }
};

TEST_F(Pattern, Places) {
    for (std::int64_t c = 0; c < columns; c++) {
        at(rows - 1, c) += c % 2 == 0 ? 5 : 7;
    }
    EXPECT_EQ(pattern(), "last row");
    at(rows - 2, 39) += 1;
    at(rows - 2, 38) += 5;
    EXPECT_EQ(pattern(), "tail from index 918");
    at(3, 7) += 1;
    EXPECT_EQ(pattern(), "43 of 840 elements in rows 3 to 23");

    got_ = expected_.oracle;
    for (std::int64_t r = 0; r < rows; r++) {
        at(r, 5) += static_cast<double>(1 + r % 3);
    }
    EXPECT_EQ(pattern(), "column 5");

    got_ = expected_.oracle;
    at(3, 4) += 1;
    EXPECT_EQ(pattern(), "one element, 124");
    got_ = expected_.oracle;
    at(rows - 1, columns - 1) += 1;
    EXPECT_EQ(pattern(), "last element");

    got_ = expected_.oracle;
    for (std::int64_t i = 0; i < 16; i++) {
        for (std::int64_t j = 0; j < 8; j++) {
            at(8 + i, 32 + j) += static_cast<double>(1 + i * j % 3);
        }
    }
    EXPECT_EQ(pattern(), "rows 8 to 23, columns 32 to 39");
}

TEST_F(Pattern, AnEntryOfABatch) {
    expected_ = expectation(DType::Float32, {4, 6, 40}, expected_.oracle);
    for (std::size_t i = 240; i < 480; i++) {
        got_[i] += static_cast<double>(1 + i % 3);
    }
    EXPECT_EQ(pattern(), "index 1 of dimension 0");
}

TEST_F(Pattern, NeverWritten) {
    Bytes bytes(expected_.tensor.bytes(), std::byte{poison});
    auto result = compare(expected_, bytes, ErrorClass::Fp32, poison);
    EXPECT_EQ(result.pattern, "all: never written (the poison is still there)");
    Bytes right = from_doubles(DType::Float32, expected_.oracle);
    std::fill_n(right.begin() + 4 * 900, 4 * 60, std::byte{poison});
    result = compare(expected_, right, ErrorClass::Fp32, poison);
    EXPECT_EQ(result.pattern, "tail from index 900: never written (the poison is still there)");
}

TEST_F(Pattern, Contents) {
    got_.assign(got_.size(), 0);
    EXPECT_EQ(pattern(), "all: 0 instead of the result");
    got_.assign(got_.size(), nan);
    EXPECT_EQ(pattern(), "all: NaN");
    got_.assign(got_.size(), 0.5);
    EXPECT_EQ(pattern(), "all: the constant 0.5");
    got_ = scaled(expected_.oracle, -1);
    EXPECT_EQ(pattern(), "all: the sign is wrong");
    got_ = scaled(expected_.oracle, 2);
    EXPECT_EQ(pattern(), "all: 2 times the result");
    got_ = scaled(expected_.oracle, 1.0 / 3);
    EXPECT_EQ(pattern(), "all: 0.333333 times the result");
}

TEST_F(Pattern, RightValuesInWrongPlaces) {
    std::rotate(got_.begin(), got_.begin() + 1, got_.end());
    got_.back() = 99;
    EXPECT_EQ(pattern(), "all: what belongs one element further on");
    got_ = expected_.oracle;
    std::rotate(got_.begin(), got_.end() - columns, got_.end());
    EXPECT_EQ(pattern(), "all: what belongs one row further back");
    for (std::int64_t r = 0; r < rows; r++) {
        for (std::int64_t c = 0; c < columns; c++) {
            got_[static_cast<std::size_t>(c * rows + r)] = expected_.oracle[static_cast<std::size_t>(r * columns + c)];
        }
    }
    EXPECT_NE(pattern().find("the transposed result"), std::string::npos) << pattern();
    got_ = expected_.oracle;
    std::swap_ranges(got_.begin(), got_.begin() + columns, got_.begin() + 7 * columns);
    EXPECT_NE(pattern().find("row 0 is what belongs into row 7"), std::string::npos) << pattern();
}

TEST(Mutants, AllFailAndAreNamed) {
    for (const DType dtype : {DType::Float64, DType::Float32, DType::Float16, DType::BFloat16}) {
        const ErrorClass accepts = dtype == DType::Float64   ? ErrorClass::Fp64
                                   : dtype == DType::Float32 ? ErrorClass::Fp32
                                   : dtype == DType::Float16 ? ErrorClass::Fp16
                                                             : ErrorClass::Bf16;
        const auto expected = expectation(dtype, {40, 50}, smooth(2000));
        tasks::Binding binding;
        binding.outputs = {expected.tensor};
        binding.inputs = {expected.tensor, expected.tensor};
        binding.inputs[0].name = "a";
        binding.inputs[1].name = "b";
        binding.inputs[1].shape = {50};
        const std::vector<Bytes> inputs{from_doubles(dtype, scaled(smooth(2000), 1.5)),
                                        from_doubles(dtype, smooth(50))};
        Values others = smooth(2000);
        std::ranges::reverse(others);
        const auto mutants = make_mutants(binding, 0, expected, inputs, from_doubles(dtype, others), poison, accepts);
        std::vector<std::string> names;
        for (const Mutant& mutant : mutants) {
            names.push_back(mutant.name);
            EXPECT_EQ(mutant.output.size(), expected.tensor.bytes());
            EXPECT_FALSE(compare(expected, mutant.output, accepts, poison).passed)
                << mutant.name << " " << tasks::to_string(dtype);
        }
        const auto has = [&](const std::string& name) { return std::ranges::count(names, name) == 1; };
        for (const char* name : {"zeros", "ones", "the mean", "a copy of the input a", "the output for other inputs",
                                 "the first row in every row", "one tile never written", "one tile zero"}) {
            EXPECT_TRUE(has(name)) << name;
        }
        EXPECT_FALSE(has("a copy of the input b"));
        EXPECT_TRUE(has(dtype == DType::Float64   ? "rounded to fp32"
                        : dtype == DType::Float32 ? "rounded to tf32"
                        : dtype == DType::Float16 ? "rounded to bf16"
                                                  : "rounded to fp8"));
    }
}

TEST(Mutants, RoundingIsBelowWhatIsAccepted) {
    const auto expected = expectation(DType::Float32, {40, 50}, smooth(2000));
    tasks::Binding binding;
    binding.outputs = {expected.tensor};
    const auto rounding = [&](ErrorClass accepts) {
        for (const Mutant& mutant : make_mutants(binding, 0, expected, {}, {}, poison, accepts)) {
            EXPECT_FALSE(compare(expected, mutant.output, accepts, poison).passed) << mutant.name;
            if (mutant.name.starts_with("rounded")) {
                return mutant.name;
            }
        }
        return std::string();
    };
    EXPECT_EQ(rounding(ErrorClass::Exact), "rounded to tf32");
    EXPECT_EQ(rounding(ErrorClass::Fp32), "rounded to tf32");
    EXPECT_EQ(rounding(ErrorClass::Tf32), "rounded to bf16");
    EXPECT_EQ(rounding(ErrorClass::Bf16), "rounded to fp8");
    EXPECT_EQ(rounding(ErrorClass::Fp8), "");
}

// Precision cannot be told from a few numbers, so nothing is said about it: over many seeds all mutants fail.
TEST(Mutants, OfFewElementsFailToo) {
    for (const std::size_t count : {2U, 3U, 7U, 15U, 16U, 20U}) {
        for (std::uint32_t seed = 0; seed < 200; seed++) {
            std::mt19937_64 engine(seed);
            std::normal_distribution<double> normal;
            Values oracle(count);
            std::ranges::generate(oracle, [&] { return normal(engine); });
            const auto expected = expectation(DType::Float32, oracle);
            tasks::Binding binding;
            binding.outputs = {expected.tensor};
            for (const Mutant& mutant : make_mutants(binding, 0, expected, {}, {}, poison)) {
                ASSERT_FALSE(compare(expected, mutant.output, ErrorClass::Fp32, poison).passed)
                    << mutant.name << " of " << count << ", seed " << seed;
            }
        }
    }
}

TEST(Mutants, OfIntegersAndOfOneElement) {
    for (const DType dtype : {DType::Int32, DType::Bool, DType::Float32}) {
        const auto expected = expectation(dtype, {1}, {1});
        tasks::Binding binding;
        binding.outputs = {expected.tensor};
        for (const Mutant& mutant : make_mutants(binding, 0, expected, {}, {}, poison)) {
            // 1 is also what "ones" are: that mutant says that this output is no good as a check.
            EXPECT_EQ(compare(expected, mutant.output, ErrorClass::Fp32, poison).passed, mutant.name == "ones")
                << mutant.name;
        }
    }
    const auto counts = expectation(DType::Int32, {3, 4}, {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11});
    tasks::Binding binding;
    binding.outputs = {counts.tensor};
    for (const Mutant& mutant : make_mutants(binding, 0, counts, {}, {}, poison)) {
        EXPECT_FALSE(compare(counts, mutant.output, ErrorClass::Fp32, poison).passed) << mutant.name;
    }
}

} // namespace
} // namespace assay::verify
