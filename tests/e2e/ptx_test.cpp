// Candidates without host code of their own, and rules about other people's kernels.
#include <fstream>
#include <gtest/gtest.h>

#include "e2e/run_assay.h"
#include "source_dir.h"

namespace assay::e2e {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
const std::string candidates = source_dir() + "/datasets/candidates/";
const std::string flags = " --device vgpu --json --no-time --cache none ";

TEST(Ptx, OfOtherCompilersIsJudged) {
    const Scratch scratch;
    for (const std::string task : {"vector_add", "softmax", "kb1_097_scaleddotproductattention"}) {
        const Outcome outcome =
            run("assay eval " + task + flags + "'" + candidates + task + "/triton'", scratch.path());
        EXPECT_EQ(outcome.code, 0) << outcome.out << outcome.err;
    }
    const Outcome numba = run("assay eval transpose" + flags + "'" + candidates + "transpose/numba'", scratch.path());
    EXPECT_EQ(numba.code, 0) << numba.out << numba.err;
}

TEST(Ptx, ThatIsBrokenIsTheCandidatesFault) {
    const Scratch scratch;
    const fs::path folder = scratch.path() / "broken";
    fs::copy(candidates + "vector_add/triton", folder);
    std::ofstream(folder / "kernel.ptx", std::ios::app) << ".visible .entry other(\n";
    const Outcome outcome = run("assay eval vector_add" + flags + "broken", scratch.path());
    EXPECT_EQ(outcome.code, 1) << outcome.err;
    EXPECT_EQ(outcome.lines().at(0).at("status"), "plan_error") << outcome.out;
    EXPECT_NE(outcome.out.find("candidate.ptx:"), std::string::npos) << outcome.out;
    std::ofstream(folder / "candidate.json") << R"({"source": "kernel.ptx", "launches": [{"kernel": "add_kernel"}]})";
    const Outcome bad = run("assay eval vector_add" + flags + "broken", scratch.path());
    EXPECT_EQ(bad.code, 2);
    EXPECT_NE(bad.err.find("candidate.json#/launches/0"), std::string::npos) << bad.err;
}

TEST(Library, CallsAreRejectedAndOperatorsAsTheRunSays) {
    const Scratch scratch;
    const std::string cublas = "'" + source_dir() + "/tests/hostile/h_cublas/candidate.cu'";
    const Outcome call = run("assay eval vector_add" + flags + cublas, scratch.path());
    EXPECT_EQ(call.lines().at(0).at("status"), "rejected") << call.out;
    EXPECT_NE(call.out.find("cuBLAS"), std::string::npos) << call.out;
    const std::string operators = "'" + candidates + "vector_add/torch_library_only.cu'";
    const auto judged = [&](const std::string& rule) {
        return run("assay eval vector_add --library " + rule + flags + operators, scratch.path()).lines().at(0);
    };
    const json counted = judged("count"), allowed = judged("allow"), rejected = judged("reject");
    EXPECT_EQ(counted.at("status"), "passed");
    EXPECT_NE(counted.at("warnings").dump().find("counted as library"), std::string::npos);
    EXPECT_EQ(counted.at("library").at("rule"), "count");
    EXPECT_EQ(counted.at("library").at("said_by"), "command line");
    EXPECT_EQ(counted.at("library").at("used"), allowed.at("library").at("used"));
    EXPECT_EQ(allowed.at("status"), "passed");
    EXPECT_EQ(allowed.at("warnings").dump().find("library"), std::string::npos);
    EXPECT_FALSE(allowed.at("library").at("used").get<std::string>().empty());
    EXPECT_EQ(rejected.at("status"), "rejected");
    EXPECT_EQ(rejected.at("findings").at(0).at("check"), "library-operator");
}

} // namespace
} // namespace assay::e2e
