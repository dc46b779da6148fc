#include "verify/drawn_errors.h"

#include <algorithm>

#include "verify/convert.h"
#include "verify/tolerance.h"

namespace assay::verify {

namespace {

using tasks::ErrorClass;

double median(std::vector<double> values) {
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::ranges::nth_element(values, middle);
    return *middle;
}

} // namespace

void DrawnErrors::add(const Expectation& expectation, const Bytes& got) {
    const std::size_t total = expectation.oracle.size();
    if (total == 0 || total >= fewest_of_a_class || expectation.exact || !tasks::is_float(expectation.tensor.dtype) ||
        got.size() != expectation.tensor.bytes()) {
        return;
    }
    dtype_ = expectation.tensor.dtype;
    const ErrorModel model = make_error_model(expectation);
    const Elements right = Elements::of(expectation, 0, total);
    std::vector<double> values(total), errors(total);
    read_doubles(dtype_, got, 0, values);
    scaled_errors(model, right, values, errors);
    errors_.insert(errors_.end(), errors.begin(), errors.end());
    scaled_errors(model, right, expectation.reference, errors);
    of_reference_.insert(of_reference_.end(), errors.begin(), errors.end());
}

std::optional<DrawnErrors::Judgement> DrawnErrors::judge(ErrorClass accepts) const {
    if (errors_.size() < fewest || accepts == ErrorClass::Exact) {
        return std::nullopt;
    }
    const double reference = median(of_reference_);
    Judgement result{.error_class = ErrorClass::Wrong,
                     .median = median(errors_),
                     .limit = typical_limit(dtype_, accepts, reference),
                     .values = errors_.size()};
    for (const ErrorClass candidate :
         {ErrorClass::Fp64, ErrorClass::Fp32, ErrorClass::Fp16, ErrorClass::Bf16, ErrorClass::Fp8}) {
        if (result.median <= typical_limit(dtype_, candidate, reference)) {
            result.error_class = candidate;
            break;
        }
    }
    result.passed = result.median <= result.limit;
    return result;
}

} // namespace assay::verify
