// What the subcommands share: exit codes, common options, and how they speak to people and to machines.
//
// Results go to standard output, as tables or as JSON; everything else (progress, warnings, errors) to standard error.
#pragma once

#include <CLI/CLI.hpp>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "base/error.h"
#include "eval/evaluator.h"
#include "scoring/report.h"
#include "store/evaluation.h"
#include "tasks/task.h"

namespace assay::cli {

enum ExitCode : int {
    Ok = 0,
    CandidateFailed = 1, ///< a candidate failed, or an expectation did not hold
    Usage = 2,
    HarnessFault = 3,
    Environment = 4, ///< no device, or a required layer is missing
    NothingSelected = 5,
};

/// Options that several subcommands take.
struct Common {
    std::string root;
    std::string device = "auto";
    std::string cache;
    bool json = false;
    bool no_time = false;
    std::string require_layers;
    std::string problems;
    std::string library;      ///< empty: what the task says
    double time_budget = 0.7; ///< seconds
};

void add_root(CLI::App& command, Common& common);
void add_json(CLI::App& command, Common& common);
/// --root, --json, --device, --cache, --require-layers
void add_device(CLI::App& command, Common& common);
/// add_device, and how candidates are judged: --no-time, --time-budget, --library, --problems
void add_evaluation(CLI::App& command, Common& common);

[[nodiscard]] Result<eval::Settings> settings(const Common& common);

/// Prints "assay: where: what (hint)" and returns `code`.
int report(const Error& error, int code);

/// The task of that name, or an Error that lists near names.
[[nodiscard]] Result<tasks::Task> find_task(const tasks::Catalog& catalog, const std::string& name);

/// The workload of that name (empty: the first), or an Error that lists them.
[[nodiscard]] Result<const tasks::Workload*> find_workload(const tasks::Task& task, const std::string& name);

/// One line on standard error that is overwritten on a terminal; elsewhere only `done` lines appear.
class ProgressLine {
public:
    ProgressLine();
    ~ProgressLine();
    void update(const std::string& text);
    void done(const std::string& text); ///< replaces the line for good

private:
    bool terminal_;
    bool shown_ = false;
};

/// A text of several lines, fit for a terminal whoever wrote what it quotes.
[[nodiscard]] std::string shown(const std::string& text);

/// For tables on standard output.
[[nodiscard]] scoring::TableOptions table_options();

/// "passed 1.87x [1.85, 1.89]" or "incorrect: output 'c': ..."
[[nodiscard]] std::string one_line(const store::Evaluation& evaluation);

/// Adds a subcommand to the program; `run` is set to what executes it and returns the exit code.
using Action = std::function<int()>;
void add_tasks(CLI::App& app, Action& run);
void add_tasks_new(CLI::App& tasks, Action& run); ///< below `assay tasks`
void add_eval(CLI::App& app, Action& run);
void add_run(CLI::App& app, Action& run);
void add_import(CLI::App& app, Action& run);
void add_regrade(CLI::App& app, Action& run);
void add_score(CLI::App& app, Action& run);
void add_plan(CLI::App& app, Action& run);
void add_profile(CLI::App& app, Action& run);
void add_sanitize(CLI::App& app, Action& run);
void add_prompt(CLI::App& app, Action& run);
void add_doctor(CLI::App& app, Action& run);

} // namespace assay::cli
