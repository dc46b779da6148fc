// Which element of a matrix each lane of a warp holds where: the fragments of mma.sync (PTX ISA 9.0, 9.7.14.5) and,
// because the ISA leaves theirs open, of wmma (9.7.14.4).
//
// Nearly all layouts of mma.sync are one. A register holds e elements of a matrix: 32 / their width, 1 for tf32 and
// f64. Lanes form 8 groups of 4. In A, a row of 8 (m8) or two rows 8 apart (m16) belong to a group, and its lanes hold
// neighbouring runs of e columns; further registers alternate between the two rows, then go on 4 e columns later. B is
// the same with columns and rows exchanged. In C and D a lane holds 2 neighbouring columns of its group's rows. Only
// mma.m8n8k4 on f16 differs: four independent products, each by a quad pair, 8 lanes.
//
// A wmma matrix is cut into such tiles of 16 (or 8) rows and 8 columns, whose elements follow one another, row tiles
// first. A fragment whose registers hold more elements than the matrix has (f16: 16 for every shape) repeats them.
#pragma once

#include <algorithm>
#include <cstdint>

#include "isa/types.h"

namespace assay::vgpu {

struct MatrixShape {
    unsigned m = 0, n = 0, k = 0;
};

struct MatrixPosition {
    unsigned row = 0, column = 0;
    friend bool operator==(const MatrixPosition&, const MatrixPosition&) = default;
};

/// Elements of `bits` bits in one register of a fragment.
[[nodiscard]] constexpr unsigned elements_per_register(unsigned bits) {
    return bits >= 32 ? 1 : 32 / bits;
}

/// Distinct elements that a lane holds.
[[nodiscard]] constexpr unsigned fragment_elements(isa::Fragment fragment, const MatrixShape& shape) {
    switch (fragment) {
    case isa::Fragment::A:
        return shape.m * shape.k / 32;
    case isa::Fragment::B:
        return shape.k * shape.n / 32;
    case isa::Fragment::C:
    case isa::Fragment::D:
        break;
    }
    return shape.m * shape.n / 32;
}

/// Where element `element` of lane `lane` lies in the matrix. `per_register` is elements_per_register of the type.
[[nodiscard]] constexpr MatrixPosition fragment_position(isa::Fragment fragment, const MatrixShape& shape,
                                                         unsigned per_register, unsigned lane, unsigned element) {
    const unsigned group = lane / 4, in_group = lane % 4;
    element %= fragment_elements(fragment, shape);
    const unsigned tile_rows = std::min(shape.m, 16u);
    const unsigned rows_per_group = tile_rows / 8; // 1 or 2, 8 apart
    switch (fragment) {
    case isa::Fragment::A: {
        const unsigned per_tile = tile_rows * shape.k / 32;
        const unsigned in_tile = element % per_tile;
        const unsigned reg = in_tile / per_register;
        return {element / per_tile * 16 + group + reg % rows_per_group * 8,
                (reg / rows_per_group * 4 + in_group) * per_register + in_tile % per_register};
    }
    case isa::Fragment::B: {
        const unsigned per_tile = shape.k * 8 / 32;
        const unsigned in_tile = element % per_tile;
        return {(in_tile / per_register * 4 + in_group) * per_register + in_tile % per_register,
                element / per_tile * 8 + group};
    }
    case isa::Fragment::C:
    case isa::Fragment::D:
        break;
    }
    const unsigned per_tile = tile_rows * 8 / 32;
    const unsigned in_tile = element % per_tile;
    const unsigned tile = element / per_tile, tiles_per_row = shape.n / 8;
    return {tile / tiles_per_row * 16 + group + in_tile / 2 * 8, tile % tiles_per_row * 8 + in_group * 2 + in_tile % 2};
}

/// mma.m8n8k4 on f16 (9.7.14.5.1): which of the four products a lane takes part in.
[[nodiscard]] constexpr unsigned quad_pair(unsigned lane) {
    return lane % 16 / 4;
}

/// Where element `element` of lane `lane` lies in the matrices of its quad pair. A and B have 4 elements, C and D 8.
/// `layout` is that of A or B; `wide` says that C or D are f32.
[[nodiscard]] constexpr MatrixPosition quad_pair_position(isa::Fragment fragment, isa::MatrixLayout layout, bool wide,
                                                          unsigned lane, unsigned element) {
    const unsigned half = lane < 16 ? 0 : 4;
    const bool row_major = layout == isa::MatrixLayout::Row;
    switch (fragment) {
    case isa::Fragment::A:
        return row_major ? MatrixPosition{lane % 4 + half, element} : MatrixPosition{element + half, lane % 4};
    case isa::Fragment::B:
        return row_major ? MatrixPosition{lane % 4, element + half} : MatrixPosition{element, lane % 4 + half};
    case isa::Fragment::C:
    case isa::Fragment::D:
        break;
    }
    if (wide) {
        return {(lane & 1) + (element & 2) + half, (element & 4) + (lane & 2) + (element & 1)};
    }
    return {lane % 4 + half, element};
}

} // namespace assay::vgpu
