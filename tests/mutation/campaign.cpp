#include "mutation/campaign.h"

#include <algorithm>
#include <fmt/format.h>
#include <fstream>
#include <random>

#include "eval/attempt.h"
#include "eval/library.h"
#include "eval/torch_module.h"
#include "ptx/parser.h"

namespace assay::mutation {

namespace fs = std::filesystem;

namespace {

std::vector<const tasks::Workload*> workloads_of(const tasks::Task& task) {
    std::vector<const tasks::Workload*> workloads;
    for (const tasks::Workload& workload : task.workloads) {
        if (workload.used_for(tasks::Use::Check) || workload.used_for(tasks::Use::TimeVgpu)) {
            workloads.push_back(&workload);
        }
    }
    return workloads;
}

/// Whether expect.json beside the candidate says that it passes.
bool must_pass(const eval::Candidate& candidate) {
    std::ifstream file(candidate.path.parent_path() / "expect.json");
    const auto expected = nlohmann::json::parse(file, nullptr, false);
    const std::string name = candidate.path.filename().string();
    return expected.is_object() && expected.contains(name) && expected.at(name).value("status", "") == "passed";
}

} // namespace

std::string Choice::id() const {
    return fmt::format("{}/{}/{}/{}.{}", subject->task.name, subject->candidate.name, to_string(mutant->kind),
                       mutant->statement, mutant->variant);
}

Campaign::Campaign(eval::Settings settings, compile::Toolkit toolkit)
    : settings_(std::move(settings)), compiler_(std::move(toolkit), settings_.cache) {}

Result<eval::Reference*> Campaign::reference_of(const tasks::Task& task) {
    if (task_ != task.name || !reference_) {
        workloads_ = workloads_of(task);
        auto built = eval::Reference::build(task, workloads_, compiler_, planner_, "vgpu");
        if (!built) {
            return std::unexpected(built.error());
        }
        reference_ = std::move(*built);
        task_ = task.name;
    }
    return reference_.get();
}

Result<std::vector<Subject>> Campaign::find_subjects(const std::string& pattern) {
    const auto catalog = tasks::load_all(settings_.root);
    if (!catalog) {
        return std::unexpected(catalog.error());
    }
    std::vector<Subject> subjects;
    const fs::path folder = settings_.root / "datasets" / "candidates";
    std::vector<fs::path> files;
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
        if (entry.path().extension() == ".cu") {
            files.push_back(entry.path());
        }
    }
    std::ranges::sort(files);
    for (const fs::path& file : files) {
        const std::string task_name = file.parent_path().filename().string();
        const tasks::Task* const task = catalog->find(task_name);
        auto candidate = eval::load_candidate(file);
        if (!candidate) {
            return std::unexpected(candidate.error());
        }
        const std::string name = fmt::format("{}/{}", task_name, candidate->name);
        if (task == nullptr || name.find(pattern) == std::string::npos || !must_pass(*candidate)) {
            continue;
        }
        const auto reference = reference_of(*task);
        if (!reference) {
            return std::unexpected(reference.error());
        }
        auto recording = record(*task, *candidate, **reference);
        if (!recording) {
            return std::unexpected(recording.error());
        }
        auto module = ptx::parse(recording->device_ptx);
        if (!module) {
            return std::unexpected(module.error());
        }
        subjects.push_back({*task, std::move(*candidate), std::move(*recording), find_mutants(*module)});
    }
    return subjects;
}

// Compiled without optimization: a mutant is to be a mistake in the program as it is written. What an optimizer makes
// of it has four copies of each loop, most of which no run enters, and divisions that it proves cannot be negative.
Result<plan::Recording> Campaign::record(const tasks::Task& task, const eval::Candidate& candidate,
                                         const eval::Reference& reference) {
    const std::string architecture = eval::architecture_of(reference.device());
    const auto properties = eval::properties_of(reference.device());
    compile::Request request;
    request.source = eval::with_torch_module(candidate.source, candidate.entry.name);
    request.name = candidate.file;
    request.architecture = architecture;
    request.options = candidate.options;
    request.optimized = false;
    const auto compilation = compiler_.compile(request);
    if (!compilation || !compilation->ptx) {
        return compilation ? fail("does not compile: " + compilation->log, candidate.path.string())
                           : std::unexpected(compilation.error());
    }
    auto recorded = planner_.record(*compilation->ptx, candidate.entry, reference.bindings(), properties);
    if (!recorded || !*recorded) {
        return recorded ? fail("has no plan: " + (*recorded).error().to_string(), candidate.path.string())
                        : std::unexpected(recorded.error());
    }
    plan::Recording recording = std::move(**recorded);
    const auto operators = task.reference.parent_path().parent_path() / "ops";
    if (const auto expanded =
            eval::expand_operators(recording, operators, architecture, properties, compiler_, planner_);
        !expanded) {
        return std::unexpected(expanded.error());
    }
    return recording;
}

Result<Outcome> Campaign::judge(const Choice& choice) {
    return judge(*choice.subject, mutate(choice.subject->recording.device_ptx, *choice.mutant));
}

Result<bool> Campaign::is_reached(const Choice& choice) {
    const auto outcome = judge(*choice.subject, probe(choice.subject->recording.device_ptx, *choice.mutant));
    if (!outcome) {
        return std::unexpected(outcome.error());
    }
    return !outcome->survived();
}

Result<Outcome> Campaign::judge(const Subject& subject, std::string device_ptx) {
    const auto reference = reference_of(subject.task);
    if (!reference) {
        return std::unexpected(reference.error());
    }
    const eval::Progress quiet;
    eval::Attempt attempt(settings_, subject.task, subject.candidate, quiet);
    plan::Recording recording = subject.recording;
    recording.device_ptx = std::move(device_ptx);
    attempt.adopt(std::move(recording), (*reference)->bindings());
    if (attempt.check(**reference, workloads_)) {
        attempt.pass();
    }
    const store::Evaluation evaluation = attempt.finish();
    Outcome outcome{.status = evaluation.status, .check = {}, .workload = {}, .regime = {}};
    if (!evaluation.findings.empty()) {
        const store::Finding& finding = evaluation.findings.front();
        outcome.check = finding.check;
        outcome.workload = finding.workload;
        outcome.regime = finding.regime;
        if (evaluation.status == store::Status::HarnessError) {
            reference_.reset(); // its worker may be the one that failed
            return fail(finding.detail, subject.candidate.path.string());
        }
    }
    return outcome;
}

std::vector<Choice> choose(const std::vector<Subject>& subjects, std::size_t count, std::uint32_t seed) {
    std::mt19937 random(seed);
    std::map<std::pair<const Subject*, Operator>, std::vector<const Mutant*>> groups;
    for (const Subject& subject : subjects) {
        for (const Mutant& mutant : subject.mutants) {
            groups[{&subject, mutant.kind}].push_back(&mutant);
        }
    }
    for (auto& [key, mutants] : groups) {
        std::ranges::shuffle(mutants, random);
    }
    std::vector<Choice> chosen;
    for (bool more = true; more && chosen.size() < count;) {
        more = false;
        for (auto& [key, mutants] : groups) {
            if (!mutants.empty() && chosen.size() < count) {
                chosen.push_back({key.first, mutants.back()});
                mutants.pop_back();
                more = true;
            }
        }
    }
    std::ranges::sort(chosen, {}, [](const Choice& choice) {
        return std::tuple(choice.subject, choice.mutant->statement, choice.mutant->kind, choice.mutant->variant);
    });
    return chosen;
}

} // namespace assay::mutation
