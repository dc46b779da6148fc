#include "sandbox/text.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <random>

namespace assay::sandbox {
namespace {

TEST(CleanText, KeepsWhatIsHarmless) {
    const std::string text = "int x;\n\tü € \U0001F600 ~";
    EXPECT_EQ(clean_text(text, 1000), text);
}

TEST(CleanText, ReplacesControlsAndInvisibles) {
    EXPECT_EQ(clean_text(std::string("a\0b\x1b[2Jc\x7f\r", 10), 1000), "a?b?[2Jc??");
    EXPECT_EQ(clean_text("\u0085\u202e\u2066\u200b\ufeff\u2028", 1000), "??????");
}

TEST(CleanText, ReplacesMalformedBytes) {
    EXPECT_EQ(clean_text("\xff", 10), "?");
    EXPECT_EQ(clean_text("a\xc3", 10), "a?");
    EXPECT_EQ(clean_text("\xc0\xaf", 10), "??");           // overlong
    EXPECT_EQ(clean_text("\xe0\x80\xaf", 10), "???");      // overlong
    EXPECT_EQ(clean_text("\xed\xa0\x80", 10), "???");      // surrogate
    EXPECT_EQ(clean_text("\xf4\x90\x80\x80", 10), "????"); // beyond Unicode
}

TEST(CleanText, CutsAtTheCap) {
    EXPECT_EQ(clean_text("abcdef", 4), "abcd\n[2 more bytes not shown]\n");
    EXPECT_EQ(clean_text("abc\u00e9", 4), "abc\n[2 more bytes not shown]\n"); // never half a character
}

TEST(CleanText, AnyBytesBecomeValidUtf8) {
    std::mt19937 random(7);
    for (int round = 0; round < 2000; round++) {
        std::string bytes(random() % 40, '\0');
        for (char& byte : bytes) {
            byte = static_cast<char>(random());
        }
        EXPECT_NO_THROW((void)nlohmann::json(clean_text(bytes, 30)).dump());
    }
}

} // namespace
} // namespace assay::sandbox
