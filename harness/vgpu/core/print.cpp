// Device printf: C's formats, read out of device memory.
//
// Each conversion is taken apart, made harmless (a device pointer of %s becomes a string read with checks, %n
// disappears, widths are capped) and handed to the C library with the argument of the right type. The conversions are
// C's; `l` and `ll` mean 64 bits.
#include <algorithm>
#include <array>
#include <bit>
#include <cstdio>
#include <cstring>
#include <type_traits>

#include "vgpu/core/execution.h"

namespace assay::vgpu {

namespace {

constexpr std::uint64_t longest_string = 64ull * 1024;
/// A format can ask for two billion blanks; a line of output never needs more than these.
constexpr std::int64_t widest_field = 1024;

/// Reads arguments one after the other, each aligned to its size.
class Arguments {
public:
    Arguments(const Memory& memory, std::uint64_t address) : memory_(memory), next_(address) {}

    template <class T> T take() {
        static_assert(std::is_trivially_copyable_v<T> && (sizeof(T) == 4 || sizeof(T) == 8));
        next_ = (next_ + sizeof(T) - 1) / sizeof(T) * sizeof(T);
        T value{};
        if (memory_.contains(next_, sizeof value)) {
            std::memcpy(&value, pointer_at<const void>(next_), sizeof value);
        }
        next_ += sizeof value;
        return value;
    }

private:
    const Memory& memory_;
    std::uint64_t next_;
};

/// `%-08.3lf` taken apart.
struct Conversion {
    std::string flags;
    std::int64_t width = -1, precision = -1; ///< -1: not given
    bool char_sized = false, short_sized = false, wide = false;
    char type = '\0'; ///< '\0': the format ended too early
};

std::int64_t read_number(const std::string& format, std::size_t& at) {
    std::int64_t number = 0;
    for (; at < format.size() && format[at] >= '0' && format[at] <= '9'; ++at) {
        number = std::min(number * 10 + (format[at] - '0'), widest_field);
    }
    return number;
}

/// Reads what follows a '%'; `at` is left behind it.
Conversion read_conversion(const std::string& format, std::size_t& at, Arguments& arguments) {
    Conversion conversion;
    const auto next_is = [&](char c) { return at < format.size() && format[at] == c; };
    while (at < format.size() && std::strchr("-+ #0", format[at]) != nullptr) {
        conversion.flags += format[at++];
    }
    if (next_is('*')) {
        ++at;
        const std::int64_t width = arguments.take<std::int32_t>();
        if (width < 0) {
            conversion.flags += '-';
        }
        conversion.width = std::min(width < 0 ? -width : width, widest_field);
    } else if (at < format.size() && format[at] >= '1' && format[at] <= '9') {
        conversion.width = read_number(format, at);
    }
    if (next_is('.')) {
        ++at;
        if (next_is('*')) {
            ++at;
            conversion.precision = std::clamp<std::int64_t>(arguments.take<std::int32_t>(), -1, widest_field);
        } else {
            conversion.precision = read_number(format, at);
        }
    }
    while (at < format.size() && std::strchr("hlLqjzt", format[at]) != nullptr) {
        if (format[at] == 'h') {
            conversion.char_sized = conversion.short_sized;
            conversion.short_sized = true;
        } else if (format[at] != 'L') {
            conversion.wide = true;
        }
        ++at;
    }
    if (at < format.size()) {
        conversion.type = format[at++];
    }
    return conversion;
}

template <class T> void append(std::string& out, const Conversion& conversion, const char* type, T value) {
    std::string spec = "%" + conversion.flags;
    if (conversion.width >= 0) {
        spec += std::to_string(conversion.width);
    }
    if (conversion.precision >= 0) {
        spec += "." + std::to_string(conversion.precision);
    }
    spec += type;
    const int length = std::snprintf(nullptr, 0, spec.c_str(), value);
    if (length <= 0) {
        return;
    }
    const std::size_t start = out.size();
    out.resize(start + static_cast<std::size_t>(length) + 1);
    std::snprintf(out.data() + start, static_cast<std::size_t>(length) + 1, spec.c_str(), value);
    out.pop_back();
}

void append_integer(std::string& out, const Conversion& conversion, Arguments& arguments) {
    const bool is_signed = conversion.type == 'd' || conversion.type == 'i';
    const char type[] = {'l', 'l', conversion.type, '\0'};
    if (conversion.wide) {
        append(out, conversion, type, arguments.take<std::int64_t>());
        return;
    }
    const auto value = arguments.take<std::uint32_t>();
    if (is_signed) {
        std::int64_t extended = static_cast<std::int32_t>(value);
        if (conversion.char_sized) {
            extended = static_cast<std::int32_t>(value << 24) >> 24;
        } else if (conversion.short_sized) {
            extended = static_cast<std::int16_t>(value);
        }
        append(out, conversion, type, extended);
        return;
    }
    std::uint64_t extended = value;
    if (conversion.char_sized) {
        extended = static_cast<std::uint8_t>(value);
    } else if (conversion.short_sized) {
        extended = static_cast<std::uint16_t>(value);
    }
    append(out, conversion, type, extended);
}

void append_conversion(std::string& out, const Conversion& conversion, Arguments& arguments, const Memory& memory) {
    switch (conversion.type) {
    case '%':
        out += '%';
        return;
    case 'd':
    case 'i':
    case 'o':
    case 'u':
    case 'x':
    case 'X':
        append_integer(out, conversion, arguments);
        return;
    case 'c':
        append(out, conversion, "c", static_cast<int>(static_cast<unsigned char>(arguments.take<std::uint32_t>())));
        return;
    case 'e':
    case 'E':
    case 'f':
    case 'F':
    case 'g':
    case 'G':
    case 'a':
    case 'A': {
        const char type[] = {conversion.type, '\0'};
        append(out, conversion, type, arguments.take<double>());
        return;
    }
    case 'p': {
        const auto address = arguments.take<std::uint64_t>();
        append(out, conversion, "p", pointer_at<const void>(address));
        return;
    }
    case 's': {
        const std::string text = read_string(memory, arguments.take<std::uint64_t>());
        append(out, conversion, "s", text.c_str());
        return;
    }
    case 'n':
        (void)arguments.take<std::uint64_t>();
        return;
    default: // no conversion of C: shown as it stands
        out += '%';
        if (conversion.type != '\0') {
            out += conversion.type;
        }
    }
}

} // namespace

std::string read_string(const Memory& memory, std::uint64_t address) {
    if (address == 0) {
        return "(null)";
    }
    const auto allocation = memory.find(address);
    if (!allocation) {
        return "(invalid pointer)";
    }
    const std::uint64_t limit = std::min(allocation->address + allocation->bytes - address, longest_string);
    const char* text = pointer_at<const char>(address);
    return std::string(text, strnlen(text, limit));
}

std::string format_print(const Memory& memory, std::uint64_t format, std::uint64_t arguments) {
    const std::string text = read_string(memory, format);
    Arguments remaining(memory, arguments);
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        if (text[at] != '%') {
            out += text[at++];
            continue;
        }
        ++at;
        const Conversion conversion = read_conversion(text, at, remaining);
        append_conversion(out, conversion, remaining, memory);
    }
    return out;
}

} // namespace assay::vgpu
