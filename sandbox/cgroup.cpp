// Theory of operation.
//
// Version 2 has one tree, and a group can be limited where its parent passes the controllers on; version 1 has one tree
// for each controller. In both, a group is a folder beside or below the supervisor's own group, limits are files in it,
// and writing a process id to `cgroup.procs` moves the process. A folder can be removed when no process is left in it.
// Those of a supervisor that is killed are removed by its sweeper (sweeper.h); if that was killed as well, the next
// supervisor finds them by the process id in their names.
#include "sandbox/cgroup.h"

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <fstream>
#include <sys/stat.h>
#include <sys/sysinfo.h>
#include <unistd.h>
#include <utility>

#include "sandbox/descriptor.h"
#include "sandbox/sweeper.h"

namespace assay::sandbox {

namespace {

namespace fs = std::filesystem;

constexpr int max_threads = 4096;
const fs::path mount_point = "/sys/fs/cgroup";

bool write_file(const fs::path& path, const std::string& text) {
    const Descriptor file(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
    return file.get() >= 0 && ::write(file.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size());
}

/// The supervisor's own group in the tree of a controller; "" is version 2.
fs::path own_group(const fs::path& tree, const std::string& controller) {
    std::ifstream file("/proc/self/cgroup");
    for (std::string line; std::getline(file, line);) { // "4:memory:/path", "0::/path"
        const auto first = line.find(':');
        const auto second = line.find(':', first + 1);
        if (second == line.npos || line.substr(first + 1, second - first - 1) != controller) {
            continue;
        }
        const fs::path group = tree.string() + line.substr(second + 1);
        std::error_code ignored;
        return fs::is_directory(group, ignored) ? group : tree;
    }
    return tree;
}

/// Groups "assay-PID-N" whose supervisor is gone.
void sweep(const fs::path& parent) {
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(parent, ignored)) {
        const std::string name = entry.path().filename().string();
        constexpr std::string_view prefix = "assay-";
        const int pid = name.starts_with(prefix) ? std::atoi(name.c_str() + prefix.size()) : 0;
        if (pid > 0 && ::kill(pid, 0) != 0 && errno == ESRCH) {
            ::rmdir(entry.path().c_str());
        }
    }
}

struct Limit {
    const char* file;
    std::string value;
};

/// Makes one group under `parent`, with its limits, and moves the process there; false: errno says why.
bool add_group(std::vector<fs::path>& folders, const fs::path& parent, const std::string& name, pid_t pid,
               const std::vector<Limit>& limits) {
    sweep(parent);
    const fs::path folder = parent / name;
    (void)sweep_after_exit(folder);
    if (::mkdir(folder.c_str(), 0755) != 0) {
        return false;
    }
    folders.push_back(folder);
    for (const Limit& limit : limits) {
        if (!write_file(folder / limit.file, limit.value)) {
            return false;
        }
    }
    return write_file(folder / "cgroup.procs", std::to_string(pid));
}

} // namespace

Result<Cgroup> Cgroup::confine(pid_t pid) {
    static std::atomic<int> count = 0;
    const std::string name = fmt::format("assay-{}-{}", ::getpid(), count++);
    struct sysinfo machine{};
    ::sysinfo(&machine);
    const std::string memory = std::to_string(std::uint64_t{machine.totalram} * machine.mem_unit / 8 * 7);
    const std::string threads = std::to_string(max_threads);
    Cgroup cgroup;
    bool done = false;
    std::error_code ignored;
    if (fs::exists(mount_point / "cgroup.controllers", ignored)) {
        done = add_group(cgroup.folders_, own_group(mount_point, ""), name, pid,
                         {{"memory.max", memory}, {"pids.max", threads}});
    } else {
        done = add_group(cgroup.folders_, own_group(mount_point / "memory", "memory"), name, pid,
                         {{"memory.limit_in_bytes", memory}}) &&
               add_group(cgroup.folders_, own_group(mount_point / "pids", "pids"), name, pid, {{"pids.max", threads}});
    }
    if (!done) {
        return fail(fmt::format("no control group for memory and threads can be made: {}", std::strerror(errno)),
                    "cgroup", "root has them, an ordinary user where they are delegated");
    }
    return cgroup;
}

Cgroup::~Cgroup() {
    for (const fs::path& folder : folders_) {
        for (int i = 0; i < 100 && ::rmdir(folder.c_str()) != 0 && errno == EBUSY; ++i) {
            ::usleep(1000); // a killed child may still be on its way out
        }
    }
}

Cgroup::Cgroup(Cgroup&& other) noexcept : folders_(std::exchange(other.folders_, {})) {}

Cgroup& Cgroup::operator=(Cgroup&& other) noexcept {
    std::swap(folders_, other.folders_);
    return *this;
}

} // namespace assay::sandbox
