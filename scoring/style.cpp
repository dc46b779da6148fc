// See style.h.
#include "scoring/style.h"

#include <array>
#include <cmath>
#include <fmt/format.h>

namespace assay::scoring {

std::string painted(std::string_view text, Color color, bool on) {
    constexpr std::array<std::string_view, 5> codes{"", "32", "31", "33", "2"};
    if (!on || color == Color::None || text.empty()) {
        return std::string(text);
    }
    return fmt::format("\033[{}m{}\033[0m", codes.at(static_cast<std::size_t>(color)), text);
}

Color color_of(store::Status status) {
    switch (status) {
    case store::Status::Passed:
        return Color::Good;
    case store::Status::HarnessError:
        return Color::Odd;
    default:
        return Color::Bad;
    }
}

Color color_of(store::Speed speed) {
    switch (speed) {
    case store::Speed::Faster:
        return Color::Good;
    case store::Speed::Slower:
        return Color::Bad;
    case store::Speed::Same:
        return Color::None;
    case store::Speed::Undecided:
        return Color::Odd;
    }
    return Color::None;
}

std::string speedup_text(const store::Timing& timing) {
    // Two decimals show what a 1 % interval can tell; a slowdown of a hundred needs significant digits instead.
    const auto digits = [](double value) {
        return value >= 0.1 || value == 0 ? fmt::format("{:.2f}", value) : fmt::format("{:.2g}", value);
    };
    return fmt::format("{}x [{}, {}]", digits(timing.speedup), digits(timing.low), digits(timing.high));
}

std::string seconds_text(double seconds) {
    struct Unit {
        double scale;
        std::string_view name;
    };
    constexpr std::array<Unit, 4> units{{{1, "s"}, {1e-3, "ms"}, {1e-6, "us"}, {1e-9, "ns"}}};
    for (const Unit& unit : units) {
        if (std::abs(seconds) >= unit.scale) {
            return fmt::format("{:.3g} {}", seconds / unit.scale, unit.name);
        }
    }
    return fmt::format("{:.3g} s", seconds);
}

} // namespace assay::scoring
