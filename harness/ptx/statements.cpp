#include "ptx/statements.h"

#include <utility>

#include <fmt/format.h>

#include "ptx/declarations.h"
#include "ptx/operands.h"

namespace assay::ptx {

namespace {

Instruction instruction(Cursor& cursor, std::optional<Guard> guard, std::string opcode, Position position) {
    Instruction result;
    result.guard = std::move(guard);
    result.opcode = std::move(opcode);
    result.position = position;
    while (cursor.at(Token::Kind::DotWord)) {
        result.modifiers.emplace_back(cursor.token().word());
        cursor.advance();
    }
    const Parenthesis parenthesis = result.opcode == "call" ? Parenthesis::List : Parenthesis::Expression;
    if (!cursor.at(";")) {
        do {
            result.operands.push_back(operand(cursor, parenthesis));
        } while (cursor.accept(","));
    }
    if (!cursor.accept(";")) {
        cursor.fail_expected("',' or ';' after an operand of '" + result.opcode + "'");
    }
    return result;
}

Instruction guarded_instruction(Cursor& cursor) {
    const Position position = cursor.position();
    cursor.advance();
    Guard guard;
    guard.negated = cursor.accept("!");
    guard.predicate = cursor.expect_name("a predicate after '@'");
    std::string opcode = cursor.expect_name("an instruction after a predicate");
    return instruction(cursor, std::move(guard), std::move(opcode), position);
}

Location location(Cursor& cursor) {
    Location result;
    result.position = cursor.position();
    cursor.advance();
    result.file = cursor.expect_unsigned32("the file of '.loc'");
    result.line = cursor.expect_unsigned32("the line of '.loc'");
    result.column = cursor.expect_unsigned32("the column of '.loc'");
    while (cursor.accept(",")) {
        const Token what = cursor.token();
        if (what.kind == Token::Kind::Word && what.text == "function_name") {
            cursor.advance();
            if (!cursor.at(Token::Kind::Word) && !cursor.at(Token::Kind::DotWord)) {
                cursor.fail_expected("a label after 'function_name'");
                break;
            }
            result.function_name = cursor.token().text;
            cursor.advance();
            if (cursor.accept("+")) {
                result.function_name += '+';
                result.function_name += std::to_string(cursor.expect_unsigned("an offset"));
            }
        } else if (what.kind == Token::Kind::Word && what.text == "inlined_at") {
            cursor.advance();
            result.inlined_file = cursor.expect_unsigned32("the file of 'inlined_at'");
            result.inlined_line = cursor.expect_unsigned32("the line of 'inlined_at'");
            result.inlined_column = cursor.expect_unsigned32("the column of 'inlined_at'");
        } else {
            cursor.fail_expected("'function_name' or 'inlined_at'");
        }
    }
    return result;
}

Targets targets(Cursor& cursor, std::string label, Position position) {
    Targets result;
    result.call = cursor.at_dot("calltargets");
    result.label = std::move(label);
    result.position = position;
    cursor.advance();
    do {
        result.names.push_back(cursor.expect_name("a target"));
    } while (cursor.accept(","));
    cursor.expect(";", "or ',' after a target");
    return result;
}

CallPrototype prototype(Cursor& cursor, std::string label, Position position) {
    CallPrototype result;
    result.label = std::move(label);
    result.position = position;
    cursor.advance();
    result.returns = parameters(cursor);
    if (!cursor.at(Token::Kind::Word) || cursor.token().text != "_") {
        cursor.fail_expected("'_' in place of a function's name");
    }
    cursor.advance();
    result.parameters = parameters(cursor);
    result.noreturn = cursor.accept_dot("noreturn");
    cursor.expect(";", "after a prototype");
    return result;
}

/// A statement that begins with a name: a label, the tables that need one, or an instruction.
Statement named(Cursor& cursor) {
    const Position position = cursor.position();
    std::string name = cursor.expect_name("a statement");
    if (!cursor.accept(":")) {
        return instruction(cursor, std::nullopt, std::move(name), position);
    }
    if (cursor.at_dot("branchtargets") || cursor.at_dot("calltargets")) {
        return targets(cursor, std::move(name), position);
    }
    if (cursor.at_dot("callprototype")) {
        return prototype(cursor, std::move(name), position);
    }
    return Label{std::move(name), position};
}

void statement(Cursor& cursor, std::vector<Statement>& statements) {
    if (cursor.at(Token::Kind::Word)) {
        statements.push_back(named(cursor));
    } else if (cursor.at("@")) {
        statements.emplace_back(guarded_instruction(cursor));
    } else if (cursor.at("{")) {
        statements.emplace_back(std::make_unique<Scope>(scope(cursor)));
    } else if (cursor.at_dot("loc")) {
        statements.emplace_back(location(cursor));
    } else if (cursor.at_dot("reg")) {
        statements.emplace_back(registers(cursor));
    } else if (cursor.at_dot("pragma")) {
        statements.emplace_back(pragma(cursor));
    } else {
        const Position position = cursor.position();
        std::vector<std::string> words = linkage(cursor);
        if (!begins_variable(cursor.token())) {
            cursor.fail_expected("an instruction, a declaration or '}'");
            return;
        }
        for (Variable& variable : variables(cursor, std::move(words), position)) {
            statements.emplace_back(std::move(variable));
        }
    }
}

} // namespace

Scope scope(Cursor& cursor) {
    const Cursor::Nesting nesting(cursor);
    Scope result;
    result.position = cursor.position();
    cursor.expect("{", "of a body");
    while (!cursor.at("}") && !cursor.at_end()) {
        statement(cursor, result.statements);
    }
    cursor.expect("}", "at the end of a body");
    return result;
}

Directive pragma(Cursor& cursor) {
    Directive result;
    result.name = "pragma";
    result.position = cursor.position();
    cursor.advance();
    do {
        result.text += result.text.empty() ? "\"" : ", \"";
        result.text += cursor.expect_string("a string after '.pragma'");
        result.text += '"';
    } while (cursor.accept(","));
    cursor.expect(";", "after '.pragma'");
    return result;
}

} // namespace assay::ptx
