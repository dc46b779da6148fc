// Names as a reader of the candidate's source knows them.
#pragma once

#include <cstdint>
#include <string>

#include "isa/program.h"

namespace assay::plan {

/// "void k<float>(float const*)" for "_Z1kIfEvPKT_"; the name itself when it is not mangled.
[[nodiscard]] std::string demangle(const std::string& name);

/// The name of a source file, without the folder that the compiler ran in; empty when unknown.
[[nodiscard]] std::string file_name(const isa::Program& program, std::uint32_t file);

} // namespace assay::plan
