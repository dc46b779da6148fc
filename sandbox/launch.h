// Starts the program again as a worker process.
#pragma once

#include <filesystem>
#include <string>
#include <sys/types.h>

#include "base/error.h"
#include "sandbox/limits.h"

namespace assay::sandbox {

/// Where a worker finds its channel.
inline constexpr int channel_descriptor = 3;

/// Starts `program --worker role` with `channel` as descriptor 3 and `output` as its standard output and error. It dies
/// with the thread that calls this.
[[nodiscard]] Result<pid_t> launch(const std::string& role, const Limits& limits, const std::filesystem::path& program,
                                   int channel, int output);

} // namespace assay::sandbox
