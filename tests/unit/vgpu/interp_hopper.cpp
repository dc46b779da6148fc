// Clusters, mbarriers, bulk and tensor copies, wgmma: kernels of kernels/hopper.cu against plain loops.
#include <numeric>

#include <gtest/gtest.h>

#include "isa/evaluate.h"
#include "unit/vgpu/launch_fixture.h"
#include "vgpu/core/mbarrier.h"
#include "vgpu/core/tensor_map.h"

namespace assay::vgpu::test {
namespace {

const std::string& hopper() {
    static const std::string text = read_kernel("kernels/hopper.ptx");
    return text;
}

/// Bytes as a kernel parameter of type CUtensorMap.
using MapBytes = std::array<std::byte, TensorMap::bytes>;

/// A matrix with its rows behind one another; boxes of `box_rows` x `box_columns`.
MapBytes map_of(std::uint64_t address, isa::Type type, unsigned rows, unsigned columns, unsigned box_rows,
                unsigned box_columns, unsigned swizzle_bytes) {
    TensorMap map;
    map.address = address;
    map.type = type;
    map.rank = 2;
    map.last = {columns - 1, rows - 1};
    map.strides = {std::uint64_t{columns} * isa::bits_of(type) / 8};
    map.box = {static_cast<std::uint16_t>(box_columns), static_cast<std::uint16_t>(box_rows)};
    map.element_steps = {1, 1};
    map.swizzle_bytes = static_cast<std::uint8_t>(swizzle_bytes);
    MapBytes bytes{};
    map.write(bytes);
    return bytes;
}

std::vector<std::uint16_t> halves(std::size_t count, unsigned seed) {
    std::vector<std::uint16_t> values(count);
    for (std::size_t i = 0; i < count; ++i) {
        const auto value = static_cast<int>((i * 2654435761u + seed * 40503u) >> 7 & 15) - 8;
        values[i] = isa::f32_to_f16(static_cast<float>(value) / 4);
    }
    return values;
}

float value_of(std::uint16_t half) {
    return isa::f16_to_f32(half);
}

/// What generated code does, too.
class HopperEngines : public testing::TestWithParam<Runner> {};
INSTANTIATE_TEST_SUITE_P(Both, HopperEngines, testing::Values(Runner::Interpreter, Runner::Generator));

TEST_P(HopperEngines, BlocksOfAClusterReadOneAnothersSharedMemory) {
    Session session(hopper(), GetParam());
    std::vector<int> x(8 * 64);
    std::iota(x.begin(), x.end(), 1);
    const auto in = session.upload(x);
    const auto out = session.buffer<int>(2);
    const auto fault =
        session.launch("cluster_sum", {.grid = {8, 1, 1}, .block = {64, 1, 1}, .cluster = {4, 1, 1}}, in, out);
    ASSERT_FALSE(fault) << fault->message;
    EXPECT_EQ(session.download<int>(out, 2), (std::vector<int>{256 * 257 / 2, 512 * 513 / 2 - 256 * 257 / 2}));
}

TEST_P(HopperEngines, RemoteAtomicsAndArrivalsReachTheirBlock) {
    Session session(hopper(), GetParam());
    const auto out = session.buffer<unsigned>(8);
    const auto fault =
        session.launch("cluster_ring", {.grid = {8, 1, 1}, .block = {96, 1, 1}, .cluster = {4, 1, 1}}, out);
    ASSERT_FALSE(fault) << fault->message;
    const unsigned sum = 96 * 97 / 2;
    EXPECT_EQ(session.download<unsigned>(out, 8), (std::vector<unsigned>{sum, sum + 1000, sum + 2000, sum + 3000, sum,
                                                                         sum + 1000, sum + 2000, sum + 3000}));
}

TEST_P(HopperEngines, ABarrierOfAClusterThatNobodyCompletesIsADeadlock) {
    Session session(R"(.version 8.0
.target sm_90
.address_size 64
.visible .entry stuck()
{
    .reg .pred p;
    .reg .b32 r;
    mov.u32 r, %cluster_ctarank;
    setp.eq.u32 p, r, 0;
    @p bra wait;
    mov.u32 r, %tid.x;
    bar.sync 1, 64;
wait:
    barrier.cluster.arrive;
    barrier.cluster.wait;
    ret;
}
)",
                    GetParam());
    const auto fault = session.launch("stuck", {.grid = {2, 1, 1}, .block = {32, 1, 1}, .cluster = {2, 1, 1}});
    ASSERT_TRUE(fault);
    EXPECT_EQ(fault->kind, Fault::Kind::Deadlock) << fault->message;
}

// The waiting lanes stand before those they wait for, and the first of them is lane 0.
TEST_P(HopperEngines, LanesThatOthersOfTheirWarpWaitForHaveTheirTurn) {
    Session session(R"(.version 8.0
.target sm_90
.address_size 64
.visible .entry turns(.param .u64 out)
{
    .reg .pred %p<3>;
    .reg .b32 %r<3>;
    .reg .b64 %rd<4>;
    .shared .align 8 .b8 barrier[8];
    mov.u32 %r1, %tid.x;
    setp.ne.u32 %p1, %r1, 0;
    @%p1 bra READY;
    mbarrier.init.shared.b64 [barrier], 8;
READY:
    bar.warp.sync 0xffffffff;
    setp.ge.u32 %p1, %r1, 24;
    @%p1 bra LATER;
WAIT:
    mbarrier.test_wait.parity.shared.b64 %p2, [barrier], 0;
    @!%p2 bra WAIT;
    bra.uni JOIN;
LATER:
    mbarrier.arrive.shared.b64 %rd3, [barrier];
JOIN:
    ld.param.u64 %rd1, [out];
    mul.wide.u32 %rd2, %r1, 4;
    add.u64 %rd2, %rd1, %rd2;
    st.global.u32 [%rd2], %r1;
    ret;
}
)",
                    GetParam());
    const auto out = session.buffer<unsigned>(32);
    const auto fault = session.launch("turns", {.block = {32, 1, 1}}, out);
    ASSERT_FALSE(fault) << fault->message;
    EXPECT_EQ(session.download<unsigned>(out, 32)[31], 31u);
}

TEST_P(HopperEngines, BulkCopiesMoveBlocksAndSignal) {
    Session session(hopper(), GetParam());
    std::vector<float> x(3 * 1024);
    std::iota(x.begin(), x.end(), 0.0f);
    const auto in = session.upload(x);
    const auto out = session.buffer<float>(x.size());
    const auto fault = session.launch("bulk_double", {.grid = {3, 1, 1}, .block = {128, 1, 1}}, in, out);
    ASSERT_FALSE(fault) << fault->message;
    std::ranges::transform(x, x.begin(), [](float v) { return 2 * v; });
    EXPECT_EQ(session.download<float>(out, x.size()), x);
}

TEST_P(HopperEngines, ABulkCopyPastItsBufferIsAFault) {
    Session session(hopper(), GetParam());
    const auto in = session.upload(std::vector<float>(1024, 1.0f));
    const auto out = session.buffer<float>(2 * 1024);
    const auto fault = session.launch("bulk_double", {.grid = {2, 1, 1}, .block = {128, 1, 1}}, in, out);
    ASSERT_TRUE(fault);
    EXPECT_EQ(fault->kind, Fault::Kind::IllegalAddress) << fault->message;
    EXPECT_EQ(fault->block, (Dim3{1, 0, 0}));
}

TEST_P(HopperEngines, OneCopyGoesToAllBlocksOfACluster) {
    Session session(hopper(), GetParam());
    std::vector<float> x(32);
    std::iota(x.begin(), x.end(), 0.0f);
    const auto in = session.upload(x);
    const auto out = session.buffer<float>(4 * 32);
    const auto fault =
        session.launch("multicast", {.grid = {4, 1, 1}, .block = {32, 1, 1}, .cluster = {2, 1, 1}}, in, out);
    ASSERT_FALSE(fault) << fault->message;
    const auto y = session.download<float>(out, 4 * 32);
    for (std::size_t i = 0; i < y.size(); ++i) {
        EXPECT_EQ(y[i], x[i % 32] + static_cast<float>(i / 32 % 2)) << i;
    }
}

/// Boxes of 8 x 8 floats (32 bytes a row), one that lies partly outside, in each swizzle.
class Boxes : public testing::TestWithParam<unsigned> {};

TEST_P(Boxes, LieInSharedMemoryAsTheMapSays) {
    constexpr unsigned rows = 20, columns = 24, box_rows = 8, box_columns = 8;
    const unsigned swizzle = GetParam();
    std::vector<float> x(std::size_t{rows} * columns);
    std::iota(x.begin(), x.end(), 1.0f);
    for (const auto& [column, row] : {std::pair{8, 4}, std::pair{20, 15}, std::pair{-4, -2}}) {
        Session session(hopper());
        const auto in = session.upload(x);
        const auto to = session.upload(std::vector<float>(x.size(), 0.5f));
        const unsigned pitch = swizzle == 0 ? box_columns * 4 : swizzle;
        const unsigned bytes = box_rows * box_columns * 4, held = pitch * box_rows;
        const auto raw = session.buffer<float>(held / 4);
        const MapBytes from = map_of(in, isa::Type::F32, rows, columns, box_rows, box_columns, swizzle);
        const MapBytes into = map_of(to, isa::Type::F32, rows, columns, box_rows, box_columns, swizzle);
        const auto fault = session.launch("tensor_box", {.block = {32, 1, 1}, .dynamic_shared = held}, from, into,
                                          column, row, raw, static_cast<int>(bytes));
        ASSERT_FALSE(fault) << fault->message;
        const auto y = session.download<float>(to, x.size());
        const auto box = session.download<float>(raw, held / 4);
        const auto inside = [](int i, int extent) { return i >= 0 && i < extent; };
        for (int r = 0; r < static_cast<int>(rows); ++r) {
            for (int c = 0; c < static_cast<int>(columns); ++c) {
                const bool in_box = inside(r - row, box_rows) && inside(c - column, box_columns);
                EXPECT_EQ(y[r * columns + c], 0.5f + (in_box ? x[r * columns + c] : 0.0f)) << r << " " << c;
            }
        }
        for (int r = 0; r < static_cast<int>(box_rows); ++r) {
            for (int c = 0; c < static_cast<int>(box_columns); ++c) {
                // 16-byte chunks are exchanged by the number of the 128-byte line they are in.
                const unsigned at = r * pitch + c * 4, line = at / 128,
                               chunk = at / 16 ^ line % std::max(swizzle / 16, 1u);
                if (chunk * 16 >= bytes) {
                    continue; // the kernel copies out only so many
                }
                const bool exists = inside(r + row, rows) && inside(c + column, columns);
                EXPECT_EQ(box[(chunk * 16 + at % 16) / 4], exists ? x[(r + row) * columns + c + column] : 0.0f)
                    << r << " " << c;
            }
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Swizzles, Boxes, testing::Values(0, 32, 64, 128));

TEST_P(HopperEngines, APipelineOfCopiesAndProductsMultiplies) {
    constexpr unsigned m = 64, n = 32;
    for (const int k : {64, 128, 448}) {
        Session session(hopper(), GetParam());
        const auto a = halves(std::size_t{m} * k, 1), b = halves(std::size_t{n} * k, 2);
        const auto a_at = session.upload(a), b_at = session.upload(b);
        const auto c_at = session.buffer<float>(m * n);
        const MapBytes of_a = map_of(a_at, isa::Type::F16, m, k, m, 64, 128);
        const MapBytes of_b = map_of(b_at, isa::Type::F16, n, k, n, 64, 128);
        const auto fault = session.launch("pipeline", {.block = {160, 1, 1}}, of_a, of_b, c_at, k);
        ASSERT_FALSE(fault) << fault->message;
        const auto c = session.download<float>(c_at, m * n);
        for (unsigned row = 0; row < m; ++row) {
            for (unsigned column = 0; column < n; ++column) {
                float sum = 0;
                for (int i = 0; i < k; ++i) {
                    sum += value_of(a[row * k + i]) * value_of(b[column * k + i]);
                }
                ASSERT_EQ(c[row * n + column], sum) << row << " " << column << " k " << k;
            }
        }
    }
}

/// Core matrices of 8 x 8 halves for a matrix of `rows` x `columns`, the first index the one that is not contiguous.
template <class At> std::vector<std::uint16_t> core_matrices(unsigned groups, unsigned chunks, At at) {
    std::vector<std::uint16_t> tiles;
    for (unsigned group = 0; group < groups; ++group) {
        for (unsigned chunk = 0; chunk < chunks; ++chunk) {
            for (unsigned i = 0; i < 64; ++i) {
                tiles.push_back(at(group * 8 + i / 8, chunk * 8 + i % 8));
            }
        }
    }
    return tiles;
}

TEST_P(HopperEngines, OperandsOfWgmmaMayBeContiguousEitherWay) {
    constexpr unsigned m = 64, n = 8, k = 16;
    const auto a = halves(m * k, 3), b = halves(k * n, 4); // a[row][k], b[k][column]
    const auto check = [&](const std::vector<float>& c) {
        for (unsigned row = 0; row < m; ++row) {
            for (unsigned column = 0; column < n; ++column) {
                float sum = 1;
                for (unsigned i = 0; i < k; ++i) {
                    sum -= value_of(a[row * k + i]) * value_of(b[i * n + column]);
                }
                ASSERT_EQ(c[row * n + column], sum) << row << " " << column;
            }
        }
    };
    const auto at_a = [&](unsigned row, unsigned i) { return a[row * k + i]; };
    const auto at_b = [&](unsigned i, unsigned column) { return b[i * n + column]; };
    const auto run = [&](const char* kernel, const std::vector<std::uint16_t>& of_a,
                         const std::vector<std::uint16_t>& of_b, std::array<unsigned, 4> offsets) {
        Session session(hopper(), GetParam());
        const auto c = session.buffer<float>(m * n);
        const auto fault = session.launch(kernel, {.block = {128, 1, 1}}, session.upload(of_a), session.upload(of_b),
                                          offsets[0], offsets[1], offsets[2], offsets[3], c);
        ASSERT_FALSE(fault) << fault->message;
        check(session.download<float>(c, m * n));
    };
    // k contiguous: chunks along k 128 bytes apart, groups of 8 rows 256.
    run("product_kk", core_matrices(m / 8, k / 8, at_a),
        core_matrices(n / 8, k / 8, [&](unsigned column, unsigned i) { return at_b(i, column); }),
        {128, 256, 128, 256});
    // m and n contiguous: chunks along them are `stride` apart, groups of 8 k `leading`.
    run("product_mn", core_matrices(k / 8, m / 8, [&](unsigned i, unsigned row) { return at_a(row, i); }),
        core_matrices(k / 8, n / 8, at_b), {1024, 128, 128, 128});

    Session session(hopper(), GetParam());
    const auto c = session.buffer<float>(m * n);
    const auto fault = session.launch("product_registers", {.block = {128, 1, 1}}, session.upload(a),
                                      session.upload(core_matrices(k / 8, n / 8, at_b)), 128u, 128u, c);
    ASSERT_FALSE(fault) << fault->message;
    check(session.download<float>(c, m * n));
}

TEST(Hopper, MbarriersCountArrivalsAndBytesByPhase) {
    Mbarrier barrier{.expected = 2, .pending = 2};
    EXPECT_TRUE(barrier.add_bytes(100));
    EXPECT_TRUE(barrier.arrive(2, false));
    EXPECT_EQ(barrier.parity, 0u) << "bytes are still to come";
    EXPECT_TRUE(barrier.add_bytes(-100));
    barrier.settle();
    EXPECT_EQ(barrier.parity, 1u);
    EXPECT_EQ(barrier.pending, 2u);
    EXPECT_TRUE(barrier.arrive(1, true));
    EXPECT_TRUE(barrier.arrive(1, false));
    EXPECT_EQ(barrier.parity, 0u);
    EXPECT_EQ(barrier.pending, 1u) << "one has dropped out";
    EXPECT_FALSE(barrier.arrive(2, false)) << "more than are pending";
    EXPECT_FALSE(barrier.add_bytes(1 << 20));
    EXPECT_TRUE(barrier.add_bytes(-12345));
    const Mbarrier copy = Mbarrier::from(barrier.bits());
    EXPECT_EQ(copy.bytes, -12345);
    EXPECT_EQ(copy.expected, 1u);
    EXPECT_EQ(copy.pending, 1u);
}

TEST(Hopper, ATensorMapThatNobodyEncodedIsAFault) {
    Session session(hopper());
    const auto raw = session.buffer<float>(64);
    const auto fault = session.launch("tensor_box", {.block = {32, 1, 1}, .dynamic_shared = 256}, MapBytes{},
                                      MapBytes{}, 0, 0, raw, 256);
    ASSERT_TRUE(fault);
    EXPECT_NE(fault->message.find("no tensor map"), std::string::npos) << fault->message;
}

} // namespace
} // namespace assay::vgpu::test
