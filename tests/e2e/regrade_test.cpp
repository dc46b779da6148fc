// A verdict is reproduced from what was published: the results file and the candidate.
#include <fstream>
#include <gtest/gtest.h>

#include "e2e/run_assay.h"
#include "source_dir.h"

namespace assay::e2e {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

const std::string folder = source_dir() + "/tests/e2e/candidates/";
const std::string flags = " --device vgpu --cache cache ";

/// Judges a right, a wrong and an invalid candidate into out.jsonl.
void judge(const Scratch& scratch) {
    fs::create_directories(scratch.path() / "mine" / "vector_add");
    for (const char* name : {"good", "half_precision", "out_of_bounds", "big_block"}) {
        fs::copy(folder + name + ".cu", scratch.path() / "mine" / "vector_add");
    }
    const Outcome judged =
        run("assay run smoke --candidates mine --time-budget 0.2 --out out.jsonl" + flags, scratch.path());
    ASSERT_EQ(judged.code, 1) << judged.err;
}

/// Writes out.jsonl with one member of every line changed.
void change(const Scratch& scratch, const std::string& member, const json& value) {
    std::ifstream in(scratch.path() / "out.jsonl");
    std::vector<json> lines;
    for (std::string line; std::getline(in, line);) {
        lines.push_back(json::parse(line));
        lines.back()[member] = value;
    }
    std::ofstream out(scratch.path() / "out.jsonl");
    for (const json& line : lines) {
        out << line.dump() << '\n';
    }
}

TEST(Regrade, ReproducesEveryKindOfVerdict) {
    const Scratch scratch;
    judge(scratch);
    const Outcome again = run("assay regrade out.jsonl --json --time-budget 0.2" + flags, scratch.path());
    EXPECT_EQ(again.code, 0) << again.out << again.err;
    EXPECT_NE(again.err.find("4 of 4 verdicts reproduced"), std::string::npos) << again.err;
    std::ifstream file(scratch.path() / "out.jsonl");
    std::string line;
    for (const json& regraded : again.lines()) {
        ASSERT_TRUE(std::getline(file, line));
        const json before = json::parse(line);
        EXPECT_TRUE(regraded.at("same")) << regraded.at("differences");
        EXPECT_EQ(regraded.at("id"), before.at("id"));
        EXPECT_EQ(regraded.at("evaluation").at("key"), before.at("key"));
        // Byte for byte: the same wrong element, the same wrong value.
        if (!before.at("findings").empty()) {
            EXPECT_EQ(regraded.at("evaluation").at("findings"), before.at("findings"));
        }
        EXPECT_EQ(regraded.at("evaluation").contains("timing"), before.contains("timing"));
    }
}

TEST(Regrade, FindsACandidateThatIsAFolder) {
    const Scratch scratch;
    const std::string candidate = " vector_add '" + source_dir() + "/datasets/candidates/vector_add/triton'";
    const Outcome judged = run("assay eval --no-time --out out.jsonl" + flags + candidate, scratch.path());
    ASSERT_EQ(judged.code, 0) << judged.err;
    const Outcome again = run("assay regrade out.jsonl --no-time" + flags, scratch.path());
    EXPECT_EQ(again.code, 0) << again.out << again.err;
    EXPECT_NE(again.err.find("1 of 1 verdicts reproduced"), std::string::npos) << again.err;
}

TEST(Regrade, SaysWhatDiffers) {
    const Scratch scratch;
    judge(scratch);
    change(scratch, "status", "race");
    const Outcome again = run("assay regrade out.jsonl --no-time" + flags, scratch.path());
    EXPECT_EQ(again.code, 1) << again.err;
    EXPECT_NE(again.out.find("status: race before, passed now"), std::string::npos) << again.out;
    EXPECT_NE(again.err.find("0 of 4 verdicts reproduced"), std::string::npos) << again.err;
}

TEST(Regrade, AnotherKeyIsAnotherDrawing) {
    const Scratch scratch;
    judge(scratch);
    change(scratch, "key", "000102030405060708090a0b0c0d0e0f");
    const Outcome again = run("assay regrade out.jsonl --json --no-time" + flags, scratch.path());
    const auto lines = again.lines();
    ASSERT_EQ(lines.size(), 4U) << again.err;
    // The values of half_precision.cu's wrong elements are others.
    std::ifstream file(scratch.path() / "out.jsonl");
    std::string line;
    for (const json& regraded : lines) {
        ASSERT_TRUE(std::getline(file, line));
        const json before = json::parse(line);
        if (before.at("candidate") == "half_precision") {
            EXPECT_NE(regraded.at("evaluation").at("findings").at(0).at("values").at("expected"),
                      before.at("findings").at(0).at("values").at("expected"));
        }
    }
}

TEST(Regrade, RefusesWhatIsNotWhatWasJudged) {
    const Scratch scratch;
    judge(scratch);
    std::ofstream(scratch.path() / "mine/vector_add/good.cu", std::ios::app) << "// changed\n";
    Outcome again = run("assay regrade out.jsonl --no-time" + flags, scratch.path());
    EXPECT_EQ(again.code, 2) << again.out;
    EXPECT_NE(again.err.find("is not what was judged"), std::string::npos) << again.err;
    EXPECT_NE(again.err.find("3 of 4 verdicts reproduced"), std::string::npos) << again.err;
    // Wherever it lies, it is found by its hash.
    fs::create_directories(scratch.path() / "other" / "vector_add");
    fs::copy(folder + "good.cu", scratch.path() / "other" / "vector_add" / "renamed.cu");
    std::ifstream file(scratch.path() / "out.jsonl");
    std::string id;
    for (std::string line; std::getline(file, line);) {
        const json record = json::parse(line);
        id = record.at("candidate") == "good" ? record.at("id").get<std::string>() : id;
    }
    again = run("assay regrade out.jsonl --no-time --candidates other --id " + id.substr(0, 8) + flags, scratch.path());
    EXPECT_EQ(again.code, 0) << again.out << again.err;
    EXPECT_NE(again.err.find("1 of 1 verdicts reproduced"), std::string::npos) << again.err;
    change(scratch, "task_hash", "0123");
    again = run("assay regrade out.jsonl --no-time" + flags, scratch.path());
    EXPECT_EQ(again.code, 2);
    EXPECT_NE(again.err.find("the task is not what it was"), std::string::npos) << again.err;
    EXPECT_EQ(run("assay regrade out.jsonl --id nothing" + flags, scratch.path()).code, 5);
    EXPECT_EQ(run("assay regrade missing.jsonl" + flags, scratch.path()).code, 2);
}

} // namespace
} // namespace assay::e2e
