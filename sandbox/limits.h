// Resource limits (man 2 setrlimit).
#pragma once

#include <cstdint>

namespace assay::sandbox {

struct Limits {
    std::uint64_t address_space = 0; ///< bytes, RLIMIT_AS, for a server's child on top of what the server has; 0: none
    std::uint64_t cpu_seconds = 0;   ///< RLIMIT_CPU; 0: none
    std::uint64_t file_bytes = 0;    ///< RLIMIT_FSIZE, memory files included; 0 means that no file can grow
    std::uint64_t log_bytes = 65536; ///< of captured output that is kept
};

/// Bytes of address space that this process has; 0 if it cannot be told.
[[nodiscard]] std::uint64_t address_space_in_use();

/// Only system calls: it is also used between fork and exec. False: errno says why.
[[nodiscard]] bool set_limits(const Limits& limits, std::uint64_t address_space_before);
/// For workers that start no process and open no further files: none can be had.
[[nodiscard]] bool forbid_processes();

} // namespace assay::sandbox
