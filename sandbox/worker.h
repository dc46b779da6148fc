// Worker processes: what runs on behalf of a candidate runs in a process of its own, within limits, and locked.
//
// A worker is a process with one end of a channel as file descriptor 3, which gets requests and sends one reply for
// each. It is started anew (`assay --worker ROLE`), or forked by a `Server` that has everything loaded (server.h). A
// worker that overruns a deadline or breaks the protocol is killed with everything it started; its standard output and
// error are captured, capped and never parsed.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "base/error.h"
#include "sandbox/channel.h"
#include "sandbox/layer.h"
#include "sandbox/limits.h"

namespace assay::sandbox {

/// How a worker ended.
struct Exit {
    bool signalled = false;
    int code = 0;    ///< exit status, or the signal's number
    std::string log; ///< its captured output: untrusted, capped, control characters replaced
    /// "exit status 3", "killed by SIGKILL"
    [[nodiscard]] std::string to_string() const;
};

/// What became of a request.
struct CallError {
    enum class Kind : std::uint8_t {
        Timeout,   ///< no reply before the deadline: the worker has been killed
        Died,      ///< the worker ended or broke the protocol
        Violation, ///< it made a system call that its policy forbids, and was killed by the kernel
    };
    Kind kind = Kind::Died;
    Exit exit;
    std::string detail;
    /// The sentence for a result or a log.
    [[nodiscard]] std::string to_string() const;
};

class Worker {
public:
    /// Starts `program --worker role`. `program` is the running executable unless a test names another.
    [[nodiscard]] static Result<Worker> start(const std::string& role, const Limits& limits,
                                              const std::filesystem::path& program = "/proc/self/exe");
    ~Worker(); ///< kills it if it still runs
    Worker(Worker&&) noexcept;
    Worker& operator=(Worker&&) noexcept;

    /// Sends a request and waits for its reply. After a CallError the worker is gone.
    [[nodiscard]] std::expected<Message, CallError> call(const Message& request, std::chrono::milliseconds timeout);

    [[nodiscard]] int pid() const;
    [[nodiscard]] bool alive() const;
    /// The layers that it reported when it locked itself, and this side's own.
    [[nodiscard]] const Layers& layers() const;
    /// CPU time of the whole process so far, in seconds, by the kernel's account (`clock_getcpuclockid`); it bounds
    /// what the worker says of itself.
    [[nodiscard]] double cpu_seconds() const;
    /// Kills it with everything it started (if it still runs) and says how it ended.
    Exit stop();

private:
    friend class Server;
    struct State;
    explicit Worker(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

/// The Error inside a reply, if it is one.
[[nodiscard]] std::optional<Error> reply_error(const Message& reply);

} // namespace assay::sandbox
