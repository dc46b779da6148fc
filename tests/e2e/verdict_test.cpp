// Each way to fail gets its own status, by the check that is meant for it, with a message that says what to do.
#include <gtest/gtest.h>

#include "e2e/run_assay.h"
#include "source_dir.h"

namespace assay::e2e {
namespace {

using nlohmann::json;
const std::string candidates = source_dir() + "/tests/e2e/candidates/";

struct Case {
    std::string file, status, stage, check;
    std::string says; ///< part of the finding's detail or hint
    unsigned line = 0;
};

void PrintTo(const Case& c, std::ostream* out) {
    *out << c.file;
}

class Verdict : public testing::TestWithParam<Case> {};

TEST_P(Verdict, IsTheOneMeantForIt) {
    const Scratch scratch;
    const Case& expected = GetParam();
    // The honest candidate comes after: whatever the first did, the harness is intact.
    const Outcome outcome = run("assay eval vector_add --device vgpu --json --no-time --cache cache '" + candidates +
                                    expected.file + ".cu' '" + candidates + "good.cu'",
                                scratch.path());
    ASSERT_EQ(outcome.code, 1) << outcome.out << outcome.err;
    const auto results = outcome.lines();
    ASSERT_EQ(results.size(), 2U);
    const json& result = results[0];
    EXPECT_EQ(result.at("status"), expected.status) << result.dump(2);
    ASSERT_FALSE(result.at("findings").empty());
    const json& finding = result.at("findings").at(0);
    EXPECT_EQ(finding.at("stage"), expected.stage) << finding.dump(2);
    EXPECT_EQ(finding.at("check"), expected.check) << finding.dump(2);
    const std::string text = finding.at("detail").get<std::string>() + finding.at("hint").get<std::string>();
    EXPECT_NE(text.find(expected.says), std::string::npos) << finding.dump(2);
    EXPECT_FALSE(finding.at("hint").get<std::string>().empty()) << finding.dump(2);
    if (expected.line != 0) {
        EXPECT_EQ(finding.at("line"), expected.line) << finding.dump(2);
    }
    EXPECT_EQ(results[1].at("status"), "passed") << results[1].dump(2);
}

INSTANTIATE_TEST_SUITE_P(
    All, Verdict,
    testing::Values(Case{"syntax_error", "compile_error", "compile", "diagnostics", "expected a \";\"", 5},
                    Case{"empty", "plan_error", "plan", "host-code", "solve"},
                    Case{"missing_entry", "plan_error", "plan", "host-code", "solve"},
                    Case{"wrong_signature", "plan_error", "plan", "host-code", "n"},
                    Case{"host_loop", "resource_limit", "plan", "host-limits", "instructions", 8},
                    Case{"kernel_loop", "timeout", "check", "deadline", "loop"},
                    Case{"out_of_bounds", "memory_error", "check", "red-zone", "behind the end of output 'c'"},
                    Case{"wild_pointer", "memory_error", "check", "address", "bounds"},
                    Case{"big_block", "launch_error", "plan", "launch", "2048", 7},
                    Case{"reads_back_beyond", "plan_error", "plan", "cudaMemcpy", "beyond", 10},
                    Case{"device_launch", "rejected", "plan", "device-launch", "launch"},
                    Case{"hidden_variable", "rejected", "plan", "hidden-variable", "calls", 7},
                    Case{"trap", "runtime_error", "check", "assert", "assert"},
                    Case{"diverging_barrier", "race", "check", "barrier", "__syncthreads"},
                    Case{"writes_input", "memory_error", "check", "inputs-unchanged", "read-only"},
                    Case{"unwritten", "incorrect", "check", "values", "wrong"},
                    Case{"half_precision", "incorrect", "check", "values", "fp16"}),
    [](const auto& info) { return info.param.file; });

TEST(Verdict, OfAnHonestCandidateIsPassedWithASpeedUp) {
    const Scratch scratch;
    const Outcome outcome =
        run("assay eval vector_add --device vgpu --json --time-budget 1 --cache cache '" + candidates + "good.cu'",
            scratch.path());
    ASSERT_EQ(outcome.code, 0) << outcome.out << outcome.err;
    const json result = outcome.lines().at(0);
    EXPECT_EQ(result.at("schema"), "assay.evaluation/1");
    EXPECT_EQ(result.at("status"), "passed");
    EXPECT_EQ(result.at("error_class"), "exact"); // one rounding is all there is
    const json& timing = result.at("timing");
    EXPECT_EQ(timing.at("clock"), "host");
    EXPECT_GT(timing.at("pairs").size(), 5U);
    EXPECT_LE(timing.at("low"), timing.at("speedup"));
    EXPECT_LE(timing.at("speedup"), timing.at("high"));
    EXPECT_EQ(result.at("key").get<std::string>().size(), 32U);
}

TEST(Verdict, NothingThatAKernelKeepsReachesTheNextRun) {
    const Scratch scratch;
    const Outcome outcome = run("assay eval vector_add --device vgpu --json --time-budget 0.5 --cache cache '" +
                                    candidates + "counts_calls.cu'",
                                scratch.path());
    EXPECT_EQ(outcome.code, 0) << outcome.out << outcome.err;
}

} // namespace
} // namespace assay::e2e
