// Text in the columns of a terminal: how wide it is, cut and padded to a width, and safe to show.
#pragma once

#include <string>
#include <string_view>

namespace assay::scoring {

/// `text` with control characters, characters that reorder or hide text, and bytes that are no UTF-8 replaced by '?':
/// names and messages come from candidates, and a terminal obeys escape sequences. Newlines and tabs become spaces.
[[nodiscard]] std::string printable(std::string_view text);

/// Columns that printable text takes: combining marks none, East Asian wide characters and emoji two
/// (Unicode Standard Annex 11, abridged to blocks).
[[nodiscard]] std::size_t display_width(std::string_view text);

/// The longest start of `text` that fits into `columns`, ending in "…" if anything was cut off.
[[nodiscard]] std::string shortened(std::string_view text, std::size_t columns);

/// Padded with spaces to `columns`, on the right or on the left; never shortened.
[[nodiscard]] std::string padded(std::string_view text, std::size_t columns, bool right_aligned = false);

/// `text` broken at spaces into lines of at most `columns`, each behind `indent` spaces and with a newline; a word that
/// is longer than a line keeps one to itself, since a broken path cannot be copied.
[[nodiscard]] std::string wrapped(std::string_view text, std::size_t columns, std::size_t indent);

} // namespace assay::scoring
