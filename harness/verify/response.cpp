// See response.h. An honest program's result is nearly the exact result for inputs that are a few roundings off
// (backward stability: Higham, Accuracy and Stability of Numerical Algorithms, section 1.5). So how far the oracle
// moves when each of its inputs is moved by one rounding says how far an honest result may be, element by element: for
// a sum it is the size of its terms, however they cancel.
//
// The values move each on its own, by a size that is never nothing: moved together, what cancels would cancel again,
// and a layer norm, which takes the mean away, would not answer at all.
#include "verify/response.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "verify/convert.h"
#include "verify/formats.h"
#include "verify/stream.h"

namespace assay::verify {

namespace {

constexpr double largest_step = binary32.unit();
const double least_normal = std::ldexp(1.0, binary32.least);
constexpr std::size_t piece = 1024;

double moved(const tasks::Binding::Tensor& tensor, double value, std::uint64_t word) {
    if (std::abs(value) < least_normal || !std::isfinite(value)) {
        return std::isfinite(value) ? std::copysign(0.0, value) : value;
    }
    const double size = 0.5 + 0.5 * static_cast<double>(word >> 11) * 0x1p-53;
    const double other = value * (1 + ((word & 1) != 0 ? size : -size) * largest_step);
    const bool outside = (tensor.has_low && other < tensor.low) || (tensor.has_high && other > tensor.high);
    return outside ? value : other;
}

} // namespace

std::vector<Bytes> perturb_inputs(const tasks::Binding& binding, std::vector<Bytes> widened, std::uint32_t draw) {
    // No secret: nobody can make use of knowing it.
    const Key key;
    for (std::uint32_t i = 0; i < binding.inputs.size(); i++) {
        const tasks::Binding::Tensor& tensor = binding.inputs[i];
        if (!tasks::is_float(tensor.dtype)) {
            continue;
        }
        const Stream stream(key, {binding.task, binding.workload, Regime::Normal, draw, i});
        const auto count = static_cast<std::size_t>(tensor.elements());
        std::array<std::uint64_t, piece> words;
        std::array<double, piece> values;
        for (std::size_t first = 0; first < count; first += piece) {
            const std::size_t size = std::min(piece, count - first);
            stream.fill(first, std::span(words).first(size));
            read_doubles(tasks::DType::Float64, widened[i], first, std::span(values).first(size));
            for (std::size_t k = 0; k < size; k++) {
                values[k] = moved(tensor, values[k], words[k]);
            }
            write_doubles(tasks::DType::Float64, std::span(values).first(size), widened[i], first);
        }
    }
    return widened;
}

void take_responses(std::span<const double> oracle, std::span<const double> moved, std::span<double> responses) {
    for (std::size_t i = 0; i < responses.size(); i++) {
        const bool same = oracle[i] == moved[i] || (std::isnan(oracle[i]) && std::isnan(moved[i]));
        const double response = same ? 0 : std::abs(moved[i] - oracle[i]) / largest_step;
        responses[i] =
            std::isnan(response) ? std::numeric_limits<double>::infinity() : std::max(responses[i], response);
    }
}

} // namespace assay::verify
