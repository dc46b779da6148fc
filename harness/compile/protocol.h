// What the compiler and its worker say to each other.
//
// The server is opened with {"nvrtc": path, "options": [...], "readable": [folders]}. A child of it answers
//   {"name", "options": [...], "headers": {name: text}} + the source -> {"result", "explanation", "log"} + the PTX
//                                                                    or {"failure", "explanation", "log"}
#pragma once

#include <cstddef>

namespace assay::compile {

/// Of NVRTC's log; 20 000 errors make about 100 KB.
inline constexpr std::size_t max_log_bytes = 128UL << 10;

// Values of "failure", and of Compilation::failure.
inline constexpr const char* failure_timeout = "timeout";
inline constexpr const char* failure_resource_limit = "resource_limit";
inline constexpr const char* failure_crash = "crash";
inline constexpr const char* failure_violation = "violation";

} // namespace assay::compile
