#include "plan/argument_text.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <optional>

#include "plan/names.h"

namespace assay::plan {

namespace {

enum class Kind : std::uint8_t { Pointer, Signed, Unsigned, Real, Boolean };

struct PlainType {
    std::string_view name;
    Kind kind;
    std::size_t bytes;
};

constexpr PlainType plain_types[] = {
    {"int", Kind::Signed, 4},         {"unsigned int", Kind::Unsigned, 4},
    {"float", Kind::Real, 4},         {"double", Kind::Real, 8},
    {"long", Kind::Signed, 8},        {"unsigned long", Kind::Unsigned, 8},
    {"long long", Kind::Signed, 8},   {"unsigned long long", Kind::Unsigned, 8},
    {"bool", Kind::Boolean, 1},       {"char", Kind::Signed, 1},
    {"signed char", Kind::Signed, 1}, {"unsigned char", Kind::Unsigned, 1},
    {"short", Kind::Signed, 2},       {"unsigned short", Kind::Unsigned, 2},
};

/// The types between the last parentheses of a demangled name.
std::vector<std::string_view> parameter_types(std::string_view signature) {
    std::vector<std::string_view> types;
    if (!signature.ends_with(')')) {
        return types;
    }
    int depth = 0;
    std::size_t end = signature.size() - 1;
    for (std::size_t i = end; i-- > 0;) {
        const char c = signature[i];
        const bool closes = c == '(' && depth == 0;
        if (closes || (c == ',' && depth == 0)) {
            std::string_view type = signature.substr(i + 1, end - i - 1);
            type.remove_prefix(std::min(type.find_first_not_of(' '), type.size()));
            types.insert(types.begin(), type);
            end = i;
        }
        if (closes) {
            break;
        }
        depth += c == ')' || c == '>' || c == ']' ? 1 : c == '(' || c == '<' || c == '[' ? -1 : 0;
    }
    return types;
}

std::optional<PlainType> plain_type(std::string_view name) {
    if (name.ends_with('*') || name.ends_with('&')) {
        return PlainType{name, Kind::Pointer, 8};
    }
    for (const PlainType& type : plain_types) {
        if (type.name == name) {
            return type;
        }
    }
    return std::nullopt;
}

std::string value_text(const PlainType& type, std::uint64_t bits) {
    switch (type.kind) {
    case Kind::Pointer:
        return bits == 0 ? "null" : fmt::format("{:#x}", bits);
    case Kind::Boolean:
        return bits != 0 ? "true" : "false";
    case Kind::Real:
        return type.bytes == 4 ? fmt::format("{}", std::bit_cast<float>(static_cast<std::uint32_t>(bits)))
                               : fmt::format("{}", std::bit_cast<double>(bits));
    case Kind::Signed: {
        const unsigned unused = static_cast<unsigned>(64 - 8 * type.bytes);
        return fmt::format("{}", static_cast<std::int64_t>(bits << unused) >> unused);
    }
    case Kind::Unsigned:
        return fmt::format("{}", bits);
    }
    return {};
}

std::optional<Pointer> pointer_at(const Launch& launch, std::size_t at) {
    for (const Relocation& relocation : launch.relocations) {
        if (relocation.at == at) {
            return relocation.target;
        }
    }
    return std::nullopt;
}

/// "map of x (64 x 32 of 128 x 96)": a box of a tensor, innermost dimension first.
std::optional<std::string> tensor_map_text(const LaunchPlan& plan, const Launch& launch, std::size_t at) {
    const auto map = std::ranges::find(launch.tensor_maps, at, &TensorMap::at);
    if (map == launch.tensor_maps.end()) {
        return std::nullopt;
    }
    return fmt::format("map of {} ({} of {})", pointer_text(plan, map->target), fmt::join(map->box, " x "),
                       fmt::join(map->extents, " x "));
}

/// By the signature; nullopt when a type is not plain or the block has another size.
std::optional<std::string> typed_text(const LaunchPlan& plan, const Launch& launch) {
    std::vector<std::string> values;
    std::size_t at = 0;
    const std::string signature = demangle(launch.kernel);
    for (const std::string_view name : parameter_types(signature)) {
        constexpr std::size_t map_alignment = 64;
        const std::size_t aligned = (at + map_alignment - 1) / map_alignment * map_alignment;
        if (auto map = tensor_map_text(plan, launch, aligned)) {
            values.push_back(std::move(*map));
            at = aligned + TensorMap::bytes;
            continue;
        }
        const auto type = plain_type(name);
        if (!type) {
            return std::nullopt;
        }
        at = (at + type->bytes - 1) / type->bytes * type->bytes;
        if (at + type->bytes > launch.parameters.size()) {
            return std::nullopt;
        }
        std::uint64_t bits = 0;
        std::memcpy(&bits, launch.parameters.data() + at, type->bytes);
        const auto target = type->bytes == 8 ? pointer_at(launch, at) : std::nullopt;
        values.push_back(target ? pointer_text(plan, *target) : value_text(*type, bits));
        at += type->bytes;
    }
    if (at != launch.parameters.size()) {
        return std::nullopt;
    }
    return fmt::format("{}", fmt::join(values, ", "));
}

/// Four bytes of unknown type: a float where only that makes sense.
std::string word_text(std::uint32_t bits) {
    const auto integer = std::bit_cast<std::int32_t>(bits);
    if (std::abs(static_cast<std::int64_t>(integer)) < 1 << 24) {
        return fmt::format("{}", integer);
    }
    const auto real = std::bit_cast<float>(bits);
    const float size = std::fabs(real);
    return size > 1e-12f && size < 1e12f ? fmt::format("{}", real) : fmt::format("{:#x}", bits);
}

} // namespace

std::string pointer_text(const LaunchPlan& plan, const Pointer& pointer) {
    const std::string name =
        pointer.buffer < plan.buffers.size() ? plan.buffers[pointer.buffer].name : fmt::format("#{}", pointer.buffer);
    return pointer.offset == 0 ? name : fmt::format("{}+{}", name, pointer.offset);
}

std::string arguments_text(const LaunchPlan& plan, const Launch& launch) {
    if (auto typed = typed_text(plan, launch)) {
        return *typed;
    }
    std::vector<std::string> words;
    for (std::size_t at = 0; at < launch.parameters.size();) {
        if (auto map = tensor_map_text(plan, launch, at)) {
            words.push_back(std::move(*map));
            at += TensorMap::bytes;
            continue;
        }
        if (const auto target = pointer_at(launch, at)) {
            words.push_back(pointer_text(plan, *target));
            at += 8;
            continue;
        }
        std::uint32_t bits = 0;
        std::memcpy(&bits, launch.parameters.data() + at, std::min<std::size_t>(4, launch.parameters.size() - at));
        words.push_back(word_text(bits));
        at += 4;
    }
    return fmt::format("{}", fmt::join(words, ", "));
}

} // namespace assay::plan
