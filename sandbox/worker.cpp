// Worker processes, the supervisor's side.
//
// Each worker has a *watcher* thread in the supervisor, which reads what the process prints and ends only after the
// process has been reaped. For a worker that is started anew it is the watcher that forks, because the kernel sends the
// parent-death signal when the *thread* that forked ends: so a worker may be started from a short-lived thread and
// still dies at once when the supervisor does, however that happens.
//
// A worker is not reaped before it has been killed: until then its process id, which is its group's, cannot pass to
// anybody else.
#include "sandbox/worker.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <ctime>
#include <fcntl.h>
#include <fmt/format.h>
#include <future>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

#include "sandbox/launch.h"
#include "sandbox/worker_state.h"

namespace assay::sandbox {

namespace {

using namespace std::chrono_literals;

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

/// The watcher thread's work for a worker that is started anew.
void launch_and_read(const std::string& role, const Limits& limits, const std::filesystem::path& program,
                     Channel far_end, LogReader& log, std::promise<Result<pid_t>>& started) {
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
    log.read(std::move(output));
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
    case Kind::Violation:
        return fmt::format("the worker made a system call that it is not allowed and was killed ({})", detail);
    }
    std::unreachable();
}

void Worker::State::identify(pid_t its_pid) {
    pid = its_pid;
    process = open_process(pid);
    if (process.get() >= 0) {
        layers.hold(Layer::Pidfd);
    } else {
        layers.miss(Layer::Pidfd, fmt::format("pidfd_open: {}", std::strerror(errno)));
    }
}

void Worker::State::confine() {
    if (is_switched_off(Layer::Cgroup)) {
        layers.miss(Layer::Cgroup, "switched off by ASSAY_WITHOUT_LAYERS");
        return;
    }
    auto made = Cgroup::confine(pid);
    if (made) {
        cgroup.emplace(std::move(*made));
        layers.hold(Layer::Cgroup);
    } else {
        layers.miss(Layer::Cgroup, made.error().what);
    }
}

bool Worker::State::ended() const {
    if (process.get() >= 0) {
        return has_ended(process);
    }
    siginfo_t info{};
    const int waited = ::waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOHANG | WNOWAIT);
    return waited == 0 && info.si_pid == pid;
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
    auto state = std::make_unique<State>(std::move(ends->first), limits.log_bytes);
    if (!state->log.open()) {
        return fail(fmt::format("eventfd failed: {}", std::strerror(errno)), "sandbox");
    }
    std::promise<Result<pid_t>> started;
    state->watcher = std::thread([&, log = &state->log, far_end = std::move(ends->second), limits]() mutable {
        launch_and_read(role, limits, program, std::move(far_end), *log, started);
    });
    auto pid = started.get_future().get();
    if (!pid) {
        state->watcher.join();
        return std::unexpected(pid.error());
    }
    state->identify(*pid);
    state->confine();
    state->reap = [pid = *pid] { return sandbox::reap(pid); };
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
            if (const auto report = reply->header.find("layers"); report != reply->header.end()) {
                state_->adopt(Layers::from_json(*report)); // a worker that has locked itself
            }
            return std::move(*reply);
        }
        error = reply.error();
    } else {
        error = sent.error();
    }
    const bool late = is_timeout(error);
    if (is_closed(error)) {
        // It closes its channel when it ends; wait for the end, so that what killed it is not taken for our own kill.
        for (int i = 0; i < 1000 && !state_->ended(); i++) {
            std::this_thread::sleep_for(1ms);
        }
    }
    Exit exit = stop();
    const bool forbidden = exit.signalled && exit.code == SIGSYS;
    return std::unexpected(CallError{late        ? CallError::Kind::Timeout
                                     : forbidden ? CallError::Kind::Violation
                                                 : CallError::Kind::Died,
                                     std::move(exit), error.what});
}

int Worker::pid() const {
    return state_->pid;
}

bool Worker::alive() const {
    return !state_->exit && !state_->ended();
}

const Layers& Worker::layers() const {
    return state_->layers;
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
    kill_tree(state_->pid, state_->process);
    const int status = state_->reap();
    state_->log.finish();
    state_->watcher.join();
    Exit exit;
    exit.signalled = WIFSIGNALED(status);
    exit.code = exit.signalled ? WTERMSIG(status) : WEXITSTATUS(status);
    exit.log = state_->log.text();
    state_->exit = std::make_unique<const Exit>(exit);
    return exit;
}

} // namespace assay::sandbox
