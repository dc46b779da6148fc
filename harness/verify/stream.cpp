// Philox 4x32-10, one counter at a time and sixteen at once.
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

std::uint64_t Stream::word(std::uint64_t index) const {
    const std::uint64_t counter = index / 2;
    const auto result = philox({low(counter), high(counter), high_[0], high_[1]}, key_);
    const std::size_t half = index % 2 * 2;
    return result.at(half) | static_cast<std::uint64_t>(result.at(half + 1)) << 32;
}

void Stream::fill(std::uint64_t block, std::span<std::uint64_t, block_words> words) const {
    // The same rounds over sixteen counters side by side, each loop simple enough to become vector instructions. The
    // state is in 64-bit lanes with 32 bits used, which is what the vector multiplication takes and gives.
    constexpr std::size_t lanes = block_words / 2;
    constexpr std::uint64_t mask = 0xFFFFFFFF;
    std::array<std::array<std::uint64_t, lanes>, 4> state;
    for (std::size_t i = 0; i < lanes; i++) {
        const std::uint64_t counter = block * lanes + i;
        state[0][i] = counter & mask;
        state[1][i] = counter >> 32;
        state[2][i] = high_[0];
        state[3][i] = high_[1];
    }
    std::uint32_t key_0 = key_[0];
    std::uint32_t key_1 = key_[1];
    for (int round = 0; round < rounds; round++) {
        for (std::size_t i = 0; i < lanes; i++) {
            const std::uint64_t product_0 = multiplier_0 * state[0][i];
            const std::uint64_t product_1 = multiplier_1 * state[2][i];
            state[0][i] = (product_1 >> 32) ^ state[1][i] ^ key_0;
            state[1][i] = product_1 & mask;
            state[2][i] = (product_0 >> 32) ^ state[3][i] ^ key_1;
            state[3][i] = product_0 & mask;
        }
        key_0 += weyl_0;
        key_1 += weyl_1;
    }
    for (std::size_t i = 0; i < lanes; i++) {
        words[2 * i] = state[0][i] | state[1][i] << 32;
        words[2 * i + 1] = state[2][i] | state[3][i] << 32;
    }
}

} // namespace assay::verify
