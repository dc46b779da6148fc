// Which operations `__assay_torch` answers.
#pragma once

#include <string_view>
#include <vector>

#include "plan/torch.h"

namespace assay::plan {

[[nodiscard]] Torch::Answer find_torch_operation(std::string_view name);
/// All names.
[[nodiscard]] std::vector<std::string_view> torch_operations();

} // namespace assay::plan
