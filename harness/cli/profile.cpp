// `assay profile TASK [FILE]`
#include <algorithm>
#include <fmt/format.h>
#include <fstream>
#include <memory>
#include <sstream>

#include "cli/command.h"
#include "cli/profile_text.h"

namespace assay::cli {

namespace {

struct Arguments {
    Common common;
    std::string task, file, workload, gpu;
    bool line = false;
};

std::string read_text(const std::filesystem::path& path) {
    std::ostringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
}

int run_profile(Arguments& arguments) {
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
    const auto timed = std::ranges::find_if(
        task->workloads, [](const tasks::Workload& each) { return each.used_for(tasks::Use::TimeVgpu); });
    if (arguments.workload.empty() && timed != task->workloads.end()) {
        arguments.workload = timed->name;
    }
    const auto workload = find_workload(*task, arguments.workload);
    if (!workload) {
        return report(workload.error(), Usage);
    }
    std::optional<eval::Candidate> candidate;
    if (!arguments.file.empty()) {
        auto loaded = eval::load_candidate(arguments.file);
        if (!loaded) {
            return report(loaded.error(), Usage);
        }
        candidate = std::move(*loaded);
    }
    std::optional<tasks::DeviceProfile> gpu;
    if (!arguments.gpu.empty()) {
        const auto found = tasks::find_device(with->root, arguments.gpu);
        if (!found) {
            return report(found.error(), Usage);
        }
        gpu = *found;
    }
    auto evaluator = eval::Evaluator::open(*with);
    if (!evaluator) {
        return report(evaluator.error(), Environment);
    }
    nlohmann::json profile;
    std::filesystem::path path = task->reference;
    std::string source;
    if (candidate) {
        auto profiled = (*evaluator)->profile(*task, **workload, *candidate, gpu);
        if (!profiled.profile) {
            fmt::print(stderr, "{}\n", scoring::details(profiled.evaluation));
            return profiled.evaluation.status == store::Status::HarnessError ? HarnessFault : CandidateFailed;
        }
        profile = std::move(*profiled.profile);
        path = candidate->path;
        source = candidate->source;
    } else {
        auto baseline = (*evaluator)->profile_baseline(*task, **workload, gpu);
        if (!baseline) {
            return report(baseline.error(), HarnessFault);
        }
        profile = std::move(*baseline);
        source = read_text(path);
    }
    if (arguments.common.json) {
        profile["task"] = task->name;
        profile["workload"] = (*workload)->name;
        profile["file"] = path.filename().string();
        fmt::print("{}\n", profile.dump());
        return Ok;
    }
    fmt::print("{} on workload {} of {}: instructions of the PTX, counted on the virtual GPU\n\n",
               path.filename().string(), (*workload)->name, task->name);
    fmt::print("{}", shown(profile_text(profile)));
    if (arguments.line) {
        fmt::print("{}", shown(annotated_source(profile, path.filename().string(), source)));
    }
    return Ok;
}

} // namespace

void add_profile(CLI::App& app, Action& run) {
    auto arguments = std::make_shared<Arguments>();
    CLI::App* command = app.add_subcommand("profile", "Count what a candidate's kernels do");
    command->add_option("task", arguments->task, "Name of the task")->required();
    command->add_option("file", arguments->file, ".cu file, or folder with a candidate.json (default: the baseline)");
    command->add_option("--workload", arguments->workload,
                        "Workload of the task (default: the one timed on the virtual GPU)");
    command->add_flag("--line", arguments->line, "Print the source with the counts of each line");
    command->add_option("--gpu", arguments->gpu,
                        "Also say what the assembler of this GPU (of datasets/devices.json: h100, a100, ...) makes of\n"
                        "the kernels: registers, spills, shared memory, and how many blocks a multiprocessor holds");
    command->add_option("--cache", arguments->common.cache, "Folder of the cache ('none': no cache)");
    add_root(*command, arguments->common);
    add_json(*command, arguments->common);
    command->footer("Runs the launch plan once on the virtual GPU, wherever there is a GPU or not. Counts are of PTX\n"
                    "instructions, exact, and the same on every machine. Results are not compared: `assay eval` does.\n"
                    "Examples:\n"
                    "  assay profile softmax kernel.cu\n"
                    "  assay profile softmax kernel.cu --workload small --line\n"
                    "  assay profile softmax kernel.cu --gpu h100\n"
                    "  assay profile softmax                 # the baseline, to compare with\n"
                    "  assay profile matmul kernel.cu --json | jq .total.flops");
    command->callback([arguments, &run] { run = [arguments] { return run_profile(*arguments); }; });
}

} // namespace assay::cli
