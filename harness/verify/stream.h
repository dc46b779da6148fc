// Random words by number: the Philox stream of one tensor.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "verify/inputs.h"

namespace assay::verify {

/// What a stream is a function of.
struct StreamName {
    std::string_view task, workload;
    Regime regime = Regime::Normal;
    std::uint32_t draw = 0, input = 0;
};

/// 2^65 random 64-bit words, each computed from its index alone.
class Stream {
public:
    Stream(const Key& key, const StreamName& name);

    /// The words from `first` on, which must be even.
    void fill(std::uint64_t first, std::span<std::uint64_t> words) const;

private:
    std::array<std::uint32_t, 2> key_{};
    std::array<std::uint32_t, 2> high_{}; ///< the upper half of each counter
};

} // namespace assay::verify
