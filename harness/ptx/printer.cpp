// The printer writes one statement a line, in the order and the spelling of the tree. It needs no state but the depth
// of indentation: each node prints alone, so that a tree from which functions were taken away still prints.
#include "ptx/printer.h"

#include <iterator>

#include <fmt/format.h>

namespace assay::ptx {

namespace {

class Printer {
public:
    std::string text;

    void module(const Module& module) {
        append(".version {}.{}\n.target ", module.version_major, module.version_minor);
        join(module.targets);
        append("\n.address_size {}\n", module.address_size);
        for (const TopLevel& item : module.items) {
            text += '\n';
            std::visit([this](const auto& one) { top_level(one); }, item);
        }
    }

    void instruction(const Instruction& instruction) {
        if (instruction.guard) {
            append("@{}{} ", instruction.guard->negated ? "!" : "", instruction.guard->predicate);
        }
        text += instruction.opcode;
        for (const std::string& modifier : instruction.modifiers) {
            text += '.';
            text += modifier;
        }
        if (!instruction.operands.empty()) {
            text += ' ';
            operands(instruction.operands);
        }
        text += ';';
    }

private:
    template <class... T> void append(fmt::format_string<const T&...> format, const T&... values) {
        fmt::format_to(std::back_inserter(text), format, values...);
    }

    void join(const std::vector<std::string>& names) {
        for (std::size_t i = 0; i < names.size(); ++i) {
            text += i > 0 ? ", " : "";
            text += names[i];
        }
    }

    void dot_words(const std::vector<std::string>& words) {
        for (const std::string& word : words) {
            append(".{} ", word);
        }
    }

    // Operands.

    void offset(std::int64_t offset) {
        if (offset != 0) {
            append("+{}", offset);
        }
    }

    void operands(const std::vector<Operand>& list) {
        for (std::size_t i = 0; i < list.size(); ++i) {
            text += i > 0 ? ", " : "";
            operand(list[i]);
        }
    }

    void operand(const Operand& operand) {
        switch (operand.kind) {
        case Operand::Kind::Identifier:
            text += operand.negated ? "!" : "";
            text += operand.name;
            offset(operand.offset);
            break;
        case Operand::Kind::Literal:
            text += operand.text;
            break;
        case Operand::Kind::Address:
            address(operand);
            break;
        case Operand::Kind::Vector:
            text += '{';
            operands(operand.elements);
            text += '}';
            break;
        case Operand::Kind::Pair:
            this->operand(operand.elements.at(0));
            text += '|';
            this->operand(operand.elements.at(1));
            break;
        case Operand::Kind::List:
            text += '(';
            operands(operand.elements);
            text += ')';
            break;
        case Operand::Kind::Sink:
            text += '_';
            break;
        }
    }

    /// The offset belongs to the first part: `[a+8, {b, c}]`.
    void address(const Operand& address) {
        text += '[';
        for (std::size_t i = 0; i < address.elements.size(); ++i) {
            text += i > 0 ? ", " : "";
            operand(address.elements[i]);
            if (i == 0) {
                offset(address.offset);
            }
        }
        text += ']';
    }

    // Declarations.

    void initializer(const Initializer& initializer) {
        if (!initializer.field.empty()) {
            append("{} = ", initializer.field);
        }
        if (const auto* list = std::get_if<std::vector<Initializer>>(&initializer.value)) {
            text += '{';
            for (std::size_t i = 0; i < list->size(); ++i) {
                text += i > 0 ? ", " : "";
                this->initializer((*list)[i]);
            }
            text += '}';
            return;
        }
        const Operand& value = std::get<Operand>(initializer.value);
        if (initializer.mask) {
            append("0x{:X}(", *initializer.mask);
        }
        if (initializer.generic) {
            append("generic({})", value.name);
            offset(value.offset);
        } else {
            operand(value);
        }
        text += initializer.mask ? ")" : "";
    }

    void attributes(const std::vector<std::string>& entries) {
        if (entries.empty()) {
            return;
        }
        text += ".attribute(";
        for (std::size_t i = 0; i < entries.size(); ++i) {
            append("{}.{}", i > 0 ? ", " : "", entries[i]);
        }
        text += ") ";
    }

    void variable(const Variable& variable) {
        dot_words(variable.linkage);
        append(".{} ", variable.space);
        attributes(variable.attributes);
        if (variable.alignment) {
            append(".align {} ", *variable.alignment);
        }
        if (!variable.vector.empty()) {
            append(".{} ", variable.vector);
        }
        append(".{} ", variable.type);
        for (const std::string& word : variable.pointer_attributes) {
            // ".ptr .global .align 16": all but the number are directives.
            const bool is_number = word[0] >= '0' && word[0] <= '9';
            append("{}{} ", is_number ? "" : ".", word);
        }
        text += variable.name;
        for (const std::optional<std::uint64_t>& size : variable.dimensions) {
            text += '[';
            if (size) {
                append("{}", *size);
            }
            text += ']';
        }
        if (variable.initializer) {
            text += " = ";
            initializer(*variable.initializer);
        }
    }

    void parameters(const std::vector<Variable>& list) {
        text += '(';
        for (std::size_t i = 0; i < list.size(); ++i) {
            text += i > 0 ? ", " : "";
            variable(list[i]);
        }
        text += ')';
    }

    /// The parameters of a function, one a line.
    void parameter_lines(const std::vector<Variable>& list) {
        for (std::size_t i = 0; i < list.size(); ++i) {
            text += i > 0 ? ",\n\t" : "(\n\t";
            variable(list[i]);
        }
        text += "\n)";
    }

    void directive(const Directive& directive) {
        append(".{}", directive.name);
        if (!directive.text.empty()) {
            append(" {}", directive.text);
        }
        text += directive.name == "pragma" || directive.name == "alias" ? ";" : "";
    }

    // Statements.

    void statement(const Instruction& one) { instruction(one); }
    void statement(const Label& label) { append("{}:", label.name); }
    void statement(const Variable& one) {
        variable(one);
        text += ';';
    }
    void statement(const Directive& one) { directive(one); }
    void statement(const std::unique_ptr<Scope>& one) { scope(*one); }

    void statement(const Location& location) {
        append(".loc {} {} {}", location.file, location.line, location.column);
        if (!location.function_name.empty()) {
            append(", function_name {}", location.function_name);
        }
        if (location.inlined_file != 0 || location.inlined_line != 0 || location.inlined_column != 0) {
            append(", inlined_at {} {} {}", location.inlined_file, location.inlined_line, location.inlined_column);
        }
    }

    void statement(const RegisterDeclaration& registers) {
        text += ".reg ";
        if (!registers.vector.empty()) {
            append(".{} ", registers.vector);
        }
        append(".{} ", registers.type);
        const char* separator = "";
        for (const RegisterDeclaration::Name& name : registers.names) {
            append("{}{}", separator, name.name);
            if (name.count) {
                append("<{}>", *name.count);
            }
            separator = ", ";
        }
        text += ';';
    }

    void statement(const Targets& targets) {
        append("{}: .{} ", targets.label, targets.call ? "calltargets" : "branchtargets");
        join(targets.names);
        text += ';';
    }

    void statement(const CallPrototype& prototype) {
        append("{}: .callprototype ", prototype.label);
        if (!prototype.returns.empty()) {
            parameters(prototype.returns);
            text += ' ';
        }
        text += "_ ";
        parameters(prototype.parameters);
        text += prototype.noreturn ? " .noreturn;" : ";";
    }

    void scope(const Scope& scope) {
        text += "{\n";
        ++depth_;
        for (const Statement& one : scope.statements) {
            text.append(std::holds_alternative<Label>(one) ? depth_ - 1 : depth_, '\t');
            std::visit([this](const auto& node) { statement(node); }, one);
            text += '\n';
        }
        --depth_;
        text.append(depth_, '\t');
        text += '}';
    }

    // Module level.

    void top_level(const Function& function) {
        dot_words(function.linkage);
        text += function.entry ? ".entry " : ".func ";
        attributes(function.attributes);
        if (!function.returns.empty()) {
            parameters(function.returns);
            text += ' ';
        }
        text += function.name;
        if (function.parameters.empty()) {
            text += "()";
        } else {
            parameter_lines(function.parameters);
        }
        for (const Directive& one : function.directives) {
            text += '\n';
            directive(one);
        }
        if (function.body) {
            text += '\n';
            scope(*function.body);
            text += '\n';
        } else {
            text += ";\n";
        }
    }

    void top_level(const Variable& one) {
        variable(one);
        text += ";\n";
    }

    void top_level(const File& file) {
        append(".file {} \"{}\"", file.index, file.path);
        for (const std::uint64_t attribute : file.attributes) {
            append(", {}", attribute);
        }
        text += '\n';
    }

    void top_level(const Section& section) { append("{}\n", section.text); }

    void top_level(const Directive& one) {
        directive(one);
        text += '\n';
    }

    std::size_t depth_ = 0;
};

} // namespace

std::string print(const Module& module) {
    Printer printer;
    printer.module(module);
    return std::move(printer.text);
}

std::string print(const Instruction& instruction) {
    Printer printer;
    printer.instruction(instruction);
    return std::move(printer.text);
}

} // namespace assay::ptx
