// Division by a number that is the same for a whole launch.
//
// Index arithmetic divides by extents that only the host knows; a division is some twenty instructions in 32 bits and a
// hundred in 64. With a factor that is computed once, it is a multiplication and a shift (Granlund and Montgomery,
// Division by invariant integers using multiplication, PLDI 1994).
#pragma once

#include "ops/tensor.cuh"

namespace ops {

class Divisor {
public:
    Divisor() = default;

    /// value >= 1; the fast ways are for 1 <= value < 2^31
    explicit Divisor(index_t value) : value_(value) {
        while ((1ll << shift_) < value) {
            ++shift_;
        }
        if (value < 1ll << 31) {
            factor_ = static_cast<unsigned>(((1ull << 32) * ((1ull << shift_) - value)) / value + 1);
        }
    }

    index_t value() const { return value_; }

    /// n / value for any n >= 0; fast where both are below 2^31.
    index_t quotient(index_t n) const {
        if (n >= 1ll << 31 || value_ >= 1ll << 31) {
            return n / value_;
        }
        return fast_quotient(static_cast<int>(n));
    }
    index_t remainder(index_t n) const { return n - quotient(n) * value_; }

    /// The same for 0 <= n < 2^31 and value < 2^31: without a branch, so that it can be moved out of a loop.
    int fast_quotient(int n) const {
        return static_cast<int>((__umulhi(static_cast<unsigned>(n), factor_) + static_cast<unsigned>(n)) >> shift_);
    }
    int fast_remainder(int n) const { return n - fast_quotient(n) * static_cast<int>(value_); }

private:
    index_t value_ = 1;
    unsigned factor_ = 1;
    int shift_ = 0;
};

/// Where element i, counted in row-major order, lies in a strided tensor; innermost dimension first.
inline index_t strided_offset(index_t i, int rank, const Divisor* extents, const index_t* strides) {
    index_t at = 0;
    for (int dimension = 0; dimension < rank; ++dimension) {
        const index_t rest = extents[dimension].quotient(i);
        at += (i - rest * extents[dimension].value()) * strides[dimension];
        i = rest;
    }
    return at;
}

} // namespace ops
