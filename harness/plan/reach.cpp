#include "plan/reach.h"

#include <utility>

namespace assay::plan {

namespace {

class Walk {
public:
    explicit Walk(const isa::Program& program)
        : program_(program), seen_function_(program.functions.size()), seen_variable_(program.variables.size()) {}

    Reach run(std::uint32_t root) {
        add_function(root);
        // Both lists grow while they are walked.
        std::size_t variable = 0;
        for (std::size_t function = 0; function < found_.functions.size() || variable < found_.variables.size();) {
            if (function < found_.functions.size()) {
                scan(program_.functions[found_.functions[function++]]);
            } else {
                scan(program_.variables[found_.variables[variable++]]);
            }
        }
        return std::move(found_);
    }

private:
    void add_function(std::uint32_t index) {
        if (!seen_function_[index]) {
            seen_function_[index] = true;
            found_.functions.push_back(index);
        }
    }

    void add_variable(std::uint32_t index) {
        if (!seen_variable_[index]) {
            seen_variable_[index] = true;
            found_.variables.push_back(index);
        }
    }

    void scan(const isa::Function& function) {
        for (const isa::CallSite& call : function.calls) {
            if (call.callee) {
                add_function(*call.callee);
            }
        }
        for (const isa::Instruction& instruction : function.body) {
            for (const isa::Operand& operand : instruction.src) {
                scan(operand);
            }
        }
    }

    void scan(const isa::Operand& operand) {
        if (operand.kind == isa::Operand::Kind::Function) {
            add_function(operand.index);
        } else if (operand.kind == isa::Operand::Kind::Variable) {
            add_variable(operand.index);
        }
        for (const isa::Operand& element : operand.elements) {
            scan(element);
        }
    }

    void scan(const isa::Variable& variable) {
        for (const isa::Relocation& relocation : variable.relocations) {
            if (relocation.function) {
                add_function(*relocation.function);
            }
            if (relocation.variable) {
                add_variable(*relocation.variable);
            }
        }
    }

    const isa::Program& program_;
    Reach found_;
    std::vector<bool> seen_function_, seen_variable_;
};

} // namespace

Reach reach(const isa::Program& program, std::uint32_t root) {
    return Walk(program).run(root);
}

const isa::Instruction* find_use(const isa::Program& program, const Reach& reached, std::uint32_t callee) {
    for (const std::uint32_t index : reached.functions) {
        const isa::Function& function = program.functions[index];
        for (const isa::Instruction& instruction : function.body) {
            if (instruction.opcode == isa::Opcode::Call && function.calls[instruction.call].callee == callee) {
                return &instruction;
            }
            for (const isa::Operand& operand : instruction.src) {
                if (operand.kind == isa::Operand::Kind::Function && operand.index == callee) {
                    return &instruction;
                }
            }
        }
    }
    return nullptr;
}

} // namespace assay::plan
