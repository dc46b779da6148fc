// The derived tolerance on simulated programs: over many seeds, problems and regimes no honest one ever fails,
// whichever honest one is the reference, and no wrong one ever passes.
#include <gtest/gtest.h>

#include "unit/verify/programs.h"
#include "verify/compare.h"
#include "verify/tolerance.h"

namespace assay::verify {
namespace {

using programs::Output;
using programs::Problem;
using tasks::DType;
using tasks::ErrorClass;

constexpr std::uint8_t poison = 0xA5;

Comparison compare_output(const Problem& problem, const Output& reference, const Output& output, ErrorClass accepts) {
    return compare(programs::expect(problem, reference), from_doubles(problem.tensor.dtype, output.values), accepts,
                   poison);
}

void honest_pass(const Problem& problem, ErrorClass accepts, Regime regime = Regime::Normal) {
    for (const Output& reference : problem.honest) {
        if (regime == Regime::Patterns && !can_judge(programs::expect(problem, reference), accepts)) {
            continue; // then nobody is judged by it
        }
        for (const Output& output : problem.honest) {
            const Comparison result = compare_output(problem, reference, output, accepts);
            ASSERT_TRUE(result.passed) << output.name << " against " << reference.name << ": " << result.max_error
                                       << " over " << result.tolerance << ", " << result.norm_error << " in the mean, "
                                       << result.pattern;
        }
    }
}

void wrong_fail(const Problem& problem, ErrorClass accepts) {
    for (const Output& reference : problem.honest) {
        for (const Output& output : problem.wrong) {
            const Comparison result = compare_output(problem, reference, output, accepts);
            ASSERT_FALSE(result.passed) << output.name << " against " << reference.name << ": " << result.max_error
                                        << " within " << result.tolerance << ", " << result.norm_error
                                        << " in the mean";
            EXPECT_GT(result.bad, 0U);
            EXPECT_FALSE(result.pattern.empty());
        }
    }
}

constexpr std::array regimes{Regime::Normal, Regime::Uniform, Regime::Integers, Regime::Magnitudes, Regime::Patterns};

struct Case {
    const char* name;
    std::function<Problem(std::uint32_t, Regime)> make;
    std::uint32_t seeds;
};

class Float32Programs : public testing::TestWithParam<Case> {};

TEST_P(Float32Programs, HonestOnesPassInEveryRegime) {
    for (std::uint32_t seed = 0; seed < GetParam().seeds; seed++) {
        for (const Regime regime : regimes) {
            SCOPED_TRACE(testing::Message() << to_string(regime) << " " << seed);
            ASSERT_NO_FATAL_FAILURE(honest_pass(GetParam().make(seed, regime), ErrorClass::Fp32, regime));
        }
    }
}

TEST_P(Float32Programs, WrongOnesFail) {
    for (std::uint32_t seed = 0; seed < GetParam().seeds; seed++) {
        SCOPED_TRACE(seed);
        ASSERT_NO_FATAL_FAILURE(wrong_fail(GetParam().make(seed, Regime::Normal), ErrorClass::Fp32));
    }
}

INSTANTIATE_TEST_SUITE_P(
    Problems, Float32Programs,
    testing::Values(
        Case{"matmul", [](auto seed, auto regime) { return programs::matmul(seed, regime, 9, 96, 17); }, 150},
        Case{"long_matmul", [](auto s, auto regime) { return programs::matmul(s, regime, 16, 512, 16); }, 20},
        Case{"outer_product", [](auto s, auto regime) { return programs::matmul(s, regime, 24, 1, 31); }, 100},
        Case{"softmax", [](auto s, auto regime) { return programs::softmax(s, regime, 5, 301); }, 100},
        Case{"layer_norm", [](auto s, auto regime) { return programs::layer_norm(s, regime, 6, 257); }, 100},
        // Without responses its plain sums fail: weights of all magnitudes meet elements next to the mean.
        Case{"affine_layer_norm", [](auto s, auto regime) { return programs::affine_layer_norm(s, regime, 16, 257); },
             100},
        Case{"row_sums", [](auto s, auto regime) { return programs::row_sums(s, regime, 64, 1000); }, 30},
        Case{"few_sums", [](auto s, auto regime) { return programs::row_sums(s, regime, 3, 4096); }, 100},
        Case{"scan", [](auto seed, auto regime) { return programs::scan(seed, regime, 7919); }, 40},
        Case{"gelu", [](auto seed, auto regime) { return programs::gelu(seed, regime, 5003); }, 40}),
    [](const auto& info) { return std::string(info.param.name); });

TEST(NarrowPrograms, Fp16) {
    for (std::uint32_t seed = 0; seed < 100; seed++) {
        SCOPED_TRACE(seed);
        const Problem problem = programs::narrow_matmul(seed, DType::Float16);
        ASSERT_NO_FATAL_FAILURE(honest_pass(problem, ErrorClass::Fp16));
        ASSERT_NO_FATAL_FAILURE(wrong_fail(problem, ErrorClass::Fp16));
    }
}

TEST(NarrowPrograms, Bf16) {
    for (std::uint32_t seed = 0; seed < 100; seed++) {
        SCOPED_TRACE(seed);
        const Problem problem = programs::narrow_matmul(seed, DType::BFloat16);
        ASSERT_NO_FATAL_FAILURE(honest_pass(problem, ErrorClass::Bf16));
        ASSERT_NO_FATAL_FAILURE(wrong_fail(problem, ErrorClass::Bf16));
    }
}

} // namespace
} // namespace assay::verify
