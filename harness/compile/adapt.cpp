// The source is read as words, not parsed. What is missed or mistaken costs a compiler's error, never a wrong plan: of
// `try` and `catch` all that is left is which block runs.
#include "compile/adapt.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <fmt/format.h>
#include <optional>
#include <string_view>
#include <utility>

#include "compile/headers.h"

namespace assay::compile {

namespace {

struct Word {
    std::size_t begin = 0, end = 0;
};

bool is_letter(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

/// Names, numbers, literals and single characters, without comments.
std::vector<Word> words_of(std::string_view text) {
    std::vector<Word> words;
    for (std::size_t i = 0; i < text.size();) {
        const char c = text[i];
        const std::size_t start = i;
        if (std::isspace(static_cast<unsigned char>(c)) != 0) {
            ++i;
            continue;
        }
        if (text.substr(i).starts_with("//")) {
            i = std::min(text.find('\n', i), text.size());
            continue;
        }
        if (text.substr(i).starts_with("/*")) {
            const auto end = text.find("*/", i + 2);
            i = end == text.npos ? text.size() : end + 2;
            continue;
        }
        if (text.substr(i).starts_with("R\"")) {
            const auto open = std::min(text.find('(', i), text.size());
            const std::string close = ")" + std::string(text.substr(i + 2, open - i - 2)) + "\"";
            const auto end = text.find(close, open);
            i = end == text.npos ? text.size() : end + close.size();
        } else if (c == '"' || (c == '\'' && (i == 0 || !is_letter(text[i - 1])))) {
            for (++i; i < text.size() && text[i] != c && text[i] != '\n'; ++i) {
                i += text[i] == '\\' ? 1 : 0;
            }
            i = std::min(i + 1, text.size());
        } else if (is_letter(c)) {
            while (i < text.size() && is_letter(text[i])) {
                ++i;
            }
        } else {
            ++i;
        }
        words.push_back({start, i});
    }
    return words;
}

/// A source and its words.
class Text {
public:
    explicit Text(std::string_view source) : source_(source), words_(words_of(source)) {}

    [[nodiscard]] std::size_t size() const { return words_.size(); }
    [[nodiscard]] std::string_view operator[](std::size_t i) const {
        return i < words_.size() ? source_.substr(words_[i].begin, words_[i].end - words_[i].begin) : "";
    }
    [[nodiscard]] const Word& place(std::size_t i) const { return words_[i]; }
    [[nodiscard]] std::uint32_t line(std::size_t i) const {
        const auto end = source_.begin() + static_cast<std::ptrdiff_t>(words_[i].begin);
        return 1 + static_cast<std::uint32_t>(std::count(source_.begin(), end, '\n'));
    }
    /// The text from word `first` to before word `last`.
    [[nodiscard]] std::string between(std::size_t first, std::size_t last) const {
        return first >= last
                   ? std::string()
                   : std::string(source_.substr(words_[first].begin, words_[last - 1].end - words_[first].begin));
    }
    /// The word that closes the bracket at word `open`; size() without one.
    [[nodiscard]] std::size_t closing(std::size_t open) const {
        int depth = 0;
        for (std::size_t i = open; i < size(); ++i) {
            const std::string_view word = (*this)[i];
            depth += word == "(" || word == "{" || word == "[" ? 1 : word == ")" || word == "}" || word == "]" ? -1 : 0;
            if (depth == 0) {
                return i;
            }
        }
        return size();
    }

private:
    std::string_view source_;
    std::vector<Word> words_;
};

/// Replacements in one pass; each keeps the line breaks of what it replaces.
class Edits {
public:
    void replace(Word place, std::string text) { edits_.emplace_back(place, std::move(text)); }
    [[nodiscard]] std::string apply(const std::string& source) const {
        std::string result;
        std::size_t from = 0;
        for (const auto& [place, text] : edits_) {
            result.append(source, from, place.begin - from);
            const auto first = source.begin() + static_cast<std::ptrdiff_t>(place.begin);
            const auto last = source.begin() + static_cast<std::ptrdiff_t>(place.end);
            const auto missing = std::count(first, last, '\n') - std::count(text.begin(), text.end(), '\n');
            result += text + std::string(static_cast<std::size_t>(std::max<std::ptrdiff_t>(missing, 0)), '\n');
            from = place.end;
        }
        return result.append(source, from);
    }

private:
    std::vector<std::pair<Word, std::string>> edits_;
};

/// What declares the object that a handler catches: nothing where it has no name.
std::string declaration(const Text& text, std::size_t first, std::size_t last) {
    std::size_t names = 0;
    for (std::size_t i = first; i < last; ++i) {
        const std::string_view word = text[i];
        names += is_letter(word.front()) && word != "const" && word != "volatile" && text[i - 1] != ":" ? 1 : 0;
    }
    const bool named = names >= 2 && is_letter(text[last - 1].front()) && text[last - 1] != "const";
    return named ? text.between(first, last) + " = ::__assay::Caught{}; " : "";
}

/// `TYPE NAME INITIALIZER;` of one variable; the initializer may be missing, `= value`, `(values)` or `{values}`.
struct Declaration {
    std::string type, name; ///< the type without `static`, `const` and the like
    std::string value;      ///< behind the `=`; as it stands, with its brackets, where there is none
    bool equals = false;
    std::size_t end = 0; ///< its semicolon
};

std::optional<Declaration> read_declaration(const Text& words, std::size_t start) {
    constexpr std::array<std::string_view, 5> leading{"static", "const", "inline", "constexpr", "thread_local"};
    constexpr std::array<std::string_view, 12> others{"__device__", "__constant__", "__shared__", "__managed__",
                                                      "__global__", "template",     "using",      "typedef",
                                                      "return",     "extern",       "operator",   "namespace"};
    std::size_t type = start;
    while (std::ranges::find(leading, words[type]) != leading.end()) {
        ++type;
    }
    std::size_t first = 0, end = type; // the initializer and the semicolon
    for (int angles = 0; end < words.size() && words[end] != ";"; ++end) {
        const std::string_view word = words[end];
        if (word == "}" || std::ranges::find(others, word) != others.end()) {
            return {};
        }
        const bool opens = word == "(" || word == "{" || word == "[";
        if (first == 0) {
            angles += word == "<" ? 1 : word == ">" ? -1 : 0;
            if (word == "." || word == "-" || (angles == 0 && (word == "," || word == "["))) {
                return {}; // a call; several variables, or an array
            }
            first = angles == 0 && (opens || word == "=") ? end : 0;
        } else if (word == ",") {
            return {};
        }
        end = opens ? words.closing(end) : end;
    }
    first = first == 0 ? end : first;
    const bool bracket = words[first] == "(" || words[first] == "{";
    if (bracket && words.closing(first) + 1 != end) {
        return {}; // a function
    }
    if (end >= words.size() || first < type + 2 || !is_letter(words[first - 1].front()) || words[first - 2] == ":") {
        return {};
    }
    Declaration declared;
    declared.type = words.between(type, first - 1);
    declared.name = words[first - 1];
    declared.equals = words[first] == "=";
    declared.value = words.between(declared.equals ? first + 1 : first, end);
    declared.end = end;
    return declared;
}

std::string late_static(const Declaration& declared) {
    const auto& [type, name, value, equals, end] = declared;
    if (type.ends_with("&")) {
        return fmt::format("auto& {} = *::__assay::once([&]{{ return &({}); }})", name, value);
    }
    if (type.find("auto") != type.npos) {
        return fmt::format("auto& {} = ::__assay::once([&]{{ return {}; }})", name, value);
    }
    // Made where the declaration stands: a class may keep its constructor and its destructor to itself.
    const bool bracket = value.starts_with("{") || !equals;
    const std::string initializer = value.empty() || value == "()" ? "{}" : bracket ? value : "(" + value + ")";
    return fmt::format("auto& {0} = ::__assay::once<{1}>([&](void* __assay_room) {{ ::new (__assay_room) {1}{2}; }})",
                       name, type, initializer);
}

std::string late_global(const Declaration& declared, std::uint32_t line) {
    const auto& [written, name, value, equals, end] = declared;
    const bool deduced = written.find("auto") != written.npos;
    const std::string type = deduced ? fmt::format("std::remove_cvref_t<decltype({})>", value) : written;
    const std::string initializer = value.empty()                       ? "{}"
                                    : equals && !value.starts_with("{") ? fmt::format("({})", value)
                                                                        : value;
    return fmt::format("alignas({1}) static unsigned char __assay_room_{0}[sizeof({1})]; "
                       "static {1}& {0} = reinterpret_cast<{1}&>(__assay_room_{0}); "
                       "extern \"C\" void __assay_initialize_{3:08}() {{ "
                       "new (static_cast<void*>(__assay_room_{0})) {1}{2}; }}",
                       name, type, initializer, line);
}

} // namespace

std::string adapted(const std::string& source) {
    constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
    std::string text = source.starts_with(byte_order_mark) ? source.substr(byte_order_mark.size()) : source;
    constexpr std::array<std::string_view, 3> signs{"try", "catch", "throw"};
    if (std::ranges::none_of(signs, [&](std::string_view sign) { return text.find(sign) != text.npos; })) {
        return text;
    }
    const Text words(text);
    Edits edits;
    for (std::size_t i = 0; i < words.size(); ++i) {
        const Word place = words.place(i);
        if (words[i] == "try" && words[i + 1] == "{") {
            edits.replace(place, "if (true)");
        } else if (words[i] == "catch" && words[i + 1] == "(") {
            const std::size_t close = words.closing(i + 1);
            if (close < words.size()) {
                edits.replace({place.begin, words.place(close).end},
                              "else if (" + declaration(words, i + 2, close) + "false)");
                i = close;
            }
        } else if (words[i] == "throw" && words[i + 1] == ";") {
            edits.replace(place, "__assay_throw(\"an exception\")");
        } else if (words[i] == "throw" && words[i + 1] == "(" && words[i + 2] == ")" && i > 0 &&
                   (words[i - 1] == ")" || words[i - 1] == "const")) {
            edits.replace({place.begin, words.place(i + 2).end}, "noexcept");
        }
    }
    return edits.apply(text);
}

std::vector<LateVariable> late_variables(const std::vector<Diagnostic>& diagnostics, const std::string& file) {
    std::vector<LateVariable> variables;
    for (const Diagnostic& diagnostic : diagnostics) {
        if (diagnostic.file == file && diagnostic.message.find("dynamic initialization is not") != std::string::npos) {
            variables.push_back({diagnostic.line, diagnostic.message.find("function-scope") != std::string::npos});
        }
    }
    return variables;
}

std::string with_late_variables(const std::string& source, const std::vector<LateVariable>& variables) {
    const Text words(source);
    Edits edits;
    std::size_t start = 0; // of the declaration that is read
    for (std::size_t i = 0; i < words.size(); ++i) {
        const std::string_view word = words[i];
        if (word == ";" || word == "{" || word == "}" || word == "#") {
            start = i + 1;
            if (word == "#") { // a preprocessor's line
                const std::uint32_t line = words.line(i);
                while (start < words.size() && words.line(start) == line) {
                    ++start;
                }
                i = start - 1;
            }
            continue;
        }
        if (i != start) {
            continue;
        }
        const auto declared = read_declaration(words, i);
        if (!declared) {
            continue;
        }
        const auto meant = [&](const LateVariable& variable) {
            return variable.line >= words.line(i) && variable.line <= words.line(declared->end) &&
                   (!variable.local || word == "static" || word == "thread_local");
        };
        const auto variable = std::ranges::find_if(variables, meant);
        if (variable != variables.end()) {
            edits.replace({words.place(i).begin, words.place(declared->end - 1).end},
                          variable->local ? late_static(*declared) : late_global(*declared, words.line(i)));
            i = declared->end - 1;
        }
    }
    return edits.apply(source);
}

std::map<std::string, std::string> torch_headers(const std::string& source) {
    constexpr std::array<std::string_view, 6> folders{"torch/", "ATen/", "c10/", "THC/", "pybind11/", "caffe2/"};
    std::map<std::string, std::string> headers;
    for (auto at = source.find("#include"); at != source.npos; at = source.find("#include", at + 1)) {
        const auto line_end = std::min(source.find('\n', at), source.size());
        const auto open = source.find_first_of("<\"", at);
        if (open >= line_end) {
            continue;
        }
        const auto close = source.find_first_of(">\"", open + 1);
        if (close >= line_end) {
            continue;
        }
        const std::string name = source.substr(open + 1, close - open - 1);
        const bool is_torch =
            std::ranges::any_of(folders, [&](std::string_view folder) { return name.starts_with(folder); });
        if (is_torch && std::ranges::find(virtual_headers(), name, &VirtualHeader::name) == virtual_headers().end()) {
            headers[name] = "#include <torch/extension.h>\n";
        }
    }
    return headers;
}

} // namespace assay::compile
