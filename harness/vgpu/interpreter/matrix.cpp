// Warp-level matrices: mma, wmma, ldmatrix, stmatrix, movmatrix (9.7.14).
//
// A multiplication gathers the fragments of all lanes into whole matrices, multiplies those (`product.h`), and hands
// the result back.
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <vector>

#include "vgpu/core/fragments.h"
#include "vgpu/core/product.h"
#include "vgpu/interpreter/machine.h"

namespace assay::vgpu::interpreter {

namespace {

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
                observe(context, at, bytes, Use::Read);
                std::uint64_t element = 0;
                std::memcpy(&element, at, bytes);
                value |= (element >> bit % 8 & mask_of(bits)) << (j * bits);
            } else {
                const std::uint64_t element = value >> (j * bits);
                observe(context, at, bytes, Use::Write, reinterpret_cast<const std::byte*>(&element));
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
            if (at != nullptr) {
                observe(context_of(block, warp, matrix * 8 + row), at, 16, loads ? Use::Read : Use::Write,
                        reinterpret_cast<const std::byte*>(matrices[matrix][row].data()));
            }
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
