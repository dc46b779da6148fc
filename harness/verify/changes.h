// Inputs that change between timed runs.
//
// A candidate that has seen its inputs once may not profit from it: before every timed run some elements, at places
// drawn from the secret key, take values of a second drawing. The grader keeps its own copy in step, so that it knows
// what any of the timed runs should have computed.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "tasks/task.h"
#include "verify/inputs.h"

namespace assay::verify {

/// Before run `run` of a sample, `size` bytes of `value` go to `offset` of input `input`. Sent to a worker as it lies
/// in memory.
struct InputChange {
    std::uint32_t run = 0;
    std::uint32_t input = 0;
    std::uint64_t offset = 0; ///< in bytes
    std::array<std::byte, 8> value{};
    std::uint32_t size = 0;
    std::uint32_t padding = 0;
};

class ChangingInputs {
public:
    /// Starts from drawing `draw` of the task's own distribution; new values come from drawing `draw` + 1.
    ChangingInputs(const tasks::Binding& binding, const Key& key, std::uint32_t draw);

    /// What is in the inputs after all changes handed out so far.
    [[nodiscard]] const std::vector<Bytes>& current() const { return current_; }

    /// The changes for the next sample of `runs` runs, applied to `current` already: in each run one element of every
    /// input, or two that swap where the input is a permutation.
    [[nodiscard]] std::vector<InputChange> next(unsigned runs);

private:
    void change(std::vector<InputChange>& changes, std::uint32_t run, std::uint32_t input, std::uint64_t element,
                const std::byte* value);
    [[nodiscard]] std::uint64_t random(std::uint64_t bound);

    const tasks::Binding& binding_;
    Key key_;
    std::uint32_t draw_;
    std::uint32_t drawn_ = 0;
    std::vector<Bytes> current_, others_;
};

} // namespace assay::verify
