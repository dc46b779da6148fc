#include "sandbox/namespaces.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <sched.h>
#include <string>
#include <unistd.h>

#include "sandbox/descriptor.h"

namespace assay::sandbox {

namespace {

bool write_file(const char* path, const std::string& text) {
    const Descriptor file(::open(path, O_WRONLY | O_CLOEXEC));
    return file.get() >= 0 && ::write(file.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size());
}

/// A user namespace in which this user is itself, with all capabilities over what the namespace owns.
bool enter_user_namespace() {
    const auto user = ::geteuid();
    const auto group = ::getegid();
    if (::unshare(CLONE_NEWUSER) != 0) {
        return false;
    }
    write_file("/proc/self/setgroups", "deny"); // a group can only be mapped where groups cannot be dropped
    return write_file("/proc/self/uid_map", fmt::format("{0} {0} 1", user)) &&
           write_file("/proc/self/gid_map", fmt::format("{0} {0} 1", group));
}

void enter(Layers& layers, Layer layer, int flags) {
    if (is_switched_off(layer)) {
        layers.miss(layer, "switched off by ASSAY_WITHOUT_LAYERS");
    } else if (::unshare(flags) == 0) {
        layers.hold(layer);
    } else {
        layers.miss(layer, fmt::format("unshare: {} (are user namespaces allowed here?)", std::strerror(errno)));
    }
}

} // namespace

void enter_namespaces(Layers& layers, bool keep_mounts) {
    constexpr std::array with_namespaces{Layer::NetworkNamespace, Layer::IpcNamespace, Layer::MinimalRoot,
                                         Layer::PidNamespace};
    const bool wanted = !std::ranges::all_of(with_namespaces, is_switched_off);
    // What root lacks in a container it may have in a user namespace of its own.
    if (wanted && (::geteuid() != 0 || ::unshare(CLONE_NEWUTS) != 0)) {
        enter_user_namespace(); // if it fails, so do the others, and say so
    }
    enter(layers, Layer::NetworkNamespace, CLONE_NEWNET);
    enter(layers, Layer::IpcNamespace, CLONE_NEWIPC | CLONE_NEWUTS);
    if (!keep_mounts) {
        enter(layers, Layer::MinimalRoot, CLONE_NEWNS);
    }
}

} // namespace assay::sandbox
