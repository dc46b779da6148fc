#include "ptx/lexer.h"

#include <algorithm>

namespace assay::ptx {

namespace {

// The C functions of <cctype> depend on the locale and reject negative chars; PTX is plain ASCII.
bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
bool is_hex_digit(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}
bool is_octal_digit(char c) {
    return c >= '0' && c <= '7';
}
bool is_binary_digit(char c) {
    return c == '0' || c == '1';
}
bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
/// "followsym" of the ISA: what may follow the first character of an identifier.
bool is_follow(char c) {
    return is_letter(c) || is_digit(c) || c == '_' || c == '$';
}

/// The offset of the first byte from `offset` on that is not of the class.
std::size_t skip(std::string_view text, std::size_t offset, bool (*is_in_class)(char)) {
    while (offset < text.size() && is_in_class(text[offset])) {
        ++offset;
    }
    return offset;
}

/// The end of an exponent `e-12` that begins at `offset`, or `offset` if none does.
std::size_t skip_exponent(std::string_view text, std::size_t offset) {
    if (offset >= text.size() || (text[offset] != 'e' && text[offset] != 'E')) {
        return offset;
    }
    std::size_t digits = offset + 1;
    if (digits < text.size() && (text[digits] == '+' || text[digits] == '-')) {
        ++digits;
    }
    const std::size_t end = skip(text, digits, is_digit);
    return end == digits ? offset : end;
}

} // namespace

std::string_view Token::word() const {
    if (kind == Kind::DotWord) {
        return text.substr(1);
    }
    if (kind == Kind::String) {
        return text.substr(1, text.size() - 2);
    }
    return text;
}

Token Lexer::finish(Token::Kind kind, std::size_t end) {
    Token token{kind, text_.substr(offset_, end - offset_),
                Position{line_, static_cast<std::uint32_t>(offset_ - line_start_ + 1)}};
    offset_ = end;
    return token;
}

Token Lexer::invalid(const char* problem, std::size_t end) {
    problem_ = problem;
    return finish(Token::Kind::Invalid, std::min(end, text_.size()));
}

/// Skips white space, comments and the line markers of a preprocessor; false if a comment does not end.
bool Lexer::skip_blanks() {
    while (offset_ < text_.size()) {
        const char c = text_[offset_];
        if (c == '\n') {
            end_line(offset_);
            ++offset_;
        } else if (c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\v') {
            ++offset_;
        } else if ((c == '/' && at(offset_ + 1) == '/') || (c == '#' && offset_ == line_start_)) {
            offset_ = std::min(text_.find('\n', offset_), text_.size());
        } else if (c == '/' && at(offset_ + 1) == '*') {
            const std::size_t end = text_.find("*/", offset_ + 2);
            if (end == std::string_view::npos) {
                return false;
            }
            for (std::size_t i = offset_; i < end; ++i) {
                if (text_[i] == '\n') {
                    end_line(i);
                }
            }
            offset_ = end + 2;
        } else {
            break;
        }
    }
    return true;
}

Token Lexer::next() {
    if (!skip_blanks()) {
        return invalid("a comment that does not end", offset_ + 2);
    }
    const char c = at(offset_);
    if (c == '\0') {
        return finish(Token::Kind::End, offset_);
    }
    if (is_letter(c) || c == '_' || c == '$' || (c == '%' && is_follow(at(offset_ + 1)))) {
        return finish(Token::Kind::Word, skip(text_, offset_ + 1, is_follow));
    }
    if (is_digit(c)) {
        return number();
    }
    if (c == '.') {
        return dot_word();
    }
    if (c == '"') {
        return string();
    }
    return punctuation();
}

Token Lexer::dot_word() {
    std::size_t end = skip(text_, offset_ + 1, is_follow);
    if (end == offset_ + 1) {
        return invalid("a dot without a word", end);
    }
    while (at(end) == ':' && at(end + 1) == ':' && is_follow(at(end + 2))) {
        end = skip(text_, end + 2, is_follow);
    }
    return finish(Token::Kind::DotWord, end);
}

Token Lexer::string() {
    const std::size_t quote = text_.find('"', offset_ + 1);
    if (quote == std::string_view::npos) {
        return invalid("a string that does not end", offset_ + 1);
    }
    const Token token = finish(Token::Kind::String, quote + 1);
    for (std::size_t i = 0; i < token.text.size(); ++i) {
        if (token.text[i] == '\n') {
            end_line(quote + 1 - token.text.size() + i);
        }
    }
    return token;
}

Token Lexer::number() {
    if (at(offset_) == '0') {
        switch (at(offset_ + 1)) {
        case 'x':
        case 'X':
            return integer(offset_ + 2, is_hex_digit);
        case 'b':
        case 'B':
            return integer(offset_ + 2, is_binary_digit);
        case 'f':
        case 'F':
            return exact_float(8, "a number that is not 0f and 8 hexadecimal digits");
        case 'd':
        case 'D':
            return exact_float(16, "a number that is not 0d and 16 hexadecimal digits");
        default:
            break;
        }
    }
    const std::size_t whole = skip(text_, offset_, is_digit);
    const std::size_t fraction = at(whole) == '.' ? skip(text_, whole + 1, is_digit) : whole;
    const std::size_t end = skip_exponent(text_, fraction);
    if (end == whole) {
        return integer(offset_, at(offset_) == '0' ? is_octal_digit : is_digit);
    }
    return is_follow(at(end)) ? malformed(end) : finish(Token::Kind::Float, end);
}

/// The digits from `digits` on and an optional U.
Token Lexer::integer(std::size_t digits, bool (*is_in_base)(char)) {
    std::size_t end = skip(text_, digits, is_in_base);
    const bool is_empty = end == digits;
    end += at(end) == 'U' ? 1 : 0;
    return is_empty || is_follow(at(end)) ? malformed(end) : finish(Token::Kind::Integer, end);
}

Token Lexer::exact_float(std::size_t digits, const char* problem) {
    const std::size_t end = skip(text_, offset_ + 2, is_hex_digit);
    if (end - offset_ - 2 != digits || is_follow(at(end))) {
        return invalid(problem, skip(text_, end, is_follow));
    }
    return finish(Token::Kind::Float, end);
}

Token Lexer::malformed(std::size_t end) {
    return invalid("a malformed number", skip(text_, end, is_follow));
}

Token Lexer::relex_number(const Token& dot_word) {
    // A DotWord never spans lines, so the line and its start are still right.
    offset_ = line_start_ + dot_word.position.column - 1;
    const std::size_t end = skip_exponent(text_, skip(text_, offset_ + 1, is_digit));
    if (end == offset_ + 1 || is_follow(at(end))) {
        return malformed(end);
    }
    return finish(Token::Kind::Float, end);
}

Token Lexer::punctuation() {
    static constexpr std::string_view pairs[] = {"<<", ">>", "<=", ">=", "==", "!=", "&&", "||"};
    const std::string_view two = text_.substr(offset_, 2);
    if (std::find(std::begin(pairs), std::end(pairs), two) != std::end(pairs)) {
        return finish(Token::Kind::Punctuation, offset_ + 2);
    }
    if (std::string_view("{}[]()<>,;:@!|+-*/%&^~?=").find(two[0]) != std::string_view::npos) {
        return finish(Token::Kind::Punctuation, offset_ + 1);
    }
    return invalid("a byte that begins nothing in PTX", offset_ + 1);
}

} // namespace assay::ptx
