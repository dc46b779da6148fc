// Strict reading of JSON: the first thing that is wrong is remembered with its JSON pointer, and everything after it
// reads as empty, so that a reader is a plain list of fields.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace assay::plan {

/// A number as JsonReader::real reads it: what is not finite, which JSON has no number for, as "inf", "-inf" or "nan".
[[nodiscard]] nlohmann::json real_to_json(double value);

class JsonReader {
public:
    /// A value and where it is.
    struct Place {
        const nlohmann::json* json = nullptr; ///< null: absent, or after an error
        std::string pointer;
    };

    /// Fails unless `place` is an object with the required keys and none but those of both lists.
    bool object(const Place& place, std::initializer_list<std::string_view> required,
                std::initializer_list<std::string_view> optional = {});
    [[nodiscard]] bool has(const Place& object, std::string_view key) const;
    [[nodiscard]] Place member(const Place& object, std::string_view key) const;
    /// The elements of an array; a `length` other than 0 is required.
    [[nodiscard]] std::vector<Place> elements(const Place& place, std::size_t length = 0);

    [[nodiscard]] std::uint64_t number(const Place& place, std::uint64_t most = UINT64_MAX);
    [[nodiscard]] double real(const Place& place);
    [[nodiscard]] bool boolean(const Place& place);
    [[nodiscard]] std::string string(const Place& place);
    [[nodiscard]] std::vector<std::byte> hex(const Place& place);

    void fail(const Place& place, std::string what, std::string hint = {});
    [[nodiscard]] bool failed() const { return error_.has_value(); }
    /// The first error, if there is one.
    [[nodiscard]] Result<> result() const { return error_ ? std::unexpected(*error_) : Result<>{}; }

private:
    std::optional<Error> error_;
};

} // namespace assay::plan
