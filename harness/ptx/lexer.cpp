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
bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
/// "followsym" of the ISA: what may follow the first character of an identifier.
bool is_follow(char c) {
    return is_letter(c) || is_digit(c) || c == '_' || c == '$';
}

std::size_t skip_digits(std::string_view text, std::size_t offset) {
    while (offset < text.size() && is_digit(text[offset])) {
        ++offset;
    }
    return offset;
}

std::size_t skip_follow(std::string_view text, std::size_t offset) {
    while (offset < text.size() && is_follow(text[offset])) {
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
    const std::size_t end = skip_digits(text, digits);
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
        return finish(Token::Kind::Word, skip_follow(text_, offset_ + 1));
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
    std::size_t end = skip_follow(text_, offset_ + 1);
    if (end == offset_ + 1) {
        return invalid("a dot without a word", end);
    }
    while (at(end) == ':' && at(end + 1) == ':' && is_follow(at(end + 2))) {
        end = skip_follow(text_, end + 2);
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
    const std::size_t begin = offset_;
    std::size_t end = begin;
    Token::Kind kind = Token::Kind::Integer;
    const char prefix = at(begin) == '0' ? at(begin + 1) : '\0';
    if (prefix == 'f' || prefix == 'F' || prefix == 'd' || prefix == 'D') {
        kind = Token::Kind::Float;
        const std::size_t digits = prefix == 'f' || prefix == 'F' ? 8 : 16;
        for (end = begin + 2; is_hex_digit(at(end)); ++end) {
        }
        if (end - begin - 2 != digits || is_follow(at(end))) {
            return invalid(digits == 8 ? "a number that is not 0f and 8 hexadecimal digits"
                                       : "a number that is not 0d and 16 hexadecimal digits",
                           skip_follow(text_, end));
        }
        return finish(kind, end);
    }
    bool well_formed = true;
    if (prefix == 'x' || prefix == 'X') {
        for (end = begin + 2; is_hex_digit(at(end)); ++end) {
        }
        well_formed = end > begin + 2;
    } else if (prefix == 'b' || prefix == 'B') {
        for (end = begin + 2; at(end) == '0' || at(end) == '1'; ++end) {
        }
        well_formed = end > begin + 2;
    } else {
        end = skip_digits(text_, begin);
        std::size_t fraction = end;
        if (at(fraction) == '.') {
            fraction = skip_digits(text_, fraction + 1);
        }
        fraction = skip_exponent(text_, fraction);
        if (fraction != end) {
            kind = Token::Kind::Float;
            end = fraction;
        } else if (at(begin) == '0') {
            well_formed = std::all_of(text_.begin() + static_cast<std::ptrdiff_t>(begin),
                                      text_.begin() + static_cast<std::ptrdiff_t>(end), [](char c) { return c < '8'; });
        }
    }
    if (kind == Token::Kind::Integer && at(end) == 'U') {
        ++end;
    }
    if (!well_formed || is_follow(at(end))) {
        return invalid("a malformed number", skip_follow(text_, end));
    }
    return finish(kind, end);
}

Token Lexer::relex_number(const Token& dot_word) {
    // A DotWord never spans lines, so the line and its start are still right.
    offset_ = line_start_ + dot_word.position.column - 1;
    const std::size_t end = skip_exponent(text_, skip_digits(text_, offset_ + 1));
    if (end == offset_ + 1 || is_follow(at(end))) {
        return invalid("a malformed number", skip_follow(text_, end));
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
