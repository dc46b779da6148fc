// `assay prompt TASK`
//
// Everything that a language model needs to write a candidate: the definition, the entry's signature, the rules that
// the verdict follows, the device, and a worked example. The example comes from another task of the same category,
// which MultiKernelBench found to help more than a fixed one (category-aware one-shot prompting); where the category
// has none, from any other task.
#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <fstream>
#include <iterator>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "cli/command.h"
#include "cli/task_text.h"
#include "tasks/roofline.h"

namespace assay::cli {

namespace {

namespace fs = std::filesystem;

struct Arguments {
    Common common;
    std::string task;
    std::string profile = "H200";
    bool no_example = false;
};

struct Example {
    const tasks::Task* task = nullptr;
    std::string name, source;
};

std::string read(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

/// The longest of a task's bundled candidates that must pass: the one that shows most.
std::optional<Example> example_of(const tasks::Task& task, const fs::path& root) {
    const fs::path folder = root / "datasets/candidates" / task.name;
    const auto expected = nlohmann::json::parse(read(folder / "expect.json"), nullptr, false);
    std::optional<Example> best;
    if (!expected.is_object()) {
        return best;
    }
    for (const auto& [file, verdict] : expected.items()) {
        if (!verdict.is_object() || verdict.value("status", "") != "passed" || !file.ends_with(".cu")) {
            continue;
        }
        std::string source = read(folder / file);
        if (!best || source.size() > best->source.size()) {
            best = Example{&task, file, std::move(source)};
        }
    }
    return best;
}

std::optional<Example> find_example(const tasks::Catalog& catalog, const tasks::Task& task, const fs::path& root) {
    for (const bool same_category : {true, false}) {
        for (const tasks::Task& other : catalog.tasks) {
            if (other.name == task.name || (other.category == task.category) != same_category) {
                continue;
            }
            if (auto example = example_of(other, root)) {
                return example;
            }
        }
    }
    return std::nullopt;
}

std::string tensors_table(const tasks::Task& task) {
    std::string text = "| parameter | role | dtype | shape |\n| --- | --- | --- | --- |\n";
    const auto add = [&](const std::vector<tasks::Tensor>& tensors, const char* role) {
        for (const tasks::Tensor& tensor : tensors) {
            text += fmt::format("| `{}` | {} | {} | [{}] |\n", tensor.name, role, tasks::to_string(tensor.dtype),
                                fmt::join(tensor.shape, ", "));
        }
    };
    add(task.inputs, "input");
    add(task.outputs, "output");
    for (const tasks::Parameter& parameter : task.parameters) {
        text += fmt::format("| `{}` | {} | {} | {} |\n", parameter.name, parameter.axis ? "axis" : "scalar",
                            tasks::to_string(parameter.dtype),
                            parameter.value ? fmt::format("always {}", *parameter.value) : "");
    }
    return text;
}

std::string description_of(const tasks::Task& task) {
    return task.description.empty() ? task.title + "." : task.description;
}

std::string_view library_sentence(const tasks::Task& task) {
    switch (task.library.value_or(tasks::LibraryRule::Count)) {
    case tasks::LibraryRule::Allow:
        return "CUB and Thrust may do the work; no other libraries (cuBLAS, cuDNN).";
    case tasks::LibraryRule::Reject:
        return "No libraries (cuBLAS, cuDNN, Thrust, CUB's device-wide algorithms).";
    case tasks::LibraryRule::Count:
        break;
    }
    return "No libraries (cuBLAS, cuDNN); what CUB's device-wide algorithms or Thrust do is not counted as your work.";
}

std::string make_prompt(const tasks::Task& task, const tasks::DeviceProfile& device,
                        const std::optional<Example>& example) {
    std::string text = fmt::format("# {}\n\nWrite a CUDA program that computes the following, correctly for every size "
                                   "and as fast as possible.\n\n{}\n\n{}",
                                   task.title, description_of(task), tensors_table(task));
    text += "\nTensors are contiguous, in row-major order, in device memory, and do not overlap.\n\n## Entry\n\n";
    text += fmt::format("```cuda\n{};\n```\n\n## Sizes\n\n", signature(task));
    for (const tasks::Workload& workload : task.workloads) {
        const bool timed = workload.used_for(tasks::Use::TimeGpu);
        text += fmt::format("- {}{}\n", values_of(workload), timed ? " (timed)" : "");
    }
    text +=
        fmt::format("\nOther sizes must be right too.\n\n## Device\n\n"
                    "NVIDIA {}: {}, {} multiprocessors, {:.0f} GB of memory at {:.0f} GB/s, {:.3g} TFLOP/s in fp32, "
                    "{:.3g} in fp16 on tensor cores.\n",
                    device.name, device.architecture, device.multiprocessors, device.memory_bytes / 1e9,
                    device.bandwidth / 1e9, device.fp32 / 1e12, device.fp16 / 1e12);
    text += fmt::format(
        "\n## Rules\n\n"
        "- One self-contained source, compiled with NVRTC as C++20. {} No files.\n"
        "- The host code in `solve` may compute, allocate (`cudaMalloc`), fill, copy between device buffers, upload "
        "host "
        "constants, query the device and launch kernels. It is interpreted, not run. It may copy a flag or a count "
        "back "
        "and "
        "decide on it, where the task needs that; the time of the copy counts.\n"
        "- Every output element must be written on every call. Inputs are read-only, and nothing may be written "
        "outside "
        "of the outputs and of memory that `solve` allocated.\n"
        "- Nothing may be kept from one call to the next: inputs change between calls, and so do addresses.\n"
        "- Results are compared with a double-precision reference; an error worse than {} arithmetic makes fails, and "
        "so "
        "does computing in a coarser type.\n"
        "- Kernels must not launch kernels, and must not depend on the order in which threads or blocks run.\n"
        "\nAnswer with the source alone, in one ```` ```cuda ```` block.\n",
        library_sentence(task), tasks::to_string(task.accepts));
    if (example) {
        text += fmt::format("\n## Example: {}\n\n{}\n\n```cuda\n{}```\n", example->task->title,
                            description_of(*example->task), example->source);
    }
    return text;
}

int prompt(const Arguments& arguments) {
    const auto root = tasks::find_root(arguments.common.root);
    if (!root) {
        return report(root.error(), Usage);
    }
    const auto catalog = tasks::load_all(*root);
    if (!catalog) {
        return report(catalog.error(), Usage);
    }
    const auto task = find_task(*catalog, arguments.task);
    if (!task) {
        return report(task.error(), Usage);
    }
    const auto device = tasks::find_device(*root, arguments.profile);
    if (!device) {
        return report(device.error(), Usage);
    }
    const auto example = arguments.no_example ? std::nullopt : find_example(*catalog, *task, *root);
    const std::string text = make_prompt(*task, *device, example);
    if (arguments.common.json) {
        nlohmann::json json{{"task", task->name},         {"task_hash", task->hash}, {"category", task->category},
                            {"device", device->name},     {"prompt", text},          {"signature", signature(*task)},
                            {"example", nlohmann::json()}};
        if (example) {
            json["example"] = {{"task", example->task->name}, {"candidate", example->name}};
        }
        fmt::print("{}\n", json.dump());
    } else {
        fmt::print("{}", text);
    }
    return Ok;
}

} // namespace

void add_prompt(CLI::App& app, Action& run) {
    auto arguments = std::make_shared<Arguments>();
    CLI::App* command = app.add_subcommand("prompt", "Print a complete prompt for a language model, in Markdown");
    command->add_option("task", arguments->task, "Name of the task")->required();
    command->add_option("--on", arguments->profile, "GPU to write for, of datasets/devices.json")
        ->capture_default_str();
    command->add_flag("--no-example", arguments->no_example, "Leave out the worked example of the task's category");
    add_root(*command, arguments->common);
    add_json(*command, arguments->common);
    command->footer("Examples:\n"
                    "  assay prompt softmax > softmax.md\n"
                    "  assay prompt matmul --on A100 --no-example\n"
                    "  assay prompt matmul --json | jq -r .prompt");
    command->callback([arguments, &run] { run = [arguments] { return prompt(*arguments); }; });
}

} // namespace assay::cli
