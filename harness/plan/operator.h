// A library operator that host code asks for: what `x.sum(1)` or `torch::matmul(a, b)` is in a plan.
//
// The recorder knows shapes and types, not kernels: it notes the operator and where among the steps it stands. The
// launches come from the reference library, which is recorded like any other program (`eval/library.h`).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tasks/task.h"

namespace assay::plan {

/// A place on the device: a buffer of the plan and an offset in bytes (which may be its end).
struct Pointer {
    std::uint32_t buffer = 0;
    std::uint64_t offset = 0;
    friend bool operator==(const Pointer&, const Pointer&) = default;
};

struct Operator {
    struct Operand {
        Pointer place;
        tasks::DType dtype = tasks::DType::Float32;
        std::vector<std::int64_t> shape, strides; ///< strides in elements
    };
    std::string name; ///< "sum"
    std::vector<Operand> inputs;
    Operand output;
    std::vector<double> numbers; ///< its attributes, in the order of the operator's row in `eval/library.cpp`
    std::uint64_t position = 0;  ///< the plan's steps before it
    std::uint64_t steps = 0;     ///< its own, from `position` on; 0 before it is expanded
    std::uint32_t line = 0;      ///< of the candidate's source
};

} // namespace assay::plan
