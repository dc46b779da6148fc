// Matrix instructions against a plain triple loop: wmma as C++ uses it, mma.m8n8k4, ldmatrix and kin, cp.async.
#include <random>

#include <gtest/gtest.h>

#include "isa/evaluate.h"
#include "unit/vgpu/launch_fixture.h"
#include "vgpu/core/fragments.h"

namespace assay::vgpu::test {
namespace {

constexpr Shape one_warp{.block = {32, 1, 1}};

/// How the elements of a matrix are stored, and small values that it holds exactly.
template <class Storage> struct Element {
    Storage (*encode)(int);
    double (*decode)(Storage);
};
const Element<std::uint16_t> half{[](int v) { return isa::f32_to_f16(static_cast<float>(v) / 4); },
                                  [](std::uint16_t bits) { return double{isa::f16_to_f32(bits)}; }};
const Element<std::uint16_t> brain{[](int v) { return isa::f32_to_bf16(static_cast<float>(v) / 4); },
                                   [](std::uint16_t bits) { return double{isa::bf16_to_f32(bits)}; }};
const Element<float> single{[](int v) { return static_cast<float>(v) / 4; }, [](float v) { return double{v}; }};
const Element<double> twofold{[](int v) { return v / 4.0; }, [](double v) { return v; }};
const Element<std::int8_t> byte{[](int v) { return static_cast<std::int8_t>(v * 5); },
                                [](std::int8_t v) { return double(v); }};
const Element<std::uint8_t> unsigned_byte{[](int v) { return static_cast<std::uint8_t>(v * 11); },
                                          [](std::uint8_t v) { return double(v); }};
const Element<int> word{[](int v) { return v; }, [](int v) { return double(v); }};

template <class T> std::vector<T> random_matrix(std::size_t size, const Element<T>& element, unsigned seed) {
    std::mt19937 random(seed);
    std::vector<T> values(size);
    for (T& value : values) {
        value = element.encode(static_cast<int>(random() % 41) - 20);
    }
    return values;
}

/// 2 (A B + C), exact in the types above.
template <class In, class Acc>
void check_wmma(Session& s, const std::string& kernel, const MatrixShape& shape, const Element<In>& in,
                const Element<Acc>& acc) {
    const unsigned m = shape.m, n = shape.n, k = shape.k;
    const auto a = random_matrix(m * k, in, 1), b = random_matrix(k * n, in, 2);
    const auto c = random_matrix(m * n, acc, 3);
    for (const bool columns : {false, true}) {
        const auto at = [&](unsigned row, unsigned column, unsigned rows, unsigned width) {
            return columns ? column * rows + row : row * width + column;
        };
        const auto da = s.upload(a), db = s.upload(b), dc = s.upload(c), dd = s.buffer<Acc>(m * n);
        const auto fault = s.launch(kernel + (columns ? "_columns" : ""), one_warp, da, db, dc, dd);
        ASSERT_FALSE(fault) << fault->message;
        const auto d = s.download<Acc>(dd, m * n);
        for (unsigned row = 0; row < m; ++row) {
            for (unsigned column = 0; column < n; ++column) {
                double sum = acc.decode(c[at(row, column, m, n)]);
                for (unsigned i = 0; i < k; ++i) {
                    sum += in.decode(a[at(row, i, m, k)]) * in.decode(b[at(i, column, k, n)]);
                }
                ASSERT_EQ(acc.decode(d[at(row, column, m, n)]), 2 * sum) << kernel << " " << row << "," << column;
            }
        }
    }
}

TEST(InterpretTensor, WmmaOfEveryShapeAndType) {
    Session s(read_kernel("kernels/tensor.ptx"));
    check_wmma(s, "half_16_16_16", {16, 16, 16}, half, single);
    check_wmma(s, "half_8_32_16", {8, 32, 16}, half, single);
    check_wmma(s, "half_32_8_16", {32, 8, 16}, half, single);
    check_wmma(s, "bf16_16_16_16", {16, 16, 16}, brain, single);
    check_wmma(s, "bf16_8_32_16", {8, 32, 16}, brain, single);
    check_wmma(s, "bf16_32_8_16", {32, 8, 16}, brain, single);
    check_wmma(s, "s8_16_16_16", {16, 16, 16}, byte, word);
    check_wmma(s, "s8_8_32_16", {8, 32, 16}, byte, word);
    check_wmma(s, "s8_32_8_16", {32, 8, 16}, byte, word);
    check_wmma(s, "u8_16_16_16", {16, 16, 16}, unsigned_byte, word);
    check_wmma(s, "f64_8_8_4", {8, 8, 4}, twofold, twofold);
}

TEST(InterpretTensor, WmmaWithHalfAccumulatorsRoundsOnce) {
    Session s(read_kernel("kernels/tensor.ptx"));
    const auto a = random_matrix(256, half, 4), b = random_matrix(256, half, 5), c = random_matrix(256, half, 6);
    const auto da = s.upload(a), db = s.upload(b), dc = s.upload(c), dd = s.buffer<std::uint16_t>(256);
    const auto fault = s.launch("halfhalf_16_16_16", one_warp, da, db, dc, dd);
    ASSERT_FALSE(fault) << fault->message;
    const auto d = s.download<std::uint16_t>(dd, 256);
    for (unsigned row = 0; row < 16; ++row) {
        for (unsigned column = 0; column < 16; ++column) {
            float sum = isa::f16_to_f32(c[row * 16 + column]); // exact up to here
            for (unsigned i = 0; i < 16; ++i) {
                sum += isa::f16_to_f32(a[row * 16 + i]) * isa::f16_to_f32(b[i * 16 + column]);
            }
            const float rounded = isa::f16_to_f32(isa::f32_to_f16(sum));
            ASSERT_EQ(isa::f16_to_f32(d[row * 16 + column]), 2 * rounded) << row << "," << column;
        }
    }
}

TEST(InterpretTensor, WmmaOnTf32) {
    Session s(read_kernel("kernels/tensor.ptx"));
    const auto a = random_matrix(128, single, 1), b = random_matrix(128, single, 2), c = random_matrix(256, single, 3);
    const auto da = s.upload(a), db = s.upload(b), dc = s.upload(c), dd = s.buffer<float>(256);
    const auto fault = s.launch("tf32_16_16_8", one_warp, da, db, dc, dd);
    ASSERT_FALSE(fault) << fault->message;
    const auto d = s.download<float>(dd, 256);
    for (unsigned row = 0; row < 16; ++row) {
        for (unsigned column = 0; column < 16; ++column) {
            float sum = c[row * 16 + column];
            for (unsigned i = 0; i < 8; ++i) {
                sum += a[row * 8 + i] * b[column * 8 + i];
            }
            ASSERT_EQ(d[row * 16 + column], sum) << row << "," << column;
        }
    }
}

// mma.m8n8k4 on f16: four products by quad pairs, in every combination of layouts.
TEST(InterpretTensor, QuadPairs) {
    for (const bool wide : {false, true}) {
        for (const std::string layouts : {"row.col", "row.row", "col.col", "col.row"}) {
            const auto a_layout = layouts.starts_with("row") ? isa::MatrixLayout::Row : isa::MatrixLayout::Col;
            const auto b_layout = layouts.ends_with("row") ? isa::MatrixLayout::Row : isa::MatrixLayout::Col;
            const std::string acc = wide ? "f32" : "f16", reg = wide ? "f32" : "b32";
            const unsigned count = wide ? 8 : 4;
            std::string text = ".version 9.0\n.target sm_90\n.address_size 64\n"
                               ".visible .entry k(.param .u64 a, .param .u64 b, .param .u64 d)\n{\n"
                               ".reg .b32 %l, %a<2>, %b<2>;\n.reg ." +
                               reg +
                               " %c<8>;\n.reg .b64 %p, %o;\nmov.u32 %l, %laneid;\nmul.wide.u32 %o, %l, 8;\n"
                               "ld.param.u64 %p, [a];\nadd.u64 %p, %p, %o;\nld.global.v2.b32 {%a0, %a1}, [%p];\n"
                               "ld.param.u64 %p, [b];\nadd.u64 %p, %p, %o;\nld.global.v2.b32 {%b0, %b1}, [%p];\n";
            std::string c;
            for (unsigned i = 0; i < count; ++i) {
                text += "mov." + reg + " %c" + std::to_string(i) + ", " + (wide ? "0f00000000" : "0") + ";\n";
                c += (i != 0 ? ", %c" : "%c") + std::to_string(i);
            }
            text += "mma.sync.aligned.m8n8k4." + layouts + "." + acc + ".f16.f16." + acc + " {" + c +
                    "}, {%a0, %a1}, {%b0, %b1}, {" + c + "};\nld.param.u64 %p, [d];\nmul.wide.u32 %o, %l, " +
                    std::to_string(4 * count) + ";\nadd.u64 %p, %p, %o;\n";
            for (unsigned i = 0; i < count; ++i) {
                text += "st.global." + reg + " [%p+" + std::to_string(4 * i) + "], %c" + std::to_string(i) + ";\n";
            }
            text += "ret;\n}\n";
            const auto a = random_matrix(128, half, 8), b = random_matrix(128, half, 9); // [lane][element]
            Session s(text);
            const auto da = s.upload(a), db = s.upload(b), dd = s.buffer<std::uint8_t>(32 * 4 * count);
            const auto fault = s.launch("k", one_warp, da, db, dd);
            ASSERT_FALSE(fault) << fault->message;
            const auto d32 = s.download<float>(dd, 32 * count);
            const auto d16 = s.download<std::uint16_t>(dd, 32 * count * 2);

            std::vector<float> ma(4 * 32), mb(4 * 32);
            for (unsigned lane = 0; lane < 32; ++lane) {
                for (unsigned i = 0; i < 4; ++i) {
                    const auto pa = quad_pair_position(isa::Fragment::A, a_layout, wide, lane, i);
                    const auto pb = quad_pair_position(isa::Fragment::B, b_layout, wide, lane, i);
                    ma.at(quad_pair(lane) * 32 + pa.row * 4 + pa.column) = isa::f16_to_f32(a[lane * 4 + i]);
                    mb.at(quad_pair(lane) * 32 + pb.row * 8 + pb.column) = isa::f16_to_f32(b[lane * 4 + i]);
                }
            }
            for (unsigned lane = 0; lane < 32; ++lane) {
                for (unsigned i = 0; i < 8; ++i) {
                    const auto at = quad_pair_position(isa::Fragment::D, a_layout, wide, lane, i);
                    float sum = 0;
                    for (unsigned k = 0; k < 4; ++k) {
                        sum += ma[quad_pair(lane) * 32 + at.row * 4 + k] * mb[quad_pair(lane) * 32 + k * 8 + at.column];
                    }
                    const float got = wide ? d32[lane * 8 + i] : isa::f16_to_f32(d16[lane * 8 + i]);
                    ASSERT_EQ(got, wide ? sum : isa::f16_to_f32(isa::f32_to_f16(sum))) << layouts << " " << lane;
                }
            }
        }
    }
}

TEST(InterpretTensor, MatrixRowsMoveBetweenLanesAndMemory) {
    Session s(read_kernel("kernels/tensor.ptx"));
    std::vector<std::uint16_t> tile(256);
    for (unsigned i = 0; i < 256; ++i) {
        tile[i] = static_cast<std::uint16_t>(i * 257);
    }
    const auto in = s.upload(tile), out = s.buffer<unsigned>(32 * 16), stored = s.buffer<std::uint16_t>(256);
    const auto fault = s.launch("move_rows", one_warp, in, out, stored);
    ASSERT_FALSE(fault) << fault->message;
    const auto result = s.download<unsigned>(out, 32 * 16);
    const auto element = [&](unsigned matrix, unsigned row, unsigned column) -> unsigned {
        return tile[matrix * 64 + row * 8 + column];
    };
    for (unsigned lane = 0; lane < 32; ++lane) {
        const unsigned row = lane / 4, column = lane % 4 * 2;
        const auto plain = [&](unsigned matrix) {
            return element(matrix, row, column) | element(matrix, row, column + 1) << 16;
        };
        const auto transposed = [&](unsigned matrix) {
            return element(matrix, column, row) | element(matrix, column + 1, row) << 16;
        };
        const std::vector<unsigned> expected{plain(0),      plain(1),      plain(2), plain(3),
                                             transposed(0), transposed(1), plain(0), transposed(0)};
        EXPECT_EQ(std::vector<unsigned>(result.begin() + lane * 16, result.begin() + lane * 16 + 8), expected) << lane;
    }
    // stmatrix.trans stored matrix 0 transposed, and its transpose transposed: itself.
    const auto after = s.download<std::uint16_t>(stored, 256);
    for (unsigned row = 0; row < 8; ++row) {
        for (unsigned column = 0; column < 8; ++column) {
            EXPECT_EQ(after[row * 8 + column], element(0, column, row));
            EXPECT_EQ(after[64 + row * 8 + column], element(0, row, column));
            EXPECT_EQ(after[128 + row * 8 + column], element(2, row, column));
        }
    }
}

TEST(InterpretTensor, AsynchronousCopiesFillWithZeros) {
    Session s(read_kernel("kernels/tensor.ptx"));
    const int rounds = 4;
    std::vector<float> values(32 * 4 * rounds);
    for (std::size_t i = 0; i < values.size(); ++i) {
        values[i] = static_cast<float>(i + 1);
    }
    const auto in = s.upload(values), out = s.buffer<float>(values.size());
    const auto fault = s.launch("async_copy", one_warp, in, out, rounds);
    ASSERT_FALSE(fault) << fault->message;
    const auto result = s.download<float>(out, values.size());
    for (int round = 0; round < rounds; ++round) {
        for (int lane = 0; lane < 32; ++lane) {
            const int from = 31 - lane;
            for (int i = 0; i < 4; ++i) {
                // All but the first round leave out the last `from % 4` floats.
                const bool copied = round == 0 || i < 4 - from % 4;
                EXPECT_EQ(result[(round * 32 + lane) * 4 + i], copied ? values[(round * 32 + from) * 4 + i] : 0);
            }
        }
    }
}

} // namespace
} // namespace assay::vgpu::test
