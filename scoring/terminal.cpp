// See terminal.h.
#include "scoring/terminal.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace assay::scoring {

namespace {

struct CodePoint {
    std::uint32_t value = 0;
    std::size_t bytes = 1;
    bool valid = false;
};

/// The code point at the start of `text`, which is not empty (Unicode Standard, table 3-7: no overlong forms, no
/// surrogates).
CodePoint decode(std::string_view text) {
    const auto byte = [&](std::size_t i) -> std::uint32_t {
        return i < text.size() ? static_cast<unsigned char>(text[i]) : 0;
    };
    const std::uint32_t lead = byte(0);
    if (lead < 0x80) {
        return {lead, 1, true};
    }
    const std::size_t bytes = lead >= 0xF0 && lead < 0xF8 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1;
    if (bytes == 1 || lead >= 0xF8) {
        return {};
    }
    std::uint32_t value = lead & (0x7FU >> bytes);
    for (std::size_t i = 1; i < bytes; i++) {
        if ((byte(i) & 0xC0U) != 0x80) {
            return {};
        }
        value = value << 6 | (byte(i) & 0x3FU);
    }
    constexpr std::array<std::uint32_t, 5> least{0, 0, 0x80, 0x800, 0x10000};
    if (value < least.at(bytes) || value > 0x10FFFF || (value >= 0xD800 && value < 0xE000)) {
        return {};
    }
    return {value, bytes, true};
}

struct Range {
    std::uint32_t first, last;
};

template <std::size_t N> bool in(const std::array<Range, N>& ranges, std::uint32_t value) {
    return std::ranges::any_of(ranges, [&](Range range) { return value >= range.first && value <= range.last; });
}

/// Controls, zero-width spaces and joiners, bidirectional controls, line separators, tags, the byte order mark.
constexpr std::array<Range, 8> unsafe{{{0, 0x1F},
                                       {0x7F, 0x9F},
                                       {0x61C, 0x61C},
                                       {0x200B, 0x200F},
                                       {0x2028, 0x202E},
                                       {0x2060, 0x206F},
                                       {0xFEFF, 0xFEFF},
                                       {0xE0000, 0xE0FFF}}};

constexpr std::array<Range, 6> combining{
    {{0x300, 0x36F}, {0x483, 0x489}, {0x1AB0, 0x1AFF}, {0x20D0, 0x20FF}, {0xFE00, 0xFE0F}, {0xFE20, 0xFE2F}}};

constexpr std::array<Range, 9> wide{{{0x1100, 0x115F},
                                     {0x2E80, 0xA4CF},
                                     {0xAC00, 0xD7A3},
                                     {0xF900, 0xFAFF},
                                     {0xFE30, 0xFE6F},
                                     {0xFF00, 0xFF60},
                                     {0xFFE0, 0xFFE6},
                                     {0x1F300, 0x1FAFF},
                                     {0x20000, 0x3FFFD}}};

std::size_t width_of(std::uint32_t value) {
    return in(combining, value) ? 0 : in(wide, value) ? 2 : 1;
}

} // namespace

std::string printable(std::string_view text) {
    std::string result;
    while (!text.empty()) {
        const CodePoint point = decode(text);
        if (point.value == '\n' || point.value == '\t') {
            result += ' ';
        } else if (!point.valid || in(unsafe, point.value)) {
            result += '?';
        } else {
            result += text.substr(0, point.bytes);
        }
        text.remove_prefix(point.bytes);
    }
    return result;
}

std::size_t display_width(std::string_view text) {
    std::size_t columns = 0;
    while (!text.empty()) {
        const CodePoint point = decode(text);
        columns += width_of(point.value);
        text.remove_prefix(point.bytes);
    }
    return columns;
}

std::string shortened(std::string_view text, std::size_t columns) {
    if (display_width(text) <= columns) {
        return std::string(text);
    }
    if (columns == 0) {
        return {};
    }
    std::string result;
    for (std::size_t used = 0; !text.empty();) {
        const CodePoint point = decode(text);
        used += width_of(point.value);
        if (used + 1 > columns) { // one column is the ellipsis's
            break;
        }
        result += text.substr(0, point.bytes);
        text.remove_prefix(point.bytes);
    }
    return result + "…";
}

std::string padded(std::string_view text, std::size_t columns, bool right_aligned) {
    const std::size_t used = display_width(text);
    const std::string spaces(columns > used ? columns - used : 0, ' ');
    return right_aligned ? spaces + std::string(text) : std::string(text) + spaces;
}

std::string wrapped(std::string_view text, std::size_t columns, std::size_t indent) {
    const std::string margin(indent, ' ');
    std::string result;
    std::string line;
    while (true) {
        const std::size_t space = text.find(' ');
        const std::string_view word = text.substr(0, space);
        if (!line.empty() && indent + display_width(line) + 1 + display_width(word) > columns) {
            result += margin;
            result += line;
            result += '\n';
            line.clear();
        } else if (!line.empty()) {
            line += ' ';
        }
        line += word;
        if (space == std::string_view::npos) {
            result += margin;
            result += line;
            result += '\n';
            return result;
        }
        text.remove_prefix(space + 1);
    }
}

} // namespace assay::scoring
