// The tolerance, derived.
//
// Scale. The error of an element is measured against max(|oracle|, typical), where typical is the root mean square of
// the whole output. Relative to the element alone, honest programs differ without bound: where a sum cancels to nearly
// nothing, its rounding errors do not. What an honest sum's error is proportional to is the size of its terms, and the
// output as a whole is the best measure of it that an output gives. The rms is of the whole output and not of rows
// because a row may be one element, and because the largest outputs, which dominate it, are those with the largest
// honest errors; a scale that they do not enter would make the reference's own worst error a matter of luck.
// Where inputs are as unlike each other as Regime::Patterns makes them, an output as a whole says little: the mean of
// one row is off by what is nothing beside its elements, and everything beside their distance from it. There the oracle
// is asked again, with inputs that are a rounding off (response.h), and what an element answers is a scale of its own.
// Numbers below 2^-102 are the same to it, and zero is right where a subnormal number is expected, even of an exact
// output: GPUs may flush those (`-ftz=true`, which fast math implies).
//
// Classes. A class has a unit roundoff u, and floors F for the largest error and for the root mean square, in units.
// Under the floors every honest program of that precision stays in well-conditioned tasks, whatever its order of
// summation. Measured: sums of n terms, one after the other, err by 0.25 sqrt(n) units of fp32 in the mean (128 for
// n = 2^18, a scan of that length 350), by blocks or pairwise by 1 to 10; products of inputs rounded to TF32 err by 0.6
// units of TF32 in the mean and 3 at most. The room above is bounded by the next coarser class, whose rounding must not
// pass. The unit of TF32 is 8192 units of fp32, and an output rounded to TF32 errs by nearly 8192 units at most and by
// 2400 or more in the mean: so fp32 can have wide floors that naive sums of any length in use keep. But bf16 is only 8
// units of fp16, so the narrow formats have floors of a few units, and it is the mean error that tells them apart.
//
// Growth. Tasks that are ill-conditioned, or long chains, need more. How much, the honest reference shows: where K
// times its error is above the floor of its own class, all floors grow by that factor. So within the reference's class
// the tolerance is max(K E_ref, F u), and a coarser class keeps its distance. K = 4 covers that another honest program
// may be less lucky, or sum in a worse order, than the reference.
//
// Of an output of few elements, the error that the reference happens to have says little about the error another honest
// program happens to have (of one element it may be 0 by chance), and a whole output may be the result of cancellation:
// floors are wider by 1 + 8 / n for n elements.
//
// Rounding. An output that is stored in fp16 cannot be better than the oracle rounded to fp16, so that rounding's own
// error is added to the tolerance of every class.
//
// No tolerance is above 1/4, however bad the reference: beyond it an output of zeros would be near. If then the
// reference does not pass itself, the task is unsound, and `assay tasks check` says so.
#include "verify/tolerance.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>

#include "verify/convert.h"
#include "verify/formats.h"

namespace assay::verify {

namespace {

using tasks::DType;
using tasks::ErrorClass;

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double least_typical = 0x1p-102; ///< the least normal fp32 number over the unit of fp32
constexpr double growth_factor = 4;        ///< K
constexpr double largest_tolerance = 0.25;
constexpr std::size_t piece = 1024;

/// F, in units of the class.
Errors floors_of(ErrorClass error_class) {
    switch (error_class) {
    case ErrorClass::Fp64:
        return {8192, 4096};
    case ErrorClass::Fp32:
        return {1024, 512};
    default:
        return {6, 1.5};
    }
}

/// Magnitudes from here on round to infinity in the dtype.
double overflow_of(DType dtype) {
    const Format format = format_of(dtype);
    return format.above == 1024 || !tasks::is_float(dtype) ? infinity : std::ldexp(2 - format.unit(), format.above - 1);
}

double typical_magnitude(const std::vector<double>& oracle, double overflow) {
    double largest = 0;
    double squares = 0;
    double count = 0;
    for (const double value : oracle) {
        const double magnitude = std::abs(value);
        const bool counts = magnitude < overflow; // neither NaN nor infinity
        const double counted = counts ? magnitude : 0;
        largest = counted > largest ? counted : largest;
        squares += counted * counted;
        count += counts ? 1 : 0;
    }
    // Squares overflow only for magnitudes that no dtype but float64 holds; the largest is a wide enough scale then.
    const double rms = count == 0 ? 0 : std::isfinite(squares) ? std::sqrt(squares / count) : largest;
    return std::max(rms, least_typical);
}

/// The scaled error of one element, with all that is not a number; `least` is the least scale.
double scaled_error(double oracle, double got, double least, double least_normal, double overflow) {
    if (std::isinf(least)) { // the oracle itself has a number on one side of a rounding, none on the other
        return 0;
    }
    if (std::isnan(oracle) || std::isnan(got)) {
        return std::isnan(oracle) && std::isnan(got) ? 0 : infinity;
    }
    if (got == oracle || (got == 0 && std::abs(oracle) < least_normal)) {
        return 0;
    }
    if (std::isinf(oracle)) {
        return infinity;
    }
    const bool overflows = std::abs(oracle) >= overflow;
    if (std::isinf(got)) {
        // Close below the overflow an honest result may be rounded up; it is measured as if exponents went on.
        const bool same_side = std::signbit(got) == std::signbit(oracle);
        const double error = overflows ? 0 : (overflow - std::abs(oracle)) / std::abs(oracle);
        return same_side && error <= largest_tolerance ? error : infinity;
    }
    return std::abs(got - oracle) / std::max(std::abs(oracle), least);
}

} // namespace

double least_normal_of(DType dtype) {
    return tasks::is_float(dtype) ? std::ldexp(1.0, format_of(dtype).least) : 0;
}

ErrorClass class_of(DType dtype) {
    switch (dtype) {
    case DType::Float64:
        return ErrorClass::Fp64;
    case DType::Float32:
        return ErrorClass::Fp32;
    case DType::Float16:
        return ErrorClass::Fp16;
    case DType::BFloat16:
        return ErrorClass::Bf16;
    default:
        return ErrorClass::Exact;
    }
}

double unit_of(ErrorClass error_class) {
    switch (error_class) {
    case ErrorClass::Exact:
        return 0;
    case ErrorClass::Fp64:
        return binary64.unit();
    case ErrorClass::Fp32:
        return binary32.unit();
    case ErrorClass::Tf32:
        return tensor32.unit();
    case ErrorClass::Fp16:
        return binary16.unit();
    case ErrorClass::Bf16:
        return brain16.unit();
    case ErrorClass::Fp8:
        return byte8.unit();
    case ErrorClass::Wrong:
        break;
    }
    return infinity;
}

Elements Elements::of(const Expectation& expectation, std::size_t first, std::size_t count) {
    const std::span responses(expectation.responses);
    return {std::span(expectation.oracle).subspan(first, count),
            responses.empty() ? responses : responses.subspan(first, count)};
}

bool scaled_errors(const ErrorModel& model, const Elements& right, std::span<const double> got,
                   std::span<double> errors) {
    const double typical = model.typical;
    const double overflow = overflow_of(model.dtype);
    const double least_normal = least_normal_of(model.dtype);
    // First as if all were finite, without branches. Whatever is not comes out as NaN or infinity.
    std::uint64_t special = right.responses.empty() ? 0 : 1;
    for (std::size_t i = 0; i < errors.size(); i++) {
        const double magnitude = std::abs(right.oracle[i]);
        const double scale = magnitude > typical ? magnitude : typical;
        const bool flushed = (got[i] == 0) & (magnitude < least_normal);
        errors[i] = flushed ? 0 : std::abs(got[i] - right.oracle[i]) / scale;
        special |= errors[i] < infinity && magnitude < overflow ? 0 : 1;
    }
    if (special == 0) {
        return true;
    }
    bool finite = true;
    for (std::size_t i = 0; i < errors.size(); i++) {
        const double least = right.responses.empty() ? typical : std::max(typical, right.responses[i]);
        errors[i] = scaled_error(right.oracle[i], got[i], least, least_normal, overflow);
        finite = finite && errors[i] < infinity;
    }
    return finite;
}

double ErrorSum::add(std::span<const double> errors) {
    // In lanes, since each sum must wait for the one before it.
    constexpr std::size_t lanes = 8;
    std::array<double, lanes> largest{};
    std::array<double, lanes> squares{};
    const auto take = [&](std::size_t lane, double error) {
        largest[lane] = error > largest[lane] ? error : largest[lane];
        squares[lane] += error * error;
    };
    const std::size_t whole = errors.size() / lanes * lanes;
    for (std::size_t i = 0; i < whole; i += lanes) {
        for (std::size_t lane = 0; lane < lanes; lane++) {
            take(lane, errors[i + lane]);
        }
    }
    for (std::size_t i = whole; i < errors.size(); i++) {
        take(i - whole, errors[i]);
    }
    const double largest_of_all = *std::ranges::max_element(largest);
    max_ = std::max(max_, largest_of_all);
    squares_ += std::accumulate(squares.begin(), squares.end(), 0.0);
    count_ += errors.size();
    return largest_of_all;
}

Errors ErrorSum::errors() const {
    return {max_, count_ == 0 ? 0 : std::sqrt(squares_ / static_cast<double>(count_))};
}

ErrorModel make_error_model(const Expectation& expectation) {
    ErrorModel model;
    model.dtype = expectation.tensor.dtype;
    model.total = expectation.oracle.size();
    const double overflow = overflow_of(model.dtype);
    model.typical = typical_magnitude(expectation.oracle, overflow);

    // The formats as wide as fp32 round by so much less than their floors that it need not be measured.
    const double unit = unit_of(class_of(model.dtype));
    const bool is_narrow = unit > unit_of(ErrorClass::Fp32);
    ErrorSum rounding;
    ErrorSum reference;
    std::array<double, piece> rounded;
    std::array<double, piece> errors;
    for (std::size_t first = 0; first < model.total; first += piece) {
        const std::size_t size = std::min(piece, model.total - first);
        const Elements right = Elements::of(expectation, first, size);
        const std::span of_piece(errors.data(), size);
        if (is_narrow) {
            const std::span rounded_piece(rounded.data(), size);
            std::ranges::copy(right.oracle, rounded.begin());
            round_doubles(model.dtype, rounded_piece);
            scaled_errors(model, right, rounded_piece, of_piece);
            rounding.add(of_piece);
        }
        if (!scaled_errors(model, right, std::span(expectation.reference).subspan(first, size), of_piece)) {
            // Where the reference itself overflows it has no error to learn from; there it will fail its own check.
            model.finite = false;
            std::ranges::replace(of_piece, infinity, 0.0);
        }
        reference.add(of_piece);
    }
    model.rounding = is_narrow ? rounding.errors() : Errors{unit, unit};
    model.reference = reference.errors();
    return model;
}

bool is_well_conditioned(const ErrorModel& model) {
    const ErrorClass own = class_of(model.dtype);
    const double few = 1 + 8 / static_cast<double>(std::max<std::size_t>(model.total, 1));
    const Errors floors = floors_of(own);
    return model.finite && model.reference.max <= model.rounding.max + few * floors.max * unit_of(own) &&
           model.reference.norm <= std::hypot(model.rounding.norm, few * floors.norm * unit_of(own));
}

Errors tolerance(const ErrorModel& model, ErrorClass error_class) {
    if (error_class == ErrorClass::Exact || !tasks::is_float(model.dtype)) {
        return {};
    }
    if (error_class == ErrorClass::Wrong) {
        return {infinity, infinity};
    }
    const ErrorClass own = class_of(model.dtype);
    const double few = 1 + 8 / static_cast<double>(std::max<std::size_t>(model.total, 1));
    const auto bound = [&](double Errors::* kind) {
        const double growth = growth_factor * model.reference.*kind / (floors_of(own).*kind * unit_of(own));
        return few * std::max(1.0, growth) * floors_of(error_class).*kind * unit_of(error_class);
    };
    return {std::min(largest_tolerance, model.rounding.max + bound(&Errors::max)),
            std::min(largest_tolerance, std::hypot(model.rounding.norm, bound(&Errors::norm)))};
}

double typical_limit(DType dtype, ErrorClass error_class, double reference) {
    const ErrorClass own = class_of(dtype);
    const double growth = growth_factor * reference / (floors_of(own).norm * unit_of(own));
    const double bound = std::max(1.0, growth) * floors_of(error_class).norm * unit_of(error_class);
    return std::min(largest_tolerance, std::hypot(unit_of(own), bound));
}

} // namespace assay::verify
