#include "vgpu/codegen/shape.h"

#include <algorithm>
#include <bit>

namespace assay::vgpu::codegen {

Patterns::Patterns() {
    intern(Pattern{});
}

PatternId Patterns::intern(const Pattern& pattern) {
    const auto [found, inserted] = index_.try_emplace(pattern, static_cast<PatternId>(all_.size()));
    if (inserted) {
        all_.push_back(pattern);
    }
    return found->second;
}

Shape join(const Shape& a, const Shape& b) {
    if (a.unknown() || b.vector()) {
        return b;
    }
    if (b.unknown() || a.vector()) {
        return a;
    }
    if (a.pattern != b.pattern || (a.wrap != b.wrap && a.wrap != 0 && b.wrap != 0)) {
        return Shape::any();
    }
    Shape result = a;
    result.parts = std::max(a.parts, b.parts);
    result.zeros = std::min(a.zeros, b.zeros);
    result.limit = std::max(a.limit, b.limit);
    result.wrap = std::max(a.wrap, b.wrap);
    return result;
}

bool covers(const Shape& wide, const Shape& narrow) {
    return narrow.unknown() || wide.vector() ||
           (wide.affine() && narrow.affine() && wide.pattern == narrow.pattern && wide.parts >= narrow.parts &&
            wide.zeros <= narrow.zeros && wide.limit >= narrow.limit && (narrow.wrap == 0 || narrow.wrap == wide.wrap));
}

std::int64_t sign_extend(std::uint64_t value, unsigned bits) {
    if (bits >= 64) {
        return static_cast<std::int64_t>(value);
    }
    return static_cast<std::int64_t>(value << (64 - bits)) >> (64 - bits);
}

unsigned trailing_zeros(std::uint64_t value, unsigned bits) {
    return std::min(static_cast<unsigned>(std::countr_zero(value)), bits);
}

bool is_regular(const Pattern& pattern, std::int64_t bytes) {
    return std::ranges::all_of(
        pattern, [&](std::int64_t entry) { return entry % bytes == 0 && entry > -(1ll << 31) && entry < 1ll << 31; });
}

Normalized normalize(const Pattern& pattern, unsigned parts, unsigned bits) {
    Normalized result;
    const unsigned width = lanes / parts;
    for (unsigned part = 0; part < parts; ++part) {
        result.base[part] = pattern[part * width];
    }
    for (unsigned lane = 0; lane < lanes; ++lane) {
        const auto difference =
            static_cast<std::uint64_t>(pattern[lane]) - static_cast<std::uint64_t>(result.base[lane / width]);
        result.pattern[lane] = sign_extend(difference, bits);
    }
    return result;
}

} // namespace assay::vgpu::codegen
