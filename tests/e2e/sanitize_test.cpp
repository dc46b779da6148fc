// `assay sanitize`: what it finds in a candidate with a bug, with line and buffer, and nothing in one without.
#include <fstream>
#include <gtest/gtest.h>

#include "e2e/run_assay.h"
#include "source_dir.h"

namespace assay::e2e {
namespace {

/// vector_add with a reduction step that lacks a barrier unless `barrier` is given.
void write_candidate(const std::filesystem::path& file, const std::string& barrier) {
    std::ofstream(file) << "#include <cuda_runtime.h>\n"
                           "__global__ void add(const float* a, const float* b, float* c, int n) {\n"
                           "    __shared__ float tile[256];\n"
                           "    int i = blockIdx.x * blockDim.x + threadIdx.x;\n"
                           "    tile[threadIdx.x] = i < n ? a[i] + b[i] : 0;\n"
                           "    "
                        << barrier
                        << "\n"
                           "    float mine = tile[threadIdx.x ^ 32];\n"
                           "    int j = blockIdx.x * blockDim.x + (threadIdx.x ^ 32);\n"
                           "    if (j < n) c[j] = mine;\n"
                           "}\n"
                           "extern \"C\" void solve(const float* a, const float* b, float* c, int n) {\n"
                           "    add<<<(n + 255) / 256, 256>>>(a, b, c, n);\n"
                           "}\n";
}

TEST(Sanitize, FindsARaceAndNothingInItsTwin) {
    const Scratch scratch;
    write_candidate(scratch.path() / "racy.cu", "");
    write_candidate(scratch.path() / "fine.cu", "__syncthreads();");
    const Outcome racy = run("assay sanitize vector_add racy.cu --workload even --cache cache --json", scratch.path());
    EXPECT_EQ(racy.code, 1) << racy.out << racy.err;
    const auto findings = racy.lines().at(0).at("findings");
    ASSERT_FALSE(findings.empty());
    EXPECT_EQ(findings.at(0).at("kind"), "uninitialised-read") << findings.dump(2);
    EXPECT_EQ(findings.at(0).at("line"), 7) << findings.dump(2);
    const Outcome fine = run("assay sanitize vector_add fine.cu --workload even --cache cache", scratch.path());
    EXPECT_EQ(fine.code, 0) << fine.out << fine.err;
}

TEST(Sanitize, NamesTheBuffer) {
    const Scratch scratch;
    const std::string candidate = "'" + source_dir() + "/tests/e2e/candidates/out_of_bounds.cu'";
    const Outcome outcome = run("assay sanitize vector_add " + candidate + " --cache cache", scratch.path());
    EXPECT_EQ(outcome.code, 1) << outcome.out << outcome.err;
    EXPECT_NE(outcome.out.find("of output 'c'"), std::string::npos) << outcome.out << outcome.err;
}

} // namespace
} // namespace assay::e2e
