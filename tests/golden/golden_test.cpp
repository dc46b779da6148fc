// The operators of reference/ops against PyTorch.
//
// A fixture (fixtures/GROUP.json, written by generate.py) holds inputs and calls of operators with the values that
// PyTorch computed in float64. A program is made of all calls of a group, and run as the reference of a task is: built
// as oracle, which must agree with PyTorch as far as fp64 goes, and as baseline in fp32, fp16 and bf16, which must
// agree within the class of that type.
#include <cstring>
#include <filesystem>
#include <fstream>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "compile/compiler.h"
#include "eval/reference.h"
#include "eval/run_worker.h"
#include "plan/planner.h"
#include "sandbox/policy.h"
#include "source_dir.h"
#include "tasks/task.h"
#include "verify/compare.h"

namespace assay::golden {
namespace {

namespace fs = std::filesystem;
using nlohmann::ordered_json;
using tasks::DType;
using tasks::ErrorClass;

constexpr std::uint8_t poison = 0xFF;

struct Element {
    const char* name; ///< of the operator library
    DType dtype;
    ErrorClass error_class;
};

std::vector<std::string> groups() {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(source_dir() + "/tests/golden/fixtures")) {
        names.push_back(entry.path().stem().string());
    }
    std::ranges::sort(names);
    return names;
}

DType dtype_of(const ordered_json& tensor, DType element) {
    const auto name = tensor.at("dtype").get<std::string>();
    return name == "element" ? element : tasks::dtype_from(name).value();
}

std::string c_type_of(const ordered_json& tensor) {
    const auto name = tensor.at("dtype").get<std::string>();
    return name == "element" ? "element" : name == "int64" ? "index_t" : name == "int32" ? "int" : name;
}

/// As in generate.py.
double hashed(std::uint64_t i) {
    i = (i + 1) * 0x9E3779B97F4A7C15;
    i = (i ^ i >> 30) * 0xBF58476D1CE4E5B9;
    i = (i ^ i >> 27) * 0x94D049BB133111EB;
    return (static_cast<double>((i ^ i >> 31) % 255) - 127) / 32;
}

std::vector<double> values_of(const ordered_json& tensor) {
    const ordered_json& values = tensor.at("values");
    if (values == "hashed") {
        std::size_t count = 1;
        for (const auto& extent : tensor.at("shape")) {
            count *= extent.get<std::size_t>();
        }
        std::vector<double> made(count);
        for (std::size_t i = 0; i < count; ++i) {
            made[i] = hashed(i);
        }
        return made;
    }
    std::vector<double> read;
    for (const auto& value : values) {
        read.push_back(value.is_boolean() ? (value.get<bool>() ? 1.0 : 0.0) : value.get<double>());
    }
    return read;
}

/// A root folder with the group as its only task.
class Root {
public:
    Root(const std::string& group, const ordered_json& fixture, const Element& element)
        : group_(group),
          path_(fs::temp_directory_path() / fmt::format("assay_golden_{}_{}_{}", getpid(), group, element.name)) {
        fs::create_directories(path_ / "tasks/level1");
        fs::create_directories(path_ / "reference/level1");
        fs::create_directory_symlink(source_dir() + "/reference/ops", path_ / "reference/ops");
        std::ofstream(definition()) << definition_of(group, fixture, element).dump();
        std::ofstream(path_ / "reference/level1" / (group + ".cu")) << program_of(fixture, element);
    }
    ~Root() { fs::remove_all(path_); }
    Root(const Root&) = delete;
    Root& operator=(const Root&) = delete;

    [[nodiscard]] fs::path definition() const { return path_ / "tasks/level1" / (group_ + ".json"); }

private:
    static ordered_json definition_of(const std::string& group, const ordered_json& fixture, const Element& element) {
        ordered_json inputs;
        for (const auto& [name, tensor] : fixture.at("inputs").items()) {
            const DType dtype = dtype_of(tensor, element.dtype);
            inputs[name] = {{"dtype", tasks::to_string(dtype)}, {"shape", tensor.at("shape")}};
            if (!tasks::is_float(dtype)) {
                inputs[name]["distribution"] = {{"kind", "integers"}, {"low", 0}, {"high", 1}};
            }
        }
        ordered_json outputs;
        for (const auto& result : fixture.at("cases")) {
            outputs[fmt::format("out_{}", outputs.size())] = {
                {"dtype", tasks::to_string(dtype_of(result, element.dtype))}, {"shape", result.at("shape")}};
        }
        return {{"name", group},
                {"title", group},
                {"level", 1},
                {"category", "math"},
                {"axes", ordered_json::object()},
                {"inputs", inputs},
                {"outputs", outputs},
                {"workloads", {{{"name", "golden"}, {"use", {"check"}}}}}};
    }

    static std::string program_of(const ordered_json& fixture, const Element& element) {
        std::string text = "#include \"ops/half.cuh\"\n";
        for (const auto& header : fixture.at("headers")) {
            text += fmt::format("#include \"ops/{}.cuh\"\n", header.get<std::string>());
        }
        text += fmt::format("using namespace ops;\nusing element = {};\nextern \"C\" void solve(", element.name);
        std::string tensors;
        for (const auto& [name, tensor] : fixture.at("inputs").items()) {
            const std::string type = c_type_of(tensor);
            text += fmt::format("const {}* {}_data, ", type, name);
            const ordered_json& shape = tensor.at("shape");
            std::string extents;
            for (const auto& extent : shape) {
                extents += fmt::format(", {}", extent.get<int>());
            }
            tensors += fmt::format("    const auto {} = tensor({}_data{});\n", name, name, extents);
        }
        std::string calls;
        const ordered_json& cases = fixture.at("cases");
        for (std::size_t i = 0; i < cases.size(); ++i) {
            text += fmt::format("{}{}* out_{}", i == 0 ? "" : ", ", c_type_of(cases[i]), i);
            calls += fmt::format("    {{\n        {}* const out = out_{};\n        {};\n    }}\n", c_type_of(cases[i]),
                                 i, cases[i].at("call").get<std::string>());
        }
        return text + ") {\n" + tensors + calls + "}\n";
    }

    std::string group_;
    fs::path path_;
};

class Golden : public testing::TestWithParam<std::tuple<std::string, Element>> {};

TEST_P(Golden, OperatorsAgreeWithPyTorch) {
    const auto& [group, element] = GetParam();
    std::ifstream file(fmt::format("{}/tests/golden/fixtures/{}.json", source_dir(), group));
    const auto fixture = ordered_json::parse(file);
    const Root root(group, fixture, element);
    const auto task = tasks::load(root.definition());
    ASSERT_TRUE(task) << task.error().to_string();
    const auto toolkit = compile::find_toolkit();
    ASSERT_TRUE(toolkit) << toolkit.error().to_string();
    compile::Compiler compiler(*toolkit, {});
    plan::Planner planner;
    const auto reference = eval::Reference::build(*task, {&task->workloads.front()}, compiler, planner, "vgpu");
    ASSERT_TRUE(reference) << reference.error().to_string();

    std::vector<verify::Bytes> inputs;
    for (const auto& [name, tensor] : fixture.at("inputs").items()) {
        inputs.push_back(verify::from_doubles(dtype_of(tensor, element.dtype), values_of(tensor)));
    }
    const auto results = (*reference)->expect(0, inputs, verify::Regime::Normal);
    ASSERT_TRUE(results) << results.error().to_string();
    ASSERT_EQ(results->size(), fixture.at("cases").size());
    for (std::size_t i = 0; i < results->size(); ++i) {
        const ordered_json& expected = fixture.at("cases")[i];
        const verify::Expectation& got = (*results)[i];
        verify::Expectation golden{got.tensor, values_of(expected), values_of(expected), false};
        const auto baseline =
            verify::compare(golden, verify::from_doubles(got.tensor.dtype, got.reference), element.error_class, poison);
        EXPECT_TRUE(baseline.passed) << expected.at("call") << " in " << element.name << ": element "
                                     << baseline.first_bad << " is " << baseline.got << ", not " << baseline.expected;
        if (tasks::is_float(got.tensor.dtype)) {
            golden.tensor.dtype = DType::Float64;
            const auto oracle =
                verify::compare(golden, verify::from_doubles(DType::Float64, got.oracle), ErrorClass::Fp64, poison);
            EXPECT_TRUE(oracle.passed) << expected.at("call") << " as oracle: element " << oracle.first_bad << " is "
                                       << oracle.got << ", not " << oracle.expected;
        }
    }
}

INSTANTIATE_TEST_SUITE_P(, Golden,
                         testing::Combine(testing::ValuesIn(groups()),
                                          testing::Values(Element{"f32", DType::Float32, ErrorClass::Fp32},
                                                          Element{"f16", DType::Float16, ErrorClass::Fp16},
                                                          Element{"bf16", DType::BFloat16, ErrorClass::Bf16})),
                         [](const auto& info) { return std::get<0>(info.param) + "_" + std::get<1>(info.param).name; });

} // namespace
} // namespace assay::golden

/// The test program is its own workers, as `assay` is.
int main(int argc, char** argv) {
    if (argc == 3 && std::strcmp(argv[1], "--worker") == 0) {
        return std::strcmp(argv[2], "compile") == 0 ? assay::compile::compile_worker()
               : std::strcmp(argv[2], "plan") == 0  ? assay::plan::plan_worker()
                                                    : assay::eval::run_worker(assay::sandbox::run_virtual_policy);
    }
    testing::InitGoogleTest(&argc, argv);
    return RUN_ALL_TESTS();
}
