// How fast inputs are made and outputs compared. Both are paid for every check of every candidate.
#include <algorithm>
#include <cstring>
#include <random>
#include <stdexcept>

#include "benchmark/figure.h"
#include "verify/compare.h"

namespace assay::benchmarks {
namespace {

using verify::Bytes;

constexpr std::int64_t elements = 4 << 20;

tasks::Binding::Tensor tensor() {
    tasks::Binding::Tensor result;
    result.shape = {elements};
    return result;
}

Bytes normal_inputs() {
    tasks::Binding binding;
    binding.inputs = {tensor()};
    return std::move(verify::generate(binding, verify::Key{}, verify::Regime::Normal).front());
}

// The comparison of a right float32 output; a memcpy of what it reads: the output, the oracle and the reference.
const Figure compare_rate("verify/compare-rate", "of-memcpy", Goal::AtLeast, 0.1, [] {
    verify::Expectation expectation;
    expectation.tensor = tensor();
    const Bytes got = normal_inputs();
    expectation.oracle = expectation.reference = verify::to_doubles(tasks::DType::Float32, got);
    std::ranges::transform(expectation.oracle, expectation.oracle.begin(), [](double v) { return v * (1 + 1e-8); });
    const double compared = seconds_of([&] {
        if (!verify::compare(expectation, got, tasks::ErrorClass::Fp32, 0xA5).passed) {
            throw std::logic_error("the right output did not pass");
        }
    });
    Bytes target(got.size() * 5);
    const double copied = seconds_of([&] {
        std::memcpy(target.data(), got.data(), got.size());
        std::memcpy(target.data() + got.size(), expectation.oracle.data(), got.size() * 2);
        std::memcpy(target.data() + got.size() * 3, expectation.reference.data(), got.size() * 2);
    });
    return copied / compared;
});

// Normal float32 inputs; std::mt19937_64 filling the same number of bytes with raw words, which are no inputs yet.
const Figure generate_rate("verify/generate-rate", "of-mt19937_64", Goal::AtLeast, 0.25, [] {
    const double generated = seconds_of([] {
        if (normal_inputs().size() != static_cast<std::size_t>(elements) * 4) {
            throw std::logic_error("not all inputs were made");
        }
    });
    std::mt19937_64 engine(1);
    std::vector<std::uint64_t> words(elements / 2);
    const double filled = seconds_of([&] { std::ranges::generate(words, engine); });
    return filled / generated;
});

} // namespace
} // namespace assay::benchmarks
