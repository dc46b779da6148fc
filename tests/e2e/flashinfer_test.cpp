// FlashInfer-Bench's definitions become tasks that are sound, its solutions candidates that get their verdicts; what
// does not fit is named, and nothing else is lost.
#include <gtest/gtest.h>

#include <fstream>
#include <set>

#include "e2e/run_assay.h"
#include "source_dir.h"

namespace assay::e2e {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;
const std::string files = source_dir() + "/tests/e2e/flashinfer";

std::string text_of(const json& list) {
    std::string text;
    for (const json& element : list) {
        text += element.get<std::string>() + "\n";
    }
    return text;
}

TEST(FlashInfer, FolderBecomesTasksAndCandidates) {
    const Scratch scratch;
    const Outcome imported = run("assay import flashinfer '" + files + "' -o fi --json", scratch.path());
    EXPECT_EQ(imported.code, 1) << imported.err; // some cannot be tasks
    ASSERT_EQ(imported.lines().size(), 1U) << imported.err;
    const json result = imported.lines().at(0);
    const std::set<std::string> tasks = result.at("tasks"), candidates = result.at("candidates");
    EXPECT_EQ(tasks,
              (std::set<std::string>{"add_rmsnorm_h48", "gemm_n24_k40", "gqa_d16", "rmsnorm_h64", "silu_and_mul_d40"}));
    EXPECT_EQ(candidates, (std::set<std::string>{"add_rmsnorm_h48/two_results", "gemm_n24_k40/ffi",
                                                 "rmsnorm_h64/destination", "rmsnorm_h64/no_epsilon",
                                                 "rmsnorm_h64/three_files", "silu_and_mul_d40/python_around_cuda"}));
    // Each that is left out, with its file, its name and why.
    const std::string problems = text_of(result.at("problems"));
    for (const char* text : {"gqa_paged_ps1.json, line 7 of its reference: the definition `gqa_paged_ps1` is left out: "
                             "it reads a tensor's "
                             "value (.item())",
                             "top_k_v50.json, line 5 of its reference: the definition `top_k_v50` is left out: the "
                             "operator library has no `topk`",
                             "`rmsnorm_h64_fp8` is left out: `x` is float8_e4m3fn, which no task can hold",
                             "`loops_over_rows` is left out: run does something else for each size",
                             "broken.json: is not JSON", "`in_triton` is left out: it is written in triton",
                             "`of_no_task` is left out: there is no definition `gemm_n1_k1`"}) {
        EXPECT_NE(problems.find(text), std::string::npos) << text << "\nin\n" << problems;
    }
    EXPECT_EQ(result.at("problems").size(), 7U) << problems;
    const std::string notes = text_of(result.at("notes"));
    EXPECT_NE(notes.find("`B` of gemm_n24_k40 is drawn anew"), std::string::npos) << notes;
    EXPECT_NE(notes.find("silu_and_mul_d40 comes without workloads"), std::string::npos) << notes;

    const Outcome checked = run("assay tasks check --all --root fi --cache cache", scratch.path());
    EXPECT_EQ(checked.code, 0) << checked.out << checked.err;
    const Outcome judged = run(
        "assay run flashinfer --root fi --device vgpu --no-time --json --cache cache --out r.jsonl", scratch.path());
    ASSERT_EQ(judged.lines().size(), 1U) << judged.err;
    std::map<std::string, std::string> verdicts;
    const json report = judged.lines().at(0);
    for (const json& evaluation : report.at("evaluations")) {
        verdicts[evaluation.at("candidate")] = evaluation.at("status");
    }
    const std::map<std::string, std::string> expected{{"two_results", "passed"}, {"ffi", "passed"},
                                                      {"destination", "passed"}, {"no_epsilon", "incorrect"},
                                                      {"three_files", "passed"}, {"python_around_cuda", "passed"}};
    EXPECT_EQ(verdicts, expected) << judged.out;

    // A second import writes nothing over.
    const Outcome again = run("assay import flashinfer '" + files + "/definitions/gemm' -o fi", scratch.path());
    EXPECT_EQ(again.code, 1);
    EXPECT_NE(again.err.find("gemm_n24_k40.json: is there already"), std::string::npos) << again.err;
}

TEST(FlashInfer, WhatIsBrokenIsNamedWithItsPlace) {
    const Scratch scratch;
    fs::create_directories(scratch.path() / "in");
    std::ofstream(scratch.path() / "in" / "lines.jsonl")
        << R"({"definition": "gemm_n24_k40", "solution": null, "workload": {"uuid": "u", "axes": {"M": 5}, "inputs": {}}})"
        << "\n{\"definition\": \n\n"
        << R"({"definition": "gemm_n24_k40", "workload": {"uuid": "v", "axes": {"M": "five"}, "inputs": {}}})" << "\n"
        << R"({"definition": "nowhere", "workload": {"uuid": "w", "axes": {}, "inputs": {}}})" << "\n"
        << R"({"some": "thing"})" << "\n\xff\xfe\n";
    const Outcome imported =
        run("assay import flashinfer in '" + files + "/definitions/gemm/gemm_n24_k40.json' none.json -o fi",
            scratch.path());
    EXPECT_EQ(imported.code, 1);
    for (const char* text : {"lines.jsonl:2: is not JSON", "lines.jsonl:5: 1 workloads are of `nowhere`",
                             "lines.jsonl:6: is neither a definition", "lines.jsonl:7: is not JSON",
                             "none.json: cannot be read: No such file"}) {
        EXPECT_NE(imported.err.find(text), std::string::npos) << text << "\nin\n" << imported.err;
    }
    EXPECT_NE(imported.out.find("workload 2 of gemm_n24_k40 is left out: it does not give M"), std::string::npos)
        << imported.out;
    EXPECT_NE(imported.out.find("task gemm_n24_k40"), std::string::npos) << imported.out;
}

} // namespace
} // namespace assay::e2e
