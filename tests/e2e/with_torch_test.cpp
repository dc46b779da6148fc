// A KernelBench module beside PyTorch: with a stand-in for PyTorch's Python everywhere, with PyTorch itself where the
// machine's python3 has it.
#include <gtest/gtest.h>

#include "e2e/run_assay.h"
#include "source_dir.h"

namespace assay::e2e {
namespace {

const std::string files = source_dir() + "/tests/e2e/with_torch/";

std::string import(const std::string& file, const std::string& task, const std::string& python) {
    return "assay import kernelbench '" + files + file + "' --task " + task + " -o made --with-torch --python '" +
           python + "'";
}

TEST(WithTorch, OutputsAreJudgedByTheTask) {
    const Scratch scratch;
    const Outcome agrees = run(import("relu.py", "kb1_019_relu", files + "stand_in"), scratch.path());
    EXPECT_EQ(agrees.code, 0) << agrees.err;
    EXPECT_NE(agrees.out.find("Model under PyTorch 0 on a stand-in agrees with the task's reference"),
              std::string::npos)
        << agrees.out;
    EXPECT_NE(agrees.out.find("ModelNew under PyTorch 0 on a stand-in agrees"), std::string::npos) << agrees.out;
    const Outcome differs = run(import("relu.py", "kb1_022_tanh", files + "stand_in"), scratch.path());
    EXPECT_EQ(differs.code, 1) << differs.out;
    EXPECT_NE(differs.out.find("Model under PyTorch 0 on a stand-in differs from"), std::string::npos) << differs.out;
}

TEST(WithTorch, WithoutPyTorchTheEnvironmentIsAtFault) {
    const Scratch scratch;
    const Outcome none = run("NO_TORCH=1 " + import("relu.py", "kb1_019_relu", files + "stand_in"), scratch.path());
    EXPECT_EQ(none.code, 4) << none.out;
    EXPECT_NE(none.err.find("has no PyTorch: No module named 'torch'"), std::string::npos) << none.err;
    const Outcome no_python = run(import("relu.py", "kb1_019_relu", "/no/python"), scratch.path());
    EXPECT_EQ(no_python.code, 4) << no_python.out;
    EXPECT_NE(no_python.err.find("--python names the Python that has PyTorch"), std::string::npos) << no_python.err;
}

TEST(WithTorch, PyTorchItselfRunsTheModules) {
    const Scratch scratch;
    std::string python;
    for (const char* name : {"python3", "/usr/bin/python3"}) {
        if (python.empty() && run(std::string(name) + " -c 'import torch'", scratch.path()).code == 0) {
            python = name;
        }
    }
    if (python.empty()) {
        GTEST_SKIP() << "no python3 here has PyTorch";
    }
    const Outcome relu = run(import("relu.py", "kb1_019_relu", python), scratch.path());
    EXPECT_EQ(relu.code, 0) << relu.out << relu.err;
    EXPECT_NE(relu.out.find("ModelNew under PyTorch"), std::string::npos) << relu.out;
    // A Model that is another than the task is named; its ModelNew has not been asked then.
    const Outcome linear = run(import("linear.py", "kb2_063_gemm_relu_divide", python), scratch.path());
    EXPECT_EQ(linear.code, 1) << linear.out << linear.err;
    EXPECT_NE(linear.out.find("parameter linear.weight is the task's input weight"), std::string::npos) << linear.out;
    EXPECT_NE(linear.out.find("differs from the task's reference"), std::string::npos) << linear.out;
}

} // namespace
} // namespace assay::e2e
