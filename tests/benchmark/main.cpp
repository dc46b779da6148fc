// `assay_bench`: measures the figures and prints one line for each. Exit code 1 if one fell short of its goal, 2 if the
// arguments are wrong.
#include <fmt/format.h>

#include <string_view>

#include "benchmark/reporter.h"
#include "compile/compiler.h"
#include "plan/planner.h"

namespace assay::benchmarks {

bool Reporter::ReportContext(const Context& /*context*/) {
    return true; // a line for each figure and nothing else, so that scripts read it as it is
}

void Reporter::ReportRuns(const std::vector<Run>& runs) {
    for (const Run& run : runs) {
        const std::string& name = run.run_name.function_name;
        const Declaration& figure = declarations().at(name);
        const bool at_least = figure.goal == Goal::AtLeast;
        const auto counter = run.counters.find("value");
        bool reached = false;
        std::string value = "none";
        if (!run.error_occurred && counter != run.counters.end()) {
            const double number = counter->second.value;
            reached = at_least ? number >= figure.goal_value : number <= figure.goal_value; // never for NaN
            value = fmt::format("{:.4g}", number);
        }
        short_ += reached ? 0 : 1;
        fmt::print("figure {} {} {} goal {} {:g} {}\n", name, value, figure.unit,
                   at_least ? ">=" : "<=", figure.goal_value, reached ? "ok" : "short");
        if (run.error_occurred) {
            fmt::print(stderr, "{}: {}\n", name, run.error_message);
        }
        std::fflush(stdout);
    }
}

} // namespace assay::benchmarks

int main(int argc, char** argv) {
    if (argc == 3 && std::string_view(argv[1]) == "--worker") { // of compiler and planner, which start this program
        return std::string_view(argv[2]) == "plan" ? assay::plan::plan_worker() : assay::compile::compile_worker();
    }
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv)) {
        return 2;
    }
    assay::benchmarks::Reporter reporter;
    if (benchmark::RunSpecifiedBenchmarks(&reporter) == 0) {
        return 5; // nothing selected
    }
    return reporter.short_figures() == 0 ? 0 : 1;
}
