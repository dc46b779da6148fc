// What the wrong elements of an output have in common, in words: the first thing that a person wants to know.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "tasks/task.h"
#include "verify/inputs.h"

namespace assay::verify {

/// A wrong output: at least one element of `bad` is set.
struct WrongOutput {
    const tasks::Binding::Tensor& tensor;
    const Bytes& bytes;
    const std::vector<bool>& bad;
    std::uint8_t poison = 0;
    std::function<double(std::size_t)> expected;
    /// Whether `got` would have been right at an element.
    std::function<bool(std::size_t, double got)> fits;
};

/// "last row: 0 instead of the result", "all: what belongs 1 element further on", "elements 7 and up: never written
/// (the poison is still there)". The place is always said, what is there instead only if it is recognised.
[[nodiscard]] std::string describe(const WrongOutput& wrong);

} // namespace assay::verify
