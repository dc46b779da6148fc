// Figures as benchmarks of Google Benchmark that run once and say their value by a counter; see figure.h.
#include "benchmark/figure.h"

#include <algorithm>
#include <benchmark/benchmark.h>
#include <ctime>
#include <exception>
#include <limits>

#include "benchmark/reporter.h"

namespace assay::benchmarks {

Figure::Figure(std::string name, std::string unit, Goal goal, double goal_value, std::function<double()> value) {
    benchmark::RegisterBenchmark(name.c_str(), [value = std::move(value)](benchmark::State& state) {
        for ([[maybe_unused]] auto _ : state) {
            try {
                state.counters["value"] = value();
            } catch (const std::exception& exception) {
                state.SkipWithError(exception.what());
            }
        }
    })->Iterations(1);
    declarations()[std::move(name)] = {std::move(unit), goal, goal_value};
}

std::map<std::string, Declaration>& declarations() {
    static std::map<std::string, Declaration> all;
    return all;
}

double thread_seconds() {
    timespec time{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

double seconds_of(const std::function<void()>& work) {
    constexpr double enough = 0.2;
    constexpr int least_runs = 5;
    double best = std::numeric_limits<double>::infinity();
    const double start = thread_seconds();
    for (int runs = 0; runs < least_runs || thread_seconds() - start < enough; runs++) {
        const double before = thread_seconds();
        work();
        best = std::min(best, thread_seconds() - before);
    }
    return best;
}

} // namespace assay::benchmarks
