// Worker processes: what runs on behalf of a candidate runs in a process of its own, within limits.
//
// The supervisor starts the program's own executable again as `assay --worker ROLE` with one end of a channel as file
// descriptor 3, sends requests and reads one reply for each. A worker that overruns a deadline or breaks the protocol
// is killed with its whole process group; its standard output and error are captured, capped and never parsed.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/error.h"
#include "sandbox/channel.h"

namespace assay::sandbox {

struct Limits {
    std::uint64_t address_space = 0; ///< bytes, RLIMIT_AS; 0: none (the vGPU reserves its region up front)
    std::uint64_t cpu_seconds = 0;   ///< RLIMIT_CPU; 0: none
    std::uint64_t file_bytes = 0;    ///< RLIMIT_FSIZE; 0 means that no file can grow
    std::uint64_t log_bytes = 65536; ///< of captured output that is kept
};

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
        Timeout, ///< no reply before the deadline: the worker has been killed
        Died,    ///< the worker ended or broke the protocol
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
    /// CPU time of the whole process so far, in seconds, by the kernel's account (`clock_getcpuclockid`); it bounds
    /// what the worker says of itself.
    [[nodiscard]] double cpu_seconds() const;
    /// Kills it with its process group (if it still runs) and says how it ended.
    Exit stop();

private:
    struct State;
    explicit Worker(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

/// The worker's side: answers requests on file descriptor 3 until the supervisor closes it. Returns the exit code.
/// A handler's Error is sent back as the reply {"error": {what, where, hint}}, which `Worker::call`'s caller reads with
/// `reply_error`.
int serve(const std::function<Result<Message>(const Message&)>& handler);

/// The Error inside a reply, if it is one.
[[nodiscard]] std::optional<Error> reply_error(const Message& reply);

} // namespace assay::sandbox
