// Whether the measurement keeps its promise on this machine, with its noise, and not only with simulated noise.
#include <cstdint>
#include <stdexcept>
#include <string>

#include "benchmark/figure.h"
#include "timing/measure.h"

namespace assay::benchmarks {
namespace {

using namespace std::chrono_literals;

/// About a millisecond of work that no compiler leaves out.
Result<double> sample() {
    static volatile std::uint64_t sink = 1;
    const double before = thread_seconds();
    std::uint64_t value = sink;
    for (int i = 0; i < 400'000; i++) {
        value = value * 6364136223846793005U + 1442695040888963407U;
    }
    sink = value;
    return thread_seconds() - before;
}

// A function measured against itself is neither faster nor slower.
const Figure aa_wrong("timing/aa-wrong", "of-verdicts", Goal::AtMost, 0.05, [] {
    constexpr int experiments = 60;
    int wrong = 0;
    for (int i = 0; i < experiments; i++) {
        timing::Options options;
        options.seed = static_cast<std::uint64_t>(i);
        options.warmup_minimum = 10ms;
        options.budget = 1s;
        const auto timing = timing::measure(sample, sample, options);
        if (!timing) {
            throw std::runtime_error(timing.error().to_string());
        }
        wrong += timing->speed == store::Speed::Faster || timing->speed == store::Speed::Slower ? 1 : 0;
    }
    return static_cast<double>(wrong) / experiments;
});

} // namespace
} // namespace assay::benchmarks
