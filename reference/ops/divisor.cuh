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
    /// 1 <= value < 2^31
    explicit Divisor(index_t value) : value_(static_cast<unsigned>(value)) {
        while ((1u << shift_) < value_) {
            ++shift_;
        }
        factor_ = static_cast<unsigned>(((1ull << 32) * ((1ull << shift_) - value_)) / value_ + 1);
    }

    /// n / value for any n >= 0; fast below 2^31.
    index_t quotient(index_t n) const {
        if (n >= 1ll << 31) {
            return n / value_;
        }
        const unsigned small = static_cast<unsigned>(n);
        return (__umulhi(small, factor_) + small) >> shift_;
    }

    index_t remainder(index_t n) const { return n - quotient(n) * value_; }

private:
    unsigned value_;
    unsigned factor_;
    unsigned shift_ = 0;
};

} // namespace ops
