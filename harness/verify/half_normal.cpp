// See half_normal.h.
#include "verify/half_normal.h"

#include <cmath>
#include <numbers>

namespace assay::verify {

const HalfNormal& HalfNormal::table() {
    static const HalfNormal instance;
    return instance;
}

HalfNormal::HalfNormal() {
    const auto node = [](std::size_t i) { return std::bit_cast<double>((first_index + i) << index_shift); };
    double upper = 0; // x at u = 1, where the last segment ends
    for (std::size_t i = segments_.size(); i-- > 0;) {
        // erfc is convex and falling here, so Newton's iteration from the left never overshoots.
        double x = upper;
        for (double change = 1; std::abs(change) > 1e-12;) {
            const double slope = -std::sqrt(2 / std::numbers::pi) * std::exp(-x * x / 2);
            change = (std::erfc(x / std::numbers::sqrt2) - node(i)) / slope;
            x -= change;
        }
        const double at_low = static_cast<float>(x);
        const double at_high = static_cast<float>(upper);
        const double slope = (at_high - at_low) / (node(i + 1) - node(i));
        segments_.at(i) = {at_low - slope * node(i), slope};
        upper = x;
    }
}

} // namespace assay::verify
