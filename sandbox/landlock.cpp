// Landlock by system call: distributions' headers and C libraries are years behind the kernel's ABI, so the constants
// are here, each with the ABI that brought it.
#include "sandbox/landlock.h"

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace assay::sandbox {

namespace {

// x86-64 and every later architecture share these numbers.
constexpr long create_ruleset = 444;
constexpr long add_rule = 445;
constexpr long restrict_self = 446;
constexpr std::uint32_t ask_version = 1;
constexpr int rule_path_beneath = 1;

constexpr std::uint64_t write_file = 1U << 1;
constexpr std::uint64_t read_file = 1U << 2;
constexpr std::uint64_t read_folder = 1U << 3;
constexpr std::uint64_t all_of_abi_1 = (1U << 13) - 1;
constexpr std::uint64_t refer = 1U << 13;        // ABI 2
constexpr std::uint64_t truncate = 1U << 14;     // ABI 3
constexpr std::uint64_t ioctl_device = 1U << 15; // ABI 5
constexpr std::uint64_t all_tcp = 3;             // ABI 4: bind, connect
constexpr std::uint64_t all_scopes = 3;          // ABI 6: abstract sockets, signals

struct RulesetAttributes {
    std::uint64_t files = 0;
    std::uint64_t net = 0;
    std::uint64_t scoped = 0;
};

struct [[gnu::packed]] PathBeneath {
    std::uint64_t allowed = 0;
    std::int32_t folder = -1;
};

std::unexpected<Error> system_failure(const char* what) {
    return fail(fmt::format("{} failed: {}", what, std::strerror(errno)), "landlock");
}

} // namespace

int landlock_abi() {
    const long abi = ::syscall(create_ruleset, nullptr, 0, ask_version);
    return abi < 0 ? 0 : static_cast<int>(abi);
}

Result<LandlockRules> LandlockRules::build(const std::vector<Visible>& visible) {
    const int abi = landlock_abi();
    if (abi == 0) {
        return fail("the kernel has no Landlock, or it is switched off", "landlock", "Linux 5.13 or later has it");
    }
    RulesetAttributes attributes;
    attributes.files =
        all_of_abi_1 | (abi >= 2 ? refer : 0) | (abi >= 3 ? truncate : 0) | (abi >= 5 ? ioctl_device : 0);
    attributes.net = abi >= 4 ? all_tcp : 0;
    attributes.scoped = abi >= 6 ? all_scopes : 0;
    // An older kernel takes a shorter structure, and refuses a longer one only if the rest is not zero.
    LandlockRules rules;
    rules.ruleset_ = Descriptor(static_cast<int>(::syscall(create_ruleset, &attributes, sizeof attributes, 0)));
    if (rules.ruleset_.get() < 0) {
        return system_failure("landlock_create_ruleset");
    }
    for (const Visible& entry : visible) {
        const Descriptor place(::open(entry.path.c_str(), O_PATH | O_CLOEXEC));
        struct stat status{};
        if (place.get() < 0 || ::fstat(place.get(), &status) != 0) {
            continue;
        }
        const std::uint64_t writing = write_file | (abi >= 5 ? ioctl_device : 0);
        const PathBeneath rule{(S_ISDIR(status.st_mode) ? read_file | read_folder : read_file) |
                                   (entry.writable ? writing : 0),
                               place.get()};
        if (::syscall(add_rule, rules.ruleset_.get(), rule_path_beneath, &rule, 0) != 0) {
            return system_failure("landlock_add_rule");
        }
    }
    return rules;
}

Result<> LandlockRules::install() const {
    if (::syscall(restrict_self, ruleset_.get(), 0) != 0) {
        return system_failure("landlock_restrict_self");
    }
    return {};
}

} // namespace assay::sandbox
