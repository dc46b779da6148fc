// How figures are reported: a line each, and whether all reached their goals.
#pragma once

#include <benchmark/benchmark.h>
#include <map>
#include <string>

#include "benchmark/figure.h"

namespace assay::benchmarks {

struct Declaration {
    std::string unit;
    Goal goal = Goal::AtLeast;
    double goal_value = 0;
};

/// Of every figure, by name.
[[nodiscard]] std::map<std::string, Declaration>& declarations();

/// Prints `figure NAME VALUE UNIT goal OP VALUE ok|short`.
class Reporter : public benchmark::BenchmarkReporter {
public:
    bool ReportContext(const Context& context) override;
    void ReportRuns(const std::vector<Run>& runs) override;
    [[nodiscard]] unsigned short_figures() const { return short_; }

private:
    unsigned short_ = 0;
};

} // namespace assay::benchmarks
