// The program `assay`: one subcommand a file, and the worker processes that it starts from itself.
#include <csignal>
#include <cstring>
#include <exception>
#include <fmt/format.h>
#include <system_error>

#include "base/version.h"
#include "cli/command.h"
#include "compile/assembler.h"
#include "compile/compiler.h"
#include "eval/run_worker.h"
#include "forms/kernelbench.h"
#include "plan/planner.h"

namespace {

/// `assay --worker ROLE`: how workers are started; not for people.
int run_worker(const char* role) {
    if (std::strcmp(role, "compile") == 0) {
        return assay::compile::compile_worker();
    }
    if (std::strcmp(role, "assemble") == 0) {
        return assay::compile::assemble_worker();
    }
    if (std::strcmp(role, "plan") == 0) {
        return assay::plan::plan_worker();
    }
    if (std::strcmp(role, "import") == 0) {
        return assay::forms::import_worker();
    }
    if (std::strcmp(role, "run") == 0) {
        return assay::eval::run_worker(assay::sandbox::run_virtual_policy);
    }
    if (std::strcmp(role, "run-gpu") == 0) {
        return assay::eval::run_worker(assay::sandbox::run_gpu_policy);
    }
    fmt::print(stderr, "assay: no such worker: {}\n", role);
    return assay::cli::Usage;
}

int run(int argc, char** argv) {
    CLI::App app("Assay: is this GPU kernel right, is it fast, is it honest?\n"
                 "Compiles CUDA sources with NVRTC, checks them against a reference, times them, and scores them with\n"
                 "fast_p: on an NVIDIA GPU, or on an embedded virtual GPU.",
                 "assay");
    app.set_version_flag("--version", assay::version);
    app.require_subcommand(1);
    app.footer(
        "Examples:\n"
        "  assay tasks list\n"
        "  assay eval vector_add my_kernel.cu\n"
        "  assay run demo\n"
        "  assay score results/demo.jsonl\n"
        "  assay regrade results/demo.jsonl\n"
        "Exit codes: 0 all well; 1 a candidate failed; 2 usage; 3 the harness's fault; 4 no device or a missing\n"
        "layer; 5 nothing selected. `assay SUBCOMMAND --help` has more.");
    assay::cli::Action action;
    assay::cli::add_tasks(app, action);
    assay::cli::add_eval(app, action);
    assay::cli::add_run(app, action);
    assay::cli::add_import(app, action);
    assay::cli::add_regrade(app, action);
    assay::cli::add_score(app, action);
    assay::cli::add_plan(app, action);
    assay::cli::add_profile(app, action);
    assay::cli::add_sanitize(app, action);
    assay::cli::add_prompt(app, action);
    assay::cli::add_doctor(app, action);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? assay::cli::Ok : assay::cli::Usage;
    }
    return action();
}

int internal_error(const std::exception& error) {
    fmt::print(stderr, "assay: internal error: {} (this is a bug: please report it)\n", error.what());
    return assay::cli::HarnessFault;
}

} // namespace

int main(int argc, char** argv) {
    std::signal(SIGPIPE, SIG_IGN); // a dead worker is an Error where it is written to
    if (argc == 3 && std::strcmp(argv[1], "--worker") == 0) {
        return run_worker(argv[2]);
    }
    try {
        return run(argc, argv);
    } catch (const std::system_error& error) {
        if (error.code() == std::errc::broken_pipe) { // `assay tasks list | head`: the reader has seen enough
            std::signal(SIGPIPE, SIG_DFL);
            std::raise(SIGPIPE);
        }
        return internal_error(error);
    } catch (const std::exception& error) {
        return internal_error(error);
    }
}
