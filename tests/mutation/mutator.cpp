// See mutator.h.
//
// A mutant is named by where it is, so that it can be made again from the text alone: the same walk over the same tree
// finds the same instruction. Chains of sums are followed over registers: sums and copies join the registers that they
// read and write, and what is joined is one chain, however the compiler has unrolled or renamed it.
#include "mutation/mutator.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <fmt/format.h>
#include <functional>
#include <map>
#include <optional>
#include <stdexcept>

#include "ptx/parser.h"
#include "ptx/printer.h"

namespace assay::mutation {

namespace {

using ptx::Instruction;
using ptx::Operand;
using ptx::Statement;

bool has(const Instruction& instruction, std::string_view modifier) {
    return std::ranges::find(instruction.modifiers, modifier) != instruction.modifiers.end();
}

bool is_one_of(std::string_view text, std::initializer_list<std::string_view> names) {
    return std::ranges::find(names, text) != names.end();
}

bool is_of_integers(const Instruction& instruction) {
    const std::string_view type = instruction.modifiers.empty() ? "" : std::string_view(instruction.modifiers.back());
    return !type.empty() && is_one_of(type.substr(0, 1), {"s", "u", "b"});
}

/// The bytes of an element of `ld.global.v4.f32`: 4.
std::int64_t element_bytes(const Instruction& instruction) {
    const std::string& type = instruction.modifiers.back();
    const auto digits = type.find_first_of("0123456789");
    return digits == std::string::npos ? 4 : std::stol(type.substr(digits)) / 8;
}

/// What a mutant puts in the place of one instruction; nothing: it is left out.
struct Edit {
    Operator kind;
    unsigned variant = 0;
    std::optional<Instruction> replacement;
};

using Names = std::map<std::string_view, std::string_view>;

const Names flipped{{"lt", "ge"},  {"ge", "lt"},  {"le", "gt"},  {"gt", "le"},  {"eq", "ne"},   {"ne", "eq"},
                    {"lo", "hs"},  {"hs", "lo"},  {"ls", "hi"},  {"hi", "ls"},  {"ltu", "ge"},  {"geu", "lt"},
                    {"leu", "gt"}, {"gtu", "le"}, {"equ", "ne"}, {"neu", "eq"}, {"num", "nan"}, {"nan", "num"}};
/// Of floating-point numbers: the opposite is true of NaN as well.
const Names flipped_floats{{"lt", "geu"}, {"ge", "ltu"}, {"le", "gtu"}, {"gt", "leu"}, {"eq", "neu"}, {"ne", "equ"}};
const Names off_by_one{{"lt", "le"}, {"le", "lt"}, {"gt", "ge"}, {"ge", "gt"},
                       {"lo", "ls"}, {"ls", "lo"}, {"hi", "hs"}, {"hs", "hi"}};
const Names other_arithmetic{{"add", "sub"}, {"sub", "add"}, {"min", "max"}, {"max", "min"},
                             {"and", "or"},  {"or", "and"},  {"shl", "shr"}, {"div", "mul"}};

std::string float_text(float value) {
    return fmt::format("0f{:08X}", std::bit_cast<std::uint32_t>(value));
}

/// The literal changed, or nothing if it is of a kind that nobody mistakes.
std::optional<Operand> changed(const Operand& literal) {
    Operand result = literal;
    switch (literal.literal) {
    case Operand::Literal::Integer:
        result.bits = literal.bits + 1;
        result.text = std::to_string(static_cast<std::int64_t>(result.bits));
        return result;
    case Operand::Literal::Float32: {
        const auto value = std::bit_cast<float>(static_cast<std::uint32_t>(literal.bits));
        const float other = value == 0 ? 1.0F : std::isfinite(value) ? 2 * value : 0.0F;
        result.bits = std::bit_cast<std::uint32_t>(other);
        result.text = float_text(other);
        return result;
    }
    case Operand::Literal::Float64:
        break;
    }
    return std::nullopt;
}

class Editor {
public:
    explicit Editor(const Instruction& instruction) : instruction_(instruction) {}

    std::vector<Edit> edits() {
        const std::string& opcode = instruction_.opcode;
        if (opcode == "setp") {
            edit_comparison();
        } else if (is_one_of(opcode, {"bar", "barrier"}) && has(instruction_, "sync")) {
            add(Operator::BarrierDropped, std::nullopt);
        } else if (is_one_of(opcode, {"ld", "st", "red", "atom"})) {
            edit_access();
        } else {
            edit_arithmetic();
        }
        return std::move(edits_);
    }

private:
    void add(Operator kind, std::optional<Instruction> replacement, unsigned variant = 0) {
        edits_.push_back({kind, variant, std::move(replacement)});
    }

    void rename(Operator kind, std::string& (*part)(Instruction&), const Names& names, unsigned variant = 0) {
        Instruction copy = instruction_;
        std::string& name = part(copy);
        if (const auto found = names.find(name); found != names.end()) {
            name = found->second;
            add(kind, std::move(copy), variant);
        }
    }

    void edit_comparison() {
        constexpr auto relation = [](Instruction& i) -> std::string& { return i.modifiers.front(); };
        const bool integers = is_of_integers(instruction_);
        rename(Operator::ComparisonFlipped, relation, integers ? flipped : merged_float_flips());
        if (integers) {
            rename(Operator::BoundOffByOne, relation, off_by_one);
        }
        const bool equality = is_one_of(instruction_.modifiers.front(), {"eq", "ne"});
        change_literals(equality && integers ? Operator::BoundOffByOne : Operator::ConstantChanged,
                        equality || !integers);
    }

    static const Names& merged_float_flips() {
        static const Names merged = [] {
            Names names = flipped_floats;
            names.insert(flipped.begin(), flipped.end());
            return names;
        }();
        return merged;
    }

    void change_literals(Operator kind, bool wanted) {
        for (std::size_t i = 1; wanted && i < instruction_.operands.size(); ++i) {
            if (instruction_.operands[i].kind != Operand::Kind::Literal) {
                continue;
            }
            if (auto other = changed(instruction_.operands[i])) {
                Instruction copy = instruction_;
                copy.operands[i] = std::move(*other);
                add(kind, std::move(copy), static_cast<unsigned>(i));
            }
        }
    }

    void edit_access() {
        const bool outside = has(instruction_, "param") || has(instruction_, "local");
        if (outside) {
            return;
        }
        if (instruction_.opcode != "ld") {
            add(Operator::StoreSkipped, std::nullopt);
        }
        for (std::size_t i = 0; i < instruction_.operands.size(); ++i) {
            if (instruction_.operands[i].kind == Operand::Kind::Address) {
                Instruction copy = instruction_;
                copy.operands[i].offset += element_bytes(instruction_);
                add(Operator::IndexScaled, std::move(copy));
                return;
            }
        }
    }

    void edit_arithmetic() {
        const std::string& opcode = instruction_.opcode;
        const bool scales =
            (opcode == "mul" && has(instruction_, "wide")) || (opcode == "shl" && has(instruction_, "b64"));
        if (scales && instruction_.operands.size() == 3 && instruction_.operands[2].kind == Operand::Kind::Literal) {
            Instruction copy = instruction_;
            Operand& factor = copy.operands[2];
            factor.bits = opcode == "shl" ? factor.bits + 1 : 2 * factor.bits;
            factor.text = std::to_string(static_cast<std::int64_t>(factor.bits));
            add(Operator::IndexScaled, std::move(copy));
            return;
        }
        if (is_one_of(opcode, {"add", "sub", "mul", "mad", "fma", "div", "rem", "and", "or", "xor", "shl", "shr", "mov",
                               "selp", "min", "max"})) {
            change_literals(Operator::ConstantChanged, true);
        }
        if (!has(instruction_, "pred")) {
            rename(
                Operator::ArithmeticChanged, [](Instruction& i) -> std::string& { return i.opcode; }, other_arithmetic);
            if (!edits_.empty() && edits_.back().kind == Operator::ArithmeticChanged) {
                adapt(*edits_.back().replacement);
            }
        }
    }

    /// A renamed instruction may not have all modifiers of the old one.
    void adapt(Instruction& renamed) const {
        if (instruction_.opcode == "div" && is_of_integers(instruction_)) {
            renamed.modifiers.insert(renamed.modifiers.begin(), "lo");
        } else if (instruction_.opcode == "div") {
            std::erase_if(renamed.modifiers, [](const std::string& m) { return is_one_of(m, {"full", "approx"}); });
        } else if (instruction_.opcode == "shl") {
            renamed.modifiers.back().front() = 'u';
        }
    }

    const Instruction& instruction_;
    std::vector<Edit> edits_;
};

/// Registers of 32-bit floating-point sums, joined into chains.
class Chains {
public:
    void take(const Instruction& instruction) {
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

    /// Sums and copies of fp32 registers.
    [[nodiscard]] static bool is_link(const Instruction& instruction) {
        return is_one_of(instruction.opcode, {"add", "sub", "fma", "mov"}) && !instruction.modifiers.empty() &&
               instruction.modifiers.back() == "f32" && !instruction.operands.empty() &&
               instruction.operands[0].kind == Operand::Kind::Identifier;
    }

    [[nodiscard]] std::string root(const std::string& name) {
        std::string at = name;
        while (parents_.contains(at) && parents_.at(at) != at) {
            at = parents_.at(at);
        }
        parents_.emplace(at, at);
        return at;
    }

private:
    std::map<std::string, std::string> parents_;
};

bool is_rounded(const Instruction& instruction) {
    return Chains::is_link(instruction) && instruction.opcode != "mov";
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

/// Calls `visit` with each list of statements of a body, inner ones after the statement that holds them.
using Visit = std::function<void(std::vector<Statement>&, std::size_t)>;
void walk(std::vector<Statement>& statements, const Visit& visit) {
    for (std::size_t i = 0; i < statements.size(); ++i) {
        if (auto* const scope = std::get_if<std::unique_ptr<ptx::Scope>>(&statements[i])) {
            walk((*scope)->statements, visit);
        } else {
            visit(statements, i);
        }
    }
}

Chains find_chains(std::vector<Statement>& body) {
    Chains chains;
    walk(body, [&](std::vector<Statement>& statements, std::size_t i) {
        if (const auto* const instruction = std::get_if<Instruction>(&statements[i])) {
            chains.take(*instruction);
        }
    });
    return chains;
}

void find_in(ptx::Function& kernel, std::vector<Mutant>& mutants) {
    Chains chains = find_chains(kernel.body->statements);
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
        for (const Edit& edit : Editor(*instruction).edits()) {
            mutant.kind = edit.kind;
            mutant.variant = edit.variant;
            mutant.after = edit.replacement ? ptx::print(*edit.replacement) : "";
            mutants.push_back(mutant);
        }
        if (!is_rounded(*instruction)) {
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

/// Rounds every link of the chain that the instruction at `at` belongs to.
void round_chain(ptx::Function& kernel, std::size_t at, const std::string& format) {
    Chains chains = find_chains(kernel.body->statements);
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
        if (instruction != nullptr && is_rounded(*instruction) && chains.root(instruction->operands[0].name) == chain) {
            Statement rounding = make_rounding(*instruction, format);
            statements.insert(statements.begin() + static_cast<std::ptrdiff_t>(i) + 1, std::move(rounding));
        }
    });
}

/// Replaces the instruction of a mutant: by the mutant, or by a trap.
void change_one(ptx::Function& kernel, const Mutant& mutant, bool trap) {
    std::size_t number = 0;
    bool done = false;
    walk(kernel.body->statements, [&](std::vector<Statement>& statements, std::size_t i) {
        const auto* const instruction = std::get_if<Instruction>(&statements[i]);
        if (done || instruction == nullptr || number++ != mutant.statement) {
            return;
        }
        if (trap) {
            done = true;
            Instruction stop;
            stop.opcode = "trap";
            statements[i] = std::move(stop);
            return;
        }
        for (const Edit& edit : Editor(*instruction).edits()) {
            if (edit.kind != mutant.kind || edit.variant != mutant.variant) {
                continue;
            }
            done = true;
            if (edit.replacement) {
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
            return change_one(kernel, mutant, false);
        }
    });
}

std::string probe(const std::string& ptx, const Mutant& mutant) {
    return edit_kernel(ptx, mutant.kernel, [&](ptx::Function& kernel) { change_one(kernel, mutant, true); });
}

} // namespace assay::mutation
