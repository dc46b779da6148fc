// A profile (eval/profile.h) as people read it.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace assay::cli {

/// A paragraph for each kernel and one for their sum.
[[nodiscard]] std::string profile_text(const nlohmann::json& profile);

/// The source with the counts of all launches beside its lines. `file` is its name in the profile.
[[nodiscard]] std::string annotated_source(const nlohmann::json& profile, const std::string& file,
                                           const std::string& source);

} // namespace assay::cli
