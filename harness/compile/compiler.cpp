// The supervisor's side of compiling: the cache, the worker and its replacement, and NVRTC's log as data.
//
// A reply comes from a process that ran a candidate's source through NVRTC, so it is checked like any other input:
// types, sizes, text. What cannot have come from an honest worker is the end of that worker.
#include "compile/compiler.h"

#include <algorithm>
#include <csignal>
#include <cstring>
#include <fmt/format.h>
#include <system_error>

#include "base/hash.h"
#include "compile/adapt.h"
#include "compile/cache.h"
#include "compile/cub.h"
#include "compile/diagnostics.h"
#include "compile/headers.h"
#include "compile/options.h"
#include "compile/protocol.h"
#include "sandbox/landlock.h"
#include "sandbox/server.h"
#include "sandbox/text.h"

namespace assay::compile {

namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using sandbox::Message;
using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds open_timeout{60'000};
constexpr std::size_t shown_log_bytes = 32U << 10;

/// A file name that can stand in messages and in PTX.
std::string clean_name(const std::string& name) {
    std::string clean = sandbox::clean_text(name, 200);
    std::ranges::replace_if(clean, [](char c) { return c == '"' || c == '\\' || c == '\n' || c == '\t'; }, '?');
    return clean.empty() ? "candidate.cu" : clean;
}

/// NVRTC makes file names absolute; the worker's folder is "/". The names of things that are no files go back to what
/// they were, so that `.file` names what the diagnostics name.
std::string with_relative_files(std::string ptx, const std::string& name) {
    const auto is_no_file = [&](std::string_view file) {
        return file == name || file == "__nv_nvrtc_builtin_header.h" ||
               std::ranges::any_of(virtual_headers(), [&](const VirtualHeader& header) { return header.name == file; });
    };
    constexpr std::string_view directive = "\n\t.file\t";
    for (auto at = ptx.find(directive); at != ptx.npos; at = ptx.find(directive, at + 1)) {
        const auto quote = ptx.find('"', at);
        const auto end = quote == ptx.npos ? ptx.npos : ptx.find('"', quote + 1);
        if (end != ptx.npos && ptx[quote + 1] == '/' &&
            is_no_file(std::string_view(ptx).substr(quote + 2, end - quote - 2))) {
            ptx.erase(quote + 1, 1);
        }
    }
    return ptx;
}

json to_json(const Compilation& compilation) {
    json diagnostics = json::array();
    for (const Diagnostic& diagnostic : compilation.diagnostics) {
        diagnostics.push_back({diagnostic.file, diagnostic.line, diagnostic.column,
                               static_cast<int>(diagnostic.severity), diagnostic.message});
    }
    json value{{"diagnostics", std::move(diagnostics)}, {"log", compilation.log}};
    if (compilation.ptx) {
        value["ptx"] = *compilation.ptx;
    }
    return value;
}

/// None: the entry is not of this version's form.
std::optional<Compilation> from_json(const json& value) {
    try {
        Compilation compilation;
        for (const json& entry : value.at("diagnostics")) {
            compilation.diagnostics.push_back(
                {entry.at(0), entry.at(1), entry.at(2), static_cast<Severity>(entry.at(3).get<int>()), entry.at(4)});
        }
        compilation.log = value.at("log");
        if (value.contains("ptx")) {
            compilation.ptx = value.at("ptx").get<std::string>();
        }
        compilation.cached = true;
        return compilation;
    } catch (const json::exception&) {
        return {};
    }
}

/// A text field of a reply.
std::string text(const Message& reply, const char* field) {
    const auto value = reply.header.find(field);
    return value != reply.header.end() && value->is_string() ? value->get<std::string>() : std::string();
}

/// A number field of a reply.
int number(const Message& reply, const char* field, int otherwise) {
    const auto value = reply.header.find(field);
    return value != reply.header.end() && value->is_number_integer() ? value->get<int>() : otherwise;
}

Compilation failed(const std::string& failure, const std::string& explanation) {
    Compilation compilation;
    compilation.failure = failure;
    compilation.log = explanation;
    return compilation;
}

/// What to say of a child that ended without a reply.
Compilation obituary(const sandbox::CallError& error) {
    using Kind = sandbox::CallError::Kind;
    const sandbox::Exit& exit = error.exit;
    // How LLVM and C++ say that an allocation failed, before they abort.
    const bool no_memory =
        exit.log.find("out of memory") != exit.log.npos || exit.log.find("bad_alloc") != exit.log.npos;
    const auto say = [&](const char* failure, const std::string& sentence) {
        return failed(failure, sentence + "\n" + exit.log);
    };
    if (error.kind == Kind::Timeout) {
        return say(failure_timeout, "the compiler did not finish in time");
    }
    if (error.kind == Kind::Violation) {
        return say(failure_violation, "the compiler made a system call that no compilation needs, and was stopped");
    }
    if (no_memory) {
        return say(failure_resource_limit, "the compiler ran out of memory");
    }
    // SIGKILL: the hard limit, or the kernel short of memory.
    if (exit.signalled && (exit.code == SIGXCPU || exit.code == SIGKILL)) {
        return say(failure_resource_limit, "the compiler used up its limit of processor time or memory");
    }
    return say(failure_crash, exit.signalled ? fmt::format("the compiler crashed with {}", ::sigdescr_np(exit.code))
                                             : "the compiler ended without an answer");
}

/// NVRTC takes C strings, and would silently compile only what is before a zero byte.
std::optional<Compilation> refuse_zero_byte(const Request& request, const std::string& name) {
    const auto zero = request.source.find('\0');
    if (zero == std::string::npos) {
        return {};
    }
    const auto line =
        1 + std::count(request.source.begin(), request.source.begin() + static_cast<std::ptrdiff_t>(zero), '\n');
    Compilation compilation;
    compilation.diagnostics.push_back(
        {name, static_cast<std::uint32_t>(line), 0, Severity::Error, "the source has a zero byte: it is no text"});
    compilation.log = fmt::format("{}({}): error: the source has a zero byte: it is no text\n", name, line);
    return compilation;
}

} // namespace

struct Compiler::State {
    State(Toolkit toolkit, fs::path folder, CompileLimits limits)
        : toolkit(std::move(toolkit)), limits(limits), cache(std::move(folder)) {}

    /// What names the compiler itself in a key: the file NVRTC comes from, so that an exchanged one is noticed
    /// unloaded.
    std::string compiler_identity() const;
    std::string key(const Request& request) const;
    /// A new child of the server, which is started if it has to be.
    Result<sandbox::Worker> spawn();
    Result<Compilation> run(const Request& request, const std::string& name);
    Compilation read_reply(const Message& reply, const Request& request, const std::string& name) const;
    bool may_quote(std::string_view file, const Request& request, const std::string& name) const;
    void collect_warnings();

    Toolkit toolkit;
    CompileLimits limits;
    Cache cache;
    std::shared_ptr<sandbox::Server> server;
    std::optional<sandbox::Layers> layers; ///< of the last child
    bool confined = true;                  ///< it saw no file but the toolkit's
    std::vector<std::string> warnings;
};

std::string Compiler::State::compiler_identity() const {
    std::error_code ignored;
    const fs::path library = fs::canonical(toolkit.nvrtc, ignored);
    return fmt::format("{}\n{}\n{}\n{}", toolkit.version, library.string(), fs::file_size(library, ignored),
                       fs::last_write_time(library, ignored).time_since_epoch().count());
}

std::string Compiler::State::key(const Request& request) const {
    // Confinement is part of it: without, a source may have compiled for what it found in a file.
    const json all{3, // the version of what an entry holds
                   sandbox::landlock_abi() > 0 && !sandbox::is_switched_off(sandbox::Layer::Landlock),
                   compiler_identity(),
                   headers_digest(),
                   request.name,
                   request.headers,
                   nvrtc_options(toolkit, request),
                   hash_hex(request.source)};
    return hash_hex(all.dump(-1, ' ', false, json::error_handler_t::replace));
}

Result<sandbox::Worker> Compiler::State::spawn() {
    const sandbox::Limits child{.address_space = limits.address_space, .cpu_seconds = limits.cpu_seconds};
    // A server that has died between requests, or was killed by somebody else, is no candidate's fault: once more.
    for (int attempt = 0; attempt < 2; attempt++) {
        if (!server || !server->alive()) {
            std::vector<std::string> readable{toolkit.nvrtc.parent_path().string()};
            for (const fs::path& folder : toolkit.include) {
                readable.push_back(folder.string());
            }
            const Message open{
                {{"nvrtc", toolkit.nvrtc.string()},
                 {"options", {"-default-device", "-rdc=true", "-arch=compute_90", "-std=c++20", "-lineinfo"}},
                 {"readable", readable}},
                {}};
            auto started = sandbox::Server::start("compile", open, open_timeout);
            if (!started) {
                return std::unexpected(started.error());
            }
            server = std::move(*started);
        }
        auto worker = server->spawn(child);
        if (worker || attempt == 1) {
            return worker;
        }
        server.reset();
    }
    std::unreachable();
}

bool Compiler::State::may_quote(std::string_view file, const Request& request, const std::string& name) const {
    if (confined) { // NVRTC could open nothing else
        return true;
    }
    const auto is_named = [&](std::string_view known) { return file == known; };
    return is_named(name) || is_named("__nv_nvrtc_builtin_header.h") || request.headers.contains(std::string(file)) ||
           std::ranges::any_of(virtual_headers(), is_named, &VirtualHeader::name) ||
           std::ranges::any_of(toolkit.include, [&](const fs::path& folder) {
               return file.starts_with(folder.string() + "/") && file.find("/../") == file.npos;
           });
}

Compilation Compiler::State::read_reply(const Message& reply, const Request& request, const std::string& name) const {
    Compilation compilation;
    compilation.failure = text(reply, "failure");
    auto parsed = parse_log(sandbox::clean_text(text(reply, "log"), max_log_bytes),
                            [&](std::string_view file) { return may_quote(file, request, name); });
    compilation.diagnostics = std::move(parsed.diagnostics);
    compilation.log = sandbox::clean_text(parsed.log, shown_log_bytes);
    if (!compilation.failure.empty()) {
        compilation.log = text(reply, "explanation") + "\n" + compilation.log;
        return compilation;
    }
    if (number(reply, "result", -1) != 0) {
        const bool explained = std::ranges::any_of(
            compilation.diagnostics, [](const Diagnostic& entry) { return entry.severity == Severity::Error; });
        if (!explained) { // an internal error, or an option it does not know
            compilation.diagnostics.push_back({name, 0, 0, Severity::Error, "NVRTC: " + text(reply, "explanation")});
        }
        return compilation;
    }
    const auto& bytes = reply.blobs.at(0);
    compilation.ptx = with_relative_files({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, name);
    return compilation;
}

Result<Compilation> Compiler::State::run(const Request& request, const std::string& name) {
    Message message;
    message.header = {{"name", name}, {"options", nvrtc_options(toolkit, request)}, {"headers", request.headers}};
    const auto* source = reinterpret_cast<const std::byte*>(request.source.data());
    message.blobs.emplace_back(source, source + request.source.size());

    auto worker = spawn();
    if (!worker) {
        return std::unexpected(worker.error());
    }
    layers = worker->layers();
    confined = layers->holds(sandbox::Layer::Landlock) || layers->holds(sandbox::Layer::MinimalRoot);
    // CUB's device-wide algorithms are headers of another size.
    const bool device_wide = request.headers.contains(device_wide_header);
    const auto reply = worker->call(message, device_wide ? 2 * limits.wall : limits.wall);
    if (!reply) {
        return obituary(reply.error());
    }
    if (auto error = sandbox::reply_error(*reply)) {
        return std::unexpected(*error);
    }
    if (text(*reply, "failure").empty() && reply->blobs.size() != 1) {
        return failed(failure_crash, "the compiler's reply made no sense");
    }
    return read_reply(*reply, request, name);
}

void Compiler::State::collect_warnings() {
    warnings = cache.warnings();
    if (!confined) {
        warnings.emplace_back("neither Landlock nor a minimal root is to be had here: a source's #include can open any "
                              "file that this user can read");
    }
}

Compiler::Compiler(Toolkit toolkit, fs::path cache, CompileLimits limits)
    : state_(std::make_unique<State>(std::move(toolkit), std::move(cache), limits)) {}

Compiler::~Compiler() = default;

Result<Compilation> Compiler::compile(const Request& original) {
    if (auto allowed = check_options(original.options); !allowed) {
        return std::unexpected(allowed.error());
    }
    if (!is_architecture(original.architecture)) {
        return fail(fmt::format("\"{}\" is no architecture", original.architecture), "architecture",
                    "as in compute_90");
    }
    const std::string name = clean_name(original.name);
    if (auto refused = refuse_zero_byte(original, name)) {
        return std::move(*refused);
    }
    Request request = original;
    request.source = adapted(original.source);
    request.headers.merge(torch_headers(request.source));
    request.headers.merge(toolkit_headers(state_->toolkit, request.source));
    const std::string key = state_->key(request);
    if (const auto entry = state_->cache.find(key)) {
        if (auto compilation = from_json(*entry)) {
            return std::move(*compilation);
        }
    }
    const auto start = Clock::now();
    auto compilation = state_->run(request, name);
    // NVRTC names the variables of one function, then those of the next, and the others when all of these are gone.
    for (int attempt = 0; attempt < 8 && compilation && !compilation->ptx && compilation->failure.empty(); ++attempt) {
        const auto late = late_variables(compilation->diagnostics, name);
        request.source = with_late_variables(request.source, late);
        if (late.empty()) {
            break;
        }
        auto other = state_->run(request, name);
        if (other && (other->ptx || !late_variables(other->diagnostics, name).empty())) {
            compilation = std::move(other);
        }
    }
    if (compilation) {
        compilation->seconds = std::chrono::duration<double>(Clock::now() - start).count();
        if (compilation->failure.empty()) { // a failure may be the machine's mood
            state_->cache.store(key, to_json(*compilation));
        }
    }
    state_->collect_warnings();
    return compilation;
}

const std::vector<std::string>& Compiler::warnings() const {
    return state_->warnings;
}

const std::optional<sandbox::Layers>& Compiler::layers() const {
    return state_->layers;
}

Result<sandbox::Layers> Compiler::probe_layers() {
    auto worker = state_->spawn();
    if (!worker) {
        return std::unexpected(worker.error());
    }
    return worker->layers();
}

} // namespace assay::compile
