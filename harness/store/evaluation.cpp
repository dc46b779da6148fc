// The names and sentences of a verdict; see evaluation.h.
#include "store/evaluation.h"

#include <algorithm>
#include <array>

namespace assay::store {

namespace {

struct StatusText {
    Status status;
    std::string_view name, sentence;
};

constexpr std::array statuses{
    StatusText{Status::Passed, "passed", "Every check held."},
    StatusText{Status::CompileError, "compile_error", "The candidate's source does not compile."},
    StatusText{Status::PlanError, "plan_error",
               "The entry is missing, its signature does not fit the task, or its host code does what cannot be "
               "recorded."},
    StatusText{Status::LaunchError, "launch_error",
               "A kernel launch is invalid: its grid, block, shared memory or registers are over the device's limits."},
    StatusText{Status::MemoryError, "memory_error",
               "A kernel accessed memory it must not: out of bounds, misaligned, uninitialised, a red zone or an "
               "input."},
    StatusText{Status::Race, "race", "Two threads access the same memory without a barrier, or a barrier diverges."},
    StatusText{Status::RuntimeError, "runtime_error",
               "A kernel stopped with a trap, a failed assertion or an illegal instruction."},
    StatusText{Status::Incorrect, "incorrect", "An output differs from what the task asks for."},
    StatusText{Status::Nondeterministic, "nondeterministic", "Repeated runs on the same inputs disagree."},
    StatusText{Status::Timeout, "timeout", "A stage did not end within its time limit."},
    StatusText{Status::ResourceLimit, "resource_limit", "A stage needed more memory or output than it is allowed."},
    StatusText{Status::Rejected, "rejected", "The candidate broke a rule of the benchmark."},
    StatusText{Status::HarnessError, "harness_error", "The harness failed. This says nothing about the candidate."},
};

const StatusText& text_of(Status status) {
    return statuses.at(static_cast<std::size_t>(status));
}

constexpr std::array<std::string_view, 4> speeds{"faster", "slower", "same", "undecided"};

} // namespace

std::string_view to_string(Status status) {
    return text_of(status).name;
}

std::optional<Status> status_from(std::string_view name) {
    const auto found = std::ranges::find(statuses, name, &StatusText::name);
    return found != statuses.end() ? std::optional(found->status) : std::nullopt;
}

std::string_view explain(Status status) {
    return text_of(status).sentence;
}

std::string_view to_string(Speed speed) {
    return speeds.at(static_cast<std::size_t>(speed));
}

std::optional<Speed> speed_from(std::string_view name) {
    const auto found = std::ranges::find(speeds, name);
    return found != speeds.end() ? std::optional(static_cast<Speed>(found - speeds.begin())) : std::nullopt;
}

} // namespace assay::store
