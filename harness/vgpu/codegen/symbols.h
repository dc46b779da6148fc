// The names by which generated code refers to what lies outside of it. Code that holds no address of this process can
// be kept in a file and linked again by another.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "vgpu/codegen/generator_kernel.h"

namespace assay::vgpu::codegen {

inline constexpr const char* sites_symbol = "sites";       ///< the first of Code::sites
inline constexpr const char* accesses_symbol = "accesses"; ///< the first of CounterMap::accesses
/// The device address of a variable of the program.
[[nodiscard]] std::string variable_symbol(std::uint32_t variable);
/// A function of runtime.h, one of the table in symbols.cpp.
[[nodiscard]] std::string runtime_symbol(const void* function);

/// What a name means to this piece of code of this module; nullopt of any other name.
[[nodiscard]] std::optional<std::uint64_t> address_of(std::string_view symbol, const LoadedModule& module,
                                                      const Code& code);

} // namespace assay::vgpu::codegen
