// `assay_mutate`: how many wrong kernels the verdict catches. README.md says how to read what it prints.
//
// Exit codes: 0 enough were caught and every survivor is explained; 1 not; 2 usage; 3 a fault of the harness.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <cstdlib>
#include <fmt/format.h>
#include <fstream>
#include <unistd.h>

#include "eval/run_worker.h"
#include "mutation/campaign.h"

namespace {

using namespace assay;
namespace fs = std::filesystem;
using mutation::Choice;
using nlohmann::json;

constexpr double least_score = 0.99;

struct Arguments {
    std::string root, cache = "none", pattern, out, report;
    std::size_t count = 2500;
    std::uint32_t seed = 1;
};

/// Whether the toolkit's assembler makes the same machine code of both texts: then they are the same program.
bool is_same_machine_code(const std::string& one, const std::string& other) {
    std::string pattern = (fs::temp_directory_path() / "assay-mutate-XXXXXX").string();
    const fs::path folder = ::mkdtemp(pattern.data());
    const auto assemble = [&](const std::string& ptx, const char* name) -> std::string {
        std::ofstream(folder / "kernel.ptx") << ptx;
        const std::string command =
            fmt::format("ptxas -arch=sm_90 '{0}/kernel.ptx' -o '{0}/{1}' >/dev/null 2>&1", folder.string(), name);
        if (std::system(command.c_str()) != 0) {
            return {};
        }
        std::ifstream file(folder / name, std::ios::binary);
        return {std::istreambuf_iterator<char>(file), {}};
    };
    const std::string code = assemble(one, "one");
    const bool same = !code.empty() && code == assemble(other, "other");
    fs::remove_all(folder);
    return same;
}

json to_json(const Choice& choice, const mutation::Outcome& outcome) {
    return {{"id", choice.id()},
            {"operator", to_string(choice.mutant->kind)},
            {"kernel", choice.mutant->kernel},
            {"line", choice.mutant->source_line},
            {"before", choice.mutant->before},
            {"after", choice.mutant->after},
            {"status", store::to_string(outcome.status)},
            {"check", outcome.check},
            {"workload", outcome.workload},
            {"regime", outcome.regime}};
}

/// What survived, with the reason why it is no mistake that the verdict should have found, if anybody gave one.
struct Survivor {
    json mutant;
    std::string kind, why;
};

struct Tally {
    std::size_t judged = 0, caught = 0, same = 0, explained = 0;
    std::map<std::string, std::size_t> unreached; ///< by candidate
    [[nodiscard]] std::size_t not_reached() const {
        std::size_t sum = 0;
        for (const auto& [name, count] : unreached) {
            sum += count;
        }
        return sum;
    }
    std::map<std::string, std::pair<std::size_t, std::size_t>> by_operator; ///< caught, judged
    std::map<std::string, std::size_t> by_status;
    std::vector<Survivor> survivors;

    /// Of those that are mistakes at all.
    [[nodiscard]] double score() const {
        const std::size_t mistakes = judged - same - not_reached();
        return mistakes == 0 ? 1 : static_cast<double>(caught) / static_cast<double>(mistakes);
    }
};

std::string markdown(const Tally& tally, const Arguments& arguments, std::size_t subjects, std::size_t of) {
    std::string text = fmt::format(
        "# Mutation of kernels\n\n{} mutants of {} honest candidates (of {} that there are; seed {}), judged by the "
        "checks "
        "alone, without timed runs: {} caught, {} the same machine code as the original, {} in code that no check's "
        "workload executes, {} survived.\n\nScore: {:.2f} % of those that are executed and another program.\n\n"
        "| operator | caught | of |\n| --- | --- | --- |\n",
        tally.judged, subjects, of, arguments.seed, tally.caught, tally.same, tally.not_reached(),
        tally.survivors.size(), 100 * tally.score());
    for (const auto& [name, counts] : tally.by_operator) {
        text += fmt::format("| {} | {} | {} |\n", name, counts.first, counts.second);
    }
    text += "\n| verdict | mutants |\n| --- | --- |\n";
    for (const auto& [name, count] : tally.by_status) {
        text += fmt::format("| {} | {} |\n", name, count);
    }
    text += "\n## Never executed\n\nCopies that the compiler makes of loops for more iterations than any workload has, "
            "mostly.\n\n"
            "| candidate | mutants |\n| --- | --- |\n";
    for (const auto& [name, count] : tally.unreached) {
        text += fmt::format("| {} | {} |\n", name, count);
    }
    text += "\n## Survivors\n";
    for (const Survivor& survivor : tally.survivors) {
        text += fmt::format(
            "\n- `{}`, line {}\n  `{}` became `{}`\n  {}{}\n", survivor.mutant.at("id").get<std::string>(),
            survivor.mutant.at("line").get<unsigned>(), survivor.mutant.at("before").get<std::string>(),
            survivor.mutant.at("after").get<std::string>(), survivor.kind.empty() ? "" : survivor.kind + ": ",
            survivor.why.empty() ? "NOT EXPLAINED" : survivor.why);
    }
    return text;
}

int run(const Arguments& arguments) {
    const auto say = [](const Error& error) {
        fmt::print(stderr, "assay_mutate: {}\n", error.to_string());
        return 3;
    };
    const auto root = tasks::find_root(arguments.root);
    const auto toolkit = compile::find_toolkit();
    if (!root || !toolkit) {
        return say(root ? toolkit.error() : root.error());
    }
    eval::Settings settings;
    settings.root = *root;
    settings.cache = arguments.cache == "none" ? "" : arguments.cache;
    settings.device = "vgpu";
    settings.kernel_deadline = std::chrono::milliseconds(2000); // many mutants do not end
    std::ifstream file(*root / "tests/mutation/survivors.json");
    const json explanations = json::parse(file);
    mutation::Campaign campaign(settings, *toolkit);
    const auto subjects = campaign.find_subjects(arguments.pattern);
    if (!subjects) {
        return say(subjects.error());
    }
    std::size_t all = 0;
    for (const mutation::Subject& subject : *subjects) {
        all += subject.mutants.size();
    }
    const auto chosen = mutation::choose(*subjects, arguments.count, arguments.seed);
    if (chosen.empty()) {
        fmt::print(stderr, "assay_mutate: no honest candidate's name holds '{}'\n", arguments.pattern);
        return 2;
    }
    std::ofstream out(arguments.out.empty() ? "/dev/null" : arguments.out);
    Tally tally;
    for (std::size_t i = 0; i < chosen.size(); ++i) {
        const Choice& choice = chosen[i];
        auto outcome = campaign.judge(choice);
        if (!outcome) { // a worker that was killed, for one: once more
            outcome = campaign.judge(choice);
        }
        if (!outcome) {
            return say(outcome.error());
        }
        if (outcome->stillborn()) {
            continue;
        }
        json line = to_json(choice, *outcome);
        auto& [caught, judged] = tally.by_operator[std::string(to_string(choice.mutant->kind))];
        ++judged;
        ++tally.judged;
        ++tally.by_status[std::string(store::to_string(outcome->status))];
        if (!outcome->survived()) {
            ++caught;
            ++tally.caught;
        } else if (const std::string& ptx = choice.subject->recording.device_ptx;
                   is_same_machine_code(ptx, mutation::mutate(ptx, *choice.mutant))) {
            ++tally.same;
            line["status"] = "same machine code";
        } else if (const auto reached = campaign.is_reached(choice); !reached) {
            return say(reached.error());
        } else if (!*reached) {
            ++tally.unreached[fmt::format("{}/{}", choice.subject->task.name, choice.subject->candidate.name)];
            line["status"] = "not reached";
        } else {
            Survivor survivor{.mutant = line, .kind = {}, .why = {}};
            const auto known = explanations.find(choice.id());
            if (known != explanations.end() && known->at("before") == line.at("before")) {
                survivor.kind = known->at("kind");
                survivor.why = known->at("why");
                ++tally.explained;
            }
            tally.survivors.push_back(std::move(survivor));
        }
        out << line.dump() << std::endl;
        if (i % 50 == 49 || i + 1 == chosen.size()) {
            fmt::print(stderr, "{} of {}: {} caught, {} survived\n", i + 1, chosen.size(), tally.caught,
                       tally.survivors.size());
        }
    }
    const std::string text = markdown(tally, arguments, subjects->size(), all);
    if (!arguments.report.empty()) {
        std::ofstream(arguments.report) << text;
    }
    fmt::print("{}\nverdict/mutation-score {:.4f} of {} mutants (goal: at least {})\n", text, tally.score(),
               tally.judged, least_score);
    return tally.score() >= least_score && tally.explained == tally.survivors.size() ? 0 : 1;
}

} // namespace

int main(int argc, char** argv) {
    if (argc == 3 && std::string(argv[1]) == "--worker") {
        const std::string role = argv[2];
        return role == "compile" ? compile::compile_worker()
               : role == "plan"  ? plan::plan_worker()
                                 : eval::run_worker(sandbox::run_virtual_policy);
    }
    Arguments arguments;
    CLI::App app("Makes wrong kernels out of right ones and counts how many the verdict catches.", "assay_mutate");
    app.add_option("pattern", arguments.pattern, "Only candidates whose task/name holds this");
    app.add_option("--count", arguments.count, "How many mutants (2500)");
    app.add_option("--seed", arguments.seed, "Which ones (1)");
    app.add_option("--root", arguments.root, "Root of tasks and datasets");
    app.add_option("--cache", arguments.cache, "Folder of the compile cache (none)");
    app.add_option("--out", arguments.out, "Write every mutant and its verdict to this file, JSON Lines");
    app.add_option("--report", arguments.report, "Write the report to this file, Markdown");
    CLI11_PARSE(app, argc, argv);
    return run(arguments);
}
