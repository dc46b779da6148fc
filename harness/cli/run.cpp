// `assay run SUITE`
#include <algorithm>
#include <chrono>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <fstream>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "base/version.h"
#include "cli/command.h"
#include "eval/collection.h"
#include "scoring/terminal.h"
#include "store/results.h"

namespace assay::cli {

namespace {

namespace fs = std::filesystem;

struct Arguments {
    Common common;
    std::string suite;
    std::string candidates;
    std::string out;
    bool expect = false;
    bool resume = false;
};

/// What `expect.json` beside a candidate says: {"<file name>": {"status", "check"?, "note"?}}. Null if it says nothing.
Result<nlohmann::json> expectation(const eval::Candidate& candidate) {
    const fs::path file = candidate.path.parent_path() / "expect.json";
    std::ifstream stream(file);
    if (!stream) {
        return nlohmann::json();
    }
    const auto json = nlohmann::json::parse(stream, nullptr, false);
    if (json.is_discarded() || !json.is_object()) {
        return fail("is not a JSON object", file.string());
    }
    return json.value(candidate.path.filename().string(), nlohmann::json());
}

/// The sentence that says how an evaluation differs from what was expected; empty if it does not.
std::string mismatch(const store::Evaluation& evaluation, const nlohmann::json& expected) {
    if (!expected.is_object() || !expected.contains("status")) {
        return "expect.json says nothing of it";
    }
    const auto status = expected.at("status").get<std::string>();
    if (status != store::to_string(evaluation.status)) {
        return fmt::format("expected {}", status);
    }
    const auto check = expected.value("check", std::string());
    const std::string got = evaluation.findings.empty() ? "" : evaluation.findings.front().check;
    if (!check.empty() && check != got) {
        return fmt::format("expected {} by the check '{}', not '{}'", status, check, got);
    }
    return {};
}

std::string default_out(const std::string& suite) {
    return fmt::format("results/{}-{:%Y%m%dT%H%M%SZ}.jsonl", suite,
                       fmt::gmtime(std::chrono::system_clock::to_time_t(std::chrono::system_clock::now())));
}

struct Run {
    std::vector<store::Evaluation> evaluations;
    std::vector<std::string> mismatches;
    int code = Ok;
};

/// What makes two evaluations the same work.
std::string work_of(const std::string& suite, const tasks::Task& task, const eval::Candidate& candidate) {
    return fmt::format("{}|{}|{}|{}|{}", suite, task.name, task.hash, candidate.name, candidate.hash);
}

/// The verdicts that an interrupted run has reached, by their work. What the harness itself failed at is done again,
/// and so is what was judged with other settings, or by another version. An Error where results are of another device.
using Known = std::map<std::string, store::Evaluation>;
Result<Known> load_known(const fs::path& file, eval::Evaluator& evaluator) {
    Known known;
    if (!fs::exists(file)) {
        return known;
    }
    auto evaluations = store::read_results(file);
    if (!evaluations) {
        return std::unexpected(evaluations.error());
    }
    const auto device = evaluator.device();
    if (!device) {
        return std::unexpected(device.error());
    }
    const nlohmann::json settings = eval::to_json(evaluator.settings());
    for (store::Evaluation& e : *evaluations) {
        const std::string judged_on = e.device.is_object() ? e.device.value("name", "") : "";
        if (!judged_on.empty() && judged_on != device->name) {
            return fail("the results so far are of another device: " + judged_on, file.string(),
                        "give --device, or another --out");
        }
        if (e.status != store::Status::HarnessError && e.settings == settings && e.assay_version == version) {
            std::string work =
                fmt::format("{}|{}|{}|{}|{}", e.suite, e.task, e.task_hash, e.candidate, e.candidate_hash);
            known.insert_or_assign(std::move(work), std::move(e));
        }
    }
    return known;
}

/// The verdicts of this run by what decided them, so that a text that is offered twice for a task is judged once.
class Judged {
public:
    /// The verdict of the same text, as this candidate's own.
    [[nodiscard]] std::optional<store::Evaluation> find(const eval::Candidate& candidate) const {
        const auto found = first_.find({candidate.task, candidate.hash});
        if (found == first_.end()) {
            return {};
        }
        store::Evaluation evaluation = found->second.evaluation;
        evaluation.duplicate_of = evaluation.id;
        evaluation.id = fmt::format("{}-{}", evaluation.id, ++found->second.copies);
        evaluation.candidate = candidate.name;
        evaluation.candidate_path = candidate.path.string();
        evaluation.author = candidate.author;
        evaluation.origin = candidate.origin;
        for (store::Finding& finding : evaluation.findings) {
            finding.file = finding.file == found->second.file ? candidate.file : finding.file;
        }
        return evaluation;
    }
    void add(const eval::Candidate& candidate, const store::Evaluation& evaluation) {
        if (evaluation.status != store::Status::HarnessError) {
            first_.try_emplace({candidate.task, candidate.hash}, First{evaluation, candidate.file, 0});
        }
    }

private:
    struct First {
        store::Evaluation evaluation;
        std::string file;
        mutable unsigned copies = 0;
    };
    std::map<std::pair<std::string, std::string>, First> first_;
};

/// Evaluates all candidates but those that are known, task by task; stops only when a result cannot be written.
Run evaluate_all(const Arguments& arguments, const tasks::Catalog& catalog,
                 const std::vector<eval::Candidate>& candidates, const Known& known, eval::Evaluator& evaluator,
                 store::ResultsWriter& writer) {
    Run run;
    Judged judged;
    ProgressLine progress;
    const auto start = std::chrono::steady_clock::now();
    for (std::size_t i = 0; i < candidates.size(); ++i) {
        const eval::Candidate& candidate = candidates[i];
        const std::string name = fmt::format("[{}/{}] {}/{}", i + 1, candidates.size(), candidate.task, candidate.name);
        const tasks::Task& task = *catalog.find(candidate.task);
        store::Evaluation evaluation;
        if (const auto done = known.find(work_of(arguments.suite, task, candidate)); done != known.end()) {
            evaluation = done->second;
        } else {
            if (auto duplicate = judged.find(candidate)) {
                evaluation = std::move(*duplicate);
            } else {
                evaluation = evaluator.evaluate(task, candidate, [&](const std::string& stage) {
                    const auto elapsed = std::chrono::steady_clock::now() - start;
                    progress.update(fmt::format("{}: {}  ({} s)", name, stage,
                                                std::chrono::duration_cast<std::chrono::seconds>(elapsed).count()));
                });
            }
            evaluation.suite = arguments.suite;
            if (const auto written = writer.append(evaluation); !written) {
                run.code = report(written.error(), HarnessFault);
                return run;
            }
        }
        if (evaluation.duplicate_of.empty()) {
            judged.add(candidate, evaluation);
        }
        progress.done(fmt::format("{}: {}{}", name, one_line(evaluation),
                                  evaluation.duplicate_of.empty() ? "" : " (a duplicate)"));
        if (evaluation.status == store::Status::HarnessError) {
            run.code = HarnessFault;
        }
        if (arguments.expect) {
            const auto expected = expectation(candidate);
            const std::string problem = expected ? mismatch(evaluation, *expected) : expected.error().to_string();
            if (!problem.empty()) {
                run.mismatches.push_back(
                    fmt::format("{}/{}: {}; it got {}", candidate.task, candidate.name, problem, one_line(evaluation)));
            }
        } else if (evaluation.status != store::Status::Passed && run.code == Ok) {
            run.code = CandidateFailed;
        }
        run.evaluations.push_back(std::move(evaluation));
    }
    if (!run.mismatches.empty() && run.code == Ok) {
        run.code = CandidateFailed;
    }
    return run;
}

void print_run(const Arguments& arguments, const Run& run, const tasks::Suite& suite, const fs::path& out) {
    const auto score = scoring::score(run.evaluations, suite.tasks);
    if (arguments.common.json) {
        nlohmann::json json{{"schema", "assay.run/1"},
                            {"suite", suite.name},
                            {"results", out.string()},
                            {"mismatches", run.mismatches},
                            {"evaluations", nlohmann::json::array()}};
        for (const store::Evaluation& evaluation : run.evaluations) {
            json["evaluations"].push_back(store::to_json(evaluation));
        }
        fmt::print("{}\n", json.dump());
        return;
    }
    const auto duplicates = std::ranges::count_if(
        run.evaluations, [](const store::Evaluation& evaluation) { return !evaluation.duplicate_of.empty(); });
    fmt::print("{}\n", scoring::table(run.evaluations, table_options()));
    if (score) {
        fmt::print("{}\n", scoring::summary(*score));
    } else {
        report(score.error(), HarnessFault);
    }
    if (arguments.expect) {
        fmt::print("{} of {} candidates got the verdict that expect.json names\n",
                   run.evaluations.size() - run.mismatches.size(), run.evaluations.size());
        for (const std::string& text : run.mismatches) {
            fmt::print("  {}\n", scoring::printable(text));
        }
    }
    if (duplicates > 0) {
        fmt::print("{} of {} candidates are duplicates, and were judged once with what they repeat\n", duplicates,
                   run.evaluations.size());
    }
    fmt::print("results: {}\n", out.string());
}

int run_suite(const Arguments& arguments) {
    const auto with = settings(arguments.common);
    if (!with) {
        return report(with.error(), Usage);
    }
    const auto suite = tasks::load_suite(with->root, arguments.suite);
    if (!suite) {
        return report(suite.error(), Usage);
    }
    const auto catalog = tasks::load_all(with->root);
    if (!catalog) {
        return report(catalog.error(), Usage);
    }
    for (const std::string& name : suite->tasks) {
        if (const auto task = find_task(*catalog, name); !task) {
            return report(task.error(), Usage);
        }
    }
    const fs::path folder =
        arguments.candidates.empty() ? with->root / "datasets" / "candidates" : fs::path(arguments.candidates);
    auto candidates = eval::load_candidates(folder);
    if (!candidates) {
        return report(candidates.error(), Usage);
    }
    for (const eval::Candidate& candidate : *candidates) {
        if (const auto task = find_task(*catalog, candidate.task); !task) {
            return report({task.error().what, candidate.path.string(), task.error().hint}, Usage);
        }
    }
    const auto others = std::erase_if(*candidates, [&](const eval::Candidate& candidate) {
        return std::ranges::find(suite->tasks, candidate.task) == suite->tasks.end();
    });
    if (others > 0 && !arguments.candidates.empty()) {
        fmt::print(stderr, "assay: {} candidates are for tasks outside of suite '{}' and are left out\n", others,
                   suite->name);
    }
    if (candidates->empty()) {
        return report({"no candidates for the tasks of suite '" + suite->name + "'", folder.string(),
                       "candidates are found as <folder>/<task>/<name>.cu, or by the \"task\" of each line"},
                      NothingSelected);
    }
    if (arguments.resume && arguments.out.empty()) {
        return report({"--resume needs --out", "", "name the results file of the run to go on with"}, Usage);
    }
    const fs::path out = arguments.out.empty() ? fs::path(default_out(suite->name)) : fs::path(arguments.out);
    std::error_code ignored;
    fs::create_directories(out.parent_path(), ignored);
    auto writer = store::ResultsWriter::open(out);
    if (!writer) {
        return report(writer.error(), HarnessFault);
    }
    auto evaluator = eval::Evaluator::open(*with);
    if (!evaluator) {
        return report(evaluator.error(), Environment);
    }
    Known known;
    if (arguments.resume) {
        auto loaded = load_known(out, **evaluator);
        if (!loaded) {
            return report(loaded.error(), Usage);
        }
        known = std::move(*loaded);
    }
    const Run run = evaluate_all(arguments, *catalog, *candidates, known, **evaluator, *writer);
    print_run(arguments, run, *suite, out);
    return run.code;
}

} // namespace

void add_run(CLI::App& app, Action& run) {
    auto arguments = std::make_shared<Arguments>();
    CLI::App* command = app.add_subcommand("run", "Judge many candidates over a suite, and score them");
    command->add_option("suite", arguments->suite, "Name of a suite: datasets/suites/<name>.json")->required();
    command->add_option("--candidates", arguments->candidates,
                        "Folder with <task>/<name>.cu, or a .jsonl file with {\"task\", \"source\" or \"reply\", ...} "
                        "on each line (default: the bundled datasets/candidates)");
    command->add_option("--out", arguments->out,
                        "Results file, JSON Lines, appended to (default: results/<suite>-<time>.jsonl)");
    command->add_flag("--expect", arguments->expect,
                      "Compare each verdict with expect.json beside the candidate; exit 1 if any differs");
    command->add_flag(
        "--resume", arguments->resume,
        "Go on with the run that wrote --out: nothing that has a verdict there, with the same settings, is "
        "judged again");
    add_evaluation(*command, arguments->common);
    command->footer(
        "Examples:\n"
        "  assay run demo --expect\n"
        "  assay run demo --candidates my_kernels --out mine.jsonl --resume\n"
        "  assay run level1 --candidates samples.jsonl    # \"model\", \"sample\", ... are kept in results\n"
        "  assay run smoke --device cuda:0");
    command->callback([arguments, &run] { run = [arguments] { return run_suite(*arguments); }; });
}

} // namespace assay::cli
