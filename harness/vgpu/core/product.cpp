#include "vgpu/core/product.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>

#include "isa/evaluate.h"

namespace assay::vgpu {

namespace {

float e4m3_to_f32(std::uint64_t bits) {
    const unsigned exponent = bits >> 3 & 15, fraction = bits & 7;
    float value = 0;
    if (exponent == 15 && fraction == 7) {
        value = std::numeric_limits<float>::quiet_NaN();
    } else if (exponent == 0) {
        value = std::ldexp(static_cast<float>(fraction), -9);
    } else {
        value = std::ldexp(static_cast<float>(8 + fraction), static_cast<int>(exponent) - 10);
    }
    return (bits & 0x80) != 0 ? -value : value;
}

/// The upper byte of an f16 has the layout of e5m2.
float e5m2_to_f32(std::uint64_t bits) {
    return isa::f16_to_f32(static_cast<std::uint16_t>(bits << 8));
}

float to_f32(isa::Type type, std::uint64_t bits) {
    switch (type) {
    case isa::Type::F16:
        return isa::f16_to_f32(static_cast<std::uint16_t>(bits));
    case isa::Type::BF16:
        return isa::bf16_to_f32(static_cast<std::uint16_t>(bits));
    case isa::Type::TF32: // the lower 13 bits are ignored
        return std::bit_cast<float>(static_cast<std::uint32_t>(bits) & 0xffffe000u);
    case isa::Type::E4M3:
        return e4m3_to_f32(bits);
    case isa::Type::E5M2:
        return e5m2_to_f32(bits);
    default:
        return std::bit_cast<float>(static_cast<std::uint32_t>(bits));
    }
}

std::uint64_t from_f32(isa::Type type, float value) {
    if (type == isa::Type::F16) {
        return std::isnan(value) ? 0x7fff : isa::f32_to_f16(value);
    }
    return std::isnan(value) ? 0x7fffffffu : std::bit_cast<std::uint32_t>(value);
}

std::int64_t to_integer(isa::Type type, std::uint64_t bits) {
    const unsigned width = isa::bits_of(type);
    if (!isa::is_signed(type)) {
        return static_cast<std::int64_t>(bits & mask_of(width));
    }
    const std::uint64_t sign = 1ull << (width - 1);
    return static_cast<std::int64_t>(((bits & mask_of(width)) ^ sign) - sign);
}

/// sums += factor * others, each rounded once. Compiled for each kind of vector unit: without one, fma is a call.
[[gnu::target_clones("arch=skylake-avx512", "arch=haswell", "default")]]
void add_products(float factor, const float* others, float* sums, unsigned count) {
    for (unsigned i = 0; i < count; ++i) {
        sums[i] = std::fma(factor, others[i], sums[i]);
    }
}

/// Column by column side by side; each sum is added to in the order of k.
void multiply_f32(const isa::Modifiers& mod, const Matrix& a, const Matrix& b, const Matrix& c, Matrix& d) {
    std::vector<float> factors(std::size_t{mod.k} * mod.n);
    std::ranges::transform(b.elements, factors.begin(), [&](std::uint64_t bits) {
        const float value = to_f32(mod.b_type, bits);
        return mod.negate_b ? -value : value;
    });
    std::vector<float> sums(mod.n);
    for (unsigned row = 0; row < mod.m; ++row) {
        for (unsigned column = 0; column < mod.n; ++column) {
            sums[column] = to_f32(mod.c_type, c.at(row, column));
        }
        for (unsigned k = 0; k < mod.k; ++k) {
            const float value = to_f32(mod.a_type, a.at(row, k));
            const float factor = mod.negate_a ? -value : value;
            add_products(factor, &factors[std::size_t{k} * mod.n], sums.data(), mod.n); // products are exact
        }
        for (unsigned column = 0; column < mod.n; ++column) {
            d.at(row, column) = from_f32(mod.d_type, sums[column]);
        }
    }
}

std::uint64_t multiply_f64(const isa::Modifiers& mod, const Matrix& a, const Matrix& b, std::uint64_t c, unsigned row,
                           unsigned column) {
    isa::Instruction fma;
    fma.opcode = isa::Opcode::Fma;
    fma.mod.type = isa::Type::F64;
    fma.mod.rounding = mod.rounding == isa::Rounding::None ? isa::Rounding::Rn : mod.rounding;
    isa::Flags flags;
    isa::Value sum{c};
    for (unsigned k = 0; k < mod.k; ++k) {
        const std::array<isa::Value, 3> src{isa::Value{a.at(row, k)}, isa::Value{b.at(k, column)}, sum};
        isa::evaluate(fma, src, std::span(&sum, 1), flags);
    }
    return sum.bits;
}

std::uint64_t multiply_integer(const isa::Modifiers& mod, const Matrix& a, const Matrix& b, std::uint64_t c,
                               unsigned row, unsigned column) {
    std::int64_t sum = static_cast<std::int32_t>(c);
    for (unsigned k = 0; k < mod.k; ++k) {
        const std::int64_t x = to_integer(mod.a_type, a.at(row, k));
        const std::int64_t y = to_integer(mod.b_type, b.at(k, column));
        if (mod.a_type != isa::Type::B1) {
            sum += x * y;
        } else {
            sum += mod.atomic == isa::AtomicOp::And ? (x & y) : (x ^ y);
        }
    }
    if (mod.satfinite) {
        sum = std::clamp<std::int64_t>(sum, std::numeric_limits<std::int32_t>::min(),
                                       std::numeric_limits<std::int32_t>::max());
    }
    return static_cast<std::uint32_t>(sum);
}

} // namespace

void multiply(const isa::Modifiers& mod, const Matrix& a, const Matrix& b, const Matrix& c, Matrix& d) {
    if (mod.d_type != isa::Type::F64 && mod.d_type != isa::Type::S32) {
        multiply_f32(mod, a, b, c, d);
        return;
    }
    auto* const product = mod.d_type == isa::Type::F64 ? multiply_f64 : multiply_integer;
    for (unsigned row = 0; row < mod.m; ++row) {
        for (unsigned column = 0; column < mod.n; ++column) {
            d.at(row, column) = product(mod, a, b, c.at(row, column), row, column);
        }
    }
}

} // namespace assay::vgpu
