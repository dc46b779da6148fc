// The measurement loop; see measure.h.
//
// Two things bend a measured ratio: drift (clocks, temperature, a neighbour on the machine), and looking at the data to
// decide when to stop. Drift cancels within a pair, since both halves are taken one right after the other, and what
// remains of it has no sign because a coin decides who goes first. Stopping depends only on the interval's width, never
// on where it lies, and only at a few fixed counts of pairs; a rule such as "stop once it is significant" would find
// differences where there are none.
//
// The warm-up is a loop of the same pairs, thrown away, until clocks and caches have settled: the last three ratios
// agree. It ends at its budget in any case, since a ratio that never settles must show as a wide interval, not as a
// hang.
#include "timing/measure.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <fmt/format.h>
#include <limits>
#include <random>

#include "scoring/statistics.h"

namespace assay::timing {

namespace {

using store::Pair;
using store::Speed;
using store::Timing;

constexpr unsigned least_pairs = 6; ///< for an interval of 97 %, however slow the programs are
constexpr unsigned least_warmup_launches = 10;
constexpr double settled_within = 1.02; ///< largest over smallest of the last three ratios

Result<double> sample(const Sampler& sampler, std::string_view whose) {
    auto seconds = sampler();
    if (seconds && !(std::isfinite(*seconds) && *seconds > 0)) {
        return fail(fmt::format("the {} took {} s, which is no time", whose, *seconds), "timing");
    }
    return seconds;
}

class Measurement {
public:
    Measurement(const Sampler& baseline, const Sampler& candidate, const Options& options)
        : baseline_(baseline), candidate_(candidate), options_(options), coin_(options.seed) {}

    Result<Timing> run() {
        if (options_.looks.empty() || !std::ranges::is_sorted(options_.looks) || options_.looks.front() < 2) {
            return fail("the looks must be ascending numbers of at least 2 pairs", "timing");
        }
        start_ = options_.now();
        if (auto warm = warm_up(); !warm) {
            return std::unexpected(warm.error());
        }
        return take_pairs();
    }

private:
    Result<Pair> take_pair() {
        Pair pair;
        pair.baseline_first = (coin_() & 1) != 0;
        for (const bool baseline : {pair.baseline_first, !pair.baseline_first}) {
            const auto seconds = baseline ? sample(baseline_, "baseline") : sample(candidate_, "candidate");
            if (!seconds) {
                return std::unexpected(seconds.error());
            }
            (baseline ? pair.baseline : pair.candidate) = *seconds;
        }
        return pair;
    }

    Result<> warm_up() {
        const unsigned least = std::max(options_.warmup_pairs, least_warmup_launches / 2);
        const auto longest = std::min(options_.warmup_budget, options_.budget / 4);
        std::array<double, 3> last{};
        for (unsigned taken = 0;;) {
            const auto pair = take_pair();
            if (!pair) {
                return std::unexpected(pair.error());
            }
            last[taken++ % last.size()] = pair->baseline / pair->candidate;
            const auto elapsed = options_.now() - start_;
            const auto [smallest, largest] = std::ranges::minmax(last);
            const bool settled = taken >= last.size() && largest <= settled_within * smallest;
            if (elapsed >= longest || (taken >= least && elapsed >= options_.warmup_minimum && settled)) {
                return {};
            }
        }
    }

    Result<Timing> take_pairs() {
        Timing timing;
        std::vector<double> log_ratios;
        while (true) {
            const auto pair = take_pair();
            if (!pair) {
                return std::unexpected(pair.error());
            }
            timing.pairs.push_back(*pair);
            log_ratios.push_back(std::log(pair->baseline) - std::log(pair->candidate));
            const bool look = std::ranges::binary_search(options_.looks, timing.pairs.size());
            const bool last_look = timing.pairs.size() >= options_.looks.back();
            const bool spent = timing.pairs.size() >= least_pairs && options_.now() - start_ >= options_.budget;
            if (!look && !spent && !last_look) {
                continue;
            }
            conclude(timing, log_ratios);
            if (look && timing.high - timing.low <= options_.width * timing.speedup) {
                timing.stopped = "narrow";
            } else if (last_look) {
                timing.stopped = "pairs";
            } else if (spent) {
                timing.stopped = "budget";
            } else {
                continue;
            }
            return timing;
        }
    }

    void conclude(Timing& timing, const std::vector<double>& log_ratios) const {
        // Two finite logarithms, which there always are, have an interval; without one nothing would be known.
        constexpr double infinity = std::numeric_limits<double>::infinity();
        const auto interval = scoring::median_interval(log_ratios, options_.confidence)
                                  .value_or(scoring::Interval{-infinity, infinity, 0});
        timing.speedup = std::exp(scoring::median(log_ratios));
        timing.low = std::exp(interval.low);
        timing.high = std::exp(interval.high);
        timing.confidence = interval.confidence;
        const auto median_of = [&](double Pair::* member) {
            std::vector<double> seconds;
            std::ranges::transform(timing.pairs, std::back_inserter(seconds), member);
            return scoring::median(seconds);
        };
        timing.baseline_seconds = median_of(&Pair::baseline);
        timing.candidate_seconds = median_of(&Pair::candidate);
        timing.speed = verdict(timing);
    }

    [[nodiscard]] Speed verdict(const Timing& timing) const {
        // A difference too small to matter is "same" even where it is certain.
        if (timing.low >= 1 - options_.same && timing.high <= 1 + options_.same) {
            return Speed::Same;
        }
        return timing.low > 1 ? Speed::Faster : timing.high < 1 ? Speed::Slower : Speed::Undecided;
    }

    const Sampler& baseline_;
    const Sampler& candidate_;
    const Options& options_;
    std::chrono::steady_clock::time_point start_;
    std::mt19937_64 coin_;
};

} // namespace

Result<Timing> measure(const Sampler& baseline, const Sampler& candidate, const Options& options) {
    return Measurement(baseline, candidate, options).run();
}

} // namespace assay::timing
