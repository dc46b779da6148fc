#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace assay::plan {

[[nodiscard]] std::string to_hex(std::span<const std::byte> bytes);
/// nullopt for an odd length or anything but 0-9, a-f.
[[nodiscard]] std::optional<std::vector<std::byte>> from_hex(std::string_view text);

} // namespace assay::plan
