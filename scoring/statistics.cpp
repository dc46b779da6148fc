// Estimators: see statistics.h.
//
// The interval of the median asks for no model of the noise. Of n independent values, the number that lies below the
// true median is binomial (n, 1/2), whatever their distribution; so the k-th smallest and the k-th largest enclose the
// median with probability 1 - 2 P(Bin(n, 1/2) < k), at least: ties and steps of the distribution only add to it.
#include "scoring/statistics.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <random>

namespace assay::scoring {

namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

bool has_nan(std::span<const double> values) {
    return std::ranges::any_of(values, [](double value) { return std::isnan(value); });
}

/// P(Bin(n, 1/2) = k); by logarithms, since 2^-n underflows beyond a thousand values.
double binomial_half(std::size_t n, std::size_t k) {
    const auto log_factorial = [](std::size_t m) { return std::lgamma(static_cast<double>(m) + 1); };
    return std::exp(log_factorial(n) - log_factorial(k) - log_factorial(n - k) -
                    static_cast<double>(n) * std::log(2.0));
}

} // namespace

double median(std::span<const double> values) {
    if (values.empty() || has_nan(values)) {
        return nan;
    }
    std::vector<double> sorted(values.begin(), values.end());
    std::ranges::sort(sorted);
    const std::size_t upper = sorted.size() / 2;
    return sorted.size() % 2 == 1 ? sorted[upper] : std::midpoint(sorted[upper - 1], sorted[upper]);
}

std::optional<Interval> median_interval(std::span<const double> values, double confidence) {
    const std::size_t n = values.size();
    if (n < 2 || has_nan(values)) {
        return std::nullopt;
    }
    std::vector<double> sorted(values.begin(), values.end());
    std::ranges::sort(sorted);
    // The whole range leaves out the median with probability 2 * 2^-n; each rank further in adds 2 P(Bin = rank).
    double outside = 2 * binomial_half(n, 0);
    std::size_t rank = 0;
    while (2 * (rank + 2) <= n) {
        const double next = outside + 2 * binomial_half(n, rank + 1);
        if (1 - next < confidence) {
            break;
        }
        outside = next;
        rank++;
    }
    return Interval{sorted[rank], sorted[n - 1 - rank], 1 - outside};
}

double geometric_mean(std::span<const double> values) {
    if (values.empty()) {
        return nan;
    }
    double sum = 0;
    for (const double value : values) {
        if (!(value > 0)) {
            return nan;
        }
        sum += std::log(value);
    }
    return std::exp(sum / static_cast<double>(values.size()));
}

std::optional<Interval> bootstrap_mean(std::span<const double> values, double confidence, std::uint64_t seed,
                                       unsigned resamples) {
    if (values.size() < 2 || resamples == 0 || has_nan(values)) {
        return std::nullopt;
    }
    // Neither std::uniform_int_distribution nor std::shuffle gives the same numbers with every library; the engine
    // does.
    std::mt19937_64 engine(seed);
    const auto draw = [&]() -> double { return values[(engine() >> 32) * values.size() >> 32]; };
    std::vector<double> means(resamples);
    for (double& mean : means) {
        double sum = 0;
        for (std::size_t i = 0; i < values.size(); i++) {
            sum += draw();
        }
        mean = sum / static_cast<double>(values.size());
    }
    std::ranges::sort(means);
    const double tail = (1 - std::clamp(confidence, 0.0, 1.0)) / 2;
    const auto cut = static_cast<std::size_t>(std::floor(tail * static_cast<double>(resamples)));
    const std::size_t low = std::min<std::size_t>(cut, (resamples - 1) / 2);
    return Interval{means[low], means[resamples - 1 - low], confidence};
}

} // namespace assay::scoring
