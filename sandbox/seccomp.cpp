// Theory of operation.
//
// libseccomp turns rules into a BPF program, which takes it about a millisecond; a server does that once and exports
// the program, and each child only hands it to the kernel. Three answers: allowed; EPERM, for what a library may try
// and live without (glibc probes for newer calls); and the end of the process, for what is an attack whoever asks.
// Arguments are looked at where they decide: files may be opened for reading only, `clone` makes threads only, and
// memory becomes executable only in workers that make code, never while it is writable. `clone3` and `openat2` keep
// their flags in memory that a filter cannot read: they do not exist here, and glibc falls back.
//
// The clock cannot be closed this way: reading it needs no system call (vDSO). That is no loss, since none of these
// processes runs a candidate's code natively but for kernels on the vGPU, which have no instruction for it.
#include "sandbox/seccomp.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <linux/seccomp.h>
#include <memory>
#include <sched.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "sandbox/descriptor.h"

namespace assay::sandbox {

namespace {

// Names, not numbers: libseccomp knows those that the C library's headers do not, and skips what a machine lacks.

constexpr std::array base_calls{
    // the channel, which is open already, and the log
    "read", "write", "readv", "writev", "recvfrom", "recvmsg", "sendto", "sendmsg", "poll", "ppoll", "close", "pread64",
    "pwrite64", "lseek", "fstat", "fcntl", "dup", "close_range",
    // tensors in sealed memory files
    "memfd_create", "ftruncate",
    // memory; mmap and mprotect are below
    "brk", "munmap", "mremap", "madvise",
    // threads and signals of one's own
    "futex", "rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "sigaltstack", "set_robust_list", "rseq", "gettid",
    "getpid", "tgkill", "sched_yield", "sched_getaffinity", "restart_syscall", "exit", "exit_group",
    // what libraries ask about their surroundings
    "clock_gettime", "gettimeofday", "clock_getres", "getrandom", "getrusage", "times", "sysinfo", "uname", "getrlimit",
    "getuid", "geteuid", "getgid", "getegid", "getppid", "getcpu"};

constexpr std::array reading_calls{"stat",      "lstat",      "newfstatat", "statx",      "access",
                                   "faccessat", "faccessat2", "readlink",   "readlinkat", "getdents64",
                                   "getcwd",    "statfs",     "fstatfs"};

constexpr std::array thread_calls{"set_tid_address", "clock_nanosleep", "nanosleep"};

/// Nobody calls these by mistake. With a driver some are left to fail instead: see `driver_may_try`.
constexpr std::array forbidden_calls{"execve",
                                     "execveat",
                                     "fork",
                                     "vfork",
                                     "ptrace",
                                     "process_vm_readv",
                                     "process_vm_writev",
                                     "kcmp",
                                     "pidfd_getfd",
                                     "process_madvise",
                                     "kill",
                                     "tkill",
                                     "rt_sigqueueinfo",
                                     "rt_tgsigqueueinfo",
                                     "pidfd_send_signal",
                                     "socket",
                                     "socketpair",
                                     "connect",
                                     "bind",
                                     "listen",
                                     "accept",
                                     "accept4",
                                     "io_uring_setup",
                                     "io_uring_enter",
                                     "io_uring_register",
                                     "bpf",
                                     "perf_event_open",
                                     "userfaultfd",
                                     "mount",
                                     "umount2",
                                     "pivot_root",
                                     "chroot",
                                     "move_mount",
                                     "open_tree",
                                     "fsopen",
                                     "fsconfig",
                                     "fsmount",
                                     "fspick",
                                     "mount_setattr",
                                     "unshare",
                                     "setns",
                                     "open_by_handle_at",
                                     "name_to_handle_at",
                                     "init_module",
                                     "finit_module",
                                     "delete_module",
                                     "kexec_load",
                                     "kexec_file_load",
                                     "reboot",
                                     "swapon",
                                     "swapoff",
                                     "add_key",
                                     "request_key",
                                     "keyctl",
                                     "personality",
                                     "modify_ldt",
                                     "iopl",
                                     "ioperm",
                                     "acct",
                                     "quotactl",
                                     "settimeofday",
                                     "clock_settime",
                                     "adjtimex",
                                     "clock_adjtime",
                                     "sethostname",
                                     "setdomainname",
                                     "setuid",
                                     "setgid",
                                     "setresuid",
                                     "setresgid",
                                     "setreuid",
                                     "setregid",
                                     "setgroups",
                                     "setfsuid",
                                     "setfsgid",
                                     "capset",
                                     "unlink",
                                     "unlinkat",
                                     "rename",
                                     "renameat",
                                     "renameat2",
                                     "link",
                                     "linkat",
                                     "symlink",
                                     "symlinkat",
                                     "mknod",
                                     "mknodat",
                                     "chmod",
                                     "fchmod",
                                     "fchmodat",
                                     "chown",
                                     "fchown",
                                     "lchown",
                                     "fchownat",
                                     "truncate",
                                     "creat",
                                     "mkdir",
                                     "mkdirat",
                                     "rmdir"};

constexpr std::array driver_may_try{"kill",   "tkill",   "socket", "socketpair", "connect", "bind",    "listen",
                                    "accept", "accept4", "unlink", "unlinkat",   "mkdir",   "mkdirat", "chmod",
                                    "fchmod", "creat",   "rename", "mknod",      "fork",    "vfork"};

constexpr std::uint32_t opens_for_more_than_reading = O_WRONLY | O_RDWR | O_CREAT | O_TRUNC;
constexpr std::uint64_t new_namespaces =
    CLONE_NEWNS | CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWCGROUP;
constexpr std::uint64_t makes_a_thread = CLONE_VM | CLONE_THREAD;

/// Collects the rules; the first failure stays.
class Rules {
public:
    explicit Rules(std::uint32_t otherwise) : context_(seccomp_init(otherwise), seccomp_release) {
        if (context_ == nullptr) {
            failure_ = ENOMEM;
            return;
        }
        note(seccomp_attr_set(context_.get(), SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS));
    }

    template <class... Conditions> void add(std::uint32_t action, const char* name, Conditions... conditions) {
        const int number = seccomp_syscall_resolve_name(name);
        if (number == __NR_SCMP_ERROR || failure_ != 0) {
            return;
        }
        const std::array<scmp_arg_cmp, sizeof...(conditions)> list{conditions...};
        note(seccomp_rule_add_array(context_.get(), action, number, list.size(), list.data()));
    }

    template <class Names> void add_all(std::uint32_t action, const Names& names) {
        for (const char* name : names) {
            add(action, name);
        }
    }

    [[nodiscard]] Result<std::vector<sock_filter>> compile() const {
        if (failure_ != 0) {
            return fail(fmt::format("libseccomp: {}", std::strerror(failure_)), "seccomp");
        }
        std::array<int, 2> pipe{}; // which holds 64 KiB; programs have about 5
        if (::pipe2(pipe.data(), O_CLOEXEC | O_NONBLOCK) != 0) {
            return fail(fmt::format("pipe2: {}", std::strerror(errno)), "seccomp");
        }
        const Descriptor from(pipe[0]);
        const Descriptor to(pipe[1]);
        std::vector<sock_filter> program(8192);
        const std::size_t room = program.size() * sizeof(sock_filter);
        const bool exported = seccomp_export_bpf(context_.get(), to.get()) == 0;
        const ssize_t bytes = exported ? ::read(from.get(), program.data(), room) : -1;
        if (bytes <= 0 || static_cast<std::size_t>(bytes) == room) {
            return fail("the filter cannot be exported", "seccomp");
        }
        program.resize(static_cast<std::size_t>(bytes) / sizeof(sock_filter));
        return program;
    }

private:
    void note(int result) { failure_ = failure_ == 0 ? -result : failure_; }

    std::unique_ptr<void, decltype(&seccomp_release)> context_;
    int failure_ = 0;
};

void add_worker_rules(Rules& rules, const Policy& policy) {
    rules.add_all(SCMP_ACT_ALLOW, base_calls);
    // Its own limits may be read, nobody's changed.
    rules.add(SCMP_ACT_ALLOW, "prlimit64", SCMP_A2(SCMP_CMP_EQ, 0));
    if (policy.reads_files) {
        rules.add_all(SCMP_ACT_ALLOW, reading_calls);
        rules.add(SCMP_ACT_ALLOW, "open", SCMP_A1(SCMP_CMP_MASKED_EQ, opens_for_more_than_reading, 0));
        rules.add(SCMP_ACT_ALLOW, "openat", SCMP_A2(SCMP_CMP_MASKED_EQ, opens_for_more_than_reading, 0));
    }
    if (policy.starts_threads) {
        rules.add_all(SCMP_ACT_ALLOW, thread_calls);
        rules.add(SCMP_ACT_ALLOW, "clone",
                  SCMP_A0(SCMP_CMP_MASKED_EQ, makes_a_thread | new_namespaces, makes_a_thread));
    }
    if (policy.makes_code) {
        for (const char* call : {"mmap", "mprotect"}) {
            rules.add(SCMP_ACT_ALLOW, call, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
            rules.add(SCMP_ACT_ALLOW, call, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC | PROT_WRITE, PROT_EXEC));
        }
    } else {
        for (const char* call : {"mmap", "mprotect"}) {
            rules.add(SCMP_ACT_ALLOW, call, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
        }
    }
    rules.add(SCMP_ACT_ERRNO(ENOSYS), "clone3");
    rules.add(SCMP_ACT_ERRNO(ENOSYS), "openat2");
    rules.add_all(SCMP_ACT_KILL_PROCESS, forbidden_calls);
}

void add_driver_rules(Rules& rules) {
    for (const char* name : forbidden_calls) {
        const auto is_name = [&](const char* other) { return std::strcmp(name, other) == 0; };
        const bool may_try = std::any_of(driver_may_try.begin(), driver_may_try.end(), is_name);
        rules.add(may_try ? SCMP_ACT_ERRNO(EPERM) : SCMP_ACT_KILL_PROCESS, name);
    }
}

} // namespace

Result<SeccompFilter> SeccompFilter::build(const Policy& policy) {
    Rules rules(policy.runs_driver ? SCMP_ACT_ALLOW : SCMP_ACT_ERRNO(EPERM));
    if (policy.runs_driver) {
        add_driver_rules(rules);
    } else {
        add_worker_rules(rules, policy);
    }
    auto program = rules.compile();
    if (!program) {
        return std::unexpected(program.error());
    }
    SeccompFilter filter;
    filter.program_ = std::move(*program);
    return filter;
}

Result<> SeccompFilter::install() const {
    const sock_fprog program{static_cast<unsigned short>(program_.size()), const_cast<sock_filter*>(program_.data())};
    if (::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &program) != 0) {
        return fail(fmt::format("seccomp: {}", std::strerror(errno)), "seccomp");
    }
    return {};
}

} // namespace assay::sandbox
