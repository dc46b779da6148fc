#include "tasks/reader.h"

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <fstream>
#include <iterator>
#include <limits>
#include <set>

#include <fmt/ranges.h>

namespace assay::tasks {

namespace {

using Json = nlohmann::ordered_json;

std::string escape(std::string_view key) {
    std::string escaped;
    for (const char c : key) {
        escaped += c == '~' ? "~0" : c == '/' ? "~1" : std::string(1, c);
    }
    return escaped;
}

/// Follows a parse to find keys that stand twice in one object: the parser itself would keep one of them in silence.
class DuplicateKeys {
public:
    bool operator()(Json::parse_event_t event, const Json& parsed) {
        switch (event) {
        case Json::parse_event_t::object_start:
        case Json::parse_event_t::array_start:
            levels_.emplace_back();
            break;
        case Json::parse_event_t::object_end:
        case Json::parse_event_t::array_end:
            levels_.pop_back();
            value_ends();
            break;
        case Json::parse_event_t::value:
            value_ends();
            break;
        case Json::parse_event_t::key:
            levels_.back().key = parsed.get<std::string>();
            if (!levels_.back().keys.insert(levels_.back().key).second && !first_) {
                first_ = pointer();
            }
        }
        return true;
    }
    [[nodiscard]] const std::optional<std::string>& first() const { return first_; }

private:
    struct Level {
        std::set<std::string> keys;
        std::string key;       ///< of an object: the latest
        std::size_t index = 0; ///< of an array: values so far
    };

    void value_ends() {
        if (!levels_.empty()) {
            ++levels_.back().index;
        }
    }

    [[nodiscard]] std::string pointer() const {
        std::string text;
        for (const Level& level : levels_) {
            text += '/' + (level.keys.empty() ? std::to_string(level.index) : escape(level.key));
        }
        return text;
    }

    std::vector<Level> levels_;
    std::optional<std::string> first_;
};

/// "line:column" of a byte, both from 1.
std::string position_of(std::string_view text, std::size_t byte) {
    const std::string_view before = text.substr(0, std::min(byte, text.size()));
    const auto line = 1 + std::ranges::count(before, '\n');
    const auto line_begin = before.rfind('\n') + 1; // npos + 1 is 0
    return fmt::format("{}:{}", line, before.size() - line_begin + 1);
}

/// The parser's message without its "[json.exception.parse_error.101] parse error at line 1, column 2: ".
std::string without_prefix(std::string what) {
    if (const auto colon = what.find(": "); colon != std::string::npos) {
        what.erase(0, colon + 2);
    } else if (const auto bracket = what.find("] "); bracket != std::string::npos) {
        what.erase(0, bracket + 2);
    }
    return what;
}

} // namespace

Result<std::string> read_file(const std::filesystem::path& file) {
    // Reading a stream by its buffer reports what the system refuses as an exception; an empty file is none.
    std::ifstream stream(file, std::ios::binary);
    if (!stream) {
        return assay::fail(fmt::format("cannot open the file: {}", std::strerror(errno)), file.string());
    }
    try {
        return std::string{std::istreambuf_iterator<char>(stream), {}};
    } catch (const std::ios_base::failure& problem) {
        return assay::fail(fmt::format("cannot read the file: {}", problem.what()), file.string());
    }
}

Reader::Reader(const std::filesystem::path& file) : file_(file) {
    auto text = read_file(file);
    if (!text) {
        error_ = std::move(text.error());
        return;
    }
    text_ = std::move(*text);
    DuplicateKeys keys;
    try {
        json_ = Json::parse(
            text_, [&](int /*depth*/, Json::parse_event_t event, Json& parsed) { return keys(event, parsed); });
    } catch (const Json::parse_error& problem) {
        const std::size_t byte = problem.byte == 0 ? 0 : problem.byte - 1;
        error_ = Error{"not JSON: " + without_prefix(problem.what()),
                       fmt::format("{}:{}", file.string(), position_of(text_, byte)),
                       {}};
        return;
    } catch (const Json::exception& problem) { // a number that no double holds
        error_ = Error{"not JSON: " + without_prefix(problem.what()), file.string(), {}};
        return;
    }
    if (const auto& twice = keys.first()) {
        fail(*twice, "this key stands twice");
    }
}

void Reader::fail(const std::string& pointer, std::string what, std::string hint) {
    if (!error_) {
        error_ = Error{std::move(what), fmt::format("{}#{}", file_.string(), pointer), std::move(hint)};
    }
}

void Field::fail(std::string what, std::string hint) const {
    reader_->fail(pointer_, std::move(what), std::move(hint));
}

void Field::wrong_type(std::string_view wanted) const {
    if (value_ != nullptr) { // else it was reported where it was missing
        fail(fmt::format("must be {}, not {}", wanted, value_->type_name()));
    }
}

bool Field::has(std::string_view name) const {
    return is_object() && value_->contains(name);
}

Field Field::member(std::string_view name) const {
    std::string pointer = pointer_ + '/' + escape(name);
    if (has(name)) {
        return {*reader_, &value_->at(std::string(name)), std::move(pointer)};
    }
    if (is_object()) {
        reader_->fail(pointer, "this field is missing");
    } else {
        wrong_type("an object");
    }
    return {*reader_, nullptr, std::move(pointer)};
}

std::vector<std::pair<std::string, Field>> Field::members() const {
    std::vector<std::pair<std::string, Field>> found;
    if (!is_object()) {
        wrong_type("an object");
        return found;
    }
    for (const auto& [name, value] : value_->items()) {
        found.emplace_back(name, Field(*reader_, &value, pointer_ + '/' + escape(name)));
    }
    return found;
}

std::vector<Field> Field::elements() const {
    std::vector<Field> found;
    if (value_ == nullptr || !value_->is_array()) {
        wrong_type("an array");
        return found;
    }
    if (value_->empty()) {
        fail("must not be empty");
    }
    for (std::size_t i = 0; i < value_->size(); ++i) {
        found.emplace_back(*reader_, &value_->at(i), fmt::format("{}/{}", pointer_, i));
    }
    return found;
}

void Field::only(std::initializer_list<std::string_view> names) const {
    for (const auto& [name, field] : members()) {
        if (std::ranges::find(names, name) == names.end()) {
            field.fail("unknown field", fmt::format("known here: {}", fmt::join(names, ", ")));
        }
    }
}

std::string Field::text() const {
    if (!is_text()) {
        wrong_type("a string");
        return {};
    }
    auto text = value_->get<std::string>();
    if (text.empty()) {
        fail("must not be empty");
    }
    return text;
}

double Field::number() const {
    if (!is_number()) {
        wrong_type("a number");
        return 0;
    }
    return value_->get<double>();
}

std::int64_t Field::integer() const {
    if (value_ == nullptr || !value_->is_number_integer()) {
        if (is_number()) {
            fail("must be an integer");
        } else {
            wrong_type("an integer");
        }
        return 0;
    }
    if (value_->is_number_unsigned() && value_->get<std::uint64_t>() > std::numeric_limits<std::int64_t>::max()) {
        fail("overflow: must fit 64 bits with sign");
        return 0;
    }
    return value_->get<std::int64_t>();
}

} // namespace assay::tasks
