// Estimators with intervals that hold without assumptions about the noise.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace assay::scoring {

/// NaN for an empty span or one that holds a NaN.
[[nodiscard]] double median(std::span<const double> values);

struct Interval {
    double low = 0, high = 0;
    double confidence = 0; ///< reached: at least what was asked, or less if there are too few values
};

/// The exact order-statistic interval of the median (binomial; e.g. Hahn & Meeker, Statistical Intervals, 5.2):
/// distribution-free, symmetric in rank. nullopt for fewer than 2 values or any NaN; with too few values for the
/// confidence asked, the whole range with the confidence that it has.
[[nodiscard]] std::optional<Interval> median_interval(std::span<const double> values, double confidence);

/// Of positive values; NaN if empty or any is not positive.
[[nodiscard]] double geometric_mean(std::span<const double> values);

/// Percentile bootstrap interval of the mean of `values` (Efron 1979), with a fixed seed: the same answer each time.
[[nodiscard]] std::optional<Interval> bootstrap_mean(std::span<const double> values, double confidence,
                                                     std::uint64_t seed = 1, unsigned resamples = 10'000);

} // namespace assay::scoring
