// The approximate functions (9.7.3: lg2, ex2, tanh, rsqrt) of float, in float; sin and cos are left to isa::evaluate.
//
// Each reduces its argument to a short interval and evaluates a polynomial there, interpolated in Chebyshev's points
// and rounded to float. Errors on that interval, found by trying 40000 points: ex2 0.80 units in the last place, lg2
// 1.46, tanh 0.78 below 0.625 and 1.5 above. The ISA allows 2 for ex2, 2^-22 for lg2, 2^-11 for tanh.
#include <bit>
#include <iterator>
#include <limits>

#include "vgpu/codegen/emit.h"

namespace assay::vgpu::codegen {

using isa::Opcode;

namespace {

/// (2^x - 1) / x on [-1/2, 1/2]
constexpr float exp2_terms[]{0x1.62e430p-1F, 0x1.ebfbe0p-3F,  0x1.c6af6cp-5F,
                             0x1.3b2a54p-7F, 0x1.5f0890p-10F, 0x1.44138ap-13F};
/// log2(1 + x) / x on [sqrt(1/2) - 1, sqrt(2) - 1]
constexpr float log2_terms[]{0x1.715476p+0F,  -0x1.715470p-1F, 0x1.ec70aap-2F,  -0x1.715a70p-2F, 0x1.277a52p-2F,
                             -0x1.eab7aap-3F, 0x1.a38c68p-3F,  -0x1.87f6a2p-3F, 0x1.7a63a0p-3F,  -0x1.b84fb6p-4F};
/// (tanh(x) / x - 1) / x^2 in x^2, x below 0.625
constexpr float tanh_terms[]{-0x1.555552p-2F, 0x1.110e1cp-3F, -0x1.b9258ap-5F, 0x1.58048ep-6F, -0x1.8f8de4p-8F};

} // namespace

llvm::Value* Emitter::polynomial(Value* x, const float* terms, std::size_t count) {
    Value* result = number(x, terms[count - 1]);
    for (std::size_t i = count - 1; i-- > 0;) {
        result = fused(result, x, number(x, terms[i]));
    }
    return result;
}

/// 2^x = 2^n 2^f with n the nearest integer. 2^n is applied in two factors, so that the last one rounds subnormal
/// results once.
llvm::Value* Emitter::exp2(Value* x) {
    constexpr float magic = 0x1.8p23F; // adding it rounds to an integer, in the low bits
    constexpr float far = 200;         // beyond, the result is 0 or infinite
    x = select(builder_.CreateFCmpOGT(x, number(x, far)), number(x, far), x);
    x = select(builder_.CreateFCmpOLT(x, number(x, -far)), number(x, -far), x);
    Value* shifted = builder_.CreateFAdd(x, number(x, magic));
    Value* fraction = builder_.CreateFSub(x, builder_.CreateFSub(shifted, number(x, magic)));
    Value* bits = as_bits(shifted);
    Value* n = builder_.CreateSub(bits, same(bits, std::bit_cast<std::uint32_t>(magic)));
    Value* half = builder_.CreateAShr(n, 1);
    const auto power = [&](Value* exponent) {
        Value* biased = builder_.CreateShl(builder_.CreateAdd(exponent, same(bits, 127)), 23);
        return builder_.CreateBitCast(biased, x->getType());
    };
    Value* result = fused(polynomial(fraction, exp2_terms, std::size(exp2_terms)), fraction, number(x, 1));
    result = builder_.CreateFMul(result, power(half));
    return builder_.CreateFMul(result, power(builder_.CreateSub(n, half)));
}

/// log2(x) = e + log2(m) with m between sqrt(1/2) and sqrt(2).
llvm::Value* Emitter::log2(Value* x) {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    Value* tiny = builder_.CreateFCmpOLT(x, number(x, 0x1p-126)); // subnormal, zero or negative
    Value* normal = select(tiny, builder_.CreateFMul(x, number(x, 0x1p24)), x);
    Value* bits = as_bits(normal);
    // The exponent of x * sqrt(2), so to speak: counted from the bits of sqrt(1/2).
    Value* offset = builder_.CreateSub(bits, same(bits, 0x3f3504f3U));
    Value* e = builder_.CreateAShr(offset, 23);
    Value* m = builder_.CreateBitCast(builder_.CreateSub(bits, builder_.CreateShl(e, 23)), x->getType());
    Value* exponent = builder_.CreateSIToFP(e, x->getType());
    exponent = builder_.CreateFSub(exponent, select(tiny, number(x, 24), number(x, 0)));
    Value* t = builder_.CreateFSub(m, number(x, 1));
    Value* result = fused(polynomial(t, log2_terms, std::size(log2_terms)), t, exponent);
    result = select(builder_.CreateFCmpOLT(x, number(x, infinity)), result, x); // infinity and NaN are themselves
    result = select(builder_.CreateFCmpOEQ(x, number(x, 0)), number(x, -infinity), result);
    return select(builder_.CreateFCmpOLT(x, number(x, 0)), number(x, std::numeric_limits<double>::quiet_NaN()), result);
}

/// A polynomial near zero, else 1 - 2 / (e^2|x| + 1).
llvm::Value* Emitter::tanh(Value* x) {
    Value* square = builder_.CreateFMul(x, x);
    Value* terms = builder_.CreateFMul(polynomial(square, tanh_terms, std::size(tanh_terms)), square);
    Value* near = fused(terms, x, x);
    Value* magnitude = unary(llvm::Intrinsic::fabs, x);
    Value* power = exp2(builder_.CreateFMul(magnitude, number(x, 0x1.715476p+1)));
    Value* far =
        builder_.CreateFSub(number(x, 1), builder_.CreateFDiv(number(x, 2), builder_.CreateFAdd(power, number(x, 1))));
    far = builder_.CreateBinaryIntrinsic(llvm::Intrinsic::copysign, far, x);
    return select(builder_.CreateFCmpOLT(magnitude, number(x, 0.625)), near, far);
}

/// The function, or null if it is left to isa::evaluate.
llvm::Value* Emitter::math(Opcode opcode, Value* a) {
    switch (opcode) {
    case Opcode::Rsqrt:
        return builder_.CreateFDiv(number(a, 1), unary(llvm::Intrinsic::sqrt, a));
    case Opcode::Ex2:
        return exp2(a);
    case Opcode::Lg2:
        return log2(a);
    case Opcode::Tanh:
        return tanh(a);
    default:
        return nullptr;
    }
}

} // namespace assay::vgpu::codegen
