// `assay score RESULTS...`
#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>

#include "cli/command.h"
#include "store/results.h"

namespace assay::cli {

namespace {

struct Arguments {
    Common common;
    std::vector<std::string> files;
    std::string suite;
    std::vector<double> thresholds{0, 1, 2};
    bool table = false;
};

nlohmann::json to_json(const scoring::Score& score, const std::string& suite) {
    nlohmann::json fast = nlohmann::json::array();
    for (const scoring::FastP& f : score.fast) {
        fast.push_back({{"p", f.p},
                        {"value", f.value},
                        {"by_estimate", f.by_estimate},
                        {"low", f.interval.low},
                        {"high", f.interval.high},
                        {"confidence", f.interval.confidence}});
    }
    return {{"schema", "assay.score/1"},
            {"suite", suite},
            {"device", score.device},
            {"clock", score.clock},
            {"tasks", score.tasks},
            {"correct", score.correct},
            {"timed", score.timed},
            {"library", score.library},
            {"fast", fast},
            {"geometric_mean_speedup", score.geometric_mean_speedup}};
}

int run_score(const Arguments& arguments) {
    std::vector<store::Evaluation> evaluations;
    for (const std::string& file : arguments.files) {
        auto read = store::read_results(file);
        if (!read) {
            return report(read.error(), Usage);
        }
        std::ranges::move(*read, std::back_inserter(evaluations));
    }
    if (evaluations.empty()) {
        return report({"no results", arguments.files.front(), ""}, NothingSelected);
    }
    std::string suite_name = arguments.suite.empty() ? evaluations.front().suite : arguments.suite;
    std::vector<std::string> suite_tasks;
    if (suite_name.empty()) {
        std::set<std::string> names;
        for (const auto& evaluation : evaluations) {
            names.insert(evaluation.task);
        }
        suite_tasks.assign(names.begin(), names.end());
        fmt::print(stderr, "assay: the results name no suite: scored over the {} tasks that they hold\n",
                   suite_tasks.size());
    } else {
        const auto root = tasks::find_root(arguments.common.root);
        if (!root) {
            return report(root.error(), Usage);
        }
        const auto suite = tasks::load_suite(*root, suite_name);
        if (!suite) {
            return report(suite.error(), Usage);
        }
        suite_tasks = suite->tasks;
    }
    const auto score = scoring::score(evaluations, suite_tasks, arguments.thresholds);
    if (!score) {
        return report(score.error(), Usage);
    }
    if (arguments.common.json) {
        fmt::print("{}\n", to_json(*score, suite_name).dump());
        return Ok;
    }
    if (arguments.table) {
        fmt::print("{}\n", scoring::table(evaluations, table_options()));
    }
    fmt::print("{}\n", scoring::summary(*score));
    return Ok;
}

} // namespace

void add_score(CLI::App& app, Action& run) {
    auto arguments = std::make_shared<Arguments>();
    CLI::App* command = app.add_subcommand("score", "Score results with fast_p");
    command->add_option("results", arguments->files, "Results files (JSON Lines)")->required();
    command->add_option("--suite", arguments->suite,
                        "Suite whose tasks are the denominator (default: the results' own)");
    command->add_option("-p", arguments->thresholds, "Thresholds of fast_p")->capture_default_str();
    command->add_flag("--table", arguments->table, "Print the evaluations too");
    add_root(*command, arguments->common);
    add_json(*command, arguments->common);
    command->footer(
        "fast_p is the fraction of all tasks of the suite whose candidate is correct and more than p times\n"
        "as fast as the baseline; of several candidates for a task the best counts.\n"
        "Examples:\n"
        "  assay score results/demo.jsonl\n"
        "  assay score mine.jsonl --suite demo -p 0 1 1.5 2 --json");
    command->callback([arguments, &run] { run = [arguments] { return run_score(*arguments); }; });
}

} // namespace assay::cli
