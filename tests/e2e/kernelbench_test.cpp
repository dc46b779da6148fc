// KernelBench files are judged as they are: what their forward does is found out without PyTorch, in the sandbox.
#include <gtest/gtest.h>

#include "e2e/run_assay.h"
#include "source_dir.h"

namespace assay::e2e {
namespace {

using nlohmann::json;
const std::string files = source_dir() + "/tests/e2e/kernelbench/";

struct File {
    std::string name, task, status;
    std::string says; ///< somewhere in the result
    unsigned line = 0;
};

void PrintTo(const File& file, std::ostream* out) {
    *out << file.name;
}

class KernelBench : public testing::TestWithParam<File> {};

TEST_P(KernelBench, FileGetsItsVerdict) {
    const Scratch scratch;
    const File& file = GetParam();
    const Outcome outcome =
        run("assay eval " + file.task + " --device vgpu --json --no-time --cache cache '" + files + file.name + ".py'",
            scratch.path());
    EXPECT_EQ(outcome.code, file.status == "passed" ? 0 : 1) << outcome.err;
    ASSERT_EQ(outcome.lines().size(), 1U) << outcome.err;
    const json result = outcome.lines().at(0);
    EXPECT_EQ(result.at("status"), file.status) << result.dump(2);
    EXPECT_NE(result.dump().find(file.says), std::string::npos) << result.dump(2);
    EXPECT_TRUE(result.at("sandbox").contains("import")) << result.dump(2);
    if (file.line != 0) {
        EXPECT_EQ(result.at("findings").at(0).at("line"), file.line) << result.dump(2);
    }
}

INSTANTIATE_TEST_SUITE_P(
    All, KernelBench,
    testing::Values(
        File{"conv_bias_relu", "kb2_001_conv2d_relu_biasadd", "passed", "parameter bias is the task's input shift"},
        File{"named_constructor", "kb2_002_convtranspose2d_biasadd_clamp_scaling_clamp_divide", "passed",
             "own work: conv_transpose2d"},
        File{"two_extensions", "softmax", "passed", ""}, File{"kernels_beside", "vector_add", "passed", ""},
        File{"decides_on_shape", "gelu", "passed", ""},
        File{"layers", "kb2_011_convtranspose2d_batchnorm_tanh_maxpool_groupnorm", "passed", "group_norm"},
        File{"called_by_name", "vector_add", "passed", ""},
        File{"default_eps", "kb1_040_layernorm", "passed", "own work: layer_norm"},
        File{"normalized_shape", "kb1_040_layernorm", "passed", "own work: layer_norm"},
        File{"scalars_under_other_names", "kb2_009_matmul_subtract_multiply_relu", "passed", ""},
        File{"own_eps", "kb1_040_layernorm", "passed", "own work: add"},
        File{"triton_inside", "vector_add", "plan_error", "needs the Python module `triton`", 3},
        File{"compile_options", "vector_add", "passed", ""},
        File{"option_not_allowed", "vector_add", "compile_error", "-DTHREADS=64*(1)\\\" is not allowed"},
        File{"functions_and_module", "kb1_019_relu", "passed", ""},
        File{"default_in_declaration", "kb1_019_relu", "passed", ""},
        File{"lists_as_parameters", "kb1_019_relu", "passed", ""}, File{"cuda_graph", "kb1_019_relu", "passed", ""},
        File{"written_files", "kb1_019_relu", "passed", ""}, File{"addresses", "kb1_019_relu", "passed", ""},
        File{"calls_kernel", "kb1_019_relu", "plan_error", "`relu_kernel` is a kernel", 11},
        File{"gpu_mode", "vector_add", "passed", ""}, File{"gpu_mode_one_input", "kb1_019_relu", "passed", ""},
        File{"assigns_elements", "kb1_019_relu", "passed", "own work: copy (4 times), fill, relu (2 times)"},
        File{"masks", "kb1_019_relu", "passed", "where (3 times)"},
        File{"forward_takes_later_input", "kb2_028_bmm_instancenorm_sum_residualadd_multiply", "passed",
             "parameter bmm.bias is the task's input bias"},
        File{"bounds_under_other_names", "kb2_085_conv2d_groupnorm_scale_maxpool_clamp", "passed", ""},
        File{"running_statistics", "rk_resnet_block_forward", "passed", "bn1.running_var is the task's input bn1_var"},
        File{"matmul_of_batches", "kb1_086_conv_depthwise_separable_2d", "passed", "own work: matmul"},
        File{"registered_operator", "kb1_022_tanh", "passed", ""},
        File{"custom_operator", "kb2_063_gemm_relu_divide", "passed", ""},
        File{"custom_forward", "kb1_036_rmsnorm", "passed", ""},
        File{"eps_under_other_name", "kb2_084_gemm_batchnorm_scaling_softmax", "passed", "own work: batch_norm"},
        File{"statistics_of_parts", "kb1_033_batchnorm", "passed", "parameter weight is the task's input weight"},
        File{"parameters_of_parameters", "kb2_040_matmul_scaling_residualadd", "passed",
             "parameter weight is the task's input weight"},
        File{"numpy_sizes", "kb1_019_relu", "passed", ""},
        File{"numpy_arrays", "vector_add", "plan_error", "numpy.zeros is not supported", 4},
        File{"settings", "kb1_019_relu", "passed", ""}, File{"wrong_values", "vector_add", "incorrect", "expected"},
        File{"kernel_error", "vector_add", "compile_error", "identifier \\\"d\\\" is undefined", 7},
        File{"no_module", "vector_add", "plan_error", "no class ModelNew"},
        File{"no_python", "vector_add", "compile_error", "no Python", 2},
        File{"unknown_operator", "vector_add", "plan_error", "torch.fft is not supported", 5},
        File{"reads_values", "vector_add", "plan_error", "decides on a tensor's values", 5},
        File{"reads_item", "vector_add", "passed", "\"data_dependent\":"},
        File{"decides_on_item", "vector_add", "plan_error", "decides on a number", 5},
        File{"places", "kb1_019_relu", "passed", "topk_places (2 times)"},
        File{"literal_shapes", "kb1_033_batchnorm", "passed", "parameter bn.weight is the task's input weight"},
        File{"dimension_untold", "sum_dim", "passed", "own work: flip"},
        File{"too_many_inputs", "vector_add", "plan_error", "only 2 inputs"},
        File{"unmatched_parameter", "vector_add", "plan_error", "parameter `weight`"},
        File{"fails", "vector_add", "plan_error", "IndexError", 5},
        File{"opens_file", "vector_add", "plan_error", "/etc/passwd", 5},
        File{"starts_process", "vector_add", "plan_error", "PermissionError", 6},
        File{"starts_program", "vector_add", "rejected", "sandbox"},
        File{"opens_socket", "vector_add", "rejected", "sandbox"}),
    [](const auto& info) { return info.param.name; });

TEST(KernelBenchImport, WritesACandidateFolderThatIsJudgedTheSame) {
    const Scratch scratch;
    const std::string task = "kb2_001_conv2d_relu_biasadd";
    const Outcome written =
        run("assay import kernelbench '" + files + "conv_bias_relu.py' --task " + task + " -o made", scratch.path());
    EXPECT_EQ(written.code, 0) << written.err;
    EXPECT_NE(written.out.find("parameter conv.weight is the task's input weight"), std::string::npos) << written.out;
    const Outcome judged =
        run("assay eval " + task + " --device vgpu --json --no-time --cache none made", scratch.path());
    EXPECT_EQ(judged.code, 0) << judged.out << judged.err;
    const Outcome bad =
        run("assay import kernelbench '" + files + "reads_values.py' --task vector_add", scratch.path());
    EXPECT_EQ(bad.code, 1);
    EXPECT_NE(bad.err.find("reads_values.py:5"), std::string::npos) << bad.err;
    const Outcome no_file = run("assay import kernelbench none.py --task vector_add", scratch.path());
    EXPECT_EQ(no_file.code, 2);
}

} // namespace
} // namespace assay::e2e
