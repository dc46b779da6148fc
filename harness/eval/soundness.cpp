// `assay tasks check`: whether a task can be passed with a wrong output.
//
// Nothing is compiled but the reference. Mutant outputs are made from the right one and given to the same comparison
// that judges candidates.
#include <fmt/format.h>

#include "eval/evaluator_state.h"
#include "verify/compare.h"

namespace assay::eval {

namespace {

constexpr std::uint8_t poison = 0xFF;
constexpr std::int64_t smallest_output = 32;

/// The mutants of one output that pass, or the reference if it does not.
std::vector<std::string> find_survivors(const tasks::Task& task, const tasks::Binding& binding, std::uint32_t output,
                                        const verify::Expectation& expectation, const verify::Expectation& other,
                                        const std::vector<Bytes>& inputs) {
    std::vector<std::string> survivors;
    const auto dtype = expectation.tensor.dtype;
    const auto honest = verify::from_doubles(dtype, expectation.reference);
    if (!verify::compare(expectation, honest, task.accepts, poison).passed) {
        survivors.emplace_back("the reference itself does not pass");
    }
    if (expectation.tensor.elements() < smallest_output) {
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
    bool any_large = false;
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
            any_large = any_large || binding.outputs[output].elements() >= smallest_output;
            for (const std::string& survivor :
                 find_survivors(task, binding, output, (*expectations)[output], (*others)[output], inputs)) {
                problems.push_back(
                    fmt::format("workload '{}', output '{}': {}", workload, binding.outputs[output].name, survivor));
            }
        }
    }
    if (!any_large) {
        problems.push_back(
            fmt::format("no workload has an output of {} elements or more: nothing is proven", smallest_output));
    }
    return problems;
}

} // namespace assay::eval
