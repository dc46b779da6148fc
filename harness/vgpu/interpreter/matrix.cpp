// Warp-level matrices: mma, wmma, ldmatrix, stmatrix, movmatrix (9.7.14).
//
// A multiplication gathers the fragments of all lanes into whole matrices, multiplies those, and hands the result back.
// The ISA leaves the precision of floating-point accumulation open. Here products are exact, and are added in the order
// of k to the element of C with one rounding to f32 for each; an f16 result is accumulated in f32 and rounded once, at
// the end. f64 uses fma in the order of k; integers are exact before they wrap or saturate.
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <vector>

#include "vgpu/core/fragments.h"
#include "vgpu/interpreter/machine.h"

namespace assay::vgpu::interpreter {

namespace {

/// A whole matrix as raw elements, row by row.
struct Matrix {
    unsigned columns = 0;
    std::vector<std::uint64_t> elements;

    Matrix(unsigned rows, unsigned width) : columns(width), elements(std::size_t{rows} * width) {}
    std::uint64_t& at(unsigned row, unsigned column) { return elements[row * columns + column]; }
    [[nodiscard]] std::uint64_t at(unsigned row, unsigned column) const { return elements[row * columns + column]; }
};

constexpr std::uint64_t mask_of(unsigned bits) {
    return bits >= 64 ? ~0ull : (1ull << bits) - 1;
}

float e4m3_to_f32(std::uint64_t bits) {
    const unsigned exponent = bits >> 3 & 15, fraction = bits & 7;
    float value = 0;
    if (exponent == 15 && fraction == 7) {
        value = std::numeric_limits<float>::quiet_NaN();
    } else if (exponent == 0) {
        value = std::ldexp(static_cast<float>(fraction), -9);
    } else {
        value = std::ldexp(static_cast<float>(8 + fraction), static_cast<int>(exponent) - 10);
    }
    return (bits & 0x80) != 0 ? -value : value;
}

/// The upper byte of an f16 has the layout of e5m2.
float e5m2_to_f32(std::uint64_t bits) {
    return isa::f16_to_f32(static_cast<std::uint16_t>(bits << 8));
}

float to_f32(isa::Type type, std::uint64_t bits) {
    switch (type) {
    case isa::Type::F16:
        return isa::f16_to_f32(static_cast<std::uint16_t>(bits));
    case isa::Type::BF16:
        return isa::bf16_to_f32(static_cast<std::uint16_t>(bits));
    case isa::Type::TF32: // the lower 13 bits are ignored
        return std::bit_cast<float>(static_cast<std::uint32_t>(bits) & 0xffffe000u);
    case isa::Type::E4M3:
        return e4m3_to_f32(bits);
    case isa::Type::E5M2:
        return e5m2_to_f32(bits);
    default:
        return std::bit_cast<float>(static_cast<std::uint32_t>(bits));
    }
}

std::uint64_t from_f32(isa::Type type, float value) {
    if (type == isa::Type::F16) {
        return std::isnan(value) ? 0x7fff : isa::f32_to_f16(value);
    }
    return std::isnan(value) ? 0x7fffffffu : std::bit_cast<std::uint32_t>(value);
}

std::int64_t to_integer(isa::Type type, std::uint64_t bits) {
    const unsigned width = isa::bits_of(type);
    if (!isa::is_signed(type)) {
        return static_cast<std::int64_t>(bits & mask_of(width));
    }
    const std::uint64_t sign = 1ull << (width - 1);
    return static_cast<std::int64_t>(((bits & mask_of(width)) ^ sign) - sign);
}

std::uint64_t multiply_f32(const isa::Modifiers& mod, const Matrix& a, const Matrix& b, std::uint64_t c, unsigned row,
                           unsigned column) {
    float sum = to_f32(mod.c_type, c);
    for (unsigned k = 0; k < mod.k; ++k) {
        // The product is exact in f32, so this rounds once.
        sum = std::fma(to_f32(mod.a_type, a.at(row, k)), to_f32(mod.b_type, b.at(k, column)), sum);
    }
    return from_f32(mod.d_type, sum);
}

std::uint64_t multiply_f64(const isa::Modifiers& mod, const Matrix& a, const Matrix& b, std::uint64_t c, unsigned row,
                           unsigned column) {
    isa::Instruction fma;
    fma.opcode = isa::Opcode::Fma;
    fma.mod.type = isa::Type::F64;
    fma.mod.rounding = mod.rounding == isa::Rounding::None ? isa::Rounding::Rn : mod.rounding;
    isa::Flags flags;
    isa::Value sum{c};
    for (unsigned k = 0; k < mod.k; ++k) {
        const std::array<isa::Value, 3> src{isa::Value{a.at(row, k)}, isa::Value{b.at(k, column)}, sum};
        isa::evaluate(fma, src, std::span(&sum, 1), flags);
    }
    return sum.bits;
}

std::uint64_t multiply_integer(const isa::Modifiers& mod, const Matrix& a, const Matrix& b, std::uint64_t c,
                               unsigned row, unsigned column) {
    std::int64_t sum = static_cast<std::int32_t>(c);
    for (unsigned k = 0; k < mod.k; ++k) {
        const std::int64_t x = to_integer(mod.a_type, a.at(row, k));
        const std::int64_t y = to_integer(mod.b_type, b.at(k, column));
        if (mod.a_type != isa::Type::B1) {
            sum += x * y;
        } else {
            sum += mod.atomic == isa::AtomicOp::And ? (x & y) : (x ^ y);
        }
    }
    if (mod.satfinite) {
        sum = std::clamp<std::int64_t>(sum, std::numeric_limits<std::int32_t>::min(),
                                       std::numeric_limits<std::int32_t>::max());
    }
    return static_cast<std::uint32_t>(sum);
}

/// D = A B + C.
void multiply(const isa::Modifiers& mod, const Matrix& a, const Matrix& b, const Matrix& c, Matrix& d) {
    auto* const product = mod.d_type == isa::Type::F64   ? multiply_f64
                          : mod.d_type == isa::Type::S32 ? multiply_integer
                                                         : multiply_f32;
    for (unsigned row = 0; row < mod.m; ++row) {
        for (unsigned column = 0; column < mod.n; ++column) {
            d.at(row, column) = product(mod, a, b, c.at(row, column), row, column);
        }
    }
}

MatrixShape shape_of(const isa::Modifiers& mod) {
    return {mod.m, mod.n, mod.k};
}

/// Calls `use(register operand, first element in it, elements in it)` for each register of a fragment.
template <class Use> void for_each_register(const isa::Operand& fragment, unsigned bits, Use use) {
    const unsigned per_register = elements_per_register(bits);
    for (unsigned i = 0; i < fragment.elements.size(); ++i) {
        use(fragment.elements[i], i * per_register, per_register);
    }
}

/// Where an element of a fragment lies; for mma.m8n8k4 on f16 in the matrices of the quad pair.
struct Layout {
    isa::Fragment fragment;
    MatrixShape shape;
    isa::Type type;
    bool by_quad_pair = false;
    isa::MatrixLayout order = isa::MatrixLayout::Row;

    [[nodiscard]] MatrixPosition operator()(unsigned lane, unsigned element) const {
        if (by_quad_pair) {
            return quad_pair_position(fragment, order, type == isa::Type::F32, lane, element);
        }
        return fragment_position(fragment, shape, elements_per_register(isa::bits_of(type)), lane, element);
    }
};

} // namespace

void Machine::matrix(Block& block, Warp& warp, Lanes lanes) {
    const auto first = static_cast<std::uint32_t>(std::countr_zero(lanes));
    switch (context_of(block, warp, first).instruction.opcode) {
    case isa::Opcode::Mma:
    case isa::Opcode::WmmaMma:
        return multiply_matrices(block, warp, lanes);
    case isa::Opcode::WmmaLoad:
    case isa::Opcode::WmmaStore:
        for_each_lane(lanes, [&](std::uint32_t lane) { move_fragment(context_of(block, warp, lane)); });
        return;
    default:
        return move_rows(block, warp, lanes);
    }
}

void Machine::multiply_matrices(Block& block, Warp& warp, Lanes lanes) {
    const auto first = static_cast<std::uint32_t>(std::countr_zero(lanes));
    const isa::Instruction& instruction = context_of(block, warp, first).instruction;
    const isa::Modifiers& mod = instruction.mod;
    const bool by_quad_pair =
        instruction.opcode == isa::Opcode::Mma && mod.m == 8 && mod.k == 4 && mod.a_type == isa::Type::F16;
    const Layout layouts[] = {
        {isa::Fragment::A, shape_of(mod), mod.a_type, by_quad_pair, mod.a_layout},
        {isa::Fragment::B, shape_of(mod), mod.b_type, by_quad_pair, mod.b_layout},
        {isa::Fragment::C, shape_of(mod), mod.c_type, by_quad_pair},
        {isa::Fragment::D, shape_of(mod), mod.d_type, by_quad_pair},
    };
    for (unsigned part = 0; part < (by_quad_pair ? 4u : 1u); ++part) {
        Lanes members = lanes;
        for_each_lane(by_quad_pair ? lanes : 0, [&](std::uint32_t lane) {
            if (quad_pair(lane) != part) {
                members &= ~(1u << lane);
            }
        });
        std::array<Matrix, 4> matrices{Matrix(mod.m, mod.k), Matrix(mod.k, mod.n), Matrix(mod.m, mod.n),
                                       Matrix(mod.m, mod.n)};
        for (unsigned i = 0; i < 3; ++i) {
            const unsigned bits = isa::bits_of(layouts[i].type);
            for_each_lane(members, [&](std::uint32_t lane) {
                const Context context = context_of(block, warp, lane);
                for_each_register(context.instruction.src[i], bits,
                                  [&](const auto& reg, unsigned start, unsigned count) {
                                      const std::uint64_t value = read(context, reg).bits;
                                      for (unsigned j = 0; j < count; ++j) {
                                          const MatrixPosition at = layouts[i](lane, start + j);
                                          matrices[i].at(at.row, at.column) = value >> (j * bits) & mask_of(bits);
                                      }
                                  });
            });
        }
        multiply(mod, matrices[0], matrices[1], matrices[2], matrices[3]);
        const unsigned bits = isa::bits_of(mod.d_type);
        for_each_lane(members, [&](std::uint32_t lane) {
            const Context context = context_of(block, warp, lane);
            for_each_register(context.instruction.dst[0], bits, [&](const auto& reg, unsigned start, unsigned count) {
                std::uint64_t value = 0;
                for (unsigned j = 0; j < count; ++j) {
                    const MatrixPosition at = layouts[3](lane, start + j);
                    value |= matrices[3].at(at.row, at.column) << (j * bits);
                }
                write(context, reg, {value});
            });
        });
    }
}

/// wmma.load and wmma.store for one lane: element by element, addresses counted in bits for the types below a byte.
void Machine::move_fragment(const Context& context) {
    const isa::Instruction& instruction = context.instruction;
    const isa::Modifiers& mod = instruction.mod;
    const bool loads = instruction.opcode == isa::Opcode::WmmaLoad;
    const std::uint64_t base = read(context, instruction.src[0]).bits;
    const std::uint64_t stride = read(context, instruction.src[loads ? 1 : 2]).bits & 0xffffffffu;
    const unsigned bits = isa::bits_of(mod.type);
    const unsigned bytes = std::max(bits / 8, 1u);
    const Layout layout{mod.fragment, shape_of(mod), mod.type};

    const auto element_at = [&](unsigned element) { // its number in memory
        const MatrixPosition at = layout(context.thread.lane, element);
        return mod.a_layout == isa::MatrixLayout::Row ? at.row * stride + at.column : at.column * stride + at.row;
    };
    const isa::Operand& fragment = loads ? instruction.dst[0] : instruction.src[1];
    for_each_register(fragment, bits, [&](const auto& reg, unsigned start, unsigned count) {
        std::uint64_t value = loads ? 0 : read(context, reg).bits;
        for (unsigned j = 0; j < count; ++j) {
            const std::uint64_t bit = element_at(start + j) * bits;
            std::byte* at = resolve(context, mod.space, base + bit / 8, bytes);
            if (at == nullptr) {
                return;
            }
            if (loads) {
                std::uint64_t element = 0;
                std::memcpy(&element, at, bytes);
                value |= (element >> bit % 8 & mask_of(bits)) << (j * bits);
            } else {
                const std::uint64_t element = value >> (j * bits);
                std::memcpy(at, &element, bytes); // results have at least 16 bits
            }
        }
        if (loads) {
            write(context, reg, {value});
        }
    });
}

/// ldmatrix, stmatrix, movmatrix: 8 x 8 matrices of 16 bits. Lane 8 j + r gives the address of row r of matrix j; each
/// lane holds two neighbours of a row (transposed: of a column).
void Machine::move_rows(Block& block, Warp& warp, Lanes lanes) {
    const auto leader = static_cast<std::uint32_t>(std::countr_zero(lanes));
    const isa::Instruction& instruction = context_of(block, warp, leader).instruction;
    const isa::Modifiers& mod = instruction.mod;
    using Rows = std::array<std::array<std::uint16_t, 8>, 8>;
    const auto held = [](Rows& rows, bool transposed, std::uint32_t lane, unsigned half) -> std::uint16_t& {
        const unsigned along = lane % 4 * 2 + half, across = lane / 4;
        return transposed ? rows[along][across] : rows[across][along];
    };
    const auto row_address = [&](unsigned matrix, unsigned row) -> std::byte* {
        const std::uint32_t lane = matrix * 8 + row;
        if ((lanes >> lane & 1) == 0) {
            return nullptr;
        }
        const Context context = context_of(block, warp, lane);
        return resolve(context, mod.space, read(context, context.instruction.src[0]).bits, 16);
    };
    const auto collect = [&](Rows& rows, bool transposed, std::size_t source, unsigned matrix) {
        for_each_lane(lanes, [&](std::uint32_t lane) {
            const Context context = context_of(block, warp, lane);
            const isa::Operand& operand = context.instruction.src[source];
            const bool vector = operand.kind == isa::Operand::Kind::Vector;
            const std::uint64_t value = read(context, vector ? operand.elements[matrix] : operand).bits;
            held(rows, transposed, lane, 0) = static_cast<std::uint16_t>(value);
            held(rows, transposed, lane, 1) = static_cast<std::uint16_t>(value >> 16);
        });
    };
    const auto hand_out = [&](Rows& rows, bool transposed, unsigned matrix) {
        for_each_lane(lanes, [&](std::uint32_t lane) {
            const Context context = context_of(block, warp, lane);
            const isa::Operand& operand = context.instruction.dst[0];
            const bool vector = operand.kind == isa::Operand::Kind::Vector;
            const std::uint64_t low = held(rows, transposed, lane, 0), high = held(rows, transposed, lane, 1);
            write(context, vector ? operand.elements[matrix] : operand, {low | high << 16});
        });
    };
    if (instruction.opcode == isa::Opcode::Movmatrix) {
        Rows rows{};
        collect(rows, false, 0, 0);
        hand_out(rows, true, 0);
        return;
    }
    const bool loads = instruction.opcode == isa::Opcode::Ldmatrix;
    // All rows are read before a register changes: a lane's result may be another's address.
    std::array<Rows, 4> matrices{};
    for (unsigned matrix = 0; matrix < mod.matrices; ++matrix) {
        if (!loads) {
            collect(matrices[matrix], mod.transposed, 1, matrix);
        }
        for (unsigned row = 0; row < 8 && !fault_; ++row) {
            std::byte* at = row_address(matrix, row);
            if (at != nullptr && loads) {
                std::memcpy(matrices[matrix][row].data(), at, 16);
            } else if (at != nullptr) {
                std::memcpy(at, matrices[matrix][row].data(), 16);
            }
        }
    }
    for (unsigned matrix = 0; loads && matrix < mod.matrices && !fault_; ++matrix) {
        hand_out(matrices[matrix], mod.transposed, matrix);
    }
}

} // namespace assay::vgpu::interpreter
