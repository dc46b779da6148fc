#include "ptx/lexer.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace assay::ptx {

namespace {

/// The tokens of `text`, each as its kind's initial and its bytes: "W:ld D:.f32".
std::string lexed(std::string_view text) {
    Lexer lexer(text);
    std::string result;
    for (Token token = lexer.next(); token.kind != Token::Kind::End; token = lexer.next()) {
        static constexpr char initials[] = "EXWDIFSP";
        result += result.empty() ? "" : " ";
        result += initials[static_cast<int>(token.kind)];
        result += ':';
        result += token.text;
        if (token.kind == Token::Kind::Invalid) {
            break;
        }
    }
    return result;
}

} // namespace

TEST(Lexer, NamesHoldTheIsaCharacters) {
    EXPECT_EQ(lexed("ld %r1 $L__BB0_2 _ _a %_b a$1"), "W:ld W:%r1 W:$L__BB0_2 W:_ W:_a W:%_b W:a$1");
    EXPECT_EQ(lexed("%tid.x"), "W:%tid D:.x");
}

TEST(Lexer, PercentBeforeANameCharacterBeginsAName) {
    EXPECT_EQ(lexed("10 % 3"), "I:10 P:% I:3");
    EXPECT_EQ(lexed("10 %3"), "I:10 W:%3");
}

TEST(Lexer, DotWordsKeepDoubleColons) {
    EXPECT_EQ(lexed("ld.shared::cta.L2::128B"), "W:ld D:.shared::cta D:.L2::128B");
    EXPECT_EQ(lexed("a: .b"), "W:a P:: D:.b");
    EXPECT_EQ(lexed(".a::"), "D:.a P:: P::");
}

TEST(Lexer, Numbers) {
    EXPECT_EQ(lexed("0 12 12U 0x1fU 017 0b101U"), "I:0 I:12 I:12U I:0x1fU I:017 I:0b101U");
    EXPECT_EQ(lexed("1.5 2. 3e5 1.e-2 9.0"), "F:1.5 F:2. F:3e5 F:1.e-2 F:9.0");
    EXPECT_EQ(lexed("0f3F800000 0F3F800000 0d3FF0000000000000"), "F:0f3F800000 F:0F3F800000 F:0d3FF0000000000000");
    EXPECT_EQ(lexed("1-1"), "I:1 P:- I:1");
}

TEST(Lexer, MalformedNumbersAreInvalid) {
    for (const char* text :
         {"08", "0x", "0b", "0b2", "12abc", "12u", "0f3F80000", "0f3F8000000", "0d0", "1.5x", "2e"}) {
        EXPECT_EQ(lexed(text), std::string("X:") + text);
    }
}

TEST(Lexer, ADotWordCanBeReadAgainAsANumber) {
    Lexer lexer("\n .5e-3,");
    const Token word = lexer.next();
    EXPECT_EQ(word.kind, Token::Kind::DotWord);
    const Token number = lexer.relex_number(word);
    EXPECT_EQ(number.kind, Token::Kind::Float);
    EXPECT_EQ(number.text, ".5e-3");
    EXPECT_EQ(number.position, (Position{2, 2}));
    EXPECT_EQ(lexer.next().text, ",");
}

TEST(Lexer, OperatorsOfTwoCharacters) {
    EXPECT_EQ(lexed("<< >> <= >= == != && || < |"), "P:<< P:>> P:<= P:>= P:== P:!= P:&& P:|| P:< P:|");
}

TEST(Lexer, StringsHaveNoEscapes) {
    EXPECT_EQ(lexed(R"("C:\dir\" x)"), R"(S:"C:\dir\" W:x)");
    EXPECT_EQ(lexed("\"open"), "X:\"");
}

TEST(Lexer, CommentsAndLineMarkersAreBlank) {
    EXPECT_EQ(lexed("a // b\nc /* d\n * e */ f"), "W:a W:c W:f");
    EXPECT_EQ(lexed("# 1 \"x.ptx\"\na"), "W:a");
    EXPECT_EQ(lexed("a /* b"), "W:a X:/*");
    EXPECT_EQ(lexed("a // b"), "W:a");
    EXPECT_EQ(lexed("a # b"), "W:a X:#");
}

TEST(Lexer, ANulEndsTheText) {
    EXPECT_EQ(lexed(std::string_view("a\0b", 3)), "W:a");
}

TEST(Lexer, PositionsCountLinesAndBytesFromOne) {
    Lexer lexer("a\n\tb /*\n*/ c \"x\ny\" d\r\ne");
    const std::vector<Position> expected = {{1, 1}, {2, 2}, {3, 4}, {3, 6}, {4, 4}, {5, 1}};
    for (const Position& position : expected) {
        EXPECT_EQ(lexer.next().position, position);
    }
    EXPECT_EQ(lexer.next().kind, Token::Kind::End);
}

} // namespace assay::ptx
