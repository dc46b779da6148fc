// fast_p over a suite (KernelBench, Ouyang et al. 2025, section 3.3): the fraction of *all* tasks whose candidate is
// correct and more than p times as fast as the baseline.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/error.h"
#include "scoring/statistics.h"
#include "store/evaluation.h"

namespace assay::scoring {

struct FastP {
    double p = 0;
    double value = 0;       ///< tasks whose interval's lower end exceeds p (for p = 0: that are correct) over all tasks
    double by_estimate = 0; ///< the same by the point estimate: what published numbers use
    Interval interval;      ///< of `value`, bootstrap over tasks
};

struct Score {
    std::string label; ///< whose candidates: author or set; "" if there is one
    std::string device, clock;
    std::size_t tasks = 0, correct = 0, timed = 0;
    std::size_t library = 0;           ///< of the correct, those that leave work to a library, where that is counted
    std::vector<FastP> fast;           ///< for p = 0, 1, 2 unless asked otherwise
    double geometric_mean_speedup = 0; ///< over the correct and timed; NaN if none
};

/// Scores one set of evaluations: of each candidate its last, and at most one for each task (the best correct one by
/// the lower end of its interval when there are several); every task of `suite_tasks` is in the denominator, evaluated
/// or not. Evaluations of different devices or clocks are an Error: they are never mixed.
[[nodiscard]] Result<Score> score(const std::vector<store::Evaluation>& evaluations,
                                  const std::vector<std::string>& suite_tasks,
                                  const std::vector<double>& thresholds = {0, 1, 2});

} // namespace assay::scoring
