// Constant expressions, evaluated while they are read.
//
// The types are few: .s64, .u64 and .f64; an integer literal is .u64 if it ends in U or needs the top bit. What each
// operator makes of them is the table of section 4.5.6, and where that is silent (shifts by more than 63, the type of
// `&` and `?:`) what ptxas does. A `0f` literal is exact and may only stand alone. The text is gathered token by token
// with a blank around each binary operator, because `10 %3` would read back as the name `%3`.
#include "ptx/constant_expression.h"

#include <bit>
#include <charconv>
#include <compare>
#include <optional>

#include <fmt/format.h>

namespace assay::ptx {

namespace {

// The hardware's warp size; WARP_SZ is a predefined constant of the language.
constexpr std::uint64_t warp_size = 32;

struct Value {
    enum class Type : std::uint8_t { Signed, Unsigned, Double, Float32 };
    Type type = Type::Signed;
    std::uint64_t bits = 0;

    [[nodiscard]] bool is_integer() const { return type == Type::Signed || type == Type::Unsigned; }
    [[nodiscard]] double number() const { return std::bit_cast<double>(bits); }
};

Value signed_value(std::uint64_t bits) {
    return {Value::Type::Signed, bits};
}
Value double_value(double number) {
    return {Value::Type::Double, std::bit_cast<std::uint64_t>(number)};
}

struct BinaryOperator {
    std::string_view spelling;
    int precedence; ///< as in C; a higher one binds tighter
};
constexpr BinaryOperator binary_operators[] = {
    {"||", 1}, {"&&", 2}, {"|", 3},  {"^", 4},  {"&", 5}, {"==", 6}, {"!=", 6}, {"<", 7},  {"<=", 7},
    {">", 7},  {">=", 7}, {"<<", 8}, {">>", 8}, {"+", 9}, {"-", 9},  {"*", 10}, {"/", 10}, {"%", 10},
};

const BinaryOperator* binary_operator(const Token& token) {
    if (token.kind != Token::Kind::Punctuation) {
        return nullptr;
    }
    for (const BinaryOperator& candidate : binary_operators) {
        if (candidate.spelling == token.text) {
            return &candidate;
        }
    }
    return nullptr;
}

std::uint64_t parse_bits(std::string_view digits) {
    std::uint64_t bits = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), bits, 16);
    return bits;
}

/// Amounts count modulo 64, as on the machine that ptxas runs on.
std::uint64_t shift_right(Value value, std::uint64_t amount) {
    if (value.type == Value::Type::Unsigned) {
        return value.bits >> (amount % 64);
    }
    return static_cast<std::uint64_t>(static_cast<std::int64_t>(value.bits) >> (amount % 64));
}

std::uint64_t quotient(std::uint64_t left, std::uint64_t right, bool is_unsigned) {
    if (is_unsigned) {
        return left / right;
    }
    // The one signed division that overflows wraps instead.
    if (right == ~std::uint64_t{0}) {
        return 0 - left;
    }
    return static_cast<std::uint64_t>(static_cast<std::int64_t>(left) / static_cast<std::int64_t>(right));
}

bool holds(std::string_view spelling, std::partial_ordering order) {
    if (spelling == "==") {
        return order == 0;
    }
    if (spelling == "!=") {
        return order != 0;
    }
    if (spelling == "<") {
        return order < 0;
    }
    if (spelling == "<=") {
        return order <= 0;
    }
    return spelling == ">" ? order > 0 : order >= 0;
}

class Reader {
public:
    explicit Reader(Cursor& cursor) : cursor_(cursor) {}

    Value conditional() {
        const Cursor::Nesting nesting(cursor_);
        const Value condition = binary(1);
        if (!cursor_.at("?")) {
            return condition;
        }
        const Position position = cursor_.position();
        take(" ", " ");
        const Value yes = conditional();
        if (!cursor_.at(":")) {
            cursor_.fail_expected("':' of a conditional expression");
            return {};
        }
        take(" ", " ");
        const Value no = conditional();
        if (!condition.is_integer() || yes.is_integer() != no.is_integer()) {
            return mismatch("?:", position);
        }
        return condition.bits != 0 ? yes : no;
    }

    std::string text;

private:
    /// Adds the token to the text and steps over it.
    void take(std::string_view before = "", std::string_view after = "") {
        text += before;
        text += cursor_.token().text;
        text += after;
        cursor_.advance();
    }

    Value mismatch(std::string_view spelling, Position position) {
        cursor_.fail(fmt::format("the operands of '{}' have types that it cannot take", spelling), position,
                     "mix no integers and floats, and use 0f literals alone");
        return {};
    }

    Value binary(int lowest) {
        Value left = unary();
        for (const BinaryOperator* op = binary_operator(cursor_.token()); op != nullptr && op->precedence >= lowest;
             op = binary_operator(cursor_.token())) {
            const Position position = cursor_.position();
            take(" ", " ");
            const Value right = binary(op->precedence + 1);
            left = apply(op->spelling, left, right, position);
        }
        return left;
    }

    Value apply(std::string_view spelling, Value left, Value right, Position position) {
        if (cursor_.failed()) {
            return {};
        }
        if (left.is_integer() && right.is_integer()) {
            return apply_integer(spelling, left, right, position);
        }
        if (left.type == Value::Type::Double && right.type == Value::Type::Double) {
            return apply_double(spelling, left.number(), right.number(), position);
        }
        return mismatch(spelling, position);
    }

    Value apply_integer(std::string_view spelling, Value left, Value right, Position position) {
        const std::uint64_t a = left.bits;
        const std::uint64_t b = right.bits;
        const bool is_unsigned = left.type == Value::Type::Unsigned || right.type == Value::Type::Unsigned;
        const Value::Type common = is_unsigned ? Value::Type::Unsigned : Value::Type::Signed;
        if (spelling == "+") {
            return {common, a + b};
        }
        if (spelling == "-") {
            return {common, a - b};
        }
        if (spelling == "*") {
            return {common, a * b};
        }
        if (spelling == "/" || spelling == "%") {
            if (b == 0) {
                cursor_.fail("a constant expression divides by zero", position);
                return {};
            }
            if (spelling == "%") {
                return {Value::Type::Unsigned, a % b};
            }
            return {common, quotient(a, b, is_unsigned)};
        }
        if (spelling == "<<") {
            return {left.type, a << (b % 64)};
        }
        if (spelling == ">>") {
            return {left.type, shift_right(left, b)};
        }
        if (spelling == "&") {
            return {common, a & b};
        }
        if (spelling == "|") {
            return {common, a | b};
        }
        if (spelling == "^") {
            return {common, a ^ b};
        }
        if (spelling == "&&") {
            return signed_value(a != 0 && b != 0 ? 1 : 0);
        }
        if (spelling == "||") {
            return signed_value(a != 0 || b != 0 ? 1 : 0);
        }
        const std::partial_ordering order =
            is_unsigned ? a <=> b : static_cast<std::int64_t>(a) <=> static_cast<std::int64_t>(b);
        return signed_value(holds(spelling, order) ? 1 : 0);
    }

    Value apply_double(std::string_view spelling, double a, double b, Position position) {
        if (spelling == "+") {
            return double_value(a + b);
        }
        if (spelling == "-") {
            return double_value(a - b);
        }
        if (spelling == "*") {
            return double_value(a * b);
        }
        if (spelling == "/") {
            if (b == 0.0) {
                cursor_.fail("a constant expression divides by zero", position);
                return {};
            }
            return double_value(a / b);
        }
        if (spelling.find_first_of("<>=") != std::string_view::npos && spelling != "<<" && spelling != ">>") {
            return signed_value(holds(spelling, a <=> b) ? 1 : 0);
        }
        return mismatch(spelling, position);
    }

    Value unary() {
        const Token token = cursor_.token();
        if (!token.is("-") && !token.is("+") && !token.is("!") && !token.is("~")) {
            return primary();
        }
        const Cursor::Nesting nesting(cursor_);
        take();
        const Value value = unary();
        if (cursor_.failed()) {
            return {};
        }
        if (value.type == Value::Type::Double && (token.is("-") || token.is("+"))) {
            return token.is("-") ? double_value(-value.number()) : value;
        }
        if (!value.is_integer()) {
            return mismatch(token.text, token.position);
        }
        switch (token.text[0]) {
        case '-':
            return {value.type, 0 - value.bits};
        case '!':
            return signed_value(value.bits == 0 ? 1 : 0);
        case '~':
            return {Value::Type::Unsigned, ~value.bits};
        default:
            return value;
        }
    }

    Value primary() {
        if (cursor_.at(Token::Kind::DotWord) && begins_constant(cursor_.token())) {
            cursor_.relex_number();
        }
        const Token token = cursor_.token();
        if (token.kind == Token::Kind::Integer) {
            const std::uint64_t bits = cursor_.expect_unsigned("an integer");
            text += token.text;
            const bool is_unsigned = token.text.back() == 'U' || bits >> 63 != 0;
            return {is_unsigned ? Value::Type::Unsigned : Value::Type::Signed, bits};
        }
        if (token.kind == Token::Kind::Float) {
            take();
            return floating(token);
        }
        if (token.kind == Token::Kind::Word && token.text == "WARP_SZ") {
            take();
            return signed_value(warp_size);
        }
        if (token.is("(")) {
            const Cursor::Nesting nesting(cursor_);
            take();
            if (cursor_.at_dot("s64") || cursor_.at_dot("u64")) {
                return cast();
            }
            const Value value = conditional();
            close();
            return value;
        }
        cursor_.fail_expected("a number");
        return {};
    }

    Value cast() {
        const Token type = cursor_.token();
        take();
        close();
        const Value value = unary();
        if (!value.is_integer()) {
            return mismatch(type.text, type.position);
        }
        return {type.is_dot("s64") ? Value::Type::Signed : Value::Type::Unsigned, value.bits};
    }

    void close() {
        if (!cursor_.at(")")) {
            cursor_.fail_expected("')' of a constant expression");
            return;
        }
        take();
    }

    Value floating(const Token& token) {
        if (token.text.starts_with("0f") || token.text.starts_with("0F")) {
            return {Value::Type::Float32, parse_bits(token.text.substr(2))};
        }
        if (token.text.starts_with("0d") || token.text.starts_with("0D")) {
            return {Value::Type::Double, parse_bits(token.text.substr(2))};
        }
        double number = 0;
        if (std::from_chars(token.text.data(), token.text.data() + token.text.size(), number).ec != std::errc{}) {
            cursor_.fail(fmt::format("{} is outside the range of a double", token.text), token.position);
        }
        return double_value(number);
    }

    Cursor& cursor_;
};

} // namespace

bool begins_constant(const Token& token) {
    switch (token.kind) {
    case Token::Kind::Integer:
    case Token::Kind::Float:
        return true;
    case Token::Kind::DotWord:
        return token.text[1] >= '0' && token.text[1] <= '9';
    case Token::Kind::Word:
        return token.text == "WARP_SZ";
    case Token::Kind::Punctuation:
        return token.is("-") || token.is("+") || token.is("~");
    case Token::Kind::End:
    case Token::Kind::Invalid:
    case Token::Kind::String:
        break;
    }
    return false;
}

Operand constant_expression(Cursor& cursor) {
    Operand operand;
    operand.kind = Operand::Kind::Literal;
    operand.position = cursor.position();
    Reader reader(cursor);
    const Value value = reader.conditional();
    operand.text = std::move(reader.text);
    operand.bits = value.bits;
    operand.literal = value.is_integer()                   ? Operand::Literal::Integer
                      : value.type == Value::Type::Float32 ? Operand::Literal::Float32
                                                           : Operand::Literal::Float64;
    return operand;
}

} // namespace assay::ptx
