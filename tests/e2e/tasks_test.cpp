// The way of somebody who adds a task, and of somebody who asks a model for a candidate.
#include <fstream>
#include <gtest/gtest.h>

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
