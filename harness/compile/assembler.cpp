// The supervisor's side: the server, one child for each module, and the log as data. The log is untrusted text: a
// candidate names kernels, and the process that wrote it read what a candidate wrote.
#include "compile/assembler.h"

#include <charconv>
#include <fmt/format.h>

#include "sandbox/server.h"
#include "sandbox/text.h"

namespace assay::compile {

namespace {

constexpr std::chrono::milliseconds open_timeout{60'000};
constexpr std::chrono::milliseconds assemble_timeout{60'000};
constexpr sandbox::Limits limits{.address_space = 8ull << 30, .cpu_seconds = 60};
constexpr std::size_t max_log_bytes = 1UL << 20;
constexpr std::size_t shown_log_bytes = 4U << 10;

/// The number before `unit` in a line such as "Used 32 registers, used 1 barriers, 8192 bytes smem"; 0 if there is
/// none.
std::uint32_t number_before(std::string_view line, std::string_view unit) {
    const auto at = line.find(unit);
    if (at == line.npos || at < 2) {
        return 0;
    }
    const auto end = at - 1; // a space
    const auto start = line.find_last_not_of("0123456789", end - 1) + 1;
    std::uint32_t value = 0;
    std::from_chars(line.data() + start, line.data() + end, value);
    return value;
}

std::string text_of(const nlohmann::json& header, const char* field) {
    const auto found = header.find(field);
    return found != header.end() && found->is_string() ? found->get<std::string>() : std::string();
}

/// What a user may read of a refusal. Of some versions the library does not say the name it was given.
std::string refusal(std::string problem) {
    constexpr std::string_view nameless = "application ptx input, line";
    if (const auto at = problem.find(nameless); at != problem.npos) {
        problem.replace(at, nameless.size(), "candidate.ptx, line");
    }
    return "the assembler refuses: " + sandbox::clean_text(problem, shown_log_bytes);
}

} // namespace

std::vector<KernelResources> read_resources(std::string_view log) {
    constexpr std::string_view begins = "Compiling entry function '";
    std::vector<KernelResources> kernels;
    bool own = false; // the lines that follow are of the entry, not of a function that it calls
    while (!log.empty()) {
        const auto end = std::min(log.find('\n'), log.size());
        const std::string_view line = log.substr(0, end);
        log.remove_prefix(std::min(end + 1, log.size()));
        if (const auto at = line.find(begins); at != line.npos) {
            const std::string_view name = line.substr(at + begins.size());
            kernels.push_back({.kernel = std::string(name.substr(0, name.find('\'')))});
        } else if (kernels.empty()) {
            continue;
        } else if (constexpr std::string_view of = "Function properties for "; line.find(of) != line.npos) {
            own = line.substr(line.find(of) + of.size()) == kernels.back().kernel;
        } else if (own && line.find(" bytes stack frame") != line.npos) {
            kernels.back().stack_bytes = number_before(line, "bytes stack frame");
            kernels.back().spill_store_bytes = number_before(line, "bytes spill stores");
            kernels.back().spill_load_bytes = number_before(line, "bytes spill loads");
        } else if (line.find("Used ") != line.npos) {
            kernels.back().registers = number_before(line, "registers");
            kernels.back().barriers = number_before(line, "barriers");
            kernels.back().shared_bytes = number_before(line, "bytes smem");
        }
    }
    return kernels;
}

Result<std::vector<KernelResources>> assemble(const Toolkit& toolkit, const std::string& ptx,
                                              const std::string& architecture) {
    if (toolkit.assembler.empty()) {
        return fail("the CUDA toolkit has no libnvJitLink.so", toolkit.nvrtc.parent_path().string(),
                    "install the whole toolkit, or run `./bootstrap`, which gets it from pip");
    }
    const sandbox::Message open{
        {{"library", toolkit.assembler.string()}, {"readable", {toolkit.assembler.parent_path().string()}}}, {}};
    const auto server = sandbox::Server::start("assemble", open, open_timeout);
    if (!server) {
        return std::unexpected(server.error());
    }
    auto worker = (*server)->spawn(limits);
    if (!worker) {
        return std::unexpected(worker.error());
    }
    const auto* text = reinterpret_cast<const std::byte*>(ptx.data());
    const auto reply = worker->call({{{"architecture", architecture}}, {{text, text + ptx.size()}}}, assemble_timeout);
    if (!reply) {
        return fail("the assembler gave up: " + reply.error().to_string(), architecture);
    }
    if (const auto error = sandbox::reply_error(*reply)) {
        return std::unexpected(*error);
    }
    const std::string problem = text_of(reply->header, "problem");
    if (!problem.empty()) {
        return fail(refusal(problem), architecture);
    }
    return read_resources(sandbox::clean_text(text_of(reply->header, "log"), max_log_bytes));
}

} // namespace assay::compile
