#include "plan/print_format.h"

#include <algorithm>
#include <bit>
#include <cstdio>
#include <string_view>

namespace assay::plan {

namespace {

constexpr std::size_t longest_format = 16u * 1024;
/// A format can ask for two billion blanks.
constexpr int widest_field = 512;
constexpr std::size_t longest_conversion = 2048; ///< %f of 1e308 with the widest precision fits

class Formatter {
public:
    Formatter(HostMemory& memory, Address arguments, std::size_t longest)
        : memory_(memory), next_(arguments), longest_(longest) {}

    Checked<std::string> run(std::string_view format) {
        while (!format.empty() && out_.size() < longest_) {
            const std::size_t percent = std::min(format.find('%'), format.size());
            out_.append(format.substr(0, percent));
            format.remove_prefix(percent);
            if (!format.empty()) {
                if (auto done = conversion(format); !done) {
                    return std::unexpected(std::move(done.error()));
                }
            }
        }
        out_.resize(std::min(out_.size(), longest_));
        return std::move(out_);
    }

private:
    template <class T> Checked<T> take() {
        next_ = (next_ + sizeof(T) - 1) / sizeof(T) * sizeof(T);
        auto bits = memory_.load(next_, sizeof(T));
        if (!bits) {
            return std::unexpected(std::move(bits.error()));
        }
        next_ += sizeof(T);
        if constexpr (sizeof(T) == 4) {
            return std::bit_cast<T>(static_cast<std::uint32_t>(*bits));
        } else {
            return std::bit_cast<T>(*bits);
        }
    }

    /// A width or a precision: digits or `*`. Appends it to the C format.
    Checked<> number(std::string_view& format, std::string& spec) {
        int value = 0;
        if (!format.empty() && format.front() == '*') {
            format.remove_prefix(1);
            auto given = take<std::int32_t>();
            if (!given) {
                return std::unexpected(std::move(given.error()));
            }
            value = std::clamp(*given, -widest_field, widest_field);
            if (value < 0 && spec.back() == '.') {
                spec.pop_back(); // a negative precision is none
                return {};
            }
        } else {
            if (format.empty() || format.front() < '0' || format.front() > '9') {
                return {};
            }
            for (; !format.empty() && format.front() >= '0' && format.front() <= '9'; format.remove_prefix(1)) {
                value = std::min(value * 10 + (format.front() - '0'), widest_field);
            }
        }
        spec += std::to_string(value);
        return {};
    }

    /// One `%...` at the front of `format`.
    Checked<> conversion(std::string_view& format) {
        const std::string_view whole = format;
        std::string spec = "%";
        format.remove_prefix(1);
        while (!format.empty() && std::string_view("-+ #0").contains(format.front())) {
            if (spec.size() < 8) {
                spec += format.front();
            }
            format.remove_prefix(1);
        }
        if (auto done = number(format, spec); !done) {
            return done;
        }
        if (!format.empty() && format.front() == '.') {
            spec += '.';
            format.remove_prefix(1);
            if (auto done = number(format, spec); !done) {
                return done;
            }
        }
        bool wide = false;
        int halves = 0;
        for (; !format.empty() && std::string_view("hlLqjzt").contains(format.front()); format.remove_prefix(1)) {
            halves += format.front() == 'h' ? 1 : 0;
            wide = wide || std::string_view("lqjzt").contains(format.front());
        }
        if (format.empty()) {
            out_.append(whole);
            return {};
        }
        const char type = format.front();
        format.remove_prefix(1);
        switch (type) {
        case '%':
            out_ += '%';
            return {};
        case 'd':
        case 'i':
            return integer<std::int64_t, std::int32_t>(spec + "lld", wide, halves);
        case 'u':
        case 'x':
        case 'X':
        case 'o':
            return integer<std::uint64_t, std::uint32_t>(spec + "ll" + type, wide, halves);
        case 'c':
            return print(spec + 'c', take<std::int32_t>());
        case 'e':
        case 'E':
        case 'f':
        case 'F':
        case 'g':
        case 'G':
        case 'a':
        case 'A':
            return print(spec + type, take<double>());
        case 'p':
            return print("0x%llx", take<std::uint64_t>());
        case 's':
            return string(spec);
        case 'n': {
            auto skipped = take<std::uint64_t>();
            return skipped ? Checked<>{} : std::unexpected(std::move(skipped.error()));
        }
        default:
            out_.append(whole.substr(0, whole.size() - format.size()));
            return {};
        }
    }

    template <class Wide, class Narrow> Checked<> integer(const std::string& spec, bool wide, int halves) {
        if (wide) {
            return print(spec, take<Wide>());
        }
        auto value = take<Narrow>();
        if (!value) {
            return std::unexpected(std::move(value.error()));
        }
        const unsigned unused = halves == 0 ? 0 : halves == 1 ? 16 : 24;
        return print(spec, Checked<Wide>(static_cast<Narrow>(static_cast<std::uint32_t>(*value) << unused) >> unused));
    }

    Checked<> string(const std::string& spec) {
        auto address = take<std::uint64_t>();
        if (!address) {
            return std::unexpected(std::move(address.error()));
        }
        if (*address == 0) {
            return print(spec + 's', Checked<const char*>("(null)"));
        }
        auto text = memory_.text(*address, longest_);
        if (!text) {
            return std::unexpected(std::move(text.error()));
        }
        if (spec == "%") {
            out_ += *text;
            return {};
        }
        text->resize(std::min(text->size(), longest_conversion));
        return print(spec + 's', Checked<const char*>(text->c_str()));
    }

    template <class T> Checked<> print(const std::string& spec, Checked<T> value) {
        if (!value) {
            return std::unexpected(std::move(value.error()));
        }
        char text[longest_conversion + 1];
        const int length = std::snprintf(text, sizeof text, spec.c_str(), *value);
        if (length > 0) {
            out_.append(text, std::min<std::size_t>(static_cast<std::size_t>(length), longest_conversion));
        }
        return {};
    }

    HostMemory& memory_;
    Address next_;
    std::size_t longest_;
    std::string out_;
};

} // namespace

Checked<std::string> format_print(HostMemory& memory, Address format, Address arguments, std::size_t longest) {
    auto text = memory.text(format, longest_format);
    if (!text) {
        return text;
    }
    return Formatter(memory, arguments, longest).run(*text);
}

} // namespace assay::plan
