#include "sandbox/privileges.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <grp.h>
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace assay::sandbox {

namespace {

constexpr unsigned nobody = 65534;
constexpr int set_mdwe = 65;        // PR_SET_MDWE, younger than the C library's header
constexpr int refuse_exec_gain = 1; // PR_MDWE_REFUSE_EXEC_GAIN

std::unexpected<Error> system_failure(const char* what) {
    return fail(fmt::format("{}: {}", what, std::strerror(errno)), "privileges");
}

/// Only root asks: it may become nobody and come back.
bool nobody_can_read(const std::vector<Visible>& visible) {
    const bool became = ::setegid(nobody) == 0 && ::seteuid(nobody) == 0;
    const bool readable =
        became && std::ranges::all_of(visible, [](const Visible& entry) {
            return ::faccessat(AT_FDCWD, entry.path.c_str(), entry.writable ? R_OK | W_OK : R_OK, AT_EACCESS) == 0 ||
                   errno == ENOENT;
        });
    return ::seteuid(0) == 0 && ::setegid(0) == 0 && readable;
}

} // namespace

Result<> forbid_new_privileges() {
    if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
        return system_failure("PR_SET_NO_NEW_PRIVS");
    }
    return {};
}

Result<> drop_privileges(bool become_nobody, const std::vector<Visible>& visible) {
    for (int capability = 0; ::prctl(PR_CAPBSET_READ, capability, 0, 0, 0) >= 0; capability++) {
        ::prctl(PR_CAPBSET_DROP, capability, 0, 0, 0); // only with CAP_SETPCAP; without, there is nothing to gain from
    }
    if (become_nobody && ::geteuid() == 0 && nobody_can_read(visible) &&
        (::setgroups(0, nullptr) != 0 || ::setresgid(nobody, nobody, nobody) != 0 ||
         ::setresuid(nobody, nobody, nobody) != 0)) {
        return system_failure("setresuid");
    }
    ::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
    __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
    std::array<__user_cap_data_struct, 2> none{};
    if (::syscall(SYS_capset, &header, none.data()) != 0) {
        return system_failure("capset");
    }
    return {};
}

Result<> forbid_dumping() {
    if (::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) {
        return system_failure("PR_SET_DUMPABLE");
    }
    return {};
}

Result<> forbid_new_code() {
    if (::prctl(set_mdwe, refuse_exec_gain, 0, 0, 0) != 0) {
        return system_failure("PR_SET_MDWE");
    }
    return {};
}

} // namespace assay::sandbox
