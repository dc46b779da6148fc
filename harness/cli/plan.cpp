// `assay plan TASK FILE`
#include <fmt/format.h>
#include <memory>

#include "cli/command.h"
#include "eval/session.h"
#include "plan/plan_json.h"

namespace assay::cli {

namespace {

struct Arguments {
    Common common;
    std::string task, file, workload;
};

int run_plan(Arguments& arguments) {
    // Nothing is run but a plan that depends on data, on the virtual GPU where there is one.
    arguments.common.device = eval::has_vgpu() ? "vgpu" : "auto";
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
    const auto workload = find_workload(*task, arguments.workload);
    if (!workload) {
        return report(workload.error(), Usage);
    }
    const auto candidate = eval::load_candidate(arguments.file);
    if (!candidate) {
        return report(candidate.error(), Usage);
    }
    auto evaluator = eval::Evaluator::open(*with);
    if (!evaluator) {
        return report(evaluator.error(), Environment);
    }
    const auto planned = (*evaluator)->plan(*task, **workload, *candidate);
    if (!planned.plan) {
        fmt::print(stderr, "{}\n", scoring::details(planned.evaluation));
        return planned.evaluation.status == store::Status::HarnessError ? HarnessFault : CandidateFailed;
    }
    fmt::print("{}\n",
               arguments.common.json ? plan::to_json(*planned.plan).dump(2) : shown(plan::to_text(*planned.plan)));
    return Ok;
}

} // namespace

void add_plan(CLI::App& app, Action& run) {
    auto arguments = std::make_shared<Arguments>();
    CLI::App* command = app.add_subcommand("plan", "Show what a candidate's host code would launch");
    command->add_option("task", arguments->task, "Name of the task")->required();
    command->add_option("file", arguments->file, ".cu file, or folder with a candidate.json")->required();
    command->add_option("--workload", arguments->workload, "Workload of the task (default: its first)");
    command->add_option("--cache", arguments->common.cache, "Folder of the cache ('none': no cache)");
    add_root(*command, arguments->common);
    add_json(*command, arguments->common);
    command->footer(
        "A plan that depends on data, since host code copies device memory back, is that of one run on inputs\n"
        "drawn anew, on the virtual GPU or where there is none on the GPU; its read-backs are steps of it.\n"
        "Examples:\n"
        "  assay plan softmax kernel.cu\n"
        "  assay plan softmax kernel.cu --workload small --json");
    command->callback([arguments, &run] { run = [arguments] { return run_plan(*arguments); }; });
}

} // namespace assay::cli
