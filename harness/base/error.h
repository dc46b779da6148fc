// Errors that a caller can act on.
//
// A `Result<T>` carries a value or an `Error`. An Error is always the *harness's* answer to something it was given or
// that its surroundings refused: a file that cannot be read, a field that is wrong, a process that died. What a
// candidate does wrong is not an Error: it is a verdict (`store/evaluation.h`), because the judge's fault and the
// candidate's fault must never be confused.
#pragma once

#include <expected>
#include <string>
#include <utility>

namespace assay {

struct Error {
    std::string what;  ///< what went wrong, one sentence without a final stop
    std::string where; ///< the place: `file:line:column`, a JSON pointer, a path, a function; may be empty
    std::string hint;  ///< what to do about it; may be empty

    /// "where: what (hint)", leaving out what is empty.
    [[nodiscard]] std::string to_string() const;
};

template <class T = void> using Result = std::expected<T, Error>;

/// `return fail("no such task", path, "run `assay tasks list`");`
[[nodiscard]] inline std::unexpected<Error> fail(std::string what, std::string where = {}, std::string hint = {}) {
    return std::unexpected(Error{std::move(what), std::move(where), std::move(hint)});
}

} // namespace assay
