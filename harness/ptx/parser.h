// Text to syntax tree.
#pragma once

#include <string_view>

#include "base/error.h"
#include "ptx/syntax.h"

namespace assay::ptx {

/// Parses PTX as NVRTC 13 and Triton emit it, up to ISA 9.0. `name` stands for the text in errors, whose `where` is
/// `name:line:column`. Never throws and never recurses without bound: any bytes give a tree or an Error.
[[nodiscard]] Result<Module> parse(std::string_view text, std::string_view name = "ptx");

} // namespace assay::ptx
