// Plans of sources in the styles that people and models write.
#include "unit/plan/recording.h"

namespace assay::plan::testing {
namespace {

using Dim3 = std::array<std::uint32_t, 3>;

TEST(Record, VectorAdd) {
    const Bind binding = Bind("vector_add").input("A", {1000}).input("B", {1000}).output("C", {1000}).axis("N", 1000);
    const LaunchPlan plan = plan_of("vector_add", "solve", binding);
    EXPECT_EQ(plan.task, "vector_add");
    EXPECT_EQ(plan.workload, "only");
    ASSERT_EQ(plan.buffers.size(), 3u);
    EXPECT_EQ(plan.buffers[0].role, Buffer::Role::Input);
    EXPECT_EQ(plan.buffers[1].role, Buffer::Role::Input);
    EXPECT_EQ(plan.buffers[1].index, 1u);
    EXPECT_EQ(plan.buffers[2].role, Buffer::Role::Output);
    EXPECT_EQ(plan.buffers[2].index, 0u);
    EXPECT_EQ(plan.buffers[2].name, "C");
    EXPECT_EQ(plan.buffers[2].bytes, 4000u);
    ASSERT_EQ(plan.steps.size(), 1u);
    const Launch launch = step<Launch>(plan, 0);
    EXPECT_EQ(launch.kernel, "_Z10vector_addPKfS0_Pfi");
    EXPECT_EQ(launch.grid, (Dim3{4, 1, 1}));
    EXPECT_EQ(launch.block, (Dim3{256, 1, 1}));
    EXPECT_EQ(launch.shared_bytes, 0u);
    EXPECT_EQ(launch.line, 14u);
    ASSERT_EQ(launch.parameters.size(), 28u);
    EXPECT_EQ(launch.relocations.size(), 3u);
    EXPECT_EQ(pointer(plan, launch, 0), "A");
    EXPECT_EQ(pointer(plan, launch, 8), "B");
    EXPECT_EQ(pointer(plan, launch, 16), "C");
    EXPECT_EQ(parameter<std::int32_t>(launch, 24), 1000);
    EXPECT_GT(plan.host_steps, 10u);
}

} // namespace
} // namespace assay::plan::testing
