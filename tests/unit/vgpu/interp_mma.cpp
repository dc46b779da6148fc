// Every form of mma.sync against a plain triple loop, and the fragments against the figures of the ISA.
#include <bit>
#include <cmath>
#include <random>

#include <gtest/gtest.h>

#include "isa/evaluate.h"
#include "unit/vgpu/launch_fixture.h"
#include "vgpu/core/fragments.h"

namespace assay::vgpu::test {
namespace {

constexpr Shape one_warp{.block = {32, 1, 1}};

/// One form of mma.sync: the registers of each lane are loaded from and stored to global memory, lane by lane.
struct Form {
    const char* name; ///< the instruction without "mma.sync.aligned."
    MatrixShape shape;
    unsigned a_bits, b_bits, c_bits, d_bits;
};

void PrintTo(const Form& form, std::ostream* out) {
    *out << form.name;
}

class InterpretMma : public testing::TestWithParam<Form> {};

unsigned registers_of(isa::Fragment fragment, const MatrixShape& shape, unsigned bits) {
    return fragment_elements(fragment, shape) / elements_per_register(bits);
}

/// A kernel that runs the instruction once on fragments in memory: [lane][register], 32 or 64 bits each.
std::string kernel_of(const Form& form) {
    const auto type = [](unsigned bits) { return std::string(bits == 64 ? "f64" : bits == 32 ? "b32" : "b32"); };
    const auto width = [](unsigned bits) { return bits == 64 ? 8u : 4u; };
    std::string text = ".version 9.0\n.target sm_90\n.address_size 64\n"
                       ".visible .entry k(.param .u64 a, .param .u64 b, .param .u64 c, .param .u64 d)\n{\n"
                       ".reg .b32 %lane;\n.reg .b64 %base, %offset;\nmov.u32 %lane, %laneid;\n";
    std::string operands[4];
    const isa::Fragment fragments[4] = {isa::Fragment::A, isa::Fragment::B, isa::Fragment::C, isa::Fragment::D};
    const unsigned bits[4] = {form.a_bits, form.b_bits, form.c_bits, form.d_bits};
    const std::string names = "abcd";
    std::string stores;
    for (int i = 0; i < 4; ++i) {
        const unsigned count = registers_of(fragments[i], form.shape, bits[i]);
        const std::string name(1, names[static_cast<std::size_t>(i)]);
        const std::string address = "ld.param.u64 %base, [" + name + "];\nmul.wide.u32 %offset, %lane, " +
                                    std::to_string(count * width(bits[i])) + ";\nadd.u64 %base, %base, %offset;\n";
        const bool is_float = std::string(form.name).find("f32") != std::string::npos;
        const std::string declared = bits[i] == 64                         ? "f64"
                                     : bits[i] == 32 && i >= 2 && is_float ? "f32"
                                                                           : type(bits[i]);
        text += ".reg ." + declared + " %" + name + "<" + std::to_string(count) + ">;\n";
        (i < 3 ? text : stores) += address;
        for (unsigned r = 0; r < count; ++r) {
            const std::string reg = "%" + name + std::to_string(r);
            const std::string place = "[%base+" + std::to_string(r * width(bits[i])) + "]";
            if (i < 3) {
                text += "ld.global." + declared + " " + reg + ", " + place + ";\n";
            } else {
                stores += "st.global." + declared + " " + place + ", " + reg + ";\n";
            }
            operands[i] += (r != 0 ? ", " : "") + reg;
        }
        operands[i] = "{" + operands[i] + "}";
    }
    return text + "mma.sync.aligned." + form.name + " " + operands[3] + ", " + operands[0] + ", " + operands[1] + ", " +
           operands[2] + ";\n" + stores + "ret;\n}\n";
}

/// A value that every type of these forms holds exactly.
struct Code {
    double (*decode)(std::uint64_t);
    std::uint64_t (*encode)(int); ///< of a small integer
};

Code code_of(const std::string& name, unsigned bits, bool accumulator) {
    if (bits == 64) {
        return {[](std::uint64_t b) { return std::bit_cast<double>(b); },
                [](int v) { return std::bit_cast<std::uint64_t>(v / 4.0); }};
    }
    const bool integer = name.find(".s32") != std::string::npos;
    if (bits == 32 && accumulator && integer) {
        return {[](std::uint64_t b) { return double(static_cast<std::int32_t>(b)); },
                [](int v) { return std::uint64_t{static_cast<std::uint32_t>(v)}; }};
    }
    if (bits == 32) {
        return {[](std::uint64_t b) { return double{std::bit_cast<float>(static_cast<std::uint32_t>(b))}; },
                [](int v) { return std::uint64_t{std::bit_cast<std::uint32_t>(static_cast<float>(v))}; }};
    }
    if (bits == 16 && name.find("bf16") != std::string::npos) {
        return {[](std::uint64_t b) { return double{isa::bf16_to_f32(static_cast<std::uint16_t>(b))}; },
                [](int v) { return std::uint64_t{isa::f32_to_bf16(static_cast<float>(v))}; }};
    }
    if (bits == 16) {
        return {[](std::uint64_t b) { return double{isa::f16_to_f32(static_cast<std::uint16_t>(b))}; },
                [](int v) { return std::uint64_t{isa::f32_to_f16(static_cast<float>(v))}; }};
    }
    if (bits == 8 && name.find("e5m2") != std::string::npos) {
        return {[](std::uint64_t b) { return double{isa::f16_to_f32(static_cast<std::uint16_t>(b << 8))}; },
                [](int v) { return std::uint64_t{isa::f32_to_f16(static_cast<float>(v % 4))} >> 8; }};
    }
    if (bits == 8 && name.find("e4m3") != std::string::npos) {
        // 0, 1, 2 and 3 with a sign: 0x00, 0x38, 0x40, 0x44.
        return {[](std::uint64_t b) {
                    const int magnitude = (b & 0x7f) == 0x44 ? 3 : (b & 0x7f) == 0x40 ? 2 : (b & 0x7f) == 0x38 ? 1 : 0;
                    return double((b & 0x80) != 0 ? -magnitude : magnitude);
                },
                [](int v) {
                    const std::uint64_t magnitudes[4] = {0x00, 0x38, 0x40, 0x44};
                    return magnitudes[std::abs(v) % 4] | (v < 0 ? 0x80u : 0u);
                }};
    }
    if (name.find("s8") != std::string::npos) {
        return {[](std::uint64_t b) { return double(static_cast<std::int8_t>(b)); },
                [](int v) { return std::uint64_t{static_cast<std::uint8_t>(v * 6)}; }};
    }
    if (name.find("u8") != std::string::npos) {
        return {[](std::uint64_t b) { return double(b & 0xff); },
                [](int v) { return std::uint64_t{static_cast<std::uint8_t>(v * 6)}; }};
    }
    if (name.find("s4") != std::string::npos) {
        return {[](std::uint64_t b) { return double(static_cast<int>((b & 15) ^ 8) - 8); },
                [](int v) { return std::uint64_t(v) & 15; }};
    }
    return {[](std::uint64_t b) { return double(b & (1)); }, [](int v) { return std::uint64_t(v) & 1; }};
}

/// Packs a matrix into registers of all lanes, or back.
class Fragments {
public:
    Fragments(isa::Fragment fragment, const MatrixShape& shape, unsigned bits, unsigned columns)
        : fragment_(fragment), shape_(shape), bits_(bits), columns_(columns),
          registers_(registers_of(fragment, shape, bits)) {}

    [[nodiscard]] std::size_t size() const { return std::size_t{32} * registers_ * (bits_ == 64 ? 8 : 4); }

    [[nodiscard]] std::vector<std::uint8_t> pack(const std::vector<std::uint64_t>& matrix) const {
        std::vector<std::uint8_t> bytes(size());
        visit([&](std::size_t byte, unsigned shift, std::size_t at) {
            std::uint64_t word = 0;
            const std::size_t width = bits_ == 64 ? 8 : 4;
            std::memcpy(&word, bytes.data() + byte, width);
            word |= matrix[at] << shift;
            std::memcpy(bytes.data() + byte, &word, width);
        });
        return bytes;
    }

    [[nodiscard]] std::vector<std::uint64_t> unpack(const std::vector<std::uint8_t>& bytes, std::size_t count) const {
        std::vector<std::uint64_t> matrix(count);
        visit([&](std::size_t byte, unsigned shift, std::size_t at) {
            std::uint64_t word = 0;
            std::memcpy(&word, bytes.data() + byte, bits_ == 64 ? 8 : 4);
            matrix[at] = bits_ == 64 ? word : word >> shift & ((1ull << bits_) - 1);
        });
        return matrix;
    }

private:
    template <class Use> void visit(Use use) const {
        const unsigned each = elements_per_register(bits_);
        for (unsigned lane = 0; lane < 32; ++lane) {
            for (unsigned element = 0; element < registers_ * each; ++element) {
                const MatrixPosition at = fragment_position(fragment_, shape_, each, lane, element);
                use((lane * registers_ + element / each) * (bits_ == 64 ? 8u : 4u), element % each * bits_,
                    at.row * columns_ + at.column);
            }
        }
    }

    isa::Fragment fragment_;
    MatrixShape shape_;
    unsigned bits_, columns_, registers_;
};

TEST_P(InterpretMma, MultipliesAndAdds) {
    const Form& form = GetParam();
    const auto [m, n, k] = form.shape;
    const std::string name = form.name;
    const Code in = code_of(name, form.a_bits, false), c_code = code_of(name, form.c_bits, true);
    const Code d_code = code_of(name, form.d_bits, true);
    std::mt19937 random(7);
    const auto draw = [&](std::size_t count, const Code& code) {
        std::vector<std::uint64_t> values(count);
        for (auto& value : values) {
            value = code.encode(static_cast<int>(random() % 7) - 3);
        }
        return values;
    };
    const auto a = draw(m * k, in), b = draw(k * n, in), c = draw(m * n, c_code);
    const Fragments fa(isa::Fragment::A, form.shape, form.a_bits, k), fb(isa::Fragment::B, form.shape, form.b_bits, n),
        fc(isa::Fragment::C, form.shape, form.c_bits, n), fd(isa::Fragment::D, form.shape, form.d_bits, n);

    Session s(kernel_of(form));
    const auto da = s.upload(fa.pack(a)), db = s.upload(fb.pack(b)), dc = s.upload(fc.pack(c));
    const auto dd = s.buffer<std::uint8_t>(fd.size());
    const auto fault = s.launch("k", one_warp, da, db, dc, dd);
    ASSERT_FALSE(fault) << fault->message;
    const auto d = fd.unpack(s.download<std::uint8_t>(dd, fd.size()), m * n);

    const bool binary = form.a_bits == 1, both = name.find("and") != std::string::npos;
    for (unsigned row = 0; row < m; ++row) {
        for (unsigned column = 0; column < n; ++column) {
            double sum = c_code.decode(c[row * n + column]);
            for (unsigned i = 0; i < k; ++i) {
                const double x = in.decode(a[row * k + i]), y = in.decode(b[i * n + column]);
                sum += binary && !both ? static_cast<double>(x != y) : x * y;
            }
            ASSERT_EQ(d_code.decode(d[row * n + column]), sum) << row << "," << column;
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Forms, InterpretMma,
                         testing::Values(Form{"m16n8k8.row.col.f32.f16.f16.f32", {16, 8, 8}, 16, 16, 32, 32},
                                         Form{"m16n8k8.row.col.f16.f16.f16.f16", {16, 8, 8}, 16, 16, 16, 16},
                                         Form{"m16n8k16.row.col.f32.f16.f16.f32", {16, 8, 16}, 16, 16, 32, 32},
                                         Form{"m16n8k16.row.col.f16.f16.f16.f16", {16, 8, 16}, 16, 16, 16, 16},
                                         Form{"m16n8k8.row.col.f32.bf16.bf16.f32", {16, 8, 8}, 16, 16, 32, 32},
                                         Form{"m16n8k16.row.col.f32.bf16.bf16.f32", {16, 8, 16}, 16, 16, 32, 32},
                                         Form{"m16n8k4.row.col.f32.tf32.tf32.f32", {16, 8, 4}, 32, 32, 32, 32},
                                         Form{"m16n8k8.row.col.f32.tf32.tf32.f32", {16, 8, 8}, 32, 32, 32, 32},
                                         Form{"m16n8k32.row.col.f32.e4m3.e4m3.f32", {16, 8, 32}, 8, 8, 32, 32},
                                         Form{"m16n8k32.row.col.f32.e5m2.e5m2.f32", {16, 8, 32}, 8, 8, 32, 32},
                                         Form{"m8n8k4.row.col.f64.f64.f64.f64", {8, 8, 4}, 64, 64, 64, 64},
                                         Form{"m16n8k4.row.col.f64.f64.f64.f64", {16, 8, 4}, 64, 64, 64, 64},
                                         Form{"m16n8k8.row.col.f64.f64.f64.f64", {16, 8, 8}, 64, 64, 64, 64},
                                         Form{"m16n8k16.row.col.f64.f64.f64.f64", {16, 8, 16}, 64, 64, 64, 64},
                                         Form{"m8n8k16.row.col.s32.s8.s8.s32", {8, 8, 16}, 8, 8, 32, 32},
                                         Form{"m16n8k16.row.col.s32.u8.u8.s32", {16, 8, 16}, 8, 8, 32, 32},
                                         Form{"m16n8k32.row.col.satfinite.s32.s8.s8.s32", {16, 8, 32}, 8, 8, 32, 32},
                                         Form{"m8n8k32.row.col.s32.s4.s4.s32", {8, 8, 32}, 4, 4, 32, 32},
                                         Form{"m16n8k32.row.col.s32.s4.s4.s32", {16, 8, 32}, 4, 4, 32, 32},
                                         Form{"m16n8k64.row.col.s32.s4.s4.s32", {16, 8, 64}, 4, 4, 32, 32},
                                         Form{"m8n8k128.row.col.s32.b1.b1.s32.xor.popc", {8, 8, 128}, 1, 1, 32, 32},
                                         Form{"m16n8k128.row.col.s32.b1.b1.s32.and.popc", {16, 8, 128}, 1, 1, 32, 32},
                                         Form{"m16n8k256.row.col.s32.b1.b1.s32.xor.popc", {16, 8, 256}, 1, 1, 32, 32}));

// The formula of fragments.h against the figures of the ISA, which give each layout on its own.
TEST(Fragments, AreThoseOfTheIsa) {
    using isa::Fragment;
    const auto at = fragment_position;
    const unsigned lane = 13; // group 3, 1 in its group
    // m16n8k16, f16: a4 is in row 3, column 2 + 8; a6 8 rows below.
    EXPECT_EQ(at(Fragment::A, {16, 8, 16}, 2, lane, 0), (MatrixPosition{3, 2}));
    EXPECT_EQ(at(Fragment::A, {16, 8, 16}, 2, lane, 3), (MatrixPosition{11, 3}));
    EXPECT_EQ(at(Fragment::A, {16, 8, 16}, 2, lane, 4), (MatrixPosition{3, 10}));
    EXPECT_EQ(at(Fragment::A, {16, 8, 16}, 2, lane, 7), (MatrixPosition{11, 11}));
    EXPECT_EQ(at(Fragment::B, {16, 8, 16}, 2, lane, 1), (MatrixPosition{3, 3}));
    EXPECT_EQ(at(Fragment::B, {16, 8, 16}, 2, lane, 2), (MatrixPosition{10, 3}));
    EXPECT_EQ(at(Fragment::C, {16, 8, 16}, 1, lane, 1), (MatrixPosition{3, 3}));
    EXPECT_EQ(at(Fragment::C, {16, 8, 16}, 1, lane, 2), (MatrixPosition{11, 2}));
    // m16n8k8, tf32: a1 is 8 rows below a0, a2 4 columns on.
    EXPECT_EQ(at(Fragment::A, {16, 8, 8}, 1, lane, 1), (MatrixPosition{11, 1}));
    EXPECT_EQ(at(Fragment::A, {16, 8, 8}, 1, lane, 2), (MatrixPosition{3, 5}));
    EXPECT_EQ(at(Fragment::B, {16, 8, 8}, 1, lane, 1), (MatrixPosition{5, 3}));
    // m16n8k32, s8: a4 to a7 8 rows below, a8 16 columns on.
    EXPECT_EQ(at(Fragment::A, {16, 8, 32}, 4, lane, 6), (MatrixPosition{11, 6}));
    EXPECT_EQ(at(Fragment::A, {16, 8, 32}, 4, lane, 9), (MatrixPosition{3, 21}));
    EXPECT_EQ(at(Fragment::B, {16, 8, 32}, 4, lane, 5), (MatrixPosition{21, 3}));
    // m8n8k16, s8, and m8n8k4, f64.
    EXPECT_EQ(at(Fragment::A, {8, 8, 16}, 4, lane, 2), (MatrixPosition{3, 6}));
    EXPECT_EQ(at(Fragment::C, {8, 8, 16}, 1, lane, 1), (MatrixPosition{3, 3}));
    EXPECT_EQ(at(Fragment::A, {8, 8, 4}, 1, lane, 0), (MatrixPosition{3, 1}));
    EXPECT_EQ(at(Fragment::B, {8, 8, 4}, 1, lane, 0), (MatrixPosition{1, 3}));
    // m16n8k16, f64: a5 is 8 rows below, in the third run of 4 columns.
    EXPECT_EQ(at(Fragment::A, {16, 8, 16}, 1, lane, 5), (MatrixPosition{11, 9}));
    // m16n8k256, b1.
    EXPECT_EQ(at(Fragment::A, {16, 8, 256}, 32, lane, 64 + 5), (MatrixPosition{3, 165}));
    EXPECT_EQ(at(Fragment::A, {16, 8, 256}, 32, lane, 96 + 5), (MatrixPosition{11, 165}));
}

TEST(Fragments, EveryElementIsHeld) {
    for (const MatrixShape& shape : {MatrixShape{16, 16, 16}, {8, 32, 16}, {32, 8, 16}, {16, 16, 8}, {16, 8, 64}}) {
        for (const auto fragment : {isa::Fragment::A, isa::Fragment::B, isa::Fragment::C}) {
            const unsigned rows = fragment == isa::Fragment::B ? shape.k : shape.m;
            const unsigned columns = fragment == isa::Fragment::A ? shape.k : shape.n;
            std::vector<int> held(rows * columns);
            for (unsigned lane = 0; lane < 32; ++lane) {
                for (unsigned i = 0; i < fragment_elements(fragment, shape); ++i) {
                    const auto at = fragment_position(fragment, shape, fragment == isa::Fragment::C ? 1 : 2, lane, i);
                    ++held.at(at.row * columns + at.column);
                }
            }
            EXPECT_EQ(held, std::vector<int>(rows * columns, 1));
        }
    }
}

} // namespace
} // namespace assay::vgpu::test
