#include "mutation/chains.h"

#include <algorithm>

#include "mutation/edits.h"

namespace assay::mutation {

using ptx::Instruction;
using ptx::Operand;
using ptx::Statement;

namespace {

/// Sums and copies of fp32 registers.
bool is_link(const Instruction& instruction) {
    return is_one_of(instruction.opcode, {"add", "sub", "fma", "mov"}) && !instruction.modifiers.empty() &&
           instruction.modifiers.back() == "f32" && !instruction.operands.empty() &&
           instruction.operands[0].kind == Operand::Kind::Identifier;
}

/// `{ .reg .b16 %rounded; cvt.rn.f16.f32 %rounded, %f1; cvt.f32.f16 %f1, %rounded; }`
Statement make_rounding(const Instruction& sum, const std::string& format) {
    const auto identifier = [](const std::string& name) {
        Operand operand;
        operand.kind = Operand::Kind::Identifier;
        operand.name = name;
        return operand;
    };
    const Operand rounded = identifier("%rounded");
    const Operand& value = sum.operands[0];
    auto scope = std::make_unique<ptx::Scope>();
    ptx::RegisterDeclaration declaration;
    declaration.type = "b16";
    declaration.names.push_back({.name = "%rounded", .count = std::nullopt});
    scope->statements.emplace_back(std::move(declaration));
    Instruction down;
    down.guard = sum.guard;
    down.opcode = "cvt";
    down.modifiers = {"rn", format, "f32"};
    down.operands = {rounded, value};
    Instruction up = down;
    up.modifiers = {"f32", format};
    up.operands = {value, rounded};
    scope->statements.emplace_back(std::move(down));
    scope->statements.emplace_back(std::move(up));
    return scope;
}

} // namespace

void walk(std::vector<Statement>& statements, const Visit& visit) {
    for (std::size_t i = 0; i < statements.size(); ++i) {
        if (auto* const scope = std::get_if<std::unique_ptr<ptx::Scope>>(&statements[i])) {
            walk((*scope)->statements, visit);
        } else {
            visit(statements, i);
        }
    }
}

Chains::Chains(std::vector<Statement>& body) {
    walk(body, [&](std::vector<Statement>& statements, std::size_t i) {
        if (const auto* const instruction = std::get_if<Instruction>(&statements[i])) {
            take(*instruction);
        }
    });
}

void Chains::take(const Instruction& instruction) {
    if (!is_link(instruction)) {
        return;
    }
    const std::string& sum = instruction.operands[0].name;
    for (std::size_t i = instruction.opcode == "fma" ? 3 : 1; i < instruction.operands.size(); ++i) {
        if (instruction.operands[i].kind == Operand::Kind::Identifier) {
            parents_[root(sum)] = root(instruction.operands[i].name);
        }
    }
    (void)root(sum);
}

std::string Chains::root(const std::string& name) {
    std::string at = name;
    while (parents_.contains(at) && parents_.at(at) != at) {
        at = parents_.at(at);
    }
    parents_.emplace(at, at);
    return at;
}

bool is_sum(const Instruction& instruction) {
    return is_link(instruction) && instruction.opcode != "mov";
}

void round_chain(ptx::Function& kernel, std::size_t at, const std::string& format) {
    Chains chains(kernel.body->statements);
    std::size_t number = 0;
    std::string chain;
    walk(kernel.body->statements, [&](std::vector<Statement>& statements, std::size_t i) {
        if (const auto* const instruction = std::get_if<Instruction>(&statements[i]);
            instruction != nullptr && number++ == at) {
            chain = chains.root(instruction->operands[0].name);
        }
    });
    // Behind a link its rounding is a scope, which the walk goes into and past without meeting a sum.
    walk(kernel.body->statements, [&](std::vector<Statement>& statements, std::size_t i) {
        const auto* const instruction = std::get_if<Instruction>(&statements[i]);
        if (instruction != nullptr && is_sum(*instruction) && chains.root(instruction->operands[0].name) == chain) {
            Statement rounding = make_rounding(*instruction, format);
            statements.insert(statements.begin() + static_cast<std::ptrdiff_t>(i) + 1, std::move(rounding));
        }
    });
}

} // namespace assay::mutation
