// `assay_conform COUNT`: the two engines on so many random programs (random_program.h), seeds in order.
//
// Every second program's code is made for a processor without masks and gathers, which takes other ways to memory.
// Programs run in child processes, a few hundred in each, so that one that crashes or hangs an engine is reported like
// one on which they differ, and the rest go on. What is wrong is printed with its seed, and its PTX kept.
#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdint>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <new>
#include <string>
#include <sys/mman.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "conformance/random_program.h"
#include "vgpu/codegen/generator.h"

namespace assay::vgpu::conformance {
namespace {

constexpr unsigned batch = 250;
constexpr unsigned seconds_for_one = 60; ///< of CPU time

struct Arguments {
    std::uint64_t count = 1000, from = 0;
    unsigned jobs = 1;
    std::filesystem::path keep = ".";
};

/// Shared by a child and its parent.
struct Progress {
    std::uint64_t seed = 0; ///< of the program that runs
    unsigned done = 0, different = 0;
};

/// What the engines disagree about; empty if they agree.
std::string disagreement(const RandomProgram& program) {
    const Outcome expected = run_case(program.ptx, program.launch, Engine::Interpreter);
    const Outcome actual = run_case(program.ptx, program.launch, Engine::Generator);
    if (!actual.unsupported.empty()) {
        return "not generated: " + actual.unsupported;
    }
    if (expected.fault || actual.fault) {
        return "a fault: " + (expected.fault ? expected.fault->message : actual.fault->message);
    }
    for (std::size_t i = 0; i < expected.buffers.size(); ++i) {
        const std::string difference = compare(program.launch.arguments[i], expected.buffers[i], actual.buffers[i]);
        if (!difference.empty()) {
            return fmt::format("buffer {}: {}", i, difference);
        }
    }
    return {};
}

void report(const Arguments& arguments, std::uint64_t seed, const std::string& what) {
    const auto path = arguments.keep / fmt::format("program-{}.ptx", seed);
    std::ofstream(path) << make_program(seed).ptx;
    fmt::print("seed {}: {}\n  {}\n", seed, what, path.string());
    std::fflush(stdout);
}

[[noreturn]] void run_batch(const Arguments& arguments, std::uint64_t from, std::uint64_t end, Progress& progress) {
    for (progress.seed = from; progress.seed < end; ++progress.seed) {
        const itimerval limit{{0, 0}, {seconds_for_one, 0}};
        ::setitimer(ITIMER_PROF, &limit, nullptr);
        const bool older = progress.seed % 2 != 0 && __builtin_cpu_supports("x86-64-v3") != 0;
        codegen::set_target(older ? "x86-64-v3" : "");
        std::string what;
        try {
            what = disagreement(make_program(progress.seed));
        } catch (const std::exception& error) {
            what = error.what();
        }
        if (!what.empty()) {
            ++progress.different;
            report(arguments, progress.seed, what);
        }
        ++progress.done;
    }
    std::fflush(stdout);
    ::_exit(0);
}

/// Every `jobs`-th batch, to its end; the number of programs that are wrong.
std::uint64_t run_share(const Arguments& arguments, unsigned share) {
    void* memory = ::mmap(nullptr, sizeof(Progress), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) {
        throw std::bad_alloc();
    }
    auto& progress = *new (memory) Progress;
    std::uint64_t wrong = 0, done = 0;
    for (std::uint64_t first = std::uint64_t{share} * batch; first < arguments.count;
         first += std::uint64_t{arguments.jobs} * batch) {
        std::uint64_t from = arguments.from + first;
        const std::uint64_t end = arguments.from + std::min(first + batch, arguments.count);
        while (from < end) {
            progress = {};
            const pid_t child = ::fork();
            if (child == 0) {
                run_batch(arguments, from, end, progress);
            }
            int status = 0;
            ::waitpid(child, &status, 0);
            wrong += progress.different;
            done += progress.done;
            from = end;
            if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
                report(arguments, progress.seed,
                       WIFSIGNALED(status) && WTERMSIG(status) == SIGPROF
                           ? "an engine hangs"
                           : fmt::format("an engine crashes (status {:#x})", status));
                ++wrong;
                ++done;
                from = progress.seed + 1;
            }
        }
        fmt::print(stderr, "share {}: {} programs, {} wrong\n", share, done, wrong);
    }
    return wrong;
}

int run(const Arguments& arguments) {
    std::filesystem::create_directories(arguments.keep);
    std::vector<pid_t> shares;
    for (unsigned share = 0; share < arguments.jobs; ++share) {
        const pid_t child = ::fork();
        if (child == 0) {
            const bool clean = run_share(arguments, share) == 0;
            std::fflush(stdout);
            ::_exit(clean ? 0 : 1);
        }
        shares.push_back(child);
    }
    bool clean = true;
    for (const pid_t share : shares) {
        int status = 0;
        ::waitpid(share, &status, 0);
        clean = clean && WIFEXITED(status) && WEXITSTATUS(status) == 0;
    }
    fmt::print("{} programs, seeds {} to {}: {}\n", arguments.count, arguments.from,
               arguments.from + arguments.count - 1, clean ? "the engines agree" : "see above");
    return clean ? 0 : 1;
}

} // namespace
} // namespace assay::vgpu::conformance

int main(int argc, char** argv) {
    assay::vgpu::conformance::Arguments arguments;
    CLI::App app("Runs random programs in the interpreter and in generated code, and says where they differ");
    app.add_option("count", arguments.count, "How many")->capture_default_str();
    app.add_option("--from", arguments.from, "The first seed")->capture_default_str();
    app.add_option("--jobs", arguments.jobs, "Processes at a time")->capture_default_str()->check(CLI::Range(1, 256));
    app.add_option("--keep", arguments.keep, "Folder for the programs that are wrong")->capture_default_str();
    app.footer("Example, in the background:\n  nice -n 19 ./bootstrap conform 100000 > conform.log 2>&1 &");
    CLI11_PARSE(app, argc, argv);
    return assay::vgpu::conformance::run(arguments);
}
