// `assay import FORM FILE`: other forms as ordinary candidate folders.
#include <fmt/format.h>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string_view>
#include <utility>
#include <vector>

#include "base/program.h"
#include "cli/command.h"
#include "cli/import_flashinfer.h"
#include "eval/import.h"
#include "eval/session.h"
#include "eval/with_torch.h"
#include "scoring/terminal.h"

namespace assay::embedded {
extern const std::vector<std::pair<std::string_view, std::string_view>> triton_importer; // see cmake/embed.cmake
}

namespace assay::cli {

namespace {

namespace fs = std::filesystem;

struct Arguments {
    Common common;
    std::string file, task, out, problem;
    std::string python = "python3";
    int architecture = 80;
    bool with_torch = false;
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
    if (!candidate.options.empty()) {
        description["options"] = candidate.options;
    }
    if (auto written = write_text(folder / "kernel.cu", candidate.source); !written) {
        return written;
    }
    return write_text(folder / "candidate.json", description.dump(2) + "\n");
}

/// Says what PyTorch itself makes of one class of the file; an exit code.
int compare_with_torch(const Arguments& arguments, const tasks::Task& task, const forms::PythonFile& file,
                       forms::Importer& importer, const eval::Settings& settings) {
    const auto imported = importer.kernelbench(file, task);
    if (!imported) {
        return report(imported.error(), HarnessFault);
    }
    if (!*imported) {
        fmt::print("{} is not compared with PyTorch: {}\n", file.module, imported->error().what);
        return Ok;
    }
    const auto check = eval::check_with_torch(file, **imported, task, arguments.python, settings);
    if (!check) {
        return report(check.error(), Environment);
    }
    if (check->missing) {
        return report({"has no PyTorch: " + check->what, arguments.python, "--python names a Python that has"},
                      Environment);
    }
    if (check->no_gpu) {
        fmt::print("{} is not run under PyTorch {}: its extension needs a GPU; `assay eval` judges its recording\n",
                   file.module, check->version);
        return Ok;
    }
    if (!check->what.empty()) {
        return report({fmt::format("{} fails under PyTorch: {}", file.module, check->what),
                       check->line == 0 ? file.name : fmt::format("{}:{}", file.name, check->line), ""},
                      CandidateFailed);
    }
    for (const auto& result : check->results) {
        fmt::print("  {}, output {}: {}, error {:.2g} of {:.2g}\n", result.workload, result.output,
                   result.comparison.passed ? "agrees" : "differs", result.comparison.max_error,
                   result.comparison.tolerance);
    }
    fmt::print("{} under PyTorch {} on {} {} the task's reference\n", file.module, check->version, check->place,
               check->agrees() ? "agrees with" : "differs from");
    return check->agrees() ? Ok : CandidateFailed;
}

/// Model, where the problem or the file has it, and ModelNew, as far as this machine's PyTorch can run it.
int with_torch(const Arguments& arguments, const tasks::Task& task, const eval::Candidate& candidate,
               const std::string& problem, forms::Importer& importer) {
    auto given = settings(arguments.common);
    if (!given) {
        return report(given.error(), Usage);
    }
    if (given->device == "auto") {
        given->device = eval::has_vgpu() ? "vgpu" : "cuda:0"; // of the reference; PyTorch finds its own
    }
    const forms::PythonFile whole{
        .name = arguments.file, .source = candidate.source, .problem = problem, .files = candidate.files};
    forms::PythonFile model = whole;
    model.module = "Model";
    if (problem.find("class Model(") != problem.npos) {
        model.name = arguments.problem;
        model.source = problem;
        model.problem.clear();
    }
    if (model.source.find("class Model(") == model.source.npos) {
        fmt::print("there is no class Model to compare: --problem names the problem's own file\n");
    } else if (const int code = compare_with_torch(arguments, task, model, importer, *given); code != Ok) {
        return code;
    }
    return compare_with_torch(arguments, task, whole, importer, *given);
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
        fmt::print("{}\n", scoring::printable(note.get<std::string>()));
    }
    fmt::print("written: {}; judge it: assay eval {} {}\n", folder.string(), task->name, folder.string());
    return arguments.with_torch ? with_torch(arguments, *task, *file, problem, importer) : Ok;
}

/// The task's names in Triton's types, as JSON.
Result<std::string> triton_types(const tasks::Task& task) {
    nlohmann::json types = nlohmann::json::object();
    const auto name = [](tasks::DType dtype) -> std::string {
        switch (dtype) {
        case tasks::DType::Float64:
            return "fp64";
        case tasks::DType::Float32:
            return "fp32";
        case tasks::DType::Float16:
            return "fp16";
        case tasks::DType::BFloat16:
            return "bf16";
        case tasks::DType::Int64:
            return "i64";
        case tasks::DType::Int32:
            return "i32";
        case tasks::DType::Int16:
            return "i16";
        case tasks::DType::Int8:
            return "i8";
        case tasks::DType::UInt8:
            return "u8";
        case tasks::DType::Bool:
            return "i1";
        }
        return "";
    };
    for (const auto* tensors : {&task.inputs, &task.outputs}) {
        for (const tasks::Tensor& tensor : *tensors) {
            types[tensor.name] = "*" + name(tensor.dtype);
        }
    }
    for (const tasks::Parameter& parameter : task.parameters) {
        types[parameter.name] = parameter.axis ? "i32" : name(parameter.dtype);
    }
    return types.dump();
}

int import_triton(const Arguments& arguments) {
    const auto root = tasks::find_root(arguments.common.root);
    const auto catalog = root ? tasks::load_all(*root) : std::unexpected(root.error());
    if (!catalog) {
        return report(catalog.error(), Usage);
    }
    const auto task = find_task(*catalog, arguments.task);
    if (!task) {
        return report(task.error(), Usage);
    }
    const auto types = triton_types(*task);
    const fs::path folder = arguments.out.empty() ? fs::path(arguments.file).stem() : fs::path(arguments.out);
    const auto code =
        run_program({arguments.python, "-c", std::string(embedded::triton_importer.front().second), arguments.file,
                     folder.string(), fmt::format("{}", arguments.architecture), task->name, *types});
    if (!code) {
        return report({code.error().what, arguments.python, "--python names the Python that has Triton"}, Usage);
    }
    if (*code != 0) {
        return report({"was not imported", arguments.file, "Python's own message says why"}, CandidateFailed);
    }
    const auto candidate = eval::load_candidate(folder);
    if (!candidate) {
        return report(candidate.error(), HarnessFault);
    }
    fmt::print("written: {}; judge it: assay eval {} {}\n", folder.string(), task->name, folder.string());
    return Ok;
}

} // namespace

void add_import(CLI::App& app, Action& run) {
    auto arguments = std::make_shared<Arguments>();
    CLI::App* command = app.add_subcommand("import", "Make candidate folders of other forms");
    command->require_subcommand(1);
    add_import_flashinfer(*command, run);
    CLI::App* kernelbench =
        command->add_subcommand("kernelbench", "A KernelBench file: a Python module with a class ModelNew");
    kernelbench->add_option("file", arguments->file, "The .py file")->required();
    kernelbench->add_option("--task", arguments->task, "Name of the task that it is for")->required();
    kernelbench->add_option("-o,--out", arguments->out, "Folder to write (default: the file's name)");
    kernelbench->add_option("--problem", arguments->problem,
                            "The problem's own file, where the other lacks get_inputs() and get_init_inputs()");
    kernelbench->add_flag("--with-torch", arguments->with_torch,
                          "Also run Model and ModelNew under PyTorch itself and compare with the task's reference");
    kernelbench->add_option("--python", arguments->python, "The Python that has PyTorch, for --with-torch")
        ->capture_default_str();
    add_root(*kernelbench, arguments->common);
    kernelbench->footer(
        "The file is run without PyTorch, in the sandbox; what forward calls becomes C++. `assay eval` and\n"
        "`assay run` take .py files as they are; the folder is for reading and keeping.\n"
        "--with-torch runs Model (of --problem or of the file) and ModelNew under PyTorch, with your rights, on\n"
        "inputs drawn for each workload, on the GPU if PyTorch has one; without, a ModelNew that builds an extension\n"
        "is not run. The exit code is 1 where they differ from the task, 4 where there is no PyTorch.\n"
        "Examples:\n"
        "  assay import kernelbench relu.py --task kb1_019_relu -o relu\n"
        "  assay import kernelbench relu.py --task kb1_019_relu -o relu --problem level1/19_ReLU.py --with-torch");
    CLI::App* triton = command->add_subcommand("triton", "Kernels of Triton, as PTX; needs a Python that has Triton");
    triton->add_option("file", arguments->file, "The .py file, which says in a dictionary `assay` what is launched")
        ->required();
    triton->add_option("--task", arguments->task, "Name of the task that it is for")->required();
    triton->add_option("-o,--out", arguments->out, "Folder to write (default: the file's name)");
    triton->add_option("--python", arguments->python, "The Python that has Triton")->capture_default_str();
    triton->add_option("--arch", arguments->architecture, "Compute capability to compile for: 80, 90")
        ->capture_default_str();
    add_root(*triton, arguments->common);
    triton->footer(
        "No GPU is needed. The file is run by your Python with your rights: import only what you trust.\n"
        "The file's dictionary, whose grids and arguments are expressions over the task's names:\n"
        "  assay = {\"launches\": [{\"kernel\": add, \"grid\": [\"ceil_div(n, 1024)\"],\n"
        "                         \"arguments\": [\"a\", \"b\", \"c\", \"n\"], \"constants\": {\"BLOCK\": 1024}}]}\n"
        "Example:\n"
        "  assay import triton add.py --task vector_add --python venv/bin/python -o triton_add");
    triton->callback([arguments, &run] { run = [arguments] { return import_triton(*arguments); }; });
    kernelbench->callback([arguments, &run] { run = [arguments] { return import_kernelbench(*arguments); }; });
}

} // namespace assay::cli
