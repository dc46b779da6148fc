// File descriptors passed over a Unix socket (man 7 unix, SCM_RIGHTS).
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "base/error.h"
#include "sandbox/channel.h"
#include "sandbox/descriptor.h"

namespace assay::sandbox {

/// Sends one byte with the descriptors, at most four.
[[nodiscard]] Result<> pass_descriptors(int socket, std::span<const int> descriptors, std::optional<Deadline> deadline);
/// Takes the byte and exactly `count` descriptors, close-on-exec. Others that come along are closed, and an Error.
[[nodiscard]] Result<std::vector<Descriptor>> take_descriptors(int socket, std::size_t count,
                                                               std::optional<Deadline> deadline);

} // namespace assay::sandbox
