// The headers that candidates see in place of the host's: embedded sources under the names they are included by.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace assay::compile {

struct VirtualHeader {
    std::string name; ///< as it stands between the brackets
    std::string text;
};

/// All of them, other names for the same text included.
[[nodiscard]] const std::vector<VirtualHeader>& virtual_headers();

/// Included before every candidate.
inline constexpr std::string_view prelude_name = "assay/prelude.h";

/// A hash of all names and texts: part of every cache key.
[[nodiscard]] const std::string& headers_digest();

} // namespace assay::compile
