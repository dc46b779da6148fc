// Which functions a source without a module offers.
#include "eval/torch_module.h"

#include <gtest/gtest.h>

namespace assay::forms {
namespace {

using eval::functions_without_module;
using Names = std::vector<std::string>;

const std::string head = "#include <torch/extension.h>\n";

TEST(TorchModule, IsWrittenForWhatNothingCalls) {
    EXPECT_EQ(functions_without_module(head + "static torch::Tensor helper(torch::Tensor x) { return x; }\n"
                                              "torch::Tensor run(torch::Tensor x, int n) { return helper(x); }\n"),
              Names{"run"});
    EXPECT_EQ(
        functions_without_module(head + "namespace a { std::vector<torch::Tensor> f(at::Tensor x) { return {x}; } }\n"),
        Names{"a::f"});
    EXPECT_EQ(functions_without_module(head + "void f(torch::Tensor x, torch::Tensor y) {}\n"), Names{"f"});
    EXPECT_EQ(
        functions_without_module(head + "void g(torch::Tensor x) {}\ntorch::Tensor f(torch::Tensor x) { return x; }\n"),
        Names{"f"});
    EXPECT_EQ(functions_without_module(
                  head + "void g(torch::Tensor x) {}\ntorch::Tensor f(torch::Tensor x) { return x; }\n", "g"),
              (Names{"g", "f"}));
}

TEST(TorchModule, LeavesOtherSourcesAlone) {
    const std::string function = "torch::Tensor f(torch::Tensor x) { return x; }\n";
    EXPECT_EQ(functions_without_module(function), Names{}) << "no header of PyTorch's";
    EXPECT_EQ(functions_without_module(head + function + "PYBIND11_MODULE(TORCH_EXTENSION_NAME, m) {}\n"), Names{});
    EXPECT_NE(functions_without_module(head + function + "// PYBIND11_MODULE\n"), Names{}) << "a comment";
    EXPECT_EQ(functions_without_module(head + "torch::Tensor f(torch::Tensor x);\n"), Names{}) << "a declaration";
    EXPECT_EQ(functions_without_module(head + "template <class T> torch::Tensor f(torch::Tensor x) { return x; }\n"),
              Names{});
    EXPECT_EQ(functions_without_module(head + function + "torch::Tensor f(torch::Tensor x, int n) { return x; }\n"),
              Names{})
        << "two signatures have no one address";
    EXPECT_EQ(eval::with_torch_module("int main() {}\n"), "int main() {}\n");
}

TEST(TorchModule, IsReadPastWhatLooksLikeCode) {
    const std::string noise =
        "#define OPEN {\n#define TWO \\\n  {\n/* { */ const char* text = \"{\\\"\"; const char c = '{';\n";
    EXPECT_EQ(functions_without_module(head + noise + "struct S { torch::Tensor m(torch::Tensor x) { return x; } };\n" +
                                       "torch::Tensor f(torch::Tensor x) { auto s = R\"({)\"; return x; }\n"),
              Names{"f"});
    for (const char* broken :
         {"torch::Tensor f(torch::Tensor x) {", "}}}", "namespace {", "(", "\"", "R\"(", "/*", "'"}) {
        EXPECT_LE(functions_without_module(head + broken).size(), 1U) << broken;
    }
}

TEST(TorchModule, SaysTheNamesOfParameters) {
    using eval::with_torch_module;
    const std::string function =
        "std::tuple<at::Tensor, int> f(torch::Tensor x, std::map<int, int> m = {{1, 2}}, const int dim = g(1, 2)) {}\n";
    const std::string names = ", pybind11::arg(\"x\"), pybind11::arg(\"m\"), pybind11::arg(\"dim\")";
    const auto module = [](const std::string& definition) {
        return "PYBIND11_MODULE(TORCH_EXTENSION_NAME, m) { m.def(" + definition + "); }\n";
    };
    EXPECT_NE(with_torch_module(head + function).find("&f" + names + ");"), std::string::npos);
    EXPECT_EQ(with_torch_module(head + function + module("\"f\", &f, \"of (x\"")),
              head + function + module("\"f\", &f, \"of (x\"" + names));
    for (const char* definition :
         {"\"f\", &f, py::arg(\"y\")", "\"g\", &g", "\"f\", [](torch::Tensor x) { return f(x); }"}) {
        const std::string source = head + function + module(definition);
        EXPECT_EQ(with_torch_module(source), source) << definition;
    }
    for (const char* definition :
         {"\"f\", torch::wrap_pybind_function(f)", "\"f\", TORCH_FN(f), py::call_guard<R>()"}) {
        EXPECT_EQ(with_torch_module(head + function + module(definition)),
                  head + function + module(definition + names));
    }
    const auto registered = [](const std::string& definition) {
        return "TORCH_LIBRARY_IMPL(mine, CUDA, m) { m.impl(" + definition + "); }\n";
    };
    EXPECT_EQ(with_torch_module(head + function + registered("\"f\", torch::kCUDA, &f")),
              head + function + registered("\"f\", torch::kCUDA, &f" + names));
    const std::string two = head + function + "torch::Tensor f(torch::Tensor y) {}\n" + module("\"f\", &f");
    EXPECT_EQ(with_torch_module(two), two) << "two functions of one name";
    const std::string unnamed = head + "torch::Tensor f(torch::Tensor, int n) {}\n" + module("\"f\", &f");
    EXPECT_EQ(with_torch_module(unnamed), unnamed);
}

} // namespace
} // namespace assay::forms
