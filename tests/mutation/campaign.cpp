#include "mutation/campaign.h"

#include <algorithm>
#include <chrono>
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

Campaign::Campaign(eval::Settings settings, compile::Toolkit toolkit, std::uint32_t seed)
    : settings_(std::move(settings)), key_{{seed, 0x3FA7E, 0, 0}}, compiler_(std::move(toolkit), settings_.cache) {}

Result<eval::Reference*> Campaign::reference_of(const tasks::Task& task) {
    if (task_.name != task.name || !reference_) {
        task_ = task;
        workloads_ = workloads_of(task_);
        auto built = eval::Reference::build(task_, workloads_, compiler_, planner_, "vgpu");
        if (!built) {
            return std::unexpected(built.error());
        }
        reference_ = std::move(*built);
        reference_->keep_expectations();
    }
    return reference_.get();
}

Result<std::vector<Subject>> Campaign::find_subjects(const std::string& pattern) {
    const auto catalog = tasks::load_all(settings_.root);
    if (!catalog) {
        return std::unexpected(catalog.error());
    }
    const auto device = eval::Runner::start("vgpu");
    if (!device) {
        return std::unexpected(device.error());
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
        auto recording = record(*task, *candidate, device->device());
        if (!recording) {
            return std::unexpected(recording.error());
        }
        // A plan that depends on data is only known run by run; a mistake in a library's kernel would be nobody's.
        const bool calls_library = std::ranges::any_of(
            recording->plans, [](const plan::LaunchPlan& plan) { return !eval::library_use(plan).summary.empty(); });
        if (recording->data_dependent() || calls_library) {
            continue;
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
                                         const driver::DeviceDescription& device) {
    const std::string architecture = eval::architecture_of(device);
    const auto properties = eval::properties_of(device);
    std::vector<tasks::Binding> bindings;
    for (const tasks::Workload* workload : workloads_of(task)) {
        auto binding = tasks::bind(task, *workload);
        if (!binding) {
            return std::unexpected(binding.error());
        }
        bindings.push_back(std::move(*binding));
    }
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
    auto recorded = planner_.record(*compilation->ptx, candidate.entry, bindings, properties);
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
    if (failed_ == choice.subject) {
        return fail("does not pass as it is: see above", choice.subject->candidate.path.string());
    }
    if (subject_ != choice.subject) {
        // Many mutants do not end, so the deadline is short: but long beside what the candidate itself needs.
        constexpr std::chrono::milliseconds shortest{1000};
        constexpr int times = 3;
        settings_.kernel_deadline = std::chrono::seconds(60); // on a busy machine, too
        const auto start = std::chrono::steady_clock::now();
        const auto outcome = judge(*choice.subject, choice.subject->recording.device_ptx);
        if (!outcome) {
            return outcome;
        }
        if (!outcome->survived()) {
            failed_ = choice.subject;
            return fail(fmt::format("does not pass as it is: {} ({} {} {})", store::to_string(outcome->status),
                                    outcome->check, outcome->workload, outcome->regime),
                        choice.subject->candidate.path.string());
        }
        const auto spent = std::chrono::steady_clock::now() - start;
        settings_.kernel_deadline =
            std::max(shortest, std::chrono::duration_cast<std::chrono::milliseconds>(times * spent));
        subject_ = choice.subject;
    }
    return judge(*choice.subject, mutate(choice.subject->recording.device_ptx, *choice.mutant));
}

Result<bool> Campaign::is_caught(const Subject& subject, std::string device_ptx) {
    const auto outcome = judge(subject, std::move(device_ptx));
    if (!outcome) {
        return std::unexpected(outcome.error());
    }
    return !outcome->survived();
}

Result<bool> Campaign::is_reached(const Choice& choice) {
    return is_caught(*choice.subject, probe(choice.subject->recording.device_ptx, *choice.mutant));
}

Result<bool> Campaign::makes_a_difference(const Choice& choice) {
    return has_value(*choice.mutant)
               ? is_caught(*choice.subject, probe_value(choice.subject->recording.device_ptx, *choice.mutant))
               : Result<bool>(true);
}

Result<bool> Campaign::is_used(const Choice& choice) {
    return has_value(*choice.mutant)
               ? is_caught(*choice.subject, probe_use(choice.subject->recording.device_ptx, *choice.mutant))
               : Result<bool>(true);
}

Result<Outcome> Campaign::judge(const Subject& subject, std::string device_ptx) {
    const auto reference = reference_of(subject.task);
    if (!reference) {
        return std::unexpected(reference.error());
    }
    const eval::Progress quiet;
    eval::Attempt attempt(settings_, subject.task, subject.candidate, quiet, key_);
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
