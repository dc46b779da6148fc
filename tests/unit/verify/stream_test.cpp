// Random words: the generator is Philox, and each word depends on its name, its key and its index alone.
#include "verify/stream.h"

#include <array>
#include <gtest/gtest.h>
#include <set>

#include "verify/inputs.h"

namespace assay::verify {
namespace {

constexpr Key key{{0x01234567, 0x89abcdef, 0xfedcba98, 0x76543210}};

// The known answers of Random123's kat_vectors file, philox4x32 with 10 rounds.
TEST(Philox, KnownAnswers) {
    using Words = std::array<std::uint32_t, 4>;
    EXPECT_EQ(philox({0, 0, 0, 0}, {0, 0}), (Words{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
    EXPECT_EQ(philox({0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff}, {0xffffffff, 0xffffffff}),
              (Words{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
    EXPECT_EQ(philox({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}),
              (Words{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

TEST(Stream, AWordDependsOnItsIndexAlone) {
    const Stream stream(key, {"task", "workload", Regime::Uniform, 3, 1});
    for (const std::uint64_t start : {0ULL, (1ULL << 33) - 50, 1ULL << 50}) {
        std::array<std::uint64_t, 101> words{};
        stream.fill(start, words);
        EXPECT_EQ(std::set<std::uint64_t>(words.begin(), words.end()).size(), words.size());
        for (std::size_t i = 0; i < words.size(); i += 2) {
            std::array<std::uint64_t, 1> word{};
            stream.fill(start + i, word);
            EXPECT_EQ(word[0], words.at(i));
        }
    }
}

TEST(Stream, EveryPartOfTheNameMatters) {
    std::set<std::uint64_t> first_words;
    const auto add = [&](const Key& k, const StreamName& name) {
        std::array<std::uint64_t, 1> word{};
        Stream(k, name).fill(0, word);
        first_words.insert(word[0]);
    };
    add(key, {"a", "b", Regime::Normal, 0, 0});
    add(key, {"c", "b", Regime::Normal, 0, 0});
    add(key, {"a", "c", Regime::Normal, 0, 0});
    add(key, {"ab", "", Regime::Normal, 0, 0});
    add(key, {"", "ab", Regime::Normal, 0, 0});
    add(key, {"a", "b", Regime::Uniform, 0, 0});
    add(key, {"a", "b", Regime::Normal, 1, 0});
    add(key, {"a", "b", Regime::Normal, 0, 1});
    for (std::size_t word = 0; word < 4; word++) {
        Key other = key;
        other.words.at(word) ^= 1;
        add(other, {"a", "b", Regime::Normal, 0, 0});
    }
    EXPECT_EQ(first_words.size(), 12U);
}

TEST(Key, HexBothWays) {
    EXPECT_EQ(key.to_hex(), "0123456789abcdeffedcba9876543210");
    const auto parsed = Key::from_hex("0123456789ABCDEFfedcba9876543210");
    ASSERT_TRUE(parsed);
    EXPECT_EQ(parsed->words, key.words);
    for (const char* text : {"", "0123", "0123456789abcdeffedcba987654321g", "0123456789abcdeffedcba98765432100",
                             " 123456789abcdeffedcba9876543210"}) {
        EXPECT_FALSE(Key::from_hex(text)) << text;
    }
}

TEST(Key, FreshOnesDiffer) {
    EXPECT_NE(Key::fresh().words, Key::fresh().words);
}

} // namespace
} // namespace assay::verify
