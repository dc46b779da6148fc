// The options NVRTC is given: ours, and those of a candidate that are on the allow-list (`check_options`).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "compile/compiler.h"

namespace assay::compile {

/// "compute_90", "sm_100a"
[[nodiscard]] bool is_architecture(std::string_view name);

[[nodiscard]] std::vector<std::string> nvrtc_options(const Toolkit& toolkit, const Request& request);

} // namespace assay::compile
