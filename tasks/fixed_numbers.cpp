#include "tasks/fixed_numbers.h"

#include <algorithm>
#include <cctype>
#include <charconv>

namespace assay::tasks {

namespace {

bool is_word(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

std::string trimmed(std::string_view text) {
    while (!text.empty() && std::isspace(static_cast<unsigned char>(text.front())) != 0) {
        text.remove_prefix(1);
    }
    while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back())) != 0) {
        text.remove_suffix(1);
    }
    return std::string(text);
}

/// A number, or a name; what else there is (a call, arithmetic) is nobody's parameter.
bool is_value(const std::string& text) {
    double number = 0; // "1e-5"
    const char* const end = text.data() + text.size();
    return !text.empty() && (std::from_chars(text.data(), end, number).ptr == end ||
                             std::ranges::all_of(text, [](char c) { return is_word(c) || c == '.'; }));
}

/// What stands between commas from `at` to the bracket that closes what `at` is in, or to the end of the statement.
std::vector<std::string> list_from(std::string_view text, std::size_t at) {
    std::vector<std::string> parts;
    int depth = 0;
    for (std::size_t start = at; at <= text.size(); ++at) {
        const char c = at < text.size() ? text[at] : ';';
        depth += c == '(' || c == '{' ? 1 : c == ')' || c == '}' ? -1 : 0;
        if (c == ';') {
            depth = -1;
        }
        if (depth < 0 || (depth == 0 && c == ',')) {
            parts.push_back(trimmed(text.substr(start, at - start)));
            start = at + 1;
        }
        if (depth < 0) {
            break;
        }
    }
    return parts;
}

/// Arguments that have a name in PyTorch and only a place in the operator library.
struct Placed {
    std::string_view function;
    std::size_t argument;
    std::string_view name;
};
constexpr Placed placed[] = {
    {"leaky_relu", 1, "negative_slope"},
    {"elu", 1, "alpha"},
    {"hard_tanh", 1, "min_val"},
    {"hard_tanh", 2, "max_val"},
    {"clamp", 1, "min_val"},
    {"clamp", 2, "max_val"},
    {"triplet_margin_loss", 3, "margin"},
    {"group_norm", 4, "eps"},
    {"layer_norm", 3, "eps"},
    {"batch_norm", 3, "eps"},
    {"instance_norm", 1, "eps"},
    {"rms_norm", 2, "eps"},
    {"weighted_rms_norm", 2, "eps"},
};

} // namespace

std::map<std::string, std::vector<std::string>> fixed_numbers(std::string_view text) {
    std::map<std::string, std::vector<std::string>> fixed;
    const auto note = [&fixed](std::string_view name, std::vector<std::string> values) {
        if (!values.empty() && std::ranges::all_of(values, is_value)) {
            fixed.try_emplace(std::string(name), std::move(values));
        }
    };
    // Attributes: `.stride = 2`, `.padding = {1, 3}`.
    for (auto at = text.find('.'); at != text.npos; at = text.find('.', at + 1)) {
        std::size_t end = at + 1;
        while (end < text.size() && is_word(text[end])) {
            ++end;
        }
        if (text.substr(end, 3) != " = ") {
            continue;
        }
        const auto value = end + 3;
        note(text.substr(at + 1, end - at - 1),
             text.substr(value, 1) == "{" ? list_from(text, value + 1) : std::vector{list_from(text, value).front()});
    }
    for (const Placed& wanted : placed) {
        const std::string call = std::string(wanted.function) + "(";
        auto at = text.find(call);
        while (at != text.npos && at > 0 && is_word(text[at - 1])) { // the end of another name
            at = text.find(call, at + 1);
        }
        if (at == text.npos) {
            continue;
        }
        const auto arguments = list_from(text, at + wanted.function.size() + 1);
        if (wanted.argument < arguments.size()) {
            note(wanted.name, {arguments[wanted.argument]});
        }
    }
    return fixed;
}

} // namespace assay::tasks
