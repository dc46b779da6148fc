// One kernel in all forms is one candidate: each form of a dozen kernels gives the plan that `solve` gives.
//
// A kernel is written once, with its launch; this test writes the host side around it: a LeetGPU `solve`, Tensara's
// `solution`, a PyTorch extension with a module and without, a KernelBench file, a reply of a language model, solutions
// of FlashInfer-Bench in both bindings and in several files, and its PTX with a list of launches. Lines are left out of
// the plans: they differ with the form.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <regex>
#include <sstream>

#include "compile/compiler.h"
#include "eval/candidate.h"
#include "eval/import.h"
#include "eval/torch_module.h"
#include "plan/plan_json.h"
#include "plan/planner.h"

namespace assay::forms {
namespace {

/// Inputs x [rows, cols] and, where `second` says its shape, w; output y of shape `result`.
struct Kernel {
    std::string name, second, result;
    std::string body; ///< of `k(const float* x, const float* w, float* y, int rows, int cols)`
    std::string grid; ///< an expression over rows and cols, in C++ and in lists of launches
    int threads = 256;
};

void PrintTo(const Kernel& kernel, std::ostream* out) {
    *out << kernel.name;
}

const std::string each = "int i = blockIdx.x * blockDim.x + threadIdx.x; if (i < rows * cols) ";
const std::string flat = "(rows * cols + 255) / 256";

const std::vector<Kernel> kernels{
    {"relu", "", "rows cols", each + "y[i] = fmaxf(x[i], 0.0f);", flat},
    {"sigmoid", "", "rows cols", each + "y[i] = 1.0f / (1.0f + expf(-x[i]));", flat},
    {"scale_columns", "cols", "rows cols", each + "y[i] = x[i] * w[i % cols];", flat},
    {"add_rows", "rows", "rows cols", each + "y[i] = x[i] + w[i / cols];", flat},
    {"add", "rows cols", "rows cols", each + "y[i] = x[i] + w[i];", flat},
    {"transpose", "", "cols rows", each + "y[i % cols * rows + i / cols] = x[i];", flat},
    {"row_sum", "", "rows",
     "__shared__ float part[64]; float s = 0; for (int i = threadIdx.x; i < cols; i += 64) s += x[blockIdx.x * cols + "
     "i];"
     "part[threadIdx.x] = s; __syncthreads(); if (threadIdx.x == 0) { for (int i = 1; i < 64; i++) s += part[i];"
     "y[blockIdx.x] = s; }",
     "rows", 64},
    {"row_max", "", "rows",
     "if (threadIdx.x == 0) { float m = x[blockIdx.x * cols]; for (int i = 1; i < cols; i++) "
     "m = fmaxf(m, x[blockIdx.x * cols + i]); y[blockIdx.x] = m; }",
     "rows", 32},
    {"softmax", "", "rows cols",
     "const float* r = x + blockIdx.x * cols; float m = r[0], s = 0; for (int i = 1; i < cols; i++) m = fmaxf(m, r[i]);"
     "for (int i = 0; i < cols; i++) s += expf(r[i] - m);"
     "for (int i = threadIdx.x; i < cols; i += 128) y[blockIdx.x * cols + i] = expf(r[i] - m) / s;",
     "rows", 128},
    {"gram", "", "rows rows",
     "for (int j = threadIdx.x; j < rows; j += 32) { float s = 0; for (int i = 0; i < cols; i++) "
     "s += x[blockIdx.x * cols + i] * x[j * cols + i]; y[blockIdx.x * rows + j] = s; }",
     "rows", 32},
    {"matrix_vector", "cols", "rows",
     "float s = 0; for (int i = threadIdx.x; i < cols; i += 32) s += x[blockIdx.x * cols + i] * w[i];"
     "for (int d = 16; d > 0; d /= 2) s += __shfl_down_sync(~0u, s, d); if (threadIdx.x == 0) y[blockIdx.x] = s;",
     "rows", 32},
    {"prefix_sum", "", "rows cols",
     "if (threadIdx.x == 0) { float s = 0; for (int i = 0; i < cols; i++) y[blockIdx.x * cols + i] = s += "
     "x[blockIdx.x * cols + i]; }",
     "rows", 32},
};

tasks::Task task_of(const Kernel& kernel) {
    tasks::Task task;
    task.name = kernel.name;
    const auto tensor = [](const std::string& name, const std::string& shape) {
        tasks::Tensor tensor;
        tensor.name = name;
        std::istringstream words(shape);
        for (std::string word; words >> word;) {
            tensor.shape.push_back(word);
        }
        return tensor;
    };
    task.inputs.push_back(tensor("x", "rows cols"));
    if (!kernel.second.empty()) {
        task.inputs.push_back(tensor("w", kernel.second));
    }
    task.outputs.push_back(tensor("y", kernel.result));
    for (const char* axis : {"rows", "cols"}) {
        task.parameters.push_back({.name = axis, .value = std::nullopt});
    }
    tasks::Workload workload;
    workload.name = "only";
    workload.values = {{"rows", 12}, {"cols", 70}};
    workload.uses = {tasks::Use::Check};
    task.workloads.push_back(std::move(workload));
    return task;
}

/// The kernel's text; without a second input it has no parameter for one.
std::string kernel_text(const Kernel& kernel) {
    return fmt::format("__global__ void k(const float* x, {}float* y, int rows, int cols) {{ {} }}\n",
                       kernel.second.empty() ? "" : "const float* w, ", kernel.body);
}

std::string solve_text(const Kernel& kernel, const std::string& name) {
    const bool two = !kernel.second.empty();
    return "#include <cuda_runtime.h>\n" + kernel_text(kernel) +
           fmt::format("extern \"C\" void {}(const float* x, {}float* y, int rows, int cols) {{\n"
                       "    k<<<{}, {}>>>(x, {}y, rows, cols);\n}}\n",
                       name, two ? "const float* w, " : "", kernel.grid, kernel.threads, two ? "w, " : "");
}

std::string torch_text(const Kernel& kernel, bool module) {
    const bool two = !kernel.second.empty();
    std::string sizes = std::regex_replace(kernel.result, std::regex(" "), ", ");
    return "#include <torch/extension.h>\n" + kernel_text(kernel) +
           fmt::format("torch::Tensor forward(torch::Tensor x{}) {{\n"
                       "    const int rows = x.size(0), cols = x.size(1);\n"
                       "    auto y = torch::empty({{{}}}, x.options());\n"
                       "    k<<<{}, {}>>>(x.data_ptr<float>(), {}y.data_ptr<float>(), rows, cols);\n"
                       "    return y;\n}}\n",
                       two ? ", torch::Tensor w" : "", sizes, kernel.grid, kernel.threads,
                       two ? "w.data_ptr<float>(), " : "") +
           (module ? "PYBIND11_MODULE(TORCH_EXTENSION_NAME, m) { m.def(\"forward\", &forward); }\n" : "");
}

std::string python_text(const Kernel& kernel) {
    const std::string list = kernel.second.empty() ? "x" : "x, w";
    return fmt::format("import torch\nfrom torch.utils.cpp_extension import load_inline\n"
                       "source = '''\n{}'''\n"
                       "extension = load_inline(name='e', cpp_sources='', cuda_sources=source, functions=['forward'])\n"
                       "class ModelNew(torch.nn.Module):\n"
                       "    def forward(self, {}):\n"
                       "        return extension.forward({})\n",
                       torch_text(kernel, false), list, list);
}

/// Outputs passed, over TVM's tensors.
std::string ffi_text(const Kernel& kernel) {
    const bool two = !kernel.second.empty();
    return "#include <tvm/ffi/container/tensor.h>\n#include <tvm/ffi/function.h>\n" + kernel_text(kernel) +
           fmt::format("namespace here {{\nvoid run(tvm::ffi::TensorView x, {0}tvm::ffi::TensorView y) {{\n"
                       "    TVM_FFI_ICHECK_EQ(x.ndim(), 2) << \"x has \" << x.ndim();\n"
                       "    const int rows = x.size(0), cols = x.shape()[1];\n"
                       "    auto stream = static_cast<cudaStream_t>(TVMFFIEnvGetStream(x.device().device_type, 0));\n"
                       "    k<<<{1}, {2}, 0, stream>>>(static_cast<const float*>(x.data_ptr()), {3}"
                       "static_cast<float*>(y.data_ptr()), rows, cols);\n}}\n"
                       "TVM_FFI_DLL_EXPORT_TYPED_FUNC(run, run);\n}}\n",
                       two ? "tvm::ffi::TensorView w, " : "", kernel.grid, kernel.threads,
                       two ? "static_cast<const float*>(w.data_ptr()), " : "");
}

nlohmann::json solution_of(const std::string& entry, const std::map<std::string, std::string>& files) {
    nlohmann::json sources = nlohmann::json::array();
    for (const auto& [path, content] : files) {
        sources.push_back({{"path", path}, {"content", content}});
    }
    return {{"name", "s"},
            {"definition", "d"},
            {"author", "test"},
            {"spec", {{"language", "cuda"}, {"target_hardware", {"any"}}, {"entry_point", entry}}},
            {"sources", sources}};
}

/// The kernel in a header, its launch in a file, and the function of tensors in another.
std::map<std::string, std::string> three_files(const Kernel& kernel) {
    const std::string whole = torch_text(kernel, true);
    const std::size_t start = whole.find("__global__"), end = whole.find("torch::Tensor forward");
    return {{"src/kernel.cuh", "#pragma once\n" + whole.substr(start, end - start)},
            {"src/unused.h", "#error nobody includes this\n"},
            {"src/main.cu",
             "#include <torch/extension.h>\n#include \"kernel.cuh\"\n#include \"kernel.cuh\"\n" + whole.substr(end)}};
}

eval::Candidate candidate_of(const std::string& text, const std::string& file, bool reply = false) {
    eval::Candidate candidate;
    candidate.file = file;
    eval::set_source(candidate, text, reply);
    EXPECT_FALSE(candidate.unusable) << candidate.unusable->error.what;
    return candidate;
}

compile::Compiler& compiler() {
    static compile::Compiler compiler(compile::find_toolkit().value(), {});
    return compiler;
}

std::string ptx_of(const std::string& source) {
    compile::Request request;
    request.source = source;
    request.name = "kernel.cu";
    const auto compilation = compiler().compile(request);
    EXPECT_TRUE(compilation && compilation->ptx);
    return compilation && compilation->ptx ? *compilation->ptx : "";
}

/// The plan without lines and without its heading, which counts host instructions.
std::string plan_of(const eval::Candidate& candidate, const tasks::Binding& binding) {
    static plan::Planner planner;
    const std::string ptx =
        candidate.ptx ? candidate.source : ptx_of(eval::with_torch_module(candidate.source, candidate.entry.name));
    const auto recorded = planner.record(ptx, candidate.entry, {binding});
    if (!recorded || !*recorded) {
        return recorded ? recorded->error().to_string() : recorded.error().to_string();
    }
    auto plan = (*recorded)->plans.front();
    for (plan::Step& step : plan.steps) {
        std::visit([](auto& s) { s.line = 0; }, step);
    }
    plan.host_steps = 0;
    return plan::to_json(plan).dump(1);
}

class SamePlan : public testing::TestWithParam<Kernel> {};

TEST_P(SamePlan, InAllForms) {
    const Kernel& kernel = GetParam();
    const tasks::Task task = task_of(kernel);
    const tasks::Binding binding = tasks::bind(task, task.workloads.front()).value();
    const std::string solve = solve_text(kernel, "solve");
    const std::string expected = plan_of(candidate_of(solve, "solve.cu"), binding);
    EXPECT_NE(expected.find("\"launch\""), std::string::npos) << expected;
    EXPECT_EQ(plan_of(candidate_of(solve_text(kernel, "solution"), "solution.cu"), binding), expected);
    EXPECT_EQ(plan_of(candidate_of(torch_text(kernel, true), "module.cu"), binding), expected);
    EXPECT_EQ(plan_of(candidate_of(torch_text(kernel, false), "bare.cu"), binding), expected);
    EXPECT_EQ(plan_of(candidate_of("Here:\n```cuda\n" + solve + "```\nDone.\n", "reply.cu", true), binding), expected);

    static Importer importer;
    const auto imported = eval::import_python(candidate_of(python_text(kernel), "k.py"), task, {}, importer);
    ASSERT_TRUE(imported) << imported.error().to_string();
    ASSERT_FALSE(imported->unusable) << imported->unusable->error.what;
    EXPECT_EQ(plan_of(*imported, binding), expected) << imported->source;

    for (const nlohmann::json& solution : {solution_of("kernel.cu::run", {{"kernel.cu", ffi_text(kernel)}}),
                                           solution_of("src/main.cu::forward", three_files(kernel))}) {
        const auto answer = importer.flashinfer({{"solution", solution.dump()}, {"definition", "null"}});
        ASSERT_TRUE(answer) << answer.error().to_string();
        ASSERT_TRUE(*answer) << answer->error().what;
        auto candidate = candidate_of((*answer)->at("files").at("kernel.cu"), "kernel.cu");
        candidate.entry.name = (*answer)->at("entry");
        EXPECT_EQ(plan_of(candidate, binding), expected) << candidate.source;
    }

    eval::Candidate ptx;
    ptx.ptx = true;
    ptx.source = ptx_of(solve);
    nlohmann::json arguments{"x", "y", "rows", "cols"};
    if (!kernel.second.empty()) {
        arguments = {"x", "w", "y", "rows", "cols"};
    }
    const bool two = !kernel.second.empty();
    ptx.entry.launches = nlohmann::json{{"launches",
                                         {{{"kernel", two ? "_Z1kPKfS0_Pfii" : "_Z1kPKfPfii"},
                                           {"grid", {kernel.grid}},
                                           {"block", {kernel.threads}},
                                           {"arguments", arguments}}}}}
                             .dump();
    EXPECT_EQ(plan_of(ptx, binding), expected);
}

INSTANTIATE_TEST_SUITE_P(Kernels, SamePlan, testing::ValuesIn(kernels),
                         [](const auto& info) { return info.param.name; });

} // namespace
} // namespace assay::forms
