// `assay import FORM FILE`: other forms as ordinary candidate folders.
#include <fmt/format.h>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <sstream>

#include "cli/command.h"
#include "eval/import.h"

namespace assay::cli {

namespace {

namespace fs = std::filesystem;

struct Arguments {
    Common common;
    std::string file, task, out, problem;
};

Result<> write_text(const fs::path& file, const std::string& text) {
    std::ofstream stream(file, std::ios::binary);
    stream << text;
    if (!stream.flush()) {
        return fail("cannot be written", file.string());
    }
    return {};
}

Result<> write_candidate(const fs::path& folder, const eval::Candidate& candidate, const tasks::Task& task) {
    std::error_code error;
    fs::create_directories(folder, error);
    if (error) {
        return fail("cannot be made: " + error.message(), folder.string());
    }
    nlohmann::ordered_json description{{"name", candidate.name},
                                       {"task", task.name},
                                       {"entry", candidate.entry.name},
                                       {"arguments", candidate.entry.arguments},
                                       {"source", "kernel.cu"}};
    if (auto written = write_text(folder / "kernel.cu", candidate.source); !written) {
        return written;
    }
    return write_text(folder / "candidate.json", description.dump(2) + "\n");
}

int import_kernelbench(const Arguments& arguments) {
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
    const auto file = eval::load_candidate(arguments.file);
    if (!file) {
        return report(file.error(), Usage);
    }
    if (!file->python) {
        return report({"is no Python module", arguments.file, "a KernelBench file has a class ModelNew"}, Usage);
    }
    std::string problem;
    if (!arguments.problem.empty()) {
        std::ifstream stream(arguments.problem, std::ios::binary);
        std::ostringstream text;
        text << stream.rdbuf();
        if (!stream) {
            return report({"cannot be read", arguments.problem, ""}, Usage);
        }
        problem = text.str();
    }
    forms::Importer importer;
    const auto imported = eval::import_python_text(*file, *task, problem, importer);
    if (!imported) {
        return report(imported.error(), HarnessFault);
    }
    if (imported->unusable) {
        const eval::Unusable& why = *imported->unusable;
        const std::string line = why.line == 0 ? "" : fmt::format(":{}", why.line);
        return report({why.error.what, arguments.file + line, why.error.hint}, CandidateFailed);
    }
    const fs::path folder = arguments.out.empty() ? fs::path(imported->name) : fs::path(arguments.out);
    if (const auto written = write_candidate(folder, *imported, *task); !written) {
        return report(written.error(), HarnessFault);
    }
    for (const auto& note : imported->origin.value("imported", nlohmann::json::array())) {
        fmt::print("{}\n", note.get<std::string>());
    }
    fmt::print("written: {}; judge it: assay eval {} {}\n", folder.string(), task->name, folder.string());
    return Ok;
}

} // namespace

void add_import(CLI::App& app, Action& run) {
    auto arguments = std::make_shared<Arguments>();
    CLI::App* command = app.add_subcommand("import", "Make candidate folders of other forms");
    command->require_subcommand(1);
    CLI::App* kernelbench =
        command->add_subcommand("kernelbench", "A KernelBench file: a Python module with a class ModelNew");
    kernelbench->add_option("file", arguments->file, "The .py file")->required();
    kernelbench->add_option("--task", arguments->task, "Name of the task that it is for")->required();
    kernelbench->add_option("-o,--out", arguments->out, "Folder to write (default: the file's name)");
    kernelbench->add_option("--problem", arguments->problem,
                            "The problem's own file, where the other lacks get_inputs() and get_init_inputs()");
    add_root(*kernelbench, arguments->common);
    kernelbench->footer(
        "The file is run without PyTorch, in the sandbox; what forward calls becomes C++. `assay eval` and\n"
        "`assay run` take .py files as they are; the folder is for reading and keeping.\n"
        "Example:\n"
        "  assay import kernelbench relu.py --task kb1_019_relu -o relu");
    kernelbench->callback([arguments, &run] { run = [arguments] { return import_kernelbench(*arguments); }; });
}

} // namespace assay::cli
