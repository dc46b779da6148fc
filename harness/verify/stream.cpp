// Philox 4x32-10 and the streams made of it.
//
// Philox has a key of 64 bits and a counter of 128, and our key has 128 bits. So the key is used twice: one Philox call
// under the first half of it maps (second half, what the tensor is) to 128 bits, which are the key and the upper half
// of the counter of the tensor's own stream. The lower half of the counter numbers the blocks of the stream.
//
// The 32-bit halves of a counter's result are put together to two 64-bit words, so that one word is enough for one
// value of any kind.
#include "verify/stream.h"

namespace assay::verify {

namespace {

// The constants of the SC'11 paper: two multipliers, and the increments of the key (golden ratio, sqrt(3) - 1).
constexpr std::uint64_t multiplier_0 = 0xD2511F53;
constexpr std::uint64_t multiplier_1 = 0xCD9E8D57;
constexpr std::uint32_t weyl_0 = 0x9E3779B9;
constexpr std::uint32_t weyl_1 = 0xBB67AE85;
constexpr int rounds = 10;

constexpr std::uint32_t low(std::uint64_t value) {
    return static_cast<std::uint32_t>(value);
}
constexpr std::uint32_t high(std::uint64_t value) {
    return static_cast<std::uint32_t>(value >> 32);
}

/// FNV-1a, 64 bits. Names need only be told apart: the secret is in the key.
std::uint64_t hash(std::string_view task, std::string_view workload) {
    std::uint64_t value = 0xCBF29CE484222325;
    const auto mix = [&](std::string_view text) {
        for (const char c : text) {
            value = (value ^ static_cast<unsigned char>(c)) * 0x100000001B3;
        }
        value *= 0x100000001B3; // an end of text, so that ("a", "b") is not ("ab", "")
    };
    mix(task);
    mix(workload);
    return value;
}

} // namespace

std::array<std::uint32_t, 4> philox(std::array<std::uint32_t, 4> counter, std::array<std::uint32_t, 2> key) {
    for (int round = 0; round < rounds; round++) {
        const std::uint64_t product_0 = multiplier_0 * counter[0];
        const std::uint64_t product_1 = multiplier_1 * counter[2];
        counter = {high(product_1) ^ counter[1] ^ key[0], low(product_1), high(product_0) ^ counter[3] ^ key[1],
                   low(product_0)};
        key[0] += weyl_0;
        key[1] += weyl_1;
    }
    return counter;
}

Stream::Stream(const Key& key, const StreamName& name) {
    const std::uint64_t names = hash(name.task, name.workload);
    const auto kind = static_cast<std::uint32_t>(name.regime) << 24 ^ name.input;
    const auto derived =
        philox({low(names) ^ key.words[2], high(names) ^ key.words[3], name.draw, kind}, {key.words[0], key.words[1]});
    key_ = {derived[0], derived[1]};
    high_ = {derived[2], derived[3]};
}

void Stream::fill(std::uint64_t first, std::span<std::uint64_t> words) const {
    const auto word = [](std::uint32_t low_half, std::uint32_t high_half) {
        return low_half | static_cast<std::uint64_t>(high_half) << 32;
    };
    for (std::size_t i = 0; i < words.size(); i += 2) {
        const std::uint64_t counter = (first + i) / 2;
        const auto block = philox({low(counter), high(counter), high_[0], high_[1]}, key_);
        words[i] = word(block[0], block[1]);
        if (i + 1 < words.size()) {
            words[i + 1] = word(block[2], block[3]);
        }
    }
}

} // namespace assay::verify
