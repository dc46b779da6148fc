// One number a draw: what a program of low precision makes of it shows over many draws.
#include <cmath>
#include <functional>
#include <gtest/gtest.h>
#include <random>

#include "verify/convert.h"
#include "verify/drawn_errors.h"

namespace assay::verify {
namespace {

using tasks::DType;
using tasks::ErrorClass;

using Program = std::function<double(const std::vector<double>&)>;

double in_float(const std::vector<double>& x) {
    float sum = 0;
    for (const double value : x) {
        sum += static_cast<float>(value);
    }
    return sum / static_cast<float>(x.size());
}

double in_half(const std::vector<double>& x) {
    double sum = 0;
    for (const double value : x) {
        sum += value;
        round_doubles(DType::Float16, {&sum, 1});
    }
    return sum / static_cast<double>(x.size());
}

/// The mean of a thousand numbers, rounded to `to` at the end.
Program rounded(DType to) {
    return [to](const std::vector<double>& x) {
        double mean = in_float(x);
        round_doubles(to, {&mean, 1});
        return mean;
    };
}

/// The judgement over `draws` means of numbers about `centre`.
std::optional<DrawnErrors::Judgement> judge(const Program& program, unsigned draws, double centre, unsigned seed,
                                            ErrorClass accepts = ErrorClass::Fp32) {
    std::mt19937 random(seed);
    std::normal_distribution<float> normal(static_cast<float>(centre));
    DrawnErrors errors;
    for (unsigned draw = 0; draw < draws; ++draw) {
        std::vector<double> x(1000);
        double sum = 0;
        for (double& value : x) {
            value = normal(random);
            sum += value;
        }
        Expectation expectation;
        expectation.tensor.dtype = DType::Float32;
        expectation.tensor.shape = {1};
        expectation.oracle = {sum / 1000};
        expectation.reference = {in_float(x)};
        errors.add(expectation, from_doubles(DType::Float32, {program(x)}));
    }
    return errors.judge(accepts);
}

TEST(DrawnErrors, AnHonestMeanPassesAlsoWhereItCancels) {
    for (unsigned seed = 0; seed < 200; ++seed) {
        for (const double centre : {0.0, 1.0, 100.0}) {
            const auto judged = judge(in_float, 12, centre, seed);
            ASSERT_TRUE(judged && judged->passed) << judged->median << " over " << judged->limit;
            EXPECT_LE(judged->error_class, ErrorClass::Fp32);
            EXPECT_EQ(judged->values, 12U);
        }
    }
}

TEST(DrawnErrors, ANumberRoundedToLessIsToldByItsDraws) {
    unsigned passed = 0;
    for (unsigned seed = 0; seed < 200; ++seed) {
        const auto half = judge(rounded(DType::Float16), 14, 1, seed);
        ASSERT_TRUE(half);
        passed += half->passed ? 1 : 0;
        const auto brain = judge(rounded(DType::BFloat16), 14, 1, seed);
        ASSERT_TRUE(brain && !brain->passed);
        EXPECT_GE(brain->error_class, ErrorClass::Fp16);
        EXPECT_FALSE(judge(in_half, 14, 1, seed)->passed);
        EXPECT_TRUE(judge(rounded(DType::Float16), 14, 1, seed, ErrorClass::Fp16)->passed);
    }
    EXPECT_LE(passed, 2U) << "of 200";
}

TEST(DrawnErrors, FewDrawsAndExactOnesSayNothing) {
    EXPECT_FALSE(judge(in_half, 7, 1, 1));
    EXPECT_TRUE(judge(in_half, 8, 1, 1));

    DrawnErrors errors;
    Expectation expectation;
    expectation.tensor.dtype = DType::Float32;
    expectation.tensor.shape = {16};
    expectation.oracle.assign(16, 1);
    expectation.reference = expectation.oracle;
    expectation.exact = true;
    const Bytes wrong = from_doubles(DType::Float32, std::vector<double>(16, 2));
    errors.add(expectation, wrong);
    EXPECT_FALSE(errors.judge(ErrorClass::Fp32));
    expectation.exact = false;
    errors.add(expectation, wrong);
    EXPECT_FALSE(errors.judge(ErrorClass::Fp32)->passed);

    Expectation many; // these tell their class by themselves
    many.tensor.dtype = DType::Float32;
    many.tensor.shape = {64};
    many.oracle.assign(64, 1);
    many.reference = many.oracle;
    DrawnErrors of_many;
    of_many.add(many, from_doubles(DType::Float32, std::vector<double>(64, 2)));
    EXPECT_FALSE(of_many.judge(ErrorClass::Fp32));
}

} // namespace
} // namespace assay::verify
