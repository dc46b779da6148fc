// Theory of operation.
//
// The sources are opened before anything is mounted, because the new root is built over /tmp, where they may lie.
// Then: an empty tmpfs; a bind mount of each source in it; all of it made read-only, recursively (mount_setattr, Linux
// 5.12); and pivot_root, after which the old root is taken away. A chroot alone would not do: whoever has the
// capability to make one can leave one, and the old mounts would still be there.
#include "sandbox/minimal_root.h"

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fmt/format.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "sandbox/descriptor.h"

namespace assay::sandbox {

namespace {

namespace fs = std::filesystem;

constexpr const char* building_site = "/tmp";

// Linux 5.12, younger than the C library's headers of some distributions.
constexpr long mount_setattr_call = 442;
struct MountAttributes {
    std::uint64_t set = 0, clear = 0, propagation = 0, user_namespace = 0;
};
constexpr std::uint64_t read_only = 0x1, no_set_user_id = 0x2, no_devices = 0x4;

std::unexpected<Error> system_failure(const std::string& what) {
    return fail(fmt::format("{}: {}", what, std::strerror(errno)), "minimal root");
}

bool restrict_mount(const std::string& path, std::uint64_t set) {
    MountAttributes attributes;
    attributes.set = set;
    return ::syscall(mount_setattr_call, AT_FDCWD, path.c_str(), AT_RECURSIVE, &attributes, sizeof attributes) == 0;
}

struct Source {
    Descriptor place;
    fs::path path;
    bool is_folder = false;
};

Result<> bind(const Source& source) {
    const std::string target = building_site + source.path.string();
    std::error_code error;
    fs::create_directories(source.is_folder ? fs::path(target) : fs::path(target).parent_path(), error);
    if (!source.is_folder) {
        const Descriptor made(::open(target.c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0444));
    }
    const std::string from = fmt::format("/proc/self/fd/{}", source.place.get());
    if (::mount(from.c_str(), target.c_str(), nullptr, MS_BIND | MS_REC, nullptr) != 0) {
        return system_failure("binding " + source.path.string());
    }
    if (!restrict_mount(target, read_only | no_set_user_id | no_devices)) {
        return system_failure("making " + source.path.string() + " read-only");
    }
    return {};
}

} // namespace

Result<> enter_minimal_root(const std::vector<Visible>& visible) {
    std::vector<Source> sources;
    for (const Visible& entry : visible) {
        Source source{Descriptor(::open(entry.path.c_str(), O_PATH | O_CLOEXEC)), entry.path.lexically_normal(), false};
        struct stat status{};
        if (source.place.get() >= 0 && ::fstat(source.place.get(), &status) == 0) {
            source.is_folder = S_ISDIR(status.st_mode);
            sources.push_back(std::move(source));
        }
    }
    if (::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) {
        return system_failure("making mounts private");
    }
    if (::mount("tmpfs", building_site, "tmpfs", MS_NOSUID | MS_NODEV, "size=1m,mode=755") != 0) {
        return system_failure("an empty file system");
    }
    for (const Source& source : sources) {
        if (auto bound = bind(source); !bound) {
            return bound;
        }
    }
    // The new root and the old change places in one folder, and the old one, now on top, is taken off.
    if (::chdir(building_site) != 0 || ::syscall(SYS_pivot_root, ".", ".") != 0 || ::umount2(".", MNT_DETACH) != 0 ||
        ::chdir("/") != 0) {
        return system_failure("pivot_root");
    }
    if (!restrict_mount("/", read_only)) {
        return system_failure("making the root read-only");
    }
    return {};
}

} // namespace assay::sandbox
