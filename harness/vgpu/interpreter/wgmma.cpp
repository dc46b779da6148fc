// wgmma.mma_async (9.7.15): D = A B + D for 64 rows, 16 of each of a warpgroup's four warps.
//
// A warp computes its own rows when it comes to the instruction; the operands in shared memory must not change until
// the group has been waited for, so this is one of the allowed orders. Precision is that of mma (see matrix.cpp).
//
// A descriptor (9.7.15.5.1.2.2) says where an operand lies: a start, a "leading" and a "stride" offset, a swizzle. With
// T elements in 16 bytes, an operand of r rows (of A; columns of B) and k columns is laid out, K-major, without
// swizzle, as 8 x T core matrices, `stride` apart along r and `leading` along k; with a swizzle of w bytes, as rows of
// w bytes, 8 of them in a group, groups `stride` apart. MN-major, r and k change places: without swizzle core matrices
// of T x 8 are `stride` apart along r and `leading` along k; with one, spans of w bytes of r, `leading` apart, 8 k in a
// group, groups `stride` apart. Addresses are swizzled as those of tensor copies are.
#include <array>
#include <cmath>
#include <cstring>
#include <vector>

#include <fmt/format.h>

#include "vgpu/core/fragments.h"
#include "vgpu/core/tensor_map.h"
#include "vgpu/interpreter/machine.h"
#include "vgpu/interpreter/product.h"

namespace assay::vgpu::interpreter {

namespace {

constexpr unsigned warps_per_group = 4, rows_per_warp = 16;

struct Descriptor {
    std::uint64_t start = 0, leading = 0, stride = 0; ///< in bytes
    unsigned swizzle_bytes = 0;

    explicit Descriptor(std::uint64_t bits) {
        constexpr std::uint64_t field = 0x3fff;
        constexpr std::array swizzles{0u, 128u, 64u, 32u};
        start = (bits & field) << 4;
        leading = (bits >> 16 & field) << 4;
        stride = (bits >> 32 & field) << 4;
        swizzle_bytes = swizzles.at(bits >> 62);
    }

    /// Where the byte of element (row, column) begins; `bits` wide elements, k contiguous or rows contiguous.
    [[nodiscard]] std::uint64_t byte_of(unsigned row, unsigned column, unsigned bits, bool k_major) const {
        const std::uint64_t along =
            std::uint64_t{k_major ? column : row} * bits / 8; // bytes in the contiguous direction
        const unsigned across = k_major ? row : column;
        std::uint64_t offset = 0;
        if (swizzle_bytes == 0) {
            const std::uint64_t next_chunk = k_major ? leading : stride;
            const std::uint64_t next_group = k_major ? stride : leading;
            offset = along / 16 * next_chunk + along % 16 + across % 8 * 16ull + across / 8 * next_group;
        } else {
            offset = along / swizzle_bytes * leading + along % swizzle_bytes +
                     across % 8 * std::uint64_t{swizzle_bytes} + across / 8 * stride;
        }
        return swizzled(start + offset, swizzle_bytes);
    }
};

} // namespace

void Machine::multiply_warpgroup(Block& block, Warp& warp, Lanes lanes) {
    const auto first = static_cast<std::uint32_t>(std::countr_zero(lanes));
    const Context leader = context_of(block, warp, first);
    const isa::Instruction& instruction = leader.instruction;
    const isa::Modifiers& mod = instruction.mod;
    if (lanes != all_lanes) {
        fail(leader, Fault::Kind::LaunchFailure, fmt::format("`{}` without all lanes of its warp", instruction.text));
        return;
    }
    const unsigned bits = isa::bits_of(mod.a_type);
    const MatrixShape rows{rows_per_warp, mod.n, mod.k};
    const bool a_in_registers = instruction.src[0].kind == isa::Operand::Kind::Vector;

    const auto element = [&](const Descriptor& descriptor, unsigned row, unsigned column, bool k_major) {
        const std::uint64_t address = descriptor.byte_of(row, column, bits, k_major);
        const std::uint64_t width = std::max(bits / 8, 1u);
        const std::byte* at = resolve(leader, isa::Space::Shared, address, width);
        std::uint64_t value = 0;
        if (at != nullptr) {
            std::memcpy(&value, at, width);
            value = bits < 8 ? value >> (column % 8) & 1 : value;
        }
        return value;
    };
    Matrix a(rows_per_warp, mod.k);
    if (a_in_registers) {
        for_each_lane(lanes, [&](std::uint32_t lane) {
            const Context context = context_of(block, warp, lane);
            const unsigned per_register = elements_per_register(bits);
            for (unsigned i = 0; i < instruction.src[0].elements.size(); ++i) {
                const std::uint64_t value = read(context, instruction.src[0].elements[i]).bits;
                for (unsigned j = 0; j < per_register; ++j) {
                    const MatrixPosition at =
                        fragment_position(isa::Fragment::A, rows, per_register, lane, i * per_register + j);
                    a.at(at.row, at.column) = value >> (j * bits) & mask_of(bits);
                }
            }
        });
    } else {
        const Descriptor descriptor(read(leader, instruction.src[0]).bits);
        const unsigned top = warp.index % warps_per_group * rows_per_warp;
        for (unsigned row = 0; row < rows_per_warp; ++row) {
            for (unsigned k = 0; k < mod.k; ++k) {
                a.at(row, k) = element(descriptor, top + row, k, mod.a_layout == isa::MatrixLayout::Row);
            }
        }
    }
    Matrix b(mod.k, mod.n);
    const Descriptor descriptor(read(leader, instruction.src[1]).bits);
    for (unsigned column = 0; column < mod.n; ++column) {
        for (unsigned k = 0; k < mod.k; ++k) {
            b.at(k, column) = element(descriptor, column, k, mod.b_layout == isa::MatrixLayout::Col);
        }
    }
    if (fault_) {
        return;
    }
    isa::Modifiers product = mod;
    product.m = rows_per_warp;
    product.c_type = mod.d_type;
    const unsigned width = isa::bits_of(mod.d_type);
    const unsigned per_register = elements_per_register(width);
    Matrix c(rows_per_warp, mod.n);
    Matrix d(rows_per_warp, mod.n);
    const bool accumulates = read(leader, instruction.src[2]).bits != 0;
    const auto for_each_result = [&](auto use) {
        for_each_lane(lanes, [&](std::uint32_t lane) {
            const Context context = context_of(block, warp, lane);
            for (unsigned i = 0; i < instruction.dst[0].elements.size(); ++i) {
                use(context, instruction.dst[0].elements[i], [&, lane, i](unsigned j) {
                    return fragment_position(isa::Fragment::D, rows, per_register, lane, i * per_register + j);
                });
            }
        });
    };
    if (accumulates) {
        for_each_result([&](const Context& context, const isa::Operand& reg, auto place) {
            const std::uint64_t value = read(context, reg).bits;
            for (unsigned j = 0; j < per_register; ++j) {
                const MatrixPosition at = place(j);
                c.at(at.row, at.column) = value >> (j * width) & mask_of(width);
            }
        });
    }
    multiply(product, a, b, c, d);
    for_each_result([&](const Context& context, const isa::Operand& reg, auto place) {
        std::uint64_t value = 0;
        for (unsigned j = 0; j < per_register; ++j) {
            const MatrixPosition at = place(j);
            value |= d.at(at.row, at.column) << (j * width);
        }
        write(context, reg, {value});
    });
}

} // namespace assay::vgpu::interpreter
