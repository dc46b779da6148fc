// The compile worker: `assay --worker compile`.
//
// NVRTC is 100 MB that take time to load and to warm up, and it was not written to face hostile input: some sources
// crash it, some make it run or allocate without end. So the worker loads it once, compiles a trivial kernel (which
// loads NVRTC's builtins library too), and forks a child for each candidate. A fork of a warm process costs a
// millisecond or two, and whatever happens in the child happens to one candidate only:
//
//   supervisor --(channel, fd 3)-- worker --(socket pair)-- child: limits, Landlock, compile, one reply, exit
//
// The child gives up all files but the toolkit's, because NVRTC opens whatever a source includes. It never sees the
// supervisor's channel. The worker kills it at its deadline and says what became of it.
#include <array>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <memory>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "compile/compiler.h"
#include "compile/headers.h"
#include "compile/nvrtc.h"
#include "compile/protocol.h"
#include "sandbox/descriptor.h"
#include "sandbox/landlock.h"
#include "sandbox/worker.h"

namespace assay::compile {

namespace {

using nlohmann::json;
using sandbox::Bytes;
using sandbox::Channel;
using sandbox::Message;

constexpr int supervisor_channel = 3;
constexpr std::string_view warm_up = "__global__ void warm_up(float* x) { x[threadIdx.x] = sqrtf(x[0]); }";

struct State {
    std::unique_ptr<const Nvrtc> nvrtc; ///< none before "open"
    int landlock = 0;
};

std::string text_of(const Bytes& bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

Bytes bytes_of(const std::string& text) {
    const auto* data = reinterpret_cast<const std::byte*>(text.data());
    return {data, data + text.size()};
}

/// Loads NVRTC and readies it: {"do": "open", "nvrtc": path, "options": [...]}.
Result<Message> open(State& state, const Message& request) {
    auto nvrtc = Nvrtc::load(request.header.at("nvrtc").get<std::string>());
    if (!nvrtc) {
        return std::unexpected(nvrtc.error());
    }
    if (::chdir("/") != 0) { // so that no relative include finds a file of the caller's
        return fail("chdir failed", "/");
    }
    const auto warm = nvrtc->compile(std::string(warm_up), "warm_up.cu", {}, request.header.at("options"));
    if (warm.result != NVRTC_SUCCESS) {
        return fail("NVRTC cannot compile a trivial kernel: " + nvrtc->error_string(warm.result), "NVRTC", warm.log);
    }
    state.nvrtc = std::make_unique<const Nvrtc>(*nvrtc);
    state.landlock = sandbox::landlock_abi();
    return Message{{{"landlock", state.landlock}}, {}};
}

void limit(__rlimit_resource resource, rlim_t soft, rlim_t hard) {
    const rlimit wanted{soft, hard};
    ::setrlimit(resource, &wanted);
}

/// What the child does between fork and exit.
Result<Message> compile_confined(const Nvrtc& nvrtc, int landlock, const json& header, const Bytes& source) {
    // One second between the limits: SIGXCPU says why, SIGKILL makes sure.
    const auto cpu = header.at("cpu_seconds").get<rlim_t>();
    limit(RLIMIT_CPU, cpu, cpu + 1);
    limit(RLIMIT_CORE, 0, 0);
#ifndef __SANITIZE_ADDRESS__ // whose shadow memory takes terabytes of address space
    const auto memory = header.at("address_space").get<rlim_t>();
    limit(RLIMIT_AS, memory, memory);
#endif
    if (landlock > 0) {
        const auto readable = header.at("readable").get<std::vector<std::string>>();
        if (auto confined = sandbox::allow_only_reading({readable.begin(), readable.end()}); !confined) {
            return std::unexpected(confined.error());
        }
    }
    const auto extra = header.at("headers").get<std::map<std::string, std::string>>();
    std::vector<Nvrtc::Header> headers;
    for (const auto& [name, text] : extra) {
        headers.push_back({name.c_str(), text.c_str()});
    }
    for (const VirtualHeader& virtual_header : virtual_headers()) {
        headers.push_back({virtual_header.name.c_str(), virtual_header.text.c_str()});
    }
    const auto output = nvrtc.compile(text_of(source), header.at("name"), headers, header.at("options"));
    Message reply;
    reply.header = {{"result", static_cast<int>(output.result)},
                    {"explanation", nvrtc.error_string(output.result)},
                    {"log", output.log.substr(0, max_log_bytes)}};
    const bool no_memory = output.log.find("): catastrophic error: out of memory") != std::string::npos;
    if (output.result == NVRTC_ERROR_OUT_OF_MEMORY || no_memory) {
        reply.header["failure"] = failure_resource_limit;
        reply.header["explanation"] = "the compiler ran out of memory";
    }
    reply.blobs.push_back(bytes_of(output.ptx));
    return reply;
}

[[noreturn]] void run_child(const State& state, const Message& request, Channel answer, int last_words, pid_t parent) {
    ::dup2(last_words, STDOUT_FILENO);
    ::dup2(last_words, STDERR_FILENO);
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent) {
        ::_exit(EXIT_FAILURE);
    }
    ::close(supervisor_channel);
    auto reply = compile_confined(*state.nvrtc, state.landlock, request.header, request.blobs.at(0));
    if (!reply) {
        reply = Message{{{"error", {{"what", reply.error().what}, {"where", reply.error().where}}}}, {}};
    }
    const auto sent = answer.send(*reply);
    ::_exit(sent ? EXIT_SUCCESS : EXIT_FAILURE);
}

/// What is in the pipe by now: what a child printed before it died. It is not a log of NVRTC's, and seldom more than a
/// line.
std::string read_last_words(int pipe) {
    std::array<char, 4096> buffer{};
    const ssize_t count = ::read(pipe, buffer.data(), buffer.size());
    return {buffer.data(), count > 0 ? static_cast<std::size_t>(count) : 0};
}

/// What to say of a child that gave no reply. It ended by itself unless `late`.
Message obituary(int status, bool late, const std::string& last_words) {
    const int signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    // How LLVM and C++ say that an allocation failed, before they abort.
    const bool no_memory =
        last_words.find("out of memory") != last_words.npos || last_words.find("bad_alloc") != last_words.npos;
    const char* failure = failure_crash;
    std::string explanation = signal != 0 ? "the compiler crashed with " + std::string(::sigdescr_np(signal))
                                          : "the compiler ended without an answer";
    if (late) {
        failure = failure_timeout;
        explanation = "the compiler did not finish in time";
    } else if (no_memory) {
        failure = failure_resource_limit;
        explanation = "the compiler ran out of memory";
    } else if (signal == SIGXCPU || signal == SIGKILL) { // SIGKILL: the hard limit, or the kernel short of memory
        failure = failure_resource_limit;
        explanation = "the compiler used up its limit of processor time or memory";
    }
    return {{{"failure", failure}, {"explanation", explanation}, {"log", last_words}}, {}};
}

/// {"do": "compile", ...} with the source as the only blob: see protocol.h.
Result<Message> compile(const State& state, const Message& request) {
    if (!state.nvrtc) {
        return fail("a compile request before \"open\"", "compile worker");
    }
    auto ends = Channel::make_pair();
    std::array<int, 2> pipe{};
    if (!ends || ::pipe2(pipe.data(), O_CLOEXEC) != 0) {
        return fail("no descriptors for a compiler process", "compile worker",
                    "check the limit on open files (ulimit -n)");
    }
    const sandbox::Descriptor last_words(pipe[0]);
    const sandbox::Descriptor childs_output(pipe[1]);
    ::fcntl(last_words.get(), F_SETFL, O_NONBLOCK);
    const auto wall = std::chrono::milliseconds(request.header.at("wall_ms").get<std::int64_t>());
    const sandbox::Deadline deadline = std::chrono::steady_clock::now() + wall;
    const pid_t parent = ::getpid();
    const pid_t child = ::fork();
    if (child < 0) {
        return fail("a compiler process cannot be started", "fork",
                    "check the limits on processes and memory of this user");
    }
    if (child == 0) {
        {
            const Channel far_end = std::move(ends->first);
        }
        run_child(state, request, std::move(ends->second), childs_output.get(), parent);
    }
    {
        const Channel childs_end = std::move(ends->second);
    }
    auto reply = ends->first.receive(deadline);
    const bool late = !reply && sandbox::is_timeout(reply.error());
    if (reply || late || !sandbox::is_closed(reply.error())) {
        ::kill(child, SIGKILL); // it has answered, is late, or talks nonsense
    }
    int status = 0;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    return reply ? std::move(*reply) : obituary(status, late, read_last_words(last_words.get()));
}

} // namespace

int compile_worker() {
    State state;
    return sandbox::serve([&](const Message& request) -> Result<Message> {
        const std::string what = request.header.value("do", "");
        if (what == "open") {
            return open(state, request);
        }
        if (what == "compile") {
            return compile(state, request);
        }
        return fail("an unknown request: " + what, "compile worker");
    });
}

} // namespace assay::compile
