#include "ptx/declarations.h"

#include <algorithm>

#include <fmt/format.h>

#include "ptx/constant_expression.h"
#include "ptx/operands.h"

namespace assay::ptx {

namespace {

template <std::size_t N> bool is_one_of(const Token& token, const std::string_view (&names)[N]) {
    return token.kind == Token::Kind::DotWord &&
           std::find(std::begin(names), std::end(names), token.text.substr(1)) != std::end(names);
}

constexpr std::string_view linkages[] = {"extern", "visible", "weak", "common"};
constexpr std::string_view spaces[] = {"param", "shared", "global", "local", "const", "tex", "reg"};
constexpr std::string_view vectors[] = {"v2", "v4", "v8"};
constexpr std::string_view types[] = {
    "b8",  "b16", "b32", "b64", "b128",  "u8",   "u16",    "u32",  "u64",    "s8",         "s16",     "s32",
    "s64", "f16", "f32", "f64", "f16x2", "bf16", "bf16x2", "pred", "texref", "samplerref", "surfref",
};

/// The first word of a DotWord token; the cursor moves on.
std::string take_word(Cursor& cursor) {
    std::string word(cursor.token().word());
    cursor.advance();
    return word;
}

/// `.ptr .global .align 16`, after the type of a parameter.
void pointer_attributes(Cursor& cursor, std::vector<std::string>& words) {
    words.push_back(take_word(cursor));
    while (cursor.at(Token::Kind::DotWord)) {
        const bool align = cursor.at_dot("align");
        if (!align && !is_one_of(cursor.token(), spaces)) {
            cursor.fail_expected("a state space, '.align' or the parameter's name after '.ptr'");
            return;
        }
        words.push_back(take_word(cursor));
        if (align) {
            words.push_back(std::to_string(cursor.expect_unsigned32("the alignment")));
        }
    }
}

/// Everything before the name of a variable. The ISA fixes the order; compilers, and so we, are less strict.
Variable prefix(Cursor& cursor, Position position) {
    Variable variable;
    variable.position = position;
    while (cursor.at(Token::Kind::DotWord)) {
        const Token& token = cursor.token();
        if (variable.space.empty() && is_one_of(token, spaces)) {
            variable.space = take_word(cursor);
        } else if (!variable.alignment && token.is_dot("align")) {
            cursor.advance();
            variable.alignment = cursor.expect_unsigned32("the alignment");
        } else if (token.is_dot("attribute")) {
            attributes(cursor, variable.attributes);
        } else if (variable.vector.empty() && is_one_of(token, vectors)) {
            variable.vector = take_word(cursor);
        } else if (variable.type.empty() && is_one_of(token, types)) {
            variable.type = take_word(cursor);
        } else if (!variable.type.empty() && variable.pointer_attributes.empty() && token.is_dot("ptr")) {
            pointer_attributes(cursor, variable.pointer_attributes);
        } else {
            cursor.fail_expected(variable.type.empty() ? "the type of a variable" : "the name of a variable");
        }
    }
    if (variable.space.empty()) {
        cursor.fail_expected("a state space such as '.param'");
    } else if (variable.type.empty()) {
        cursor.fail_expected("the type of a variable");
    }
    return variable;
}

Initializer initializer(Cursor& cursor);

std::vector<Initializer> initializer_list(Cursor& cursor) {
    const Cursor::Nesting nesting(cursor);
    std::vector<Initializer> list;
    cursor.advance();
    do {
        list.push_back(initializer(cursor));
    } while (cursor.accept(","));
    cursor.expect("}", "or ',' in an initialiser");
    return list;
}

/// `symbol+4`, `generic(symbol)+4`.
void address_initializer(Cursor& cursor, Initializer& result) {
    const Position position = cursor.position();
    if (cursor.token().text == "generic" && cursor.peek().is("(")) {
        cursor.advance();
        cursor.advance();
        result.generic = true;
        Operand address;
        address.kind = Operand::Kind::Identifier;
        address.name = cursor.expect_name("the variable of generic()");
        address.position = position;
        cursor.expect(")", "after the variable of generic()");
        if (cursor.accept("+")) {
            const Operand offset = constant_expression(cursor);
            if (offset.literal != Operand::Literal::Integer) {
                cursor.fail("an offset is an integer", offset.position);
            }
            address.offset = static_cast<std::int64_t>(offset.bits);
        }
        result.value = std::move(address);
        return;
    }
    result.value = symbol(cursor);
}

Initializer initializer(Cursor& cursor) {
    Initializer result;
    if (cursor.at("{")) {
        result.value = initializer_list(cursor);
        return result;
    }
    if (cursor.at(Token::Kind::Word)) {
        // The fields of a sampler: `{addr_mode_0 = wrap, filter_mode = nearest}`.
        if (cursor.peek().is("=")) {
            result.field = cursor.expect_name("a field");
            cursor.advance();
        }
        if (!begins_constant(cursor.token())) {
            address_initializer(cursor, result);
            return result;
        }
    }
    if (cursor.at(Token::Kind::Integer) && cursor.peek().is("(")) {
        result.mask = cursor.expect_unsigned("a mask");
        cursor.advance();
        address_initializer(cursor, result);
        cursor.expect(")", "after a masked address");
        return result;
    }
    if (!begins_constant(cursor.token()) && !cursor.at("(") && !cursor.at("!")) {
        cursor.fail_expected("a number, a name or '{' in an initialiser");
        return result;
    }
    result.value = constant_expression(cursor);
    return result;
}

void dimensions(Cursor& cursor, Variable& variable) {
    while (cursor.accept("[")) {
        if (cursor.at("]")) {
            variable.dimensions.emplace_back();
        } else {
            variable.dimensions.emplace_back(cursor.expect_unsigned("the size of an array"));
        }
        cursor.expect("]", "after the size of an array");
    }
}

} // namespace

bool begins_variable(const Token& token) {
    return is_one_of(token, spaces) && !token.is_dot("reg");
}

std::vector<std::string> linkage(Cursor& cursor) {
    std::vector<std::string> words;
    while (is_one_of(cursor.token(), linkages)) {
        words.push_back(take_word(cursor));
    }
    return words;
}

std::vector<Variable> variables(Cursor& cursor, std::vector<std::string> linkage, Position position) {
    Variable common = prefix(cursor, position);
    common.linkage = std::move(linkage);
    std::vector<Variable> result;
    do {
        Variable variable = common;
        variable.name = cursor.expect_name("the name of a variable");
        if (cursor.at("<")) {
            cursor.fail("expected ';' after the name of a variable, found '<'", cursor.position(),
                        "only registers can be declared by the number");
        }
        dimensions(cursor, variable);
        if (cursor.accept("=")) {
            variable.initializer = initializer(cursor);
        }
        result.push_back(std::move(variable));
    } while (cursor.accept(","));
    cursor.expect(";", "after a variable");
    return result;
}

std::vector<Variable> parameters(Cursor& cursor) {
    std::vector<Variable> list;
    if (!cursor.accept("(") || cursor.accept(")")) {
        return list;
    }
    do {
        Variable parameter = prefix(cursor, cursor.position());
        parameter.name = cursor.expect_name("the name of a parameter");
        dimensions(cursor, parameter);
        list.push_back(std::move(parameter));
    } while (cursor.accept(","));
    cursor.expect(")", "or ',' after a parameter");
    return list;
}

RegisterDeclaration registers(Cursor& cursor) {
    RegisterDeclaration result;
    result.position = cursor.position();
    Variable common = prefix(cursor, result.position);
    // An alignment is legal and means nothing here: registers have no addresses.
    if (common.space != "reg" || !common.attributes.empty() || !common.pointer_attributes.empty()) {
        cursor.fail("expected a type in a register declaration", result.position);
    }
    result.type = std::move(common.type);
    result.vector = std::move(common.vector);
    do {
        RegisterDeclaration::Name name;
        name.name = cursor.expect_name("the name of a register");
        if (cursor.accept("<")) {
            name.count = cursor.expect_unsigned32("the number of registers");
            cursor.expect(">", "after the number of registers");
        }
        result.names.push_back(std::move(name));
    } while (cursor.accept(","));
    cursor.expect(";", "after a register declaration");
    return result;
}

void attributes(Cursor& cursor, std::vector<std::string>& entries) {
    cursor.advance();
    cursor.expect("(", "after '.attribute'");
    do {
        if (!cursor.at(Token::Kind::DotWord)) {
            cursor.fail_expected("an attribute such as '.managed'");
            return;
        }
        std::string entry = take_word(cursor);
        if (cursor.accept("(")) {
            entry += '(';
            do {
                entry += entry.back() == '(' ? "" : ", ";
                entry += cursor.token().text;
                (void)cursor.expect_unsigned("a number");
            } while (cursor.accept(","));
            cursor.expect(")", "after the numbers of an attribute");
            entry += ')';
        }
        entries.push_back(std::move(entry));
    } while (cursor.accept(","));
    cursor.expect(")", "after the attributes");
}

} // namespace assay::ptx
