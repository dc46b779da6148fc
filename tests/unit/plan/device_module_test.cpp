// The device's part of a module, and the rules that a module must keep.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>

#include "isa/decode.h"
#include "ptx/parser.h"
#include "unit/plan/recording.h"

namespace assay::plan::testing {
namespace {

namespace fs = std::filesystem;

ptx::Module parse(const std::string& text) {
    auto module = ptx::parse(text);
    if (!module) {
        ADD_FAILURE() << module.error().to_string();
        return {};
    }
    return std::move(*module);
}

/// The device's part of `sources/NAME.ptx` for the kernels that its plan launches.
std::string device_part(const std::string& name, const tasks::Binding& binding = unary()) {
    const LaunchPlan plan = plan_of(name, "solve", binding);
    std::set<std::string> kernels;
    for (const Step& step : plan.steps) {
        if (const auto* launch = std::get_if<Launch>(&step)) {
            kernels.insert(launch->kernel);
        }
    }
    return device_module(parse(read_source(name + ".ptx")), {kernels.begin(), kernels.end()});
}

std::set<std::string> functions_of(const std::string& text) {
    std::set<std::string> names;
    for (const ptx::TopLevel& item : parse(text).items) {
        if (const auto* function = std::get_if<ptx::Function>(&item)) {
            names.insert(function->name);
        }
    }
    return names;
}

Bind binding_of(const std::string& name) {
    if (name == "softmax") {
        return Bind().input("x", {7, 1023}).output("y", {7, 1023}).axis("rows", 7).axis("cols", 1023);
    }
    if (name == "vector_add") {
        return Bind().input("A", {1000}).input("B", {1000}).output("C", {1000}).axis("N", 1000);
    }
    return unary();
}

const char* const sources[] = {"vector_add", "softmax", "ping_pong", "network",     "pointer_arrays",
                               "attributes", "streams", "globals",   "device_parts"};

TEST(DeviceModule, HoldsTheKernelsAndWhatTheyReach) {
    EXPECT_EQ(functions_of(device_part("device_parts")),
              (std::set<std::string>{"_Z6kernelPKfPfi", "_Z6helperf", "_Z7twistedf", "vprintf", "malloc", "free",
                                     "__assertfail"}));
}

TEST(DeviceModule, LeavesOutVariablesThatNoKernelUses) {
    const std::string text = device_part("globals");
    EXPECT_NE(text.find("weights"), std::string::npos);
    EXPECT_EQ(text.find("sizes"), std::string::npos);
    EXPECT_EQ(text.find("operations"), std::string::npos);
    EXPECT_EQ(text.find("accumulator"), std::string::npos) << "its kernel is not launched";
}

TEST(DeviceModule, MakesSymbolsVisible) {
    const ptx::Module module = parse(device_part("pointer_arrays"));
    std::set<std::string> visible;
    for (const ptx::TopLevel& item : module.items) {
        if (const auto* variable = std::get_if<ptx::Variable>(&item);
            variable != nullptr && !variable->linkage.empty() && variable->linkage[0] == "visible") {
            visible.insert(variable->name);
        }
    }
    // `offsets` is static.
    EXPECT_EQ(visible, (std::set<std::string>{"coefficients", "offsets", "running"}));
}

TEST(DeviceModule, KeepsLinesOfTheSource) {
    const std::string text = device_part("softmax", binding_of("softmax"));
    auto decoded = isa::decode_text(text);
    ASSERT_TRUE(decoded) << decoded.error().to_string();
    const isa::Function* kernel = decoded->find_function("_Z6dividePfPKfii");
    ASSERT_NE(kernel, nullptr);
    bool found = false;
    for (const isa::Instruction& instruction : kernel->body) {
        found = found || instruction.source.line == line_of("softmax", "divide");
    }
    EXPECT_TRUE(found);
}

TEST(DeviceModule, IsTheSameTextForTheSameInput) {
    const std::string text = device_part("attributes");
    EXPECT_EQ(device_part("attributes"), text);
    std::vector<std::string> kernels;
    for (const std::string& name : functions_of(text)) {
        kernels.push_back(name);
    }
    EXPECT_EQ(device_module(parse(text), kernels), text) << "and its own device part";
}

TEST(DeviceModule, OfNoKernelsHasNoFunction) {
    EXPECT_TRUE(functions_of(device_module(parse(read_source("softmax.ptx")), {})).empty());
}

/// ptxas of the toolkit, if there is one.
std::string find_ptxas() {
    for (const char* variable : {"ASSAY_CUDA", "CUDA_HOME", "CUDA_PATH"}) {
        if (const char* folder = std::getenv(variable);
            folder != nullptr && fs::exists(fs::path(folder) / "bin/ptxas")) {
            return (fs::path(folder) / "bin/ptxas").string();
        }
    }
    return fs::exists("/usr/local/cuda/bin/ptxas") ? "/usr/local/cuda/bin/ptxas" : "";
}

TEST(DeviceModule, AssemblesWithoutUnresolvedCalls) {
    const std::string ptxas = find_ptxas();
    if (ptxas.empty()) {
        GTEST_SKIP() << "no ptxas";
    }
    const fs::path file = fs::path(::testing::TempDir()) / "assay_device_module.ptx";
    for (const std::string name : sources) {
        std::ofstream(file) << device_part(name, binding_of(name));
        EXPECT_EQ(std::system((ptxas + " -arch=sm_90 -o /dev/null " + file.string()).c_str()), 0) << name;
    }
    fs::remove(file);
}

std::vector<PlanError> broken_rules(const std::string& name) {
    const auto module = ptx::parse(read_source(name + ".ptx"));
    if (!module) {
        ADD_FAILURE() << module.error().to_string();
        return {};
    }
    return check_rules(*module, program(name));
}

TEST(Rules, HonestModulesKeepThem) {
    for (const std::string name : sources) {
        EXPECT_TRUE(broken_rules(name).empty()) << name;
    }
}

TEST(Rules, KernelsMustNotLaunch) {
    const std::vector<PlanError> errors = broken_rules("device_launch");
    ASSERT_EQ(errors.size(), 1u) << "`parent` alone; `honest` launches nothing";
    EXPECT_EQ(errors[0].kind, PlanError::Kind::Rejected);
    EXPECT_EQ(errors[0].rule, "device-launch");
    EXPECT_EQ(errors[0].what, "kernel parent(float*) launches a kernel");
    EXPECT_EQ(errors[0].file, "device_launch.cu");
    EXPECT_EQ(errors[0].line, line_of("device_launch", "device_launch"));
    EXPECT_NE(errors[0].to_string().find("[device-launch]"), std::string::npos);
}

TEST(Rules, LaunchesBehindAFunctionPointerAreFound) {
    const std::vector<PlanError> errors = broken_rules("device_launch_hidden");
    ASSERT_EQ(errors.size(), 1u);
    EXPECT_EQ(errors[0].what, "kernel parent(float*, int) launches a kernel");
    EXPECT_EQ(errors[0].line, line_of("device_launch_hidden", "device_launch"));
}

TEST(Rules, NoVariableHidesInAFunction) {
    const std::vector<PlanError> errors = broken_rules("hidden_variable");
    ASSERT_EQ(errors.size(), 1u);
    EXPECT_EQ(errors[0].kind, PlanError::Kind::Rejected);
    EXPECT_EQ(errors[0].rule, "hidden-variable");
    EXPECT_NE(errors[0].what.find("'calls'"), std::string::npos) << errors[0].what;
    EXPECT_EQ(errors[0].line, line_of("hidden_variable", "hidden"));
}

} // namespace
} // namespace assay::plan::testing
