#include "sandbox/sealed.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace assay::sandbox {

namespace {

constexpr int final_seals = F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW;

bool write_all(int file, const Bytes& blob) {
    for (std::size_t at = 0; at < blob.size();) {
        const ssize_t count = ::write(file, blob.data() + at, blob.size() - at);
        if (count < 0 && errno != EINTR) {
            return false;
        }
        at += count > 0 ? static_cast<std::size_t>(count) : 0;
    }
    return true;
}

} // namespace

Descriptor seal(std::span<const Bytes> blobs, std::uint64_t total) {
    rlimit limit{};
    if (::getrlimit(RLIMIT_FSIZE, &limit) != 0 || limit.rlim_cur < total) {
        return Descriptor(); // a write would end the process
    }
    Descriptor file(::memfd_create("tensors", MFD_CLOEXEC | MFD_ALLOW_SEALING));
    if (file.get() < 0) {
        return file;
    }
    for (const Bytes& blob : blobs) {
        if (!write_all(file.get(), blob)) {
            return Descriptor();
        }
    }
    return ::fcntl(file.get(), F_ADD_SEALS, final_seals | F_SEAL_SEAL) == 0 ? std::move(file) : Descriptor();
}

Result<std::vector<Bytes>> read_sealed(const Descriptor& file, std::span<const std::uint64_t> sizes,
                                       std::uint64_t total) {
    const int seals = ::fcntl(file.get(), F_GET_SEALS);
    if (seals < 0 || (seals & final_seals) != final_seals) {
        return fail("the file that was passed is no sealed memory file", "channel");
    }
    struct stat status{};
    // Not the C library's fstat, which asks by newfstatat: a policy without files does not have that.
    if (::syscall(SYS_fstat, file.get(), &status) != 0 || static_cast<std::uint64_t>(status.st_size) != total ||
        static_cast<std::uint64_t>(status.st_blocks) * 512 < total) {
        return fail(fmt::format("the file that was passed does not hold {} bytes", total), "channel");
    }
    std::vector<Bytes> blobs;
    blobs.reserve(sizes.size());
    std::uint64_t from = 0;
    try {
        for (const std::uint64_t size : sizes) {
            Bytes& blob = blobs.emplace_back(size);
            for (std::uint64_t at = 0; at < size;) {
                const ssize_t count = ::pread(file.get(), blob.data() + at, size - at, static_cast<off_t>(from + at));
                if (count == 0 || (count < 0 && errno != EINTR)) {
                    return fail(fmt::format("the file that was passed cannot be read: {}", std::strerror(errno)),
                                "channel");
                }
                at += count > 0 ? static_cast<std::uint64_t>(count) : 0;
            }
            from += size;
        }
    } catch (const std::bad_alloc&) {
        return fail(fmt::format("no memory for {} bytes", total), "channel");
    }
    return blobs;
}

} // namespace assay::sandbox
