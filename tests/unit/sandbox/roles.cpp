// The roles that the tests' workers play, good and bad.
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <string>
#include <string_view>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

#include "attacks.h"
#include "sandbox/serve.h"
#include "sandbox/worker.h"

using assay::Result;
using assay::sandbox::Bytes;
using assay::sandbox::Message;
using nlohmann::json;

int run_role(std::string_view role);

namespace {

Result<Message> crash(const std::string& way) {
    if (way == "abort") {
        std::fputs("last words\n", stderr);
        std::abort();
    }
    if (way == "exit") {
        std::_Exit(7);
    }
    std::this_thread::sleep_for(std::chrono::hours(1)); // "hang"
    return assay::fail("it woke up");
}

Result<Message> burn_cpu() {
    volatile unsigned long counter = 0;
    while (true) {
        counter = counter + 1;
    }
}

/// Touches memory until there is no more, in steps.
Result<Message> eat_memory() {
    Message reply;
    std::uint64_t bytes = 0;
    const std::uint64_t step = 16U << 20;
    while (bytes < (4ULL << 30)) {
        void* block = std::malloc(step);
        if (block == nullptr) {
            break;
        }
        std::memset(block, 1, step);
        bytes += step;
    }
    reply.header["bytes"] = bytes;
    return reply;
}

Result<Message> flood(std::uint64_t bytes) {
    const std::string line(4096, 'x');
    for (std::uint64_t written = 0; written < bytes; written += line.size()) {
        if (::write(STDOUT_FILENO, line.data(), line.size()) < 0) {
            return assay::fail("write failed");
        }
    }
    return Message{};
}

/// A child that lives on; its process id.
Result<Message> start_child() {
    const pid_t child = ::fork();
    if (child == 0) {
        ::pause();
        std::_Exit(0);
    }
    Message reply;
    reply.header["pid"] = child;
    return reply;
}

json open_descriptors() {
    json open = json::array();
    for (int i = 0; i < 1024; i++) {
        if (::fcntl(i, F_GETFD) >= 0) {
            open.push_back(i);
        }
    }
    return open;
}

Result<Message> surroundings() {
    Message reply;
    reply.header["descriptors"] = open_descriptors();
    json names = json::array();
    for (char** entry = ::environ; *entry != nullptr; entry++) {
        names.push_back(std::string(*entry, std::strcspn(*entry, "=")));
    }
    reply.header["environment"] = names;
    reply.header["no_new_privileges"] = ::prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0);
    int signal = 0;
    ::prctl(PR_GET_PDEATHSIG, &signal);
    reply.header["parent_death_signal"] = signal;
    reply.header["leads_its_group"] = ::getpgrp() == ::getpid();
    rlimit core{};
    ::getrlimit(RLIMIT_CORE, &core);
    reply.header["core"] = core.rlim_cur;
    char byte = 0;
    reply.header["input_ends"] = ::read(STDIN_FILENO, &byte, 1) == 0;
    sigset_t blocked;
    ::sigprocmask(SIG_BLOCK, nullptr, &blocked);
    reply.header["terminable"] = ::sigismember(&blocked, SIGTERM) == 0;
    return reply;
}

Result<Message> write_file(const std::string& path) {
    const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    ::signal(SIGXFSZ, SIG_IGN);
    const std::string text(100, 'x');
    Message reply;
    reply.header["wrote"] = ::write(file, text.data(), text.size());
    ::close(file);
    return reply;
}

/// Asks as often as it is told, and replies with the answers.
Result<Message> ask_back(unsigned times) {
    Message reply;
    for (unsigned i = 0; i < times; i++) {
        auto answer = assay::sandbox::ask({{{"question", i}}, {}});
        if (!answer) {
            return std::unexpected(answer.error());
        }
        reply.header["answers"].push_back(answer->header.at("answer"));
    }
    return reply;
}

Result<Message> do_as_told(const Message& request) {
    const std::string what = request.header.value("do", "");
    if (what == "echo") {
        return request;
    }
    if (what == "ask") {
        return ask_back(request.header.at("times").get<unsigned>());
    }
    if (what == "error") {
        return assay::fail("it did not work", "here", "try again");
    }
    if (what == "burn") {
        return burn_cpu();
    }
    if (what == "eat") {
        return eat_memory();
    }
    if (what == "flood") {
        return flood(request.header.at("bytes").get<std::uint64_t>());
    }
    if (what == "child") {
        return start_child();
    }
    if (what == "surroundings") {
        return surroundings();
    }
    if (what == "write") {
        return write_file(request.header.at("path").get<std::string>());
    }
    if (what == "print") {
        std::fputs(request.header.at("text").get<std::string>().c_str(), stdout);
        std::fflush(stdout);
        return Message{};
    }
    if (what == "descriptors") {
        return Message{{{"descriptors", open_descriptors()}}, {}};
    }
    if (what == "attack") {
        return Message{attack(request.header), {}};
    }
    return crash(what);
}

/// A server with a policy; it sees the folder that its open request names.
int serve_with(const assay::sandbox::Policy& policy) {
    const auto open = [](const Message& request) -> Result<assay::sandbox::Opened> {
        assay::sandbox::Opened opened;
        opened.reply.header["opened"] = true;
        if (request.header.contains("fail")) {
            return assay::fail("it cannot be opened", "here", "never mind");
        }
        if (request.header.contains("visible")) {
            opened.visible.push_back({request.header.at("visible").get<std::string>()});
        }
        return opened;
    };
    return assay::sandbox::serve_children({.policy = policy, .open = open, .handle = do_as_told});
}

} // namespace

int run_role(std::string_view role) {
    if (role == "tool") {
        return assay::sandbox::serve(do_as_told);
    }
    if (role == "compile") {
        return serve_with(assay::sandbox::compile_policy);
    }
    if (role == "plan") {
        return serve_with(assay::sandbox::plan_policy);
    }
    if (role == "run") {
        return serve_with(assay::sandbox::run_virtual_policy);
    }
    if (role == "garbage") { // breaks the protocol
        char byte = 0;
        if (::recv(3, &byte, 1, 0) == 1) {
            const std::string_view noise = "HTTP/1.1 200 OK\r\n\r\n and so on";
            if (::send(3, noise.data(), noise.size(), MSG_NOSIGNAL) > 0) {
                ::pause();
            }
        }
    }
    if (role == "supervisor") { // starts a worker, says its process id and waits to be killed
        auto worker = assay::sandbox::Worker::start("tool", {});
        return assay::sandbox::serve([&](const Message&) -> Result<Message> {
            Message reply;
            reply.header["pid"] = worker ? worker->pid() : -1;
            return reply;
        });
    }
    return 2;
}
