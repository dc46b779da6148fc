#pragma once

#include <string>

namespace assay {

inline constexpr const char* version = "0.1.0";

/// What the linker names this program by: the same of the same code, another of any other (the ELF note of
/// `--build-id`).
[[nodiscard]] std::string build_id();

} // namespace assay
