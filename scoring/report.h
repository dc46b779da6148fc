// Results as people read them: a table of evaluations and the scores below it.
#pragma once

#include <string>
#include <vector>

#include "scoring/fast_p.h"

namespace assay::scoring {

struct TableOptions {
    bool color = false;
    unsigned width = 100; ///< columns of the terminal; long candidate names are shortened to fit
};

/// task, candidate, status, speed-up with its interval, error class; one line each, in the order given.
[[nodiscard]] std::string table(const std::vector<store::Evaluation>& evaluations, const TableOptions& options = {});

/// "fast_0 0.92 [0.75, 1.00]   fast_1 ..." with the clock, never without it.
[[nodiscard]] std::string summary(const Score& score);

/// One evaluation in full: findings, errors, times, warnings.
[[nodiscard]] std::string details(const store::Evaluation& evaluation, const TableOptions& options = {});

} // namespace assay::scoring
