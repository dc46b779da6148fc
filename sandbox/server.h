// A server: a process that has everything loaded for one kind of work, and forks a locked child for each candidate.
//
// Loading NVRTC or the vGPU takes a tenth of a second, a fork of a process that has them a few milliseconds, locking
// it less than one. What happens in a child happens to one candidate: a crash, a hang or a kill touches nothing else,
// and nothing that it did to its memory outlives it.
//
//   supervisor ----(channel: open, spawn, reap)---- server
//        \                                             | fork
//         `------(a channel of its own)----------- child: locked before it reads its first request
//
// The server never sees a candidate. It reaps a child only when asked to, so that until then the child's process id
// cannot pass to another.
#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>

#include "base/error.h"
#include "sandbox/worker.h"

namespace assay::sandbox {

class Server {
public:
    /// Starts `program --worker role` and has it open with this request. An Error of its own comes back as it is.
    [[nodiscard]] static Result<std::shared_ptr<Server>> start(const std::string& role, const Message& open,
                                                               std::chrono::milliseconds timeout,
                                                               const std::filesystem::path& program = "/proc/self/exe");

    /// The reply to the open request.
    [[nodiscard]] const Message& opened() const;
    [[nodiscard]] bool alive() const;
    [[nodiscard]] int pid() const;
    /// A new child, locked and waiting for its first request.
    [[nodiscard]] Result<Worker> spawn(const Limits& limits);

    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

private:
    struct State;
    explicit Server(std::shared_ptr<State> state);
    std::shared_ptr<State> state_;
};

} // namespace assay::sandbox
