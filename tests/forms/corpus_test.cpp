// Sources as people and models write them (corpus/): how many compile, how many have a plan, and what becomes of the
// rest.
//
// Each file names its task in a comment, `task: NAME`, and, where it cannot be recorded, what it must end in instead:
// `expect: STATUS: part of the message`. corpus/README.md says where the idioms come from.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "eval/candidate.h"
#include "eval/evaluator.h"
#include "source_dir.h"
#include "store/evaluation.h"

namespace assay::forms {
namespace {

namespace fs = std::filesystem;

constexpr double least_compiled = 0.97, least_planned = 0.95;

/// What follows `key` on a line of the file's first comments; empty: there is none.
std::string said(const fs::path& file, const std::string& key) {
    std::ifstream lines(file);
    for (std::string line; std::getline(lines, line) && (line.starts_with("//") || line.starts_with("#"));) {
        if (const auto at = line.find(key + ": "); at != line.npos) {
            return line.substr(at + key.size() + 2);
        }
    }
    return {};
}

std::string told(const store::Evaluation& evaluation) {
    std::string text{store::to_string(evaluation.status)};
    for (const store::Finding& finding : evaluation.findings) {
        text += fmt::format(": {} ({}:{})", finding.detail, finding.file, finding.line);
    }
    return text;
}

TEST(Corpus, CompilesAndHasPlansAsFarAsItMust) {
    const auto catalog = tasks::load_all(source_dir());
    ASSERT_TRUE(catalog) << catalog.error().to_string();
    eval::Settings settings;
    settings.root = source_dir();
    settings.device = "vgpu";
    settings.time = false;
    auto evaluator = eval::Evaluator::open(settings);
    ASSERT_TRUE(evaluator) << evaluator.error().to_string();
    int files = 0, compiled = 0, planned = 0;
    for (const auto& entry : fs::directory_iterator(source_dir() + "/tests/forms/corpus")) {
        const fs::path file = entry.path();
        if (file.extension() == ".md") {
            continue;
        }
        SCOPED_TRACE(file.filename().string());
        ++files;
        const tasks::Task* task = catalog->find(said(file, "task"));
        ASSERT_NE(task, nullptr) << "no such task: " << said(file, "task");
        const auto candidate = eval::load_candidate(file);
        ASSERT_TRUE(candidate) << candidate.error().to_string();
        const auto [evaluation, plan] = (*evaluator)->plan(*task, task->workloads.front(), *candidate);
        const std::string outcome = told(evaluation), expected = said(file, "expect");
        const bool at_compiling = !evaluation.findings.empty() && (evaluation.findings.front().stage == "compile" ||
                                                                   evaluation.findings.front().stage == "import");
        compiled += plan || !at_compiling ? 1 : 0;
        planned += plan ? 1 : 0;
        if (expected.empty()) {
            EXPECT_TRUE(plan) << outcome;
            continue;
        }
        const auto colon = expected.find(": ");
        ASSERT_NE(colon, expected.npos) << expected;
        EXPECT_TRUE(outcome.starts_with(expected.substr(0, colon) + ": ")) << outcome;
        EXPECT_NE(outcome.find(expected.substr(colon + 2), colon), outcome.npos) << outcome;
    }
    const double of_all = 100.0 / files;
    fmt::print("{} files: {} compile ({:.1f} %), {} have a plan ({:.1f} %)\n", files, compiled, compiled * of_all,
               planned, planned * of_all);
    EXPECT_GE(files, 120);
    EXPECT_GE(compiled, least_compiled * files);
    EXPECT_GE(planned, least_planned * files);
}

} // namespace
} // namespace assay::forms
