// The comparison of one output with the fp64 oracle, and the precision class it is worth.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "tasks/task.h"
#include "verify/inputs.h"

namespace assay::verify {

/// What an output must be: the oracle's values, and the honest reference's own output in the task's dtype, from which
/// the tolerance is derived.
struct Expectation {
    tasks::Binding::Tensor tensor;
    std::vector<double> oracle;
    std::vector<double> reference;
    bool exact = false; ///< integer outputs, and values that are exact in any order (Regime::Integers where oracle and
                        ///< reference agree on integers below 2^24)
    std::vector<double> responses{}; ///< how far each element moves with its inputs (response.h); empty: not asked
};

/// Of fewer elements no precision class can be told: each may be nearly right by chance, or the result of cancellation,
/// and tolerances are wide. What is not of the accepted class is Wrong then.
inline constexpr std::size_t fewest_of_a_class = 64;

/// Every element is compared, as !(error <= tolerance), so that a NaN never passes. NaN and infinity are right only
/// where the oracle has the same.
struct Comparison {
    bool passed = false;
    tasks::ErrorClass error_class = tasks::ErrorClass::Wrong; ///< the finest class whose tolerance holds everywhere
    double max_error = 0;                                     ///< largest scaled error
    double norm_error = 0; ///< root mean square of the scaled errors; has a bound of its own
    double tolerance = 0;  ///< of the class that the task accepts, for the scaled error
    std::uint64_t total = 0, bad = 0;
    std::uint64_t first_bad = 0;              ///< flat index; meaningful if bad > 0
    double expected = 0, got = 0;             ///< at first_bad
    std::array<std::uint64_t, 8> histogram{}; ///< of scaled errors over the accepted tolerance: ≤1, ≤2, ≤10, ≤1e2,
                                              ///< ≤1e4, ≤1e6, more, NaN or infinity
    /// Where the bad elements are and what is there instead: "last row", "tail from index 1000: never written (the
    /// poison is still there)", ...; empty if it passed. If no single error is over its tolerance but their root mean
    /// square is, this says so, and the elements over that bound are the bad ones.
    std::string pattern;
};

/// `accepts` is the coarsest class that passes. `poison` is the byte pattern the buffer was filled with before the
/// launch.
[[nodiscard]] Comparison compare(const Expectation& expectation, const Bytes& got, tasks::ErrorClass accepts,
                                 std::uint8_t poison);

/// Whether an output can be judged by this expectation at all: the honest reference's own output passes, and errs no
/// more than any program of its precision may. Inputs of some regimes are too ill-conditioned for some operations, and
/// another honest program may then err by any amount.
[[nodiscard]] bool can_judge(const Expectation& expectation, tasks::ErrorClass accepts);

/// Outputs that a sound task must reject, made from the right one: zeros, ones, the mean, a copy of an input, the
/// output for other inputs, the first row broadcast, rounding to the next precision below the one accepted, one tile
/// missing, one element wrong. Those that make no sense for the output's shape or dtype are left out; one that happens
/// to be right is not, since then the task is unsound.
struct Mutant {
    std::string name;
    Bytes output;
};
[[nodiscard]] std::vector<Mutant> make_mutants(const tasks::Binding& binding, std::uint32_t output,
                                               const Expectation& expectation, const std::vector<Bytes>& inputs,
                                               const Bytes& output_for_other_inputs, std::uint8_t poison,
                                               tasks::ErrorClass accepts = tasks::ErrorClass::Fp32);

} // namespace assay::verify
