// The parser's place in the text: one token, what to do with it, and the first error.
//
// The error is sticky: after the first, the token is End for ever. So the parsing functions return plain values and
// need no check after every step; each loop ends at End, and `parse` looks at `failed` once.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "ptx/lexer.h"

namespace assay::ptx {

class Cursor {
public:
    Cursor(std::string_view text, std::string_view name);

    [[nodiscard]] const Token& token() const { return token_; }
    [[nodiscard]] Position position() const { return token_.position; }
    [[nodiscard]] bool at_end() const { return token_.kind == Token::Kind::End; }
    [[nodiscard]] bool at(std::string_view punctuation) const { return token_.is(punctuation); }
    [[nodiscard]] bool at_dot(std::string_view name) const { return token_.is_dot(name); }
    [[nodiscard]] bool at(Token::Kind kind) const { return token_.kind == kind; }

    void advance();
    bool accept(std::string_view punctuation);
    bool accept_dot(std::string_view name);
    /// The token after this one.
    [[nodiscard]] Token peek() const;
    /// Takes a DotWord `.5` for the number it is.
    void relex_number();

    /// Takes the token that must come now; `context` completes "expected ';' ...", e.g. "after the operands".
    void expect(std::string_view punctuation, std::string_view context);
    /// A Word that names `what`.
    [[nodiscard]] std::string expect_name(std::string_view what);
    /// A String, without its quotes.
    [[nodiscard]] std::string expect_string(std::string_view what);
    /// One unsigned integer literal.
    [[nodiscard]] std::uint64_t expect_unsigned(std::string_view what);
    [[nodiscard]] std::uint32_t expect_unsigned32(std::string_view what);

    /// "expected `what`, found ..." here.
    void fail_expected(std::string_view what);
    void fail(std::string what, Position position, std::string hint = {});
    [[nodiscard]] bool failed() const { return error_.has_value(); }
    [[nodiscard]] const std::optional<Error>& error() const { return error_; }

    /// Bounds the depth of nested scopes, operands, initialisers and expressions, for the length of its life.
    class Nesting {
    public:
        explicit Nesting(Cursor& cursor);
        ~Nesting() { --cursor_.depth_; }
        Nesting(const Nesting&) = delete;
        Nesting& operator=(const Nesting&) = delete;

    private:
        Cursor& cursor_;
    };

private:
    void take(Token token);

    Lexer lexer_;
    std::string_view name_;
    Token token_;
    std::optional<Error> error_;
    unsigned depth_ = 0;
};

/// The value of an Integer token; nullopt if it does not fit 64 bits.
[[nodiscard]] std::optional<std::uint64_t> integer_value(std::string_view literal);

} // namespace assay::ptx
