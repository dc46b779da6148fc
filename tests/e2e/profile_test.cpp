// `assay profile`: a candidate's counts as text, by line and as JSON, and what it says when there are none.
#include <gtest/gtest.h>

#include "e2e/run_assay.h"
#include "source_dir.h"

namespace assay::e2e {
namespace {

using nlohmann::json;
const std::string candidates = source_dir() + "/tests/e2e/candidates/";
const std::string workload = " --cache cache --workload prime ";

TEST(Profile, CountsACandidate) {
    const Scratch scratch;
    const Outcome outcome =
        run("assay profile vector_add '" + candidates + "good.cu' --json" + workload, scratch.path());
    ASSERT_EQ(outcome.code, 0) << outcome.err;
    const json profile = outcome.lines().at(0);
    EXPECT_EQ(profile.at("schema"), 1);
    EXPECT_EQ(profile.at("task"), "vector_add");
    ASSERT_EQ(profile.at("launches").size(), 1U);
    const json& launch = profile.at("launches").at(0);
    EXPECT_EQ(launch.at("name"), "add(float const*, float const*, float*, int)");
    EXPECT_EQ(launch.at("interpreted"), false);
    const auto n = profile.at("total").at("flops").get<unsigned>();
    EXPECT_EQ(n, 10007U); // one addition for each element
    EXPECT_EQ(profile.at("total").at("bytes").at("global").at("loaded"), 8 * n);
    EXPECT_EQ(profile.at("total").at("bytes").at("global").at("stored"), 4 * n);
    ASSERT_EQ(profile.at("buffers").size(), 3U);
    EXPECT_EQ(profile.at("buffers").at(0),
              json({{"name", "input 'a'"}, {"bytes", 4 * n}, {"read", 4 * n}, {"written", 0}}));
    EXPECT_EQ(profile.at("buffers").at(2),
              json({{"name", "output 'c'"}, {"bytes", 4 * n}, {"read", 0}, {"written", 4 * n}}));
    unsigned flops = 0;
    for (const json& line : launch.at("lines")) {
        EXPECT_EQ(line.at("file"), "good.cu");
        flops += line.at("line") == 5 ? line.at("flops").get<unsigned>() : 0;
    }
    EXPECT_EQ(flops, n); // all of them in line 5
}

TEST(Profile, AnnotatesTheSource) {
    const Scratch scratch;
    const Outcome outcome =
        run("assay profile vector_add '" + candidates + "good.cu' --line" + workload, scratch.path());
    ASSERT_EQ(outcome.code, 0) << outcome.err;
    EXPECT_NE(outcome.out.find("5 |     if (i < n) c[i] = a[i] + b[i];"), std::string::npos) << outcome.out;
    EXPECT_NE(outcome.out.find("fp32 10 k"), std::string::npos) << outcome.out;
}

TEST(Profile, CountsTheBaseline) {
    const Scratch scratch;
    const Outcome outcome = run("assay profile vector_add --json" + workload, scratch.path());
    ASSERT_EQ(outcome.code, 0) << outcome.err;
    EXPECT_EQ(outcome.lines().at(0).at("total").at("flops"), 10007U);
}

TEST(Profile, SaysWhatTheAssemblerOfAGpuMakesOfIt) {
    const Scratch scratch;
    for (const auto& [gpu, name] : {std::pair{"h100", "H100"}, {"A100", "A100"}}) { // of two architectures
        const Outcome outcome =
            run("assay profile vector_add '" + candidates + "good.cu' --json --gpu " + gpu + workload, scratch.path());
        ASSERT_EQ(outcome.code, 0) << outcome.err;
        const json profile = outcome.lines().at(0);
        EXPECT_EQ(profile.at("gpu").at("name"), name);
        EXPECT_FALSE(profile.at("gpu").contains("problem")) << profile.at("gpu");
        const json& launch = profile.at("launches").at(0);
        EXPECT_GE(launch.at("resources").at("registers"), 8);
        EXPECT_LE(launch.at("resources").at("registers"), 32);
        EXPECT_EQ(launch.at("resources").at("spill_stores"), 0);
        EXPECT_EQ(launch.at("occupancy").at("blocks"), 8) << launch.at("occupancy"); // of 256 threads
        EXPECT_EQ(launch.at("occupancy").at("fraction"), 1.0);
        EXPECT_EQ(launch.at("occupancy").at("limit"), "warps");
    }
    const Outcome text = run("assay profile vector_add --gpu H100" + workload, scratch.path()); // the baseline
    ASSERT_EQ(text.code, 0) << text.err;
    EXPECT_NE(text.out.find("a thread, no spills"), std::string::npos) << text.out;
    EXPECT_NE(text.out.find("of the warps of H100: "), std::string::npos) << text.out;
    const Outcome unknown = run("assay profile vector_add --gpu H1000" + workload, scratch.path());
    EXPECT_EQ(unknown.code, 2);
    EXPECT_NE(unknown.err.find("A100"), std::string::npos) << unknown.err;
}

TEST(Profile, SaysWhatIsWrong) {
    const Scratch scratch;
    const auto profile = [&](const std::string& file, const std::string& more) {
        return run("assay profile vector_add '" + candidates + file + "' --cache cache " + more, scratch.path());
    };
    const Outcome syntax = profile("syntax_error.cu", "");
    EXPECT_EQ(syntax.code, 1);
    EXPECT_NE(syntax.err.find("expected a \";\""), std::string::npos) << syntax.err;
    const Outcome wild = profile("wild_pointer.cu", "");
    EXPECT_EQ(wild.code, 1);
    EXPECT_NE(wild.err.find("bounds"), std::string::npos) << wild.err;
    const Outcome unknown = profile("good.cu", "--workload huge");
    EXPECT_EQ(unknown.code, 2);
    EXPECT_NE(unknown.err.find("known: "), std::string::npos) << unknown.err;
}

} // namespace
} // namespace assay::e2e
