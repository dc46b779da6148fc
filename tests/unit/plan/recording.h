// Recording the committed sources: programs, bindings, and where in a source a line is.
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "isa/program.h"
#include "plan/record.h"

namespace assay::plan::testing {

/// The text of `sources/NAME` with its extension.
[[nodiscard]] std::string read_source(const std::string& file);

/// The decoded program of `sources/NAME.ptx`, decoded once.
[[nodiscard]] const isa::Program& program(const std::string& name);

/// The line of `sources/NAME.cu` that holds the comment `// @MARK`.
[[nodiscard]] std::uint32_t line_of(const std::string& name, std::string_view mark);

/// A binding, parameter by parameter.
class Bind {
public:
    explicit Bind(std::string task = "test") { binding_.task = std::move(task), binding_.workload = "only"; }
    Bind& input(const std::string& name, std::vector<std::int64_t> shape, tasks::DType dtype = tasks::DType::Float32);
    Bind& output(const std::string& name, std::vector<std::int64_t> shape, tasks::DType dtype = tasks::DType::Float32);
    Bind& axis(const std::string& name, double value);
    Bind& scalar(const std::string& name, tasks::DType dtype, double value);
    operator const tasks::Binding&() const { return binding_; }

private:
    tasks::Binding binding_;
};

/// `const float* A, float* C, int n`: what most sources here take.
[[nodiscard]] Bind unary(std::int64_t n = 1000);

/// The plan; a test failure and an empty plan when there is none.
[[nodiscard]] LaunchPlan plan_of(const std::string& name, const std::string& entry = "solve",
                                 const tasks::Binding& binding = unary(), const RecordLimits& limits = {});
/// The error; a test failure and an empty error when there is none.
[[nodiscard]] PlanError error_of(const std::string& name, const std::string& entry,
                                 const tasks::Binding& binding = unary(), const RecordLimits& limits = {});

/// The step as that kind; a test failure and an empty one when it is another.
template <class T> T step(const LaunchPlan& plan, std::size_t index);

/// The value of `T` at `at` of a launch's parameters.
template <class T> [[nodiscard]] T parameter(const Launch& launch, std::size_t at);

/// The buffer's name and offset that the pointer at `at` of a launch's parameters has: "A", "scratch0+8"; "" for none.
[[nodiscard]] std::string pointer(const LaunchPlan& plan, const Launch& launch, std::size_t at);
[[nodiscard]] std::string pointer(const LaunchPlan& plan, const Pointer& pointer);

} // namespace assay::plan::testing

#include <gtest/gtest.h>

#include <cstring>

namespace assay::plan::testing {

template <class T> T step(const LaunchPlan& plan, std::size_t index) {
    if (index >= plan.steps.size() || !std::holds_alternative<T>(plan.steps[index])) {
        ADD_FAILURE() << "step " << index << " of " << plan.steps.size() << " is another kind of step or missing";
        return {};
    }
    return std::get<T>(plan.steps[index]);
}

template <class T> T parameter(const Launch& launch, std::size_t at) {
    T value{};
    if (at + sizeof value > launch.parameters.size()) {
        ADD_FAILURE() << "no " << sizeof value << " bytes at " << at << " of " << launch.parameters.size();
        return value;
    }
    std::memcpy(&value, launch.parameters.data() + at, sizeof value);
    return value;
}

} // namespace assay::plan::testing
