// What is wrong with a source, an option or the surroundings, and what the compiler makes of it.
#include <csignal>
#include <fstream>
#include <set>
#include <thread>
#include <unistd.h>

#include "fixture.h"
#include "sandbox/landlock.h"

namespace assay::compile {
namespace {

TEST(Compiler, SyntaxErrorHasItsLine) {
    const Compilation compilation = compile("#include <cuda_runtime.h>\n"
                                            "#include <vector>\n"
                                            "__global__ void k(float* x) {\n"
                                            "    x[0] = 1 +;\n"
                                            "}\n");
    EXPECT_FALSE(compilation.ptx);
    EXPECT_EQ(compilation.failure, "");
    ASSERT_EQ(compilation.diagnostics.size(), 1U);
    const Diagnostic& error = compilation.diagnostics[0];
    EXPECT_EQ(error.file, "candidate.cu");
    EXPECT_EQ(error.line, 4U);
    EXPECT_EQ(error.column, 15U);
    EXPECT_EQ(error.severity, Severity::Error);
    EXPECT_EQ(error.message, "expected an expression");
    EXPECT_NE(compilation.log.find("candidate.cu(4): error"), std::string::npos);
}

TEST(Compiler, WarningsDoNotStopIt) {
    const Compilation compilation = compile("__global__ void k(float* x) { *x = 1 / 0; }\n");
    EXPECT_TRUE(compilation.ptx);
    ASSERT_EQ(compilation.diagnostics.size(), 1U);
    EXPECT_EQ(compilation.diagnostics[0].severity, Severity::Warning);
    EXPECT_NE(compilation.diagnostics[0].message.find("division by zero"), std::string::npos);
}

TEST(Compiler, EmptyFileCompilesToNothing) {
    const Compilation compilation = compile("");
    ASSERT_TRUE(compilation.ptx);
    EXPECT_EQ(compilation.ptx->find(".entry"), std::string::npos);
}

TEST(Compiler, ZeroByteIsAnError) {
    const Compilation compilation = compile(std::string("__global__ void k() {}\n\0garbage(", 32));
    EXPECT_FALSE(compilation.ptx);
    ASSERT_EQ(compilation.diagnostics.size(), 1U);
    EXPECT_EQ(compilation.diagnostics[0].line, 2U);
}

TEST(Compiler, MissingHeaderIsNamed) {
    const Compilation compilation = compile("// first\n#include <nonexistent_header.h>\n");
    ASSERT_EQ(compilation.diagnostics.size(), 1U);
    EXPECT_EQ(compilation.diagnostics[0].line, 2U);
    EXPECT_NE(compilation.diagnostics[0].message.find("nonexistent_header.h"), std::string::npos);
}

TEST(Compiler, InfiniteTemplateIsStopped) {
    const Compilation compilation = compile("template <int N> struct F { static const int v = F<N + 1>::v; };\n"
                                            "__global__ void k(int* a) { *a = F<0>::v; }\n");
    EXPECT_FALSE(compilation.ptx);
    ASSERT_FALSE(compilation.diagnostics.empty());
    EXPECT_NE(compilation.diagnostics[0].message.find("recursion"), std::string::npos);
}

TEST(Compiler, ManyErrorsMakeABoundedLog) {
    std::string source = "__global__ void k(int* a) {\n";
    for (int i = 0; i < 5000; i++) {
        source += fmt::format("    a[0] = undefined_{};\n", i);
    }
    const Compilation compilation = compile(source + "}\n");
    EXPECT_FALSE(compilation.ptx);
    EXPECT_GE(compilation.diagnostics.size(), 50U);
    EXPECT_LT(compilation.log.size(), 64U << 10);
    EXPECT_EQ(compilation.diagnostics[9].line, 11U);
}

TEST(Compiler, LogIsCleaned) {
    const Compilation compilation = compile("__global__ void k() { /* \x1b[2J \xe2\x80\xae */ oops; }\n");
    EXPECT_EQ(compilation.log.find('\x1b'), std::string::npos);
    EXPECT_EQ(compilation.log.find("\xe2\x80\xae"), std::string::npos);
    EXPECT_NE(compilation.log.find("oops"), std::string::npos);
}

/// A file that the user who runs the tests can read, and whose text must not come out.
class HostFile : public testing::TestWithParam<const char*> {};

TEST_P(HostFile, IsNotRead) {
    const TemporaryFolder folder;
    const auto path = folder.path() / "secret.h";
    std::ofstream(path) << "the_password_is_swordfish 17;\n";
    std::string source = GetParam();
    source.replace(source.find("SECRET"), 6, path.string());
    const Compilation compilation = compile(source);
    EXPECT_EQ(compilation.log.find("swordfish"), std::string::npos) << compilation.log;
    EXPECT_EQ(to_string(compilation.diagnostics).find("swordfish"), std::string::npos);
    if (compilation.ptx) {
        EXPECT_EQ(compilation.ptx->find("swordfish"), std::string::npos);
    }
    if (sandbox::landlock_abi() > 0) {
        EXPECT_FALSE(compilation.ptx && compilation.ptx->find(".entry found") != std::string::npos);
    }
}

INSTANTIATE_TEST_SUITE_P(Includes, HostFile,
                         testing::Values("#include \"SECRET\"\n", "#include <SECRET>\n",
                                         "#define FILE \"SECRET\"\n#include FILE\n",
                                         "#include \"../../../../../..SECRET\"\n",
                                         "#pragma message(\"x\")\n#include \"/SECRET\"\n",
                                         "#if __has_include(\"SECRET\")\n__global__ void found() {}\n#endif\n"));

TEST(Compiler, ThePasswordFileIsNotRead) {
    const Compilation compilation = compile("#include \"/etc/passwd\"\n");
    EXPECT_FALSE(compilation.ptx);
    EXPECT_EQ(compilation.log.find("root"), std::string::npos) << compilation.log;
}

TEST(Compiler, RelativeIncludesFindNothing) {
    for (const char* name : {"main.cpp", "etc/passwd", "./CMakeLists.txt"}) {
        EXPECT_FALSE(compile(fmt::format("#include \"{}\"\n", name)).ptx) << name;
    }
}

Result<Compilation> compile_within(const CompileLimits& limits, const std::string& source) {
    Compiler compiler(toolkit(), {}, limits);
    Request request;
    request.source = source;
    auto compilation = compiler.compile(request);
    Request harmless;
    harmless.source = "__global__ void k(float* x) { *x = 1; }\n";
    const auto after = compiler.compile(harmless);
    EXPECT_TRUE(after && after->ptx) << "the next candidate suffers";
    return compilation;
}

std::string macro_bomb() {
    std::string source = "#define A0 +x +x +x +x +x +x +x +x\n";
    for (int i = 1; i < 10; i++) {
        source += fmt::format("#define A{0} A{1} A{1} A{1} A{1} A{1} A{1} A{1} A{1}\n", i, i - 1);
    }
    return source + "__global__ void k(int* a, int x) { *a = 0 A9; }\n";
}

TEST(CompilerLimits, WallTime) {
    CompileLimits limits;
    limits.wall = std::chrono::milliseconds(700);
    const auto compilation = compile_within(limits, macro_bomb());
    ASSERT_TRUE(compilation);
    EXPECT_FALSE(compilation->ptx);
    EXPECT_EQ(compilation->failure, "timeout");
    EXPECT_NE(compilation->log.find("in time"), std::string::npos);
}

TEST(CompilerLimits, ProcessorTime) {
    CompileLimits limits;
    limits.cpu_seconds = 1;
    const auto compilation = compile_within(limits, macro_bomb());
    ASSERT_TRUE(compilation);
    EXPECT_EQ(compilation->failure, "resource_limit");
}

#ifndef __SANITIZE_ADDRESS__ // the limit is on address space, which the sanitizer takes terabytes of
TEST(CompilerLimits, Memory) {
    CompileLimits limits;
    limits.address_space = 400ULL << 20;
    const auto compilation =
        compile_within(limits, "template <int N, int M> struct T {\n"
                               "    static constexpr long v = T<N - 1, M * 2>::v + T<N - 1, M * 2 + 1>::v;\n"
                               "};\n"
                               "template <int M> struct T<0, M> { static constexpr long v = M; };\n"
                               "__global__ void k(long* a) { *a = T<24, 1>::v; }\n");
    ASSERT_TRUE(compilation);
    EXPECT_EQ(compilation->failure, "resource_limit") << compilation->log;
}

TEST(CompilerLimits, MemoryThatTheCompilerDoesNotCheck) {
    CompileLimits limits;
    limits.address_space = 400ULL << 20; // where NVRTC aborts
    const auto compilation = compile_within(limits, "__device__ int x[1 << 30] = {1};\n"
                                                    "__global__ void k(int* a) { *a = x[3]; }\n");
    ASSERT_TRUE(compilation);
    EXPECT_EQ(compilation->failure, "resource_limit") << compilation->log;
}
#endif

TEST(Compiler, KilledWorkerIsReplaced) {
    Compiler compiler(toolkit(), {});
    Request request;
    request.source = "__global__ void k(float* x) { *x = 1; }\n";
    ASSERT_TRUE(compiler.compile(request)->ptx);
    // The worker is this process's only child in state "sleeping in recv"; find it by its parent.
    std::set<pid_t> children;
    for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
        const std::string name = entry.path().filename();
        if (name.find_first_not_of("0123456789") != std::string::npos) {
            continue;
        }
        const std::string stat = read_text(entry.path() / "stat");
        const auto name_end = stat.rfind(") ");
        if (name_end != std::string::npos && std::atoi(stat.c_str() + name_end + 4) == ::getpid()) {
            children.insert(std::atoi(name.c_str()));
        }
    }
    ASSERT_FALSE(children.empty());
    for (const pid_t child : children) {
        ::kill(child, SIGKILL);
    }
    request.source = "__global__ void k(float* x) { *x = 2; }\n";
    const auto again = compiler.compile(request);
    ASSERT_TRUE(again) << again.error().to_string();
    EXPECT_TRUE(again->ptx);
}

TEST(Compiler, VirtualHeadersOfTheCaller) {
    Request request;
    request.headers["ops/twice.cuh"] = "template <class T> __device__ T twice(T x) { return x + x; }\n";
    request.source = "#include \"ops/twice.cuh\"\n__global__ void k(float* x) { *x = twice(*x); }\n";
    EXPECT_TRUE(compile(request).ptx);
    request.headers["ops/twice.cuh"] = "oops\n";
    const Compilation broken = compile(request);
    ASSERT_FALSE(broken.diagnostics.empty());
    EXPECT_EQ(broken.diagnostics[0].file, "ops/twice.cuh");
}

TEST(Compiler, OptionsTakeEffect) {
    Request request;
    request.source = "#ifndef SIZE\n#error no SIZE\n#endif\n"
                     "__global__ void k(float* x) { x[SIZE] = expf(x[0]) * x[1] + x[2]; }\n";
    EXPECT_FALSE(compile(request).ptx);
    request.options = {"-DSIZE=4", "-use_fast_math", "-fmad=false"};
    request.line_info = false;
    request.architecture = "compute_80";
    const Compilation compilation = compile(request);
    ASSERT_TRUE(compilation.ptx) << compilation.log;
    EXPECT_NE(compilation.ptx->find(".target sm_80"), std::string::npos);
    EXPECT_NE(compilation.ptx->find("ex2.approx.ftz"), std::string::npos);
    EXPECT_EQ(compilation.ptx->find("fma.rn"), std::string::npos);
    EXPECT_EQ(compilation.ptx->find(".loc"), std::string::npos);
}

TEST(Compiler, RefusesWhatIsNotAllowed) {
    Compiler compiler(toolkit(), {});
    Request request;
    for (const char* option :
         {"-I/etc", "--pre-include=/etc/passwd", "-include=/etc/passwd", "--time=/tmp/x", "--create-pch=/tmp/x",
          "-DX=/etc", "-D__host__=", "-DASSAY_X", "-D", "-arch=sm_50", "-maxrregcount=-1", "-rdc=false", "",
          "-DX=1 -I/etc", "-lto", "-maxrregcount=32\n-I/etc", "-std=c++11"}) {
        request.options = {option};
        const auto refused = compiler.compile(request);
        ASSERT_FALSE(refused) << option;
        EXPECT_NE(refused.error().what.find(fmt::format("\"{}\"", option)), std::string::npos);
        EXPECT_NE(refused.error().hint.find("-use_fast_math"), std::string::npos);
    }
    EXPECT_TRUE(check_options({"-use_fast_math", "--use_fast_math", "-DBLOCK=128", "-DFLAG", "-maxrregcount=64",
                               "-prec-div=false", "-std=c++17"}));
    request.options.clear();
    request.architecture = "compute_90 -I/etc";
    EXPECT_FALSE(compiler.compile(request));
}

TEST(Toolkit, IsFound) {
    EXPECT_TRUE(std::filesystem::exists(toolkit().nvrtc));
    EXPECT_GE(std::stod(toolkit().version), 12.0);
}

TEST(Toolkit, LayoutsOfTheWheels) {
    const auto pretend = [](const std::filesystem::path& root, const std::string& library, const std::string& include) {
        std::filesystem::create_directories(root / library);
        std::filesystem::create_directories(root / include);
        for (const char* name :
             {"libnvrtc.so.13", "libnvrtc.so.12", "libnvrtc.alt.so.13", "libnvrtc-builtins.so.13.0"}) {
            std::ofstream(root / library / name) << "x";
        }
        std::ofstream(root / include / "cuda_fp16.h") << "x";
        std::ofstream(root / include / "cuda.h") << "// ...\n#define CUDA_VERSION 12090\n";
    };
    for (const auto& [library, include] :
         {std::pair("nvidia/cu13/lib", "nvidia/cu13/include"),
          std::pair("nvidia/cuda_nvrtc/lib", "nvidia/cuda_runtime/include"), std::pair("lib64", "include")}) {
        const TemporaryFolder folder;
        pretend(folder.path(), library, include);
        ASSERT_EQ(::setenv("ASSAY_CUDA", folder.path().c_str(), 1), 0);
        const auto found = find_toolkit();
        ::unsetenv("ASSAY_CUDA");
        ASSERT_TRUE(found);
        EXPECT_EQ(found->nvrtc, folder.path() / library / "libnvrtc.so.13");
        ASSERT_EQ(found->include.size(), 1U);
        EXPECT_EQ(found->include[0], folder.path() / include);
        EXPECT_EQ(found->version, "12.9");
    }
}

TEST(Toolkit, BrokenLibraryIsAnError) {
    const TemporaryFolder folder;
    Toolkit broken = toolkit();
    broken.nvrtc = folder.path() / "libnvrtc.so.13";
    std::ofstream(broken.nvrtc) << "no library";
    Compiler compiler(broken, {});
    Request request;
    const auto compilation = compiler.compile(request);
    ASSERT_FALSE(compilation);
    EXPECT_NE(compilation.error().what.find("cannot be loaded"), std::string::npos);
    EXPECT_EQ(compilation.error().where, broken.nvrtc.string());
}

} // namespace
} // namespace assay::compile
