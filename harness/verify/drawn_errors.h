// What outputs of few elements are worth, told over all draws of a check together.
//
// A loss is one number. A single one may be nearly right by chance, and be far off honestly where it is the result of
// cancellation, so its tolerance (tolerance.h) is wide: fp16 has room in it. Twenty of them say more. What is compared
// is their median: no few draws move it, as one that cancels would move a mean.
#pragma once

#include <optional>
#include <vector>

#include "verify/compare.h"

namespace assay::verify {

/// The scaled errors of one output over many draws.
class DrawnErrors {
public:
    /// Takes the output of one draw, if its elements are few (below fewest_of_a_class) and not exact.
    void add(const Expectation& expectation, const Bytes& got);

    struct Judgement {
        tasks::ErrorClass error_class = tasks::ErrorClass::Wrong; ///< the finest whose bound holds
        double median = 0;                                        ///< scaled error
        double limit = 0;                                         ///< what the accepted class may have
        std::size_t values = 0;
        bool passed = false;
    };
    /// Nothing where there are fewer than `fewest` values.
    [[nodiscard]] std::optional<Judgement> judge(tasks::ErrorClass accepts) const;

    /// Of eight values rounded to fp16, half are within fp32's bound by chance about three times in ten thousand
    /// (simulated: errors even below half a unit, mantissas even in their logarithm).
    static constexpr std::size_t fewest = 8;

private:
    tasks::DType dtype_ = tasks::DType::Float32;
    std::vector<double> errors_, of_reference_;
};

} // namespace assay::verify
