// KernelBench files: a Python module `ModelNew` with the sources of an extension, to a CUDA source.
//
// The file is a program, and what it does with its extension only running it tells. It runs in a worker process, locked
// like all others, against a stand-in for PyTorch whose tensors hold no data (harness/forms/python): sources come from
// `load_inline`, and what `forward` calls becomes C++ over the same API. The result is a candidate like any other.
#pragma once

#include <chrono>
#include <expected>
#include <map>
#include <memory>
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
    bool keep_lines = false;                  ///< whether the result says which of the file's lines a source stands in
};

struct Imported {
    std::string source;
    std::vector<std::string> arguments; ///< what the task passes for each parameter of the entry `forward`
    std::vector<std::string> notes;     ///< "parameter conv.bias is the task's input bias"
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
    /// Those of the process that imported last; none before the first.
    [[nodiscard]] const std::optional<sandbox::Layers>& layers() const;
    /// Those of a process that would import now.
    [[nodiscard]] Result<sandbox::Layers> probe_layers();

private:
    struct State;
    std::unique_ptr<State> state_;
};

/// The worker's side (`assay --worker import`).
int import_worker();

} // namespace assay::forms
