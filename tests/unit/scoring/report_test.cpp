// Reports as people see them: aligned, within the width, free of what a candidate could make a terminal do.
#include "scoring/report.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <limits>
#include <sstream>

#include "scoring/terminal.h"

namespace assay::scoring {
namespace {

using store::Evaluation;
using store::Status;

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);) {
        lines.push_back(line);
    }
    return lines;
}

bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

Evaluation passed(const std::string& task, const std::string& candidate) {
    Evaluation evaluation;
    evaluation.task = task;
    evaluation.candidate = candidate;
    evaluation.status = Status::Passed;
    evaluation.error_class = "fp32";
    evaluation.max_error = 1.25e-6;
    auto& timing = evaluation.timing.emplace();
    timing.workload = "small";
    timing.clock = "host";
    timing.pairs.resize(30);
    timing.speedup = 1.844;
    timing.low = 1.8;
    timing.high = 1.88;
    timing.confidence = 0.9948;
    timing.baseline_seconds = 2.5e-3;
    timing.candidate_seconds = 1.35e-3;
    timing.speed = store::Speed::Faster;
    timing.stopped = "narrow";
    return evaluation;
}

Evaluation failed(const std::string& task, const std::string& candidate, Status status) {
    Evaluation evaluation;
    evaluation.task = task;
    evaluation.candidate = candidate;
    evaluation.status = status;
    return evaluation;
}

TEST(Terminal, WidthsOfUtf8) {
    EXPECT_EQ(display_width("abc"), 3U);
    EXPECT_EQ(display_width("naïve"), 5U);
    EXPECT_EQ(display_width("nai\u0308ve"), 5U); // a combining mark
    EXPECT_EQ(display_width("核函数"), 6U);
    EXPECT_EQ(display_width("🚀"), 2U);
}

TEST(Terminal, ShortenedNeverExceedsTheWidth) {
    EXPECT_EQ(shortened("abcdef", 6), "abcdef");
    EXPECT_EQ(shortened("abcdefg", 6), "abcde…");
    EXPECT_EQ(shortened("核函数", 5), "核函…");
    EXPECT_EQ(shortened("核函数", 4), "核…");
    EXPECT_EQ(shortened("abc", 0), "");
}

TEST(Terminal, NothingUnsafeIsPrinted) {
    EXPECT_EQ(printable("a\033[2Jb"), "a?[2Jb");
    EXPECT_EQ(printable("a\xFF\xC0\x80z"), "a???z");
    EXPECT_EQ(printable("x\u202Ey\u200Bz\uFEFF"), "x?y?z?");
    EXPECT_EQ(printable("one\ntwo\tthree"), "one two three");
    EXPECT_EQ(printable("\xED\xA0\x80"), "???"); // a surrogate
    EXPECT_EQ(printable("né 核 🚀"), "né 核 🚀");
    EXPECT_EQ(printable("cut\xE6\xA0"), "cut??");
}

TEST(Terminal, Wrapped) {
    EXPECT_EQ(wrapped("one two three", 9, 2), "  one two\n  three\n");
    EXPECT_EQ(wrapped("a-very-long-path b", 6, 1), " a-very-long-path\n b\n");
    EXPECT_EQ(wrapped("", 10, 2), "  \n");
}

TEST(Table, ColumnsAlignWhateverTheScript) {
    const auto lines = lines_of(
        table({passed("softmax", "naïve"), passed("matmul_核", "核函数"), failed("relu", "x", Status::CompileError)}));
    ASSERT_EQ(lines.size(), 4U);
    const auto column_of = [](const std::string& line, const std::string& word) {
        return display_width(line.substr(0, line.find(word)));
    };
    EXPECT_EQ(column_of(lines[0], "status"), column_of(lines[1], "passed"));
    EXPECT_EQ(column_of(lines[0], "status"), column_of(lines[2], "passed"));
    EXPECT_EQ(column_of(lines[0], "status"), column_of(lines[3], "compile_error"));
    EXPECT_EQ(column_of(lines[0], "class"), column_of(lines[2], "fp32"));
    EXPECT_TRUE(contains(lines[1], "1.84x [1.80, 1.88]"));
    EXPECT_EQ(lines[3].back(), 'r'); // no trailing blanks
}

TEST(Table, LongCandidateNamesGiveWayFirst) {
    const std::string name(200, 'n');
    for (const unsigned width : {70U, 80U, 120U}) {
        const auto lines =
            lines_of(table({passed("softmax", name), passed("relu", "b")}, {.color = false, .width = width}));
        for (const auto& line : lines) {
            EXPECT_LE(display_width(line), width) << line;
        }
        EXPECT_TRUE(contains(lines[1], "softmax"));
        EXPECT_TRUE(contains(lines[1], "…"));
        EXPECT_TRUE(contains(lines[1], "[1.80, 1.88]"));
    }
}

TEST(Table, ColorOnlyIfAsked) {
    const std::vector<Evaluation> evaluations{passed("a", "b"), failed("c", "d", Status::Incorrect)};
    EXPECT_FALSE(contains(table(evaluations), "\033"));
    const auto colored = table(evaluations, {.color = true, .width = 100});
    EXPECT_TRUE(contains(colored, "\033[32mpassed\033[0m"));
    EXPECT_TRUE(contains(colored, "\033[31mincorrect\033[0m"));
}

TEST(Table, NamesCannotDriveTheTerminal) {
    const auto text = table({failed("t", "evil\033[1A\rpassed", Status::Rejected)});
    EXPECT_FALSE(contains(text, "\033"));
    EXPECT_FALSE(contains(text, "\r"));
}

TEST(Table, SaysWhatALibraryDoesWhereThatIsCounted) {
    auto mixed = passed("softmax", "mixed");
    mixed.library = {"count", "default", "sum (2 times)"};
    auto lines = lines_of(table({mixed, passed("relu", "own")}));
    EXPECT_TRUE(contains(lines[0], "by a library"));
    EXPECT_TRUE(contains(lines[1], "sum (2 times)"));
    EXPECT_TRUE(contains(details(mixed), "sum (2 times) (default says: count)"));
    mixed.library.rule = "allow";
    EXPECT_FALSE(contains(table({mixed}), "library"));
    Score score;
    score.tasks = score.correct = 2;
    score.library = 1;
    EXPECT_TRUE(contains(summary(score), "2 of 2 tasks correct, 0 timed, 1 with a library's work, which is counted"));
}

TEST(Summary, NeverWithoutTheClock) {
    Score score;
    score.clock = "host";
    score.device = "vGPU";
    score.tasks = 12;
    score.correct = 11;
    score.timed = 11;
    score.geometric_mean_speedup = 1.42;
    score.fast = {{0, 0.917, 0.917, {0.75, 1, 0.95}}, {1, 0.5, 0.583, {0.25, 0.75, 0.95}}};
    EXPECT_EQ(summary(score), "fast_0 0.92 [0.75, 1.00]   fast_1 0.50 [0.25, 0.75] (0.58 by estimate)\n"
                              "11 of 12 tasks correct, 11 timed, geometric mean speed-up 1.42x, host clock, vGPU\n");
    score.clock = "";
    score.geometric_mean_speedup = std::numeric_limits<double>::quiet_NaN();
    EXPECT_TRUE(contains(summary(score), "no clock"));
    EXPECT_FALSE(contains(summary(score), "nan"));
}

TEST(Details, AWrongValueIsShownWithItsPlaceAndSize) {
    auto evaluation = failed("softmax", "naive", Status::Incorrect);
    store::Finding finding;
    finding.stage = "check";
    finding.check = "values";
    finding.detail = "output y: the last row is wrong";
    finding.hint = "The grid does not cover the last row: round the number of blocks up.";
    finding.workload = "odd";
    finding.regime = "integers";
    finding.values = {{"output", "y"},
                      {"index", 6138},
                      {"expected", 1.5},
                      {"got", 0.0},
                      {"max_error", 0.98},
                      {"tolerance", 3.05e-5},
                      {"norm_error", 0.4},
                      {"bad", 1023},
                      {"total", 7161},
                      {"class", "wrong"},
                      {"histogram", {6138, 0, 0, 0, 23, 1000, 0, 0}}};
    evaluation.findings = {finding};
    const auto text = details(evaluation, {.color = false, .width = 80});
    for (const char* part :
         {"check: values, workload odd, integers inputs", "the last row is wrong", "1023 of 7161", "6138", "1.5",
          "9.80e-01", "4.00e-01", "3.05e-05", "wrong", "hint: The grid does not cover"}) {
        EXPECT_TRUE(contains(text, part)) << part << "\n" << text;
    }
    const auto lines = lines_of(text);
    const auto bar = [&](const std::string& label) {
        const auto line = std::ranges::find_if(lines, [&](const std::string& l) { return contains(l, label); });
        return line == lines.end() ? -1 : std::ranges::count(*line, '#');
    };
    EXPECT_EQ(bar("within tolerance"), 40);
    EXPECT_EQ(bar("up to 1e4 x"), 1);
    EXPECT_EQ(bar("up to 1e6 x"), 6);
    EXPECT_EQ(bar("NaN, infinity"), -1);
    for (const auto& line : lines) {
        EXPECT_LE(display_width(line), 80U) << line;
    }
}

TEST(Details, ACompilersLogKeepsItsColumns) {
    auto evaluation = failed("relu", "broken", Status::CompileError);
    store::Finding finding;
    finding.stage = "compile";
    finding.check = "diagnostics";
    finding.detail = "solve.cu(3): error: expected a \";\"\n      y[i] = x[i]\n                 ^\n";
    finding.file = "solve.cu";
    finding.line = 3;
    evaluation.findings = {finding};
    const auto text = details(evaluation);
    EXPECT_TRUE(contains(text, "compile: diagnostics, solve.cu:3\n"));
    EXPECT_TRUE(contains(text, "          y[i] = x[i]\n                     ^\n")) << text;
}

TEST(Details, TimesAccuracyAndWarnings) {
    auto evaluation = passed("softmax", "fused");
    evaluation.device = {{"name", "vGPU"}};
    evaluation.stages = {{"compile", 0.05}, {"check", 1.5}};
    evaluation.warnings = {"kernel f ran in the interpreter"};
    const auto text = details(evaluation);
    for (const char* part :
         {"1.84x [1.80, 1.88] (99.5 % interval, 30 pairs, stopped: narrow)", "faster",
          "candidate 1.35 ms, baseline 2.5 ms, on workload small by the host clock", "fp32, largest error 1.25e-06",
          "vGPU", "check 1.5 s, compile 50 ms", "warning: kernel f ran in the interpreter"}) {
        EXPECT_TRUE(contains(text, part)) << part << "\n" << text;
    }
}

TEST(Details, ValuesOfAnyShapeDoNotMatter) {
    for (const nlohmann::json& values :
         {nlohmann::json(3), nlohmann::json::array({1}), nlohmann::json{{"histogram", "x"}, {"index", nullptr}},
          nlohmann::json{{"histogram", {1, 2}}, {"max_error", "inf"}, {"expected", "nan"}}}) {
        auto evaluation = failed("t", "c", Status::Incorrect);
        evaluation.findings.emplace_back().values = values;
        EXPECT_TRUE(contains(details(evaluation), "incorrect"));
    }
}

} // namespace
} // namespace assay::scoring
