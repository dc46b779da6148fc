#include "mutation/edits.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <fmt/format.h>
#include <map>

namespace assay::mutation {

using ptx::Instruction;
using ptx::Operand;

bool has(const Instruction& instruction, std::string_view modifier) {
    return std::ranges::find(instruction.modifiers, modifier) != instruction.modifiers.end();
}

bool is_one_of(std::string_view text, std::initializer_list<std::string_view> names) {
    return std::ranges::find(names, text) != names.end();
}

std::int64_t element_bytes(const Instruction& instruction) {
    const std::string& type = instruction.modifiers.back();
    const auto digits = type.find_first_of("0123456789");
    return digits == std::string::npos ? 4 : std::stol(type.substr(digits)) / 8;
}

namespace {

bool is_of_integers(const Instruction& instruction) {
    const std::string_view type = instruction.modifiers.empty() ? "" : std::string_view(instruction.modifiers.back());
    return !type.empty() && is_one_of(type.substr(0, 1), {"s", "u", "b"});
}

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

} // namespace

std::vector<Edit> find_edits(const Instruction& instruction) {
    return Editor(instruction).edits();
}

} // namespace assay::mutation
