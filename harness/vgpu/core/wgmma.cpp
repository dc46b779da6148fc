// wgmma.mma_async (9.7.15): D = A B + D for 64 rows, 16 of each of a warpgroup's four warps.
//
// A warp computes its own rows when it comes to the instruction; the operands in shared memory must not change until
// the group has been waited for, so this is one of the allowed orders. Precision is that of mma (see product.h).
//
// A descriptor (9.7.15.5.1.2.2) says where an operand lies: a start, a "leading" and a "stride" offset, a swizzle. With
// T elements in 16 bytes, an operand of r rows (of A; columns of B) and k columns is laid out, K-major, without
// swizzle, as 8 x T core matrices, `stride` apart along r and `leading` along k; with a swizzle of w bytes, as rows of
// w bytes, 8 of them in a group, groups `stride` apart. MN-major, r and k change places: without swizzle core matrices
// of T x 8 are `stride` apart along r and `leading` along k; with one, spans of w bytes of r, `leading` apart, 8 k in a
// group, groups `stride` apart. Addresses are swizzled as those of tensor copies are.
#include <algorithm>
#include <array>
#include <cstring>

#include "vgpu/core/async.h"
#include "vgpu/core/fragments.h"
#include "vgpu/core/product.h"
#include "vgpu/core/tensor_map.h"

namespace assay::vgpu {

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

/// An operand of `rows` x `columns` (k) from row `top` on, as `use(row, column, element)`. False after a fault.
template <class Use>
bool read_operand(ThreadMemory& memory, const Descriptor& descriptor, unsigned top, unsigned rows, unsigned columns,
                  unsigned bits, bool k_major, Use use) {
    const std::uint64_t width = std::max(bits / 8, 1u);
    for (unsigned row = 0; row < rows; ++row) {
        for (unsigned column = 0; column < columns; ++column) {
            const std::byte* at =
                memory.resolve(isa::Space::Shared, descriptor.byte_of(top + row, column, bits, k_major), width, width);
            if (at == nullptr) {
                return false;
            }
            std::uint64_t element = 0;
            std::memcpy(&element, at, width);
            use(row, column, bits < 8 ? element >> column % 8 & 1 : element);
        }
    }
    return true;
}

} // namespace

bool run_wgmma(ThreadMemory& memory, const isa::Instruction& instruction, std::uint32_t warp,
               std::span<const std::uint64_t> a, std::uint64_t descriptor_b, bool accumulates,
               std::span<std::uint64_t> d) {
    isa::Modifiers mod = instruction.mod;
    mod.m = rows_per_warp;
    mod.c_type = mod.d_type;
    const MatrixShape shape{mod.m, mod.n, mod.k};
    const unsigned bits = isa::bits_of(mod.a_type);
    /// Calls `use(value of the register, bit in it, row, column)` for the elements of a fragment.
    const auto each = [&](isa::Fragment fragment, unsigned element_bits, auto registers, auto use) {
        const unsigned per_register = elements_per_register(element_bits);
        for (std::size_t i = 0; i < registers.size(); ++i) {
            const auto lane = static_cast<unsigned>(i % warp_size),
                       first = static_cast<unsigned>(i / warp_size) * per_register;
            for (unsigned j = 0; j < per_register; ++j) {
                const MatrixPosition at = fragment_position(fragment, shape, per_register, lane, first + j);
                use(registers[i], j * element_bits, at.row, at.column);
            }
        }
    };
    Matrix left(mod.m, mod.k);
    if (instruction.src[0].kind == isa::Operand::Kind::Vector) {
        each(isa::Fragment::A, bits, a, [&](std::uint64_t value, unsigned bit, unsigned row, unsigned column) {
            left.at(row, column) = value >> bit & mask_of(bits);
        });
    } else if (!read_operand(memory, Descriptor(a[0]), warp % warps_per_group * rows_per_warp, mod.m, mod.k, bits,
                             mod.a_layout == isa::MatrixLayout::Row,
                             [&](unsigned row, unsigned k, std::uint64_t value) { left.at(row, k) = value; })) {
        return false;
    }
    Matrix right(mod.k, mod.n);
    if (!read_operand(memory, Descriptor(descriptor_b), 0, mod.n, mod.k, bits, mod.b_layout == isa::MatrixLayout::Col,
                      [&](unsigned column, unsigned k, std::uint64_t value) { right.at(k, column) = value; })) {
        return false;
    }
    const unsigned width = isa::bits_of(mod.d_type);
    Matrix sums(mod.m, mod.n);
    if (accumulates) {
        each(isa::Fragment::D, width, d, [&](std::uint64_t value, unsigned bit, unsigned row, unsigned column) {
            sums.at(row, column) = value >> bit & mask_of(width);
        });
    }
    Matrix result(mod.m, mod.n);
    multiply(mod, left, right, sums, result);
    std::ranges::fill(d, 0);
    each(isa::Fragment::D, width, d, [&](std::uint64_t& value, unsigned bit, unsigned row, unsigned column) {
        value |= result.at(row, column) << bit;
    });
    return true;
}

} // namespace assay::vgpu
