// The two engines on random programs, fixed seeds.
#include <gtest/gtest.h>

#include "conformance/random_program.h"

namespace assay::vgpu::conformance {

namespace {

void expect_agreement(std::uint64_t seed) {
    const RandomProgram program = make_program(seed);
    SCOPED_TRACE("seed " + std::to_string(seed));
    const Outcome expected = run_case(program.ptx, program.launch, Engine::Interpreter);
    const Outcome actual = run_case(program.ptx, program.launch, Engine::Generator);
    ASSERT_EQ(actual.unsupported, "");
    ASSERT_FALSE(expected.fault) << expected.fault->message;
    ASSERT_FALSE(actual.fault) << actual.fault->message;
    for (std::size_t i = 0; i < expected.buffers.size(); ++i) {
        EXPECT_EQ(compare(program.launch.arguments[i], expected.buffers[i], actual.buffers[i]), "") << "buffer " << i;
    }
}

class RandomPrograms : public testing::TestWithParam<int> {};

TEST_P(RandomPrograms, BothEnginesAgree) {
    constexpr int group = 20;
    for (int i = 0; i < group; ++i) {
        expect_agreement(static_cast<std::uint64_t>(GetParam() * group + i));
    }
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomPrograms, testing::Range(0, 15));

} // namespace

} // namespace assay::vgpu::conformance
