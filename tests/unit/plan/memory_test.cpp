// Host memory: regions, bounds, lifetimes, variables; device addresses: slots and lifetimes.
#include "plan/host_memory.h"

#include "plan/device_space.h"
#include "unit/plan/recording.h"

namespace assay::plan::testing {
namespace {

using Kind = HostMemory::Kind;

isa::Program with_variables() {
    isa::Program program;
    isa::Variable table;
    table.name = "table";
    table.bytes = 16;
    table.initial = {std::byte{1}, std::byte{2}};
    table.relocations = {{.offset = 8, .variable = 1, .function = {}, .addend = 4, .generic = true}};
    isa::Variable other;
    other.name = "other";
    other.bytes = 8;
    isa::Variable shared;
    shared.name = "tile";
    shared.space = isa::Space::Shared;
    shared.bytes = 64;
    program.variables = {table, other, shared};
    return program;
}

TEST(HostMemory, EveryByteOfARegionAndNoneBeyond) {
    const isa::Program program;
    HostMemory memory(program, 1 << 20);
    const Address a = *memory.allocate(Kind::Heap, 10), b = *memory.allocate(Kind::Heap, 10);
    EXPECT_TRUE(memory.store(a + 9, 0xAB, 1));
    EXPECT_EQ(memory.load(a + 9, 1), 0xABu);
    EXPECT_EQ(memory.load(a, 8), 0u) << "memory starts as zeros";
    EXPECT_FALSE(memory.load(a + 9, 2));
    EXPECT_FALSE(memory.load(a + 10, 1));
    EXPECT_FALSE(memory.load(a - 1, 1));
    EXPECT_FALSE(memory.store(UINT64_MAX, 0, 8));
    EXPECT_FALSE(memory.bytes(a, UINT64_MAX, Access::Read));
    EXPECT_TRUE(memory.bytes(a + 10, 0, Access::Read)) << "the end is an address";
    EXPECT_GT(b - a, 1ull << 31) << "no index leads from one to the other";
}

TEST(HostMemory, ReleaseTakesTheStartOnceAndOfItsKind) {
    const isa::Program program;
    HostMemory memory(program, 1 << 20);
    const Address heap = *memory.allocate(Kind::Heap, 10), pinned = *memory.allocate(Kind::Pinned, 10);
    EXPECT_FALSE(memory.release(Kind::Heap, heap + 1));
    EXPECT_FALSE(memory.release(Kind::Heap, pinned));
    EXPECT_TRUE(memory.release(Kind::Heap, heap));
    EXPECT_FALSE(memory.release(Kind::Heap, heap));
    EXPECT_FALSE(memory.load(heap, 1));
    EXPECT_FALSE(memory.kind_of(heap));
    EXPECT_EQ(memory.kind_of(pinned), Kind::Pinned);
}

TEST(HostMemory, IsBounded) {
    const isa::Program program;
    HostMemory memory(program, 1000);
    EXPECT_TRUE(memory.allocate(Kind::Heap, 500));
    auto refused = memory.allocate(Kind::Heap, 500);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, PlanError::Kind::Limit);
    EXPECT_FALSE(memory.allocate(Kind::Heap, UINT64_MAX));
    EXPECT_FALSE(memory.charge(UINT64_MAX));
}

TEST(HostMemory, FreedBlocksKeepCostingALittle) {
    const isa::Program program;
    HostMemory memory(program, 1 << 16);
    int blocks = 0;
    for (auto made = memory.allocate(Kind::Heap, 0); made; made = memory.allocate(Kind::Heap, 0)) {
        ASSERT_TRUE(memory.release(Kind::Heap, *made));
        ASSERT_LT(++blocks, 1 << 16);
    }
    // Frames come and go without trace.
    HostMemory frames(program, 1 << 16);
    for (int i = 0; i < 10'000; ++i) {
        auto made = frames.allocate(Kind::Frame, 64);
        ASSERT_TRUE(made);
        ASSERT_TRUE(frames.store(*made, 1, 8));
        ASSERT_TRUE(frames.release(Kind::Frame, *made));
    }
    EXPECT_EQ(frames.load(*frames.allocate(Kind::Frame, 64), 8), 0u) << "a new frame is empty";
}

TEST(HostMemory, VariablesHaveTheirInitialBytesAndRelocations) {
    const isa::Program program = with_variables();
    HostMemory memory(program, 1 << 20);
    const Address table = memory.variable_address(0);
    EXPECT_EQ(memory.load(table, 4), 0x201u);
    EXPECT_EQ(memory.load(table + 8, 8), memory.variable_address(1) + 4);
    EXPECT_FALSE(memory.modified(0));
    EXPECT_TRUE(memory.store(table, 5, 1));
    EXPECT_TRUE(memory.modified(0));
    EXPECT_EQ(memory.load(table, 4), 0x205u);
    const auto place = memory.variable_at(table + 3).value_or(HostMemory::VariablePlace{9, 9});
    EXPECT_EQ(place.variable, 0u);
    EXPECT_EQ(place.offset, 3u);
    EXPECT_FALSE(memory.load(memory.variable_address(2), 4)) << "shared memory is no host memory";
}

TEST(HostMemory, VariablesCostNothingUntilTheyAreTouched) {
    isa::Program program;
    program.variables.emplace_back().bytes = 1ull << 31;
    HostMemory memory(program, 1 << 20);
    auto refused = memory.load(memory.variable_address(0), 1);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, PlanError::Kind::Limit);
}

TEST(HostMemory, HiddenVariablesCanBeWrittenButNotRead) {
    const isa::Program program = with_variables();
    HostMemory memory(program, 1 << 20);
    memory.hide(1);
    EXPECT_FALSE(memory.load(memory.variable_address(1), 4));
    EXPECT_TRUE(memory.store(memory.variable_address(1), 1, 4));
}

TEST(DeviceSpace, PointersStayInTheirBuffer) {
    DeviceSpace device(1 << 20);
    const Address a = *device.allocate(100), b = *device.allocate(100);
    EXPECT_EQ(*device.resolve(a + 100, 0), (Pointer{0, 100}));
    EXPECT_EQ(*device.resolve(b + 4, 96), (Pointer{1, 4}));
    EXPECT_FALSE(device.resolve(b + 4, 97));
    EXPECT_FALSE(device.resolve(b - 4, 0));
    EXPECT_EQ(device.describe(b - 4), "scratch1-4");
    EXPECT_EQ(device.describe(b + 4), "scratch1+4");
    EXPECT_FALSE(device.known(0));
    EXPECT_FALSE(device.known(a - (1ull << 41)));
    EXPECT_EQ(a % 256, 0u);
}

TEST(DeviceSpace, PointersDoNotLookLikeNumbers) {
    DeviceSpace device(1 << 20);
    for (int i = 0; i < 3; ++i) {
        const Address address = *device.allocate(100);
        double as_double = 0;
        float as_floats[2] = {};
        std::int32_t as_integers[2] = {};
        std::memcpy(&as_double, &address, 8);
        std::memcpy(as_floats, &address, 8);
        std::memcpy(as_integers, &address, 8);
        EXPECT_LT(as_double, -1e140);
        EXPECT_LT(as_floats[1], -1e17f);
        EXPECT_LT(as_integers[1], -300'000'000);
    }
}

TEST(DeviceSpace, AReusedBufferHasANewAddress) {
    DeviceSpace device(100);
    const Address first = *device.allocate(100);
    EXPECT_FALSE(device.allocate(100));
    EXPECT_TRUE(device.release(first));
    const Address second = *device.allocate(100);
    EXPECT_NE(first, second);
    EXPECT_EQ(device.buffers().size(), 1u);
    EXPECT_EQ(*device.resolve(second, 100), (Pointer{0, 0}));
    EXPECT_FALSE(device.resolve(first, 1)) << "a use after free";
}

TEST(DeviceSpace, ASymbolHasOneBuffer) {
    DeviceSpace device(0);
    const Address first = *device.symbol(3, "table", 16), again = *device.symbol(3, "table", 16);
    EXPECT_EQ(first, again);
    EXPECT_EQ(device.buffers().size(), 1u);
}

} // namespace
} // namespace assay::plan::testing
