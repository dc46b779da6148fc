// One evaluation in full, for the person who wants to know why and what to do.
#include <algorithm>
#include <array>
#include <fmt/format.h>

#include "scoring/report.h"
#include "scoring/style.h"
#include "scoring/terminal.h"

namespace assay::scoring {

namespace {

using nlohmann::json;
using store::Evaluation;
using store::Finding;

/// The text of a number, a string or a boolean out of a finding's values; empty for anything else.
std::string scalar_text(const json& values, const char* field) {
    const auto found = values.find(field);
    if (found == values.end()) {
        return {};
    }
    if (found->is_string()) { // names, and the numbers that JSON lacks
        return printable(found->get_ref<const std::string&>());
    }
    if (found->is_number_integer()) {
        return found->dump();
    }
    return found->is_number() ? fmt::format("{:.9g}", found->get<double>()) : std::string();
}

/// An error or a tolerance: three digits are all that matters.
std::string error_text(const json& values, const char* field) {
    const auto found = values.find(field);
    return found != values.end() && found->is_number() ? fmt::format("{:.2e}", found->get<double>())
                                                       : scalar_text(values, field);
}

std::string histogram_text(const json& counts, std::size_t width) {
    constexpr std::array<std::string_view, 8> labels{"within tolerance", "up to 2 x",   "up to 10 x", "up to 100 x",
                                                     "up to 1e4 x",      "up to 1e6 x", "more",       "NaN, infinity"};
    if (!counts.is_array() || counts.size() != labels.size() ||
        !std::ranges::all_of(counts, [](const json& count) { return count.is_number_integer() && count >= 0; })) {
        return {};
    }
    std::uint64_t largest = 1;
    for (const json& count : counts) {
        largest = std::max(largest, count.get<std::uint64_t>());
    }
    std::string text;
    for (std::size_t i = 0; i < labels.size(); i++) {
        const auto count = counts[i].get<std::uint64_t>();
        if (count == 0) {
            continue;
        }
        // At least one mark, so that one wrong element among millions is seen.
        const double share = static_cast<double>(count) / static_cast<double>(largest);
        const auto bar = std::max<std::size_t>(1, static_cast<std::size_t>(share * static_cast<double>(width)));
        text += fmt::format("      {} {:>12}  {}\n", padded(labels.at(i), 16), count, std::string(bar, '#'));
    }
    return text;
}

std::string values_text(const json& values, const TableOptions& options) {
    if (!values.is_object()) {
        return {};
    }
    std::string text;
    const auto line = [&](std::string_view name, const std::string& value) {
        if (!value.empty()) {
            text += fmt::format("      {} {}\n", padded(name, 16), value);
        }
    };
    line("output", scalar_text(values, "output"));
    const std::string bad = scalar_text(values, "bad");
    const std::string total = scalar_text(values, "total");
    line("wrong elements", bad.empty() || total.empty() ? bad : fmt::format("{} of {}", bad, total));
    line("first wrong", scalar_text(values, "index"));
    line("expected", scalar_text(values, "expected"));
    line("got", scalar_text(values, "got"));
    line("largest error", error_text(values, "max_error"));
    line("mean error", error_text(values, "norm_error"));
    line("tolerance", error_text(values, "tolerance"));
    line("class", scalar_text(values, "class"));
    if (const auto histogram = values.find("histogram"); histogram != values.end()) {
        const std::size_t width = options.width > 60 ? std::min(40U, options.width - 40) : 20;
        text += histogram_text(*histogram, width);
    }
    return text;
}

std::string finding_text(const Finding& finding, const TableOptions& options) {
    std::string text = fmt::format("  {}: {}", printable(finding.stage), printable(finding.check));
    if (!finding.workload.empty()) {
        text += fmt::format(", workload {}", printable(finding.workload));
    }
    if (!finding.regime.empty()) {
        text += fmt::format(", {} inputs", printable(finding.regime));
    }
    if (!finding.file.empty()) {
        text += fmt::format(", {}", printable(finding.file));
        text += finding.line != 0 ? fmt::format(":{}", finding.line) : "";
    }
    text += '\n';
    // Line by line and not wrapped: a compiler's log points into a line of source by the column below it.
    for (std::string_view rest = finding.detail; !rest.empty();) {
        const std::size_t end = std::min(rest.find('\n'), rest.size());
        text += "    " + printable(rest.substr(0, end)) + '\n';
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    text += values_text(finding.values, options);
    if (!finding.hint.empty()) {
        text += wrapped("hint: " + printable(finding.hint), options.width, 4);
    }
    return text;
}

std::string timing_text(const store::Timing& timing, const TableOptions& options) {
    std::string text = fmt::format("  {} {} ({:.1f} % interval, {} pairs, stopped: {})\n", padded("speed-up", 12),
                                   painted(speedup_text(timing), color_of(timing.speed), options.color),
                                   100 * timing.confidence, timing.pairs.size(), printable(timing.stopped));
    text += fmt::format("  {} {}\n", padded("verdict", 12), to_string(timing.speed));
    text += fmt::format("  {} candidate {}, baseline {}, on workload {} by the {} clock\n", padded("times", 12),
                        seconds_text(timing.candidate_seconds), seconds_text(timing.baseline_seconds),
                        printable(timing.workload), printable(timing.clock));
    return text;
}

std::string stages_text(const json& stages) {
    std::string text;
    if (stages.is_object()) {
        for (const auto& [name, seconds] : stages.items()) {
            if (seconds.is_number()) {
                text += fmt::format("{}{} {}", text.empty() ? "" : ", ", printable(name),
                                    seconds_text(seconds.get<double>()));
            }
        }
    }
    return text;
}

} // namespace

std::string details(const Evaluation& evaluation, const TableOptions& options) {
    std::string text = fmt::format("{}: {}  {}\n", printable(evaluation.task), printable(evaluation.candidate),
                                   painted(to_string(evaluation.status), color_of(evaluation.status), options.color));
    text += wrapped(store::explain(evaluation.status), options.width, 2);
    for (const Finding& finding : evaluation.findings) {
        text += '\n' + finding_text(finding, options);
    }
    text += '\n';
    if (evaluation.timing) {
        text += timing_text(*evaluation.timing, options);
    }
    const auto line = [&](std::string_view name, const std::string& value) {
        if (!value.empty()) {
            text += fmt::format("  {} {}\n", padded(name, 12), value);
        }
    };
    if (!evaluation.error_class.empty()) {
        line("accuracy",
             fmt::format("{}, largest error {:.2e}", printable(evaluation.error_class), evaluation.max_error));
    }
    if (!evaluation.data_dependent.is_null()) {
        line("plan", fmt::format("depends on data: recorded anew for each run; the last one read {} bytes back in {} "
                                 "copies, with {} host instructions after the first, which count 1 ns each",
                                 scalar_text(evaluation.data_dependent, "bytes"),
                                 scalar_text(evaluation.data_dependent, "read_backs"),
                                 scalar_text(evaluation.data_dependent, "host_instructions")));
    }
    line("author", printable(evaluation.author));
    line("source", printable(evaluation.candidate_path));
    line("taken", scalar_text(evaluation.origin, "taken"));
    if (evaluation.device.is_object()) {
        line("device", scalar_text(evaluation.device, "name"));
    }
    if (!evaluation.library.used.empty()) {
        line("library", fmt::format("{} ({} says: {})", printable(evaluation.library.used),
                                    printable(evaluation.library.said_by), printable(evaluation.library.rule)));
    }
    line("stages", stages_text(evaluation.stages));
    line("key", printable(evaluation.key));
    line("started", printable(evaluation.started));
    for (const std::string& warning : evaluation.warnings) {
        text += wrapped("warning: " + printable(warning), options.width, 2);
    }
    return text;
}

} // namespace assay::scoring
