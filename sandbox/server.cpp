#include "sandbox/server.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <mutex>
#include <unistd.h>

#include "sandbox/pass.h"
#include "sandbox/worker_state.h"

namespace assay::sandbox {

namespace {

using namespace std::chrono_literals;

constexpr auto patience = 30s; ///< with a fork, on a machine that is very busy
constexpr std::uint64_t least_reply_bytes = 1ULL << 30;
constexpr std::uint64_t server_file_bytes = 64ULL << 30; ///< what a child may be given

} // namespace

struct Server::State {
    explicit State(Worker process) : process(std::move(process)) {}

    /// The status of a child that has been killed; that of a kill if the server is gone, and the child with it.
    int reap(pid_t pid) {
        const std::scoped_lock lock(mutex);
        const auto reply = process.call({{{"sandbox", "reap"}, {"pid", pid}}, {}}, patience);
        return reply ? reply->header.value("status", SIGKILL) : SIGKILL;
    }

    std::mutex mutex; ///< one request at a time
    Worker process;
    Message opened;
};

Server::Server(std::shared_ptr<State> state) : state_(std::move(state)) {}
Server::~Server() = default;

Result<std::shared_ptr<Server>> Server::start(const std::string& role, const Message& open,
                                              std::chrono::milliseconds timeout, const std::filesystem::path& program) {
    auto process = Worker::start(role, {.file_bytes = server_file_bytes}, program);
    if (!process) {
        return std::unexpected(process.error());
    }
    auto state = std::make_shared<State>(std::move(*process));
    auto reply = state->process.call(open, timeout);
    if (!reply) {
        return fail(fmt::format("the {} server does not start: {}", role, reply.error().to_string()), "sandbox",
                    reply.error().exit.log);
    }
    if (auto error = reply_error(*reply)) {
        return std::unexpected(std::move(*error));
    }
    state->opened = std::move(*reply);
    return std::shared_ptr<Server>(new Server(std::move(state)));
}

const Message& Server::opened() const {
    return state_->opened;
}

bool Server::alive() const {
    return state_->process.alive();
}

int Server::pid() const {
    return state_->process.pid();
}

Result<Worker> Server::spawn(const Limits& limits) {
    auto ends = Channel::make_pair();
    std::array<int, 2> pipe{};
    if (!ends || ::pipe2(pipe.data(), O_CLOEXEC) != 0) {
        return fail(fmt::format("a worker cannot start: {}", std::strerror(errno)), "sandbox",
                    "check the limit on open files (ulimit -n)");
    }
    auto state = std::make_unique<Worker::State>(std::move(ends->first), limits.log_bytes);
    Descriptor output(pipe[0]);
    Descriptor far_output(pipe[1]);
    if (!state->log.open()) {
        return fail(fmt::format("eventfd failed: {}", std::strerror(errno)), "sandbox");
    }
    {
        const std::scoped_lock lock(state_->mutex);
        Channel& channel = state_->process.state_->channel;
        const Message request{{{"sandbox", "spawn"},
                               {"address_space", limits.address_space},
                               {"cpu_seconds", limits.cpu_seconds},
                               {"file_bytes", limits.file_bytes}},
                              {}};
        const Deadline deadline = std::chrono::steady_clock::now() + patience;
        auto sent = channel.send(request, deadline);
        if (sent) {
            const std::array passed{ends->second.descriptor(), far_output.get()};
            sent = pass_descriptors(channel.descriptor(), passed, deadline);
        }
        auto reply = sent ? channel.receive(deadline) : std::unexpected(sent.error());
        const auto error = reply ? reply_error(*reply) : std::optional(reply.error());
        if (error) {
            state_->process.stop();
            return fail("a worker cannot be forked: " + error->what, "sandbox",
                        "check the limits on processes and memory of this user");
        }
        state->identify(reply->header.value("pid", -1));
        const Layers& servers = state_->process.layers();
        if (servers.holds(Layer::Cgroup)) { // children are in their server's
            state->layers.hold(Layer::Cgroup);
        } else {
            state->layers.miss(Layer::Cgroup, servers.reason(Layer::Cgroup));
        }
    }
    {
        const Channel childs = std::move(ends->second);
        const Descriptor childs_output = std::move(far_output);
    }
    state->reap = [server = state_, pid = state->pid] { return server->reap(pid); };
    state->watcher = std::thread([log = &state->log, pipe = std::move(output)]() mutable {
        sigset_t all;
        ::sigfillset(&all); // signals to the supervisor are for its main thread
        ::pthread_sigmask(SIG_SETMASK, &all, nullptr);
        log->read(std::move(pipe));
    });
    state->channel.bound_blobs(std::max(limits.file_bytes, least_reply_bytes));
    Worker worker(std::move(state));
    auto hello = worker.state_->channel.receive(std::chrono::steady_clock::now() + patience);
    if (!hello) {
        const Exit exit = worker.stop();
        return fail(fmt::format("a worker did not lock itself: {} ({})", hello.error().what, exit.to_string()),
                    "sandbox", exit.log);
    }
    worker.state_->adopt(Layers::from_json(hello->header.value("layers", nlohmann::json())));
    return worker;
}

} // namespace assay::sandbox
