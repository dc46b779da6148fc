// The result of one candidate on one task on one device, and its JSON form (schema "assay.evaluation/1").
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace assay::store {

/// The verdict; each value's sentence is in `explain`.
enum class Status : std::uint8_t {
    Passed,
    CompileError,
    PlanError,
    LaunchError,
    MemoryError,
    Race,
    RuntimeError,
    Incorrect,
    Nondeterministic,
    Timeout,
    ResourceLimit,
    Rejected,
    HarnessError,
};
[[nodiscard]] std::string_view to_string(Status status); ///< "compile_error"
[[nodiscard]] std::optional<Status> status_from(std::string_view name);
[[nodiscard]] std::string_view explain(Status status);

/// What a check found; for a failing status the first one that failed.
struct Finding {
    std::string stage;  ///< "compile", "rules", "plan", "check", "time"
    std::string check;  ///< "diagnostics", "signature", "red-zone", "inputs-unchanged", "values", "repeat", "deadline",
                        ///< a rule's name, ...
    std::string detail; ///< sentences for a person, one finding a line
    std::string hint;   ///< what to do
    std::string file;   ///< of the candidate
    std::uint32_t line = 0;
    std::string workload, regime;
    nlohmann::json
        values; ///< of "values": {output, index, expected, got, max_error, tolerance, bad, total, class, histogram}
};

/// One time sample of a pair, seconds.
struct Pair {
    double baseline = 0, candidate = 0;
    bool baseline_first = true;
};

/// What the candidate leaves to libraries, and by which rule it was judged.
struct Library {
    std::string rule;    ///< "allow", "count" or "reject"; empty in results that do not know
    std::string said_by; ///< "task", "command line" or "default"
    std::string used;    ///< "sum, cub::DeviceScanKernel (2 times)"; empty for nothing
    /// Whether work of a library's counts as such.
    [[nodiscard]] bool counted() const { return rule == "count" && !used.empty(); }
};

enum class Speed : std::uint8_t { Faster, Slower, Same, Undecided };
[[nodiscard]] std::string_view to_string(Speed speed);
[[nodiscard]] std::optional<Speed> speed_from(std::string_view name);

struct Timing {
    std::string workload;
    std::string clock;                                  ///< "gpu", "host" or "model"
    std::vector<Pair> pairs;                            ///< raw samples in the order of measurement, warm-up left out
    double speedup = 0;                                 ///< exp(median ln(baseline / candidate))
    double low = 0, high = 0;                           ///< interval of the speed-up
    double confidence = 0;                              ///< of the interval: 0.99
    double baseline_seconds = 0, candidate_seconds = 0; ///< medians
    Speed speed = Speed::Undecided;
    std::string stopped; ///< "narrow", "pairs", "budget"
};

struct Evaluation {
    std::string id; ///< unique in a results file
    std::string task, task_hash, suite;
    std::string candidate;      ///< name
    std::string candidate_path; ///< from the root of tasks and datasets if it lies there, otherwise as given
    std::string candidate_hash, author;
    /// Of a generated candidate: {"model", "sample", "prompt", "reasoning_length", "taken", ...}, what is known of it.
    nlohmann::json origin = nlohmann::json::object();
    std::string duplicate_of; ///< id of the evaluation of the same text for the same task, whose findings these are
    Status status = Status::HarnessError;
    std::vector<Finding> findings;
    std::string error_class; ///< "fp32"; empty if nothing was compared
    double max_error = 0;    ///< scaled, over all outputs and checks
    /// Of host code that reads device memory back and decides on it: what it did in the last run, {"read_backs",
    /// "bytes", "host_instructions": those after the first}. Null: what is launched depends on the shapes alone.
    nlohmann::json data_dependent;
    /// Checks that were left out, "workload/regime": those inputs are too ill-conditioned for the operation to tell an
    /// honest program from a wrong one.
    nlohmann::json not_judged = nlohmann::json::array();
    Library library;
    std::optional<Timing> timing;
    nlohmann::json device; ///< kind, name, clock, compute capability, driver version, ...
    /// What the run was told that decides verdicts or times: {"device", "time", "time_budget", "deadline" (seconds),
    /// "library", "problems", "required_layers"}. Null in results that do not know.
    nlohmann::json settings;
    std::string key; ///< hex of the 128-bit key the inputs were drawn with
    /// What static rules found in the kernels' PTX: [{"rule", "severity", "kernel", "what", "file", "line"}]
    nlohmann::json rules = nlohmann::json::array();
    /// What the candidate's processes were locked with: {"compile": {"seccomp": "on", "landlock": "off: <reason>",
    /// ...}, "plan": {...}, "run": {...}}. "compile" is absent when the PTX came from the cache.
    nlohmann::json sandbox = nlohmann::json::object();
    std::vector<std::string> warnings; ///< cache trouble, kernels that ran in the interpreter, ...
    nlohmann::json stages;             ///< seconds of wall time by stage: compile, plan, jit, check, time
    std::string started;               ///< UTC, ISO 8601
    std::string assay_version;
};

[[nodiscard]] nlohmann::json to_json(const Evaluation& evaluation);
/// The Error's `where` is a JSON pointer. An unknown schema version is an Error that says so.
[[nodiscard]] Result<Evaluation> evaluation_from_json(const nlohmann::json& json);

} // namespace assay::store
