// The text is read as words, not parsed: a function is `... name ( ... ) {` outside of all braces but those of
// namespaces. What is missed or mistaken costs a clear error later, never a wrong verdict: the compiler has the last
// word.
#include "eval/torch_module.h"

#include <algorithm>
#include <cctype>
#include <map>

namespace assay::eval {

namespace {

bool is_word(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

/// Words and single characters, without comments, strings and preprocessor lines.
std::vector<std::string> words_of(const std::string& text) {
    std::vector<std::string> words;
    bool line_start = true;
    for (std::size_t i = 0; i < text.size();) {
        const char c = text[i];
        const auto skip_to = [&](const char* end, std::size_t from) {
            const auto at = text.find(end, from);
            i = at == text.npos ? text.size() : at + std::char_traits<char>::length(end);
        };
        if (c == '\n') {
            line_start = true;
            ++i;
        } else if (std::isspace(static_cast<unsigned char>(c)) != 0) {
            ++i;
        } else if (text.compare(i, 2, "//") == 0) {
            i = std::min(text.find('\n', i), text.size());
        } else if (text.compare(i, 2, "/*") == 0) {
            skip_to("*/", i + 2);
        } else if (c == '#' && line_start) {
            do { // to the end of the line that does not end in a backslash
                i = std::min(text.find('\n', i + 1), text.size());
            } while (i < text.size() && text[i - 1] == '\\');
        } else if (text.compare(i, 3, "R\"(") == 0) {
            skip_to(")\"", i + 3);
        } else if (c == '"' || (c == '\'' && (i == 0 || !is_word(text[i - 1])))) {
            for (++i; i < text.size() && text[i] != c && text[i] != '\n'; ++i) {
                i += text[i] == '\\' ? 1 : 0;
            }
            ++i;
        } else if (is_word(c)) {
            const std::size_t start = i;
            while (i < text.size() && is_word(text[i])) {
                ++i;
            }
            words.push_back(text.substr(start, i - start));
        } else {
            words.emplace_back(1, c);
            ++i;
        }
        line_start = line_start && i < text.size() && std::isspace(static_cast<unsigned char>(c)) != 0;
    }
    return words;
}

struct Function {
    std::string name; ///< with its namespaces
    std::vector<std::string> parameters;
    bool is_void = false;
    std::size_t first = 0, last = 0; ///< of its words, the body included
};

/// The index behind the bracket that closes the one at `open`.
std::size_t behind(const std::vector<std::string>& words, std::size_t open, const char* opening, const char* closing) {
    int depth = 0;
    for (std::size_t i = open; i < words.size(); ++i) {
        depth += words[i] == opening ? 1 : words[i] == closing ? -1 : 0;
        if (depth == 0) {
            return i + 1;
        }
    }
    return words.size();
}

/// The names of the parameters between two brackets: of each the last word before a default. Empty if one has none.
std::vector<std::string> parameters_of(const std::vector<std::string>& words, std::size_t open, std::size_t close) {
    std::vector<std::string> names;
    std::string last;
    int depth = 0;
    bool in_default = false;
    for (std::size_t i = open + 1; i < close; ++i) {
        const std::string& word = words[i];
        depth += word == "<" || word == "(" || word == "{" ? 1 : word == ">" || word == ")" || word == "}" ? -1 : 0;
        if (depth == 0 && (word == "," || i + 1 == close)) {
            last = i + 1 == close && !in_default && is_word(word.front()) ? word : last;
            names.push_back(last);
            last.clear();
            in_default = false;
        } else if (depth == 0) {
            in_default = in_default || word == "=";
            last = in_default ? last : is_word(word.front()) ? word : "";
        }
    }
    const auto is_name = [](const std::string& name) { return !name.empty() && name != "Tensor" && name != "int"; };
    return std::ranges::all_of(names, is_name) ? names : std::vector<std::string>();
}

/// Host functions that take or give tensors.
std::vector<Function> find_functions(const std::vector<std::string>& words) {
    std::vector<Function> functions;
    std::vector<std::string> scopes; // of namespaces; "" for what has no name
    std::size_t start = 0;           // of the declaration that is read
    for (std::size_t i = 0; i < words.size(); ++i) {
        const std::string& word = words[i];
        if (word == "(") {
            i = behind(words, i, "(", ")") - 1; // a default may be in braces
        } else if (word == ";") {
            start = i + 1;
        } else if (word == "}") {
            if (!scopes.empty()) {
                scopes.pop_back();
            }
            start = i + 1;
        } else if (word == "{") {
            const auto first = words.begin() + static_cast<std::ptrdiff_t>(start);
            const auto here = words.begin() + static_cast<std::ptrdiff_t>(i);
            const auto says = [&](const char* what) { return std::find(first, here, what) != here; };
            if (says("namespace") || (i == start + 1 && words[start] == "extern")) { // extern "C" {
                scopes.push_back(says("namespace") && words[i - 1] != "namespace" ? words[i - 1] : "");
                start = i + 1;
                continue;
            }
            const std::size_t end = behind(words, i, "{", "}");
            const auto open = std::find(first, here, "(");
            const bool is_function = open != here && open != first && words[i - 1] == ")" && says("Tensor") &&
                                     !says("template") && !says("__global__") && !says("__device__") &&
                                     !says("class") && !says("struct") && !says("operator") &&
                                     std::find(first, open, "=") == open;
            if (is_function && is_word((open - 1)->front())) {
                Function function;
                for (const std::string& scope : scopes) {
                    function.name += scope.empty() ? "" : scope + "::";
                }
                function.name += *(open - 1);
                function.is_void = std::find(first, open, "void") != open;
                const auto from = static_cast<std::size_t>(open - words.begin());
                function.parameters = parameters_of(words, from, behind(words, from, "(", ")") - 1);
                function.first = start;
                function.last = end;
                functions.push_back(std::move(function));
            }
            i = end - 1;
            start = end;
        }
    }
    return functions;
}

/// "py::arg" of each name.
std::string named(const std::vector<std::string>& parameters) {
    std::string text;
    for (const std::string& parameter : parameters) {
        text += ", pybind11::arg(\"" + parameter + "\")";
    }
    return text;
}

std::string last_name(const std::string& name) {
    const auto colons = name.rfind("::");
    return colons == name.npos ? name : name.substr(colons + 2);
}

bool is_torch_source(const std::string& source) {
    for (const char* header : {"<torch/", "<ATen/", "\"torch/", "\"ATen/", "<c10/"}) {
        if (source.find(header) != source.npos) {
            return true;
        }
    }
    return false;
}

/// Where the bracket closes that opens at `open`; npos: nowhere. Strings are read over.
std::size_t closing(const std::string& text, std::size_t open) {
    int depth = 0;
    for (std::size_t i = open; i < text.size(); ++i) {
        if (text[i] == '"') {
            for (++i; i < text.size() && text[i] != '"'; ++i) {
                i += text[i] == '\\' ? 1 : 0;
            }
        } else {
            depth += text[i] == '(' ? 1 : text[i] == ')' ? -1 : 0;
            if (depth == 0) {
                return i;
            }
        }
    }
    return text.npos;
}

/// The function that a definition's arguments name: `"forward", &relu::forward, "what it does"`, also behind TORCH_FN
/// or wrap_pybind_function, and behind a device of TORCH_LIBRARY_IMPL's. Empty: none, or the parameters have names
/// already.
std::string function_of(const std::vector<std::string>& words, const std::map<std::string, int>& defined) {
    if (std::ranges::any_of(words, [](const std::string& w) { return w == "arg" || w == "_a" || w == "["; })) {
        return {};
    }
    for (const std::string& word : words) {
        if (const auto found = defined.find(word); found != defined.end() && found->second == 1) {
            return word;
        }
    }
    return {};
}

/// The source's own module with the names of parameters where it does not say them: which number of the task a
/// parameter is, its name tells best. Lines stay what they are.
std::string with_names(std::string source) {
    std::map<std::string, std::vector<std::string>> known;
    std::map<std::string, int> defined;
    for (const Function& function : find_functions(words_of(source))) {
        known[last_name(function.name)] = function.parameters;
        ++defined[last_name(function.name)];
    }
    for (const std::string_view define : {".def(", ".impl("}) {
        for (std::size_t at = source.find(define); at != source.npos; at = source.find(define, at + 1)) {
            const std::size_t end = closing(source, at + define.size() - 1);
            if (end == source.npos) {
                break;
            }
            const auto words = words_of(source.substr(at + define.size(), end - at - define.size()));
            if (const std::string function = function_of(words, defined); !function.empty()) {
                source.insert(end, named(known[function]));
            }
        }
    }
    return source;
}

} // namespace

std::vector<std::string> functions_without_module(const std::string& source, const std::string& entry) {
    if (!is_torch_source(source)) {
        return {};
    }
    const auto words = words_of(source);
    if (std::ranges::any_of(words, [](const std::string& word) {
            return word == "PYBIND11_MODULE" || word.starts_with("TORCH_LIBRARY");
        })) {
        return {};
    }
    const auto functions = find_functions(words);
    std::map<std::string, int> defined; // a name with several signatures has no one address
    for (const Function& function : functions) {
        ++defined[function.name];
    }
    const bool some_give = std::ranges::any_of(functions, [](const Function& f) { return !f.is_void; });
    std::vector<std::string> names;
    for (const Function& function : functions) {
        bool called = false;
        for (const Function& other : functions) {
            const auto first = words.begin() + static_cast<std::ptrdiff_t>(other.first);
            const auto last = words.begin() + static_cast<std::ptrdiff_t>(other.last);
            called = called || (&other != &function && std::find(first, last, last_name(function.name)) != last);
        }
        const bool wanted = last_name(function.name) == entry;
        const bool offered = !called && (!function.is_void || !some_give);
        if (defined[function.name] == 1 && (wanted || offered)) {
            names.push_back(function.name);
        }
    }
    return names;
}

std::string with_torch_module(const std::string& source, const std::string& entry) {
    const auto names = functions_without_module(source, entry);
    if (names.empty()) {
        return is_torch_source(source) ? with_names(source) : source;
    }
    std::map<std::string, std::vector<std::string>> parameters;
    for (const Function& function : find_functions(words_of(source))) {
        parameters[function.name] = function.parameters;
    }
    std::string text = source + "\n#include <torch/extension.h>\nPYBIND11_MODULE(TORCH_EXTENSION_NAME, m) {\n";
    for (const std::string& name : names) {
        text += "    m.def(\"" + last_name(name) + "\", &" + name + named(parameters[name]) + ");\n";
    }
    return text + "}\n";
}

} // namespace assay::eval
