// How far an output may be from the oracle: error scales, the honest reference's own error, and a bound for each class.
#pragma once

#include <span>

#include "verify/compare.h"

namespace assay::verify {

/// Largest and root mean square of the scaled errors |value - oracle| / max(|oracle|, typical, response).
struct Errors {
    double max = 0, norm = 0;
};

/// What an expectation says about errors, before any candidate's output is seen.
struct ErrorModel {
    tasks::DType dtype = tasks::DType::Float32;
    double typical = 0; ///< magnitude: root mean square of the oracle's values that the dtype can hold
    Errors rounding;    ///< of the oracle rounded to the dtype: the least that any output has
    Errors reference;   ///< of the honest reference
    bool finite = true; ///< whether all of the reference's errors are: none is NaN or infinity where it should not be
    std::size_t total = 0;
};

[[nodiscard]] ErrorModel make_error_model(const Expectation& expectation);

/// The largest errors that a class allows; both must hold.
[[nodiscard]] Errors tolerance(const ErrorModel& model, tasks::ErrorClass error_class);

/// How large scaled errors of a class are typically, at most: the bound of their root mean square for many elements, of
/// an output in `dtype` where those of the reference are typically `reference`.
[[nodiscard]] double typical_limit(tasks::DType dtype, tasks::ErrorClass error_class, double reference);

/// Whether the reference errs no more than any program of its dtype's precision may. Where it does, another honest
/// program may err by any amount, so nothing can be said of one.
[[nodiscard]] bool is_well_conditioned(const ErrorModel& model);

/// The class of the dtype's own precision.
[[nodiscard]] tasks::ErrorClass class_of(tasks::DType dtype);

/// Half the distance from 1 to the next number of the class's format.
[[nodiscard]] double unit_of(tasks::ErrorClass error_class);

/// The least normal number of a floating-point type, below which a result may be flushed to zero; 0 of integers.
[[nodiscard]] double least_normal_of(tasks::DType dtype);

/// Some elements of an expectation.
struct Elements {
    std::span<const double> oracle;
    std::span<const double> responses; ///< or none

    [[nodiscard]] static Elements of(const Expectation& expectation, std::size_t first, std::size_t count);
};

/// Scaled errors of a piece: `got` holds values of the dtype, `right` what the values should be. A NaN or an infinity
/// that the oracle, rounded to the dtype, does not have is an infinite error, unless its response is infinite: then the
/// oracle may have it as well, a rounding further on. Returns whether all errors are finite.
bool scaled_errors(const ErrorModel& model, const Elements& right, std::span<const double> got,
                   std::span<double> errors);

/// Sums up errors over pieces.
class ErrorSum {
public:
    /// Returns the largest of `errors`.
    double add(std::span<const double> errors);
    [[nodiscard]] Errors errors() const;

private:
    double max_ = 0, squares_ = 0;
    std::size_t count_ = 0;
};

} // namespace assay::verify
