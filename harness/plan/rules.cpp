// Rules that hold for a module before anything of it runs.
#include <fmt/format.h>

#include <optional>

#include "plan/names.h"
#include "plan/reach.h"
#include "plan/record.h"
#include "plan/runtime_table.h"

namespace assay::plan {

namespace {

PlanError device_launch(const isa::Program& program, const isa::Function& kernel, const Reach& found,
                        std::uint32_t launch) {
    PlanError error;
    error.kind = PlanError::Kind::Rejected;
    error.rule = "device-launch";
    error.what = fmt::format("kernel {} launches a kernel", demangle(kernel.name));
    error.call = source_name(program.functions[launch].name);
    error.hint = "only host code may launch";
    if (const isa::Instruction* use = find_use(program, found, launch); use != nullptr) {
        const isa::Source& source = use->source;
        const bool inlined = source.outer_line != 0;
        const std::uint32_t file = inlined ? source.outer_file : source.file;
        error.line = inlined ? source.outer_line : source.line;
        error.file = file_name(program, file);
    }
    return error;
}

/// The variables in `scope` that outlive a launch, each with the line of the last `.loc` before it.
void find_hidden(const ptx::Scope& scope, const ptx::Function& function, std::uint32_t& line,
                 std::vector<PlanError>& errors) {
    for (const ptx::Statement& statement : scope.statements) {
        if (const auto* location = std::get_if<ptx::Location>(&statement)) {
            line = location->inlined_line != 0 ? location->inlined_line : location->line;
        } else if (const auto* inner = std::get_if<std::unique_ptr<ptx::Scope>>(&statement)) {
            find_hidden(**inner, function, line, errors);
        } else if (const auto* variable = std::get_if<ptx::Variable>(&statement);
                   variable != nullptr && (variable->space == "global" || variable->space == "const")) {
            PlanError error;
            error.kind = PlanError::Kind::Rejected;
            error.rule = "hidden-variable";
            error.what = fmt::format("{} declares the {} variable '{}' in inline assembly", demangle(function.name),
                                     variable->space == "global" ? "global" : "constant", variable->name);
            error.line = line;
            error.hint = "declare it outside of functions, as __device__";
            errors.push_back(std::move(error));
        }
    }
}

} // namespace

std::vector<PlanError> check_rules(const ptx::Module& module, const isa::Program& program) {
    std::vector<PlanError> errors;
    for (const ptx::TopLevel& item : module.items) {
        if (const auto* function = std::get_if<ptx::Function>(&item); function != nullptr && function->body) {
            std::uint32_t line = 0;
            find_hidden(*function->body, *function, line, errors);
        }
    }
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
