// See mutator.h.
//
// A mutant is named by where it is, so that it can be made again from the text alone: the same walk over the same tree
// finds the same instruction.
#include "mutation/mutator.h"

#include <algorithm>
#include <fmt/format.h>
#include <functional>
#include <stdexcept>

#include "mutation/chains.h"
#include "mutation/edits.h"
#include "ptx/parser.h"
#include "ptx/printer.h"

namespace assay::mutation {

namespace {

using ptx::Instruction;
using ptx::Operand;
using ptx::Statement;

void find_in(ptx::Function& kernel, std::vector<Mutant>& mutants) {
    Chains chains(kernel.body->statements);
    std::vector<std::string> seen;
    std::size_t number = 0;
    std::uint32_t line = 0;
    walk(kernel.body->statements, [&](std::vector<Statement>& statements, std::size_t i) {
        if (const auto* const location = std::get_if<ptx::Location>(&statements[i])) {
            line = location->inlined_line != 0 ? location->inlined_line : location->line;
        }
        const auto* const instruction = std::get_if<Instruction>(&statements[i]);
        if (instruction == nullptr) {
            return;
        }
        Mutant mutant{.kernel = kernel.name, .statement = number++, .source_line = line, .before = {}, .after = {}};
        mutant.before = ptx::print(*instruction);
        for (const Edit& edit : find_edits(*instruction)) {
            mutant.kind = edit.kind;
            mutant.variant = edit.variant;
            mutant.after = edit.replacement ? ptx::print(*edit.replacement) : "";
            mutants.push_back(mutant);
        }
        if (!is_sum(*instruction)) {
            return;
        }
        const std::string chain = chains.root(instruction->operands[0].name);
        if (std::ranges::find(seen, chain) != seen.end()) {
            return;
        }
        seen.push_back(chain);
        mutant.variant = 0;
        for (const Operator kind : {Operator::HalfAccumulation, Operator::BrainAccumulation}) {
            mutant.kind = kind;
            mutant.after = mutant.before + " and its chain, rounded";
            mutants.push_back(mutant);
        }
    });
}

/// The type of the register that an instruction of arithmetic or a comparison writes; empty: it is none of these.
std::string result_type(const Instruction& instruction) {
    const bool one_register =
        !instruction.operands.empty() && instruction.operands[0].kind == Operand::Kind::Identifier;
    if (!one_register || is_one_of(instruction.opcode, {"ld", "st", "red", "atom", "bar", "barrier"})) {
        return {};
    }
    if (instruction.opcode == "setp" || has(instruction, "pred")) {
        return "pred";
    }
    const auto bits = static_cast<unsigned>(8 * element_bytes(instruction)) * (has(instruction, "wide") ? 2 : 1);
    return fmt::format("b{}", bits);
}

/// `{ .reg .b32 %other; .reg .pred %differs; add.s32 %other, %r1, 2; add.s32 %r3, %r1, 1; setp.ne.u32 %differs, 0, 0;
/// setp.ne.b32 %differs, %other, %r3; @%differs trap; }`
Statement make_comparison(const Instruction& original, Instruction mutant, const std::string& type) {
    auto scope = std::make_unique<ptx::Scope>();
    const auto declare = [&](std::string of, std::string name) {
        ptx::RegisterDeclaration declaration;
        declaration.type = std::move(of);
        declaration.names.push_back({.name = std::move(name), .count = std::nullopt});
        scope->statements.emplace_back(std::move(declaration));
    };
    declare(type, "%other");
    declare("pred", "%differs");
    Operand other = original.operands[0];
    other.name = "%other";
    Operand differs = other;
    differs.name = "%differs";
    Operand zero;
    zero.kind = Operand::Kind::Literal;
    zero.text = "0";
    Instruction clear;
    clear.opcode = "setp";
    clear.modifiers = {"ne", "u32"};
    clear.operands = {differs, zero, zero};
    Instruction compare = clear;
    compare.guard = original.guard;
    compare.operands = {differs, other, original.operands[0]};
    if (type == "pred") {
        compare.opcode = "xor";
        compare.modifiers = {"pred"};
    } else {
        compare.modifiers = {"ne", type};
    }
    mutant.operands[0] = other;
    Instruction stop;
    stop.opcode = "trap";
    stop.guard = ptx::Guard{"%differs", false};
    for (Instruction* const part : {&mutant, &clear}) {
        scope->statements.emplace_back(std::move(*part));
    }
    scope->statements.emplace_back(original);
    scope->statements.emplace_back(std::move(compare));
    scope->statements.emplace_back(std::move(stop));
    return scope;
}

/// `{ add.s32 %r3, %r1, 1; not.b32 %r3, %r3; }`
Statement make_complement(const Instruction& original, const std::string& type) {
    auto scope = std::make_unique<ptx::Scope>();
    Instruction complement;
    complement.guard = original.guard;
    complement.opcode = "not";
    complement.modifiers = {type};
    complement.operands = {original.operands[0], original.operands[0]};
    scope->statements.emplace_back(original);
    scope->statements.emplace_back(std::move(complement));
    return scope;
}

enum class Change : std::uint8_t { Mutant, Trap, Comparison, Complement };

/// Replaces the instruction of a mutant: by the mutant, by a trap, by a trap where the mutant's value differs, or by
/// one that gives all bits of its value the other way round.
void change_one(ptx::Function& kernel, const Mutant& mutant, Change change) {
    std::size_t number = 0;
    bool done = false;
    walk(kernel.body->statements, [&](std::vector<Statement>& statements, std::size_t i) {
        const auto* const instruction = std::get_if<Instruction>(&statements[i]);
        if (done || instruction == nullptr || number++ != mutant.statement) {
            return;
        }
        if (change == Change::Trap) {
            done = true;
            Instruction stop;
            stop.opcode = "trap";
            statements[i] = std::move(stop);
            return;
        }
        for (const Edit& edit : find_edits(*instruction)) {
            if (edit.kind != mutant.kind || edit.variant != mutant.variant) {
                continue;
            }
            done = true;
            if (change == Change::Comparison) {
                statements[i] = make_comparison(*instruction, *edit.replacement, result_type(*instruction));
            } else if (change == Change::Complement) {
                statements[i] = make_complement(*instruction, result_type(*instruction));
            } else if (edit.replacement) {
                statements[i] = *edit.replacement;
            } else {
                statements[i] = ptx::Directive{"pragma", "\"nounroll\"", {}}; // in its place, so that the walk goes on
            }
            return;
        }
    });
    if (!done) {
        throw std::invalid_argument("this mutant is not of this module: " + mutant.before);
    }
}

std::string edit_kernel(const std::string& ptx, const std::string& name,
                        const std::function<void(ptx::Function&)>& edit) {
    auto module = ptx::parse(ptx);
    if (!module) {
        throw std::invalid_argument(module.error().to_string());
    }
    for (ptx::TopLevel& item : module->items) {
        auto* const kernel = std::get_if<ptx::Function>(&item);
        if (kernel != nullptr && kernel->entry && kernel->body && kernel->name == name) {
            edit(*kernel);
        }
    }
    return ptx::print(*module);
}

} // namespace

std::string_view to_string(Operator kind) {
    switch (kind) {
    case Operator::ComparisonFlipped:
        return "comparison-flipped";
    case Operator::BoundOffByOne:
        return "bound-off-by-one";
    case Operator::BarrierDropped:
        return "barrier-dropped";
    case Operator::ConstantChanged:
        return "constant-changed";
    case Operator::IndexScaled:
        return "index-scaled";
    case Operator::StoreSkipped:
        return "store-skipped";
    case Operator::HalfAccumulation:
        return "fp16-accumulation";
    case Operator::BrainAccumulation:
        return "bf16-accumulation";
    case Operator::ArithmeticChanged:
        return "arithmetic-changed";
    }
    return {};
}

std::vector<Mutant> find_mutants(ptx::Module& module) {
    std::vector<Mutant> mutants;
    for (ptx::TopLevel& item : module.items) {
        if (auto* const kernel = std::get_if<ptx::Function>(&item);
            kernel != nullptr && kernel->entry && kernel->body) {
            find_in(*kernel, mutants);
        }
    }
    return mutants;
}

std::string mutate(const std::string& ptx, const Mutant& mutant) {
    return edit_kernel(ptx, mutant.kernel, [&](ptx::Function& kernel) {
        switch (mutant.kind) {
        case Operator::HalfAccumulation:
            return round_chain(kernel, mutant.statement, "f16");
        case Operator::BrainAccumulation:
            return round_chain(kernel, mutant.statement, "bf16");
        default:
            return change_one(kernel, mutant, Change::Mutant);
        }
    });
}

std::string probe(const std::string& ptx, const Mutant& mutant) {
    return edit_kernel(ptx, mutant.kernel, [&](ptx::Function& kernel) { change_one(kernel, mutant, Change::Trap); });
}

bool has_value(const Mutant& mutant) {
    return !is_one_of(to_string(mutant.kind),
                      {"store-skipped", "barrier-dropped", "fp16-accumulation", "bf16-accumulation"}) &&
           !is_one_of(mutant.before.substr(0, mutant.before.find('.')), {"ld", "st", "red", "atom"});
}

std::string probe_value(const std::string& ptx, const Mutant& mutant) {
    return edit_kernel(ptx, mutant.kernel,
                       [&](ptx::Function& kernel) { change_one(kernel, mutant, Change::Comparison); });
}

std::string probe_use(const std::string& ptx, const Mutant& mutant) {
    return edit_kernel(ptx, mutant.kernel,
                       [&](ptx::Function& kernel) { change_one(kernel, mutant, Change::Complement); });
}

} // namespace assay::mutation
