// Operand values for tests: the special ones of each width, and random ones with a fixed seed.
#pragma once

#include <cstdint>
#include <random>
#include <vector>

namespace assay::isa {

/// Zeros, subnormals, the neighbours of powers of two, the largest numbers, infinities, NaNs, of both signs.
[[nodiscard]] inline std::vector<std::uint64_t> special_floats(unsigned fraction_bits, unsigned exponent_bits) {
    const std::uint64_t one_fraction = std::uint64_t{1} << fraction_bits;
    const std::uint64_t exponents = (std::uint64_t{1} << exponent_bits) - 1;
    const std::uint64_t bias = exponents / 2;
    std::vector<std::uint64_t> values;
    for (const std::uint64_t exponent : {std::uint64_t{0}, std::uint64_t{1}, bias - 1, bias, bias + 1, bias + 5,
                                         bias + fraction_bits, bias + fraction_bits + 1, exponents - 1}) {
        for (const std::uint64_t fraction :
             {std::uint64_t{0}, std::uint64_t{1}, one_fraction / 2, one_fraction / 2 + 1, one_fraction - 1}) {
            values.push_back(exponent * one_fraction + fraction);
        }
    }
    values.push_back(exponents * one_fraction);
    values.push_back(exponents * one_fraction + 1);
    values.push_back(exponents * one_fraction + one_fraction / 2 + 3);
    const std::size_t positive = values.size();
    for (std::size_t i = 0; i < positive; ++i) {
        values.push_back(values[i] | std::uint64_t{1} << (fraction_bits + exponent_bits));
    }
    return values;
}

class Random {
public:
    [[nodiscard]] std::uint64_t bits(unsigned width) { return engine_() >> (64 - width); }

    /// A float near 1: operands that cancel, carry and tie more often than random bits do.
    [[nodiscard]] std::uint64_t near_one(unsigned fraction_bits, unsigned exponent_bits) {
        const std::uint64_t bias = (std::uint64_t{1} << (exponent_bits - 1)) - 1;
        const std::uint64_t exponent = bias + engine_() % 7 - 3;
        const std::uint64_t kept = ~std::uint64_t{0} << (engine_() % fraction_bits);
        const std::uint64_t fraction = bits(fraction_bits) & kept & ((std::uint64_t{1} << fraction_bits) - 1);
        return (engine_() & 1) << (fraction_bits + exponent_bits) | exponent << fraction_bits | fraction;
    }

private:
    std::mt19937_64 engine_{20240917};
};

/// Integers around the edges of every width.
[[nodiscard]] inline std::vector<std::uint64_t> special_integers() {
    std::vector<std::uint64_t> values;
    for (const unsigned shift : {0U, 7U, 8U, 15U, 16U, 23U, 24U, 31U, 32U, 63U}) {
        const std::uint64_t power = std::uint64_t{1} << shift;
        for (const std::uint64_t value : {power - 1, power, power + 1, 0 - power, 0 - power - 1}) {
            values.push_back(value);
        }
    }
    values.push_back(0x123456789abcdef0);
    values.push_back(0xfedcba9876543210);
    return values;
}

} // namespace assay::isa
