// `assay tasks check`: whether a task can be passed with a wrong output.
//
// Nothing is compiled but the reference. Mutant outputs are made from the right one and given to the same comparison
// that judges candidates.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "eval/evaluator_state.h"
#include "verify/compare.h"

namespace assay::eval {

namespace {

constexpr std::uint8_t poison = 0xFF;

/// Of fewer elements than this many mutants are right by chance: the ReLU of one number is 0 half of the time. They
/// still count where a task has nothing larger, as a loss has.
constexpr std::int64_t large_output = 32;

/// The elements from which on an output counts.
std::int64_t smallest_that_counts(const std::vector<tasks::Binding>& bindings, std::size_t output) {
    std::int64_t largest = 1;
    for (const tasks::Binding& binding : bindings) {
        largest = std::max(largest, binding.outputs[output].elements());
    }
    return std::min(largest, large_output);
}

/// The mutants of one output that pass, or the reference if it does not.
std::vector<std::string> find_survivors(const tasks::Task& task, const tasks::Binding& binding, std::uint32_t output,
                                        const verify::Expectation& expectation, const verify::Expectation& other,
                                        const std::vector<Bytes>& inputs, std::int64_t smallest) {
    std::vector<std::string> survivors;
    const auto dtype = expectation.tensor.dtype;
    const auto honest = verify::from_doubles(dtype, expectation.reference);
    if (!verify::compare(expectation, honest, task.accepts, poison).passed) {
        survivors.emplace_back("the reference itself does not pass");
    }
    if (std::ranges::any_of(expectation.oracle, [](double value) { return std::isnan(value); })) {
        survivors.emplace_back("the oracle has elements that are NaN, or that it never wrote");
    }
    if (expectation.tensor.elements() < smallest) {
        return survivors;
    }
    const auto other_output = verify::from_doubles(dtype, other.reference);
    for (const verify::Mutant& mutant :
         verify::make_mutants(binding, output, expectation, inputs, other_output, poison, task.accepts)) {
        if (verify::compare(expectation, mutant.output, task.accepts, poison).passed) {
            survivors.push_back("a wrong output passes: " + mutant.name);
        }
    }
    return survivors;
}

} // namespace

Result<std::vector<std::string>> Evaluator::check_soundness(const tasks::Task& task, const Progress& progress) {
    State& state = *state_;
    if (const auto ready = state.use(task); !ready) {
        return std::unexpected(ready.error());
    }
    Reference& reference = *state.reference;
    constexpr auto regime = verify::Regime::Normal;
    const auto key = verify::Key::fresh();
    std::vector<std::string> problems;
    for (std::size_t i = 0; i < state.selection.workloads.size(); ++i) {
        const std::string& workload = state.selection.workloads[i]->name;
        if (progress) {
            progress(workload);
        }
        const tasks::Binding& binding = reference.bindings()[i];
        const auto inputs = verify::generate(binding, key, regime, 0);
        const auto others = reference.expect(i, verify::generate(binding, key, regime, 1), regime);
        const auto expectations = reference.expect(i, inputs, regime);
        if (!expectations || !others) {
            return std::unexpected(expectations ? others.error() : expectations.error());
        }
        for (std::uint32_t output = 0; output < expectations->size(); ++output) {
            const std::int64_t smallest = smallest_that_counts(reference.bindings(), output);
            for (const std::string& survivor :
                 find_survivors(task, binding, output, (*expectations)[output], (*others)[output], inputs, smallest)) {
                problems.push_back(
                    fmt::format("workload '{}', output '{}': {}", workload, binding.outputs[output].name, survivor));
            }
        }
    }
    return problems;
}

} // namespace assay::eval
