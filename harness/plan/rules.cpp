// Rules that hold for a module before anything of it runs.
#include <fmt/format.h>

#include <optional>

#include "plan/names.h"
#include "plan/reach.h"
#include "plan/record.h"
#include "plan/runtime_table.h"

namespace assay::plan {

namespace {

/// The first instruction that calls `callee` or takes its address.
const isa::Instruction* find_use(const isa::Function& function, std::uint32_t callee) {
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
    return nullptr;
}

PlanError device_launch(const isa::Program& program, const isa::Function& kernel, const Reach& found,
                        std::uint32_t launch) {
    PlanError error;
    error.kind = PlanError::Kind::Rejected;
    error.rule = "device-launch";
    error.what = fmt::format("kernel {} launches a kernel", demangle(kernel.name));
    error.call = source_name(program.functions[launch].name);
    error.hint = "only host code may launch";
    for (const std::uint32_t function : found.functions) {
        if (const isa::Instruction* use = find_use(program.functions[function], launch); use != nullptr) {
            const isa::Source& source = use->source;
            const bool inlined = source.outer_line != 0;
            const std::uint32_t file = inlined ? source.outer_file : source.file;
            error.line = inlined ? source.outer_line : source.line;
            error.file = file_name(program, file);
            break;
        }
    }
    return error;
}

} // namespace

std::vector<PlanError> check_rules(const isa::Program& program) {
    std::vector<PlanError> errors;
    for (std::uint32_t index = 0; index < program.functions.size(); ++index) {
        const isa::Function& kernel = program.functions[index];
        if (!kernel.entry || !kernel.defined) {
            continue;
        }
        const Reach found = reach(program, index);
        for (const std::uint32_t function : found.functions) {
            if (!program.functions[function].defined && is_launch(program.functions[function].name)) {
                errors.push_back(device_launch(program, kernel, found, function));
                break;
            }
        }
    }
    return errors;
}

} // namespace assay::plan
