// Candidates whose host code reads device memory back and decides on it, through the program.
#include <algorithm>
#include <fstream>
#include <gtest/gtest.h>

#include "e2e/run_assay.h"
#include "source_dir.h"

namespace assay::e2e {
namespace {

using nlohmann::json;
const std::string graph = " '" + source_dir() + "/datasets/candidates/connected_components/";
const std::string norm = " '" + source_dir() + "/datasets/candidates/kb1_037_frobeniusnorm/";

/// The steps of a kind: "launch", "read".
std::size_t count(const json& plan, const std::string& kind) {
    return static_cast<std::size_t>(
        std::ranges::count_if(plan.at("steps"), [&](const json& step) { return step.contains(kind); }));
}

TEST(Live, APlanIsThatOfARunWithItsReadBacks) {
    const Scratch scratch;
    const Outcome outcome = run(
        "assay plan connected_components" + graph + "flag.cu' --workload deep --cache cache --json", scratch.path());
    ASSERT_EQ(outcome.code, 0) << outcome.out << outcome.err;
    const json plan = json::parse(outcome.out);
    EXPECT_EQ(plan.at("data_dependent"), true);
    const std::size_t reads = count(plan, "read");
    EXPECT_GT(reads, 1U);
    EXPECT_EQ(count(plan, "launch"), reads + 1);
    EXPECT_GT(plan.at("deciding_steps"), 0);

    const Outcome text =
        run("assay plan connected_components" + graph + "flag.cu' --workload deep --cache cache", scratch.path());
    EXPECT_NE(text.out.find("depends on data"), std::string::npos) << text.out;
    EXPECT_NE(text.out.find("read    scratch0: 4 bytes"), std::string::npos) << text.out;

    const Outcome other =
        run("assay plan connected_components" + graph + "one_block.cu' --cache cache --json", scratch.path());
    ASSERT_EQ(other.code, 0) << other.err;
    EXPECT_FALSE(json::parse(other.out).contains("data_dependent"));
}

TEST(Live, IsTimedWithWhatTheHostDecidesAndSaysSo) {
    const Scratch scratch;
    const Outcome outcome = run("assay eval connected_components" + graph +
                                    "pending.cu' --device vgpu --json --out r.jsonl "
                                    "--time-budget 0.5 --cache cache",
                                scratch.path());
    ASSERT_EQ(outcome.code, 0) << outcome.out << outcome.err;
    const json result = outcome.lines().at(0);
    EXPECT_EQ(result.at("status"), "passed");
    const json& live = result.at("data_dependent");
    EXPECT_GT(live.at("read_backs"), 1);
    EXPECT_EQ(live.at("bytes"), 4 * live.at("read_backs").get<unsigned>());
    const auto instructions = live.at("host_instructions").get<double>();
    EXPECT_GT(instructions, 0);
    for (const json& pair : result.at("timing").at("pairs")) {
        EXPECT_GT(pair.at(1).get<double>(), 0.5e-9 * instructions); // each counts 1 ns, and rounds vary a little
    }
    const Outcome again = run("assay regrade r.jsonl --device vgpu --cache cache --time-budget 0.5", scratch.path());
    EXPECT_EQ(again.code, 0) << again.out << again.err;
}

// Adding up on the host what blocks have summed is honest, and counts; adding up everything there is no kernel.
TEST(Live, WorkLeftToTheHostIsLittleAndCounts) {
    const Scratch scratch;
    const auto write = [&](const std::string& name, int of_a_thread) {
        std::ofstream(scratch.path() / name) << "constexpr int of_a_thread = " << of_a_thread << ";\n"
                                             << R"(
#include <cmath>
#include <cuda_runtime.h>
#include <vector>
__global__ void squares(const float* x, float* sums, int n) {
    int thread = blockIdx.x * blockDim.x + threadIdx.x;
    float sum = 0;
    for (int i = 0; i < of_a_thread; i++) {
        int at = thread * of_a_thread + i;
        if (at < n) sum += x[at] * x[at];
    }
    if (thread < (n + of_a_thread - 1) / of_a_thread) sums[thread] = sum;
}
__global__ void scale(const float* x, float* y, float factor, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) y[i] = x[i] * factor;
}
extern "C" void solve(const float* x, float* y, int batch, int channels, int height, int width) {
    const int n = batch * channels * height * width, threads = (n + of_a_thread - 1) / of_a_thread;
    float* sums;
    cudaMalloc(&sums, threads * sizeof(float));
    squares<<<(threads + 255) / 256, 256>>>(x, sums, n);
    std::vector<float> host(threads);
    cudaMemcpy(host.data(), sums, threads * sizeof(float), cudaMemcpyDeviceToHost);
    double total = 0;
    for (float sum : host) total += sum;
    scale<<<(n + 255) / 256, 256>>>(x, y, static_cast<float>(1 / std::sqrt(total)), n);
}
)";
    };
    write("some.cu", 16); // of 4 * 16 * 64 * 64 elements where it is timed, a sixteenth
    write("most.cu", 4);
    const Outcome outcome = run("assay eval kb1_037_frobeniusnorm some.cu most.cu --device vgpu --json "
                                "--time-budget 0.2 --cache cache",
                                scratch.path());
    const auto results = outcome.lines();
    ASSERT_EQ(results.size(), 2U) << outcome.out << outcome.err;
    const json& some = results[0];
    ASSERT_EQ(some.at("status"), "passed") << some;
    const double instructions = some.at("data_dependent").at("host_instructions").get<double>();
    EXPECT_GT(instructions, 3 * 4 * 16 * 64 * 64 / 16.0);
    EXPECT_GT(some.at("timing").at("candidate_seconds"), 1e-9 * instructions);
    EXPECT_EQ(results[1].at("status"), "rejected");
    EXPECT_EQ(results[1].at("findings").at(0).at("check"), "host-work");
}

TEST(Live, OperatorsOfTheLibraryStandBetweenSegments) {
    const Scratch scratch;
    const std::string candidate = norm + "torch_item.cu' --device vgpu --json --no-time --cache cache";
    const Outcome outcome = run("assay eval kb1_037_frobeniusnorm" + candidate, scratch.path());
    ASSERT_EQ(outcome.code, 0) << outcome.out << outcome.err;
    const json result = outcome.lines().at(0);
    EXPECT_EQ(result.at("data_dependent").at("read_backs"), 1);
    ASSERT_EQ(result.at("warnings").size(), 1U) << result.at("warnings");
    EXPECT_NE(result.at("warnings").at(0).get<std::string>().find("square, sum"), std::string::npos);
    const Outcome rejected = run("assay eval kb1_037_frobeniusnorm --library reject" + candidate, scratch.path());
    EXPECT_EQ(rejected.lines().at(0).at("findings").at(0).at("check"), "library-operator") << rejected.out;
}

TEST(Live, IsProfiledAndSanitizedAsItsRunWas) {
    const Scratch scratch;
    const std::string candidate = graph + "flag.cu' --workload deep --cache cache --json";
    const Outcome profiled = run("assay profile connected_components" + candidate, scratch.path());
    ASSERT_EQ(profiled.code, 0) << profiled.out << profiled.err;
    std::size_t times = 0;
    const json profile = profiled.lines().at(0);
    for (const json& launch : profile.at("launches")) {
        times += launch.at("times").get<std::size_t>();
    }
    EXPECT_GT(times, 2U);
    const Outcome sanitized = run(
        "assay sanitize connected_components" + graph + "pending.cu' --workload deep --cache cache", scratch.path());
    EXPECT_EQ(sanitized.code, 0) << sanitized.out << sanitized.err;
}

} // namespace
} // namespace assay::e2e
