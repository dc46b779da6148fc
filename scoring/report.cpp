// The table and the summary; one evaluation in full is in details.cpp.
//
// Everything that came from a candidate goes through printable(): a name is no place for an escape sequence.
#include "scoring/report.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <fmt/format.h>

#include "scoring/style.h"
#include "scoring/terminal.h"

namespace assay::scoring {

namespace {

using store::Evaluation;

constexpr std::size_t columns = 6;
constexpr std::string_view gap = "  ";
constexpr std::size_t least_name = 8; ///< columns that a shortened name keeps

struct Row {
    std::array<std::string, columns> cells;
    std::array<Color, columns> colors{};
};

Row row_of(const Evaluation& evaluation) {
    Row row;
    row.cells = {printable(evaluation.task),
                 printable(evaluation.candidate),
                 std::string(to_string(evaluation.status)),
                 "",
                 printable(evaluation.error_class),
                 evaluation.library.counted() ? printable(evaluation.library.used) : ""};
    row.colors[2] = color_of(evaluation.status);
    if (evaluation.timing) {
        row.cells[3] = speedup_text(*evaluation.timing);
        row.colors[3] = color_of(evaluation.timing->speed);
    }
    return row;
}

} // namespace

std::string table(const std::vector<Evaluation>& evaluations, const TableOptions& options) {
    // What is counted as a library's work, where there is some.
    const bool library =
        std::ranges::any_of(evaluations, [](const Evaluation& evaluation) { return evaluation.library.counted(); });
    Row head{{"task", "candidate", "status", "speed-up", "class", library ? "by a library" : ""}, {}};
    head.colors.fill(Color::Faint);
    std::vector<Row> rows{head};
    std::ranges::transform(evaluations, std::back_inserter(rows), row_of);

    std::array<std::size_t, columns> widths{};
    for (const Row& row : rows) {
        for (std::size_t i = 0; i < columns; i++) {
            widths.at(i) = std::max(widths.at(i), display_width(row.cells.at(i)));
        }
    }
    std::size_t total = gap.size() * (columns - 1);
    for (const std::size_t width : widths) {
        total += width;
    }
    // What a library does and candidates' names are the longest and the least needed; then those of the tasks. The rest
    // is what one came for.
    for (const std::size_t name : {std::size_t{5}, std::size_t{1}, std::size_t{0}}) {
        const std::size_t over = total > options.width ? total - options.width : 0;
        const std::size_t spare = widths.at(name) > least_name ? widths.at(name) - least_name : 0;
        widths.at(name) -= std::min(over, spare);
        total -= std::min(over, spare);
    }

    std::string text;
    for (const Row& row : rows) {
        std::string line;
        for (std::size_t i = 0; i < columns; i++) {
            const std::string cell = shortened(row.cells.at(i), widths.at(i));
            const std::string padding(widths.at(i) - display_width(cell), ' ');
            line += painted(cell, row.colors.at(i), options.color) + padding + std::string(gap);
        }
        line.erase(line.find_last_not_of(' ') + 1);
        text += line + '\n';
    }
    return text;
}

std::string summary(const Score& score) {
    std::string text = score.label.empty() ? "" : printable(score.label) + "\n";
    for (const FastP& fast : score.fast) {
        text +=
            fmt::format("fast_{:g} {:.2f} [{:.2f}, {:.2f}]", fast.p, fast.value, fast.interval.low, fast.interval.high);
        if (fast.by_estimate != fast.value) {
            text += fmt::format(" ({:.2f} by estimate)", fast.by_estimate);
        }
        text += &fast == &score.fast.back() ? "\n" : "   ";
    }
    text += fmt::format("{} of {} tasks correct, {} timed", score.correct, score.tasks, score.timed);
    if (score.library > 0) {
        text += fmt::format(", {} with a library's work, which is counted", score.library);
    }
    if (!std::isnan(score.geometric_mean_speedup)) {
        text += fmt::format(", geometric mean speed-up {:.2f}x", score.geometric_mean_speedup);
    }
    text += score.clock.empty() ? ", no clock" : fmt::format(", {} clock", printable(score.clock));
    if (!score.device.empty()) {
        text += fmt::format(", {}", printable(score.device));
    }
    return text + "\n";
}

} // namespace assay::scoring
