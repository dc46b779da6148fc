// `assay_mutate`: how many wrong kernels the verdict catches. README.md says how to read what it prints.
//
// Exit codes: 0 enough were caught and every survivor is explained; 1 not; 2 usage; 3 a fault of the harness; 5 nothing
// selected.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <fstream>
#include <set>
#include <sstream>
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
    std::string root, cache = "none", pattern, out, report, again;
    std::size_t count = 2500;
    std::uint32_t seed = 1;
};

/// The architecture that a module is written for, as ptxas takes it: "sm_90a".
std::string target_of(const std::string& ptx) {
    constexpr std::string_view mark = ".target ";
    const std::size_t begin = ptx.find(mark);
    const std::size_t name = begin == std::string::npos ? ptx.size() : begin + mark.size();
    return ptx.substr(name, ptx.find_first_not_of("abcdefghijklmnopqrstuvwxyz_0123456789", name) - name);
}

/// Without what says where in a source it comes from: with that, ptxas writes the text itself into its output.
std::string without_lines(const std::string& ptx) {
    std::string kept;
    bool section = false;
    std::istringstream lines(ptx);
    for (std::string line; std::getline(lines, line);) {
        const std::string_view text =
            std::string_view(line).substr(std::min(line.find_first_not_of(" \t"), line.size()));
        section = section || text.starts_with(".section");
        if (!section && !text.starts_with(".loc ") && !text.starts_with(".file ")) {
            kept += line + '\n';
        }
        section = section && !text.starts_with("}");
    }
    return kept;
}

/// Whether the toolkit's assembler makes the same machine code of both texts: then they are the same program.
bool is_same_machine_code(const std::string& one, const std::string& other) {
    std::string pattern = (fs::temp_directory_path() / "assay-mutate-XXXXXX").string();
    const fs::path folder = ::mkdtemp(pattern.data());
    const auto assemble = [&](const std::string& ptx, const char* name) -> std::string {
        std::ofstream(folder / "kernel.ptx") << without_lines(ptx);
        const std::string command = fmt::format("ptxas -arch={2} '{0}/kernel.ptx' -o '{0}/{1}' >/dev/null 2>&1",
                                                folder.string(), name, target_of(ptx));
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

/// The ids of the mutants that survived according to a file written by --out.
Result<std::set<std::string>> survivors_of(const std::string& path) {
    std::ifstream file(path);
    if (!file) {
        return fail("cannot be read", path, "give the file that --out wrote");
    }
    std::set<std::string> ids;
    for (std::string line; std::getline(file, line);) {
        const json mutant = json::parse(line, nullptr, false);
        if (!mutant.is_object() || !mutant.contains("id") || !mutant.contains("status")) {
            return fail("has a line that is no mutant", path, "give the file that --out wrote");
        }
        if (mutant.at("status") == "passed") {
            ids.insert(mutant.at("id"));
        }
    }
    return ids;
}

/// What survived, with the reason why it is no mistake that the verdict should have found, if anybody gave one.
struct Survivor {
    json mutant;
    std::string kind, why;
};

struct Tally {
    std::vector<std::string> no_verdict; ///< the ids of those that the harness failed at
    std::size_t judged = 0, caught = 0, same = 0, alike = 0, unused = 0, equivalent = 0, explained = 0;
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

    /// Of those that do something else than the original in some run, whether they are wrong or not.
    [[nodiscard]] double raw_score() const { return share_of(judged - same - alike - unused - not_reached()); }
    /// Of those that are wrong: without the ones that survivors.json proves equivalent.
    [[nodiscard]] double score() const { return share_of(judged - same - alike - unused - not_reached() - equivalent); }

private:
    [[nodiscard]] double share_of(std::size_t mutants) const {
        return mutants == 0 ? 1 : static_cast<double>(caught) / static_cast<double>(mutants);
    }
};

std::string markdown(const Tally& tally, const Arguments& arguments, std::size_t subjects, std::size_t of) {
    std::string text = fmt::format(
        "# Mutation of kernels\n\n{} mutants of {} honest candidates (of {} that there are; seed {}), judged by the "
        "checks "
        "alone, without timed runs: {} caught, {} the same machine code as the original, {} in code that no check's "
        "workload executes, {} with the original's values in every run, {} of values that nothing comes of, {} "
        "survived, {} of them equivalent.\n\n",
        tally.judged, subjects, of, arguments.seed, tally.caught, tally.same, tally.not_reached(), tally.alike,
        tally.unused, tally.survivors.size(), tally.equivalent);
    text += arguments.again.empty()
                ? fmt::format("Score: {:.2f} % of those that are wrong, {:.2f} % of all that did something else "
                              "than the original.\n\n",
                              100 * tally.score(), 100 * tally.raw_score())
                : "Only what survived before was judged again: a score would say nothing.\n\n";
    text += "| operator | caught | of |\n| --- | --- | --- |\n";
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
    if (!tally.no_verdict.empty()) {
        text += fmt::format("\n## No verdict\n\nThe harness failed at: {}\n", fmt::join(tally.no_verdict, ", "));
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
    std::ifstream file(*root / "tests/mutation/survivors.json");
    const json explanations = json::parse(file);
    mutation::Campaign campaign(settings, *toolkit, arguments.seed);
    const auto subjects = campaign.find_subjects(arguments.pattern);
    if (!subjects) {
        return say(subjects.error());
    }
    std::size_t all = 0;
    for (const mutation::Subject& subject : *subjects) {
        all += subject.mutants.size();
    }
    auto chosen = mutation::choose(*subjects, arguments.count, arguments.seed);
    if (!arguments.again.empty()) {
        const auto survived = survivors_of(arguments.again);
        if (!survived) {
            return say(survived.error());
        }
        std::erase_if(chosen, [&](const Choice& choice) { return !survived->contains(choice.id()); });
    }
    if (chosen.empty()) {
        fmt::print(stderr,
                   "assay_mutate: nothing to judge: no honest candidate's name holds '{}', or none of its mutants "
                   "survived\n",
                   arguments.pattern);
        return 5;
    }
    std::ofstream out(arguments.out.empty() ? "/dev/null" : arguments.out);
    Tally tally;
    for (std::size_t i = 0; i < chosen.size(); ++i) {
        const Choice& choice = chosen[i];
        auto outcome = campaign.judge(choice);
        if (!outcome) { // a worker that was killed, for one: once more
            outcome = campaign.judge(choice);
        }
        if (!outcome) { // no verdict is the worst verdict: the campaign goes on, and fails
            fmt::print(stderr, "assay_mutate: {}: {}\n", choice.id(), outcome.error().to_string());
            outcome =
                mutation::Outcome{.status = store::Status::HarnessError, .check = {}, .workload = {}, .regime = {}};
        }
        if (outcome->stillborn()) {
            continue;
        }
        json line = to_json(choice, *outcome);
        auto& [caught, judged] = tally.by_operator[std::string(to_string(choice.mutant->kind))];
        ++judged;
        ++tally.judged;
        ++tally.by_status[std::string(store::to_string(outcome->status))];
        if (outcome->status == store::Status::HarnessError) {
            tally.no_verdict.push_back(choice.id());
        } else if (!outcome->survived()) {
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
        } else if (const auto different = campaign.makes_a_difference(choice); !different) {
            return say(different.error());
        } else if (!*different) {
            ++tally.alike;
            line["status"] = "same values";
        } else if (const auto used = campaign.is_used(choice); !used) {
            return say(used.error());
        } else if (!*used) {
            ++tally.unused;
            line["status"] = "value not used";
        } else {
            Survivor survivor{.mutant = line, .kind = {}, .why = {}};
            const auto known = explanations.find(choice.id());
            if (known != explanations.end() && known->at("before") == line.at("before")) {
                survivor.kind = known->at("kind");
                survivor.why = known->at("why");
                tally.equivalent += survivor.kind == "equivalent" ? 1 : 0;
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
    fmt::print("{}\n", text);
    bool reached = true;
    if (arguments.again.empty()) {
        reached = tally.score() >= least_score;
        fmt::print("figure verdict/mutation-score {:.4f} of wrong kernels goal >= {} {}\n", tally.score(), least_score,
                   reached ? "ok" : "short");
    }
    if (!tally.no_verdict.empty()) {
        return 3;
    }
    return reached && tally.explained == tally.survivors.size() ? 0 : 1;
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
    app.add_option("--again", arguments.again, "Judge only those that survived in this file, an earlier --out");
    app.add_option("--report", arguments.report, "Write the report to this file, Markdown");
    CLI11_PARSE(app, argc, argv);
    return run(arguments);
}
