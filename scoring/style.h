// How verdicts and speed-ups look in the reports.
#pragma once

#include <string>
#include <string_view>

#include "store/evaluation.h"

namespace assay::scoring {

enum class Color : std::uint8_t { None, Good, Bad, Odd, Faint };

/// `text` in the color, or as it is unless `color` is on.
[[nodiscard]] std::string painted(std::string_view text, Color color, bool on);

/// Good if passed, bad if the candidate failed, odd if the harness did.
[[nodiscard]] Color color_of(store::Status status);
[[nodiscard]] Color color_of(store::Speed speed);

/// "1.84x [1.80, 1.88]"
[[nodiscard]] std::string speedup_text(const store::Timing& timing);

/// "1.24 ms"; three significant digits in a unit that keeps them before the exponent.
[[nodiscard]] std::string seconds_text(double seconds);

} // namespace assay::scoring
