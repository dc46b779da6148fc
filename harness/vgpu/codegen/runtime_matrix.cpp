// The matrix instructions that touch memory, element by element.
#include <array>
#include <bit>
#include <cstring>

#include "vgpu/codegen/block_run.h"
#include "vgpu/codegen/runtime.h"
#include "vgpu/core/fragments.h"

namespace assay::vgpu::codegen {

namespace {

using Rows = std::array<std::array<std::uint16_t, 8>, 8>;

/// The element of an 8 x 8 matrix in half `half` of a lane's register.
std::uint16_t& held(Rows& rows, bool transposed, unsigned lane, unsigned half) {
    const unsigned along = lane % 4 * 2 + half, across = lane / 4;
    return transposed ? rows[along][across] : rows[across][along];
}

} // namespace

/// wmma.load and wmma.store, element by element: the lanes' fragments are those of fragments.h.
bool runtime_fragment(Context* context, Frame* frame, const Site* site, std::uint32_t mask,
                      const std::uint64_t* addresses, std::uint32_t stride, void* data) {
    const isa::Instruction& instruction = *site->instruction;
    const isa::Modifiers& mod = instruction.mod;
    const bool loads = instruction.opcode == isa::Opcode::WmmaLoad;
    const MatrixShape shape{mod.m, mod.n, mod.k};
    const unsigned bits = isa::bits_of(mod.type), bytes = bits / 8;
    const unsigned per_register = elements_per_register(bits);
    for (unsigned lane = 0; lane < warp_size; ++lane) {
        if ((mask >> lane & 1) == 0) {
            continue;
        }
        for (unsigned reg = 0; reg < site->elements; ++reg) {
            auto* at = static_cast<std::byte*>(data) + (std::size_t{reg} * warp_size + lane) * site->register_bytes;
            std::uint64_t word = 0;
            if (!loads) {
                std::memcpy(&word, at, site->register_bytes);
            }
            for (unsigned part = 0; part < per_register; ++part) {
                const MatrixPosition position =
                    fragment_position(mod.fragment, shape, per_register, lane, reg * per_register + part);
                const std::uint64_t element = mod.a_layout == isa::MatrixLayout::Row
                                                  ? std::uint64_t{position.row} * stride + position.column
                                                  : std::uint64_t{position.column} * stride + position.row;
                const std::uint64_t address = checked_address(*context, *frame, instruction, site->space, lane,
                                                              addresses[lane] + element * bytes, bytes);
                if (address == 0) {
                    return false;
                }
                if (loads) {
                    std::uint64_t value = 0;
                    std::memcpy(&value, reinterpret_cast<const void*>(address), bytes);
                    word |= value << (part * bits);
                } else {
                    const std::uint64_t value = word >> (part * bits);
                    std::memcpy(reinterpret_cast<void*>(address), &value, bytes);
                }
            }
            if (loads) {
                std::memcpy(at, &word, site->register_bytes);
            }
        }
    }
    return true;
}

/// ldmatrix, stmatrix: lane 8 j + r gives the address of row r of matrix j.
bool runtime_rows(Context* context, Frame* frame, const Site* site, std::uint32_t mask, const std::uint64_t* addresses,
                  std::uint32_t, void* data) {
    const isa::Instruction& instruction = *site->instruction;
    const isa::Modifiers& mod = instruction.mod;
    auto* words = static_cast<std::uint32_t*>(data);
    const auto collect = [&](Rows& rows, bool transposed, unsigned matrix) {
        for (unsigned lane = 0; lane < warp_size; ++lane) {
            if ((mask >> lane & 1) != 0) {
                const std::uint32_t word = words[matrix * warp_size + lane];
                held(rows, transposed, lane, 0) = static_cast<std::uint16_t>(word);
                held(rows, transposed, lane, 1) = static_cast<std::uint16_t>(word >> 16);
            }
        }
    };
    const auto hand_out = [&](Rows& rows, bool transposed, unsigned matrix) {
        for (unsigned lane = 0; lane < warp_size; ++lane) {
            const std::uint32_t low = held(rows, transposed, lane, 0), high = held(rows, transposed, lane, 1);
            words[matrix * warp_size + lane] = low | high << 16;
        }
    };
    const bool loads = instruction.opcode == isa::Opcode::Ldmatrix;
    for (unsigned matrix = 0; matrix < mod.matrices; ++matrix) {
        Rows rows{};
        if (!loads) {
            collect(rows, mod.transposed, matrix);
        }
        for (unsigned row = 0; row < 8; ++row) {
            const unsigned lane = matrix * 8 + row;
            if ((mask >> lane & 1) == 0) {
                continue;
            }
            const std::uint64_t address =
                checked_address(*context, *frame, instruction, site->space, lane, addresses[lane], 16);
            if (address == 0) {
                return false;
            }
            if (loads) {
                std::memcpy(rows[row].data(), reinterpret_cast<const void*>(address), 16);
            } else {
                std::memcpy(reinterpret_cast<void*>(address), rows[row].data(), 16);
            }
        }
        if (loads) {
            hand_out(rows, mod.transposed, matrix);
        }
    }
    return true;
}

} // namespace assay::vgpu::codegen
