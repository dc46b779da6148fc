#include "ptx/operands.h"

#include <utility>

#include "ptx/constant_expression.h"

namespace assay::ptx {

namespace {

/// The elements up to `close`; the opening bracket has been read.
std::vector<Operand> elements(Cursor& cursor, std::string_view close, Parenthesis parenthesis) {
    std::vector<Operand> list;
    do {
        list.push_back(operand(cursor, parenthesis));
    } while (cursor.accept(","));
    if (!cursor.accept(close)) {
        cursor.fail_expected(std::string("',' or '").append(close).append("'"));
    }
    return list;
}

Operand address(Cursor& cursor) {
    Operand result;
    result.kind = Operand::Kind::Address;
    result.position = cursor.position();
    cursor.advance();
    result.elements = elements(cursor, "]", Parenthesis::Expression);
    result.offset = std::exchange(result.elements.front().offset, 0);
    return result;
}

Operand list(Cursor& cursor) {
    Operand result;
    result.kind = Operand::Kind::List;
    result.position = cursor.position();
    cursor.advance();
    if (!cursor.accept(")")) {
        result.elements = elements(cursor, ")", Parenthesis::Expression);
    }
    return result;
}

Operand vector(Cursor& cursor) {
    Operand result;
    result.kind = Operand::Kind::Vector;
    result.position = cursor.position();
    cursor.advance();
    result.elements = elements(cursor, "}", Parenthesis::Expression);
    return result;
}

bool may_be_in_pair(const Operand& operand) {
    return operand.kind == Operand::Kind::Sink ||
           (operand.kind == Operand::Kind::Identifier && !operand.negated && operand.offset == 0);
}

Operand single(Cursor& cursor, Parenthesis parenthesis) {
    const Token& token = cursor.token();
    if (token.is("{")) {
        return vector(cursor);
    }
    if (token.is("[")) {
        return address(cursor);
    }
    if (token.is("(") && parenthesis == Parenthesis::List) {
        return list(cursor);
    }
    if (begins_constant(token) || token.is("(")) {
        return constant_expression(cursor);
    }
    if (token.is("!")) {
        if (const Token next = cursor.peek(); next.kind != Token::Kind::Word || next.text == "_") {
            return constant_expression(cursor);
        }
        const Position position = cursor.position();
        cursor.advance();
        Operand result = symbol(cursor);
        result.negated = true;
        result.position = position;
        return result;
    }
    if (token.kind == Token::Kind::Word) {
        return symbol(cursor);
    }
    cursor.fail_expected("an operand");
    return {};
}

} // namespace

Operand symbol(Cursor& cursor) {
    Operand result;
    result.position = cursor.position();
    result.name = cursor.expect_name("a name");
    if (result.name == "_") {
        result.name.clear();
        return result;
    }
    result.kind = Operand::Kind::Identifier;
    while (cursor.at(Token::Kind::DotWord)) {
        result.name += cursor.token().text;
        cursor.advance();
    }
    if (cursor.at("+")) {
        const Position position = cursor.position();
        cursor.advance();
        const Operand offset = constant_expression(cursor);
        if (offset.literal != Operand::Literal::Integer) {
            cursor.fail("expected an integer offset, found '" + offset.text + "'", position);
        }
        result.offset = static_cast<std::int64_t>(offset.bits);
    } else if (cursor.at("-")) {
        cursor.fail("expected '+' before an offset, found '-'", cursor.position(), "write a negative offset as +-8");
    } else if (cursor.at("[")) {
        cursor.fail("expected ',' or ';' after '" + result.name + "', found '['", cursor.position(),
                    "array elements are written as addresses in bytes: [array+4]");
    }
    return result;
}

Operand operand(Cursor& cursor, Parenthesis parenthesis) {
    const Cursor::Nesting nesting(cursor);
    Operand first = single(cursor, parenthesis);
    if (!cursor.at("|") || !may_be_in_pair(first)) {
        return first;
    }
    Operand pair;
    pair.kind = Operand::Kind::Pair;
    pair.position = first.position;
    cursor.advance();
    pair.elements.push_back(std::move(first));
    const Position position = cursor.position();
    Operand second = symbol(cursor);
    if (!may_be_in_pair(second)) {
        cursor.fail("expected a plain name after '|'", position);
    }
    pair.elements.push_back(std::move(second));
    return pair;
}

} // namespace assay::ptx
