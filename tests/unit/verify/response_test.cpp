// Responses of an oracle to inputs that are a rounding off.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "verify/response.h"

namespace assay::verify {
namespace {

using tasks::DType;
using Values = std::vector<double>;

constexpr double infinity = std::numeric_limits<double>::infinity();
const double nan = std::numeric_limits<double>::quiet_NaN();

tasks::Binding binding_of(DType dtype, std::size_t count) {
    tasks::Binding binding;
    binding.task = "simulated";
    binding.inputs.resize(1);
    binding.inputs[0].dtype = dtype;
    binding.inputs[0].shape = {static_cast<std::int64_t>(count)};
    return binding;
}

Values perturbed(const tasks::Binding& binding, const Values& values, std::uint32_t draw = 0) {
    const auto moved = perturb_inputs(binding, {from_doubles(DType::Float64, values)}, draw);
    return to_doubles(DType::Float64, moved.at(0));
}

TEST(Response, InputsMoveByOneRoundingEachItsOwnWay) {
    const Values values(5000, -3);
    const auto binding = binding_of(DType::Float32, values.size());
    const Values moved = perturbed(binding, values);
    std::size_t up = 0;
    for (const double value : moved) {
        EXPECT_GE(std::abs(value + 3) / 3, 0.49 * 0x1p-24);
        EXPECT_LE(std::abs(value + 3) / 3, 1.01 * 0x1p-24);
        up += value > -3 ? 1 : 0;
    }
    EXPECT_NEAR(static_cast<double>(up), 2500, 250);
    EXPECT_EQ(moved, perturbed(binding, values));
    EXPECT_NE(moved, perturbed(binding, values, 1));
}

TEST(Response, WhatIsNoRoundedNumberStays) {
    const Values values{0, -0.0, infinity, -infinity, 0x1p-130};
    const Values moved =
        perturbed(binding_of(DType::Float32, values.size() + 1), {0, -0.0, infinity, -infinity, 0x1p-130, nan});
    EXPECT_EQ(Values(moved.begin(), moved.begin() + 4), Values(values.begin(), values.begin() + 4));
    EXPECT_TRUE(std::signbit(moved[1]));
    EXPECT_EQ(moved[4], 0); // flushed
    EXPECT_TRUE(std::isnan(moved[5]));
    // Integers are their bytes, whatever those would be as a double.
    const Bytes integers(400, std::byte{1});
    EXPECT_EQ(perturb_inputs(binding_of(DType::Int32, 100), {integers}, 0).at(0), integers);
}

TEST(Response, InputsStayWithinTheirBounds) {
    auto binding = binding_of(DType::Float32, 100);
    binding.inputs[0].has_high = true;
    binding.inputs[0].high = 1;
    EXPECT_LE(std::ranges::max(perturbed(binding, Values(100, 1))), 1);
    binding.inputs[0].has_low = true;
    binding.inputs[0].low = 1;
    EXPECT_EQ(perturbed(binding, Values(100, 1)), Values(100, 1));
}

TEST(Response, IsTheLargestMotionOverTheRoundoff) {
    Values responses(5);
    const Values oracle{1, 2, infinity, nan, 4};
    take_responses(oracle, Values{1, 2 + 0x1p-23, infinity, nan, nan}, responses);
    EXPECT_EQ(responses, (Values{0, 2, 0, 0, infinity}));
    take_responses(oracle, Values{1 - 0x1p-20, 2, 5, 1, 4}, responses);
    EXPECT_EQ(responses, (Values{16, 2, infinity, infinity, infinity}));
}

} // namespace
} // namespace assay::verify
