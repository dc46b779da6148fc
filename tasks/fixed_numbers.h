// Numbers that a task fixes: it has no axis or scalar for them, its reference's text says them.
//
// PyTorch's functions take them by name (`forward(x, weight, stride, padding)`, `forward(x, negative_slope)`), so a
// candidate in that form has parameters for what a `solve` would write down.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace assay::tasks {

/// Of a reference's text: "stride" is {"2"}, "padding" {"1", "3"}, "groups" {"channels"}, "negative_slope" {"0.01"}.
/// Values are numbers or names of axes. Of several calls the first one's count.
[[nodiscard]] std::map<std::string, std::vector<std::string>> fixed_numbers(std::string_view reference);

} // namespace assay::tasks
