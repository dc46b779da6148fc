// Text to tokens, one at a time (PTX ISA 9.0, section 4).
//
// The one place where PTX is not regular is the dot: `.2d` in `tex.2d.v4.f32` is a modifier, `.5` in `mov.f32 %f1, .5`
// is a number. The lexer always reads a dot and what follows as a word; the parser, which knows where an operand may
// begin, asks for the number with `relex_number`.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "ptx/syntax.h"

namespace assay::ptx {

struct Token {
    enum class Kind : std::uint8_t {
        End,         ///< the end of the text, or a NUL byte, where the driver stops reading too
        Invalid,     ///< no token: `Lexer::problem` says why
        Word,        ///< `ld`, `%r1`, `$L__BB0_2`, `_`
        DotWord,     ///< `.global`, `.shared::cta`
        Integer,     ///< `12`, `0x1F`, `017`, `0b11`, each with an optional `U`
        Float,       ///< `1.5`, `2e10`, `0f3F800000`, `0d3FF0000000000000`; also the `9.0` of `.version`
        String,      ///< `"..."`; there are no escapes
        Punctuation, ///< one of `{}[]()<>,;:@!|+-*/%&^~?=` or `<<` `>>` `<=` `>=` `==` `!=` `&&` `||`
    };
    Kind kind = Kind::End;
    std::string_view text; ///< the bytes of the token, with its dot or its quotes
    Position position;

    /// The text without a leading dot, or without quotes.
    [[nodiscard]] std::string_view word() const;
    [[nodiscard]] bool is(std::string_view punctuation) const {
        return kind == Kind::Punctuation && text == punctuation;
    }
    [[nodiscard]] bool is_dot(std::string_view name) const { return kind == Kind::DotWord && text.substr(1) == name; }
};

/// Cheap to copy: a copy is a bookmark.
class Lexer {
public:
    explicit Lexer(std::string_view text) : text_(text) {}

    [[nodiscard]] Token next();

    /// Reads a `.5` again that was taken for a DotWord; what follows it is read next.
    [[nodiscard]] Token relex_number(const Token& dot_word);

    /// Why the last token was Invalid.
    [[nodiscard]] const char* problem() const { return problem_; }

private:
    [[nodiscard]] char at(std::size_t offset) const { return offset < text_.size() ? text_[offset] : '\0'; }
    [[nodiscard]] bool skip_blanks();
    [[nodiscard]] Token finish(Token::Kind kind, std::size_t end);
    [[nodiscard]] Token invalid(const char* problem, std::size_t end);
    [[nodiscard]] Token dot_word();
    [[nodiscard]] Token string();
    [[nodiscard]] Token number();
    [[nodiscard]] Token integer(std::size_t digits, bool (*is_in_base)(char));
    [[nodiscard]] Token exact_float(std::size_t digits, const char* problem);
    [[nodiscard]] Token malformed(std::size_t end);
    [[nodiscard]] Token punctuation();
    void end_line(std::size_t newline) {
        ++line_;
        line_start_ = newline + 1;
    }

    std::string_view text_;
    std::size_t offset_ = 0;     ///< of the token being read
    std::size_t line_start_ = 0; ///< offset of the first byte of the line
    std::uint32_t line_ = 1;
    const char* problem_ = "";
};

} // namespace assay::ptx
