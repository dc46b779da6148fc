// Programs as a candidate might write them, simulated: honest ones in many orders of summation, and wrong ones.
#pragma once

#include <cstdint>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include "verify/compare.h"

namespace assay::verify::programs {

using Values = std::vector<double>;

struct Output {
    std::string name;
    Values values; ///< representable in the problem's dtype
};

/// What a comparison needs, and outputs with their known verdicts.
struct Problem {
    tasks::Binding::Tensor tensor;
    Values oracle;
    std::vector<Output> honest;
    std::vector<Output> wrong;
    Values responses{}; ///< or none
};

/// [rows, inner] x [inner, columns] in float32, inputs drawn as the regime says.
[[nodiscard]] Problem matmul(std::uint32_t seed, Regime regime, std::int64_t rows, std::int64_t inner,
                             std::int64_t columns);

/// Inputs and outputs in float16 or bfloat16, sums in float32.
[[nodiscard]] Problem narrow_matmul(std::uint32_t seed, tasks::DType dtype);

[[nodiscard]] Problem softmax(std::uint32_t seed, Regime regime, std::int64_t rows, std::int64_t columns);

[[nodiscard]] Problem layer_norm(std::uint32_t seed, Regime regime, std::int64_t rows, std::int64_t columns);

/// With a weight and a bias for each column, and the responses.
[[nodiscard]] Problem affine_layer_norm(std::uint32_t seed, Regime regime, std::int64_t rows, std::int64_t columns);

/// The sums of rows.
[[nodiscard]] Problem row_sums(std::uint32_t seed, Regime regime, std::int64_t rows, std::int64_t columns);

/// Prefix sums of one row.
[[nodiscard]] Problem scan(std::uint32_t seed, Regime regime, std::int64_t length);

[[nodiscard]] Problem gelu(std::uint32_t seed, Regime regime, std::int64_t length);

/// The expectation whose reference is an honest output.
[[nodiscard]] Expectation expect(const Problem& problem, const Output& reference);

} // namespace assay::verify::programs
