#include "eval/candidate.h"
#include "eval/collection.h"

#include <cstdlib>
#include <fstream>
#include <gtest/gtest.h>

namespace assay::eval {
namespace {

namespace fs = std::filesystem;

class CandidateTest : public testing::Test {
protected:
    CandidateTest() {
        std::string pattern = (fs::temp_directory_path() / "assay-test-XXXXXX").string();
        folder = mkdtemp(pattern.data());
    }
    ~CandidateTest() override { fs::remove_all(folder); }

    void write(const fs::path& file, const std::string& text) const {
        fs::create_directories((folder / file).parent_path());
        std::ofstream(folder / file) << text;
    }

    [[nodiscard]] Error error_of(const fs::path& path) const {
        const auto candidate = load_candidate(folder / path);
        return candidate ? Error{"no error", {}, {}} : candidate.error();
    }

    fs::path folder;
};

TEST_F(CandidateTest, AFileIsACandidateNamedAfterIt) {
    write("fast.cu", "text");
    const auto candidate = load_candidate(folder / "fast.cu");
    ASSERT_TRUE(candidate);
    EXPECT_EQ(candidate->name, "fast");
    EXPECT_EQ(candidate->source, "text");
    EXPECT_EQ(candidate->entry.name, "");
}

TEST_F(CandidateTest, AFolderSaysMore) {
    write("mine/kernel.cu", "text");
    write("mine/candidate.json",
          R"({"name": "best", "task": "softmax", "author": "m", "entry": "go", "options": ["-use_fast_math"]})");
    const auto candidate = load_candidate(folder / "mine");
    ASSERT_TRUE(candidate) << candidate.error().to_string();
    EXPECT_EQ(candidate->name, "best");
    EXPECT_EQ(candidate->task, "softmax");
    EXPECT_EQ(candidate->author, "m");
    EXPECT_EQ(candidate->entry.name, "go");
    EXPECT_EQ(candidate->options, std::vector<std::string>{"-use_fast_math"});
    EXPECT_EQ(candidate->path, folder / "mine/kernel.cu");
}

TEST_F(CandidateTest, TheHashCoversSourceEntryAndOptions) {
    write("a/kernel.cu", "text");
    write("a/candidate.json", "{}");
    const auto plain = load_candidate(folder / "a")->hash;
    write("a/candidate.json", R"({"entry": "go"})");
    const auto entry = load_candidate(folder / "a")->hash;
    write("a/candidate.json", R"({"options": ["-use_fast_math"]})");
    const auto options = load_candidate(folder / "a")->hash;
    EXPECT_NE(plain, entry);
    EXPECT_NE(plain, options);
    EXPECT_NE(entry, options);
}

TEST_F(CandidateTest, ErrorsNameThePlace) {
    EXPECT_NE(error_of("none.cu").where.find("none.cu"), std::string::npos);
    write("x.cpp", "");
    EXPECT_EQ(error_of("x.cpp").what, "not a candidate");
    write("bad/candidate.json", "{");
    EXPECT_NE(error_of("bad").where.find("candidate.json"), std::string::npos);
    write("list/candidate.json", "[]");
    EXPECT_EQ(error_of("list").what, "is not an object");
    write("typed/candidate.json", R"({"entry": 3})");
    EXPECT_NE(error_of("typed").where.find("#/entry"), std::string::npos);
    write("count/candidate.json", R"({"sample": -1})");
    EXPECT_EQ(error_of("count").what, "is not a count");
    write("unknown/candidate.json", R"({"entri": "go"})");
    EXPECT_NE(error_of("unknown").where.find("#/entri"), std::string::npos);
    write("two/candidate.json", "{}");
    write("two/a.cu", "");
    write("two/b.cu", "");
    EXPECT_EQ(error_of("two").what, "more than one source here");
    write("option/candidate.json", R"({"options": ["-I/etc"]})");
    write("option/a.cu", "");
    EXPECT_NE(error_of("option").where.find("#/options"), std::string::npos);
    write("big.cu", std::string(max_source_bytes + 1, 'x'));
    EXPECT_EQ(error_of("big.cu").what, "no error") << "a verdict of its own: the run goes on";
    const auto big = load_candidate(folder / "big.cu");
    ASSERT_TRUE(big && big->unusable);
    EXPECT_EQ(big->unusable->error.what, "longer than 1 MiB");
}

TEST_F(CandidateTest, WhatDividesTheHashCannotBeForged) {
    write("a/kernel.cu", "text");
    write("a/candidate.json", R"({"options": ["-use_fast_math"]})");
    write("b/kernel.cu", std::string("text\0-use_fast_math", 19));
    write("b/candidate.json", "{}");
    EXPECT_NE(load_candidate(folder / "a")->hash, load_candidate(folder / "b")->hash);
}

TEST_F(CandidateTest, BlanksThatACompilerSeesAreADifference) {
    const std::vector<std::pair<std::string, std::string>> pairs{
        {"// a \\\nb", "// a \\ \nb"}, {"f(R\"(a\n)\")", "f(R\"(a \n)\")"}, {"s = '''a\n'''", "s = '''a \n'''"}};
    for (const auto& [one, other] : pairs) {
        write("one.cu", one);
        write("other.cu", other);
        EXPECT_NE(load_candidate(folder / "one.cu")->hash, load_candidate(folder / "other.cu")->hash) << one;
    }
}

TEST_F(CandidateTest, AFolderNamesNothingOutsideOfIt) {
    write("secret.cu", "#error secret");
    write("mine/kernel.cu", "text");
    for (const char* source : {"../secret.cu", "../mine/../secret.cu", "link.cu", "folder/secret.cu"}) {
        fs::remove(folder / "mine/link.cu");
        fs::remove(folder / "mine/folder");
        fs::create_symlink(folder / "secret.cu", folder / "mine/link.cu");
        fs::create_directory_symlink(folder, folder / "mine/folder");
        write("mine/candidate.json", R"({"source": ")" + std::string(source) + R"("})");
        EXPECT_EQ(error_of("mine").what, "leads out of the candidate's folder, or to nothing") << source;
    }
    write("mine/candidate.json", R"({"source": ")" + (folder / "secret.cu").string() + R"("})");
    EXPECT_EQ(error_of("mine").what, "leads out of the candidate's folder, or to nothing");
    write("mine/candidate.json", R"({"source": "kernel.cu"})");
    EXPECT_TRUE(load_candidate(folder / "mine"));
    fs::remove(folder / "mine/candidate.json");
    write("other.json", "{}");
    fs::create_symlink(folder / "other.json", folder / "mine/candidate.json");
    EXPECT_EQ(error_of("mine").what, "leads out of the candidate's folder, or to nothing");
}

TEST_F(CandidateTest, APythonFileGetsNothingFromOutsideOfItsFolder) {
    write("secret.cu", "secret");
    write("mine/kernel.py", "class ModelNew:\n  source = 'secret.cu'\n");
    fs::create_symlink(folder / "secret.cu", folder / "mine/secret.cu");
    const auto candidate = load_candidate(folder / "mine/kernel.py");
    ASSERT_TRUE(candidate);
    EXPECT_TRUE(candidate->files.empty());
}

TEST_F(CandidateTest, NothingDeepIsCopied) {
    const std::string deep(200'000, '[');
    write("mine/kernel.ptx", "text");
    write("mine/candidate.json", R"({"launches": )" + deep + std::string(200'000, ']') + "}");
    EXPECT_EQ(error_of("mine").what, "is nested deeper than 64");
    write("deep.jsonl", R"({"task": "gelu", "source": "x", "more": )" + deep + std::string(200'000, ']') + "}\n");
    const auto candidates = load_candidates(folder / "deep.jsonl");
    ASSERT_FALSE(candidates);
    EXPECT_EQ(candidates.error().what, "is nested deeper than 32") << "a result that holds it can be read";
}

TEST_F(CandidateTest, NamesAreFitToPrint) {
    write("many.jsonl", "{\"task\": \"gelu\", \"source\": \"x\", \"name\": \"\\u001b[2Ja\\u202eb\"}\n");
    const auto candidates = load_candidates(folder / "many.jsonl");
    ASSERT_TRUE(candidates) << candidates.error().to_string();
    EXPECT_EQ(candidates->front().name, "?[2Ja?b");
}

TEST_F(CandidateTest, WhatCannotBeLoadedIsInNobodysWay) {
    write("secret.cu", "#error secret");
    write("all/softmax/a.cu", "");
    write("all/softmax/b/candidate.json", "{");
    fs::create_symlink(folder / "secret.cu", folder / "all/softmax/c.cu");
    const auto candidates = load_candidates(folder / "all");
    ASSERT_TRUE(candidates) << candidates.error().to_string();
    ASSERT_EQ(candidates->size(), 3U);
    EXPECT_FALSE(candidates->at(0).unusable);
    for (const std::size_t bad : {1, 2}) {
        EXPECT_EQ(candidates->at(bad).task, "softmax");
        ASSERT_TRUE(candidates->at(bad).unusable);
        EXPECT_EQ(candidates->at(bad).unusable->status, store::Status::Rejected);
        EXPECT_EQ(candidates->at(bad).source.find("secret\n"), std::string::npos);
    }
}

TEST_F(CandidateTest, ATreeIsReadByTaskAndName) {
    write("softmax/b.cu", "");
    write("softmax/a.cu", "");
    write("softmax/expect.json", "{}");
    write("gelu/c/candidate.json", "{}");
    write("gelu/c/kernel.cu", "");
    const auto candidates = load_candidates(folder);
    ASSERT_TRUE(candidates) << candidates.error().to_string();
    std::vector<std::string> names;
    for (const Candidate& candidate : *candidates) {
        names.push_back(candidate.task + "/" + candidate.name);
    }
    EXPECT_EQ(names, (std::vector<std::string>{"gelu/c", "softmax/a", "softmax/b"}));
    EXPECT_FALSE(load_candidates(folder / "nothing"));
}

TEST_F(CandidateTest, LinesAreReadWithWhatIsKnownOfThem) {
    write("many.jsonl", R"({"task": "gelu", "source": "a", "model": "m", "sample": 2, "temperature": 0.7}

{"task": "gelu", "source": "a  \r\n\n", "entry": ""}
{"task": "gelu", "reply": "no code", "name": "chat/1", "reasoning_length": 12, "author": "me"}
)");
    const auto candidates = load_candidates(folder / "many.jsonl");
    ASSERT_TRUE(candidates) << candidates.error().to_string();
    ASSERT_EQ(candidates->size(), 3U);
    const Candidate& first = candidates->at(0);
    EXPECT_EQ(first.name, "m-2");
    EXPECT_EQ(first.author, "m");
    EXPECT_EQ(first.path.filename(), "many.jsonl:1");
    EXPECT_EQ(first.origin, (nlohmann::json{{"model", "m"}, {"sample", 2}, {"temperature", 0.7}}));
    EXPECT_EQ(candidates->at(1).name, "line3");
    EXPECT_EQ(candidates->at(1).hash, first.hash) << "blanks at ends are no difference";
    const Candidate& chat = candidates->at(2);
    EXPECT_EQ(chat.file, "chat_1.cu");
    EXPECT_EQ(chat.author, "me");
    ASSERT_TRUE(chat.unusable);
    EXPECT_NE(chat.unusable->error.what.find("code block"), std::string::npos);
}

TEST_F(CandidateTest, ABadLineIsNamed) {
    const std::string good = R"({"task": "gelu", "source": "x", "name": "x"})";
    const auto error = [&](const std::string& line) {
        write("bad.jsonl", good + "\n" + line + "\n");
        const auto candidates = load_candidates(folder / "bad.jsonl");
        EXPECT_FALSE(candidates) << line;
        const Error found = candidates ? Error{} : candidates.error();
        EXPECT_NE(found.where.find("bad.jsonl:2"), std::string::npos) << found.to_string();
        return found.to_string();
    };
    const auto says = [&](const std::string& line, const std::string& text) {
        const std::string found = error(line);
        EXPECT_NE(found.find(text), std::string::npos) << found;
    };
    says("{", "is not JSON");
    says("[]", "is not an object");
    says(R"({"source": "x"})", "/task: is missing");
    says(R"({"task": "gelu"})", "\"source\" or \"reply\"");
    says(R"({"task": "gelu", "source": "x", "reply": "x"})", "either");
    says(R"({"task": 3, "source": "x"})", "/task: is not a string");
    says(R"({"task": "gelu", "source": "x", "sample": "one"})", "/sample: is not a count");
    says(R"({"task": "gelu", "source": "x", "options": ["-I/etc"]})", "/options");
    says(R"({"task": "gelu", "source": "x", "arguments": [3]})", "/arguments: is not a list of strings");
    says(good, "in line 1");
    write("empty.jsonl", "\n");
    EXPECT_FALSE(load_candidates(folder / "empty.jsonl"));
    EXPECT_FALSE(load_candidates(folder / "none.jsonl"));
}

} // namespace
} // namespace assay::eval
