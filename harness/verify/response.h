// How an output answers to inputs that are a rounding off: the size of the errors that honest programs may make there.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "verify/inputs.h"

namespace assay::verify {

/// So many times the oracle is asked.
inline constexpr std::uint32_t response_draws = 3;

/// The oracle's inputs, as widen_inputs makes them, with each floating-point value more or less by 2^-25 to 2^-24 of
/// itself (the unit roundoff of fp32), where the tensor's bounds leave room; what fp32 holds as a subnormal number is
/// zero, as on devices that flush them. Zeros, integers, NaN and infinities stay. Which way a value goes depends on
/// `draw` and its place alone.
[[nodiscard]] std::vector<Bytes> perturb_inputs(const tasks::Binding& binding, std::vector<Bytes> widened,
                                                std::uint32_t draw);

/// `responses` (as many as `oracle`, at first 0) become, where that is more, how far `moved` is from `oracle` over the
/// unit roundoff. NaN or infinity on one side alone is an infinite response.
void take_responses(std::span<const double> oracle, std::span<const double> moved, std::span<double> responses);

} // namespace assay::verify
