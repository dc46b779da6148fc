#include "verify/changes.h"

#include <cstring>

namespace assay::verify {

namespace {

constexpr std::uint32_t stream = 0xC4A6E; ///< of the generator's counters, apart from those that draw values

} // namespace

ChangingInputs::ChangingInputs(const tasks::Binding& binding, const Key& key, std::uint32_t draw)
    : binding_(binding), key_(key), draw_(draw), current_(generate(binding, key, Regime::Normal, draw)),
      others_(generate(binding, key, Regime::Normal, draw + 1)) {}

std::uint64_t ChangingInputs::random(std::uint64_t bound) {
    const auto words = philox({drawn_++, draw_, key_.words[2], key_.words[3] ^ stream}, {key_.words[0], key_.words[1]});
    return ((static_cast<std::uint64_t>(words[0]) << 32) | words[1]) % bound;
}

void ChangingInputs::change(std::vector<InputChange>& changes, std::uint32_t run, std::uint32_t input,
                            std::uint64_t element, const std::byte* value) {
    const auto size = static_cast<std::uint32_t>(tasks::bytes_of(binding_.inputs[input].dtype));
    InputChange made{.run = run, .input = input, .offset = element * size, .value = {}, .size = size, .padding = 0};
    std::memcpy(made.value.data(), value, size);
    std::memcpy(current_[input].data() + made.offset, made.value.data(), size);
    changes.push_back(made);
}

std::vector<InputChange> ChangingInputs::next(unsigned runs) {
    std::vector<InputChange> changes;
    for (std::uint32_t run = 0; run < runs; ++run) {
        for (std::uint32_t input = 0; input < binding_.inputs.size(); ++input) {
            const tasks::Binding::Tensor& tensor = binding_.inputs[input];
            const auto elements = static_cast<std::uint64_t>(tensor.elements());
            if (elements == 0) {
                continue;
            }
            const std::uint64_t size = tasks::bytes_of(tensor.dtype);
            const std::uint64_t element = random(elements);
            if (tensor.distribution.kind != tasks::Distribution::Kind::Permutation) {
                change(changes, run, input, element, others_[input].data() + element * size);
                continue;
            }
            const std::uint64_t second = random(elements);
            std::array<std::byte, 8> kept{};
            std::memcpy(kept.data(), current_[input].data() + element * size, size);
            change(changes, run, input, element, current_[input].data() + second * size);
            change(changes, run, input, second, kept.data());
        }
    }
    return changes;
}

} // namespace assay::verify
