// Every PTX file beside, through both engines: one test for each file.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

#include "conformance/case.h"
#include "source_dir.h"
#include "vgpu/codegen/generator.h"

namespace assay::vgpu::conformance {

namespace {

std::filesystem::path folder() {
    return std::filesystem::path(source_dir()) / "tests/conformance/kernels";
}

std::vector<std::string> files() {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(folder())) {
        if (entry.path().extension() == ".ptx") {
            names.push_back(entry.path().stem().string());
        }
    }
    std::ranges::sort(names);
    return names;
}

/// This machine can do more.
bool is_older(const std::string& level) {
    return level == "x86-64-v2" ? __builtin_cpu_supports("x86-64-v3") != 0 : __builtin_cpu_supports("x86-64-v4") != 0;
}

class Kernels : public testing::TestWithParam<std::string> {};

std::string read(const std::string& name) {
    std::ifstream file(folder() / (name + ".ptx"));
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
}

void expect_agreement(const std::string& name, Engine engine) {
    const std::string text = read(name);
    const std::vector<LaunchCase> cases = read_cases(text);
    ASSERT_FALSE(cases.empty()) << "the file launches nothing";
    for (const LaunchCase& launch : cases) {
        SCOPED_TRACE(launch.kernel);
        const Outcome expected = run_case(text, launch, Engine::Interpreter);
        const Outcome actual = run_case(text, launch, engine);
        ASSERT_EQ(actual.unsupported, "");
        if (launch.faults) {
            ASSERT_TRUE(expected.fault && actual.fault);
            EXPECT_EQ(static_cast<int>(actual.fault->kind), static_cast<int>(expected.fault->kind))
                << actual.fault->message << "\n"
                << expected.fault->message;
            continue;
        }
        ASSERT_FALSE(expected.fault) << expected.fault->message;
        ASSERT_FALSE(actual.fault) << actual.fault->message;
        EXPECT_EQ(actual.output, expected.output);
        std::size_t buffer = 0;
        for (std::size_t i = 0; i < launch.arguments.size(); ++i) {
            if (launch.arguments[i].buffer) {
                EXPECT_EQ(compare(launch.arguments[i], expected.buffers[buffer], actual.buffers[buffer]), "")
                    << "argument " << i;
                ++buffer;
            }
        }
    }
}

TEST_P(Kernels, BothEnginesAgree) {
    expect_agreement(GetParam(), Engine::Generator);
}

TEST_P(Kernels, CodeThatWasMadeElsewhereAgrees) {
    expect_agreement(GetParam(), Engine::Kept);
}

/// Which code the other tests run depends on the machine: SSE4.2, and, where there is AVX-512, AVX2.
TEST_P(Kernels, CodeForOlderCpusAgrees) {
    for (const char* cpu : {"x86-64-v2", "x86-64-v3"}) {
        SCOPED_TRACE(cpu);
        if (is_older(cpu)) {
            codegen::set_target(cpu);
            expect_agreement(GetParam(), Engine::Generator);
            codegen::set_target("");
        }
    }
}

TEST_P(Kernels, CodeForAvx512IsValid) {
    const std::string text = read(GetParam());
    for (const LaunchCase& launch : read_cases(text)) {
        EXPECT_GT(make_for("x86-64-v4", text, launch), 0U) << launch.kernel;
    }
}

TEST_P(Kernels, BothEnginesCountTheSame) {
    const std::string text = read(GetParam());
    for (const LaunchCase& launch : read_cases(text)) {
        if (launch.faults || launch.waits) {
            continue;
        }
        SCOPED_TRACE(launch.kernel);
        const Outcome expected = run_case(text, launch, Engine::Interpreter, Counting::Accesses);
        const Outcome actual = run_case(text, launch, Engine::Generator, Counting::Accesses);
        EXPECT_EQ(compare(text, expected.tallies, actual.tallies), "");
        const Outcome blocks = run_case(text, launch, Engine::Generator, Counting::Blocks);
        Tallies without_accesses = expected.tallies;
        for (auto& function : without_accesses.of) {
            for (Tally& tally : function) {
                tally.access = {};
            }
        }
        EXPECT_EQ(compare(text, without_accesses, blocks.tallies), "");
    }
}

INSTANTIATE_TEST_SUITE_P(All, Kernels, testing::ValuesIn(files()), [](const auto& param) { return param.param; });

} // namespace

} // namespace assay::vgpu::conformance
