#include "eval/attempt.h"

#include <array>
#include <chrono>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <string_view>
#include <utility>

#include "base/version.h"
#include "eval/library.h"
#include "eval/torch_module.h"

namespace assay::eval {

namespace fs = std::filesystem;

namespace {

/// A bundled candidate's path from the project's root, so that results of two machines say the same; any other's as it
/// was given.
std::string recorded_path(const fs::path& path, const fs::path& root) {
    std::error_code error;
    const fs::path inside = fs::relative(path, root, error);
    return error || inside.empty() || *inside.begin() == ".." ? path.string() : inside.string();
}

/// The library of NVIDIA's that a compiler's message misses a header or a function of; empty: none.
std::string named_library(const std::string& message) {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 7> libraries{{{"cublas", "cuBLAS"},
                                                                                      {"cudnn", "cuDNN"},
                                                                                      {"cusparse", "cuSPARSE"},
                                                                                      {"cusolver", "cuSOLVER"},
                                                                                      {"cufft", "cuFFT"},
                                                                                      {"curand.h", "cuRAND"},
                                                                                      {"cutensor", "cuTENSOR"}}};
    for (const auto& [mark, name] : libraries) {
        // As the name of a file or the start of a name: `"cublas_v2.h"`, `"cublasSgemm"`.
        if (message.find(fmt::format("\"{}", mark)) != message.npos) {
            return std::string(name);
        }
    }
    return {};
}

} // namespace

Attempt::Attempt(const Settings& settings, const tasks::Task& task, const Candidate& candidate,
                 const Progress& progress, const verify::Key& key)
    : settings_(settings), task_(task), candidate_(candidate), progress_(progress), key_(key),
      deadline_(settings.kernel_deadline) {
    const auto now = std::chrono::system_clock::now();
    evaluation_.id = verify::Key::fresh().to_hex();
    evaluation_.task = task.name;
    evaluation_.task_hash = task.hash;
    evaluation_.candidate = candidate.name;
    evaluation_.candidate_path = recorded_path(candidate.path, settings.root);
    evaluation_.candidate_hash = candidate.hash;
    evaluation_.author = candidate.author;
    evaluation_.origin = candidate.origin;
    evaluation_.key = key_.to_hex();
    evaluation_.stages = nlohmann::json::object();
    evaluation_.started = fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::chrono::system_clock::to_time_t(now)));
    evaluation_.assay_version = version;
}

void Attempt::enter(const std::string& stage) {
    const auto now = std::chrono::steady_clock::now();
    if (!stage_.empty()) {
        auto& seconds = evaluation_.stages[stage_];
        seconds = (seconds.is_number() ? seconds.get<double>() : 0.0) +
                  std::chrono::duration<double>(now - stage_start_).count();
    }
    stage_ = stage;
    stage_start_ = now;
    if (progress_ && !stage.empty()) {
        progress_(stage);
    }
}

bool Attempt::fail(store::Status status, store::Finding finding) {
    evaluation_.status = status;
    evaluation_.findings.push_back(std::move(finding));
    return false;
}

bool Attempt::fail(const RunFault& fault, const std::string& stage, const Place& place) {
    return fail(fault.status, {.stage = stage,
                               .check = fault.check,
                               .detail = fault.message,
                               .hint = fault.hint,
                               .file = fault.line == 0 ? "" : candidate_.file,
                               .line = fault.line,
                               .workload = place.workload,
                               .regime = place.regime,
                               .values = {}});
}

void Attempt::fail_harness(const Error& error) {
    evaluation_.status = store::Status::HarnessError;
    evaluation_.findings.push_back({.stage = stage_,
                                    .check = "harness",
                                    .detail = error.where.empty() ? error.what : error.where + ": " + error.what,
                                    .hint = error.hint,
                                    .file = {},
                                    .line = 0,
                                    .workload = {},
                                    .regime = {},
                                    .values = {}});
}

void Attempt::warn(const std::vector<std::string>& warnings) {
    evaluation_.warnings.insert(evaluation_.warnings.end(), warnings.begin(), warnings.end());
}

void Attempt::note_layers(const std::string& stage, const sandbox::Layers& layers) {
    evaluation_.sandbox[stage] = layers.to_json();
}

void Attempt::pass() {
    evaluation_.status = store::Status::Passed;
}

store::Evaluation Attempt::finish() {
    enter("");
    if (runner_) {
        for (const std::string& fallback : runner_->take_notes().fallbacks) {
            evaluation_.warnings.push_back("interpreted, so its time says nothing: " + fallback);
        }
    }
    return std::move(evaluation_);
}

bool Attempt::compile(compile::Compiler& compiler, const std::string& architecture) {
    enter("compile");
    if (candidate_.unusable) {
        return fail(candidate_.unusable->status, {.stage = candidate_.unusable->stage,
                                                  .check = candidate_.unusable->check,
                                                  .detail = candidate_.unusable->error.what,
                                                  .hint = candidate_.unusable->error.hint,
                                                  .file = candidate_.file,
                                                  .line = candidate_.unusable->line,
                                                  .workload = {},
                                                  .regime = {},
                                                  .values = {}});
    }
    if (candidate_.ptx) {
        ptx_ = candidate_.source;
        return true;
    }
    compile::Request request;
    request.source = with_torch_module(candidate_.source, candidate_.entry.name);
    request.name = candidate_.file;
    request.architecture = architecture;
    request.options = candidate_.options;
    auto compilation = compiler.compile(request);
    if (!compilation) {
        fail_harness(compilation.error());
        return false;
    }
    if (!compilation->cached && compiler.layers()) {
        note_layers("compile", *compiler.layers());
    }
    if (!compilation->failure.empty()) {
        const store::Status status = compilation->failure == "timeout"          ? store::Status::Timeout
                                     : compilation->failure == "violation"      ? store::Status::Rejected
                                     : compilation->failure == "resource_limit" ? store::Status::ResourceLimit
                                                                                : store::Status::CompileError;
        return fail(status,
                    {.stage = "compile",
                     .check = compilation->failure,
                     .detail = compilation->log,
                     .hint = "the compiler gave up on this source: look for unbounded templates, macros or arrays",
                     .file = request.name,
                     .line = 0,
                     .workload = {},
                     .regime = {},
                     .values = {}});
    }
    if (!compilation->ptx) {
        store::Finding finding{.stage = "compile",
                               .check = "diagnostics",
                               .detail = {},
                               .hint = "fix the source; the lines are those of the candidate's file",
                               .file = request.name,
                               .line = 0,
                               .workload = {},
                               .regime = {},
                               .values = {}};
        for (const compile::Diagnostic& diagnostic : compilation->diagnostics) {
            if (diagnostic.severity != compile::Severity::Error) {
                continue;
            }
            finding.line = finding.line == 0 ? diagnostic.line : finding.line;
            finding.detail += fmt::format("{}{}:{}: {}", finding.detail.empty() ? "" : "\n", diagnostic.file,
                                          diagnostic.line, diagnostic.message);
        }
        if (finding.detail.empty()) {
            finding.detail = compilation->log;
        }
        if (const std::string library = named_library(finding.detail); !library.empty()) {
            finding.check = "library-call";
            finding.detail =
                fmt::format("the source uses {}, which is not there: candidates bring their own kernels\n{}", library,
                            finding.detail);
            finding.hint =
                "write the kernel, or call an operator of PyTorch (torch::matmul), which is counted as library";
            return fail(store::Status::Rejected, std::move(finding));
        }
        return fail(store::Status::CompileError, std::move(finding));
    }
    ptx_ = std::move(compilation->ptx);
    return true;
}

void Attempt::adopt(plan::Recording recording, std::vector<tasks::Binding> bindings) {
    recording_ = std::move(recording);
    bindings_ = std::move(bindings);
}

bool Attempt::record(plan::Planner& planner, compile::Compiler& compiler, const std::string& architecture,
                     const std::vector<tasks::Binding>& bindings, const plan::DeviceProperties& properties) {
    enter("plan");
    bindings_ = bindings;
    auto recorded = planner.record(*ptx_, candidate_.entry, bindings, properties);
    if (planner.layers()) {
        note_layers("plan", *planner.layers());
    }
    if (!recorded) {
        fail_harness(recorded.error());
        return false;
    }
    if (*recorded) {
        recording_ = std::move(**recorded);
        const auto expanded = expand_operators(recording_, task_.reference.parent_path().parent_path() / "ops",
                                               architecture, properties, compiler, planner);
        if (!expanded) {
            fail_harness(expanded.error());
            return false;
        }
        const std::string library = library_summary(recording_.plans.back());
        if (!library.empty() && settings_.library == LibraryRule::Reject) {
            return fail(store::Status::Rejected, {.stage = "plan",
                                                  .check = "library-operator",
                                                  .detail = "host code leaves work to operators of PyTorch: " + library,
                                                  .hint = "this run forbids them: write kernels instead",
                                                  .file = candidate_.file,
                                                  .line = recording_.plans.back().operators.front().line,
                                                  .workload = {},
                                                  .regime = {},
                                                  .values = {}});
        }
        if (!library.empty() && settings_.library == LibraryRule::Count) {
            warn({"counted as library, not as the candidate's own work: " + library});
        }
        for (const plan::RuleFinding& rule : recording_.rules) {
            evaluation_.rules.push_back({{"rule", rule.rule},
                                         {"severity", plan::to_string(rule.severity)},
                                         {"kernel", rule.kernel},
                                         {"what", rule.what},
                                         {"file", rule.file},
                                         {"line", rule.line}});
        }
        return true;
    }
    const plan::PlanError& error = recorded->error();
    store::Status status = store::Status::PlanError;
    std::string check = error.call.empty() ? "host-code" : error.call;
    std::string hint = error.hint;
    switch (error.kind) {
    case plan::PlanError::Kind::PlanError:
        break;
    case plan::PlanError::Kind::Rejected:
        status = store::Status::Rejected;
        check = error.rule;
        break;
    case plan::PlanError::Kind::Limit:
        status = store::Status::ResourceLimit;
        check = "host-limits";
        break;
    case plan::PlanError::Kind::LaunchError:
        status = store::Status::LaunchError;
        check = "launch";
        hint = hint.empty() ? "no device launches this: change the grid, the block or the shared memory" : hint;
        break;
    }
    return fail(status, {.stage = "plan",
                         .check = check,
                         .detail = error.what,
                         .hint = hint,
                         .file = error.file,
                         .line = error.line,
                         .workload = {},
                         .regime = {},
                         .values = {}});
}

} // namespace assay::eval
