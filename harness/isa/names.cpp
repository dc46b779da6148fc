#include "isa/names.h"

#include <charconv>
#include <limits>
#include <optional>

namespace assay::isa {

namespace {

constexpr std::uint64_t kNoNumber = std::numeric_limits<std::uint64_t>::max();

/// "%r12" → ("%r", 12); kNoNumber when the name ends in no number or in one with leading zeros.
std::uint64_t split_number(std::string_view name, std::string_view& prefix) {
    const std::size_t last = name.find_last_not_of("0123456789");
    prefix = name.substr(0, last == std::string_view::npos ? 0 : last + 1);
    const std::string_view digits = name.substr(prefix.size());
    std::uint64_t number = kNoNumber;
    if (!digits.empty() && digits.size() <= 10 && (digits.size() == 1 || digits[0] != '0')) {
        std::from_chars(digits.data(), digits.data() + digits.size(), number);
    }
    return number;
}

} // namespace

std::optional<Name> Names::find_in(const Scope& scope, std::string_view name, std::string_view prefix,
                                   std::uint64_t number) {
    if (const auto found = scope.names.find(name); found != scope.names.end()) {
        return found->second;
    }
    if (number != kNoNumber) {
        const auto range = scope.ranges.find(prefix);
        if (range != scope.ranges.end() && number < range->second.count) {
            Name result;
            result.index = range->second.first + static_cast<std::uint32_t>(number);
            return result;
        }
    }
    return std::nullopt;
}

bool Names::declare(const std::string& name, Name what) {
    std::string_view prefix;
    const std::uint64_t number = split_number(name, prefix);
    if (find_in(scopes_.back(), name, prefix, number)) {
        return false;
    }
    scopes_.back().names.emplace(name, std::move(what));
    return true;
}

bool Names::declare_range(const std::string& prefix, std::uint32_t count, std::uint32_t first) {
    return scopes_.back().ranges.try_emplace(prefix, Range{count, first}).second;
}

std::optional<Name> Names::find(std::string_view name) const {
    std::string_view prefix;
    const std::uint64_t number = split_number(name, prefix);
    for (auto scope = scopes_.rbegin(); scope != scopes_.rend(); ++scope) {
        if (auto found = find_in(*scope, name, prefix, number)) {
            return found;
        }
    }
    return std::nullopt;
}

} // namespace assay::isa
