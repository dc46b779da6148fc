// `assay tasks check`: whether a task can be passed with a wrong output.
//
// Nothing is compiled but the reference. Mutant outputs are made from the right one and given to the same comparison
// that judges candidates. What the definition says of costs is checked beside it (costs.h).
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "eval/costs.h"
#include "eval/evaluator_state.h"
#include "verify/compare.h"

namespace assay::eval {

namespace {

constexpr std::uint8_t poison = 0xFF;

/// Of fewer elements than this many mutants are right by chance: the ReLU of one number is 0 half of the time. They
/// still count where a task has nothing larger, as a loss has.
constexpr std::int64_t large_output = 32;

/// Of fewer elements than this a mutant must survive two pairs of draws: one draw of the inputs in a thousand gives
/// nearly the loss that another gave, and 280 products in fp16, a few of which are most of their mean square, pass for
/// themselves when they are rounded to bf16 in one of twelve.
constexpr std::int64_t enough_elements = 1024;

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

struct Survivor {
    std::uint32_t output;
    std::string what;
};

/// What is wrong with one workload, on the inputs of the drawing `draw`; those of the one after it are the others.
Result<std::vector<Survivor>> survivors_of(const tasks::Task& task, Reference& reference, std::size_t workload,
                                           const verify::Key& key, std::uint32_t draw) {
    constexpr auto regime = verify::Regime::Normal;
    const tasks::Binding& binding = reference.bindings()[workload];
    const auto inputs = verify::generate(binding, key, regime, draw);
    const auto others = reference.expect(workload, verify::generate(binding, key, regime, draw + 1), regime);
    const auto expectations = reference.expect(workload, inputs, regime);
    if (!expectations || !others) {
        return std::unexpected(expectations ? others.error() : expectations.error());
    }
    std::vector<Survivor> survivors;
    for (std::uint32_t output = 0; output < expectations->size(); ++output) {
        const std::int64_t smallest = smallest_that_counts(reference.bindings(), output);
        for (std::string& what :
             find_survivors(task, binding, output, (*expectations)[output], (*others)[output], inputs, smallest)) {
            survivors.push_back({output, std::move(what)});
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
    std::vector<std::string> problems;
#if ASSAY_VGPU
    auto costs = check_costs(task, *state.compiler, state.planner, progress);
    if (!costs) {
        return std::unexpected(costs.error());
    }
    problems = std::move(*costs);
#endif
    Reference& reference = *state.reference;
    const auto key = verify::Key::fresh();
    for (std::size_t i = 0; i < state.selection.workloads.size(); ++i) {
        const std::string& workload = state.selection.workloads[i]->name;
        if (progress) {
            progress(workload);
        }
        const tasks::Binding& binding = reference.bindings()[i];
        auto survivors = survivors_of(task, reference, i, key, 0);
        const auto few = [&](const Survivor& survivor) {
            return binding.outputs[survivor.output].elements() < enough_elements;
        };
        if (survivors && !survivors->empty() && std::ranges::all_of(*survivors, few)) {
            survivors = survivors_of(task, reference, i, key, 2);
        }
        if (!survivors) {
            return std::unexpected(survivors.error());
        }
        for (const Survivor& survivor : *survivors) {
            problems.push_back(fmt::format("workload '{}', output '{}': {}", workload,
                                           binding.outputs[survivor.output].name, survivor.what));
        }
    }
    return problems;
}

} // namespace assay::eval
