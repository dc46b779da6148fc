// `assay sanitize TASK FILE`
#include <fmt/format.h>
#include <memory>

#include "cli/command.h"
#include "scoring/terminal.h"

namespace assay::cli {

namespace {

struct Arguments {
    Common common;
    std::string task, file, workload;
};

/// The small ones, unless one is named: checked mode interprets.
Result<std::vector<const tasks::Workload*>> choose_workloads(const tasks::Task& task, const std::string& name) {
    std::vector<const tasks::Workload*> chosen;
    if (name.empty()) {
        for (const tasks::Workload& workload : task.workloads) {
            if (!workload.used_for(tasks::Use::TimeVgpu) && !workload.used_for(tasks::Use::TimeGpu)) {
                chosen.push_back(&workload);
            }
        }
    }
    if (chosen.empty()) {
        const auto workload = find_workload(task, name);
        if (!workload) {
            return std::unexpected(workload.error());
        }
        chosen.push_back(*workload);
    }
    return chosen;
}

void print_findings(const std::string& workload, const nlohmann::json& findings) {
    for (const nlohmann::json& finding : findings) {
        const auto times = finding.at("times").get<std::uint64_t>();
        const auto line = finding.at("line").get<std::uint32_t>();
        fmt::print("{}: {}{}: {}{}\n", workload, line == 0 ? "" : fmt::format("line {}: ", line),
                   finding.at("kind").get<std::string>(), scoring::printable(finding.at("message").get<std::string>()),
                   times == 1 ? "" : fmt::format(" ({} times)", times));
    }
}

int run_sanitize(Arguments& arguments) {
    arguments.common.device = "vgpu";
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
    const auto workloads = choose_workloads(*task, arguments.workload);
    if (!workloads) {
        return report(workloads.error(), Usage);
    }
    const auto candidate = eval::load_candidate(arguments.file);
    if (!candidate) {
        return report(candidate.error(), Usage);
    }
    auto evaluator = eval::Evaluator::open(*with);
    if (!evaluator) {
        return report(evaluator.error(), Environment);
    }
    std::size_t found = 0;
    for (const tasks::Workload* workload : *workloads) {
        const auto sanitized = (*evaluator)->sanitize(*task, *workload, *candidate);
        if (!sanitized.result) {
            fmt::print(stderr, "{}\n", scoring::details(sanitized.evaluation));
            return sanitized.evaluation.status == store::Status::HarnessError ? HarnessFault : CandidateFailed;
        }
        nlohmann::json result = *sanitized.result;
        found += result.at("findings").size();
        if (arguments.common.json) {
            result["task"] = task->name;
            result["workload"] = workload->name;
            fmt::print("{}\n", result.dump());
        } else {
            print_findings(workload->name, result.at("findings"));
        }
    }
    if (!arguments.common.json && found == 0) {
        fmt::print("nothing found on {} workloads of {}\n", workloads->size(), task->name);
    }
    return found == 0 ? Ok : CandidateFailed;
}

} // namespace

void add_sanitize(CLI::App& app, Action& run) {
    auto arguments = std::make_shared<Arguments>();
    CLI::App* command = app.add_subcommand("sanitize", "Look for memory errors and races in a candidate's kernels");
    command->add_option("task", arguments->task, "Name of the task")->required();
    command->add_option("file", arguments->file, ".cu file, or folder with a candidate.json")->required();
    command->add_option("--workload", arguments->workload, "Workload of the task (default: all small ones)");
    command->add_option("--cache", arguments->common.cache, "Folder of the cache ('none': no cache)");
    add_root(*command, arguments->common);
    add_json(*command, arguments->common);
    command->footer(
        "Interprets the kernels on the virtual GPU, one instruction of one thread at a time, and reports accesses out\n"
        "of the bounds of a buffer, reads of what nothing has written, races in shared and global memory, barriers\n"
        "that lanes of a warp reach at different places, copies without a wait, shuffles from absent lanes.\n"
        "Exit code 1: something was found.\n"
        "Examples:\n"
        "  assay sanitize softmax kernel.cu\n"
        "  assay sanitize matmul kernel.cu --workload small --json");
    command->callback([arguments, &run] { run = [arguments] { return run_sanitize(*arguments); }; });
}

} // namespace assay::cli
