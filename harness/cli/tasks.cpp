// `assay tasks list | show | check`; `new` is in tasks_new.cpp
#include <fmt/format.h>
#include <fstream>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <thread>

#include "cli/command.h"
#include "cli/task_text.h"
#include "cli/tasks_check.h"
#include "tasks/roofline.h"

namespace assay::cli {

namespace {

struct Arguments {
    Common common;
    std::vector<std::string> names;
    std::string profile = "H200";
    bool all = false;
    unsigned jobs = std::max(1U, std::thread::hardware_concurrency());
};

/// The catalog, with the errors of single files reported: one broken definition hides no other task.
Result<tasks::Catalog> load_catalog(const Common& common) {
    const auto root = tasks::find_root(common.root);
    if (!root) {
        return std::unexpected(root.error());
    }
    auto catalog = tasks::load_all(*root);
    if (catalog) {
        for (const Error& error : catalog->errors) {
            report(error, Usage);
        }
    }
    return catalog;
}

std::string uses_of(const tasks::Workload& workload) {
    std::string text;
    const auto add = [&](tasks::Use use, const char* name) {
        if (workload.used_for(use)) {
            text += (text.empty() ? "" : ", ") + std::string(name);
        }
    };
    add(tasks::Use::Check, "check");
    add(tasks::Use::TimeVgpu, "time:vgpu");
    add(tasks::Use::TimeGpu, "time:gpu");
    return text;
}

int list(const Arguments& arguments) {
    const auto catalog = load_catalog(arguments.common);
    if (!catalog) {
        return report(catalog.error(), Usage);
    }
    if (arguments.common.json) {
        auto json = nlohmann::json::array();
        for (const tasks::Task& task : catalog->tasks) {
            json.push_back({{"name", task.name},
                            {"title", task.title},
                            {"level", task.level},
                            {"category", task.category},
                            {"hash", task.hash}});
        }
        fmt::print("{}\n", json.dump());
    } else {
        for (const tasks::Task& task : catalog->tasks) {
            fmt::print("{:<55} level {}  {:<14} {}\n", task.name, task.level, task.category, task.title);
        }
        fmt::print("{} tasks\n", catalog->tasks.size());
    }
    return catalog->errors.empty() ? Ok : Usage;
}

void print_tensors(const char* heading, const std::vector<tasks::Tensor>& tensors) {
    for (const tasks::Tensor& tensor : tensors) {
        fmt::print("{:<9} {} {} [{}]\n", heading, tensor.name, tasks::to_string(tensor.dtype),
                   fmt::join(tensor.shape, ", "));
    }
}

/// What each workload costs at least, and how long that takes on a GPU.
void print_costs(const tasks::Task& task, const tasks::DeviceProfile& device) {
    fmt::print("\n{:<10} {:>14} {:>12} {:>14}\n", "workload", "bytes, at least", "FLOP", device.name + " roofline");
    for (const tasks::Workload& workload : task.workloads) {
        const auto binding = tasks::bind(task, workload);
        if (!binding) {
            continue; // the loader has bound every workload
        }
        const auto bound = tasks::roofline(task, *binding, device);
        fmt::print("{:<10} {:>14} {:>12} {:>11.3g} us ({})\n", workload.name, binding->compulsory_bytes(),
                   task.flops.empty() ? "not counted" : fmt::format("{:.3g}", static_cast<double>(binding->flops)),
                   bound.seconds() * 1e6, bound.memory_seconds >= bound.compute_seconds ? "memory" : "compute");
    }
}

int show(const Arguments& arguments) {
    const auto catalog = load_catalog(arguments.common);
    if (!catalog) {
        return report(catalog.error(), Usage);
    }
    const auto root = tasks::find_root(arguments.common.root);
    const auto device = root ? tasks::find_device(*root, arguments.profile) : std::unexpected(root.error());
    if (!device) {
        return report(device.error(), Usage);
    }
    for (const std::string& name : arguments.names) {
        const auto task = find_task(*catalog, name);
        if (!task) {
            return report(task.error(), Usage);
        }
        if (arguments.common.json) {
            std::ifstream definition(task->file);
            fmt::print("{}\n", nlohmann::ordered_json::parse(definition).dump(2));
            continue;
        }
        fmt::print("{}: {} (level {}, {})\n", task->name, task->title, task->level, task->category);
        if (!task->description.empty()) {
            fmt::print("{}\n", task->description);
        }
        fmt::print("\n{}\n\n", signature(*task));
        print_tensors("input", task->inputs);
        print_tensors("output", task->outputs);
        fmt::print("precision {} or better\n", tasks::to_string(task->accepts));
        if (task->library) {
            fmt::print("library   {}\n", tasks::to_string(*task->library));
        }
        fmt::print("\n");
        for (const tasks::Workload& workload : task->workloads) {
            fmt::print("workload  {:<10} {}  ({})\n", workload.name, values_of(workload), uses_of(workload));
        }
        print_costs(*task, *device);
        std::ifstream reference(task->reference);
        fmt::print("\nreference {}\n\n", task->reference.string());
        std::fflush(stdout);
        std::cout << reference.rdbuf() << std::flush;
    }
    return Ok;
}

int check(const Arguments& arguments) {
    const auto with = settings(arguments.common);
    if (!with) {
        return report(with.error(), Usage);
    }
    const auto catalog = load_catalog(arguments.common);
    if (!catalog) {
        return report(catalog.error(), Usage);
    }
    std::vector<tasks::Task> selected;
    for (const std::string& name : arguments.names) {
        const auto task = find_task(*catalog, name);
        if (!task) {
            return report(task.error(), Usage);
        }
        selected.push_back(*task);
    }
    if (arguments.all && !arguments.names.empty()) {
        return report({"--all and names of tasks exclude each other", "", "give one of them"}, Usage);
    }
    if (arguments.names.empty()) {
        selected = catalog->tasks;
    }
    if (selected.empty()) {
        return report({"no tasks", with->root.string(), ""}, NothingSelected);
    }
    const int code = check_tasks(std::move(selected), *with, arguments.jobs, arguments.common.json);
    return code == Ok && !catalog->errors.empty() ? CandidateFailed : code;
}

} // namespace

void add_tasks(CLI::App& app, Action& run) {
    auto arguments = std::make_shared<Arguments>();
    CLI::App* command = app.add_subcommand("tasks", "List, show, check and begin task definitions");
    command->require_subcommand(1);

    CLI::App* list_command = command->add_subcommand("list", "All tasks, a line each");
    add_root(*list_command, arguments->common);
    add_json(*list_command, arguments->common);
    list_command->callback([arguments, &run] { run = [arguments] { return list(*arguments); }; });

    CLI::App* show_command =
        command->add_subcommand("show", "One task: signature, shapes, workloads, costs, reference");
    show_command->add_option("names", arguments->names, "Names of tasks")->required();
    show_command->add_option("--on", arguments->profile, "GPU of datasets/devices.json")->capture_default_str();
    add_root(*show_command, arguments->common);
    add_json(*show_command, arguments->common);
    show_command->footer("Example:\n  assay tasks show softmax --on A100");
    show_command->callback([arguments, &run] { run = [arguments] { return show(*arguments); }; });

    CLI::App* check_command = command->add_subcommand(
        "check", "Prove tasks sound: the reference passes, and trivial or nearly right outputs fail");
    check_command->add_option("names", arguments->names, "Names of tasks (default: all)");
    check_command->add_flag("--all", arguments->all, "All tasks, as without names");
    check_command->add_option("--jobs", arguments->jobs, "Tasks that are checked at the same time")
        ->check(CLI::Range(1, 256))
        ->capture_default_str();
    add_device(*check_command, arguments->common);
    check_command->footer("Exit code 1: a task is not sound. With --json a line for each task.\n"
                          "Examples:\n"
                          "  assay tasks check my_task\n"
                          "  assay tasks check --all --json | jq 'select(.sound | not)'");
    check_command->callback([arguments, &run] { run = [arguments] { return check(*arguments); }; });

    add_tasks_new(*command, run);
    command->footer("Examples:\n"
                    "  assay tasks list\n"
                    "  assay tasks show softmax --on A100\n"
                    "  assay tasks check softmax matmul\n"
                    "  assay tasks check --all\n"
                    "  assay tasks new cosine_similarity --category reduce");
}

} // namespace assay::cli
