// Worker processes, the supervisor's side.
//
// Each worker has a *watcher* thread in the supervisor. It starts the process, reads what the process prints, keeps the
// first part of it, and ends only after the process has been reaped. It is the watcher that forks because the kernel
// sends the parent-death signal when the *thread* that forked ends: so a worker may be started from a short-lived
// thread and still dies at once when the supervisor does, however that happens.
//
// Between fork and exec the child becomes a session and process group of its own (one kill reaches whatever it starts),
// gives up the chance of new privileges, and takes its limits. It is not reaped before its group has been killed: until
// then its process id, which is the group's, cannot pass to anybody else.
#include "sandbox/worker.h"

#include <algorithm>
#include <array>
#include <boost/process/args.hpp>
#include <boost/process/child.hpp>
#include <boost/process/env.hpp>
#include <boost/process/exe.hpp>
#include <boost/process/extend.hpp>
#include <boost/process/io.hpp>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <ctime>
#include <fcntl.h>
#include <fmt/format.h>
#include <future>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

#include "sandbox/descriptor.h"
#include "sandbox/text.h"

namespace assay::sandbox {

namespace {

namespace process = boost::process;
using namespace std::chrono_literals;

constexpr int channel_descriptor = 3;
/// What is read from a worker's output after it has been reaped: no more than a full pipe can be its own.
constexpr std::size_t max_last_words = 1U << 20;

/// What a worker needs of the environment: where libraries are, which devices to see, how to be debugged.
process::environment worker_environment() {
    constexpr std::array<std::string_view, 4> prefixes{"CUDA_", "ASSAY_", "NVIDIA_", "LD_LIBRARY_PATH="};
    constexpr std::array<std::string_view, 3> sanitizers{"ASAN_OPTIONS=", "UBSAN_OPTIONS=", "LSAN_OPTIONS="};
    const auto is_kept = [&](std::string_view entry) {
        const auto starts = [&](std::string_view prefix) { return entry.starts_with(prefix); };
        return std::ranges::any_of(prefixes, starts) || std::ranges::any_of(sanitizers, starts);
    };
    process::environment kept;
    for (char** entry = ::environ; entry != nullptr && *entry != nullptr; entry++) {
        const std::string_view text = *entry;
        if (const auto equals = text.find('='); equals != std::string_view::npos && is_kept(text)) {
            kept[std::string(text.substr(0, equals))] = std::string(text.substr(equals + 1));
        }
    }
    return kept;
}

// Only what is safe between fork and exec of a program with threads: system calls, no memory, no locks.

bool set_limit(__rlimit_resource resource, rlim_t soft, rlim_t hard) {
    rlimit current{};
    if (::getrlimit(resource, &current) != 0) {
        return false;
    }
    const rlimit wanted{std::min(soft, current.rlim_max), std::min(hard, current.rlim_max)};
    return ::setrlimit(resource, &wanted) == 0;
}

/// Closes, at exec, all descriptors above the channel's.
bool close_others() {
    constexpr unsigned first = channel_descriptor + 1;
    constexpr unsigned close_on_exec = 4; // CLOSE_RANGE_CLOEXEC, Linux 5.11
    if (::syscall(SYS_close_range, first, ~0U, close_on_exec) == 0) {
        return true;
    }
    rlimit descriptors{};
    if (::getrlimit(RLIMIT_NOFILE, &descriptors) != 0) {
        return false;
    }
    for (int i = first; i < static_cast<int>(std::min<rlim_t>(descriptors.rlim_cur, 1 << 20)); i++) {
        ::fcntl(i, F_SETFD, FD_CLOEXEC); // fails where nothing is open
    }
    return true;
}

/// Makes the forked child a worker; the name of what failed, or null.
const char* become_worker(const Limits& limits, int channel, pid_t supervisor) {
    sigset_t none;
    ::sigemptyset(&none);
    if (::sigprocmask(SIG_SETMASK, &none, nullptr) != 0) {
        return "sigprocmask";
    }
    if (::setsid() < 0) {
        return "setsid";
    }
    if (::prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || ::getppid() != supervisor) {
        return "PR_SET_PDEATHSIG";
    }
    if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
        return "PR_SET_NO_NEW_PRIVS";
    }
    if (::dup2(channel, channel_descriptor) < 0 || !close_others()) {
        return "passing on the channel";
    }
    if (!set_limit(RLIMIT_CORE, 0, 0) || !set_limit(RLIMIT_FSIZE, limits.file_bytes, limits.file_bytes)) {
        return "setrlimit";
    }
    // One second between the soft and the hard limit: SIGXCPU says why, SIGKILL makes sure.
    if (limits.cpu_seconds != 0 && !set_limit(RLIMIT_CPU, limits.cpu_seconds, limits.cpu_seconds + 1)) {
        return "setrlimit";
    }
#ifndef __SANITIZE_ADDRESS__ // whose shadow memory takes terabytes of address space
    if (limits.address_space != 0 && !set_limit(RLIMIT_AS, limits.address_space, limits.address_space)) {
        return "setrlimit";
    }
#endif
    return nullptr;
}

/// Holds the descriptors up to the channel's, where they are free, so that none that the launch opens lies there and is
/// overwritten in the child.
std::vector<Descriptor> reserve_low_descriptors() {
    std::vector<Descriptor> held;
    while (held.empty() || held.back().get() <= channel_descriptor) {
        held.emplace_back(::open("/dev/null", O_RDWR | O_CLOEXEC));
        if (held.back().get() < 0) {
            break;
        }
    }
    return held;
}

Result<pid_t> launch(const std::string& role, const Limits& limits, const std::filesystem::path& program, int channel,
                     int output) {
    const pid_t supervisor = ::getpid();
    const auto setup = [&, channel, output](auto& executor) {
        const char* failed = ::dup2(output, STDOUT_FILENO) < 0 || ::dup2(output, STDERR_FILENO) < 0
                                 ? "dup2"
                                 : become_worker(limits, channel, supervisor);
        if (failed != nullptr) {
            executor.set_error(std::error_code(errno, std::system_category()), failed);
            ::_exit(EXIT_FAILURE);
        }
    };
    try {
        process::child child(process::exe = program.string(), process::args = {std::string("--worker"), role},
                             worker_environment(), process::std_in < process::null,
                             process::extend::on_exec_setup = setup);
        const pid_t pid = child.id();
        child.detach();
        return pid;
    } catch (const process::process_error& error) {
        return fail(fmt::format("a worker cannot start: {}", error.what()), program.string(),
                    "check the limits on processes and memory of this user");
    }
}

/// True when the process has ended, whether or not it has been reaped.
bool has_ended(pid_t pid) {
    siginfo_t info{};
    const int waited = ::waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOHANG | WNOWAIT);
    return waited != 0 || info.si_pid == pid;
}

} // namespace

std::string Exit::to_string() const {
    if (!signalled) {
        return fmt::format("exit status {}", code);
    }
    const char* name = ::sigabbrev_np(code);
    return name != nullptr ? fmt::format("killed by SIG{}", name) : fmt::format("killed by signal {}", code);
}

std::string CallError::to_string() const {
    switch (kind) {
    case Kind::Timeout:
        return fmt::format("no reply from the worker before the deadline; it was killed ({})", detail);
    case Kind::Died:
        return fmt::format("the worker died: {} ({})", exit.to_string(), detail);
    }
    std::unreachable();
}

struct Worker::State {
    explicit State(Channel end) : channel(std::move(end)) {}

    /// The watcher thread's work: start the process, then keep reading what it prints.
    void watch(const std::string& role, const Limits& limits, const std::filesystem::path& program, Channel far_end,
               std::promise<Result<pid_t>>& started);
    void read_output(int output, std::uint64_t cap);

    Channel channel;
    pid_t pid = -1;
    Descriptor reaped; ///< an eventfd: the watcher may end
    std::string log;   ///< the watcher's until it has been joined
    std::uint64_t log_bytes = 0;
    std::uint64_t log_dropped = 0;
    std::thread watcher;
    std::unique_ptr<const Exit> exit; ///< once it has been reaped
    double cpu_seconds = 0;           ///< once it has been reaped
};

void Worker::State::watch(const std::string& role, const Limits& limits, const std::filesystem::path& program,
                          Channel far_end, std::promise<Result<pid_t>>& started) {
    sigset_t all;
    ::sigfillset(&all); // signals to the supervisor are for its main thread
    ::pthread_sigmask(SIG_SETMASK, &all, nullptr);
    std::array<int, 2> pipe{};
    Descriptor output;
    {
        const auto low = reserve_low_descriptors();
        if (low.back().get() < 0 || ::pipe2(pipe.data(), O_CLOEXEC) != 0) {
            started.set_value(fail(fmt::format("a worker cannot start: {}", std::strerror(errno)), "sandbox",
                                   "check the limit on open files (ulimit -n)"));
            return;
        }
        output = Descriptor(pipe[0]);
        const Descriptor far_output(pipe[1]);
        auto launched = launch(role, limits, program, far_end.descriptor(), far_output.get());
        const bool runs = launched.has_value();
        {
            const Channel closed_now = std::move(far_end);
        }
        started.set_value(std::move(launched));
        if (!runs) {
            return;
        }
    }
    read_output(output.get(), limits.log_bytes);
}

void Worker::State::read_output(int output, std::uint64_t cap) {
    ::fcntl(output, F_SETFL, O_NONBLOCK);
    std::size_t last_words = 0;
    bool is_reaped = false;
    std::array<char, 65536> buffer{};
    while (last_words < max_last_words) {
        if (!is_reaped) {
            std::array<pollfd, 2> entries{pollfd{output, POLLIN, 0}, pollfd{reaped.get(), POLLIN, 0}};
            ::poll(entries.data(), entries.size(), -1);
            is_reaped = entries[1].revents != 0;
        }
        const ssize_t count = ::read(output, buffer.data(), buffer.size());
        if (count > 0) {
            const auto bytes = static_cast<std::size_t>(count);
            const auto kept = std::min<std::uint64_t>(bytes, cap - log.size());
            log.append(buffer.data(), kept);
            log_dropped += bytes - kept;
            last_words += is_reaped ? bytes : 0;
        } else if (is_reaped) {
            return;
        } else if (count == 0) {
            // It has closed its output: all that is left is to outlive it.
            pollfd entry{reaped.get(), POLLIN, 0};
            ::poll(&entry, 1, -1);
            is_reaped = true;
        }
    }
}

Worker::Worker(std::unique_ptr<State> state) : state_(std::move(state)) {}
Worker::Worker(Worker&&) noexcept = default;

Worker& Worker::operator=(Worker&& other) noexcept {
    std::swap(state_, other.state_);
    return *this;
}

Worker::~Worker() {
    if (state_) {
        stop();
    }
}

Result<Worker> Worker::start(const std::string& role, const Limits& limits, const std::filesystem::path& program) {
    auto ends = Channel::make_pair();
    if (!ends) {
        return std::unexpected(ends.error());
    }
    auto state = std::make_unique<State>(std::move(ends->first));
    state->log_bytes = limits.log_bytes;
    state->reaped = Descriptor(::eventfd(0, EFD_CLOEXEC));
    if (state->reaped.get() < 0) {
        return fail(fmt::format("eventfd failed: {}", std::strerror(errno)), "sandbox");
    }
    std::promise<Result<pid_t>> started;
    state->watcher = std::thread([&, watching = state.get(), far_end = std::move(ends->second), limits]() mutable {
        watching->watch(role, limits, program, std::move(far_end), started);
    });
    auto pid = started.get_future().get();
    if (!pid) {
        state->watcher.join();
        return std::unexpected(pid.error());
    }
    state->pid = *pid;
    return Worker(std::move(state));
}

std::expected<Message, CallError> Worker::call(const Message& request, std::chrono::milliseconds timeout) {
    if (state_->exit) {
        return std::unexpected(CallError{CallError::Kind::Died, *state_->exit, "it had ended before"});
    }
    const Deadline deadline = std::chrono::steady_clock::now() + timeout;
    const auto sent = state_->channel.send(request, deadline);
    Error error;
    if (sent) {
        auto reply = state_->channel.receive(deadline);
        if (reply) {
            return std::move(*reply);
        }
        error = reply.error();
    } else {
        error = sent.error();
    }
    const bool late = is_timeout(error);
    if (is_closed(error)) {
        // It closes its channel when it ends; wait for the end, so that what killed it is not taken for our own kill.
        for (int i = 0; i < 1000 && !has_ended(state_->pid); i++) {
            std::this_thread::sleep_for(1ms);
        }
    }
    return std::unexpected(CallError{late ? CallError::Kind::Timeout : CallError::Kind::Died, stop(), error.what});
}

int Worker::pid() const {
    return state_->pid;
}

bool Worker::alive() const {
    return !state_->exit && !has_ended(state_->pid);
}

double Worker::cpu_seconds() const {
    clockid_t clock{};
    timespec time{};
    if (state_->exit || ::clock_getcpuclockid(state_->pid, &clock) != 0 || ::clock_gettime(clock, &time) != 0) {
        return state_->cpu_seconds;
    }
    return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

Exit Worker::stop() {
    if (state_->exit) {
        return *state_->exit;
    }
    state_->cpu_seconds = cpu_seconds();
    ::kill(-state_->pid, SIGKILL);
    int status = 0;
    while (::waitpid(state_->pid, &status, 0) < 0 && errno == EINTR) {
    }
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = ::write(state_->reaped.get(), &one, sizeof one);
    state_->watcher.join();
    Exit exit;
    exit.signalled = WIFSIGNALED(status);
    exit.code = exit.signalled ? WTERMSIG(status) : WEXITSTATUS(status);
    exit.log = clean_text(state_->log, state_->log_bytes);
    if (state_->log_dropped != 0) {
        exit.log += fmt::format("\n[{} more bytes not kept]\n", state_->log_dropped);
    }
    state_->exit = std::make_unique<const Exit>(exit);
    return exit;
}

} // namespace assay::sandbox
