// What every part of the recorder returns: a value, or the candidate's fault.
//
// The parts below the interpreter do not know where in the candidate's source they are; they leave `file` and `line`
// open and the interpreter fills them in once, on the way out.
#pragma once

#include <expected>
#include <string>
#include <utility>

#include "plan/record.h"

namespace assay::plan {

template <class T = void> using Checked = std::expected<T, PlanError>;

/// Host code did what cannot be recorded.
[[nodiscard]] inline std::unexpected<PlanError> refuse(std::string what, std::string hint = {}) {
    PlanError error;
    error.what = std::move(what);
    error.hint = std::move(hint);
    return std::unexpected(std::move(error));
}

[[nodiscard]] inline std::unexpected<PlanError> refuse(PlanError::Kind kind, std::string what, std::string hint = {}) {
    auto error = refuse(std::move(what), std::move(hint));
    error.error().kind = kind;
    return error;
}

} // namespace assay::plan
