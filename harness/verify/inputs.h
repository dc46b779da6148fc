// Inputs that nobody can predict: values drawn from a counter-based generator (Philox 4x32-10) with a secret 128-bit
// key.
//
// Every value is a function of (key, workload, regime, input, element), so that an evaluation can be repeated from its
// published key, in any order, on any number of threads.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "tasks/task.h"

namespace assay::verify {

using Bytes = std::vector<std::byte>;

struct Key {
    std::array<std::uint32_t, 4> words{};
    [[nodiscard]] static Key fresh(); ///< from getrandom(2)
    [[nodiscard]] std::string to_hex() const;
    [[nodiscard]] static Result<Key> from_hex(std::string_view text);
};

/// Salmon et al., Parallel random numbers: as easy as 1, 2, 3 (SC'11).
[[nodiscard]] std::array<std::uint32_t, 4> philox(std::array<std::uint32_t, 4> counter,
                                                  std::array<std::uint32_t, 2> key);

/// How floating-point inputs are drawn for a check; the bounds of the task's distribution hold in each.
enum class Regime : std::uint8_t {
    Normal,     ///< the task's own distribution
    Uniform,    ///< uniform in [-1, 1), shifted into the task's bounds
    Integers,   ///< small integers, so that sums and products are exact in fp32 in any order
    Magnitudes, ///< a mixture within one tensor: log-uniform magnitudes, zeros, signed zeros, plain normals
    Patterns,   ///< each row another pattern: sorted, sparse, constant, far from zero, ...: see patterns.h
    NonFinite,  ///< the task's own distribution, with the NaN and infinities that the task allows among its values
    Negative,   ///< far below zero, as far as the bounds allow: -1024 to -128 (-16 to -4 in fp16)
    Outlier,    ///< the task's own distribution, but for two elements as far from zero as that, one on either side
};
[[nodiscard]] std::string_view to_string(Regime regime);

/// The input tensors of a binding, in its dtypes, as bytes. `draw` tells repeated drawings of one regime apart.
[[nodiscard]] std::vector<Bytes> generate(const tasks::Binding& binding, const Key& key, Regime regime,
                                          std::uint32_t draw = 0);

/// The same values as float64 (floating-point tensors) or unchanged (integers): the oracle's inputs.
[[nodiscard]] std::vector<Bytes> widen_inputs(const tasks::Binding& binding, const std::vector<Bytes>& inputs);

/// Element-wise conversions between a dtype's bytes and doubles (round to nearest even; integers are exact up to 2^53).
[[nodiscard]] std::vector<double> to_doubles(tasks::DType dtype, const Bytes& bytes);
[[nodiscard]] Bytes from_doubles(tasks::DType dtype, const std::vector<double>& values);

} // namespace assay::verify
