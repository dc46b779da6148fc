// Untrusted text: what a candidate's process or its compiler printed, made safe to show and to store.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace assay::sandbox {

/// Valid UTF-8 of at most `cap` bytes of `text`. Control characters (all but newline and tab), characters that reorder
/// or hide text on a terminal (bidirectional controls, zero-width characters) and malformed bytes become '?'. What was
/// cut off is said in a last line.
[[nodiscard]] std::string clean_text(std::string_view text, std::size_t cap);

} // namespace assay::sandbox
