// The parser: recursive descent with one token of look-ahead, in one pass over the text.
//
//   lexer → cursor → constant_expression → operands → declarations, statements → this file (module level)
//
// Each of these is a file; each knows those before it. The cursor carries the first error and makes the rest of the
// descent come to its end (see cursor.h), so nothing here throws or checks after every step.
#include "ptx/parser.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "ptx/cursor.h"
#include "ptx/declarations.h"
#include "ptx/statements.h"

namespace assay::ptx {

namespace {

/// Directives between a function's parameters and its body, and how many numbers each takes at most.
struct FunctionDirective {
    std::string_view name;
    unsigned numbers;
};
constexpr FunctionDirective function_directives[] = {
    {"maxntid", 3},           {"reqntid", 3},           {"minnctapersm", 1},    {"maxnctapersm", 1},
    {"maxnreg", 1},           {"reqnctapercluster", 3}, {"explicitcluster", 0}, {"maxclusterrank", 1},
    {"blocksareclusters", 0}, {"noreturn", 0},          {"abi_preserve", 1},    {"abi_preserve_control", 1},
};

Directive function_directive(Cursor& cursor) {
    if (cursor.at_dot("pragma")) {
        return pragma(cursor);
    }
    const auto* known = std::find_if(std::begin(function_directives), std::end(function_directives),
                                     [&](const FunctionDirective& one) { return cursor.at_dot(one.name); });
    if (known == std::end(function_directives)) {
        cursor.fail_expected("a performance directive, '{' or ';' after a function's parameters");
        return {};
    }
    Directive result;
    result.name = known->name;
    result.position = cursor.position();
    cursor.advance();
    for (unsigned i = 0; i < known->numbers; ++i) {
        if (i > 0) {
            if (!cursor.accept(",")) {
                break;
            }
            result.text += ", ";
        }
        result.text += cursor.token().text;
        (void)cursor.expect_unsigned32("a number");
    }
    return result;
}

Function function(Cursor& cursor, std::vector<std::string> words, Position position) {
    Function result;
    result.linkage = std::move(words);
    result.position = position;
    result.entry = cursor.at_dot("entry");
    cursor.advance();
    while (cursor.at_dot("attribute")) {
        attributes(cursor, result.attributes);
    }
    if (!result.entry) {
        result.returns = parameters(cursor);
    }
    result.name = cursor.expect_name("the name of a function");
    result.parameters = parameters(cursor);
    while (cursor.at(Token::Kind::DotWord)) {
        result.directives.push_back(function_directive(cursor));
    }
    if (cursor.accept(";")) {
        return result;
    }
    if (!cursor.at("{")) {
        cursor.fail_expected("'{' or ';' after the head of a function");
        return result;
    }
    result.body = scope(cursor);
    return result;
}

File file(Cursor& cursor) {
    File result;
    result.position = cursor.position();
    cursor.advance();
    result.index = cursor.expect_unsigned32("the index of '.file'");
    result.path = cursor.expect_string("the path of '.file'");
    while (cursor.accept(",")) {
        result.attributes.push_back(cursor.expect_unsigned("the time or the size of a file"));
    }
    return result;
}

/// `.section .debug_str { ... }`. Its grammar is DWARF's business: here only the braces must match.
Section section(Cursor& cursor) {
    Section result;
    result.position = cursor.position();
    const char* begin = cursor.token().text.data();
    cursor.advance();
    if (!cursor.at(Token::Kind::DotWord)) {
        cursor.fail_expected("the name of a section");
        return result;
    }
    cursor.advance();
    if (!cursor.at("{")) {
        cursor.fail_expected("'{' after the name of a section");
        return result;
    }
    const char* end = begin;
    std::size_t open = 0;
    while (!cursor.at_end()) {
        open += cursor.at("{") ? 1 : 0;
        open -= cursor.at("}") ? 1 : 0;
        end = cursor.token().text.data() + cursor.token().text.size();
        cursor.advance();
        if (open == 0) {
            break;
        }
    }
    if (open > 0) {
        cursor.fail_expected("'}' at the end of a section");
        return result;
    }
    result.text.assign(begin, end);
    return result;
}

Directive alias(Cursor& cursor) {
    Directive result;
    result.name = "alias";
    result.position = cursor.position();
    cursor.advance();
    result.text = cursor.expect_name("the new name of '.alias'");
    cursor.expect(",", "after the new name of '.alias'");
    result.text += ", " + cursor.expect_name("the function of '.alias'");
    cursor.expect(";", "after '.alias'");
    return result;
}

void item(Cursor& cursor, std::vector<TopLevel>& items) {
    if (cursor.at_dot("file")) {
        items.emplace_back(file(cursor));
    } else if (cursor.at_dot("section")) {
        items.emplace_back(section(cursor));
    } else if (cursor.at_dot("alias")) {
        items.emplace_back(alias(cursor));
    } else if (cursor.at_dot("pragma")) {
        items.emplace_back(pragma(cursor));
    } else {
        const Position position = cursor.position();
        std::vector<std::string> words = linkage(cursor);
        if (cursor.at_dot("func") || cursor.at_dot("entry")) {
            items.emplace_back(function(cursor, std::move(words), position));
        } else if (begins_variable(cursor.token())) {
            for (Variable& variable : variables(cursor, std::move(words), position)) {
                items.emplace_back(std::move(variable));
            }
        } else {
            cursor.fail_expected("a function, a variable or a directive of a module");
        }
    }
}

/// `.version 9.0`: the lexer has read a decimal fraction.
void version(Cursor& cursor, Module& module) {
    if (!cursor.accept_dot("version")) {
        cursor.fail_expected("'.version' at the beginning of a module");
        return;
    }
    const std::string_view text = cursor.token().text;
    const char* begin = text.data();
    const char* end = begin + text.size();
    const auto major = std::from_chars(begin, end, module.version_major);
    if (!cursor.at(Token::Kind::Float) || major.ec != std::errc{} || major.ptr == end || *major.ptr != '.') {
        cursor.fail_expected("a version such as 9.0");
        return;
    }
    const auto minor = std::from_chars(major.ptr + 1, end, module.version_minor);
    if (minor.ec != std::errc{} || minor.ptr != end) {
        cursor.fail_expected("a version such as 9.0");
        return;
    }
    cursor.advance();
}

void header(Cursor& cursor, Module& module) {
    version(cursor, module);
    if (!cursor.accept_dot("target")) {
        cursor.fail_expected("'.target' after '.version'");
        return;
    }
    do {
        module.targets.push_back(cursor.expect_name("a target such as sm_90"));
    } while (cursor.accept(","));
    if (cursor.accept_dot("address_size")) {
        const Token token = cursor.token();
        module.address_size = cursor.expect_unsigned32("an address size");
        if (module.address_size != 32 && module.address_size != 64) {
            cursor.fail(fmt::format("expected 32 or 64, found '{}'", token.text), token.position);
        }
    }
}

} // namespace

Result<Module> parse(std::string_view text, std::string_view name) {
    Cursor cursor(text, name);
    Module module;
    header(cursor, module);
    while (!cursor.at_end()) {
        item(cursor, module.items);
    }
    if (const std::optional<Error>& error = cursor.error()) {
        return std::unexpected(*error);
    }
    return module;
}

} // namespace assay::ptx
