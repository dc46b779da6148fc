// `assay tasks check`
//
// Tasks are checked side by side, on each thread with an evaluator of its own. A task that was found sound is not
// checked again until something changes that the answer depends on: the definition, the reference or a header of it,
// this program, the device. Every check draws fresh inputs; `--cache none` checks all tasks again.
#include <algorithm>
#include <atomic>
#include <fmt/format.h>
#include <mutex>
#include <nlohmann/json.hpp>
#include <thread>

#include "base/hash.h"
#include "base/version.h"
#include "cli/tasks_check.h"
#include "compile/cache.h"

namespace assay::cli {

namespace {

struct Verdict {
    std::vector<std::string> problems;
    bool recorded = false; ///< by an earlier run
};

/// The tasks that threads take from one after the other, and the verdicts, printed in the order of the tasks.
class Checks {
public:
    Checks(std::vector<tasks::Task> tasks, const eval::Settings& settings, bool json)
        : tasks_(std::move(tasks)), settings_(settings), json_(json), verdicts_(tasks_.size()),
          records_(settings.cache.empty() ? settings.cache : settings.cache / "sound"),
          circumstances_(build_id() + settings.device) {}

    /// Returns the Error of an evaluator that could not be opened.
    Result<> run(unsigned jobs) {
        find_records();
        std::vector<std::jthread> threads;
        const auto open = std::ranges::count_if(verdicts_, [](const auto& verdict) { return !verdict; });
        for (unsigned i = 0; i < std::min<std::size_t>(jobs, static_cast<std::size_t>(open)); ++i) {
            threads.emplace_back([this] { work(); });
        }
        threads.clear(); // waits
        if (failure_) {
            return std::unexpected(*failure_);
        }
        return {};
    }

    /// Prints the last line; whether all are sound.
    [[nodiscard]] bool finish() const {
        const auto sound = std::ranges::count_if(verdicts_, [](const auto& v) { return v->problems.empty(); });
        const auto recorded = std::ranges::count_if(verdicts_, [](const auto& v) { return v->recorded; });
        if (!json_) {
            fmt::print("{} of {} tasks sound", sound, tasks_.size());
            fmt::print("{}\n", recorded > 0 ? fmt::format(", {} unchanged since an earlier check", recorded) : "");
        }
        return static_cast<std::size_t>(sound) == tasks_.size();
    }

private:
    [[nodiscard]] std::string key(const tasks::Task& task) const { return hash_hex(circumstances_ + task.hash); }

    void find_records() {
        for (std::size_t i = 0; i < tasks_.size(); ++i) {
            if (records_.find(key(tasks_[i]))) {
                verdicts_[i] = Verdict{{}, true};
            }
        }
        print_ready();
    }

    void work() {
        auto evaluator = eval::Evaluator::open(settings_);
        if (!evaluator) {
            const std::lock_guard lock(mutex_);
            failure_ = evaluator.error();
            return;
        }
        for (std::size_t i = next_++; i < tasks_.size(); i = next_++) {
            if (verdicts_[i]) {
                continue;
            }
            const tasks::Task& task = tasks_[i];
            auto found = (*evaluator)->check_soundness(task, [&](const std::string& workload) {
                const std::lock_guard lock(mutex_);
                progress_.update(fmt::format("{}: {}", task.name, workload));
            });
            const std::lock_guard lock(mutex_);
            if (found && found->empty()) {
                records_.store(key(task), {{"task", task.name}});
            }
            verdicts_[i] = Verdict{found ? std::move(*found) : std::vector{found.error().to_string()}};
            print_ready();
        }
    }

    void print_ready() {
        for (; printed_ < tasks_.size() && verdicts_[printed_]; ++printed_) {
            const Verdict& verdict = *verdicts_[printed_];
            const bool sound = verdict.problems.empty();
            progress_.update("");
            if (json_) {
                fmt::print("{}\n", nlohmann::json{{"task", tasks_[printed_].name},
                                                  {"sound", sound},
                                                  {"problems", verdict.problems},
                                                  {"recorded", verdict.recorded}}
                                       .dump());
                continue;
            }
            fmt::print("{:<55} {}\n", tasks_[printed_].name, sound ? "sound" : "NOT SOUND");
            for (const std::string& problem : verdict.problems) {
                fmt::print("  {}\n", problem);
            }
        }
        std::fflush(stdout);
    }

    std::vector<tasks::Task> tasks_;
    eval::Settings settings_;
    bool json_;
    /// A thread writes only where it alone took the task; another reads it under the mutex.
    std::vector<std::optional<Verdict>> verdicts_;
    std::atomic<std::size_t> next_ = 0;
    std::mutex mutex_; ///< of all below
    compile::Cache records_;
    std::string circumstances_;
    std::size_t printed_ = 0;
    std::optional<Error> failure_;
    ProgressLine progress_;
};

} // namespace

int check_tasks(std::vector<tasks::Task> tasks, const eval::Settings& settings, unsigned jobs, bool json) {
    Checks checks(std::move(tasks), settings, json);
    if (const auto done = checks.run(jobs); !done) {
        return report(done.error(), Environment);
    }
    return checks.finish() ? Ok : CandidateFailed;
}

} // namespace assay::cli
