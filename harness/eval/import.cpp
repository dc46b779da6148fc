#include "eval/import.h"

#include <fmt/format.h>
#include <fstream>
#include <sstream>

#include "compile/options.h"

namespace assay::eval {

namespace {

namespace fs = std::filesystem;
using forms::ImportFault;

/// "kb1_050_..." is level1/50_*.py. Empty where there is none.
std::string problem_of(const tasks::Task& task, const fs::path& problems) {
    int level = 0, number = 0;
    if (problems.empty() || std::sscanf(task.name.c_str(), "kb%d_%d_", &level, &number) != 2) {
        return {};
    }
    std::error_code ignored;
    const std::string start = fmt::format("{}_", number);
    for (const auto& entry : fs::directory_iterator(problems / fmt::format("level{}", level), ignored)) {
        if (entry.path().extension() == ".py" && entry.path().filename().string().starts_with(start)) {
            std::ostringstream text;
            text << std::ifstream(entry.path(), std::ios::binary).rdbuf();
            return text.str();
        }
    }
    return {};
}

Unusable unusable(const ImportFault& fault) {
    Unusable result{.stage = "import", .check = "python", .error = {fault.what, {}, {}}, .line = fault.line};
    switch (fault.kind) {
    case ImportFault::Kind::Syntax:
        result.status = store::Status::CompileError;
        result.error.hint = "the file has to be a Python module with a class ModelNew";
        break;
    case ImportFault::Kind::Unsupported:
    case ImportFault::Kind::Error:
        result.status = store::Status::PlanError;
        result.error.hint = "the file is run without PyTorch, on tensors that hold no data: forward may call its "
                            "extension and the operators of PyTorch that the library has";
        break;
    case ImportFault::Kind::Limit:
        result.status = store::Status::ResourceLimit;
        result.error.hint = "look for endless loops at the file's top, in __init__ and in forward";
        break;
    case ImportFault::Kind::Violation:
        result.status = store::Status::Rejected;
        result.check = "sandbox";
        result.error.hint = "a candidate's Python code has no business with the machine";
        break;
    }
    return result;
}

Result<Candidate> import_file(const Candidate& candidate, const tasks::Task& task, const std::string& problem,
                              forms::Importer& importer, bool keep_lines) {
    if (!candidate.python || candidate.unusable) {
        return candidate;
    }
    const forms::PythonFile file{.name = candidate.file,
                                 .source = candidate.source,
                                 .problem = problem,
                                 .files = candidate.files,
                                 .keep_lines = keep_lines};
    const auto imported = importer.kernelbench(file, task);
    if (!imported) {
        return std::unexpected(imported.error());
    }
    Candidate result = candidate;
    if (!*imported) {
        result.unusable = unusable(imported->error());
        return result;
    }
    result.python = false;
    result.source = (*imported)->source;
    result.entry = plan::Entry("forward", (*imported)->arguments);
    result.options.insert(result.options.end(), (*imported)->options.begin(), (*imported)->options.end());
    if (auto allowed = compile::check_options(result.options); !allowed) {
        result.unusable =
            Unusable{.stage = "import", .check = "options", .error = std::move(allowed.error()), .line = 0};
        return result;
    }
    if (!(*imported)->notes.empty()) {
        result.origin["imported"] = (*imported)->notes;
    }
    return result;
}

} // namespace

Result<Candidate> import_python(const Candidate& candidate, const tasks::Task& task, const fs::path& problems,
                                forms::Importer& importer) {
    const bool wanted = candidate.python && !candidate.unusable;
    return import_file(candidate, task, wanted ? problem_of(task, problems) : std::string(), importer, true);
}

Result<Candidate> import_python_text(const Candidate& candidate, const tasks::Task& task, const std::string& problem,
                                     forms::Importer& importer) {
    return import_file(candidate, task, problem, importer, false);
}

} // namespace assay::eval
