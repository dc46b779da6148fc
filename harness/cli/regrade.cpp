// `assay regrade RESULTS`: judges recorded evaluations again, with the keys that are published in them.
//
// The key decides every input, every poisoned byte and every place that is looked at, so the same candidate on the same
// task must get the same verdict, for the same reason. What may differ is what the key does not decide: times, and the
// values of a kernel that races.
#include <algorithm>
#include <fmt/format.h>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "cli/command.h"
#include "eval/collection.h"
#include "scoring/terminal.h"
#include "store/results.h"

namespace assay::cli {

namespace {

namespace fs = std::filesystem;

struct Arguments {
    Common common;
    std::string results, id, candidates;
};

/// The candidate of a record: at its path, in the collection that its path names, or in `folder`; by its hash, since
/// anything else is another program.
Result<eval::Candidate> find_candidate(const store::Evaluation& record, const fs::path& root,
                                       const std::optional<std::vector<eval::Candidate>>& given) {
    const auto pick = [&](const std::vector<eval::Candidate>& candidates) -> Result<eval::Candidate> {
        const auto found = std::ranges::find(candidates, record.candidate_hash, &eval::Candidate::hash);
        if (found == candidates.end()) {
            return fail("the candidate is not there, or is not what was judged: no source has the hash " +
                            record.candidate_hash,
                        record.candidate_path, "name the folder that holds it with --candidates");
        }
        return *found;
    };
    if (given) {
        return pick(*given);
    }
    const fs::path path =
        fs::exists(root / record.candidate_path) ? root / record.candidate_path : fs::path(record.candidate_path);
    const std::string text = path.string();
    if (const auto colon = text.rfind(".jsonl:"); colon != std::string::npos && !fs::exists(path)) {
        const auto collection = eval::load_candidates(text.substr(0, colon + 6));
        return collection ? pick(*collection) : std::unexpected(collection.error());
    }
    const fs::path folder = path.parent_path(); // of a candidate that is one, the path is that of its source
    auto candidate = eval::load_candidate(fs::exists(folder / "candidate.json") ? folder : path);
    return candidate ? pick({std::move(*candidate)}) : std::move(candidate);
}

/// In words, what a verdict rests on: equal texts are the same verdict.
struct Grounds {
    std::string status, found;
};

Grounds grounds_of(const store::Evaluation& evaluation) {
    Grounds grounds{std::string(store::to_string(evaluation.status)), {}};
    if (evaluation.findings.empty()) {
        return grounds;
    }
    const store::Finding& finding = evaluation.findings.front();
    grounds.found = fmt::format("{}/{}", finding.stage, finding.check);
    if (finding.stage == "time") { // at which of the timed runs it shows depends on how many there were
        return grounds;
    }
    if (!finding.workload.empty()) {
        grounds.found += fmt::format(" of {}/{}", finding.workload, finding.regime);
    }
    if (finding.values.is_object() && finding.values.contains("output")) {
        const auto& values = finding.values;
        grounds.found += fmt::format(", output '{}': {} bad, first at {}", values.value("output", ""),
                                     values.value("bad", std::uint64_t{0}), values.value("index", std::uint64_t{0}));
    }
    return grounds;
}

/// What differs, one item each; empty: the verdict is reproduced.
std::vector<std::string> differences(const store::Evaluation& before, const store::Evaluation& now) {
    std::vector<std::string> found;
    const auto compare = [&](const char* what, const std::string& old, const std::string& fresh) {
        if (old != fresh) {
            found.push_back(
                fmt::format("{}: {} before, {} now", what, old.empty() ? "none" : old, fresh.empty() ? "none" : fresh));
        }
    };
    const Grounds old = grounds_of(before);
    const Grounds fresh = grounds_of(now);
    compare("status", old.status, fresh.status);
    compare("found by", old.found, fresh.found);
    if (before.timing.has_value() == now.timing.has_value()) { // timed runs are verified, and so have a class of error
        compare("error class", before.error_class, now.error_class);
    }
    return found;
}

bool was_timed(const store::Evaluation& evaluation) {
    return evaluation.timing.has_value() ||
           (!evaluation.findings.empty() && evaluation.findings.front().stage == "time");
}

/// Judges one record again; an Error if it cannot be.
Result<store::Evaluation> judge_again(const store::Evaluation& record, const tasks::Catalog& catalog,
                                      const fs::path& root, const std::optional<std::vector<eval::Candidate>>& given,
                                      eval::Evaluator& timing, eval::Evaluator& checking) {
    const auto key = verify::Key::from_hex(record.key);
    if (!key) {
        return std::unexpected(key.error());
    }
    const auto task = find_task(catalog, record.task);
    if (!task) {
        return std::unexpected(task.error());
    }
    if (task->hash != record.task_hash) {
        return fail("the task is not what it was: its hash is " + task->hash + ", not " + record.task_hash,
                    task->file.string(),
                    "regrade with the version of assay that wrote the result: " + record.assay_version);
    }
    const auto candidate = find_candidate(record, root, given);
    if (!candidate) {
        return std::unexpected(candidate.error());
    }
    return (was_timed(record) ? timing : checking).evaluate(*task, *candidate, {}, *key);
}

int run_regrade(const Arguments& arguments) {
    auto with = settings(arguments.common);
    if (!with) {
        return report(with.error(), Usage);
    }
    auto records = store::read_results(arguments.results);
    if (!records) {
        return report(records.error(), Usage);
    }
    if (!arguments.id.empty()) {
        std::erase_if(*records, [&](const store::Evaluation& record) { return !record.id.starts_with(arguments.id); });
    }
    if (records->empty()) {
        return report({arguments.id.empty() ? "no results in it" : "no result whose id begins with " + arguments.id,
                       arguments.results,
                       {}},
                      NothingSelected);
    }
    const auto catalog = tasks::load_all(with->root);
    if (!catalog) {
        return report(catalog.error(), Usage);
    }
    std::optional<std::vector<eval::Candidate>> given;
    if (!arguments.candidates.empty()) {
        auto loaded = eval::load_candidates(arguments.candidates);
        if (!loaded) {
            return report(loaded.error(), Usage);
        }
        given = std::move(*loaded);
    }
    const auto timing = eval::Evaluator::open(*with);
    with->time = false;
    const auto checking = eval::Evaluator::open(*with);
    if (!timing || !checking) {
        return report(timing ? checking.error() : timing.error(), Environment);
    }
    std::size_t same = 0;
    int code = Ok;
    for (const store::Evaluation& record : *records) {
        const std::string name = fmt::format("{}/{} {}", record.task, record.candidate, record.id.substr(0, 8));
        const auto now = judge_again(record, *catalog, with->root, given, **timing, **checking);
        if (!now) {
            (void)report({name + ": " + now.error().to_string(), {}, {}}, Usage);
            code = Usage;
            continue;
        }
        const auto found = differences(record, *now);
        same += found.empty() ? 1 : 0;
        if (!found.empty() && code == Ok) {
            code = now->status == store::Status::HarnessError ? HarnessFault : CandidateFailed;
        }
        if (arguments.common.json) {
            fmt::print("{}\n", nlohmann::json{{"schema", "assay.regrade/1"},
                                              {"id", record.id},
                                              {"same", found.empty()},
                                              {"differences", found},
                                              {"evaluation", store::to_json(*now)}}
                                   .dump());
            continue;
        }
        fmt::print("{}: {}\n", scoring::printable(name),
                   found.empty() ? scoring::printable(one_line(*now)) + " again" : "DIFFERS");
        for (const std::string& difference : found) {
            fmt::print("  {}\n", scoring::printable(difference));
        }
    }
    fmt::print(stderr, "{} of {} verdicts reproduced\n", same, records->size());
    return code;
}

} // namespace

void add_regrade(CLI::App& app, Action& run) {
    auto arguments = std::make_shared<Arguments>();
    CLI::App* command = app.add_subcommand("regrade", "Judge recorded results again, with their published keys");
    command->add_option("results", arguments->results, "Results file, JSON Lines")->required();
    command->add_option("--id", arguments->id, "Only the result whose id begins with this");
    command->add_option("--candidates", arguments->candidates,
                        "Look for the candidates here, by their hashes (default: where the results say they were)");
    add_evaluation(*command, arguments->common);
    command->footer(
        "Says for each verdict whether it comes out the same, for the same reason, and else what differs.\n"
        "Exit codes: 0 all reproduced; 1 a verdict differs; 2 one could not be judged again: the candidate or\n"
        "the task is not there, or not what it was.\n"
        "Examples:\n"
        "  assay regrade results/demo.jsonl\n"
        "  assay regrade theirs.jsonl --candidates their_kernels --id 3f2a90 --device vgpu");
    command->callback([arguments, &run] { run = [arguments] { return run_regrade(*arguments); }; });
}

} // namespace assay::cli
