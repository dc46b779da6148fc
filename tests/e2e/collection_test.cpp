// Many candidates in one run: what is known of each stays with its verdict, and nothing is judged twice.
#include <fstream>
#include <gtest/gtest.h>
#include <map>
#include <sstream>

#include "e2e/run_assay.h"
#include "source_dir.h"

namespace assay::e2e {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
const std::string flags = " --device vgpu --no-time --json --cache cache --out out.jsonl ";

std::string good_source() {
    std::ostringstream text;
    text << std::ifstream(source_dir() + "/tests/e2e/candidates/good.cu").rdbuf();
    return text.str();
}

void write_lines(const fs::path& file, const std::vector<json>& lines) {
    std::ofstream stream(file);
    for (const json& line : lines) {
        stream << line.dump() << '\n';
    }
}

TEST(Collection, OfLinesKeepsWhatIsKnownAndJudgesATextOnce) {
    const Scratch scratch;
    const std::string source = good_source();
    write_lines(scratch.path() / "samples.jsonl",
                {{{"task", "vector_add"}, {"source", source}, {"model", "m"}, {"sample", 0}, {"prompt", "p"}},
                 {{"task", "vector_add"},
                  {"reply", "So:\n```cuda\n" + source + "\n```\n"},
                  {"model", "m"},
                  {"sample", 1},
                  {"reasoning_length", 512}},
                 {{"task", "vector_add"}, {"reply", "I would rather not."}, {"name", "refusal"}},
                 {{"task", "matmul"}, {"source", source}, {"name", "elsewhere"}}});
    const Outcome outcome = run("assay run smoke" + flags + "--candidates samples.jsonl", scratch.path());
    EXPECT_EQ(outcome.code, 1) << outcome.err;
    const json evaluations = outcome.lines().at(0).at("evaluations");
    ASSERT_GE(evaluations.size(), 3U) << outcome.err;
    const json& first = evaluations[0];
    const json& second = evaluations[1];
    EXPECT_EQ(first.at("status"), "passed");
    EXPECT_EQ(first.at("candidate"), "m-0");
    EXPECT_EQ(first.at("author"), "m");
    EXPECT_EQ(first.at("origin"), (json{{"model", "m"}, {"sample", 0}, {"prompt", "p"}}));
    EXPECT_EQ(second.at("status"), "passed");
    EXPECT_EQ(second.at("duplicate_of"), first.at("id"));
    EXPECT_NE(second.at("id"), first.at("id"));
    EXPECT_EQ(second.at("candidate"), "m-1");
    EXPECT_EQ(second.at("origin").at("reasoning_length"), 512);
    EXPECT_NE(second.at("origin").at("taken").dump().find("code block 1 of 1"), std::string::npos);
    EXPECT_EQ(evaluations[2].at("status"), "compile_error");
    EXPECT_NE(evaluations[2].at("findings").dump().find("no code block"), std::string::npos);
    // What was written can be read, and the run taken up again.
    const Outcome again = run("assay run smoke --resume" + flags + "--candidates samples.jsonl", scratch.path());
    EXPECT_EQ(again.lines().at(0).at("evaluations").size(), evaluations.size()) << again.err;
    EXPECT_EQ(run("wc -l < out.jsonl", scratch.path()).out, std::to_string(evaluations.size()) + "\n");
}

// Replies and sources, right and wrong, some of them twice: each line says what must come of it.
TEST(Collection, EachLineOfTheBundledSamplesGetsItsVerdict) {
    const Scratch scratch;
    const Outcome outcome =
        run("assay run demo" + flags + "--candidates '" + source_dir() + "/datasets/collections/samples.jsonl'",
            scratch.path());
    EXPECT_EQ(outcome.code, 1) << outcome.err;
    std::map<std::string, json> results;
    const json evaluations = outcome.lines().at(0).at("evaluations");
    for (const json& evaluation : evaluations) {
        results[evaluation.at("task").get<std::string>() + "/" + evaluation.at("candidate").get<std::string>()] =
            evaluation;
    }
    std::ifstream file(source_dir() + "/datasets/collections/samples.jsonl");
    std::size_t count = 0;
    for (std::string line; std::getline(file, line); ++count) {
        const json sample = json::parse(line);
        const std::string name = sample.contains("name") ? sample.at("name").get<std::string>()
                                                         : sample.at("model").get<std::string>() + "-" +
                                                               std::to_string(sample.at("sample").get<int>());
        const auto found = results.find(sample.at("task").get<std::string>() + "/" + name);
        ASSERT_NE(found, results.end()) << line;
        EXPECT_EQ(found->second.at("status"), sample.at("expect")) << found->second.dump(2);
        EXPECT_NE(found->second.dump().find(sample.value("says", "")), std::string::npos) << found->second.dump(2);
    }
    EXPECT_EQ(count, results.size());
    EXPECT_GE(count, 12U);
}

TEST(Collection, ABadLineIsAUsageErrorThatNamesIt) {
    const Scratch scratch;
    write_lines(scratch.path() / "samples.jsonl",
                {{{"task", "vector_add"}, {"source", "x"}}, {{"task", "vector_add"}}});
    const Outcome outcome = run("assay run smoke" + flags + "--candidates samples.jsonl", scratch.path());
    EXPECT_EQ(outcome.code, 2);
    EXPECT_NE(outcome.err.find("samples.jsonl:2"), std::string::npos) << outcome.err;
    EXPECT_FALSE(fs::exists(scratch.path() / "out.jsonl"));
}

} // namespace
} // namespace assay::e2e
