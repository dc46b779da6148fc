// fast_p: see fast_p.h.
//
// The denominator is the suite, never what happens to be in the results: a task without an evaluation counts as failed.
// Of several evaluations of one candidate the last one counts: repeating a measurement, or a verdict by other settings,
// until it flatters does not pay. Of several candidates for one task the best counts, by the lower end of its interval.
#include "scoring/fast_p.h"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <limits>
#include <set>
#include <tuple>

namespace assay::scoring {

namespace {

using store::Evaluation;

bool is_correct(const Evaluation& evaluation) {
    return evaluation.status == store::Status::Passed;
}

/// Orders evaluations of one task: correct and timed by the lower end, then correct, then the rest.
double merit(const Evaluation& evaluation) {
    if (!is_correct(evaluation)) {
        return -2;
    }
    return evaluation.timing ? evaluation.timing->low : -1;
}

std::string text_of(const nlohmann::json& device, const char* field) {
    if (!device.is_object()) {
        return {};
    }
    const auto found = device.find(field);
    return found != device.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::string clock_of(const Evaluation& evaluation) {
    return evaluation.timing ? evaluation.timing->clock : text_of(evaluation.device, "clock");
}

/// The one value that all share; evaluations that ended before they had one (an empty value) do not object.
Result<std::string> only(const std::set<std::string>& values, std::string_view what, std::string_view hint) {
    std::set<std::string> known = values;
    known.erase("");
    if (known.size() > 1) {
        return fail(fmt::format("the evaluations are of {} {}s: {}", known.size(), what, fmt::join(known, ", ")), {},
                    std::string(hint));
    }
    return known.empty() ? std::string() : *known.begin();
}

/// Which evaluation counts for each task of the suite.
using Chosen = std::map<std::string, const Evaluation*>;

Result<Chosen> choose(const std::vector<Evaluation>& evaluations, const std::vector<std::string>& suite_tasks) {
    Chosen chosen;
    for (const std::string& task : suite_tasks) {
        if (!chosen.emplace(task, nullptr).second) {
            return fail(fmt::format("the suite names the task '{}' twice", task));
        }
    }
    if (chosen.empty()) {
        return fail("the suite has no tasks");
    }
    std::map<std::string, std::set<std::string>> hashes;
    std::map<std::tuple<std::string, std::string, std::string, std::string>, const Evaluation*> last;
    for (const Evaluation& evaluation : evaluations) {
        if (!chosen.contains(evaluation.task)) {
            continue;
        }
        hashes[evaluation.task].insert(evaluation.task_hash);
        const Evaluation*& latest =
            last[{evaluation.task, evaluation.author, evaluation.candidate, evaluation.candidate_hash}];
        if (latest == nullptr || evaluation.status != store::Status::HarnessError) { // which is no verdict
            latest = &evaluation;
        }
    }
    for (const auto& [candidate, evaluation] : last) {
        const Evaluation*& best = chosen.at(evaluation->task);
        if (best == nullptr || merit(*evaluation) > merit(*best)) {
            best = evaluation;
        }
    }
    for (const auto& [task, of_task] : hashes) {
        if (auto hash = only(of_task, fmt::format("version of the task '{}'", task),
                             "score results from before and after the change of a task apart");
            !hash) {
            return std::unexpected(hash.error());
        }
    }
    return chosen;
}

/// What was chosen, one entry a task of the suite.
struct Outcomes {
    std::vector<bool> correct;
    std::vector<double> low, speedup; ///< 0 without a timing
};

FastP fast_p(double p, const Outcomes& outcomes) {
    const std::size_t tasks = outcomes.correct.size();
    std::vector<double> hits(tasks);
    double by_bound = 0;
    double by_estimate = 0;
    for (std::size_t i = 0; i < tasks; i++) {
        // p = 0 asks for correctness alone.
        const bool fast = p == 0 || outcomes.low[i] > p;
        hits[i] = outcomes.correct[i] && fast ? 1 : 0;
        by_bound += hits[i];
        by_estimate += outcomes.correct[i] && (p == 0 || outcomes.speedup[i] > p) ? 1 : 0;
    }
    FastP result;
    result.p = p;
    result.value = by_bound / static_cast<double>(tasks);
    result.by_estimate = by_estimate / static_cast<double>(tasks);
    // A suite of one task says nothing about other tasks: its interval is everything.
    result.interval = bootstrap_mean(hits, 0.95).value_or(Interval{0, 1, 1});
    return result;
}

} // namespace

Result<Score> score(const std::vector<Evaluation>& evaluations, const std::vector<std::string>& suite_tasks,
                    const std::vector<double>& thresholds) {
    std::set<std::string> devices;
    std::set<std::string> clocks;
    std::set<std::string> authors;
    for (const Evaluation& evaluation : evaluations) {
        devices.insert(text_of(evaluation.device, "name"));
        clocks.insert(clock_of(evaluation));
        authors.insert(evaluation.author);
    }
    const auto device = only(devices, "device", "score the results of each device apart");
    if (!device) {
        return std::unexpected(device.error());
    }
    const auto clock = only(clocks, "clock", "score the results of each clock apart");
    if (!clock) {
        return std::unexpected(clock.error());
    }
    const auto chosen = choose(evaluations, suite_tasks);
    if (!chosen) {
        return std::unexpected(chosen.error());
    }

    Score score;
    score.label = authors.size() == 1 ? *authors.begin() : std::string();
    score.device = *device;
    score.clock = *clock;
    score.tasks = chosen->size();
    Outcomes outcomes;
    std::vector<double> speedups;
    for (const auto& [task, evaluation] : *chosen) {
        const bool correct = evaluation != nullptr && is_correct(*evaluation);
        const bool timed = correct && evaluation->timing.has_value();
        outcomes.correct.push_back(correct);
        outcomes.low.push_back(timed ? evaluation->timing->low : 0);
        outcomes.speedup.push_back(timed ? evaluation->timing->speedup : 0);
        score.correct += correct ? 1 : 0;
        score.library += correct && evaluation->library.counted() ? 1 : 0;
        if (timed) {
            score.timed++;
            speedups.push_back(evaluation->timing->speedup);
        }
    }
    for (const double p : thresholds) {
        score.fast.push_back(fast_p(p, outcomes));
    }
    score.geometric_mean_speedup = geometric_mean(speedups);
    return score;
}

} // namespace assay::scoring
