// The numbers that stand for addresses while host code is interpreted.
//
// An address is 64 bits: a window in the top byte, an object in the middle, an offset in the low bits. Nothing is at
// the address that the number names on the machine that records. The windows of PTX (.local, .param, .global, generic)
// are one here, so that `cvta` is the identity.
//
// The recorder finds device pointers inside parameter blocks by their value alone. So the windows are chosen where no
// honest number lies: read as two 32-bit integers the upper one is below -3e8, read as floats it is beyond -1e17, and a
// double would be beyond -1e140. Objects are so far apart that an index, even a wild one, stays in its object's slot.
#pragma once

#include <cstdint>
#include <optional>

namespace assay::plan {

using Address = std::uint64_t;

enum class Window : std::uint8_t {
    Device = 0xDD,   ///< 16 bits of slot, 40 bits of offset
    Handle = 0xE7,   ///< streams, events and other things without memory
    Host = 0xED,     ///< 24 bits of region, 32 bits of offset
    Function = 0xF3, ///< index of the function, times 16
};

inline constexpr unsigned window_shift = 56;
inline constexpr unsigned device_offset_bits = 40;
inline constexpr unsigned host_offset_bits = 32;

[[nodiscard]] constexpr Address window_base(Window window) {
    return static_cast<Address>(window) << window_shift;
}
[[nodiscard]] constexpr bool in_window(Address address, Window window) {
    return address >> window_shift == static_cast<Address>(window);
}

[[nodiscard]] constexpr Address function_address(std::uint32_t index) {
    return window_base(Window::Function) | (Address{index} + 1) << 4;
}
/// The reverse, for addresses in the window; the index may still be out of range.
[[nodiscard]] constexpr std::optional<std::uint32_t> function_at(Address address) {
    const Address rest = address & ((Address{1} << window_shift) - 1);
    if (!in_window(address, Window::Function) || rest == 0 || (rest & 15) != 0 || rest >> 4 > UINT32_MAX) {
        return std::nullopt;
    }
    return static_cast<std::uint32_t>((rest >> 4) - 1);
}

} // namespace assay::plan
