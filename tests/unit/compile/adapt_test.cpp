// How a source is rewritten for NVRTC: exceptions, late variables, headers by folder, parts of CUB by name.
#include "compile/adapt.h"

#include <gtest/gtest.h>

#include "compile/cub.h"

namespace assay::compile {
namespace {

TEST(Adapt, LeavesASourceWithoutExceptionsAlone) {
    const std::string source = "// entry\nint retry = 1; // \"trysail\"\n";
    EXPECT_EQ(adapted(source), source);
}

TEST(Adapt, DropsTheByteOrderMark) {
    EXPECT_EQ(adapted("\xef\xbb\xbfint x;"), "int x;");
}

TEST(Adapt, RunsWhatIsTriedAndNoHandler) {
    EXPECT_EQ(
        adapted("try { f(); } catch (const std::exception& e) { g(e); } catch (int) { h(); } catch (...) { throw; }"),
        "if (true) { f(); } else if (const std::exception& e = ::__assay::Caught{}; false) { g(e); } "
        "else if (false) { h(); } else if (false) { __assay_throw(\"an exception\"); }");
}

TEST(Adapt, KnowsAnUnnamedHandlerByItsType) {
    EXPECT_EQ(adapted("try { f(); } catch (std::exception const&) {}"), "if (true) { f(); } else if (false) {}");
    EXPECT_EQ(adapted("try { f(); } catch (const ns::Error) {}"), "if (true) { f(); } else if (false) {}");
}

TEST(Adapt, KeepsLinesAndComments) {
    EXPECT_EQ(adapted("try {\n} catch (\n    ...\n) {} // catch (...)\n"),
              "if (true) {\n} else if (false)\n\n {} // catch (...)\n");
}

TEST(Adapt, ReadsThrowWithoutTypesAsNoexcept) {
    EXPECT_EQ(adapted("const char* what() const throw() { throw x; }"),
              "const char* what() const noexcept { throw x; }");
}

TEST(Adapt, DoesNotReadStrings) {
    const std::string source = "const char* a = \"catch (...) {\"; const char* b = R\"(try { throw; })\";";
    EXPECT_EQ(adapted(source), source);
}

TEST(LateVariables, AStaticIsMadeAtItsFirstUse) {
    const std::vector<LateVariable> second{{2, true}};
    EXPECT_EQ(with_late_variables("void f() {\n    static const int n = g(1, 2);\n}", second),
              "void f() {\n    auto& n = ::__assay::once<int>([&](void* __assay_room) { "
              "::new (__assay_room) int(g(1, 2)); });\n}");
    EXPECT_EQ(with_late_variables("{\n static std::map<int, int> m;\n}", second),
              "{\n auto& m = ::__assay::once<std::map<int, int>>([&](void* __assay_room) { "
              "::new (__assay_room) std::map<int, int>{}; });\n}");
    EXPECT_EQ(with_late_variables("{\n static auto p = make(1);\n}", second),
              "{\n auto& p = ::__assay::once([&]{ return make(1); });\n}");
    EXPECT_EQ(with_late_variables("{\n static T& t = *new T(3);\n}", second),
              "{\n auto& t = *::__assay::once([&]{ return &(*new T(3)); });\n}");
}

TEST(LateVariables, OthersAreMadeBeforeTheEntry) {
    EXPECT_EQ(with_late_variables("\nstatic std::string s = \"a;b\";\nint f();", {{2, false}}),
              "\nalignas(std::string) static unsigned char __assay_room_s[sizeof(std::string)]; "
              "static std::string& s = reinterpret_cast<std::string&>(__assay_room_s); "
              "extern \"C\" void __assay_initialize_00000002() { "
              "new (static_cast<void*>(__assay_room_s)) std::string(\"a;b\"); };\nint f();");
}

TEST(LateVariables, WhatIsNoSuchDeclarationStays) {
    for (const std::string source : {"int f(int x) { return x; }", "static float t[4] = {g()};",
                                     "static int a = g(), b;", "__device__ float d = g();", "h(n);", "return g();"}) {
        EXPECT_EQ(with_late_variables(source, {{1, true}, {1, false}}), source);
    }
}

TEST(LateVariables, AreNamedByTheCompiler) {
    const std::vector<Diagnostic> log{
        {"a.cu", 3, 0, Severity::Error, "dynamic initialization is not supported for a __device__ variable"},
        {"a.cu", 5, 0, Severity::Error,
         "dynamic initialization is not supported for a function-scope static __device__ x"},
        {"other.h", 7, 0, Severity::Error, "dynamic initialization is not supported for a __device__ variable"}};
    const auto variables = late_variables(log, "a.cu");
    ASSERT_EQ(variables.size(), 2U);
    EXPECT_EQ(variables[0].line, 3U);
    EXPECT_FALSE(variables[0].local);
    EXPECT_TRUE(variables[1].local);
}

TEST(TorchHeaders, AreThoseOfItsFolders) {
    const auto headers = torch_headers("#include <ATen/native/cuda/Reduce.cuh>\n#include \"c10/util/irange.h\"\n"
                                       "#include <torch/extension.h>\n#include <vector>\n");
    ASSERT_EQ(headers.size(), 2U); // torch/extension.h is there
    EXPECT_TRUE(headers.contains("ATen/native/cuda/Reduce.cuh"));
    EXPECT_TRUE(headers.contains("c10/util/irange.h"));
}

TEST(Cub, IncludesWhatTheSourceNames) {
    EXPECT_EQ(cub_options("#include <cub/cub.cuh>\ncub::BlockScan<int, 32> s; cub::DeviceReduce::Sum"),
              (std::vector<std::string>{"-DASSAY_CUB_BlockScan", "-DASSAY_CUB_DeviceReduce"}));
    EXPECT_TRUE(cub_options("struct BlockScan {};").empty());
}

} // namespace
} // namespace assay::compile
