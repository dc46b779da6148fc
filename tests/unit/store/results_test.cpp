// Results files: what was reported as written survives crashes, full disks and other writers.
#include "store/results.h"

#include <csignal>
#include <fstream>
#include <gtest/gtest.h>
#include <sstream>
#include <sys/resource.h>
#include <thread>
#include <unistd.h>

namespace assay::store {
namespace {

namespace fs = std::filesystem;

Evaluation evaluation(const std::string& id) {
    Evaluation result;
    result.id = id;
    result.task = "softmax";
    result.status = Status::Passed;
    return result;
}

std::string contents(const fs::path& file) {
    std::ifstream stream(file, std::ios::binary);
    std::ostringstream text;
    text << stream.rdbuf();
    return text.str();
}

class Results : public testing::Test {
protected:
    void SetUp() override {
        std::string pattern = (fs::temp_directory_path() / "assay-results-XXXXXX").string();
        ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
        folder_ = pattern;
        file_ = folder_ / "results.jsonl";
    }
    void TearDown() override { fs::remove_all(folder_); }

    ResultsWriter open() {
        auto writer = ResultsWriter::open(file_);
        EXPECT_TRUE(writer) << writer.error().to_string();
        return std::move(*writer);
    }
    void append_raw(const std::string& text) const { std::ofstream(file_, std::ios::app | std::ios::binary) << text; }
    [[nodiscard]] std::vector<std::string> ids() const {
        const auto read = read_results(file_);
        EXPECT_TRUE(read) << read.error().to_string();
        std::vector<std::string> result;
        if (read) {
            for (const auto& entry : *read) {
                result.push_back(entry.id);
            }
        }
        return result;
    }

    fs::path folder_, file_;
};

using Ids = std::vector<std::string>;

TEST_F(Results, AppendedAndReadInOrder) {
    {
        auto writer = open();
        EXPECT_FALSE(writer.repaired());
        ASSERT_TRUE(writer.append(evaluation("a")));
        ASSERT_TRUE(writer.append(evaluation("b")));
    }
    auto writer = open();
    EXPECT_FALSE(writer.repaired());
    ASSERT_TRUE(writer.append(evaluation("c")));
    EXPECT_EQ(ids(), (Ids{"a", "b", "c"}));
    const std::string text = contents(file_);
    EXPECT_EQ(std::ranges::count(text, '\n'), 3);
}

TEST_F(Results, AMovedWriterWrites) {
    auto first = open();
    ResultsWriter second = std::move(first);
    ASSERT_TRUE(second.append(evaluation("a")));
    first = std::move(second);
    ASSERT_TRUE(first.append(evaluation("b")));
    EXPECT_EQ(ids(), (Ids{"a", "b"}));
}

TEST_F(Results, ATornLastLineIsCutOffAndTold) {
    ASSERT_TRUE(open().append(evaluation("a")));
    const auto size = fs::file_size(file_);
    // Longer than one block of the search for the last newline.
    append_raw("{\"schema\": \"" + std::string(10'000, 'x'));
    EXPECT_EQ(ids(), Ids{"a"});
    auto writer = open();
    EXPECT_TRUE(writer.repaired());
    EXPECT_EQ(fs::file_size(file_), size);
    ASSERT_TRUE(writer.append(evaluation("b")));
    EXPECT_EQ(ids(), (Ids{"a", "b"}));
}

TEST_F(Results, AFileThatIsOneTornLineBecomesEmpty) {
    append_raw("{\"sch");
    EXPECT_EQ(ids(), Ids{});
    auto writer = open();
    EXPECT_TRUE(writer.repaired());
    EXPECT_EQ(fs::file_size(file_), 0U);
}

// A line is complete by its newline alone: this one was never reported as written.
TEST_F(Results, AWholeLineWithoutItsNewlineIsTorn) {
    append_raw(to_json(evaluation("a")).dump());
    EXPECT_EQ(ids(), Ids{});
    EXPECT_TRUE(open().repaired());
}

TEST_F(Results, AnotherWritersCrashIsRepairedBeforeTheNextLine) {
    auto writer = open();
    ASSERT_TRUE(writer.append(evaluation("a")));
    append_raw("half a li");
    ASSERT_TRUE(writer.append(evaluation("b")));
    EXPECT_EQ(ids(), (Ids{"a", "b"}));
}

TEST_F(Results, WritersShareAFile) {
    const auto write = [&](const std::string& name) {
        auto writer = open();
        for (int i = 0; i < 20; i++) {
            ASSERT_TRUE(writer.append(evaluation(name + std::to_string(i))));
        }
    };
    std::thread first(write, "a");
    std::thread second(write, "b");
    first.join();
    second.join();
    const auto read = ids();
    EXPECT_EQ(read.size(), 40U);
    EXPECT_EQ(std::set<std::string>(read.begin(), read.end()).size(), 40U);
}

/// Lets no file of this process grow beyond `bytes`, as a full disk would: a write is short, then fails with EFBIG.
class FileSizeLimit {
public:
    explicit FileSizeLimit(rlim_t bytes) : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
        ::getrlimit(RLIMIT_FSIZE, &before_);
        const rlimit limit{bytes, before_.rlim_max};
        ::setrlimit(RLIMIT_FSIZE, &limit);
    }
    ~FileSizeLimit() {
        ::setrlimit(RLIMIT_FSIZE, &before_);
        std::signal(SIGXFSZ, handler_);
    }
    FileSizeLimit(const FileSizeLimit&) = delete;
    FileSizeLimit& operator=(const FileSizeLimit&) = delete;

private:
    rlimit before_{};
    void (*handler_)(int);
};

TEST_F(Results, AFullDiskLeavesTheFileAsItWas) {
    auto writer = open();
    ASSERT_TRUE(writer.append(evaluation("a")));
    const std::string before = contents(file_);
    Result<> appended;
    {
        const FileSizeLimit limit(before.size() + 100); // the next line is longer than that
        appended = writer.append(evaluation("b"));
    }
    ASSERT_FALSE(appended);
    EXPECT_EQ(appended.error().where, file_.string());
    EXPECT_NE(appended.error().what.find("write failed"), std::string::npos);
    EXPECT_EQ(contents(file_), before);
    // There is room again.
    ASSERT_TRUE(writer.append(evaluation("c")));
    EXPECT_EQ(ids(), (Ids{"a", "c"}));
}

TEST_F(Results, WhatIsNoFileIsRefused) {
    EXPECT_FALSE(ResultsWriter::open("/dev/full"));
    EXPECT_FALSE(ResultsWriter::open(folder_));
    const auto missing = ResultsWriter::open(folder_ / "no" / "such.jsonl");
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().where, (folder_ / "no" / "such.jsonl").string());
    EXPECT_FALSE(read_results(folder_ / "missing.jsonl"));
    EXPECT_FALSE(read_results(folder_));
}

TEST_F(Results, ErrorsNameTheLineAndTheField) {
    auto broken = to_json(evaluation("b"));
    broken["status"] = "splendid";
    append_raw(to_json(evaluation("a")).dump() + "\n" + broken.dump() + "\n");
    const auto read = read_results(file_);
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().where, file_.string() + ":2#/status");

    fs::remove(file_);
    append_raw("{}}\n");
    EXPECT_EQ(read_results(file_).error().where, file_.string() + ":1");
}

TEST_F(Results, ADeepDocumentIsRefusedNotFollowed) {
    append_raw(std::string(1'000'000, '[') + "\n");
    const auto read = read_results(file_);
    ASSERT_FALSE(read);
    EXPECT_NE(read.error().what.find("nested"), std::string::npos);
    fs::remove(file_);
    append_raw(R"({"schema":)" + std::string(100'000, '[') + std::string(100'000, ']') + "}\n");
    EXPECT_FALSE(read_results(file_));
}

} // namespace
} // namespace assay::store
