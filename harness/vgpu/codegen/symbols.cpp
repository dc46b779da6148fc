#include "vgpu/codegen/symbols.h"

#include <array>
#include <charconv>
#include <stdexcept>

#include "vgpu/codegen/runtime_footprint.h"

namespace assay::vgpu::codegen {

namespace {

constexpr std::string_view variable_prefix = "variable.";

struct Named {
    std::string_view name;
    const void* address;
};

template <class Function> Named named(std::string_view name, Function* function) {
    return {name, reinterpret_cast<const void*>(function)};
}

const auto& runtime_functions() {
    static const std::array functions{
        named("runtime.load", runtime_load),         named("runtime.store", runtime_store),
        named("runtime.atomic", runtime_atomic),     named("runtime.copy", runtime_copy),
        named("runtime.fragment", runtime_fragment), named("runtime.rows", runtime_rows),
        named("runtime.async", runtime_async),       named("runtime.wgmma", runtime_wgmma),
        named("runtime.warp", runtime_warp),         named("runtime.count", runtime_count),
        named("runtime.evaluate", runtime_evaluate), named("runtime.call", runtime_call),
        named("runtime.trap", runtime_trap),         named("runtime.arrive", runtime_arrive),
        named("runtime.cluster", runtime_cluster),   named("runtime.arrive_in_cluster", runtime_arrive_in_cluster),
        named("runtime.clock", runtime_clock),       named("runtime.touch", runtime_touch),
    };
    return functions;
}

} // namespace

std::string variable_symbol(std::uint32_t variable) {
    return std::string(variable_prefix) + std::to_string(variable);
}

std::string runtime_symbol(const void* function) {
    for (const Named& known : runtime_functions()) {
        if (known.address == function) {
            return std::string(known.name);
        }
    }
    throw std::logic_error("generated code calls a function that symbols.cpp does not name");
}

std::optional<std::uint64_t> address_of(std::string_view symbol, const LoadedModule& module, const Code& code) {
    if (symbol == sites_symbol) {
        return reinterpret_cast<std::uint64_t>(code.sites.data());
    }
    if (symbol == accesses_symbol) {
        return reinterpret_cast<std::uint64_t>(code.counters.accesses.data());
    }
    for (const Named& known : runtime_functions()) {
        if (known.name == symbol) {
            return reinterpret_cast<std::uint64_t>(known.address);
        }
    }
    if (symbol.starts_with(variable_prefix)) {
        std::uint32_t variable = 0;
        const char* end = symbol.data() + symbol.size();
        const auto [stop, error] = std::from_chars(symbol.data() + variable_prefix.size(), end, variable);
        if (error == std::errc() && stop == end && variable < module.variable_address.size()) {
            return module.variable_address[variable];
        }
    }
    return std::nullopt;
}

} // namespace assay::vgpu::codegen
