// NVRTC's log is a list of blocks:
//
//   candidate.cu(12): error: identifier "foo" is undefined
//     int x = foo;
//             ^
//             detected during instantiation of ...
//
// The first line names file, line and severity. What follows is indented: more of the message, the line of the source,
// a caret below the column, and how the compiler got there. Lines at the margin that name no file are remarks and sums.
#include "compile/diagnostics.h"

#include <charconv>
#include <fmt/format.h>
#include <optional>

namespace assay::compile {

namespace {

/// A block's first line, taken apart; none: the line starts no block.
std::optional<Diagnostic> parse_head(std::string_view line) {
    struct Word {
        std::string_view text;
        Severity severity;
    };
    constexpr Word words[] = {
        {"catastrophic error", Severity::Error}, {"internal error", Severity::Error}, {"error", Severity::Error},
        {"warning", Severity::Warning},          {"remark", Severity::Remark},        {"note", Severity::Remark},
    };
    const auto close = line.find("): ");
    const auto open = close == line.npos ? line.npos : line.rfind('(', close);
    if (open == line.npos || open == 0 || line.front() == ' ') {
        return {};
    }
    Diagnostic diagnostic;
    const auto* const end = line.data() + close;
    if (std::from_chars(line.data() + open + 1, end, diagnostic.line).ptr != end) {
        return {};
    }
    diagnostic.file = line.substr(0, open);
    std::string_view rest = line.substr(close + 3);
    for (const Word& word : words) {
        if (rest.starts_with(word.text)) {
            rest.remove_prefix(word.text.size());
            diagnostic.severity = word.severity;
            const auto colon = rest.find(": "); // after it, or after a number: " #177-D: "
            if (colon == rest.npos || (colon != 0 && !rest.starts_with(" #"))) {
                return {};
            }
            diagnostic.message = rest.substr(colon + 2);
            return diagnostic;
        }
    }
    return {};
}

/// The column below which the caret of an indented line stands, from 1; 0: the line is no caret.
std::uint32_t caret_column(std::string_view line) {
    constexpr std::uint32_t indent = 2;
    const auto caret = line.find_first_not_of(" \t");
    const bool alone = caret != line.npos && line.substr(caret) == "^" && caret >= indent;
    return alone ? static_cast<std::uint32_t>(caret) - indent + 1 : 0;
}

std::string_view take_line(std::string_view& text) {
    const auto end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end == text.npos ? text.size() : end + 1);
    return line;
}

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(' ');
    return first == text.npos ? std::string_view() : text.substr(first);
}

/// Adds what a block's indented lines say to its diagnostic. The line before the caret quotes the source, so the
/// message's own continuation ends before it.
void read_details(Diagnostic& diagnostic, const std::vector<std::string_view>& details) {
    std::size_t caret = 0;
    while (caret < details.size() && caret_column(details[caret]) == 0) {
        caret++;
    }
    if (caret < details.size()) {
        diagnostic.column = caret_column(details[caret]);
    }
    for (std::size_t i = 0; i < details.size(); i++) {
        const bool quotes = caret < details.size() && (i == caret || i + 1 == caret);
        if (!quotes && !trimmed(details[i]).empty()) {
            diagnostic.message += "\n" + std::string(trimmed(details[i]));
        }
    }
}

constexpr std::string_view detected = "detected during", instantiation = "instantiation of ";

/// The line N of "instantiation of ... at line N of FILE"; 0: of another file, or no such text.
std::uint32_t instantiated_at(std::string_view text, std::string_view file) {
    constexpr std::string_view place = " at line ";
    const auto at = text.rfind(place);
    std::uint32_t line = 0;
    if (at == text.npos) {
        return 0;
    }
    const std::string_view rest = text.substr(at + place.size());
    const auto read = std::from_chars(rest.data(), rest.data() + rest.size(), line);
    return std::string_view(read.ptr, rest.data() + rest.size()) == fmt::format(" of {}", file) ? line : 0;
}

} // namespace

std::uint32_t line_in(const Diagnostic& diagnostic, std::string_view file) {
    if (diagnostic.file == file) {
        return diagnostic.line;
    }
    std::string_view rest = diagnostic.message;
    while (!rest.empty()) {
        if (const std::uint32_t line = instantiated_at(take_line(rest), file); line != 0) {
            return line;
        }
    }
    return 0;
}

std::string brief(const Diagnostic& diagnostic, std::string_view file) {
    constexpr std::size_t longest = 400;
    std::string text = fmt::format("{}:{}: ", diagnostic.file, diagnostic.line);
    std::string_view rest = diagnostic.message;
    while (!rest.empty()) {
        const std::string_view line = take_line(rest);
        const bool is_context = line.starts_with(instantiation) || line.starts_with(detected);
        if (!is_context || instantiated_at(line, file) != 0) {
            const std::string tail =
                is_context ? fmt::format(" at line {} of {}", instantiated_at(line, file), file) : "";
            text += text.ends_with(": ") ? "" : "\n";
            text += line.size() <= longest ? line : fmt::format("{} ...{}", line.substr(0, longest), tail);
        }
    }
    return text;
}

ParsedLog parse_log(std::string_view log, const std::function<bool(std::string_view)>& may_quote) {
    ParsedLog parsed;
    while (!log.empty()) {
        const std::string_view head = take_line(log);
        auto diagnostic = parse_head(head);
        std::vector<std::string_view> details;
        while (diagnostic && log.starts_with(' ')) {
            details.push_back(take_line(log));
        }
        const bool shown = !diagnostic || may_quote(diagnostic->file);
        if (!shown) {
            diagnostic->message = "a message about a file that is neither the candidate nor a header of the toolkit";
            details.clear();
        }
        parsed.log += shown ? std::string(head) : diagnostic->file + ": " + diagnostic->message;
        parsed.log += '\n';
        for (const std::string_view detail : details) {
            parsed.log += std::string(detail) + "\n";
        }
        if (diagnostic) {
            read_details(*diagnostic, details);
            parsed.diagnostics.push_back(std::move(*diagnostic));
        }
    }
    return parsed;
}

} // namespace assay::compile
