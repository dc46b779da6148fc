// The measurement of a speed-up: pairs of baseline and candidate in random order, and an interval that keeps its
// promise.
//
// Each pair times both once, in an order drawn by a seeded coin; the speed-up is exp of the median of ln(baseline /
// candidate), its interval the exact order-statistic interval of that median (scoring/statistics.h). The interval is
// looked at only after fixed numbers of pairs, so that looking does not bend it.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <vector>

#include "base/error.h"
#include "store/evaluation.h"

namespace assay::timing {

/// Runs its program once and returns the time, in seconds of the device's clock.
using Sampler = std::function<Result<double>()>;

struct Options {
    std::vector<unsigned> looks{30, 60, 100, 150,
                                200}; ///< pairs after which the interval is looked at; the last ends it
    double confidence = 0.99;
    double width = 0.01;                           ///< relative width of the interval that is narrow enough
    double same = 0.01;                            ///< within this of 1 is "same"
    std::chrono::milliseconds warmup_budget{2000}; ///< and never more than a quarter of `budget`
    std::chrono::milliseconds warmup_minimum{100};
    unsigned warmup_pairs = 3; ///< at least; until three ratios agree within 2 %, or the warm-up budget is spent
    std::chrono::milliseconds budget{10'000}; ///< of wall time, warm-up included; at least 6 pairs are taken after it
    std::uint64_t seed = 0;                   ///< of the coin
    std::function<std::chrono::steady_clock::time_point()> now = std::chrono::steady_clock::now; ///< for the budgets
};

/// Fills everything of a Timing but workload and clock. An Error comes from a sampler, or says that a sampler returned
/// a time that is not positive and finite.
[[nodiscard]] Result<store::Timing> measure(const Sampler& baseline, const Sampler& candidate, const Options& options);

} // namespace assay::timing
