// Sources in the forms that people write, each with the plan or the error that it must give (sources/*.cu).
//
// A source says in comments what the task passes and what must come of it:
//   // input NAME DTYPE EXTENT...       // output NAME DTYPE EXTENT...
//   // axis NAME VALUE [shape]          // scalar NAME DTYPE VALUE      ("shape": an input's shape tells it)
//   // fixed NAME VALUE...              (a number of the task's reference)
//   //| a line of the plan's text, or of the error; blanks count once
// The plan's first line, which counts host instructions, is left out. `@MARK` stands for the line that ends in `//
// @MARK`.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "compile/compiler.h"
#include "eval/candidate.h"
#include "eval/torch_module.h"
#include "plan/plan_json.h"
#include "plan/planner.h"
#include "source_dir.h"

namespace assay::forms {
namespace {

namespace fs = std::filesystem;
const fs::path folder = source_dir() + "/tests/forms/sources";

struct Source {
    eval::Candidate candidate;
    tasks::Binding binding;
    std::string expected;
};

std::string collapsed(const std::string& line) {
    std::istringstream words(line);
    std::string text;
    for (std::string word; words >> word;) {
        text += (text.empty() ? "" : " ") + word;
    }
    return text;
}

/// "@MARK" replaced by the number of the line that ends in "// @MARK".
std::string with_lines(std::string text, const std::string& source) {
    for (auto at = text.find('@'); at != text.npos; at = text.find('@')) {
        const auto end = std::min(text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ", at + 1), text.size());
        const std::string mark = "// " + text.substr(at, end - at) + "\n";
        const auto place = source.find(mark);
        EXPECT_NE(place, source.npos) << mark;
        const auto line = 1 + std::count(source.begin(), source.begin() + static_cast<std::ptrdiff_t>(place), '\n');
        text.replace(at, end - at, std::to_string(line));
    }
    return text;
}

Source read(const std::string& name) {
    Source source;
    const fs::path path = folder / (name + ".cu");
    auto candidate = eval::load_candidate(path);
    EXPECT_TRUE(candidate) << candidate.error().to_string();
    source.candidate = std::move(*candidate);
    source.binding.task = name;
    source.binding.workload = "only";
    std::istringstream lines(source.candidate.source);
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with("//|")) {
            source.expected += collapsed(line.substr(3)) + "\n";
            continue;
        }
        std::istringstream words(line);
        std::string slashes, what, dtype;
        words >> slashes >> what;
        if (slashes != "//") {
            continue;
        }
        if (what == "input" || what == "output") {
            auto& tensor = (what == "input" ? source.binding.inputs : source.binding.outputs).emplace_back();
            words >> tensor.name >> dtype;
            tensor.dtype = tasks::dtype_from(dtype).value();
            for (std::int64_t extent = 0; words >> extent;) {
                tensor.shape.push_back(extent);
            }
        } else if (what == "fixed") {
            words >> what;
            for (double value = 0; words >> value;) {
                source.binding.fixed[what].push_back(value);
            }
        } else if (what == "axis" || what == "scalar") {
            auto& scalar = source.binding.scalars.emplace_back();
            words >> scalar.name;
            if (what == "scalar") {
                scalar.axis = false;
                words >> dtype;
                scalar.dtype = tasks::dtype_from(dtype).value();
            }
            std::string shape;
            words >> scalar.value >> shape;
            scalar.in_shape = shape == "shape";
        }
    }
    source.expected = with_lines(source.expected, source.candidate.source);
    return source;
}

std::string outcome(const Source& source) {
    static compile::Compiler compiler(compile::find_toolkit().value(), {});
    static plan::Planner planner;
    compile::Request request;
    request.source = eval::with_torch_module(source.candidate.source, source.candidate.entry.name);
    request.name = source.candidate.path.filename().string();
    const auto compilation = compiler.compile(request);
    if (!compilation) {
        return compilation.error().to_string();
    }
    if (!compilation->ptx) {
        std::string text;
        for (const compile::Diagnostic& diagnostic : compilation->diagnostics) {
            text += fmt::format("{}:{}: {}\n", diagnostic.file, diagnostic.line, diagnostic.message);
        }
        return text;
    }
    const auto recorded = planner.record(*compilation->ptx, source.candidate.entry, {source.binding});
    if (!recorded) {
        return recorded.error().to_string();
    }
    if (!*recorded) {
        return recorded->error().to_string();
    }
    const std::string text = plan::to_text((*recorded)->plans.front());
    return text.substr(text.find('\n') + 1);
}

std::vector<std::string> all_sources() {
    std::vector<std::string> names;
    for (const auto& file : fs::directory_iterator(folder)) {
        names.push_back(file.path().stem().string());
    }
    std::ranges::sort(names);
    return names;
}

class Form : public testing::TestWithParam<std::string> {};

TEST_P(Form, GivesItsPlanOrItsError) {
    const Source source = read(GetParam());
    ASSERT_FALSE(source.expected.empty());
    std::istringstream lines(outcome(source));
    std::string found;
    for (std::string line; std::getline(lines, line);) {
        found += collapsed(line) + "\n";
    }
    EXPECT_EQ(found, source.expected);
}

INSTANTIATE_TEST_SUITE_P(All, Form, testing::ValuesIn(all_sources()), [](const auto& info) { return info.param; });

} // namespace
} // namespace assay::forms
