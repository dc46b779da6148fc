// Shape expressions: recursive descent over the text, evaluated as it is read.
//
//   sum     = product { ("+" | "-") product }
//   product = unary { ("*" | "/" | "%") unary }
//   unary   = "-" unary | primary
//   primary = number | name | function "(" sum "," sum ")" | "(" sum ")"
//
// Every operation is checked for overflow: a definition with absurd sizes must end in a message, not in a small
// allocation and a kernel that runs past it.
#include <cctype>
#include <charconv>
#include <cmath>
#include <limits>

#include <fmt/core.h>

#include "tasks/task.h"

namespace assay::tasks {

namespace {

constexpr int deepest = 64;                          ///< of nested parentheses, so that no text can exhaust the stack
constexpr double largest_exact = 9007199254740992.0; // 2^53

class Evaluation {
public:
    Evaluation(std::string_view text, const std::map<std::string, double>& values) : text_(text), values_(values) {}

    Result<std::int64_t> run() {
        const auto value = sum();
        skip_spaces();
        if (value && position_ != text_.size()) {
            return error(fmt::format("unexpected '{}'", text_[position_]));
        }
        return value;
    }

private:
    using Number = Result<std::int64_t>;

    [[nodiscard]] std::unexpected<Error> error(std::string_view what) const {
        return fail(fmt::format("{} in \"{}\"", what, text_));
    }

    void skip_spaces() {
        while (position_ < text_.size() && text_[position_] == ' ') {
            ++position_;
        }
    }

    /// The next character, 0 at the end.
    char peek() {
        skip_spaces();
        return position_ < text_.size() ? text_[position_] : '\0';
    }

    bool take(char wanted) {
        if (peek() != wanted) {
            return false;
        }
        ++position_;
        return true;
    }

    Number sum() {
        if (++depth_ > deepest) {
            return error("too many nested parentheses");
        }
        auto left = product();
        while (left && (peek() == '+' || peek() == '-')) {
            const char sign = text_[position_++];
            left = apply(sign, *left, product());
        }
        --depth_;
        return left;
    }

    Number product() {
        auto left = unary();
        while (left && (peek() == '*' || peek() == '/' || peek() == '%')) {
            const char sign = text_[position_++];
            left = apply(sign, *left, unary());
        }
        return left;
    }

    Number unary() {
        int minus_signs = 0;
        while (take('-')) {
            ++minus_signs;
        }
        const auto value = primary();
        return value && minus_signs % 2 == 1 ? apply('-', 0, value) : value;
    }

    Number primary() {
        const char next = peek();
        if (take('(')) {
            return closed(sum());
        }
        if (std::isdigit(static_cast<unsigned char>(next)) != 0) {
            std::int64_t value = 0;
            const char* const begin = text_.data() + position_;
            const auto [end, code] = std::from_chars(begin, text_.data() + text_.size(), value);
            if (code != std::errc()) {
                return error("overflow");
            }
            position_ += static_cast<std::size_t>(end - begin);
            return value;
        }
        if (std::isalpha(static_cast<unsigned char>(next)) != 0 || next == '_') {
            return name();
        }
        return next == '\0' ? error("unexpected end") : error(fmt::format("unexpected '{}'", next));
    }

    Number closed(Number value) {
        if (value && !take(')')) {
            return error("missing ')'");
        }
        return value;
    }

    Number name() {
        const std::size_t begin = position_;
        while (position_ < text_.size() &&
               (std::isalnum(static_cast<unsigned char>(text_[position_])) != 0 || text_[position_] == '_')) {
            ++position_;
        }
        const std::string word(text_.substr(begin, position_ - begin));
        if (take('(')) {
            return call(word);
        }
        const auto found = values_.find(word);
        if (found == values_.end()) {
            return error(fmt::format("undefined name \"{}\"", word));
        }
        const double value = found->second;
        if (value != std::trunc(value) || std::abs(value) > largest_exact) {
            return error(fmt::format("\"{}\" is {}, which is not an integer,", word, value));
        }
        return static_cast<std::int64_t>(value);
    }

    Number call(const std::string& function) {
        if (function != "min" && function != "max" && function != "ceil_div") {
            return error(fmt::format("unknown function \"{}\"", function));
        }
        const auto left = sum();
        if (!left) {
            return left;
        }
        if (!take(',')) {
            return error(fmt::format("{} takes two arguments", function));
        }
        const auto right = closed(sum());
        if (!right) {
            return right;
        }
        if (function == "min") {
            return std::min(*left, *right);
        }
        if (function == "max") {
            return std::max(*left, *right);
        }
        if (*left < 0 || *right < 1) {
            return error(fmt::format("ceil_div({}, {}) is not defined", *left, *right));
        }
        return *left / *right + (*left % *right != 0 ? 1 : 0);
    }

    Number apply(char sign, std::int64_t left, const Number& right) {
        if (!right) {
            return right;
        }
        std::int64_t value = 0;
        bool overflow = false;
        switch (sign) {
        case '+':
            overflow = __builtin_add_overflow(left, *right, &value);
            break;
        case '-':
            overflow = __builtin_sub_overflow(left, *right, &value);
            break;
        case '*':
            overflow = __builtin_mul_overflow(left, *right, &value);
            break;
        default:
            if (*right == 0) {
                return error("division by zero");
            }
            overflow = left == std::numeric_limits<std::int64_t>::min() && *right == -1;
            if (!overflow) {
                value = sign == '/' ? left / *right : left % *right;
            }
        }
        return overflow ? Number(error("overflow")) : Number(value);
    }

    std::string_view text_;
    const std::map<std::string, double>& values_;
    std::size_t position_ = 0;
    int depth_ = 0;
};

} // namespace

Result<std::int64_t> evaluate_expression(std::string_view text, const std::map<std::string, double>& values) {
    return Evaluation(text, values).run();
}

} // namespace assay::tasks
