#include "sandbox/text.h"

#include <array>
#include <fmt/format.h>

namespace assay::sandbox {

namespace {

struct Decoded {
    char32_t code = 0;
    std::size_t bytes = 0; ///< 0: malformed
};

Decoded decode(std::string_view text) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char first = byte(0);
    if (first < 0x80) {
        return {first, 1};
    }
    const std::size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    if (first < 0xc2 || first > 0xf4 || text.size() < length) {
        return {};
    }
    char32_t code = first & (0xffU >> (length + 1));
    for (std::size_t i = 1; i < length; i++) {
        if ((byte(i) & 0xc0) != 0x80) {
            return {};
        }
        code = (code << 6) | (byte(i) & 0x3f);
    }
    // The shortest form only, no surrogates, nothing beyond Unicode.
    constexpr std::array<char32_t, 5> smallest{0, 0, 0x80, 0x800, 0x10000};
    if (code < smallest[length] || (code >= 0xd800 && code < 0xe000) || code > 0x10ffff) {
        return {};
    }
    return {code, length};
}

bool is_safe(char32_t code) {
    if (code == '\n' || code == '\t') {
        return true;
    }
    const bool control = code < 0x20 || (code >= 0x7f && code < 0xa0);
    const bool hides_or_reorders = code == 0x061c || (code >= 0x200b && code <= 0x200f) ||
                                   (code >= 0x2028 && code <= 0x202e) || (code >= 0x2060 && code <= 0x206f) ||
                                   code == 0xfeff;
    return !control && !hides_or_reorders;
}

} // namespace

std::string clean_text(std::string_view text, std::size_t cap) {
    std::string clean;
    clean.reserve(std::min(text.size(), cap));
    while (!text.empty()) {
        const Decoded next = decode(text);
        const bool keep = next.bytes != 0 && is_safe(next.code);
        const std::string_view shown = keep ? text.substr(0, next.bytes) : std::string_view("?");
        if (clean.size() + shown.size() > cap) {
            break;
        }
        clean += shown;
        text.remove_prefix(std::max<std::size_t>(next.bytes, 1));
    }
    if (!text.empty()) {
        clean += fmt::format("\n[{} more bytes not shown]\n", text.size());
    }
    return clean;
}

} // namespace assay::sandbox
