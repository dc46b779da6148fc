// mbarrier objects (PTX ISA 9.0, 9.7.13.15): 64 opaque bits in shared memory that count arrivals and bytes by phases.
//
// Bits 0 to 19: arrivals that each phase expects; 20 to 39: those still pending in this phase; 40 to 60: bytes that are
// expected less those that have come (tx-count, signed); 63: the parity of this phase. A state, which arriving returns,
// is the object's bits before the arrival; only its parity and its pending count are ever looked at.
#pragma once

#include <cstdint>

namespace assay::vgpu {

struct Mbarrier {
    std::uint32_t expected = 0, pending = 0;
    std::int32_t bytes = 0;
    std::uint32_t parity = 0;

    static constexpr std::uint32_t most = (1u << 20) - 1; ///< of arrivals, and of bytes either way

    [[nodiscard]] static constexpr Mbarrier from(std::uint64_t bits) {
        const auto field = [bits](unsigned at) { return static_cast<std::uint32_t>(bits >> at) & most; };
        const std::int32_t sign = (bits >> 60 & 1) != 0 ? 1 << 20 : 0;
        return {field(0), field(20), static_cast<std::int32_t>(field(40)) - sign,
                static_cast<std::uint32_t>(bits >> 63)};
    }
    [[nodiscard]] constexpr std::uint64_t bits() const {
        return std::uint64_t{expected} | std::uint64_t{pending} << 20 |
               (static_cast<std::uint64_t>(bytes) & 0x1fffff) << 40 | std::uint64_t{parity} << 63;
    }

    /// Ends the phase if nothing is pending any more.
    constexpr void settle() {
        if (pending == 0 && bytes == 0) {
            pending = expected;
            parity ^= 1;
        }
    }
    /// False when more arrive than are pending, or fewer would be expected than none: undefined by the ISA.
    [[nodiscard]] constexpr bool arrive(std::uint32_t count, bool drop) {
        if (count > pending || (drop && count > expected)) {
            return false;
        }
        pending -= count;
        expected -= drop ? count : 0;
        settle();
        return true;
    }
    /// False when the count of bytes leaves its range.
    [[nodiscard]] constexpr bool add_bytes(std::int64_t count) {
        const std::int64_t sum = bytes + count;
        if (sum > static_cast<std::int64_t>(most) || sum < -static_cast<std::int64_t>(most)) {
            return false;
        }
        bytes = static_cast<std::int32_t>(sum);
        return true;
    }
};

} // namespace assay::vgpu
