// JSON from outside: from files and processes that a candidate's author may have written.
#pragma once

#include <nlohmann/json.hpp>
#include <string_view>

#include "base/error.h"

namespace assay {

/// What no honest document comes near. The parser does not recurse, but copying, comparing and printing a value do.
inline constexpr int max_json_depth = 64;

/// The Error says where the text stops being JSON, or that it is nested too deeply; nothing deep is ever built.
[[nodiscard]] Result<nlohmann::json> parse_json(std::string_view text, int max_depth = max_json_depth);

} // namespace assay
