// Models write explanations, first attempts, build commands and test programs around the kernel that they mean. The
// kernel that counts is almost always the last whole one: attempts are revised downwards, and a snippet that is shown
// for explanation after it has no entry. So blocks are graded by what they hold, never by length, and the last of the
// best grade is taken.
#include "eval/reply.h"

#include <algorithm>
#include <cctype>
#include <fmt/format.h>
#include <vector>

namespace assay::eval {

namespace {

struct Block {
    std::string language, code;
    std::size_t line = 0; ///< of its first line of code, from 1
    bool closed = false;
};

/// The fence that a line begins with: its character, its length, and what follows it.
struct Fence {
    char character = 0;
    std::size_t length = 0, indent = 0;
    std::string rest;
};

std::string trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t\r");
    return first == text.npos ? "" : std::string(text.substr(first, text.find_last_not_of(" \t\r") + 1 - first));
}

Fence fence_of(std::string_view line) {
    Fence fence;
    fence.indent = std::min(line.find_first_not_of(" \t"), line.size());
    const std::string_view text = line.substr(fence.indent);
    if (text.starts_with("```") || text.starts_with("~~~")) {
        fence.character = text.front();
        fence.length = std::min(text.find_first_not_of(fence.character), text.size());
        fence.rest = trimmed(text.substr(fence.length));
    }
    return fence;
}

std::vector<Block> blocks_of(std::string_view reply) {
    std::vector<Block> blocks;
    Fence open;
    std::size_t number = 0;
    for (std::size_t at = 0; at < reply.size();) {
        const std::size_t end = std::min(reply.find('\n', at), reply.size());
        const std::string_view line = reply.substr(at, end - at);
        at = end + 1;
        ++number;
        const Fence fence = fence_of(line);
        if (open.character == 0) {
            // Within one line, ```like this```, nothing opens.
            if (fence.character != 0 && fence.rest.find('`') == fence.rest.npos) {
                open = fence;
                blocks.push_back({.language = fence.rest, .code = {}, .line = number + 1});
            }
        } else if (fence.character == open.character && fence.length >= open.length && fence.rest.empty()) {
            blocks.back().closed = true;
            open = {};
        } else {
            // In a list, code is indented with its fence.
            const std::size_t indent = std::min(line.find_first_not_of(" \t"), line.size());
            blocks.back().code += std::string(line.substr(std::min(open.indent, indent))) + "\n";
        }
    }
    return blocks;
}

bool has(std::string_view code, std::string_view what) {
    return code.find(what) != code.npos;
}

bool has_kernel(std::string_view code) {
    return has(code, "__global__");
}

/// KernelBench's form, or gpu-mode's.
bool is_module(std::string_view code) {
    return has(code, "class ModelNew") || has(code, "def custom_kernel(");
}

bool is_word(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

/// Whether one of the words stands before a parenthesis: "solve (".
bool is_called(std::string_view code, std::string_view word) {
    for (std::size_t at = code.find(word); at != code.npos; at = code.find(word, at + 1)) {
        const std::size_t behind = code.find_first_not_of(" \t\r\n", at + word.size());
        if ((at == 0 || !is_word(code[at - 1])) && behind != code.npos && code[behind] == '(') {
            return true;
        }
    }
    return false;
}

/// "torch::Tensor name(", "std::vector<at::Tensor> name("
bool gives_tensor(std::string_view code) {
    constexpr std::string_view type = "Tensor";
    for (std::size_t at = code.find(type); at != code.npos; at = code.find(type, at + 1)) {
        std::size_t i = at + type.size();
        i += i < code.size() && code[i] == '>' ? 1 : 0;
        const std::size_t name = std::min(code.find_first_not_of(" \t\r\n", i), code.size());
        std::size_t end = name;
        while (end < code.size() && is_word(code[end])) {
            ++end;
        }
        const std::size_t behind = code.find_first_not_of(" \t\r\n", end);
        if (name > i && end > name && behind != code.npos && code[behind] == '(') {
            return true;
        }
    }
    return false;
}

/// A host function that the harness would call. Written without std::regex, which recurses for each character: a
/// reply may be a million of them.
bool has_entry(std::string_view code) {
    return is_called(code, "solve") || is_called(code, "solution") || has(code, "PYBIND11_MODULE") ||
           has(code, "TORCH_LIBRARY") || has(code, "TVM_FFI_DLL_EXPORT") || has(code, "// assay: entry") ||
           gives_tensor(code);
}

/// Whether a line begins a Python statement that no C++ has.
bool is_python_line(std::string_view line) {
    line = line.substr(0, line.find('#'));
    line = line.substr(0, line.find_last_not_of(" \t\r") + 1);
    const auto word_at = [&](std::size_t at) { return at < line.size() && is_word(line[at]); };
    if (line.starts_with("import ")) {
        return word_at(7) && !line.ends_with(';');
    }
    if (line.starts_with("from ")) {
        return has(line, " import ");
    }
    const bool is_class = line.starts_with("class "), is_function = line.starts_with("def ");
    return line.ends_with(':') && ((is_class && word_at(6)) || (is_function && word_at(4) && has(line, "(")));
}

/// From worst to best; 0: no candidate at all.
int grade(const Block& block) {
    if (is_module(block.code)) {
        return 4;
    }
    const bool entry = has_entry(block.code);
    if (is_python(block.code)) {
        return 0;
    }
    return entry && has_kernel(block.code) ? 4 : entry ? 3 : has_kernel(block.code) ? 2 : 0;
}

std::string_view reason(int grade, bool module) {
    switch (grade) {
    case 4:
        return module ? "with a module in Python" : "with kernel and entry";
    case 3:
        return "with an entry";
    default:
        return "with a kernel";
    }
}

} // namespace

bool is_python(std::string_view source) {
    for (std::size_t at = 0; at < source.size();) {
        const std::size_t end = std::min(source.find('\n', at), source.size());
        if (is_python_line(source.substr(at, end - at))) {
            return true;
        }
        at = end + 1;
    }
    return false;
}

Result<Extracted> extract_code(std::string_view reply) {
    std::size_t lines_before = 0;
    constexpr std::string_view thought = "</think>";
    if (const auto end = reply.rfind(thought); end != reply.npos) {
        const std::string_view before = reply.substr(0, end + thought.size());
        lines_before = static_cast<std::size_t>(std::ranges::count(before, '\n'));
        reply.remove_prefix(before.size());
    }
    const auto blocks = blocks_of(reply);
    if (blocks.empty()) {
        const Block whole{.language = {}, .code = std::string(reply)};
        if (grade(whole) >= 2 && has(reply, "{") && has(reply, ";")) { // prose can name __global__ too
            return Extracted{whole.code, "the whole reply, which is code"};
        }
        return fail("the reply holds no code block", {}, "code belongs between two lines of three backticks");
    }
    std::vector<int> grades;
    std::ranges::transform(blocks, std::back_inserter(grades), grade);
    const auto best = std::ranges::max(grades);
    if (best == 0) {
        return fail(fmt::format("none of the reply's {} code blocks holds a kernel or an entry", blocks.size()), {},
                    "a candidate has a __global__ kernel and a host function that launches it");
    }
    const auto last =
        static_cast<std::size_t>(std::ranges::find(grades.rbegin(), grades.rend(), best).base() - grades.begin() - 1);
    const auto say = [&](std::size_t index, std::string_view why) {
        return fmt::format("code block {} of {} ({}{}), from line {}{}", index + 1, blocks.size(),
                           std::ranges::count(grades, best) > 1 ? "the last " : "the one ", why,
                           lines_before + blocks[index].line, blocks[index].closed ? "" : ", cut off");
    };
    if (best < 4) { // in two pieces?
        const auto kernel = std::ranges::find(grades.rbegin(), grades.rend(), 2);
        const auto entry = std::ranges::find(grades.rbegin(), grades.rend(), 3);
        if (kernel != grades.rend() && entry != grades.rend()) {
            const auto k = static_cast<std::size_t>(kernel.base() - grades.begin() - 1);
            const auto e = static_cast<std::size_t>(entry.base() - grades.begin() - 1);
            const auto [first, second] = std::minmax(k, e);
            return Extracted{blocks[first].code + blocks[second].code,
                             fmt::format("code blocks {} and {} of {}, joined: kernel and entry are apart", first + 1,
                                         second + 1, blocks.size())};
        }
    }
    return Extracted{blocks[last].code, say(last, reason(best, is_module(blocks[last].code)))};
}

} // namespace assay::eval
