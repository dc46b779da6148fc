// How many sources of a collection go through compile and plan in a minute: extensions and plain entries as people
// write them, none of which the compile cache knows, on two threads with workers of their own.
#include <atomic>
#include <chrono>
#include <filesystem>
#include <stdexcept>
#include <thread>
#include <vector>

#include "benchmark/figure.h"
#include "compile/compiler.h"
#include "eval/collection.h"
#include "eval/torch_module.h"
#include "plan/planner.h"
#include "source_dir.h"
#include "tasks/task.h"

namespace assay::benchmarks {
namespace {

/// Sources that the first check workload of their task is recorded for.
struct Work {
    compile::Request request;
    plan::Entry entry;
    tasks::Binding binding;
};

std::vector<Work> collect() {
    const auto catalog = tasks::load_all(source_dir());
    const auto candidates = eval::load_candidates(source_dir() + "/datasets/candidates");
    if (!catalog || !candidates) {
        throw std::runtime_error("the bundled candidates cannot be read");
    }
    std::vector<Work> all;
    for (const eval::Candidate& candidate : *candidates) {
        const tasks::Task* task = catalog->find(candidate.task);
        if (task == nullptr || candidate.ptx || candidate.python || candidate.unusable) {
            continue;
        }
        Work& work = all.emplace_back();
        work.request.source = eval::with_torch_module(candidate.source, candidate.entry.name);
        work.request.name = candidate.file;
        work.request.options = candidate.options;
        work.entry = candidate.entry;
        work.binding = tasks::bind(*task, task->workloads.front()).value();
    }
    return all;
}

const Figure rate("forms/rate", "sources/minute", Goal::AtLeast, 300, [] {
    const std::vector<Work> all = collect();
    const auto toolkit = compile::find_toolkit();
    if (!toolkit) {
        throw std::runtime_error(toolkit.error().to_string());
    }
    std::atomic<std::size_t> next = 0, planned = 0;
    const auto run = [&] {
        compile::Compiler compiler(*toolkit, {});
        plan::Planner planner;
        for (std::size_t i = next++; i < all.size(); i = next++) {
            const auto compilation = compiler.compile(all[i].request);
            if (compilation && compilation->ptx) {
                const auto recorded = planner.record(*compilation->ptx, all[i].entry, {all[i].binding});
                planned += recorded && *recorded ? 1 : 0;
            }
        }
    };
    const auto start = std::chrono::steady_clock::now();
    std::thread other(run);
    run();
    other.join();
    const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - start;
    if (planned < all.size() / 2) {
        throw std::runtime_error("most sources got no plan");
    }
    return 60 * static_cast<double>(all.size()) / wall.count();
});

} // namespace
} // namespace assay::benchmarks
