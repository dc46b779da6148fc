// What the assembler says about kernels, from the real one; and, where the toolkit has `ptxas` too, that the program
// and the library say the same.
#include "compile/assembler.h"

#include <cstdlib>

#include "fixture.h"

namespace assay::compile {
namespace {

namespace fs = std::filesystem;

constexpr const char* three_kernels = R"(
extern "C" __global__ void plain(float* x) { x[threadIdx.x] = 1; }
extern "C" __global__ void shared(float* x) {
    __shared__ float tile[1024];
    tile[threadIdx.x] = x[threadIdx.x];
    __syncthreads();
    x[threadIdx.x] = tile[threadIdx.x ^ 1];
}
// More live values than the registers hold: what is volatile is read once, before anything is written.
extern "C" __global__ void __maxnreg__(24) crowded(volatile float* x) {
    float value[48];
#pragma unroll
    for (int i = 0; i < 48; ++i) value[i] = x[i * 32 + threadIdx.x];
#pragma unroll
    for (int i = 0; i < 48; ++i) x[i * 32 + threadIdx.x] = value[47 - i] * value[(i * 7) % 48];
}
)";

const KernelResources& of(const std::vector<KernelResources>& kernels, const std::string& name) {
    const auto found = std::ranges::find(kernels, name, &KernelResources::kernel);
    if (found == kernels.end()) {
        throw std::runtime_error("nothing is said of " + name);
    }
    return *found;
}

TEST(Assembler, CountsRegistersSpillsAndSharedMemory) {
    const Compilation compilation = compile(three_kernels);
    ASSERT_TRUE(compilation.ptx) << compilation.log;
    const auto kernels = assemble(toolkit(), *compilation.ptx, "sm_90");
    ASSERT_TRUE(kernels) << kernels.error().to_string();
    ASSERT_EQ(kernels->size(), 3U);
    const KernelResources& plain = of(*kernels, "plain");
    EXPECT_GE(plain.registers, 4U);
    EXPECT_LE(plain.registers, 16U);
    EXPECT_EQ(plain.shared_bytes, 0U);
    EXPECT_EQ(plain.spill_store_bytes + plain.spill_load_bytes + plain.barriers, 0U);
    EXPECT_EQ(of(*kernels, "shared").shared_bytes, 4096U);
    EXPECT_EQ(of(*kernels, "shared").barriers, 1U);
    const KernelResources& crowded = of(*kernels, "crowded");
    EXPECT_LE(crowded.registers, 24U);
    EXPECT_GT(crowded.spill_store_bytes, 0U);
    EXPECT_GT(crowded.spill_load_bytes, 0U);
    EXPECT_GE(crowded.stack_bytes, 24U * 4); // half of the values at least have no register
}

TEST(Assembler, SaysWhatPtxasSays) {
    const fs::path ptxas = toolkit().include.front().parent_path() / "bin" / "ptxas";
    if (!fs::exists(ptxas)) {
        GTEST_SKIP() << "the toolkit has no ptxas";
    }
    const Compilation compilation = compile(three_kernels);
    ASSERT_TRUE(compilation.ptx) << compilation.log;
    const TemporaryFolder folder;
    const fs::path ptx = folder.path() / "kernels.ptx", log = folder.path() / "log";
    std::ofstream(ptx) << *compilation.ptx;
    const std::string command =
        fmt::format("'{}' -v -arch=sm_90 -o /dev/null '{}' 2> '{}'", ptxas.string(), ptx.string(), log.string());
    ASSERT_EQ(std::system(command.c_str()), 0) << read_text(log);
    const auto of_program = read_resources(read_text(log));
    const auto of_library = assemble(toolkit(), *compilation.ptx, "sm_90");
    ASSERT_TRUE(of_library) << of_library.error().to_string();
    ASSERT_EQ(of_program.size(), of_library->size());
    for (const KernelResources& kernel : of_program) {
        SCOPED_TRACE(kernel.kernel);
        EXPECT_EQ(kernel, of(*of_library, kernel.kernel));
    }
}

TEST(Assembler, SaysWhatItRefuses) {
    const auto nonsense = assemble(toolkit(), ".version 8.0\n.target sm_90\n.address_size 64\nnonsense\n", "sm_90");
    ASSERT_FALSE(nonsense);
    EXPECT_NE(nonsense.error().what.find("candidate.ptx, line 4"), std::string::npos) << nonsense.error().to_string();
    EXPECT_NE(nonsense.error().what.find("nonsense"), std::string::npos) << nonsense.error().to_string();
    const auto newer = assemble(toolkit(), *compile(three_kernels).ptx, "sm_80"); // the PTX is for 9.0
    ASSERT_FALSE(newer);
    EXPECT_EQ(newer.error().where, "sm_80");
}

TEST(Assembler, SaysThatItIsNotThere) {
    Toolkit without = toolkit();
    without.assembler.clear();
    const auto none = assemble(without, "", "sm_90");
    ASSERT_FALSE(none);
    EXPECT_NE(none.error().what.find("libnvJitLink"), std::string::npos);
    EXPECT_FALSE(none.error().hint.empty());
}

TEST(Assembler, ReadsOnlyWhatIsOfAKernel) {
    // A function that is called has lines of its own; names are a candidate's.
    const auto kernels = read_resources("ptxas info    : 0 bytes gmem\n"
                                        "ptxas info    : Used 99 registers\n"
                                        "ptxas info    : Compiling entry function 'k' for 'sm_90'\n"
                                        "ptxas info    : Function properties for helper\n"
                                        "    64 bytes stack frame, 8 bytes spill stores, 9 bytes spill loads\n"
                                        "ptxas info    : Function properties for k\n"
                                        "    32 bytes stack frame, 4 bytes spill stores, 12 bytes spill loads\n"
                                        "ptxas info    : Used 40 registers, used 2 barriers, 8192 bytes smem, 16 "
                                        "bytes cmem[2]\n"
                                        "ptxas info    : Compiling entry function 'unfinished");
    ASSERT_EQ(kernels.size(), 2U);
    EXPECT_EQ(kernels[0].kernel, "k");
    EXPECT_EQ(kernels[0].registers, 40U);
    EXPECT_EQ(kernels[0].barriers, 2U);
    EXPECT_EQ(kernels[0].shared_bytes, 8192U);
    EXPECT_EQ(kernels[0].stack_bytes, 32U);
    EXPECT_EQ(kernels[0].spill_store_bytes, 4U);
    EXPECT_EQ(kernels[0].spill_load_bytes, 12U);
    EXPECT_EQ(kernels[1].registers, 0U);
    EXPECT_TRUE(read_resources("").empty());
}

} // namespace
} // namespace assay::compile
