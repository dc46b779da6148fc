// Syntax tree to text that `parse` reads back to an equal tree and that the driver's own assembler accepts.
#pragma once

#include <string>

#include "ptx/syntax.h"

namespace assay::ptx {

[[nodiscard]] std::string print(const Module& module);
[[nodiscard]] std::string print(const Instruction& instruction);

} // namespace assay::ptx
