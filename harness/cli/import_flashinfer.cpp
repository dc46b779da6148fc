// `assay import flashinfer PATHS... -o DIR`
#include "cli/import_flashinfer.h"

#include <fmt/format.h>
#include <memory>
#include <nlohmann/json.hpp>

#include "eval/flashinfer.h"

namespace assay::cli {

namespace {

struct Arguments {
    Common common;
    std::vector<std::string> paths;
    std::string out;
};

int import_flashinfer(const Arguments& arguments) {
    const auto root = tasks::find_root(arguments.common.root);
    if (!root) {
        return report(root.error(), Usage);
    }
    forms::Importer importer;
    const auto imported =
        eval::import_flashinfer({arguments.paths.begin(), arguments.paths.end()}, *root, arguments.out, importer);
    if (!imported) {
        return report(imported.error(), HarnessFault);
    }
    for (const Error& problem : imported->problems) {
        report(problem, CandidateFailed);
    }
    if (arguments.common.json) {
        nlohmann::ordered_json json{{"schema", "assay.import/1"}, {"root", arguments.out},
                                    {"tasks", imported->tasks},   {"candidates", imported->candidates},
                                    {"notes", imported->notes},   {"problems", nlohmann::json::array()}};
        for (const Error& problem : imported->problems) {
            json["problems"].push_back(problem.to_string());
        }
        fmt::print("{}\n", json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
    } else {
        for (const std::string& note : imported->notes) {
            fmt::print("note: {}\n", note);
        }
        for (const std::string& task : imported->tasks) {
            fmt::print("task {}\n", task);
        }
        for (const std::string& candidate : imported->candidates) {
            fmt::print("candidate {}\n", candidate);
        }
        fmt::print("written: {}: {} tasks, {} candidates; {} left out\n", arguments.out, imported->tasks.size(),
                   imported->candidates.size(), imported->problems.size());
        if (!imported->tasks.empty()) {
            fmt::print("check them: assay tasks check --all --root {0}; judge: assay run flashinfer --root {0}\n",
                       arguments.out);
        }
    }
    if (!imported->problems.empty()) {
        return CandidateFailed;
    }
    return imported->tasks.empty() && imported->candidates.empty() ? NothingSelected : Ok;
}

} // namespace

void add_import_flashinfer(CLI::App& import, Action& run) {
    auto arguments = std::make_shared<Arguments>();
    CLI::App* command = import.add_subcommand(
        "flashinfer", "FlashInfer-Bench: definitions and workloads as tasks, CUDA solutions as candidates");
    command->add_option("paths", arguments->paths, "Folders and files: .json, .jsonl")->required();
    command
        ->add_option("-o,--out", arguments->out,
                     "Folder to write, a root for --root: tasks, references, candidates, suite 'flashinfer'")
        ->required();
    add_root(*command, arguments->common);
    add_json(*command, arguments->common);
    command->footer(
        "A definition's reference is run without PyTorch, in the sandbox, on tensors that hold no data, and what it\n"
        "computes is written over the operator library. What the library lacks is named with the reference's line;\n"
        "all else is imported, and the exit code is 1 if anything was left out.\n"
        "Examples:\n"
        "  assay import flashinfer flashinfer_trace -o fi\n"
        "  assay tasks check --all --root fi\n"
        "  assay run flashinfer --root fi\n"
        "  assay import flashinfer definitions/gemm workloads/gemm my_solution.json -o fi");
    command->callback([arguments, &run] { run = [arguments] { return import_flashinfer(*arguments); }; });
}

} // namespace assay::cli
