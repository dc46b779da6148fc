// Changing inputs: what is handed out is what the grader keeps, nothing repeats, and inputs stay what they mean.
#include "verify/changes.h"

#include <algorithm>
#include <cstring>
#include <gtest/gtest.h>
#include <set>

namespace assay::verify {
namespace {

constexpr Key key{{1, 2, 3, 4}};

tasks::Binding binding() {
    tasks::Binding result;
    result.task = "t";
    result.workload = "w";
    result.inputs.resize(3);
    result.inputs[0] = {.name = "x", .dtype = tasks::DType::Float16, .shape = {40, 7}, .distribution = {}};
    result.inputs[1] = {.name = "order", .dtype = tasks::DType::Int32, .shape = {100}, .distribution = {}};
    result.inputs[1].distribution.kind = tasks::Distribution::Kind::Permutation;
    result.inputs[2] = {.name = "none", .dtype = tasks::DType::Float32, .shape = {0}, .distribution = {}};
    return result;
}

/// What a worker does with the changes.
void make_changes(const std::vector<InputChange>& changes, std::vector<Bytes>& inputs) {
    for (const InputChange& change : changes) {
        std::memcpy(inputs.at(change.input).data() + change.offset, change.value.data(), change.size);
    }
}

TEST(ChangingInputs, StayInStepWithTheirCopy) {
    const tasks::Binding bound = binding();
    ChangingInputs inputs(bound, key, 1);
    std::vector<Bytes> copy = inputs.current();
    EXPECT_EQ(copy, generate(bound, key, Regime::Normal, 1));
    for (int sample = 0; sample < 20; ++sample) {
        make_changes(inputs.next(5), copy);
        ASSERT_EQ(copy, inputs.current());
    }
    EXPECT_NE(copy, generate(bound, key, Regime::Normal, 1));
}

TEST(ChangingInputs, ChangeEveryInputBeforeEveryRun) {
    const tasks::Binding bound = binding();
    ChangingInputs inputs(bound, key, 1);
    std::set<std::uint64_t> places;
    std::set<std::pair<std::uint32_t, std::uint32_t>> touched;
    const auto changes = inputs.next(50);
    EXPECT_TRUE(std::ranges::is_sorted(changes, {}, &InputChange::run));
    for (const InputChange& change : changes) {
        touched.emplace(change.run, change.input);
        EXPECT_LE(change.offset + change.size, bound.inputs[change.input].bytes());
        if (change.input == 0) {
            places.insert(change.offset);
        }
    }
    EXPECT_EQ(touched.size(), 100U); // the empty input has nothing to change
    EXPECT_GT(places.size(), 30U);
}

TEST(ChangingInputs, LeaveAPermutationAPermutation) {
    const tasks::Binding bound = binding();
    ChangingInputs inputs(bound, key, 1);
    ASSERT_EQ(inputs.next(200).size(), 200U * 3);
    auto order = to_doubles(tasks::DType::Int32, inputs.current()[1]);
    EXPECT_FALSE(std::ranges::is_sorted(order));
    std::ranges::sort(order);
    for (std::size_t i = 0; i < order.size(); ++i) {
        ASSERT_EQ(order[i], static_cast<double>(i));
    }
}

TEST(ChangingInputs, DependOnTheKey) {
    const tasks::Binding bound = binding();
    ChangingInputs one(bound, key, 1);
    ChangingInputs other(bound, Key{{1, 2, 3, 5}}, 1);
    const auto offsets = [](const std::vector<InputChange>& changes) {
        std::vector<std::uint64_t> result;
        std::ranges::transform(changes, std::back_inserter(result), &InputChange::offset);
        return result;
    };
    EXPECT_NE(offsets(one.next(20)), offsets(other.next(20)));
}

} // namespace
} // namespace assay::verify
