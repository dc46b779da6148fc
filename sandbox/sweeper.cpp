// Theory of operation.
//
// Nobody can clean up after SIGKILL but another process. The sweeper is a fork of the supervisor that does nothing but
// read names from a socket, whose other end closes with the supervisor; then it removes the folders of these names, as
// soon as the processes in them are gone, and ends. It belongs to no worker, so no worker's end or lock reaches it, and
// it leads a session of its own, so that an interrupt from the keyboard does not either.
//
// It is forked without exec, from a process that may have threads: it calls nothing but what is safe in a signal
// handler, and allocates nothing.
#include "sandbox/sweeper.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <mutex>
#include <string>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <utility>

#include "sandbox/descriptor.h"

namespace assay::sandbox {

namespace {

constexpr int tries = 1000; ///< of a folder that is in use
constexpr unsigned pause_us = 10'000;

/// Names, each with a zero byte at its end.
struct Names {
    std::array<char, 64U << 10> text;
    std::size_t used = 0;

    /// Forgets those for which `keep` returns false.
    template <class Keep> void filter(Keep keep) {
        std::size_t kept = 0;
        for (std::size_t at = 0; at < used;) {
            const std::size_t bytes = ::strnlen(text.data() + at, used - at) + 1;
            if (at + bytes > used || keep(text.data() + at)) { // the last one may not be whole yet
                const std::size_t whole = std::min(bytes, used - at);
                std::memmove(text.data() + kept, text.data() + at, whole);
                kept += whole;
            }
            at += bytes;
        }
        used = kept;
    }
};

[[noreturn]] void run_sweeper(int socket) {
    ::setsid();
    ::prctl(PR_SET_NAME, "assay-sweeper");
    ::dup2(socket, STDIN_FILENO);
    ::syscall(SYS_close_range, STDOUT_FILENO, ~0U, 0U);
    static Names names;
    while (true) {
        if (names.used == names.text.size()) { // most are gone by now
            names.filter([](const char* folder) { return ::access(folder, F_OK) == 0; });
        }
        const ssize_t count = ::read(STDIN_FILENO, names.text.data() + names.used, names.text.size() - names.used);
        if (count > 0) {
            names.used += static_cast<std::size_t>(count);
        } else if (count == 0 || errno != EINTR) {
            break;
        }
    }
    for (int i = 0; i < tries && names.used > 0; ++i) {
        names.filter([](const char* folder) { return ::rmdir(folder) != 0 && errno == EBUSY; });
        if (names.used > 0) {
            ::usleep(pause_us);
        }
    }
    ::_exit(0);
}

class Sweeper {
public:
    Sweeper() {
        std::array<int, 2> ends{};
        if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) {
            return;
        }
        const Descriptor far_end(ends[0]);
        near_end_ = Descriptor(ends[1]);
        pid_ = ::fork();
        if (pid_ == 0) {
            run_sweeper(far_end.get());
        }
    }
    Sweeper(const Sweeper&) = delete;
    Sweeper& operator=(const Sweeper&) = delete;

    bool add(const std::string& folder) {
        const std::scoped_lock lock(mutex_);
        const auto bytes = static_cast<ssize_t>(folder.size()) + 1;
        return pid_ > 0 && // a sweeper that somebody killed is no reason to die of SIGPIPE
               ::send(near_end_.get(), folder.c_str(), static_cast<std::size_t>(bytes), MSG_NOSIGNAL) == bytes;
    }

private:
    std::mutex mutex_;
    Descriptor near_end_;
    pid_t pid_ = -1;
};

} // namespace

bool sweep_after_exit(const std::filesystem::path& folder) {
    // Never destroyed: workers that other statics hold end after it, and it must not be waited for before them.
    static Sweeper* const sweeper = new Sweeper;
    return sweeper->add(folder.string());
}

} // namespace assay::sandbox
