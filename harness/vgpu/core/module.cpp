#include "vgpu/core/module.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace assay::vgpu {

namespace {

bool has_address(const isa::Variable& variable) {
    return variable.space == isa::Space::Global || variable.space == isa::Space::Const;
}

/// The address that a relocation puts in; shared variables have offsets in a block, which no initialiser can name.
Result<std::uint64_t> target_of(const LoadedModule& module, const isa::Relocation& relocation,
                                const isa::Variable& holder) {
    const auto addend = static_cast<std::uint64_t>(relocation.addend);
    if (relocation.function) {
        return function_address(*relocation.function) + addend;
    }
    if (relocation.variable && module.variable_address[*relocation.variable] != 0) {
        return module.variable_address[*relocation.variable] + addend;
    }
    return fail("an initialiser names something that has no address in device memory", holder.name);
}

Result<> initialise(const LoadedModule& module, std::uint32_t index) {
    const isa::Variable& variable = module.program.variables[index];
    auto* bytes = pointer_at<std::byte>(module.variable_address[index]);
    std::ranges::copy(variable.initial, bytes);
    for (const isa::Relocation& relocation : variable.relocations) {
        const auto target = target_of(module, relocation, variable);
        if (!target) {
            return std::unexpected(target.error());
        }
        if (relocation.offset > variable.bytes || variable.bytes - relocation.offset < sizeof *target) {
            return fail("an address in an initialiser does not fit into the variable", variable.name);
        }
        std::memcpy(bytes + relocation.offset, &*target, sizeof *target);
    }
    return {};
}

} // namespace

/// As the driver's linker does for a module on its own.
Result<> check_externals(const isa::Program& program) {
    for (const isa::Function& function : program.functions) {
        if (!function.defined && !is_external(function.name)) {
            return fail("unresolved external function '" + function.name + "'", function.name,
                        "a module on its own can call only what it defines, and vprintf, malloc, free, __assertfail");
        }
    }
    for (const isa::Variable& variable : program.variables) {
        if (variable.external && has_address(variable)) {
            return fail("unresolved external variable '" + variable.name + "'", variable.name,
                        "define the variable in the same module");
        }
    }
    return {};
}

Result<LoadedModule> load(isa::Program program, Memory& memory) {
    if (auto resolved = check_externals(program); !resolved) {
        return std::unexpected(resolved.error());
    }
    LoadedModule module{std::move(program), {}};
    module.variable_address.assign(module.program.variables.size(), 0);
    auto give_up = [&](Error error) {
        unload(module, memory);
        return std::unexpected(std::move(error));
    };
    for (std::uint32_t index = 0; index < module.program.variables.size(); ++index) {
        const isa::Variable& variable = module.program.variables[index];
        if (!has_address(variable)) {
            continue;
        }
        const auto address = memory.allocate(std::max<std::uint64_t>(variable.bytes, 1));
        if (!address) {
            return give_up(Error{"out of device memory for a variable of " + std::to_string(variable.bytes) + " bytes",
                                 variable.name, ""});
        }
        module.variable_address[index] = *address;
    }
    // Only now: an initialiser can name a variable that comes later.
    for (std::uint32_t index = 0; index < module.variable_address.size(); ++index) {
        if (module.variable_address[index] == 0) {
            continue;
        }
        if (auto done = initialise(module, index); !done) {
            return give_up(done.error());
        }
    }
    return module;
}

void unload(const LoadedModule& module, Memory& memory) {
    for (const std::uint64_t address : module.variable_address) {
        if (address != 0) {
            memory.free(address);
        }
    }
}

} // namespace assay::vgpu
