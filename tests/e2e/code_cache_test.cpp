// Machine code of the virtual GPU that is kept on disk: it saves time, and whatever is done to it costs time only.
#include <fstream>
#include <functional>
#include <gtest/gtest.h>
#include <map>

#include "base/hash.h"
#include "e2e/run_assay.h"
#include "source_dir.h"

namespace assay::e2e {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

const std::string command = "assay eval vector_add --device vgpu --json --no-time --cache cache '" + source_dir() +
                            "/tests/e2e/candidates/good.cu'";

/// The entries and what they hold.
std::map<std::string, std::string> entries(const Scratch& scratch) {
    std::map<std::string, std::string> contents;
    for (const auto& entry : fs::directory_iterator(scratch.path() / "cache" / "code")) {
        std::ifstream file(entry.path(), std::ios::binary);
        contents[entry.path().filename().string()] = {std::istreambuf_iterator<char>(file), {}};
    }
    return contents;
}

json evaluate(const Scratch& scratch) {
    const Outcome outcome = run(command, scratch.path());
    EXPECT_EQ(outcome.code, 0) << outcome.out << outcome.err;
    return outcome.code == 0 ? outcome.lines().at(0) : json::object();
}

TEST(CodeCache, IsFilledOnceAndDecidesNothing) {
    const Scratch scratch;
    const json first = evaluate(scratch);
    const auto stored = entries(scratch);
    EXPECT_GE(stored.size(), 3U); // of the candidate, of the baseline, of the oracle
    const json second = evaluate(scratch);
    EXPECT_EQ(entries(scratch), stored) << "nothing was made again";
    for (const json& result : {first, second}) {
        EXPECT_EQ(result.at("status"), "passed");
        EXPECT_TRUE(result.at("warnings").empty()) << result.dump(2);
    }
}

TEST(CodeCache, IsNotUsedWithoutACache) {
    const Scratch scratch;
    for (const char* off : {"--cache none", "--cache ''"}) {
        const std::string without = "ASSAY_CACHE=none HOME=. assay eval vector_add --device vgpu --json --no-time " +
                                    std::string(off) + " '" + source_dir() + "/tests/e2e/candidates/good.cu'";
        const Outcome outcome = run(without, scratch.path());
        EXPECT_EQ(outcome.code, 0) << outcome.err;
        EXPECT_TRUE(fs::is_empty(scratch.path()));
    }
}

TEST(CodeCache, WhatIsNoCodeIsMadeAgain) {
    const Scratch scratch;
    evaluate(scratch);
    const auto stored = entries(scratch);
    const auto damage = [&](const std::function<std::string(const std::string& name, const std::string& old)>& change) {
        for (const auto& [name, content] : stored) {
            std::ofstream(scratch.path() / "cache" / "code" / name, std::ios::binary) << change(name, content);
        }
    };
    // Damaged: noticed, said, replaced.
    damage([](const std::string&, const std::string& content) { return content.substr(0, content.size() / 2); });
    json result = evaluate(scratch);
    EXPECT_EQ(result.at("status"), "passed");
    EXPECT_NE(result.at("warnings").dump().find("corrupt"), std::string::npos) << result.dump(2);
    EXPECT_EQ(entries(scratch), stored);
    // Whole, but under the name of another.
    damage([&](const std::string& name, const std::string&) {
        const auto next = stored.upper_bound(name);
        return next == stored.end() ? stored.begin()->second : next->second;
    });
    EXPECT_EQ(evaluate(scratch).at("status"), "passed");
    EXPECT_EQ(entries(scratch), stored);
    // Whole, but no code at all.
    damage([](const std::string& name, const std::string&) { return hash_hex(name + "\nnonsense") + "\nnonsense"; });
    EXPECT_EQ(evaluate(scratch).at("status"), "passed");
}

} // namespace
} // namespace assay::e2e
