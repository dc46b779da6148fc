// Conversions: exact one way, rounded once the other way.
#include <bit>
#include <cmath>
#include <gtest/gtest.h>
#include <limits>
#include <random>

#include "verify/convert.h"
#include "verify/formats.h"
#include "verify/inputs.h"

namespace assay::verify {
namespace {

using tasks::DType;

constexpr double infinity = std::numeric_limits<double>::infinity();

double through(DType dtype, double value) {
    return to_doubles(dtype, from_doubles(dtype, {value})).at(0);
}

std::uint16_t bits_of(DType dtype, double value) {
    const Bytes bytes = from_doubles(dtype, {value});
    return static_cast<std::uint16_t>(std::to_integer<unsigned>(bytes.at(0)) | std::to_integer<unsigned>(bytes.at(1))
                                                                                   << 8);
}

double from_bits(DType dtype, std::uint16_t bits) {
    return to_doubles(dtype, {std::byte(bits & 0xFF), std::byte(bits >> 8)}).at(0);
}

class Narrow : public testing::TestWithParam<DType> {};

TEST_P(Narrow, EveryNumberSurvives) {
    for (std::uint32_t bits = 0; bits < 0x10000; bits++) {
        const auto stored = static_cast<std::uint16_t>(bits);
        const double value = from_bits(GetParam(), stored);
        if (std::isnan(value)) {
            EXPECT_TRUE(std::isnan(through(GetParam(), value)));
        } else {
            ASSERT_EQ(bits_of(GetParam(), value), stored) << value;
        }
    }
}

// Midpoints between neighbours and the doubles next to them, over the whole format.
TEST_P(Narrow, RoundsOnceToNearestEven) {
    const std::uint16_t infinite = bits_of(GetParam(), infinity);
    for (std::uint16_t bits = 0; bits + 1 < infinite; bits++) {
        const double low = from_bits(GetParam(), bits);
        const double high = from_bits(GetParam(), static_cast<std::uint16_t>(bits + 1));
        const double middle = (low + high) / 2;
        ASSERT_EQ(through(GetParam(), middle), bits % 2 == 0 ? low : high) << middle;
        ASSERT_EQ(through(GetParam(), std::nextafter(middle, 0.0)), low) << middle;
        ASSERT_EQ(through(GetParam(), std::nextafter(middle, infinity)), high) << middle;
        ASSERT_EQ(through(GetParam(), -middle), bits % 2 == 0 ? -low : -high) << middle;
    }
}

TEST_P(Narrow, OverflowStartsHalfAStepBeyondTheGreatest) {
    const double greatest = from_bits(GetParam(), static_cast<std::uint16_t>(bits_of(GetParam(), infinity) - 1));
    const double previous = from_bits(GetParam(), static_cast<std::uint16_t>(bits_of(GetParam(), infinity) - 2));
    const double threshold = greatest + (greatest - previous) / 2;
    EXPECT_EQ(through(GetParam(), std::nextafter(threshold, 0.0)), greatest);
    EXPECT_EQ(through(GetParam(), threshold), infinity);
    EXPECT_EQ(through(GetParam(), -threshold), -infinity);
    EXPECT_EQ(through(GetParam(), 1e300), infinity);
}

INSTANTIATE_TEST_SUITE_P(Dtypes, Narrow, testing::Values(DType::Float16, DType::BFloat16),
                         [](const auto& info) { return std::string(tasks::to_string(info.param)); });

TEST(Convert, KnownBits) {
    EXPECT_EQ(bits_of(DType::Float16, 1), 0x3C00);
    EXPECT_EQ(bits_of(DType::Float16, -2), 0xC000);
    EXPECT_EQ(bits_of(DType::Float16, 65504), 0x7BFF);
    EXPECT_EQ(bits_of(DType::Float16, 0x1p-24), 0x0001);
    EXPECT_EQ(bits_of(DType::Float16, -0.0), 0x8000);
    EXPECT_EQ(bits_of(DType::BFloat16, 1), 0x3F80);
    EXPECT_EQ(bits_of(DType::BFloat16, -0x1p-133), 0x8001);
    EXPECT_EQ(bits_of(DType::BFloat16, infinity), 0x7F80);
}

// By way of float this would be rounded twice: first up to the middle between two numbers of fp16, then up to even.
TEST(Convert, NotByWayOfFloat) {
    const double just_below_the_middle = 1 + 3 * 0x1p-11 - 0x1p-40;
    EXPECT_EQ(through(DType::Float16, just_below_the_middle), 1 + 0x1p-10);
    EXPECT_EQ(through(DType::Float16, static_cast<float>(just_below_the_middle)), 1 + 0x1p-9);
}

TEST(Convert, Float32AndFloat64) {
    for (const double value : {0.1, -1e-40, 3.4e38, 1e39, -0.0, infinity}) {
        EXPECT_EQ(through(DType::Float32, value), static_cast<double>(static_cast<float>(value)));
        EXPECT_EQ(through(DType::Float64, value), value);
    }
    EXPECT_TRUE(std::isnan(through(DType::Float32, std::nan(""))));
    EXPECT_TRUE(std::signbit(through(DType::Float32, -0.0)));
}

TEST(Convert, IntegersRoundAndStayInTheirRange) {
    EXPECT_EQ(through(DType::Int32, 2.5), 2);
    EXPECT_EQ(through(DType::Int32, 3.5), 4);
    EXPECT_EQ(through(DType::Int32, 1e10), 2147483647);
    EXPECT_EQ(through(DType::Int32, -1e10), -2147483648.0);
    EXPECT_EQ(through(DType::Int64, 0x1p53 - 1), 0x1p53 - 1);
    EXPECT_EQ(from_doubles(DType::Int64, {1e30}), from_doubles(DType::Int64, {0x1p63}));
    EXPECT_EQ(through(DType::Int64, -0x1p63), -0x1p63);
    EXPECT_EQ(through(DType::Int16, -40'000), -32768);
    EXPECT_EQ(through(DType::Int8, 127.4), 127);
    EXPECT_EQ(through(DType::Int8, 128), 127);
    EXPECT_EQ(through(DType::UInt8, 255.4), 255);
    EXPECT_EQ(through(DType::UInt8, 256), 255);
    EXPECT_EQ(through(DType::UInt8, -1), 0);
    EXPECT_EQ(through(DType::Int32, std::nan("")), 0);
    EXPECT_EQ(through(DType::Bool, -3), 1);
    EXPECT_EQ(through(DType::Bool, 0), 0);
}

TEST(Convert, RoundingToTensorFormats) {
    EXPECT_EQ(round_to<tensor32>(1 + 0x1p-11), 1);
    EXPECT_EQ(round_to<tensor32>(1 + 3 * 0x1p-11), 1 + 0x1p-9);
    EXPECT_EQ(round_to<byte8>(1.0625), 1);
    EXPECT_EQ(round_to<byte8>(1.07), 1.125);
    EXPECT_EQ(round_to<binary32>(1 + 0x1p-24), 1);
    EXPECT_EQ(round_to<binary32>(0x1.8p-149), 0x1p-148);
    EXPECT_EQ(round_to<tensor32>(-infinity), -infinity);
    EXPECT_TRUE(std::isnan(round_to<tensor32>(std::nan(""))));
    std::mt19937_64 engine(1);
    for (int i = 0; i < 10'000; i++) {
        const double value = std::bit_cast<double>(engine());
        const double once = static_cast<float>(value);
        if (!std::isnan(value)) {
            ASSERT_EQ(round_to<binary32>(value), once) << value;
        }
    }
}

TEST(Convert, WidenedInputsHaveTheSameValues) {
    tasks::Binding binding;
    tasks::Binding::Tensor tensor;
    tensor.shape = {100};
    for (const DType dtype : {DType::Float16, DType::Int32, DType::Float64, DType::Float32}) {
        tensor.dtype = dtype;
        binding.inputs.push_back(tensor);
    }
    const auto inputs = generate(binding, Key{}, Regime::Magnitudes);
    const auto wide = widen_inputs(binding, inputs);
    ASSERT_EQ(wide.size(), 4U);
    EXPECT_EQ(to_doubles(DType::Float64, wide[0]), to_doubles(DType::Float16, inputs[0]));
    EXPECT_EQ(wide[1], inputs[1]);
    EXPECT_EQ(wide[2], inputs[2]);
    EXPECT_EQ(to_doubles(DType::Float64, wide[3]), to_doubles(DType::Float32, inputs[3]));
}

TEST(Convert, Pieces) {
    const Bytes bytes = from_doubles(DType::Float16, {1, 2, 3, 4});
    std::array<double, 2> values{};
    read_doubles(DType::Float16, bytes, 1, values);
    EXPECT_EQ(values, (std::array<double, 2>{2, 3}));
    Bytes target = bytes;
    write_doubles(DType::Float16, values, target, 2);
    EXPECT_EQ(to_doubles(DType::Float16, target), (std::vector<double>{1, 2, 2, 3}));
}

} // namespace
} // namespace assay::verify
