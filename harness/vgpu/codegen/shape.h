// What is known about a value in the 32 lanes of a warp.
//
//     Unknown  <  Affine  <  Vector
//
// An Affine value is base[lane / (32 / parts)] + pattern[lane], modulo 2^bits: one scalar for each of 1, 2 or 4 equal
// parts of the warp, and a lane pattern that is constant at compile time. A uniform value has one part and the pattern
// zero. With blocks of 256 threads `tid.x` is 32 * warp + lane; with blocks of 16 x 16, `tid.y` has two parts. Address
// arithmetic on such values costs scalar instructions, and the access knows which of its lanes lie next to each other.
//
// A 32-bit affine value that is widened may wrap around in some lanes. Then the result keeps the pattern at which that
// can happen (`wrap`): the value is base + pattern + (wrap[lane] > limit ? unit : 0), with a scalar `limit` for each
// part and one scalar `unit`. That is rare at run time and one comparison to exclude.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <vector>

#include "isa/types.h"

namespace assay::vgpu::codegen {

inline constexpr unsigned lanes = 32;

using Pattern = std::array<std::int64_t, lanes>;
using PatternId = std::uint32_t; ///< 0 is the pattern of zeros

/// Each distinct pattern once, so that comparing them is comparing numbers.
class Patterns {
public:
    Patterns();
    PatternId intern(const Pattern& pattern);
    [[nodiscard]] const Pattern& operator[](PatternId id) const { return all_[id]; }

private:
    std::map<Pattern, PatternId> index_;
    std::vector<Pattern> all_;
};

struct Shape {
    enum class Kind : std::uint8_t { Unknown, Affine, Vector };
    Kind kind = Kind::Unknown;
    std::uint8_t parts = 1;
    std::uint8_t zeros = 0; ///< this many low bits of every base are known to be zero
    std::uint8_t limit =
        64; ///< the value is below 2^limit in every lane, unsigned; the width or more: nothing is known
    PatternId pattern = 0;
    PatternId wrap = 0; ///< 0: it cannot wrap

    [[nodiscard]] bool unknown() const { return kind == Kind::Unknown; }
    [[nodiscard]] bool affine() const { return kind == Kind::Affine; }
    [[nodiscard]] bool vector() const { return kind == Kind::Vector; }
    [[nodiscard]] bool uniform() const { return affine() && parts == 1 && pattern == 0 && wrap == 0; }
    /// One scalar for each part describes it: nothing differs inside a part.
    [[nodiscard]] bool flat() const { return affine() && pattern == 0 && wrap == 0; }
    friend bool operator==(const Shape&, const Shape&) = default;

    static Shape any() { return {Kind::Vector, 1, 0, 64, 0, 0}; }
    static Shape of(PatternId pattern, unsigned parts = 1, unsigned zeros = 0, unsigned limit = 64) {
        return {Kind::Affine,
                static_cast<std::uint8_t>(parts),
                static_cast<std::uint8_t>(zeros),
                static_cast<std::uint8_t>(limit < 64 ? limit : 64),
                pattern,
                0};
    }
    static Shape scalar(unsigned zeros = 0, unsigned limit = 64) { return of(0, 1, zeros, limit); }
};

/// The least shape that covers both.
[[nodiscard]] Shape join(const Shape& a, const Shape& b);

/// True if every value of the one shape can be written in the other, and all that the other says is true of it. Of what
/// is unknown there is no value.
[[nodiscard]] bool covers(const Shape& wide, const Shape& narrow);

/// A sign-extended pattern entry of a value of `bits` bits.
[[nodiscard]] std::int64_t sign_extend(std::uint64_t value, unsigned bits);

/// Low zero bits of a constant; `bits` of zero.
[[nodiscard]] unsigned trailing_zeros(std::uint64_t value, unsigned bits);

/// The pattern with its first lane of each part moved to zero, and what was moved, by part: a constant vector as an
/// affine value.
struct Normalized {
    Pattern pattern{};
    std::array<std::int64_t, 4> base{};
};
/// Whether accesses of so many bytes at these distances are aligned where the base is, and none is far from it.
[[nodiscard]] bool is_regular(const Pattern& pattern, std::int64_t bytes);

[[nodiscard]] Normalized normalize(const Pattern& pattern, unsigned parts, unsigned bits);

} // namespace assay::vgpu::codegen
