#include "ptx/cursor.h"

#include <charconv>
#include <limits>

#include <fmt/format.h>

namespace assay::ptx {

namespace {

// Deeper than any compiler's output, shallow enough for a thread's stack under AddressSanitizer.
constexpr unsigned max_depth = 128;

std::string describe(const Token& token) {
    if (token.kind == Token::Kind::End) {
        return "the end of the text";
    }
    // A long token, a string for one, is not worth a long message.
    constexpr std::size_t longest = 60;
    std::string shown(token.text.substr(0, longest));
    if (token.text.size() > longest) {
        shown += "...";
    }
    // Whatever was in the text, a message is one line of ASCII.
    for (char& c : shown) {
        if (c < 0x20 || c == 0x7F) {
            c = '?';
        }
    }
    return fmt::format("'{}'", shown);
}

} // namespace

std::optional<std::uint64_t> integer_value(std::string_view literal) {
    if (literal.ends_with('U')) {
        literal.remove_suffix(1);
    }
    int base = 10;
    if (literal.size() > 1 && literal[0] == '0') {
        const char prefix = literal[1];
        base = prefix == 'x' || prefix == 'X' ? 16 : prefix == 'b' || prefix == 'B' ? 2 : 8;
        literal.remove_prefix(base == 8 ? 1 : 2);
    }
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(literal.data(), literal.data() + literal.size(), value, base);
    if (error != std::errc{} || end != literal.data() + literal.size()) {
        return std::nullopt;
    }
    return value;
}

Cursor::Cursor(std::string_view text, std::string_view name) : lexer_(text), name_(name) {
    take(lexer_.next());
}

void Cursor::take(Token token) {
    token_ = token;
    if (token_.kind != Token::Kind::Invalid) {
        return;
    }
    const auto byte = static_cast<unsigned char>(token_.text.empty() ? 0 : token_.text[0]);
    const bool printable = byte >= 0x20 && byte < 0x7F;
    fail(printable ? fmt::format("found {}: {}", lexer_.problem(), describe(token_))
                   : fmt::format("found {}: 0x{:02X}", lexer_.problem(), byte),
         token_.position);
}

void Cursor::advance() {
    if (!at_end()) {
        take(lexer_.next());
    }
}

Token Cursor::peek() const {
    if (at_end()) {
        return token_;
    }
    Lexer ahead = lexer_;
    return ahead.next();
}

void Cursor::relex_number() {
    take(lexer_.relex_number(token_));
}

bool Cursor::accept(std::string_view punctuation) {
    if (!at(punctuation)) {
        return false;
    }
    advance();
    return true;
}

bool Cursor::accept_dot(std::string_view name) {
    if (!at_dot(name)) {
        return false;
    }
    advance();
    return true;
}

void Cursor::expect(std::string_view punctuation, std::string_view context) {
    if (!accept(punctuation)) {
        fail_expected(fmt::format("'{}' {}", punctuation, context));
    }
}

std::string Cursor::expect_name(std::string_view what) {
    if (!at(Token::Kind::Word)) {
        fail_expected(what);
        return {};
    }
    std::string name(token_.text);
    advance();
    return name;
}

std::string Cursor::expect_string(std::string_view what) {
    if (!at(Token::Kind::String)) {
        fail_expected(what);
        return {};
    }
    std::string text(token_.word());
    advance();
    return text;
}

std::uint64_t Cursor::expect_unsigned(std::string_view what) {
    if (!at(Token::Kind::Integer)) {
        fail_expected(what);
        return 0;
    }
    const std::optional<std::uint64_t> value = integer_value(token_.text);
    if (!value) {
        fail(fmt::format("{} does not fit 64 bits", token_.text), token_.position);
        return 0;
    }
    advance();
    return *value;
}

std::uint32_t Cursor::expect_unsigned32(std::string_view what) {
    const Token token = token_;
    const std::uint64_t value = expect_unsigned(what);
    if (value > std::numeric_limits<std::uint32_t>::max()) {
        fail(fmt::format("expected {} of 32 bits, found '{}'", what, token.text), token.position);
        return 0;
    }
    return static_cast<std::uint32_t>(value);
}

void Cursor::fail_expected(std::string_view what) {
    if (!failed()) {
        fail(fmt::format("expected {}, found {}", what, describe(token_)), token_.position);
    }
}

void Cursor::fail(std::string what, Position position, std::string hint) {
    if (!failed()) {
        error_ =
            Error{std::move(what), fmt::format("{}:{}:{}", name_, position.line, position.column), std::move(hint)};
    }
    token_ = Token{Token::Kind::End, {}, position};
}

Cursor::Nesting::Nesting(Cursor& cursor) : cursor_(cursor) {
    if (++cursor_.depth_ > max_depth) {
        cursor_.fail(fmt::format("more than {} levels of nesting", max_depth), cursor_.position());
    }
}

} // namespace assay::ptx
