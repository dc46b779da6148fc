// What supervisor and worker say to each other is the JSON that harness/forms/python reads and writes. A reply is
// untrusted, since the file's code ran in the process that made it: it is a source like any other that a candidate may
// be, and is read with care.
#include "forms/kernelbench.h"

#include <algorithm>
#include <fmt/format.h>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <sstream>

#include "base/json.h"
#include "forms/python.h"
#include "sandbox/serve.h"
#include "sandbox/server.h"
#include "sandbox/text.h"

namespace assay::forms {

namespace {

using nlohmann::json;

#ifdef __SANITIZE_ADDRESS__
constexpr std::uint64_t address_space = 0; // the sanitizer reserves terabytes
#else
constexpr std::uint64_t address_space = 1ull << 30;
#endif

constexpr std::size_t largest_source = 4 << 20;
constexpr std::size_t most_texts = 200; ///< of notes, and of arguments
constexpr std::size_t longest_note = 1000;

/// Empty if it cannot be read.
std::string text_of(const std::filesystem::path& file) {
    std::ostringstream text;
    text << std::ifstream(file, std::ios::binary).rdbuf();
    return text.str();
}

/// The task's names and shapes, and each workload's.
Result<json> request_for(const PythonFile& file, const tasks::Task& task) {
    json request{{"source", file.source},
                 {"class", file.module},
                 {"problem", file.problem},
                 {"files", file.files},
                 {"lines", file.keep_lines ? file.name : ""},
                 {"reference", text_of(task.reference)},
                 {"axes", json::array()},
                 {"integers", json::array()},
                 {"numbers", json::array()},
                 {"shapes", json::array()},
                 {"outputs", json::array()},
                 {"defaults", json::object()},
                 {"workloads", json::array()}};
    for (const tasks::Tensor& input : task.inputs) {
        request["shapes"].push_back({input.name, input.shape});
    }
    for (const tasks::Tensor& output : task.outputs) {
        request["outputs"].push_back({output.name, output.shape});
    }
    for (const tasks::Parameter& parameter : task.parameters) {
        request["numbers"].push_back(parameter.name);
        if (parameter.axis) {
            request["axes"].push_back(parameter.name);
        } else if (!tasks::is_float(parameter.dtype)) {
            request["integers"].push_back(parameter.name);
        }
    }
    for (const tasks::Workload& workload : task.workloads) {
        const auto binding = tasks::bind(task, workload);
        if (!binding) {
            return std::unexpected(binding.error());
        }
        json values{{"name", workload.name},
                    {"inputs", json::array()},
                    {"outputs", json::array()},
                    {"numbers", json::object()}};
        for (const tasks::Binding::Tensor& input : binding->inputs) {
            values["inputs"].push_back({input.name, tasks::to_string(input.dtype), input.shape});
        }
        for (const tasks::Binding::Tensor& output : binding->outputs) {
            values["outputs"].push_back({tasks::to_string(output.dtype), output.shape});
        }
        for (const tasks::Binding::Scalar& scalar : binding->scalars) {
            values["numbers"][scalar.name] = scalar.value;
        }
        if (workload.used_for(tasks::Use::TimeGpu)) { // of the published shapes
            request["defaults"] = values["numbers"];
        }
        request["workloads"].push_back(std::move(values));
    }
    return request;
}

/// The fault that an answer reports, if it does.
std::optional<ImportFault> fault_of(const json& reply) {
    using Kind = ImportFault::Kind;
    const auto fault = reply.find("fault");
    if (fault == reply.end()) {
        return std::nullopt;
    }
    const std::string kind = fault->at("kind");
    return ImportFault{.kind = kind == "syntax"        ? Kind::Syntax
                               : kind == "unsupported" ? Kind::Unsupported
                                                       : Kind::Error,
                       .what = sandbox::clean_text(fault->at("what").get<std::string>(), 2000),
                       .line = fault->at("line").get<std::uint32_t>()};
}

ImportFault no_answer(const std::string& why) {
    return {.kind = ImportFault::Kind::Error, .what = "its process gives no answer: " + why};
}

} // namespace

struct Importer::State {
    std::shared_ptr<sandbox::Server> server;
    std::optional<sandbox::Layers> layers;

    Result<sandbox::Worker> spawn() {
        if (!server || !server->alive()) {
            auto started = sandbox::Server::start("import", {}, std::chrono::seconds(60));
            if (!started) {
                return std::unexpected(std::move(started.error()));
            }
            server = std::move(*started);
        }
        auto worker = server->spawn({.address_space = address_space, .cpu_seconds = 60, .file_bytes = 0});
        if (!worker) {
            server.reset();
        }
        return worker;
    }
};

Importer::Importer() : state_(std::make_unique<State>()) {}
Importer::~Importer() = default;

const std::optional<sandbox::Layers>& Importer::layers() const {
    return state_->layers;
}

Result<sandbox::Layers> Importer::probe_layers() {
    auto worker = state_->spawn();
    if (!worker) {
        return std::unexpected(worker.error());
    }
    return worker->layers();
}

Result<std::expected<json, ImportFault>> Importer::ask(const std::string& module, const json& request,
                                                       std::chrono::milliseconds timeout) {
    using Outcome = std::expected<json, ImportFault>;
    using Kind = ImportFault::Kind;
    auto worker = state_->spawn();
    if (!worker) {
        return std::unexpected(worker.error());
    }
    state_->layers = worker->layers();
    const std::string text = request.dump(-1, ' ', true, json::error_handler_t::replace);
    const auto reply = worker->call({{{"module", module}, {"request", text}}, {}}, timeout);
    if (!reply) {
        // The file's own code ran in that process: its end is the file's fault.
        const auto kind = reply.error().kind;
        const bool late = kind == sandbox::CallError::Kind::Timeout;
        return Outcome(std::unexpect,
                       ImportFault{.kind = late                                          ? Kind::Limit
                                           : kind == sandbox::CallError::Kind::Violation ? Kind::Violation
                                                                                         : Kind::Error,
                                   .what = late ? fmt::format("it runs longer than {} s", timeout.count() / 1000.0)
                                                : reply.error().to_string()});
    }
    if (auto error = sandbox::reply_error(*reply)) {
        return std::unexpected(std::move(*error));
    }
    try {
        auto answer = parse_json(reply->header.at("reply").get<std::string>());
        if (!answer) {
            return Outcome(std::unexpect, no_answer(answer.error().what));
        }
        if (auto fault = fault_of(*answer)) {
            return Outcome(std::unexpect, std::move(*fault));
        }
        return std::move(*answer);
    } catch (const json::exception& error) {
        return Outcome(std::unexpect, no_answer(error.what()));
    }
}

Result<std::expected<Imported, ImportFault>> Importer::kernelbench(const PythonFile& file, const tasks::Task& task,
                                                                   std::chrono::milliseconds timeout) {
    using Outcome = std::expected<Imported, ImportFault>;
    const auto request = request_for(file, task);
    if (!request) {
        return std::unexpected(request.error());
    }
    const auto answer = ask("assay_kernelbench", *request, timeout);
    if (!answer) {
        return std::unexpected(answer.error());
    }
    if (!*answer) {
        return Outcome(std::unexpect, answer->error());
    }
    try {
        const json& reply = **answer;
        Imported imported{.source = reply.at("source"),
                          .arguments = reply.at("arguments"),
                          .options = reply.at("options"),
                          .notes = reply.at("notes"),
                          .extensions = reply.at("extensions"),
                          .native = reply.at("native"),
                          .parameters = reply.at("parameters")};
        if (imported.source.size() > largest_source || imported.arguments.size() > most_texts ||
            imported.options.size() > most_texts) {
            return Outcome(std::unexpect,
                           ImportFault{.kind = ImportFault::Kind::Error, .what = "its sources are larger than 4 MiB"});
        }
        imported.notes.resize(std::min(imported.notes.size(), most_texts));
        for (std::string& note : imported.notes) {
            note = sandbox::clean_text(note, longest_note);
        }
        return imported;
    } catch (const json::exception& error) {
        return Outcome(std::unexpect, no_answer(error.what()));
    }
}

Result<std::expected<json, ImportFault>> Importer::flashinfer(const json& request, std::chrono::milliseconds timeout) {
    return ask("assay_flashinfer", request, timeout);
}

int import_worker() {
    std::optional<Python> python;
    const auto open = [&](const sandbox::Message&) -> Result<sandbox::Opened> {
        auto started = Python::start();
        if (!started) {
            return std::unexpected(started.error());
        }
        python = *started;
        // Everything of ours and what files use most is loaded once, here.
        for (const char* module :
             {"assay_kernelbench", "assay_flashinfer", "random", "dataclasses", "textwrap", "copy", "tempfile"}) {
            if (const auto loaded = python->load(module); !loaded) {
                return std::unexpected(loaded.error());
            }
        }
        sandbox::Opened opened;
        auto folders = python->folders();
        if (!folders) {
            return std::unexpected(folders.error());
        }
        for (std::filesystem::path& folder : *folders) {
            opened.visible.push_back({std::move(folder)});
        }
        return opened;
    };
    const auto handle = [&](const sandbox::Message& message) -> Result<sandbox::Message> {
        const auto reply = python->call(message.header.at("module").get<std::string>(), "answer",
                                        message.header.at("request").get<std::string>());
        if (!reply) {
            return std::unexpected(reply.error());
        }
        return sandbox::Message{{{"reply", *reply}}, {}};
    };
    return sandbox::serve_children({.policy = sandbox::import_policy, .open = open, .handle = handle});
}

} // namespace assay::forms
