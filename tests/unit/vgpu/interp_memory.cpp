// State spaces and access forms, in kernels as NVRTC compiles them.
#include <cmath>
#include <numeric>

#include <gtest/gtest.h>

#include "unit/vgpu/launch_fixture.h"

namespace assay::vgpu::test {
namespace {

std::string message(const std::optional<Fault>& fault) {
    return fault ? fault->message : "no fault";
}

TEST(InterpretMemory, GlobalLoadsAndStores) {
    Session s(read_kernel("kernels/memory.ptx"));
    std::vector<float> x(1000), y(1000);
    std::iota(x.begin(), x.end(), 0.0f);
    std::iota(y.begin(), y.end(), 5.0f);
    const auto dx = s.upload(x), dy = s.upload(y);
    const auto fault = s.launch("saxpy", {.grid = {8, 1, 1}, .block = {128, 1, 1}}, 1000, 2.5f, dx, dy);
    ASSERT_FALSE(fault) << message(fault);
    const auto result = s.download<float>(dy, 1000);
    for (std::size_t i = 0; i < result.size(); ++i) {
        ASSERT_EQ(result[i], std::fma(2.5f, x[i], y[i])) << i;
    }
}

TEST(InterpretMemory, StructParameters) {
    struct Pair {
        int first;
        double second;
    };
    struct Big {
        float values[6];
        Pair pair;
    };
    Session s(read_kernel("kernels/memory.ptx"));
    const Big big{{1, 2, 3, 4, 5, 6}, {10, 0.5}};
    const auto out = s.buffer<double>(6);
    const auto fault = s.launch("struct_parameter", {.block = {6, 1, 1}}, big, 2, out);
    ASSERT_FALSE(fault) << message(fault);
    EXPECT_EQ(s.download<double>(out, 6), (std::vector<double>{11.5, 12, 12.5, 13, 10.5, 11}));
}

TEST(InterpretMemory, ParametersHaveGenericAddresses) {
    struct Big {
        float values[6];
        int first;
        double second;
    };
    Session s(read_kernel("kernels/memory.ptx"));
    const auto out = s.buffer<float>(3);
    const auto fault = s.launch("grid_constant", {.block = {3, 1, 1}}, Big{{1, 2, 3, 4, 5, 6}, 10, 0.5}, out);
    ASSERT_FALSE(fault) << message(fault);
    EXPECT_EQ(s.download<float>(out, 3), std::vector<float>(3, 16));
}

TEST(InterpretMemory, ConstantsAndAddressesInInitialisers) {
    Session s(read_kernel("kernels/memory.ptx"));
    const auto out = s.buffer<float>(5);
    ASSERT_FALSE(s.launch("constants", {.block = {5, 1, 1}}, out));
    EXPECT_EQ(s.download<float>(out, 5), (std::vector<float>{42.5f, 39.0f, 41.25f, 49.0f, 42.5f}));
}

TEST(InterpretMemory, NarrowTypesAreExtendedByTheirSign) {
    Session s(read_kernel("kernels/memory.ptx"));
    const auto a = s.upload(std::vector<std::int8_t>{-128, -1, 0, 127});
    const auto b = s.upload(std::vector<std::uint16_t>{65535, 0, 32768, 1});
    const auto out = s.buffer<int>(4), c = s.buffer<std::int8_t>(4);
    ASSERT_FALSE(s.launch("narrow", {.block = {4, 1, 1}}, a, b, out, c));
    EXPECT_EQ(s.download<int>(out, 4), (std::vector<int>{65151, -3, 32768, 382}));
    EXPECT_EQ(s.download<std::int8_t>(c, 4), (std::vector<std::int8_t>{28, -101, -100, 27}));
}

TEST(InterpretMemory, VectorAccesses) {
    Session s(read_kernel("kernels/memory.ptx"));
    const auto in = s.upload(std::vector<float>{1, 2, 3, 4, 5, 6, 7, 8});
    const auto shorts = s.upload(std::vector<std::int16_t>{-1, 2, 3, -4});
    const auto out = s.buffer<float>(8), wide = s.buffer<int>(4);
    ASSERT_FALSE(s.launch("vectors", {.block = {2, 1, 1}}, in, out, shorts, wide));
    EXPECT_EQ(s.download<float>(out, 8), (std::vector<float>{4, 3, 2, 1, 8, 7, 6, 5}));
    EXPECT_EQ(s.download<int>(wide, 4), (std::vector<int>{2, -1, -4, 3}));
}

TEST(InterpretMemory, LocalArraysBelongToTheirThread) {
    Session s(read_kernel("kernels/memory.ptx"));
    const std::vector<int> order{3, 1, 7, 0, 2, 6, 5, 4};
    const auto in = s.upload(order);
    const auto out = s.buffer<int>(70);
    ASSERT_FALSE(s.launch("local_array", {.block = {70, 1, 1}}, in, out));
    const auto result = s.download<int>(out, 70);
    for (int t = 0; t < 70; ++t) {
        int values[8], sum = 0;
        for (int i = 0; i < 8; ++i) {
            values[i] = i * i + t;
        }
        for (int i = 0; i < 8; ++i) {
            values[order[i]] += 1000 * i;
            sum = static_cast<int>(static_cast<unsigned>(sum) * 3u) + values[order[7 - i]];
        }
        ASSERT_EQ(result[t], sum) << t;
    }
}

TEST(InterpretMemory, GenericAddressesReachEverySpace) {
    Session s(read_kernel("kernels/memory.ptx"));
    const auto global = s.upload(std::vector<int>{100, 200, 300, 400});
    for (const int which : {0, 1, 2}) {
        const auto out = s.buffer<int>(64);
        const auto fault = s.launch("generic", {.block = {32, 1, 1}}, global, which, out);
        ASSERT_FALSE(fault) << message(fault);
        const auto result = s.download<int>(out, 64);
        for (int t = 0; t < 32; ++t) {
            ASSERT_EQ(result[t], which == 0 ? 1000 : which == 1 ? 6 : 60 + 4 * (t + 100)) << which << " " << t;
            ASSERT_EQ(result[32 + t], which == 0 ? 4 : which == 1 ? 2 : 1);
        }
    }
}

TEST(InterpretMemory, DynamicSharedMemoryLiesBehindTheStatic) {
    Session s(read_kernel("kernels/memory.ptx"));
    std::vector<int> values(100);
    std::iota(values.begin(), values.end(), 0);
    const auto in = s.upload(values), out = s.buffer<int>(100);
    const auto fault = s.launch("dynamic_shared", {.block = {32, 1, 1}, .dynamic_shared = 400}, in, out, 100);
    ASSERT_FALSE(fault) << message(fault);
    const auto result = s.download<int>(out, 100);
    for (int i = 0; i < 100; ++i) {
        ASSERT_EQ(result[i], 98 - i);
    }
    const auto beyond = s.launch("dynamic_shared", {.block = {32, 1, 1}, .dynamic_shared = 396}, in, out, 100);
    ASSERT_TRUE(beyond);
    EXPECT_EQ(beyond->kind, Fault::Kind::IllegalAddress);
    EXPECT_EQ(beyond->thread, (Dim3{3, 0, 0})); // the one that stores element 99
    EXPECT_NE(beyond->message.find("shared"), std::string::npos) << beyond->message;
    EXPECT_NE(beyond->message.find("memory.cu"), std::string::npos) << beyond->message;
}

TEST(InterpretMemory, TwoDimensionalGridsAndTiles) {
    Session s(read_kernel("kernels/memory.ptx"));
    const int rows = 37, columns = 50;
    std::vector<float> values(rows * columns);
    std::iota(values.begin(), values.end(), 0.0f);
    const auto in = s.upload(values), out = s.buffer<float>(values.size());
    ASSERT_FALSE(s.launch("transpose", {.grid = {4, 3, 1}, .block = {16, 16, 1}}, in, out, rows, columns));
    const auto result = s.download<float>(out, values.size());
    for (int y = 0; y < rows; ++y) {
        for (int x = 0; x < columns; ++x) {
            ASSERT_EQ(result[x * rows + y], values[y * columns + x]);
        }
    }
}

TEST(InterpretMemory, DeviceMallocAndFree) {
    Session s(read_kernel("kernels/memory.ptx"));
    const auto out = s.buffer<int>(40);
    const auto before = s.memory().allocated();
    const auto fault = s.launch("heap", {.block = {40, 1, 1}}, out);
    ASSERT_FALSE(fault) << message(fault);
    const auto result = s.download<int>(out, 40);
    for (int i = 0; i < 40; ++i) {
        EXPECT_EQ(result[i], i * (i + 1) / 2);
    }
    EXPECT_EQ(s.memory().allocated(), before);
}

TEST(InterpretMemory, AnAccessPastItsBufferIsIllegal) {
    Session s(read_kernel("kernels/memory.ptx"));
    const auto x = s.upload(std::vector<float>(100)), y = s.upload(std::vector<float>(99));
    const auto fault = s.launch("saxpy", {.grid = {1, 1, 1}, .block = {128, 1, 1}}, 100, 1.0f, x, y);
    ASSERT_TRUE(fault);
    EXPECT_EQ(fault->kind, Fault::Kind::IllegalAddress);
    EXPECT_EQ(fault->address, y + 99 * 4);
    EXPECT_EQ(fault->thread, (Dim3{99, 0, 0}));
    EXPECT_EQ(fault->kernel, "saxpy");
    EXPECT_NE(fault->message.find("memory.cu:13"), std::string::npos) << fault->message;
}

TEST(InterpretMemory, AddressesOutsideTheDeviceAreIllegal) {
    Session s(read_kernel("kernels/memory.ptx"));
    const auto y = s.upload(std::vector<float>(4));
    float host[4] = {};
    for (const std::uint64_t wild : {reinterpret_cast<std::uint64_t>(host), std::uint64_t{0}, ~std::uint64_t{15}}) {
        const auto fault = s.launch("saxpy", {.block = {4, 1, 1}}, 4, 1.0f, wild, y);
        ASSERT_TRUE(fault);
        EXPECT_EQ(fault->kind, Fault::Kind::IllegalAddress);
        EXPECT_EQ(fault->address, wild);
    }
}

TEST(InterpretMemory, MisalignedAccesses) {
    Session s(read_kernel("kernels/memory.ptx"));
    const auto in = s.upload(std::vector<float>(12));
    const auto out = s.buffer<float>(8), wide = s.buffer<int>(4), shorts = s.buffer<int>(2);
    const auto fault = s.launch("vectors", {.block = {2, 1, 1}}, in + 4, out, shorts, wide);
    ASSERT_TRUE(fault);
    EXPECT_EQ(fault->kind, Fault::Kind::Misaligned);
    EXPECT_EQ(fault->address, in + 4);
}

} // namespace
} // namespace assay::vgpu::test
