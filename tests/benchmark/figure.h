// Figures: one number each, with a goal, that says how well a part of Assay does.
//
// A figure that is a speed is a ratio to something measured in the same run (a memcpy, another library), so that it
// means the same on any machine. A figure is declared in a bench_*.cpp file:
//
//     const benchmarks::Figure compare_rate("verify/compare-rate", "of memcpy", benchmarks::Goal::AtLeast, 0.05, [] {
//         return benchmarks::seconds_of([&] { std::memcpy(...); }) / benchmarks::seconds_of([&] { verify::compare(...);
//         });
//     });
//
// `assay_bench` prints a line for each: `figure NAME VALUE UNIT goal OP VALUE ok|short`. The names are paths, and
// `--benchmark_filter=REGEX` chooses among them.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

namespace assay::benchmarks {

enum class Goal : std::uint8_t { AtLeast, AtMost };

/// Declares a figure by existing; a static object of a bench_*.cpp file.
class Figure {
public:
    /// `value` is called once. It throws if it cannot be measured, which is reported as a figure that fell short.
    Figure(std::string name, std::string unit, Goal goal, double goal_value, std::function<double()> value);
};

/// The least seconds of this thread's CPU time that `work` takes in several runs: what the work itself needs.
[[nodiscard]] double seconds_of(const std::function<void()>& work);

/// CPU time of this thread so far, in seconds.
[[nodiscard]] double thread_seconds();

} // namespace assay::benchmarks
