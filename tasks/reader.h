// Strict reading of a JSON file: every field is asked for by name and type, and what nobody asked for is an error.
//
// A file is read in one go, without a check after each field: the Reader keeps the *first* error and a Field that could
// not be read answers with an empty value. The caller looks at `Reader::error()` once, at the end. So the code that
// reads a definition says what a definition is, and nothing else.
#pragma once

#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/error.h"

namespace assay::tasks {

class Reader;

/// One value of the file and its place, a JSON pointer (RFC 6901).
class Field {
public:
    Field(Reader& reader, const nlohmann::ordered_json* value, std::string pointer)
        : reader_(&reader), value_(value), pointer_(std::move(pointer)) {}

    /// A member of an object; that it is missing is an error.
    [[nodiscard]] Field member(std::string_view name) const;
    [[nodiscard]] bool has(std::string_view name) const;
    /// All members, in the order of the file.
    [[nodiscard]] std::vector<std::pair<std::string, Field>> members() const;
    /// Of an array that must not be empty.
    [[nodiscard]] std::vector<Field> elements() const;
    /// An error for each member that is not in `names`.
    void only(std::initializer_list<std::string_view> names) const;

    [[nodiscard]] std::string text() const; ///< that is not empty
    [[nodiscard]] double number() const;
    [[nodiscard]] std::int64_t integer() const;

    [[nodiscard]] bool is_text() const { return value_ != nullptr && value_->is_string(); }
    [[nodiscard]] bool is_number() const { return value_ != nullptr && value_->is_number(); }
    [[nodiscard]] bool is_object() const { return value_ != nullptr && value_->is_object(); }

    void fail(std::string what, std::string hint = {}) const;

private:
    void wrong_type(std::string_view wanted) const;

    Reader* reader_;
    const nlohmann::ordered_json* value_; ///< null: it was missing, which has been reported
    std::string pointer_;
};

class Reader {
public:
    /// Reads and parses; a missing file, a syntax error or a key that stands twice is already an error.
    explicit Reader(const std::filesystem::path& file);
    [[nodiscard]] Field root() { return {*this, error_ ? nullptr : &json_, ""}; }
    [[nodiscard]] const std::optional<Error>& error() const { return error_; }
    [[nodiscard]] const std::string& text() const { return text_; }
    void fail(const std::string& pointer, std::string what, std::string hint = {});

private:
    std::filesystem::path file_;
    std::string text_;
    nlohmann::ordered_json json_;
    std::optional<Error> error_;
};

/// The bytes of a file.
[[nodiscard]] Result<std::string> read_file(const std::filesystem::path& file);

} // namespace assay::tasks
