// What surrounds the harness fails: the error is clear, and nothing that was written is lost.
#include <fstream>
#include <gtest/gtest.h>
#include <set>

#include "e2e/run_assay.h"
#include "source_dir.h"

namespace assay::e2e {
namespace {

namespace fs = std::filesystem;
const std::string good = source_dir() + "/tests/e2e/candidates/good.cu";
const std::string flags = " --device vgpu --json --no-time ";

TEST(Trouble, AKilledWorkerIsTheHarnessesFaultAndTheNextCandidateIsJudged) {
    const Scratch scratch;
    // kernel_loop keeps its run worker busy until its deadline, which no reference's worker is: the first that has used
    // a second of processor time is the candidate's.
    const Outcome outcome = run("assay eval vector_add" + flags + "--cache cache --out out.jsonl '" + source_dir() +
                                    "/tests/e2e/candidates/kernel_loop.cu' '" + good +
                                    "' & assay=$!\n"
                                    "for i in $(seq 300); do sleep 0.1\n"
                                    "  program=$(pgrep -P $assay | head -1)\n"
                                    "  server=$(pgrep -P \"${program:-$assay}\" -f -- '--worker run' | head -1)\n"
                                    "  busy=$([ -z \"$server\" ] || ps --ppid $server -o cputimes=,pid= |\n"
                                    "    awk '$1 >= 1 { print $2; exit }')\n"
                                    "  if [ -n \"$busy\" ]; then kill -KILL $busy; break; fi\n"
                                    "done\n"
                                    "wait $assay",
                                scratch.path());
    EXPECT_EQ(outcome.code, 3) << outcome.out << outcome.err;
    const auto results = outcome.lines();
    ASSERT_EQ(results.size(), 2U);
    EXPECT_EQ(results[0].at("status"), "harness_error") << results[0].dump(2);
    EXPECT_NE(results[0].dump().find("SIGKILL"), std::string::npos) << results[0].dump(2);
    EXPECT_EQ(results[1].at("status"), "passed") << results[1].dump(2);
}

TEST(Trouble, AFullDiskIsAnErrorAndKeepsWhatWasWritten) {
    const Scratch scratch;
    const Outcome outcome = run("assay eval vector_add" + flags + "--cache none --out out.jsonl '" + good +
                                    "' >/dev/null || exit 9\n"
                                    "size=$(stat -c %s out.jsonl)\n"
                                    "trap '' XFSZ; ulimit -f $((size / 1024 + 1))\n" // no room for a second result
                                    "assay eval vector_add" +
                                    flags + "--cache none --out out.jsonl '" + good + "' '" + good + "' '" + good + "'",
                                scratch.path());
    EXPECT_EQ(outcome.code, 3) << outcome.err;
    EXPECT_NE(outcome.err.find("out.jsonl"), std::string::npos) << outcome.err;
    const Outcome score = run("assay score out.jsonl --json", scratch.path());
    EXPECT_EQ(score.code, 0) << score.err;
    EXPECT_EQ(score.lines().at(0).at("correct"), 1) << score.out;
}

TEST(Trouble, AnUnwritableCacheCostsTimeAndIsSaid) {
    const Scratch scratch;
    std::ofstream(scratch.path() / "file") << "not a folder";
    const Outcome outcome = run("assay eval vector_add" + flags + "--cache file/cache '" + good + "'", scratch.path());
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    const auto result = outcome.lines().at(0);
    EXPECT_EQ(result.at("status"), "passed");
    EXPECT_NE(result.at("warnings").dump().find("cache"), std::string::npos) << result.dump(2);
}

TEST(Trouble, ACorruptedCacheEntryIsReplacedAndIsSaid) {
    const Scratch scratch;
    const std::string command = "assay eval vector_add" + flags + "--cache cache '" + good + "'";
    ASSERT_EQ(run(command, scratch.path()).code, 0);
    unsigned corrupted = 0;
    for (const auto& entry : fs::recursive_directory_iterator(scratch.path() / "cache")) {
        if (entry.is_regular_file() && entry.file_size() > 64) {
            std::fstream file(entry.path(), std::ios::in | std::ios::out | std::ios::binary);
            file.seekp(static_cast<std::streamoff>(entry.file_size() / 2));
            file << "garbage";
            ++corrupted;
        }
    }
    ASSERT_GT(corrupted, 0U);
    const auto again = run(command, scratch.path());
    EXPECT_EQ(again.code, 0) << again.err;
    EXPECT_NE(again.lines().at(0).at("warnings").dump().find("cache"), std::string::npos) << again.out;
    const auto healed = run(command, scratch.path());
    EXPECT_TRUE(healed.lines().at(0).at("warnings").empty()) << healed.out;
}

TEST(Trouble, AMalformedTaskFileNamesFileAndFieldAndHidesNoOther) {
    const Scratch scratch;
    fs::copy(source_dir() + "/tasks", scratch.path() / "tasks", fs::copy_options::recursive);
    fs::create_directory_symlink(source_dir() + "/reference", scratch.path() / "reference");
    std::ifstream original(scratch.path() / "tasks/level1/gelu.json");
    auto task = nlohmann::ordered_json::parse(original);
    task["inputs"]["x"]["dtype"] = "float31";
    std::ofstream(scratch.path() / "tasks/level1/gelu.json") << task.dump();
    const Outcome list = run("assay tasks list --root .", scratch.path());
    EXPECT_EQ(list.code, 2);
    EXPECT_NE(list.err.find("gelu.json"), std::string::npos) << list.err;
    EXPECT_NE(list.err.find("/inputs/x/dtype"), std::string::npos) << list.err;
    EXPECT_NE(list.out.find("vector_add"), std::string::npos) << list.out;
    const Outcome broken = run("assay eval gelu --root . '" + good + "'", scratch.path());
    EXPECT_EQ(broken.code, 2);
    EXPECT_NE(broken.err.find("float31"), std::string::npos) << broken.err;
    EXPECT_EQ(run("assay eval vector_add --root . --cache none" + flags + "'" + good + "'", scratch.path()).code, 0);
}

TEST(Trouble, UsageErrorsSayWhatToDo) {
    const Scratch scratch;
    const auto says = [&](const std::string& command, int code, const std::string& text) {
        const Outcome outcome = run(command, scratch.path());
        EXPECT_EQ(outcome.code, code) << command << outcome.err;
        EXPECT_NE((outcome.out + outcome.err).find(text), std::string::npos) << command << outcome.out << outcome.err;
    };
    says("assay", 2, "--help");
    says("assay --help", 0, "Examples");
    says("assay eval --help", 0, "Examples");
    says("assay eval vector_ad '" + good + "'", 2, "did you mean 'vector_add'");
    says("assay eval vector_add missing.cu", 2, "missing.cu");
    says("assay eval vector_add '" + good + "' --device gpu0", 4, "vgpu, cuda:N or auto");
    says("assay run no_such_suite", 2, "no_such_suite");
    says("mkdir none; assay run demo --device vgpu --candidates none", 5, "no candidates");
    says("touch empty.jsonl; assay score empty.jsonl", 5, "no results");
    says("echo '{' >torn.jsonl; echo '{}' >>torn.jsonl; assay score torn.jsonl", 2, "torn.jsonl");
    says("assay plan vector_add '" + good + "' --workload nope", 2, "known:");
}

TEST(Trouble, NothingThatACandidateWroteReachesTheTerminalAsItIs) {
    const Scratch scratch;
    std::ofstream(scratch.path() / "evil.jsonl")
        << R"({"task": "vector_add", "name": "\u001b[2Jpassed\u202e", "author": "\u001b[31m", "source": "#error \u001b[2J",)"
        << R"( "model": "\u001b]0;x\u0007", "note": "<script>"})" << '\n'
        << R"({"task": "vector_add", "name": "two\nlines\",\"status\":\"passed", "source": "\u009b2J"})" << '\n';
    std::ofstream(scratch.path() / "\x1b[2J\xff.cu") << "#error";
    for (const std::string command :
         {"assay run smoke --candidates evil.jsonl --out out.jsonl --device vgpu --no-time --cache cache",
          "assay run smoke --candidates evil.jsonl --out out.jsonl --device vgpu --no-time --cache cache --resume",
          "assay score out.jsonl --table", "assay regrade out.jsonl --device vgpu --cache cache",
          "assay eval vector_add *.cu --device vgpu --no-time --cache cache",
          "assay eval vector_add *.cu missing*.cu --device vgpu"}) {
        const Outcome outcome = run(command, scratch.path());
        for (const std::string& text : {outcome.out, outcome.err}) {
            for (const char* mark : {"\x1b", "\u009b", "\u202e", "\x07"}) {
                EXPECT_EQ(text.find(mark), std::string::npos) << command << text;
            }
        }
    }
    std::ifstream results(scratch.path() / "out.jsonl");
    int lines = 0;
    for (std::string line; std::getline(results, line); ++lines) {
        EXPECT_EQ(nlohmann::json::parse(line).at("status"), "compile_error");
    }
    EXPECT_EQ(lines, 2) << "the resumed run knew both";
}

/// A folder of candidates for vector_add, each a text of its own.
void make_candidates(const fs::path& folder, int count) {
    fs::create_directories(folder / "vector_add");
    std::ifstream file(good);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    for (int i = 0; i < count; ++i) {
        std::ofstream(folder / "vector_add" / ("k" + std::to_string(i) + ".cu")) << text << "// " << i << '\n';
    }
}

TEST(Trouble, AKilledRunIsResumedWithoutJudgingAnythingTwice) {
    const Scratch scratch;
    constexpr int count = 6;
    make_candidates(scratch.path() / "mine", count);
    const std::string command = "assay run smoke --candidates mine --out out.jsonl" + flags + "--cache cache";
    // Killed as soon as a result is there, in the middle of a later one.
    const Outcome killed = run(command + " & assay=$!\n"
                                         "for i in $(seq 300); do [ -s out.jsonl ] && break; sleep 0.05; done\n"
                                         "sleep 0.3; program=$(pgrep -P $assay | head -1)\n"
                                         "kill -KILL \"${program:-$assay}\"; wait $assay",
                               scratch.path());
    EXPECT_EQ(killed.code, 137) << killed.err;
    const Outcome resumed = run(command + " --resume", scratch.path());
    EXPECT_EQ(resumed.code, 0) << resumed.out << resumed.err;
    EXPECT_EQ(resumed.lines().at(0).at("evaluations").size(), static_cast<std::size_t>(count));
    std::ifstream results(scratch.path() / "out.jsonl");
    std::set<std::string> names;
    int lines = 0;
    for (std::string line; std::getline(results, line); ++lines) {
        names.insert(nlohmann::json::parse(line).at("candidate"));
    }
    EXPECT_EQ(lines, count);
    EXPECT_EQ(names.size(), static_cast<std::size_t>(count));
    const Outcome without = run("assay run smoke --resume" + flags, scratch.path());
    EXPECT_EQ(without.code, 2);
    EXPECT_NE(without.err.find("--out"), std::string::npos) << without.err;
}

TEST(Trouble, AResumedRunJudgesAnewWhatWasJudgedOtherwise) {
    const Scratch scratch;
    make_candidates(scratch.path() / "mine", 2);
    const auto go_on = [&](const std::string& more) {
        const Outcome outcome = run(
            "assay run smoke --candidates mine --out out.jsonl --json --cache cache --resume " + more, scratch.path());
        EXPECT_EQ(outcome.out.empty(), false) << outcome.err;
        return std::stoi(run("wc -l < out.jsonl", scratch.path()).out);
    };
    const std::string untimed = "--device vgpu --no-time ";
    EXPECT_EQ(go_on(untimed), 2);
    EXPECT_EQ(go_on(untimed), 2) << "nothing has changed";
    EXPECT_EQ(go_on(untimed + "--library reject"), 4);
    EXPECT_EQ(go_on("--device vgpu --time-budget 0.1"), 6) << "with times";
    EXPECT_EQ(go_on("--device vgpu --time-budget 0.1"), 6);
    std::ofstream(scratch.path() / "mine" / "vector_add" / "k0.cu", std::ios::app) << "__global__ void more() {}\n";
    EXPECT_EQ(go_on("--device vgpu --time-budget 0.1"), 7) << "another text";
    // Results of two devices are never mixed: not even where none would be judged anew.
    ASSERT_EQ(run("sed -i 's/Assay vGPU/NVIDIA H200/' out.jsonl", scratch.path()).code, 0);
    const Outcome other = run("assay run smoke --candidates mine --out out.jsonl --resume " + untimed, scratch.path());
    EXPECT_EQ(other.code, 2);
    EXPECT_NE(other.err.find("another device: NVIDIA H200"), std::string::npos) << other.err;
}

} // namespace
} // namespace assay::e2e
