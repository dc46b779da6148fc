// Launches as data: what a `.ptx` candidate brings instead of host code.
#include "plan/launch_list.h"

#include "plan/planner.h"
#include "unit/plan/recording.h"

namespace assay::plan::testing {
namespace {

using nlohmann::json;

const std::string kernel = R"(.version 8.0
.target sm_80
.address_size 64
.extern .shared .align 16 .b8 smem[];
.visible .entry fill(.param .u64 out, .param .u64 scratch, .param .f32 value, .param .u32 n, .param .u64 nothing)
.reqntid 128
{
    .reg .b64 %rd<3>;
    .reg .f32 %f<2>;
    ld.param.u64 %rd1, [out];
    ld.param.f32 %f1, [value];
    st.global.f32 [%rd1], %f1;
    ret;
}
)";

json launch(const json& changes = json::object()) {
    json one{{"kernel", "fill"},
             {"grid", {"ceil_div(n, 128)", 2}},
             {"block", {128}},
             {"shared", 65536},
             {"arguments", {"C", "temporary", "eps", "n", 0}}};
    one.update(changes);
    return {{"launches", {one}}, {"scratch", {{"temporary", "4 * n"}}}};
}

std::expected<Recording, PlanError> outcome(const json& list, const std::string& ptx = kernel) {
    static Planner planner;
    Entry entry;
    entry.launches = list.dump();
    const Bind binding =
        Bind().input("A", {1000}).output("C", {1000}).axis("n", 1000).scalar("eps", tasks::DType::Float32, 0.5);
    auto recorded = planner.record(ptx, entry, {binding});
    EXPECT_TRUE(recorded) << recorded.error().to_string();
    return recorded ? *recorded : std::unexpected(PlanError{});
}

std::string error(const json& list, const std::string& ptx = kernel) {
    const auto recorded = outcome(list, ptx);
    EXPECT_FALSE(recorded) << list.dump();
    return recorded ? "" : recorded.error().to_string();
}

TEST(LaunchList, IsRecordedForItsWorkload) {
    const auto recorded = outcome(launch());
    ASSERT_TRUE(recorded) << recorded.error().to_string();
    const LaunchPlan& plan = recorded->plans.front();
    ASSERT_EQ(plan.steps.size(), 1u);
    const auto made = step<Launch>(plan, 0);
    EXPECT_EQ(made.kernel, "fill");
    EXPECT_EQ(made.grid, (std::array<std::uint32_t, 3>{8, 2, 1}));
    EXPECT_EQ(made.block, (std::array<std::uint32_t, 3>{128, 1, 1}));
    EXPECT_EQ(made.shared_bytes, 65536u);
    EXPECT_EQ(plan.attributes.at("fill").max_dynamic_shared, 65536u);
    EXPECT_EQ(pointer(plan, made, 0), "C");
    EXPECT_EQ(pointer(plan, made, 8), "scratch0");
    EXPECT_EQ(parameter<float>(made, 16), 0.5f);
    EXPECT_EQ(parameter<std::uint32_t>(made, 20), 1000u);
    EXPECT_EQ(parameter<std::uint64_t>(made, 24), 0u);
}

TEST(LaunchList, TakesNumbersAsArguments) {
    const auto recorded = outcome(launch({{"arguments", {"C", "temporary", "1.5", "-3", "n + 1"}}}));
    ASSERT_TRUE(recorded) << recorded.error().to_string();
    const auto made = step<Launch>(recorded->plans.front(), 0);
    EXPECT_EQ(parameter<float>(made, 16), 1.5f);
    EXPECT_EQ(parameter<std::int32_t>(made, 20), -3);
    EXPECT_EQ(parameter<std::uint64_t>(made, 24), 1001u);
}

TEST(LaunchList, SaysWhatIsWrong) {
    const auto says = [](const std::string& found, const std::string& text) {
        EXPECT_NE(found.find(text), std::string::npos) << found;
    };
    says(error(launch({{"kernel", "none"}})), "no kernel `none`; the PTX has fill");
    says(error(launch({{"grid", {"m"}}})), "the grid of fill is `m`");
    says(error(launch({{"grid", {"0"}}})), "grid");
    says(error(launch({{"grid", {"n - 2000"}}})), "out of range");
    says(error(launch({{"block", {256}}})), "requires (128, 1, 1)");
    says(error(launch({{"shared", 1 << 20}})), "shared memory");
    says(error(launch({{"arguments", {"C"}}})), "5 parameters, and is given 1");
    says(error(launch({{"arguments", {"C", "temporary", "C", "n", 0}}})), "parameter 3 of fill has 4 bytes");
    says(error(launch({{"arguments", {"C", "temporary", "eps", "n * n * n * n", 0}}})), "too few");
    says(error(launch({{"arguments", {"D", "temporary", "eps", "n", 0}}})), "`D`");
    says(error({{"launches", json::array()}}), "at least one launch");
    says(error({{"launches", {{{"kernel", "fill"}}}}}), "/launches/0");
    says(error({{"launch", 3}}), "candidate.json");
    says(error(launch(), "no ptx"), "candidate.ptx");
    says(error(launch(), kernel + ".visible .entry k("), "candidate.ptx");
}

} // namespace
} // namespace assay::plan::testing
