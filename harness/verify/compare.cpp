// The comparison of one output: every element, once, in pieces that stay in cache. The tolerance is tolerance.cpp's.
#include "verify/compare.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <limits>
#include <stdexcept>

#include "verify/convert.h"
#include "verify/formats.h"
#include "verify/pattern.h"
#include "verify/tolerance.h"

namespace assay::verify {

namespace {

using tasks::ErrorClass;

constexpr std::size_t piece = 1024;

std::size_t bucket(double ratio) {
    constexpr std::array limits{1.0, 2.0, 10.0, 1e2, 1e4, 1e6};
    if (!std::isfinite(ratio)) {
        return 7;
    }
    return static_cast<std::size_t>(std::ranges::find_if(limits, [&](double l) { return ratio <= l; }) -
                                    limits.begin());
}

/// The comparison of one output in progress.
class Comparer {
public:
    Comparer(const Expectation& expectation, const Bytes& got, ErrorClass accepts)
        : expectation_(expectation), got_(got), model_(make_error_model(expectation)),
          exact_(expectation.exact || accepts == ErrorClass::Exact || !tasks::is_float(model_.dtype)),
          accepts_(accepts), tolerance_(exact_ ? Errors{} : tolerance(model_, accepts)) {}

    Comparison run(std::uint8_t poison) {
        result_.total = model_.total;
        result_.tolerance = tolerance_.max;
        for_each_piece([&](const Piece& at) { take(at); });
        const Errors errors = sum_.errors();
        result_.max_error = errors.max;
        result_.norm_error = errors.norm;
        result_.error_class = classify(errors);
        result_.passed = exact_ ? all_equal_ : result_.error_class <= accepts_;
        if (!result_.passed) {
            explain(errors, poison);
        }
        return result_;
    }

private:
    struct Piece {
        std::size_t first;
        Elements right;
        std::span<const double> got;
    };

    template <class Use> void for_each_piece(Use use) const {
        std::array<double, piece> got;
        for (std::size_t first = 0; first < model_.total; first += piece) {
            const std::size_t size = std::min(piece, model_.total - first);
            read_doubles(model_.dtype, got_, first, {got.data(), size});
            use(Piece{first, Elements::of(expectation_, first, size), {got.data(), size}});
        }
    }

    /// Whether the element is the oracle's, rounded to the dtype; zeros of both signs are equal, and zero is what a
    /// subnormal number may be flushed to.
    [[nodiscard]] bool is_equal(double oracle, double got) const {
        round_doubles(model_.dtype, {&oracle, 1});
        return is_equal_rounded(oracle, got);
    }

    [[nodiscard]] bool is_equal_rounded(double rounded, double got) const {
        return rounded == got || (got == 0 && std::abs(rounded) < least_normal_) ||
               (std::isnan(rounded) && std::isnan(got));
    }

    [[nodiscard]] bool is_equal(const Piece& at) const {
        std::array<double, piece> expected;
        std::ranges::copy(at.right.oracle, expected.begin());
        round_doubles(model_.dtype, {expected.data(), at.right.oracle.size()});
        std::size_t different = 0;
        for (std::size_t i = 0; i < at.got.size(); i++) {
            different += is_equal_rounded(expected[i], at.got[i]) ? 0 : 1;
        }
        return different == 0;
    }

    [[nodiscard]] bool is_good(const Piece& at, std::size_t i, double error, double limit) const {
        return exact_ ? is_equal(at.right.oracle[i], at.got[i]) : error <= limit;
    }

    void take(const Piece& at) {
        std::array<double, piece> errors;
        const std::span of_piece(errors.data(), at.got.size());
        scaled_errors(model_, at.right, at.got, of_piece);
        const double largest = sum_.add(of_piece);
        // Most outputs are not equal, and the first piece shows it.
        const bool equal = (all_equal_ || exact_) && is_equal(at);
        all_equal_ = all_equal_ && equal;
        if (exact_ ? equal : largest <= tolerance_.max) {
            result_.histogram[0] += of_piece.size();
            return;
        }
        // Exact outputs have no tolerance to measure by; the unit of the dtype takes its place.
        const ErrorClass own = tasks::is_float(model_.dtype) ? class_of(model_.dtype) : ErrorClass::Fp32;
        const double scale = exact_ ? unit_of(own) : tolerance_.max;
        for (std::size_t i = 0; i < of_piece.size(); i++) {
            if (is_good(at, i, of_piece[i], tolerance_.max)) {
                result_.histogram[0]++;
            } else {
                note_bad(at, i);
                result_.histogram.at(std::max<std::size_t>(1, bucket(of_piece[i] / scale)))++;
            }
        }
    }

    void note_bad(const Piece& at, std::size_t i) {
        if (result_.bad++ == 0) {
            result_.first_bad = at.first + i;
            result_.expected = at.right.oracle[i];
            result_.got = at.got[i];
            round_doubles(model_.dtype, {&result_.expected, 1});
        }
    }

    [[nodiscard]] ErrorClass classify(const Errors& errors) const {
        if (all_equal_) {
            return ErrorClass::Exact;
        }
        for (const ErrorClass candidate :
             {ErrorClass::Fp64, ErrorClass::Fp32, ErrorClass::Tf32, ErrorClass::Bf16, ErrorClass::Fp8}) {
            const bool few = model_.total < fewest_of_a_class;
            if (few && candidate > accepts_) {
                break;
            }
            const Errors limit = tolerance(model_, candidate);
            if (errors.max <= limit.max && errors.norm <= limit.norm) {
                return candidate == ErrorClass::Tf32 && !few && is_half() ? ErrorClass::Fp16 : candidate;
            }
        }
        return ErrorClass::Wrong;
    }

    /// TF32 and fp16 have the same mantissa. Values that are all numbers of fp16 have been through fp16.
    [[nodiscard]] bool is_half() const {
        bool half = true;
        for_each_piece([&](const Piece& at) {
            half = half && std::ranges::all_of(at.got, [](double value) {
                       return std::isnan(value) || round_to<binary16>(value) == value;
                   });
        });
        return half;
    }

    /// The output failed: marks the elements to blame and says what they have in common.
    void explain(const Errors& errors, std::uint8_t poison) {
        std::string reason;
        double limit = tolerance_.max;
        if (result_.bad == 0 && errors.norm > tolerance_.norm) {
            // The root mean square is over its bound, so at least one error is.
            limit = tolerance_.norm;
            reason = fmt::format("no error is over {:.2g}, but their root mean square of {:.2g} is over {:.2g}; ",
                                 tolerance_.max, errors.norm, tolerance_.norm);
        } else if (result_.bad == 0) {
            // As precise as TF32, but TF32 has more exponents: where it is accepted, fp16 is not.
            for_each_piece([&](const Piece& at) { note_bad(at, 0); });
            result_.bad = model_.total;
            result_.pattern = "all: rounded to fp16";
            return;
        }
        std::vector<bool> bad(model_.total);
        const bool count = result_.bad == 0;
        for_each_piece([&](const Piece& at) {
            std::array<double, piece> errors_of_piece;
            scaled_errors(model_, at.right, at.got, {errors_of_piece.data(), at.got.size()});
            for (std::size_t i = 0; i < at.got.size(); i++) {
                bad[at.first + i] = !is_good(at, i, errors_of_piece[i], limit);
                if (count && bad[at.first + i]) {
                    note_bad(at, i);
                }
            }
        });
        const auto expected = [&](std::size_t i) { return expectation_.oracle[i]; };
        const auto fits = [&](std::size_t i, double value) {
            double error = 0;
            scaled_errors(model_, Elements::of(expectation_, i, 1), {&value, 1}, {&error, 1});
            // An exact value that has been through a division may be off by its rounding.
            return error <= std::max(limit, 2 * unit_of(ErrorClass::Fp32));
        };
        result_.pattern = reason + describe({expectation_.tensor, got_, bad, poison, expected, fits});
    }

    const Expectation& expectation_;
    const Bytes& got_;
    ErrorModel model_;
    double least_normal_ = least_normal_of(model_.dtype);
    bool exact_;
    ErrorClass accepts_;
    Errors tolerance_;
    ErrorSum sum_;
    bool all_equal_ = true;
    Comparison result_;
};

} // namespace

bool can_judge(const Expectation& expectation, ErrorClass accepts) {
    const tasks::DType dtype = expectation.tensor.dtype;
    if (tasks::is_float(dtype) && !is_well_conditioned(make_error_model(expectation))) {
        return false;
    }
    return compare(expectation, from_doubles(dtype, expectation.reference), accepts, 0).passed;
}

Comparison compare(const Expectation& expectation, const Bytes& got, ErrorClass accepts, std::uint8_t poison) {
    const auto total = static_cast<std::size_t>(expectation.tensor.elements());
    if (expectation.oracle.size() != total || expectation.reference.size() != total) {
        throw std::invalid_argument("an expectation whose oracle or reference is not of its tensor's size");
    }
    if (got.size() != expectation.tensor.bytes()) {
        Comparison result;
        result.total = result.bad = total;
        result.max_error = result.norm_error = std::numeric_limits<double>::infinity();
        result.pattern = fmt::format("{} bytes came back, not {}", got.size(), expectation.tensor.bytes());
        return result;
    }
    return Comparer(expectation, got, accepts).run(poison);
}

} // namespace assay::verify
