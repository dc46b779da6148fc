// Damaged files: any bytes give an Error with a place or a tree, and a tree that was got prints and parses back.
//
// The damage is deterministic, so a failure names its case and can be had again; the sanitizers watch the rest.
#include <gtest/gtest.h>

#include <random>

#include "fixtures.h"
#include "ptx/parser.h"
#include "ptx/printer.h"
#include "same.h"
#include "source_dir.h"

namespace assay::ptx {

namespace {

class Damage {
public:
    explicit Damage(std::uint64_t seed) : random_(seed) {}

    /// Less than `bound`. The bias of the remainder does not matter here; that it is the same everywhere does.
    std::size_t below(std::size_t bound) { return static_cast<std::size_t>(random_() % bound); }

    void apply(std::string& text) {
        static constexpr std::string_view tokens[] = {
            "{",
            "}",
            "(",
            ")",
            "[",
            "]",
            ";",
            ",",
            ":",
            "|",
            "!",
            "@",
            "+",
            "-",
            "%",
            "\"",
            "//",
            "/*",
            "_",
            ".reg",
            ".global",
            ".func",
            "=",
            "?",
            "0f",
            "0x",
            "1e999",
            "1U",
            "99999999999999999999",
            ".v4",
            "generic(",
            "~",
            "<",
            ">>",
            {"\0", 1},
            "\xFF",
            ".loc",
            ".section",
            ".callprototype",
            ".align",
            " - ",
            " .5 ",
            "WARP_SZ",
            "\n#",
            "::",
        };
        const std::size_t at = below(text.size() + 1);
        const std::size_t length = std::min(text.size() - at, below(20) == 0 ? below(2000) : below(12));
        switch (below(6)) {
        case 0:
            if (at < text.size()) {
                text[at] = static_cast<char>(text[at] ^ (1 << below(8)));
            }
            break;
        case 1:
            if (at < text.size()) {
                text[at] = static_cast<char>(below(256));
            }
            break;
        case 2:
            text.erase(at, length);
            break;
        case 3:
            text.insert(at, text.substr(at, length));
            break;
        case 4:
            text.insert(at, tokens[below(std::size(tokens))]);
            break;
        default:
            text.insert(at, text.substr(below(text.size() + 1), length));
            break;
        }
    }

private:
    std::mt19937_64 random_;
};

} // namespace

TEST(Mutation, DamagedFilesGiveATreeOrAnError) {
    constexpr std::size_t cases = 6000;
    std::vector<std::string> texts;
    for (const std::filesystem::path& path : corpus_files()) {
        texts.push_back(read_text(path));
    }
    std::size_t accepted = 0;
    for (std::size_t i = 0; i < cases; ++i) {
        Damage damage(i);
        std::string text = texts[i % texts.size()];
        for (std::size_t n = damage.below(3) + 1; n > 0; --n) {
            damage.apply(text);
        }
        const Result<Module> module = parse(text);
        if (!module) {
            EXPECT_FALSE(module.error().what.empty()) << "case " << i;
            EXPECT_TRUE(module.error().where.starts_with("ptx:")) << "case " << i;
            continue;
        }
        ++accepted;
        const std::string printed = print(*module);
        const Result<Module> again = parse(printed);
        ASSERT_TRUE(again.has_value()) << "case " << i << ": " << again.error().to_string();
        ASSERT_TRUE(same(*module, *again)) << "case " << i;
        ASSERT_EQ(print(*again), printed) << "case " << i;
    }
    // Damage to a comment, a name or a number leaves valid text: both outcomes must have been seen often.
    EXPECT_GT(accepted, cases / 20);
    EXPECT_LT(accepted, cases / 2);
}

TEST(Mutation, EveryPrefixGivesATreeOrAnError) {
    for (const char* name : {"hand_forms.ptx", "hand_tables.ptx", "tables.ptx"}) {
        const std::string text = read_text(std::filesystem::path(source_dir() + "/tests/unit/ptx/corpus") / name);
        for (std::size_t length = 0; length < text.size(); length += 3) {
            const Result<Module> module = parse(std::string_view(text).substr(0, length));
            EXPECT_TRUE(module || !module.error().what.empty());
        }
    }
}

} // namespace assay::ptx
