// What the compiler and its worker say to each other.
//
//   {"do": "open", "nvrtc": path, "options": [...]}            -> {"landlock": ABI}
//   {"do": "compile", "name", "options": [...], "headers": {name: text}, "readable": [folders],
//    "wall_ms", "cpu_seconds", "address_space"} + the source   -> {"result", "explanation", "log"} + the PTX
//                                                              or {"failure", "explanation"[, "log"]}
#pragma once

#include <cstddef>

namespace assay::compile {

/// Of NVRTC's log; 20 000 errors make about 100 KB.
inline constexpr std::size_t max_log_bytes = 128UL << 10;

// Values of "failure", and of Compilation::failure.
inline constexpr const char* failure_timeout = "timeout";
inline constexpr const char* failure_resource_limit = "resource_limit";
inline constexpr const char* failure_crash = "crash";

} // namespace assay::compile
