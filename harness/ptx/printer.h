// Syntax tree to text that `parse` reads back to an equal tree and that the driver's own assembler accepts.
#pragma once

#include <string>

#include "ptx/syntax.h"

namespace assay::ptx {

[[nodiscard]] std::string print(const Module& module);
/// One line, with its semicolon: `@%p1 ld.global.f32 %f1, [%rd1+4];`.
[[nodiscard]] std::string print(const Instruction& instruction);

} // namespace assay::ptx
