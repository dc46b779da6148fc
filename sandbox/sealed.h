// Tensors in sealed memory files (man 2 memfd_create, man 2 fcntl, F_ADD_SEALS): once sealed, neither side can change
// or shrink what the other reads.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/error.h"
#include "sandbox/channel.h"
#include "sandbox/descriptor.h"

namespace assay::sandbox {

/// A sealed file of all blobs, one after the other; none where there are no memory files or the file-size limit is too
/// small: the caller then sends the bytes themselves.
[[nodiscard]] Descriptor seal(std::span<const Bytes> blobs, std::uint64_t total);

/// The blobs of a file that a peer passed. An Error if it is anything but a sealed memory file of exactly `total` bytes
/// that are really there: a sparse one would cost the reader memory that it never cost the writer.
[[nodiscard]] Result<std::vector<Bytes>> read_sealed(const Descriptor& file, std::span<const std::uint64_t> sizes,
                                                     std::uint64_t total);

} // namespace assay::sandbox
