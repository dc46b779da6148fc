// KernelBench files: a Python module `ModelNew` with the sources of an extension, to a CUDA source.
//
// The file is a program, and what it does with its extension only running it tells. It runs in a worker process, locked
// like all others, against a stand-in for PyTorch whose tensors hold no data (harness/forms/python): sources come from
// `load_inline`, and what `forward` calls becomes C++ over the same API. The result is a candidate like any other.
// Definitions of FlashInfer-Bench, whose references are Python too, go the same way and become tasks.
#pragma once

#include <chrono>
#include <expected>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "sandbox/layer.h"
#include "tasks/task.h"

namespace assay::forms {

struct PythonFile {
    std::string name; ///< "relu.py"
    std::string source;
    std::string problem;                      ///< the file with get_inputs() and get_init_inputs(); may be empty
    std::map<std::string, std::string> files; ///< what lies beside it, for `load`: name to text
    std::string module = "ModelNew";          ///< the class
    bool keep_lines = false;                  ///< whether the result says which of the file's lines a source stands in
};

struct Imported {
    std::string source;
    std::vector<std::string> arguments; ///< what the task passes for each parameter of the entry `forward`
    std::vector<std::string> options;   ///< compile options, not yet checked: of `load_inline` those that mean anything
    std::vector<std::string> notes;     ///< "parameter conv.bias is the task's input bias"
    std::size_t extensions = 0;         ///< that the file builds
    /// What PyTorch itself has to be told to run the module, for each of the task's workloads: "overrides" of the
    /// file's numbers, "init", "named", "forward" (forms/with_torch.py). Null where that cannot be written down.
    nlohmann::json native;
    nlohmann::json parameters; ///< of the module, to the task's inputs
};

/// The file's fault.
struct ImportFault {
    enum class Kind : std::uint8_t {
        Syntax,      ///< it is no Python
        Unsupported, ///< it does what cannot be written down
        Error,       ///< it fails as it runs
        Limit,       ///< it runs too long
        Violation,   ///< it made a system call that the sandbox forbids
    };
    Kind kind = Kind::Error;
    std::string what;
    std::uint32_t line = 0; ///< of the file; 0: unknown
};

/// One server for each importer, and a locked child of it for each file.
class Importer {
public:
    Importer();
    ~Importer();
    /// For all workloads of the task. An Error is the harness's fault.
    [[nodiscard]] Result<std::expected<Imported, ImportFault>>
    kernelbench(const PythonFile& file, const tasks::Task& task,
                std::chrono::milliseconds timeout = std::chrono::seconds(20));
    /// What `python/assay_flashinfer.py` makes of a definition, {"definition", "workloads", "operators"}, or of a
    /// solution, {"solution", "definition"}. The answer is as untrusted as the file.
    [[nodiscard]] Result<std::expected<nlohmann::json, ImportFault>>
    flashinfer(const nlohmann::json& request, std::chrono::milliseconds timeout = std::chrono::seconds(60));
    /// Those of the process that imported last; none before the first.
    [[nodiscard]] const std::optional<sandbox::Layers>& layers() const;
    /// Those of a process that would import now.
    [[nodiscard]] Result<sandbox::Layers> probe_layers();

private:
    [[nodiscard]] Result<std::expected<nlohmann::json, ImportFault>>
    ask(const std::string& module, const nlohmann::json& request, std::chrono::milliseconds timeout);

    struct State;
    std::unique_ptr<State> state_;
};

/// The worker's side (`assay --worker import`).
int import_worker();

} // namespace assay::forms
