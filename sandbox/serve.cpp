#include "sandbox/serve.h"

#include <array>
#include <csignal>
#include <cstdio>
#include <memory>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "sandbox/confine.h"
#include "sandbox/launch.h"
#include "sandbox/pass.h"
#include "sandbox/process.h"
#include "sandbox/worker.h"

namespace assay::sandbox {

namespace {

/// A worker's exit status when its surroundings, not a request, are at fault.
constexpr int exit_harness = 3;
constexpr int exit_usage = 2;

Message error_reply(const Error& error) {
    return {{{"error", {{"what", error.what}, {"where", error.where}, {"hint", error.hint}}}}, {}};
}

bool is_worker() {
    struct stat status{};
    if (::fstat(channel_descriptor, &status) != 0 || !S_ISSOCK(status.st_mode)) {
        std::fputs("a worker is started by assay itself: file descriptor 3 is no channel\n", stderr);
        return false;
    }
    return true;
}

int complain(const Error& error) {
    if (is_closed(error)) {
        return 0;
    }
    std::fprintf(stderr, "%s\n", error.to_string().c_str());
    return exit_harness;
}

/// Of this process, which has one; while a handler runs.
Channel* the_channel = nullptr;

int answer_all(Channel& channel, const Handler& handler) {
    the_channel = &channel;
    while (true) {
        const auto request = channel.receive();
        if (!request) {
            return complain(request.error());
        }
        const auto reply = handler(*request);
        if (const auto sent = channel.send(reply ? *reply : error_reply(reply.error())); !sent) {
            return complain(sent.error());
        }
    }
}

/// What a child does between its fork and its end.
[[noreturn]] void run_child(const Service& service, Confinement& confinement, const Limits& limits, bool in_namespace,
                            std::array<int, 2> passed, const Descriptor& server) {
    // The server's channel is descriptor 3 too, and gone with this.
    if (::setsid() < 0 || ::dup2(passed[0], channel_descriptor) < 0 || ::dup2(passed[1], STDOUT_FILENO) < 0 ||
        ::dup2(passed[1], STDERR_FILENO) < 0) {
        ::_exit(exit_harness);
    }
    confinement.lock(limits, in_namespace);
    if (has_ended(server)) { // before the parent-death signal was set
        ::_exit(exit_harness);
    }
    ::syscall(SYS_close_range, channel_descriptor + 1, ~0U, 0U);
    Channel channel(channel_descriptor);
    const auto greeted = channel.send({{{"layers", confinement.layers().to_json()}}, {}});
    ::_exit(greeted ? answer_all(channel, service.handle) : exit_harness);
}

class ForkServer {
public:
    explicit ForkServer(const Service& service) : service_(service), confinement_(service.policy) {}

    Result<Message> open(const Message& request) {
        auto opened = service_.open ? service_.open(request) : Result<Opened>(Opened{});
        if (!opened) {
            return std::unexpected(opened.error());
        }
        confinement_.close_files(std::move(opened->visible));
        return std::move(opened->reply);
    }

    Result<Message> spawn(const Message& request) {
        auto passed =
            take_descriptors(channel_descriptor, 2, std::chrono::steady_clock::now() + std::chrono::seconds(30));
        if (!passed) {
            return std::unexpected(passed.error());
        }
        const Limits limits{.address_space = request.header.at("address_space").get<std::uint64_t>(),
                            .cpu_seconds = request.header.at("cpu_seconds").get<std::uint64_t>(),
                            .file_bytes = request.header.at("file_bytes").get<std::uint64_t>()};
        const Child child = fork_child();
        if (child.pid == 0) {
            run_child(service_, confinement_, limits, child.in_pid_namespace, {(*passed)[0].get(), (*passed)[1].get()},
                      self_);
        }
        if (child.pid < 0) {
            return fail("fork failed", "server");
        }
        return Message{{{"pid", child.pid}}, {}};
    }

private:
    const Service& service_;
    Confinement confinement_;
    Descriptor self_ = open_process(::getpid());
};

} // namespace

Result<Message> ask(const Message& question) {
    if (the_channel == nullptr) {
        return fail("nobody is there to ask", "worker");
    }
    if (auto sent = the_channel->send(question); !sent) {
        return std::unexpected(std::move(sent.error()));
    }
    return the_channel->receive();
}

int serve(const Handler& handler) {
    if (!is_worker()) {
        return exit_usage;
    }
    Channel channel(channel_descriptor);
    return answer_all(channel, handler);
}

int serve_locked(const Service& service) {
    if (!is_worker()) {
        return exit_usage;
    }
    Confinement confinement(service.policy);
    bool is_open = false;
    return serve([&](const Message& request) -> Result<Message> {
        if (is_open) {
            return service.handle(request);
        }
        auto opened = service.open(request);
        if (!opened) {
            return std::unexpected(opened.error());
        }
        is_open = true;
        if (const auto reason = request.header.value("unlocked", std::string()); !reason.empty()) {
            confinement.give_up(reason);
        } else {
            confinement.close_files(std::move(opened->visible));
            confinement.lock({.file_bytes = 0}, false);
        }
        opened->reply.header["layers"] = confinement.layers().to_json();
        return std::move(opened->reply);
    });
}

int serve_children(const Service& service) {
    if (!is_worker()) {
        return exit_usage;
    }
    ForkServer server(service);
    bool is_open = false;
    return serve([&](const Message& request) -> Result<Message> {
        const std::string what = request.header.value("sandbox", "");
        if (what == "spawn") {
            return server.spawn(request);
        }
        if (what == "reap") {
            return Message{{{"status", reap(request.header.at("pid").get<pid_t>())}}, {}};
        }
        if (is_open) {
            return fail("a server opens once", "server");
        }
        is_open = true;
        return server.open(request);
    });
}

std::optional<Error> reply_error(const Message& reply) {
    const auto error = reply.header.find("error");
    if (error == reply.header.end()) {
        return {};
    }
    // A reply comes from a process that may have been taken over: a field of the wrong type is empty, not fatal.
    const auto text = [&](const char* field) {
        const auto value = error->is_object() ? error->find(field) : error->end();
        return error->is_object() && value != error->end() && value->is_string() ? value->get<std::string>()
                                                                                 : std::string();
    };
    return Error{text("what"), text("where"), text("hint")};
}

} // namespace assay::sandbox
