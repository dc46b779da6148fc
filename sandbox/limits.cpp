#include "sandbox/limits.h"

#include <algorithm>
#include <cstdio>
#include <sys/resource.h>
#include <unistd.h>

namespace assay::sandbox {

namespace {

bool set_limit(__rlimit_resource resource, rlim_t soft, rlim_t hard) {
    rlimit current{};
    if (::getrlimit(resource, &current) != 0) {
        return false;
    }
    const rlimit wanted{std::min(soft, current.rlim_max), std::min(hard, current.rlim_max)};
    return ::setrlimit(resource, &wanted) == 0;
}

} // namespace

std::uint64_t address_space_in_use() {
    unsigned long pages = 0;
    if (std::FILE* const file = std::fopen("/proc/self/statm", "re"); file != nullptr) {
        if (std::fscanf(file, "%lu", &pages) != 1) {
            pages = 0;
        }
        std::fclose(file);
    }
    return pages * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

bool set_limits(const Limits& limits, [[maybe_unused]] std::uint64_t address_space_before) {
    if (!set_limit(RLIMIT_CORE, 0, 0) || !set_limit(RLIMIT_FSIZE, limits.file_bytes, limits.file_bytes)) {
        return false;
    }
    // One second between the soft and the hard limit: SIGXCPU says why, SIGKILL makes sure.
    if (limits.cpu_seconds != 0 && !set_limit(RLIMIT_CPU, limits.cpu_seconds, limits.cpu_seconds + 1)) {
        return false;
    }
#ifndef __SANITIZE_ADDRESS__ // whose shadow memory takes terabytes of address space
    const rlim_t bytes = limits.address_space + address_space_before;
    if (limits.address_space != 0 && !set_limit(RLIMIT_AS, bytes, bytes)) {
        return false;
    }
#endif
    return true;
}

bool forbid_processes() {
    return set_limit(RLIMIT_NPROC, 0, 0) && set_limit(RLIMIT_MSGQUEUE, 0, 0) && set_limit(RLIMIT_MEMLOCK, 0, 0);
}

} // namespace assay::sandbox
