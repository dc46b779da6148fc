// `assay eval TASK FILE...`
#include <fmt/format.h>
#include <memory>
#include <optional>

#include "cli/command.h"
#include "store/results.h"

namespace assay::cli {

namespace {

struct Arguments {
    Common common;
    std::string task;
    std::vector<std::string> files;
    std::string out;
};

int run_eval(const Arguments& arguments) {
    const auto with = settings(arguments.common);
    if (!with) {
        return report(with.error(), Usage);
    }
    const auto catalog = tasks::load_all(with->root);
    if (!catalog) {
        return report(catalog.error(), Usage);
    }
    const auto task = find_task(*catalog, arguments.task);
    if (!task) {
        return report(task.error(), Usage);
    }
    std::vector<eval::Candidate> candidates;
    for (const std::string& file : arguments.files) {
        auto candidate = eval::load_candidate(file);
        if (!candidate) {
            return report(candidate.error(), Usage);
        }
        candidates.push_back(std::move(*candidate));
    }
    std::optional<store::ResultsWriter> writer;
    if (!arguments.out.empty()) {
        auto opened = store::ResultsWriter::open(arguments.out);
        if (!opened) {
            return report(opened.error(), HarnessFault);
        }
        writer.emplace(std::move(*opened));
    }
    auto evaluator = eval::Evaluator::open(*with);
    if (!evaluator) {
        return report(evaluator.error(), Environment);
    }
    int code = Ok;
    ProgressLine progress;
    std::vector<store::Evaluation> evaluations;
    for (const eval::Candidate& candidate : candidates) {
        auto evaluation = (*evaluator)->evaluate(*task, candidate, [&](const std::string& stage) {
            progress.update(fmt::format("{}: {}", candidate.name, stage));
        });
        if (evaluation.status == store::Status::HarnessError) {
            code = HarnessFault;
        } else if (evaluation.status != store::Status::Passed && code == Ok) {
            code = CandidateFailed;
        }
        if (writer) {
            if (const auto written = writer->append(evaluation); !written) {
                return report(written.error(), HarnessFault);
            }
        }
        if (arguments.common.json) {
            fmt::print("{}\n", store::to_json(evaluation).dump());
        }
        evaluations.push_back(std::move(evaluation));
    }
    progress.update("");
    if (!arguments.common.json) {
        const auto options = table_options();
        if (evaluations.size() > 1) {
            fmt::print("{}\n", scoring::table(evaluations, options));
        }
        for (const store::Evaluation& evaluation : evaluations) {
            if (evaluations.size() == 1 || evaluation.status != store::Status::Passed) {
                fmt::print("{}\n", scoring::details(evaluation, options));
            }
        }
    }
    return code;
}

} // namespace

void add_eval(CLI::App& app, Action& run) {
    auto arguments = std::make_shared<Arguments>();
    CLI::App* command = app.add_subcommand("eval", "Judge candidates on one task");
    command->add_option("task", arguments->task, "Name of the task")->required();
    command
        ->add_option("files", arguments->files,
                     ".cu and .py files, replies (.md, .txt), or folders with a candidate.json")
        ->required();
    command->add_option("--out", arguments->out, "Append the results to this file (JSON Lines)");
    add_evaluation(*command, arguments->common);
    command->footer("A candidate's entry takes the task's inputs, outputs, then axes and scalars:\n"
                    "  extern \"C\" void solve(const float* a, const float* b, float* c, int n)\n"
                    "Examples:\n"
                    "  assay eval vector_add kernel.cu\n"
                    "  assay eval softmax a.cu b.cu --device vgpu --out results.jsonl\n"
                    "  assay eval matmul kernel.cu --no-time --json");
    command->callback([arguments, &run] { run = [arguments] { return run_eval(*arguments); }; });
}

} // namespace assay::cli
