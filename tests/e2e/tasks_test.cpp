// The way of somebody who adds a task, and of somebody who asks a model for a candidate.
#include <fstream>
#include <gtest/gtest.h>
#include <iterator>

#include "e2e/run_assay.h"
#include "source_dir.h"

namespace assay::e2e {
namespace {

namespace fs = std::filesystem;

/// A root with the bundled tasks in it, for a test to add to.
void copy_root(const fs::path& to) {
    for (const char* folder : {"tasks", "reference", "datasets"}) {
        fs::copy(fs::path(source_dir()) / folder, to / folder, fs::copy_options::recursive);
    }
}

TEST(Tasks, ANewOneIsSoundAsItIsWritten) {
    const Scratch scratch;
    copy_root(scratch.path());
    Outcome outcome =
        run("assay tasks new my_task --title 'A \"quoted\" title' --level 3 --category math --root .", scratch.path());
    ASSERT_EQ(outcome.code, 0) << outcome.err;
    EXPECT_NE(outcome.err.find("assay tasks check my_task"), std::string::npos) << outcome.err;
    outcome = run("assay tasks check my_task --root . --device vgpu --cache cache", scratch.path());
    EXPECT_EQ(outcome.code, 0) << outcome.out << outcome.err;
    EXPECT_NE(outcome.out.find("sound"), std::string::npos) << outcome.out;
}

TEST(Tasks, AListIsCutShortWithoutAWord) {
    const Scratch scratch;
    // The reader is gone before the first word.
    const Outcome cut = run("(sleep 0.3; assay tasks list; echo $? > code) | true; cat code", scratch.path());
    EXPECT_EQ(cut.err, "");
    EXPECT_EQ(cut.out, "141\n") << "as any program that SIGPIPE ends";
}

TEST(Tasks, ANewOneReplacesNothingAndLeavesNothingBehindWhenRefused) {
    const Scratch scratch;
    copy_root(scratch.path());
    EXPECT_EQ(run("assay tasks new softmax --level 2 --root .", scratch.path()).code, 2);
    EXPECT_EQ(run("assay tasks new not-a-name --root .", scratch.path()).code, 2);
    const Outcome outcome = run("assay tasks new fine --category nonsense --root .", scratch.path());
    EXPECT_EQ(outcome.code, 2);
    EXPECT_NE(outcome.err.find("one of activation"), std::string::npos) << outcome.err;
    EXPECT_FALSE(fs::exists(scratch.path() / "tasks/level1/fine.json"));
    EXPECT_FALSE(fs::exists(scratch.path() / "reference/level1/fine.cu"));
}

/// Replaces a text that is in the file once.
void replace(const fs::path& file, const std::string& old_text, const std::string& new_text) {
    std::ifstream in(file);
    std::string text(std::istreambuf_iterator<char>(in), {});
    const auto at = text.find(old_text);
    ASSERT_NE(at, std::string::npos) << file << " has no " << old_text;
    text.replace(at, old_text.size(), new_text);
    std::ofstream(file) << text;
}

TEST(Tasks, CheckComparesWhatADefinitionDeclaresWithWhatTheProgramDoes) {
    struct Mistake {
        const char *task, *level, *old_text, *new_text, *said;
    };
    const Mistake mistakes[] = {
        {"kb1_002_standard_matrix_multiplication", "level1", "2 * m * n * k", "m * n * k", "what is missing"},
        {"kb1_021_sigmoid", "level1", "3 * rows", "9 * rows", "takes only"},
        {"kb1_014_matmul_for_upper_triangular_matrices", "level1",
         ", \"distribution\": {\"kind\": \"normal\", \"structure\": \"upper\"}}", "}",
         "input 'a': the reference reads no more than 51%"},
    };
    const Scratch scratch;
    copy_root(scratch.path());
    for (const Mistake& mistake : mistakes) {
        const std::string name = mistake.task;
        const fs::path definition = scratch.path() / "tasks" / mistake.level / (name + ".json");
        replace(definition, mistake.old_text, mistake.new_text);
        const Outcome outcome =
            run("assay tasks check " + name + " --root . --device vgpu --cache cache", scratch.path());
        EXPECT_EQ(outcome.code, 1) << name << outcome.out << outcome.err;
        EXPECT_NE(outcome.out.find(mistake.said), std::string::npos) << name << ": " << outcome.out;
    }
}

TEST(Tasks, CheckRefusesAnOracleOfNaN) {
    const Scratch scratch;
    copy_root(scratch.path());
    replace(scratch.path() / "reference/ops/activation.cuh", "return A(1) / (A(1) + ::exp(-v));", "return ::log(v);");
    const Outcome outcome =
        run("assay tasks check kb1_021_sigmoid --root . --device vgpu --cache cache", scratch.path());
    EXPECT_EQ(outcome.code, 1) << outcome.out << outcome.err;
    EXPECT_NE(outcome.out.find("the oracle has elements that are NaN"), std::string::npos) << outcome.out;
}

TEST(Tasks, CheckTellsMachinesTheSame) {
    const Scratch scratch;
    copy_root(scratch.path());
    replace(scratch.path() / "tasks/level1/kb1_021_sigmoid.json", "3 * rows", "9 * rows");
    const std::string command =
        "assay tasks check kb1_021_sigmoid vector_add --json --root . --device vgpu --cache cache";
    for (const bool recorded : {false, true}) {
        const Outcome outcome = run(command, scratch.path());
        EXPECT_EQ(outcome.code, 1) << outcome.err;
        const auto lines = outcome.lines();
        ASSERT_EQ(lines.size(), 2U) << outcome.out;
        EXPECT_EQ(lines[0].at("task"), "kb1_021_sigmoid");
        EXPECT_EQ(lines[0].at("sound"), false);
        EXPECT_EQ(lines[0].at("problems").size(), 1U) << lines[0];
        EXPECT_EQ(lines[0].at("recorded"), false) << "what is not sound is looked at again";
        const nlohmann::json sound{
            {"task", "vector_add"}, {"sound", true}, {"problems", nlohmann::json::array()}, {"recorded", recorded}};
        EXPECT_EQ(lines[1], sound);
    }
}

TEST(Prompt, HoldsAllThatACandidateNeeds) {
    const Scratch scratch;
    const Outcome outcome = run("assay prompt matmul --on A100 --json --root " + source_dir(), scratch.path());
    ASSERT_EQ(outcome.code, 0) << outcome.err;
    const auto json = outcome.lines().at(0);
    const auto text = json.at("prompt").get<std::string>();
    for (const char* part :
         {"void solve(const float* a, const float* b, float* c, int m, int n, int k)",
          "| `a` | input | float32 | [m, k] |", "NVIDIA A100", "m=4096 n=4096 (timed)", "## Rules"}) {
        EXPECT_NE(text.find(part), std::string::npos) << part;
    }
    // Another task of the same category, never the task's own answer.
    EXPECT_EQ(json.at("category"), "matmul");
    EXPECT_NE(json.at("example").at("task"), "matmul");
    const Outcome none = run("assay prompt matmul --no-example --root " + source_dir(), scratch.path());
    EXPECT_EQ(none.code, 0) << none.err;
    EXPECT_EQ(none.out.find("## Example"), std::string::npos);
    const Outcome unknown = run("assay prompt matmul --on C64 --root " + source_dir(), scratch.path());
    EXPECT_EQ(unknown.code, 2);
    EXPECT_NE(unknown.err.find("one of H200"), std::string::npos) << unknown.err;
}

} // namespace
} // namespace assay::e2e
