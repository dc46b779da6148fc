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
    EXPECT_EQ(launch.line, line_of("vector_add", "launch"));
    ASSERT_EQ(launch.parameters.size(), 28u);
    EXPECT_EQ(launch.relocations.size(), 3u);
    EXPECT_EQ(pointer(plan, launch, 0), "A");
    EXPECT_EQ(pointer(plan, launch, 8), "B");
    EXPECT_EQ(pointer(plan, launch, 16), "C");
    EXPECT_EQ(parameter<std::int32_t>(launch, 24), 1000);
    EXPECT_GT(plan.host_steps, 10u);
}

TEST(Record, SeveralKernelsAndScratchMemory) {
    const Bind binding =
        Bind("softmax").input("x", {7, 1023}).output("y", {7, 1023}).axis("rows", 7).axis("cols", 1023);
    const LaunchPlan plan = plan_of("softmax", "solve", binding);
    ASSERT_EQ(plan.buffers.size(), 4u);
    EXPECT_EQ(plan.buffers[2].role, Buffer::Role::Scratch);
    EXPECT_EQ(plan.buffers[2].bytes, 28u);
    ASSERT_EQ(plan.steps.size(), 4u);
    const Fill fill = step<Fill>(plan, 0);
    EXPECT_EQ(pointer(plan, fill.destination), "scratch1");
    EXPECT_EQ(fill.count * fill.width, 28u);
    EXPECT_EQ(fill.value, 0u);
    const Launch row_max = step<Launch>(plan, 1);
    EXPECT_EQ(row_max.kernel, "_Z7row_maxIfLi256EEvPKT_PS0_i");
    EXPECT_EQ(row_max.grid, (Dim3{7, 1, 1}));
    const Launch exponentials = step<Launch>(plan, 2);
    EXPECT_EQ(exponentials.grid, (Dim3{32, 1, 1}));
    EXPECT_EQ(exponentials.block, (Dim3{32, 8, 1}));
    EXPECT_EQ(pointer(plan, exponentials, 8), "scratch0");
    EXPECT_EQ(pointer(plan, exponentials, 24), "scratch1");
    EXPECT_EQ(step<Launch>(plan, 3).grid, (Dim3{28, 1, 1}));
}

TEST(Record, PingPong) {
    const LaunchPlan plan = plan_of("ping_pong");
    ASSERT_EQ(plan.steps.size(), 6u);
    const Copy copy = step<Copy>(plan, 0);
    EXPECT_EQ(pointer(plan, copy.destination), "scratch0");
    EXPECT_EQ(pointer(plan, copy.source), "A");
    EXPECT_EQ(copy.bytes, 4000u);
    const char* const from[] = {"scratch0", "scratch0+4000", "scratch0", "scratch0+4000", "scratch0"};
    const char* const to[] = {"scratch0+4000", "scratch0", "scratch0+4000", "scratch0", "C"};
    for (std::size_t i = 0; i < 5; ++i) {
        const Launch launch = step<Launch>(plan, i + 1);
        EXPECT_EQ(pointer(plan, launch, 0), from[i]) << i;
        EXPECT_EQ(pointer(plan, launch, 8), to[i]) << i;
        EXPECT_EQ(parameter<float>(launch, 20), 1.0f / static_cast<float>(i + 1)) << i;
    }
}

TEST(Record, ContainersFunctionPointersAndRecursion) {
    const LaunchPlan plan = plan_of("network");
    EXPECT_EQ(plan.printed, "layers: 4, threads 1024\n");
    ASSERT_EQ(plan.steps.size(), 4u);
    const std::uint32_t threads[] = {1024, 96, 64, 1024};
    for (std::size_t i = 0; i < 4; ++i) {
        const Launch launch = step<Launch>(plan, i);
        EXPECT_EQ(launch.kernel, i % 2 == 0 ? "_Z6linear15LayerParameters" : "_Z4relu15LayerParameters");
        EXPECT_EQ(launch.line, line_of("network", i % 2 == 0 ? "linear" : "relu"));
        EXPECT_EQ(launch.block, (Dim3{threads[i], 1, 1}));
        // A struct by value: two pointers, an int, a float, a double.
        ASSERT_EQ(launch.parameters.size(), 32u);
        EXPECT_EQ(launch.relocations.size(), 2u);
        EXPECT_EQ(pointer(plan, launch, 0), i == 0 ? "A" : "scratch0");
        EXPECT_EQ(pointer(plan, launch, 8), i == 3 ? "C" : "scratch0");
        EXPECT_EQ(parameter<std::int32_t>(launch, 16), 1000);
        EXPECT_EQ(parameter<float>(launch, 20), 0.5f * static_cast<float>(i));
        EXPECT_EQ(parameter<double>(launch, 24), -1.5);
    }
}

TEST(Record, UploadsHoldTheirPointersAsRelocations) {
    const LaunchPlan plan = plan_of("pointer_arrays");
    const Upload rows = step<Upload>(plan, 0);
    EXPECT_EQ(pointer(plan, rows.destination), "scratch0");
    EXPECT_EQ(rows.data, std::vector<std::byte>(24)); // the pointers themselves are zero
    ASSERT_EQ(rows.relocations.size(), 3u);
    EXPECT_EQ(rows.relocations[2].at, 16u);
    EXPECT_EQ(pointer(plan, rows.relocations[2].target), "A+80");
    const Upload pieces = step<Upload>(plan, 1);
    ASSERT_EQ(pieces.relocations.size(), 2u);
    EXPECT_EQ(pieces.relocations[1].at, 16u);
    EXPECT_EQ(pointer(plan, pieces.relocations[1].target), "C");
    std::int32_t length = 0;
    std::memcpy(&length, pieces.data.data() + 24, sizeof length);
    EXPECT_EQ(length, 1000);
}

TEST(Record, SymbolsAreBuffersOfTheModule) {
    const LaunchPlan plan = plan_of("pointer_arrays");
    const Upload coefficients = step<Upload>(plan, 2);
    const Buffer& symbol = plan.buffers.at(coefficients.destination.buffer);
    EXPECT_EQ(symbol.role, Buffer::Role::Symbol);
    EXPECT_EQ(symbol.name, "coefficients");
    EXPECT_EQ(symbol.bytes, 16u);
    float second = 0;
    std::memcpy(&second, coefficients.data.data() + 4, sizeof second);
    EXPECT_EQ(second, 1.0f / 1001);
    EXPECT_EQ(pointer(plan, step<Upload>(plan, 3).destination), "offsets+4");
    EXPECT_EQ(pointer(plan, step<Launch>(plan, 4), 0), "running+16");
}

TEST(Record, AttributesOccupancyAndEveryWayToLaunch) {
    const LaunchPlan plan = plan_of("attributes");
    EXPECT_EQ(plan.printed, "Assay vGPU 9.0, 132 = 132 processors, 17179869184 bytes, warp 32\n"
                            // 2 blocks of 100 KiB each; 4 of 512 threads fill 2048; 48 KiB without opting in
                            "2 blocks, 528 x 512, at most 512 threads, 256 static and 102400 dynamic bytes\n");
    const Launch opted_in = step<Launch>(plan, 0);
    EXPECT_EQ(opted_in.shared_bytes, 102400u);
    EXPECT_EQ(plan.attributes.at(opted_in.kernel).max_dynamic_shared, 102400u);

    const Launch by_list = step<Launch>(plan, 1);
    EXPECT_EQ(by_list.grid, (Dim3{3, 1, 1}));
    EXPECT_EQ(by_list.block, (Dim3{64, 2, 1}));
    EXPECT_EQ(pointer(plan, by_list, 8), "C");
    EXPECT_EQ(parameter<char>(by_list, 20), 1);
    EXPECT_EQ(parameter<double>(by_list, 24), 2.5);
    EXPECT_FALSE(by_list.cooperative);

    EXPECT_TRUE(step<Launch>(plan, 2).cooperative);
    EXPECT_EQ(step<Launch>(plan, 2).grid, (Dim3{132, 1, 1}));
    EXPECT_EQ(step<Launch>(plan, 3).cluster, (Dim3{2, 1, 1})) << "__cluster_dims__";
    const Launch extended = step<Launch>(plan, 4);
    EXPECT_EQ(extended.cluster, (Dim3{4, 1, 1}));
    EXPECT_EQ(parameter<char>(extended, 20), 'x');
    EXPECT_EQ(parameter<double>(extended, 24), 0.5);
}

TEST(Record, AnswersAreThoseOfTheGivenDevice) {
    DeviceProperties device;
    device.name = "NVIDIA H200";
    device.multiprocessors = 2;
    auto plan = record(program("attributes"), "solve", unary(), device);
    ASSERT_TRUE(plan) << plan.error().to_string();
    EXPECT_TRUE(plan->printed.starts_with("NVIDIA H200 9.0, 2 = 2 processors")) << plan->printed;
    EXPECT_EQ(step<Launch>(*plan, 2).grid, (Dim3{2, 1, 1}));
}

TEST(Record, StreamsAreIssueOrder) {
    const LaunchPlan plan = plan_of("streams");
    EXPECT_EQ(plan.printed, "1000.0 GFLOPS\n") << "every event lies 1 ms after the one before";
    const Upload upload = step<Upload>(plan, 0);
    EXPECT_EQ(upload.data.size(), 16u);
    EXPECT_EQ(step<Launch>(plan, 1).stream, 2u);
    EXPECT_EQ(step<Launch>(plan, 2).stream, 1u);
    EXPECT_EQ(pointer(plan, step<Launch>(plan, 2), 0), "C+16");
}

TEST(Record, PitchedRowsAreOneStepEachUnlessTheyAreDense) {
    const LaunchPlan plan = plan_of("streams");
    ASSERT_EQ(plan.steps.size(), 9u);
    EXPECT_EQ(plan.buffers.at(3).bytes, 3 * 512u);
    for (std::size_t row = 0; row < 3; ++row) {
        const Fill fill = step<Fill>(plan, 3 + row);
        EXPECT_EQ(fill.destination, (Pointer{3, row * 512}));
        EXPECT_EQ(fill.count, 100u);
        EXPECT_EQ(fill.value, 0x7Fu) << "memset takes the low byte";
    }
    EXPECT_EQ(pointer(plan, step<Copy>(plan, 7).source), "A+40");
    EXPECT_EQ(step<Fill>(plan, 8).count, 3 * 512u);
}

TEST(Record, ModuleVariablesOfHostCode) {
    const LaunchPlan plan = plan_of("globals");
    // config.table[0] is 128, halved; config.factor is 3 + 42.
    EXPECT_EQ(plan.printed, "even 109\n");
    const Launch first = step<Launch>(plan, 0);
    EXPECT_EQ(first.grid, (Dim3{109, 1, 1}));
    EXPECT_EQ(first.block, (Dim3{64, 1, 1}));
    EXPECT_EQ(pointer(plan, first, 0), "scratch0");
    EXPECT_EQ(parameter<std::int32_t>(step<Launch>(plan, 1), 8), 4) << "the initial value of a __device__ variable";
}

TEST(Record, EachRecordingStartsAfresh) {
    const LaunchPlan first = plan_of("globals"), second = plan_of("globals");
    EXPECT_EQ(first.printed, second.printed);
    EXPECT_EQ(second.buffers.size(), 3u) << "the cached pointer of the first recording is gone";
}

TEST(Record, FreedScratchIsUsedAgainWhenDeviceMemoryIsSpent) {
    RecordLimits limits;
    limits.device_memory = 10'000;
    const LaunchPlan plan = plan_of("reuse", "solve", unary(), limits);
    EXPECT_EQ(plan.buffers.size(), 4u) << "two scratch buffers for five allocations";
    EXPECT_EQ(pointer(plan, step<Launch>(plan, 2), 8), "scratch0");
    EXPECT_EQ(pointer(plan, step<Launch>(plan, 3), 8), "scratch1");
    const LaunchPlan roomy = plan_of("reuse");
    EXPECT_EQ(roomy.buffers.size(), 7u);
}

} // namespace
} // namespace assay::plan::testing
