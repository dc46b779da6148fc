// Products of whole matrices.
//
// The ISA leaves the precision of floating-point accumulation open. Here products are exact, and are added in the order
// of k to the element of C with one rounding to f32 for each; an f16 result is accumulated in f32 and rounded once, at
// the end. f64 uses fma in the order of k; integers are exact before they wrap or saturate.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "isa/program.h"

namespace assay::vgpu {

/// A whole matrix as raw elements, row by row.
struct Matrix {
    unsigned columns = 0;
    std::vector<std::uint64_t> elements;

    Matrix(unsigned rows, unsigned width) : columns(width), elements(std::size_t{rows} * width) {}
    std::uint64_t& at(unsigned row, unsigned column) { return elements[row * columns + column]; }
    [[nodiscard]] std::uint64_t at(unsigned row, unsigned column) const { return elements[row * columns + column]; }
};

constexpr std::uint64_t mask_of(unsigned bits) {
    return bits >= 64 ? ~0ull : (1ull << bits) - 1;
}

/// D = A B + C. The types and the shape are those of `mod`.
void multiply(const isa::Modifiers& mod, const Matrix& a, const Matrix& b, const Matrix& c, Matrix& d);

} // namespace assay::vgpu
