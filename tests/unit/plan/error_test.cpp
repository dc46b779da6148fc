// What host code does wrong, one entry of `sources/errors.cu` each: the kind of error, the call, the line, the words.
#include "plan/record.h"
#include "unit/plan/recording.h"

namespace assay::plan::testing {
namespace {

using Kind = PlanError::Kind;

struct Case {
    const char* entry;
    Kind kind;
    const char* call;
    const char* what; ///< a part of it
    const char* hint = "";
};

void PrintTo(const Case& c, std::ostream* out) {
    *out << c.entry;
}

class HostError : public ::testing::TestWithParam<Case> {};

TEST_P(HostError, IsNamedWithItsLine) {
    const Case& expected = GetParam();
    RecordLimits limits;
    limits.steps = 1'000'000;
    limits.memory = 64ull << 20;
    limits.plan_steps = 1000;
    const PlanError error = error_of("errors", expected.entry, unary(1000), limits);
    EXPECT_EQ(error.kind, expected.kind);
    EXPECT_EQ(error.call, expected.call);
    EXPECT_EQ(error.file, "errors.cu");
    EXPECT_EQ(error.line, line_of("errors", expected.entry));
    EXPECT_NE(error.what.find(expected.what), std::string::npos) << error.what;
    EXPECT_NE(error.hint.find(expected.hint), std::string::npos) << error.hint;
    EXPECT_TRUE(error.rule.empty());
}

constexpr Case memory_errors[] = {
    {"reads_device", Kind::PlanError, "", "host code reads device memory", "cudaMemcpy"},
    {"writes_device", Kind::PlanError, "", "host code writes device memory"},
    {"reads_managed", Kind::PlanError, "", "host code reads device memory"},
    {"past_end", Kind::PlanError, "", "reads 4 bytes out of bounds, at offset 40 of a heap block of 40 bytes"},
    {"heap_use_after_free", Kind::PlanError, "", "reads offset 4 of a freed heap block of 40 bytes"},
    {"heap_double_free", Kind::PlanError, "free", "a heap block of 1000 bytes is freed twice"},
    {"frees_device_pointer", Kind::PlanError, "free", "the device pointer C is freed as host memory", "cudaFree"},
    {"null_pointer", Kind::PlanError, "", "writes through a null pointer"},
    {"wild_pointer", Kind::PlanError, "", "0x1234567812345678, where nothing is"},
    {"cuda_free_input", Kind::PlanError, "cudaFree", "`A` is freed, which the host code did not allocate"},
    {"cuda_double_free", Kind::PlanError, "cudaFree", "`scratch0` is freed twice"},
    {"cuda_free_inside", Kind::PlanError, "cudaFree", "scratch0+4 is freed, which is not the start"},
    {"cuda_free_host", Kind::PlanError, "cudaFree", "what is freed is a heap block of 1000 bytes, not device memory"},
    {"launch_after_free", Kind::PlanError, "<<<>>>",
     "argument 2 of kernel copy(float const*, float*, int) is a bad "
     "device pointer: `scratch0` is used after it was freed"},
    {"memset_after_free", Kind::PlanError, "cudaMemset", "`scratch0` is used after it was freed"},
};
INSTANTIATE_TEST_SUITE_P(Memory, HostError, ::testing::ValuesIn(memory_errors),
                         [](const auto& info) { return info.param.entry; });

constexpr Case copy_errors[] = {
    {"writes_input", Kind::PlanError, "cudaMemset", "writes the input `A`"},
    {"copy_too_long", Kind::PlanError, "cudaMemcpy", "8000 bytes at A go beyond `A`, which has 4000 bytes"},
    {"wrong_direction", Kind::PlanError, "cudaMemcpy",
     "the copy is cudaMemcpyHostToDevice, but its source is the device pointer A"},
    {"memset_host", Kind::PlanError, "cudaMemset", "not device memory", "memset"},
    {"upload_too_long", Kind::PlanError, "cudaMemcpy", "reads 32 bytes out of bounds, at a local frame of 16 bytes"},
    {"not_a_symbol", Kind::PlanError, "cudaMemcpyToSymbol", "not a __device__ or __constant__ variable"},
};
INSTANTIATE_TEST_SUITE_P(Copies, HostError, ::testing::ValuesIn(copy_errors),
                         [](const auto& info) { return info.param.entry; });

constexpr Case launch_errors[] = {
    {"empty_grid", Kind::LaunchError, "<<<>>>", "with a grid of (0, 1, 1)"},
    {"large_grid", Kind::LaunchError, "<<<>>>", "with a grid of (1, 70000, 1); from 1 to (2147483647, 65535, 65535)"},
    {"large_block", Kind::LaunchError, "<<<>>>", "with blocks of (2000, 1, 1); from 1 to (1024, 1024, 64)"},
    {"large_block_3d", Kind::LaunchError, "<<<>>>", "with blocks of 2048 threads (32, 32, 2); a block can have 1024"},
    {"beyond_bounds", Kind::LaunchError, "<<<>>>", "with blocks of 256 threads; its __launch_bounds__ allow 128"},
    {"shared_without_attribute", Kind::LaunchError, "<<<>>>",
     "with 49000 bytes of dynamic shared memory beside its own 1024; it may have 48128", "cudaFuncSetAttribute"},
    {"shared_beyond_device", Kind::LaunchError, "<<<>>>", "with 300000 bytes of dynamic shared memory",
     "no block can have more than 232448 bytes"},
    {"cooperative_too_large", Kind::LaunchError, "cudaLaunchCooperativeKernel",
     "with 100000 blocks; 1056 can be resident"},
    {"cluster_too_large", Kind::LaunchError, "cudaLaunchKernelEx", "with clusters of 32 blocks; a cluster can have 8"},
    {"not_a_kernel", Kind::PlanError, "cudaLaunchKernel", "`sum_into(int*, int const*, int)` is launched"},
    {"short_argument_list", Kind::PlanError, "cudaLaunchKernel", "reads 8 bytes out of bounds", "3 parameters"},
    {"unknown_stream", Kind::PlanError, "<<<>>>", "0x3039 is no stream", "cudaStreamCreate"},
    {"destroyed_stream", Kind::PlanError, "<<<>>>", "the stream was destroyed"},
    {"host_pointer_argument", Kind::PlanError, "<<<>>>",
     "argument 1 of kernel copy(float const*, float*, int) is a pointer to host memory: a heap block of 4000 bytes"},
    {"host_pointer_in_struct", Kind::PlanError, "<<<>>>",
     "argument 2 of kernel take_holder(int, Holder) holds a pointer to host memory: a local frame of 32 bytes"},
    {"pointer_outside", Kind::PlanError, "<<<>>>", "A-16 is outside of `A`, which has 4000 bytes"},
    {"function_argument", Kind::PlanError, "<<<>>>", "is the address of add_one(int) on the host"},
    {"kernel_calls_host", Kind::PlanError, "<<<>>>", "kernel aborting(float*) calls abort, which only host code can"},
};
INSTANTIATE_TEST_SUITE_P(Launches, HostError, ::testing::ValuesIn(launch_errors),
                         [](const auto& info) { return info.param.entry; });

constexpr Case stops[] = {
    {"exits", Kind::PlanError, "exit", "exits with status 3", "it had printed: cannot handle 1000 elements"},
    {"aborts", Kind::PlanError, "abort", "host code aborts"},
    {"asserts", Kind::PlanError, "assert", "the assertion `n % 7 == 0` failed"},
    {"throws", Kind::PlanError, "throw", "host code throws: n is odd"},
    {"traps", Kind::PlanError, "", "host code traps", "it had printed: now"},
    {"recurses", Kind::Limit, "", "calls nest deeper than 256"},
    {"loops", Kind::Limit, "", "runs more than 1000000 instructions"},
    {"grabs_memory", Kind::Limit, "malloc", "needs more than 64 MiB of host memory"},
    {"grabs_device_memory", Kind::Limit, "cudaMalloc", "1073741824 bytes of device memory on top of 68719476736"},
    {"launches_forever", Kind::Limit, "<<<>>>", "more than 1000 launches, copies and fills"},
    {"prints_forever", Kind::Limit, "", "runs more than 1000000 instructions"},
};
INSTANTIATE_TEST_SUITE_P(Stops, HostError, ::testing::ValuesIn(stops),
                         [](const auto& info) { return info.param.entry; });

constexpr Case calls[] = {
    {"unknown_function", Kind::PlanError, "mystery", "host code calls mystery, which nothing here answers"},
    {"captures_graph", Kind::PlanError, "cudaStreamBeginCapture", "the default stream cannot be captured",
     "cudaStreamCreate"},
    {"makes_texture", Kind::PlanError, "cudaCreateTextureObject", "cannot be recorded", "plain buffer"},
    {"copies_to_peer", Kind::PlanError, "cudaMemcpyPeer", "cannot be recorded", "one device"},
    {"resets_device", Kind::PlanError, "cudaDeviceReset", "cannot be recorded", "caller's buffers"},
    {"reads_clock", Kind::PlanError, "", "host code reads %clock64", "no time"},
    {"synchronises_threads", Kind::PlanError, "", "host code cannot run `bar.sync 0;`"},
    {"wrong_function_type", Kind::PlanError, "", "called through a function pointer of another type"},
    {"null_function", Kind::PlanError, "", "calls a null function pointer"},
    {"second_device", Kind::PlanError, "exit", "exits with status 110", // 'n' of "no error": the error was cleared
     "cudaErrorInvalidDevice / invalid device ordinal"},
};
INSTANTIATE_TEST_SUITE_P(Calls, HostError, ::testing::ValuesIn(calls),
                         [](const auto& info) { return info.param.entry; });

TEST(HostError, SaysItInOneLine) {
    const PlanError error = error_of("errors", "cuda_double_free");
    EXPECT_EQ(error.to_string(), "errors.cu:" + std::to_string(line_of("errors", "cuda_double_free")) +
                                     ": cudaFree: `scratch0` is freed twice");
}

TEST(ModuleVariables, WrittenByHostCodeAndUsedByAKernelAreRefused) {
    const PlanError error = error_of("globals", "written_variable");
    EXPECT_NE(error.what.find("host code has written its copy of `calls`, which kernel use_calls(float*) uses"),
              std::string::npos)
        << error.what;
    EXPECT_EQ(error.line, line_of("globals", "written_variable"));
}

TEST(ModuleVariables, ReadAfterAKernelMayHaveWrittenThemAreRefused) {
    const PlanError error = error_of("globals", "read_after_kernel");
    EXPECT_NE(error.what.find("host code reads `accumulator`, which a kernel may have written"), std::string::npos)
        << error.what;
    EXPECT_EQ(error.line, line_of("globals", "read_after_kernel"));
}

TEST(ModuleVariables, AreNoKernelArguments) {
    const PlanError error = error_of("globals", "variable_as_argument");
    EXPECT_NE(error.what.find("is a pointer to host memory: the variable `weights` of 16 bytes"), std::string::npos)
        << error.what;
    EXPECT_NE(error.hint.find("cudaGetSymbolAddress"), std::string::npos) << error.hint;
    EXPECT_EQ(error.line, line_of("globals", "variable_as_argument"));
}

TEST(ModuleVariables, AreNotCopiedByAddress) {
    const PlanError error = error_of("globals", "symbol_with_memcpy");
    EXPECT_EQ(error.call, "cudaMemcpy");
    EXPECT_NE(error.hint.find("cudaMemcpyToSymbol"), std::string::npos) << error.hint;
    EXPECT_EQ(error.line, line_of("globals", "symbol_with_memcpy"));
}

} // namespace
} // namespace assay::plan::testing
