// Tensor maps: what cuTensorMapEncodeTiled writes into a CUtensorMap, and tensor copies read.
//
// The object is opaque to programs, so its layout is ours. Dimensions are innermost first, as in the driver's API.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "isa/types.h"

namespace assay::vgpu {

struct TensorMap {
    static constexpr std::size_t bytes = 128; ///< of a CUtensorMap
    static constexpr unsigned max_rank = 5;

    std::uint64_t address = 0;                          ///< of the tensor, a device address
    std::array<std::uint32_t, max_rank> last{};         ///< extents less one, in elements
    std::array<std::uint64_t, max_rank - 1> strides{};  ///< of dimensions 1 and up, in bytes
    std::array<std::uint16_t, max_rank> box{};          ///< in elements
    std::array<std::uint8_t, max_rank> element_steps{}; ///< of the tensor between neighbours in the box
    isa::Type type = isa::Type::None;                   ///< what reductions compute in
    std::uint8_t rank = 0;
    std::uint8_t swizzle_bytes = 0; ///< 0, 32, 64, 128
    std::uint8_t fill_nan = 0;      ///< 1: what lies outside the tensor reads as NaN, not as zero

    [[nodiscard]] unsigned element_bytes() const { return isa::bits_of(type) / 8; }
    /// Elements of the box along a dimension: every `element_steps`-th of it is copied.
    [[nodiscard]] unsigned count(unsigned dimension) const {
        const unsigned step = element_steps.at(dimension);
        return (box.at(dimension) + step - 1) / step;
    }

    void write(std::span<std::byte, bytes> to) const;
    /// nullopt for bytes that `write` has not written.
    [[nodiscard]] static std::optional<TensorMap> read(std::span<const std::byte, bytes> from);
};

/// Where a byte of a swizzled box lies (CUDA C++ Programming Guide, 10.29.3): the 16-byte chunks within spans of
/// 32, 64 or 128 bytes are exchanged by exclusive or with address bits from 7 on. An offset in shared memory; the same
/// for tensor copies and for wgmma.
[[nodiscard]] constexpr std::uint64_t swizzled(std::uint64_t offset, unsigned swizzle_bytes) {
    return offset ^ ((offset >> 3) & (swizzle_bytes == 0 ? 0 : swizzle_bytes - 16));
}

} // namespace assay::vgpu
