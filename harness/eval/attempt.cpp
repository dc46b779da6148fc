#include "eval/attempt.h"

#include <array>
#include <chrono>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <string_view>
#include <utility>

#include "base/version.h"
#include "compile/diagnostics.h"
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

/// What to do about a compiler's message whose cause is not the source alone; empty: nothing in particular.
std::string hint_for(const std::string& message) {
    if (message.find("texture is not a template") != std::string::npos) {
        return "texture references left CUDA with version 12: read a plain pointer";
    }
    if (message.find("cannot open source file") != std::string::npos) {
        return "there are CUDA's own headers with CUB, those of C++ and PyTorch's: write what else is needed into the "
               "source";
    }
    for (const char* owner : {"namespace \"torch", "namespace \"at", "namespace \"c10", "class \"at::Tensor\""}) {
        if (const auto at = message.find(owner);
            at != std::string::npos && message.find("has no member", at) < at + 60) {
            return "harness/compile/headers/API.md lists what there is of PyTorch's C++ API: write what is missing as "
                   "a "
                   "kernel";
        }
    }
    return {};
}

/// The library of NVIDIA's that a compiler's message misses a header or a function of, which is named too; empty: none.
std::string named_library(const std::string& message, std::string& function) {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 22> libraries{{
        {"cublas", "cuBLAS"},
        {"CUBLAS", "cuBLAS"},
        {"getCurrentCUDABlas", "cuBLAS"},
        {"at::cuda::blas", "cuBLAS"},
        {"TORCH_CUDABLAS", "cuBLAS"},
        {"cudnn", "cuDNN"},
        {"CUDNN", "cuDNN"},
        {"getCudnnHandle", "cuDNN"},
        {"cusparse", "cuSPARSE"},
        {"CUSPARSE", "cuSPARSE"},
        {"getCurrentCUDASparse", "cuSPARSE"},
        {"cusolver", "cuSOLVER"},
        {"CUSOLVER", "cuSOLVER"},
        {"getCurrentCUDASolver", "cuSOLVER"},
        {"cufft", "cuFFT"},
        {"CUFFT", "cuFFT"},
        {"curand.h", "cuRAND"},
        {"curandGenerat", "cuRAND"},
        {"curandCreateGenerator", "cuRAND"},
        {"cutensor", "cuTENSOR"},
        {"nccl", "NCCL"},
        {"npp", "NPP"},
    }};
    for (const auto& [mark, name] : libraries) {
        // As the name of a file or the start of a name: `"cublas_v2.h"`, `"cublasSgemm"`.
        const std::string wanted = fmt::format("\"{}", mark);
        for (auto at = message.find(wanted); at != message.npos; at = message.find(wanted, at + 1)) {
            const std::string found = message.substr(at + 1, message.find('"', at + 1) - at - 1);
            function = function.empty() || function.ends_with("_t") ? found : function; // rather than a type
        }
        if (!function.empty()) {
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
    evaluation_.settings = to_json(settings);
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
    if (evaluation_.library.counted()) {
        warn({"counted as library, not as the candidate's own work: " + evaluation_.library.used});
    }
    if (runner_) {
        const Runner::Notes notes = runner_->take_notes();
        for (const std::string& fallback : notes.fallbacks) {
            evaluation_.warnings.push_back("interpreted, so its time says nothing: " + fallback);
        }
        warn(notes.cache);
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
            finding.line = finding.line == 0 ? compile::line_in(diagnostic, request.name) : finding.line;
            finding.detail += (finding.detail.empty() ? "" : "\n") + compile::brief(diagnostic, request.name);
        }
        if (finding.detail.empty()) {
            finding.detail = compilation->log;
        }
        std::string function;
        if (const std::string library = named_library(finding.detail, function); !library.empty()) {
            finding.check = "library-call";
            finding.detail =
                fmt::format("the source uses {} of {}, which is not there: candidates bring their own kernels\n{}",
                            function, library, finding.detail);
            finding.hint = "write the kernel, or call what becomes an operator that is counted as library: an operator "
                           "of PyTorch (torch::matmul), a product of cuBLAS (cublasSgemm, cublasGemmEx, cublasSgemv)";
            return fail(store::Status::Rejected, std::move(finding));
        }
        if (const std::string hint = hint_for(finding.detail); !hint.empty()) {
            finding.hint = hint;
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
        const fs::path operators = task_.reference.parent_path().parent_path() / "ops";
        const auto expanded = expand_operators(recording_, operators, architecture, properties, compiler, planner);
        if (!expanded) {
            fail_harness(expanded.error());
            return false;
        }
        if (const auto fault = judge_library(recording_.plans.back())) {
            return fail(*fault, "plan", {});
        }
        if (recording_.data_dependent()) {
            live_.emplace(LiveProgram::Tools{planner, compiler, operators, architecture},
                          plan::Recordable{*ptx_, candidate_.entry, properties, {}}, recording_.device_ptx);
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
    const RunFault fault = to_fault(recorded->error());
    return fail(fault.status, {.stage = "plan",
                               .check = fault.check,
                               .detail = fault.message,
                               .hint = fault.hint,
                               .file = recorded->error().file,
                               .line = fault.line,
                               .workload = {},
                               .regime = {},
                               .values = {}});
}

std::optional<RunFault> Attempt::judge_library(const plan::LaunchPlan& plan) {
    const tasks::LibraryRule rule =
        settings_.library ? *settings_.library : task_.library.value_or(tasks::LibraryRule::Count);
    const LibraryUse use = library_use(plan);
    evaluation_.library = {std::string(tasks::to_string(rule)),
                           settings_.library ? "command line"
                           : task_.library   ? "task"
                                             : "default",
                           use.summary};
    if (use.summary.empty() || rule != tasks::LibraryRule::Reject) {
        return std::nullopt;
    }
    return RunFault{store::Status::Rejected, "library-operator", "host code leaves work to a library: " + use.summary,
                    fmt::format("{} forbids that: write kernels instead", settings_.library ? "this run" : "this task"),
                    use.line};
}

} // namespace assay::eval
