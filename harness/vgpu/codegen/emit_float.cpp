// Floating-point arithmetic (9.7.3 to 9.7.6), on scalars or on vectors.
//
// No fast-math flag is set and nothing is contracted: llvm.fma stands where PTX has fma. LLVM's operations round to
// nearest even. Other roundings use AVX-512's embedded rounding, or an exact sum in double from which the neighbour is
// chosen. f16 and bf16 are computed in float and rounded once: float has more than twice their digits. Their fma is
// made exact by rounding the float to odd first (Boldo, Melquiond: "Emulation of a FMA and Correctly-Rounded Sums",
// 2008). A NaN result carries the host's payload, not PTX's canonical one.
#include <limits>

#include "vgpu/codegen/emit.h"

namespace assay::vgpu::codegen {

using isa::Opcode;
using isa::Rounding;
using isa::Type;

/// The number that the bits stand for: double for f64, float for the others.
llvm::Value* Emitter::as_float(Value* bits, Type type) {
    switch (type) {
    case Type::F16:
    case Type::BF16:
        return half_to_float(fit(bits, 16), type);
    case Type::F64:
        return builder_.CreateBitCast(fit(bits, 64), like(builder_.getDoubleTy(), bits));
    default:
        return builder_.CreateBitCast(fit(bits, 32), like(builder_.getFloatTy(), bits));
    }
}

llvm::Value* Emitter::as_bits(Value* value) {
    return builder_.CreateBitCast(value, like(integer(value->getType()->getScalarSizeInBits()), value));
}

/// Subnormals become zeros of their sign.
llvm::Value* Emitter::flush(Value* value) {
    Value* bits = as_bits(value);
    const unsigned width = bits->getType()->getScalarSizeInBits();
    const std::uint64_t exponent = width == 64 ? 0x7ff0000000000000ull : 0x7f800000u;
    Value* small = builder_.CreateICmpEQ(builder_.CreateAnd(bits, same(bits, exponent)), same(bits, 0));
    Value* sign = builder_.CreateAnd(bits, same(bits, 1ull << (width - 1)));
    return builder_.CreateBitCast(select(small, sign, bits), value->getType());
}

/// [+0, 1]; NaN becomes +0.
llvm::Value* Emitter::saturate(Value* value) {
    Value* positive = builder_.CreateFCmpOGT(value, number(value, 0));
    Value* low = select(positive, value, number(value, 0));
    return select(builder_.CreateFCmpOGT(low, number(value, 1)), number(value, 1), low);
}

/// The operation's result as bits, or null if it is left to isa::evaluate.
llvm::Value* Emitter::float_op(const Node& node, const Values& s) {
    const isa::Modifiers& mod = node.instruction->mod;
    const Opcode opcode = node.instruction->opcode;
    switch (mod.type) {
    case Type::F16:
    case Type::BF16:
        return half_op(opcode, mod, mod.type, s);
    case Type::F16x2:
    case Type::BF16x2: {
        const Type element = isa::element_of(mod.type);
        Values low, high;
        for (Value* value : s) {
            Value* word = fit(value, 32);
            low.push_back(fit(word, 16));
            high.push_back(fit(builder_.CreateLShr(word, 16), 16));
        }
        Value* below = half_op(opcode, mod, element, low);
        if (below == nullptr) {
            return nullptr;
        }
        Value* above = half_op(opcode, mod, element, high);
        return builder_.CreateOr(fit(below, 32), builder_.CreateShl(fit(above, 32), 16));
    }
    case Type::F32:
    case Type::F64:
        break;
    default:
        return nullptr;
    }
    const unsigned bits = isa::bits_of(mod.type);
    const std::uint64_t sign = 1ull << (bits - 1);
    if (mod.type == Type::F64 && mod.approx) {
        return nullptr;
    }
    Values values;
    for (Value* value : s) {
        Value* operand = as_float(value, mod.type);
        values.push_back(mod.ftz ? flush(operand) : operand);
    }
    const auto raw = [&](std::size_t i) { return as_bits(values[i]); };
    switch (opcode) {
    case Opcode::Abs:
        return builder_.CreateAnd(raw(0), same(raw(0), ~sign));
    case Opcode::Neg:
        return builder_.CreateXor(raw(0), same(raw(0), sign));
    case Opcode::Copysign:
        return builder_.CreateOr(builder_.CreateAnd(raw(1), same(raw(1), ~sign)),
                                 builder_.CreateAnd(raw(0), same(raw(0), sign)));
    case Opcode::Testp:
        return test_class(mod, raw(0));
    case Opcode::Min:
    case Opcode::Max: {
        if (mod.xorsign_abs || values.size() > 2) {
            return nullptr;
        }
        return as_bits(minmax(mod, values[0], values[1], opcode == Opcode::Max));
    }
    case Opcode::Sin:
    case Opcode::Cos:
    case Opcode::Lg2:
    case Opcode::Ex2:
    case Opcode::Tanh:
    case Opcode::Rsqrt: {
        Value* result = math(opcode, values[0]);
        return result == nullptr ? nullptr : as_bits(mod.ftz ? flush(result) : result);
    }
    default:
        break;
    }
    Value* result = float_arithmetic(opcode, mod, values);
    if (result == nullptr) {
        return nullptr;
    }
    result = mod.ftz ? flush(result) : result;
    return as_bits(mod.sat ? saturate(result) : result);
}

llvm::Value* Emitter::test_class(const isa::Modifiers& mod, Value* bits) {
    const bool wide = mod.type == Type::F64;
    const std::uint64_t exponent = wide ? 0x7ff0000000000000ull : 0x7f800000u;
    Value* magnitude = builder_.CreateAnd(bits, same(bits, wide ? ~0ull >> 1 : 0x7fffffffu));
    Value* infinity = same(bits, exponent);
    Value* least = same(bits, wide ? 0x0010000000000000ull : 0x00800000u);
    Value* zero = builder_.CreateICmpEQ(magnitude, same(bits, 0));
    switch (mod.test) {
    case isa::ClassTest::Finite:
        return builder_.CreateICmpULT(magnitude, infinity);
    case isa::ClassTest::Infinite:
        return builder_.CreateICmpEQ(magnitude, infinity);
    case isa::ClassTest::Number:
        return builder_.CreateICmpULE(magnitude, infinity);
    case isa::ClassTest::NotANumber:
        return builder_.CreateICmpUGT(magnitude, infinity);
    case isa::ClassTest::Normal: // zeros count
        return builder_.CreateOr(zero, builder_.CreateAnd(builder_.CreateICmpULT(magnitude, infinity),
                                                          builder_.CreateICmpUGE(magnitude, least)));
    case isa::ClassTest::Subnormal:
        return builder_.CreateAnd(builder_.CreateNot(zero), builder_.CreateICmpULT(magnitude, least));
    }
    return nullptr;
}

/// A NaN operand gives way to a number (.NaN: it wins); -0 is below +0.
llvm::Value* Emitter::minmax(const isa::Modifiers& mod, Value* a, Value* b, bool maximum) {
    Value* chosen = builder_.CreateBinaryIntrinsic(maximum ? llvm::Intrinsic::maximum : llvm::Intrinsic::minimum, a, b);
    if (mod.nan) {
        return chosen; // llvm.minimum and llvm.maximum propagate NaN
    }
    chosen = select(builder_.CreateFCmpUNO(a, a), b, chosen);
    return select(builder_.CreateFCmpUNO(b, b), a, chosen);
}

llvm::Value* Emitter::fused(Value* a, Value* b, Value* c) {
    return builder_.CreateIntrinsic(llvm::Intrinsic::fma, {a->getType()}, {a, b, c});
}

llvm::Value* Emitter::float_arithmetic(Opcode opcode, const isa::Modifiers& mod, const Values& v) {
    const bool directed = mod.rounding == Rounding::Rz || mod.rounding == Rounding::Rm || mod.rounding == Rounding::Rp;
    if (directed) {
        return directed_arithmetic(opcode, mod, v);
    }
    switch (opcode) {
    case Opcode::Add:
        return builder_.CreateFAdd(v[0], v[1]);
    case Opcode::Sub:
        return builder_.CreateFSub(v[0], v[1]);
    case Opcode::Mul:
        return builder_.CreateFMul(v[0], v[1]);
    case Opcode::Mad:
    case Opcode::Fma:
        return fused(v[0], v[1], v[2]);
    case Opcode::Div: {
        Value* quotient = builder_.CreateFDiv(v[0], v[1]);
        if (!mod.approx) {
            return quotient;
        }
        // Beyond 2^126 the reciprocal is flushed to zero.
        Value* magnitude = unary(llvm::Intrinsic::fabs, v[1]);
        Value* huge = builder_.CreateAnd(
            builder_.CreateFCmpOGT(magnitude, number(magnitude, 0x1p126)),
            builder_.CreateFCmpOLT(magnitude, number(magnitude, std::numeric_limits<double>::infinity())));
        Value* zero = builder_.CreateBinaryIntrinsic(llvm::Intrinsic::copysign, number(v[1], 0), v[1]);
        return select(huge, builder_.CreateFMul(v[0], zero), quotient);
    }
    case Opcode::Rcp:
        return builder_.CreateFDiv(number(v[0], 1), v[0]);
    case Opcode::Sqrt:
        return unary(llvm::Intrinsic::sqrt, v[0]);
    default:
        return nullptr;
    }
}

/// Rounding towards zero or an infinity, of f32.
llvm::Value* Emitter::directed_arithmetic(Opcode opcode, const isa::Modifiers& mod, const Values& v) {
    if (mod.type != Type::F32) {
        return nullptr;
    }
    Value* one = number(v[0], 1);
    Value *a = v[0], *b = one, *c = nullptr;
    switch (opcode) {
    case Opcode::Add:
        c = v[1];
        break;
    case Opcode::Sub:
        c = builder_.CreateFNeg(v[1]);
        break;
    case Opcode::Mul:
        b = v[1];
        break;
    case Opcode::Mad:
    case Opcode::Fma:
        b = v[1];
        c = v[2];
        break;
    default:
        return nullptr;
    }
    if (machine_.avx512 && is_vector(a)) {
        return embedded_rounding(mod.rounding, a, b, c);
    }
    return neighbour(mod.rounding, a, b, c);
}

/// a * b + c (c may be null) by AVX-512's instructions that carry their rounding.
llvm::Value* Emitter::embedded_rounding(Rounding rounding, Value* a, Value* b, Value* c) {
    const unsigned mode = rounding == Rounding::Rm ? 9 : rounding == Rounding::Rp ? 10 : 11;
    llvm::Value* halves[2];
    for (unsigned half = 0; half < 2; ++half) {
        llvm::SmallVector<int, 16> take;
        for (unsigned lane = 0; lane < 16; ++lane) {
            take.push_back(static_cast<int>(half * 16 + lane));
        }
        Value* x = builder_.CreateShuffleVector(a, take);
        Value* y = builder_.CreateShuffleVector(b, take);
        halves[half] =
            c == nullptr
                ? builder_.CreateIntrinsic(llvm::Intrinsic::x86_avx512_mul_ps_512, {}, {x, y, constant(mode, 32)})
                : builder_.CreateIntrinsic(llvm::Intrinsic::x86_avx512_vfmadd_ps_512, {},
                                           {x, y, builder_.CreateShuffleVector(c, take), constant(mode, 32)});
    }
    llvm::SmallVector<int, lanes> all;
    for (unsigned lane = 0; lane < lanes; ++lane) {
        all.push_back(static_cast<int>(lane));
    }
    return builder_.CreateShuffleVector(halves[0], halves[1], all);
}

/// a * b + c (c may be null): the product is exact in double, the sum's error is too (Knuth's TwoSum), and from where
/// the exact value lies the float below, above or towards zero follows.
llvm::Value* Emitter::neighbour(Rounding rounding, Value* a, Value* b, Value* c) {
    llvm::Type* wide = like(builder_.getDoubleTy(), a);
    const auto widen = [&](Value* value) { return builder_.CreateFPExt(value, wide); };
    Value* product = builder_.CreateFMul(widen(a), widen(b));
    Value* sum = product;
    Value* error = number(product, 0);
    if (c != nullptr) {
        Value* addend = widen(c);
        sum = builder_.CreateFAdd(product, addend);
        Value* back = builder_.CreateFSub(sum, product);
        error = builder_.CreateFAdd(builder_.CreateFSub(product, builder_.CreateFSub(sum, back)),
                                    builder_.CreateFSub(addend, back));
    }
    Value* nearest = builder_.CreateFPTrunc(sum, a->getType());
    Value* again = widen(nearest);
    Value* zero = number(sum, 0);
    Value* equal = builder_.CreateFCmpOEQ(again, sum);
    // Is the nearest float above (below) the exact value?
    Value* above = builder_.CreateOr(builder_.CreateFCmpOGT(again, sum),
                                     builder_.CreateAnd(equal, builder_.CreateFCmpOLT(error, zero)));
    Value* below = builder_.CreateOr(builder_.CreateFCmpOLT(again, sum),
                                     builder_.CreateAnd(equal, builder_.CreateFCmpOGT(error, zero)));
    Value* bits = as_bits(nearest);
    Value* one = same(bits, 1);
    Value* negative = builder_.CreateICmpSLT(bits, same(bits, 0));
    Value* is_zero = builder_.CreateICmpEQ(builder_.CreateShl(bits, 1), same(bits, 0));
    Value* away = builder_.CreateAdd(bits, one);
    Value* towards = builder_.CreateSub(bits, one);
    Value* down = select(is_zero, same(bits, 0x80000001u), select(negative, away, towards));
    Value* up = select(is_zero, same(bits, 1), select(negative, towards, away));
    Value* result = bits;
    if (rounding != Rounding::Rp) {
        // Towards zero: down only where the exact value is positive.
        Value* apply = rounding == Rounding::Rm ? above : builder_.CreateAnd(above, builder_.CreateFCmpOGT(sum, zero));
        result = select(apply, down, result);
    }
    if (rounding != Rounding::Rm) {
        Value* apply = rounding == Rounding::Rp ? below : builder_.CreateAnd(below, builder_.CreateFCmpOLT(sum, zero));
        result = select(apply, up, result);
    }
    if (rounding == Rounding::Rm && c != nullptr) {
        // A sum that cancels is -0 unless both are +0.
        Value* any = builder_.CreateOr(as_bits(product), as_bits(widen(c)));
        Value* signs = builder_.CreateAnd(fit(builder_.CreateLShr(any, 32), 32), same(bits, 0x80000000u));
        Value* exact_zero = builder_.CreateAnd(builder_.CreateFCmpOEQ(sum, zero), builder_.CreateFCmpOEQ(error, zero));
        result = select(exact_zero, signs, result);
    }
    return builder_.CreateBitCast(result, a->getType());
}

// f16 and bf16

llvm::Value* Emitter::half_to_float(Value* bits, Type type) {
    llvm::Type* target = like(builder_.getFloatTy(), bits);
    if (type == Type::BF16) {
        return builder_.CreateBitCast(builder_.CreateShl(fit(bits, 32), 16), target);
    }
    if (machine_.half) {
        return builder_.CreateFPExt(builder_.CreateBitCast(bits, like(builder_.getHalfTy(), bits)), target);
    }
    // The fraction in float's place, scaled by 2^112: exact for subnormals too.
    Value* word = fit(bits, 32);
    Value* magnitude = builder_.CreateAnd(word, same(word, 0x7fff));
    Value* placed = builder_.CreateBitCast(builder_.CreateShl(magnitude, 13), target);
    Value* scaled = as_bits(builder_.CreateFMul(placed, number(placed, 0x1p112)));
    Value* special = builder_.CreateICmpUGE(magnitude, same(word, 0x7c00));
    scaled = select(special, builder_.CreateOr(builder_.CreateShl(magnitude, 13), same(word, 0x7f800000u)), scaled);
    Value* sign = builder_.CreateShl(builder_.CreateAnd(word, same(word, 0x8000)), 16);
    return builder_.CreateBitCast(builder_.CreateOr(scaled, sign), target);
}

/// To nearest even.
llvm::Value* Emitter::float_to_half(Value* value, Type type) {
    Value* bits = as_bits(value);
    Value* nan = builder_.CreateFCmpUNO(value, value);
    if (type == Type::BF16) {
        Value* odd = builder_.CreateAnd(builder_.CreateLShr(bits, 16), same(bits, 1));
        Value* rounded = builder_.CreateLShr(builder_.CreateAdd(bits, builder_.CreateAdd(odd, same(bits, 0x7fff))), 16);
        return fit(select(nan, same(bits, 0x7fff), rounded), 16);
    }
    if (machine_.half) {
        return as_bits(builder_.CreateFPTrunc(value, like(builder_.getHalfTy(), value)));
    }
    Value* magnitude = builder_.CreateAnd(bits, same(bits, 0x7fffffffu));
    Value* sign = builder_.CreateAnd(builder_.CreateLShr(bits, 16), same(bits, 0x8000));
    // Normal: shift the exponent's bias, round at bit 13.
    Value* odd = builder_.CreateAnd(builder_.CreateLShr(magnitude, 13), same(bits, 1));
    Value* normal =
        builder_.CreateLShr(builder_.CreateAdd(builder_.CreateAdd(magnitude, same(bits, 0xc8000fffu)), odd), 13);
    // Subnormal: adding 0.5 rounds at 2^-24.
    Value* small = builder_.CreateFAdd(builder_.CreateBitCast(magnitude, value->getType()), number(value, 0.5));
    Value* subnormal = builder_.CreateSub(as_bits(small), same(bits, 0x3f000000u));
    Value* result = select(builder_.CreateICmpULT(magnitude, same(bits, 0x38800000u)), subnormal, normal);
    result = select(builder_.CreateICmpUGE(magnitude, same(bits, 0x47800000u)), same(bits, 0x7c00), result);
    return fit(select(nan, same(bits, 0x7fff), builder_.CreateOr(result, sign)), 16);
}

/// The exact a * b + c, rounded to odd in float: what is rounded again then is rounded right.
llvm::Value* Emitter::fused_to_odd(Value* a, Value* b, Value* c) {
    llvm::Type* wide = like(builder_.getDoubleTy(), a);
    const auto widen = [&](Value* value) { return builder_.CreateFPExt(value, wide); };
    Value* product = builder_.CreateFMul(widen(a), widen(b)); // exact
    Value* addend = widen(c);
    Value* sum = builder_.CreateFAdd(product, addend);
    Value* back = builder_.CreateFSub(sum, product);
    Value* error = builder_.CreateFAdd(builder_.CreateFSub(product, builder_.CreateFSub(sum, back)),
                                       builder_.CreateFSub(addend, back));
    Value* nearest = builder_.CreateFPTrunc(sum, a->getType());
    Value* again = widen(nearest);
    Value* zero = number(sum, 0);
    Value* equal = builder_.CreateFCmpOEQ(again, sum);
    Value* above = builder_.CreateOr(builder_.CreateFCmpOGT(again, sum),
                                     builder_.CreateAnd(equal, builder_.CreateFCmpOLT(error, zero)));
    Value* below = builder_.CreateOr(builder_.CreateFCmpOLT(again, sum),
                                     builder_.CreateAnd(equal, builder_.CreateFCmpOGT(error, zero)));
    Value* bits = as_bits(nearest);
    Value* even = builder_.CreateICmpEQ(builder_.CreateAnd(bits, same(bits, 1)), same(bits, 0));
    Value* negative = builder_.CreateICmpSLT(bits, same(bits, 0));
    // An even neighbour of an inexact value gives way to the odd one on the value's other side.
    Value* smaller = select(negative, below, above); // the exact magnitude is smaller than the neighbour's
    Value* larger = select(negative, above, below);
    Value* odd = select(smaller, builder_.CreateSub(bits, same(bits, 1)),
                        select(larger, builder_.CreateAdd(bits, same(bits, 1)), bits));
    return builder_.CreateBitCast(select(even, odd, bits), a->getType());
}

/// One f16 or bf16 operation; null if it is left to isa::evaluate.
llvm::Value* Emitter::half_op(Opcode opcode, const isa::Modifiers& mod, Type type, const Values& s) {
    if (mod.ftz || mod.xorsign_abs) {
        return nullptr;
    }
    Values raw, v;
    for (Value* value : s) {
        raw.push_back(fit(value, 16));
    }
    switch (opcode) {
    case Opcode::Abs:
        return builder_.CreateAnd(raw[0], same(raw[0], 0x7fff));
    case Opcode::Neg:
        return builder_.CreateXor(raw[0], same(raw[0], 0x8000));
    default:
        break;
    }
    for (Value* value : raw) {
        v.push_back(half_to_float(value, type));
    }
    Value* result = nullptr;
    switch (opcode) {
    case Opcode::Add:
        result = builder_.CreateFAdd(v[0], v[1]);
        break;
    case Opcode::Sub:
        result = builder_.CreateFSub(v[0], v[1]);
        break;
    case Opcode::Mul:
        result = builder_.CreateFMul(v[0], v[1]);
        break;
    case Opcode::Fma:
        result = fused_to_odd(v[0], v[1], v[2]);
        break;
    case Opcode::Min:
    case Opcode::Max:
        if (v.size() > 2) {
            return nullptr;
        }
        result = minmax(mod, v[0], v[1], opcode == Opcode::Max);
        break;
    case Opcode::Ex2:
    case Opcode::Tanh:
        result = math(opcode, v[0]);
        break;
    default:
        return nullptr;
    }
    if (result == nullptr) {
        return nullptr;
    }
    if (mod.sat) {
        result = saturate(result);
    }
    if (mod.relu) {
        result = select(builder_.CreateFCmpOLT(result, number(result, 0)), number(result, 0), result);
        Value* bits = as_bits(result);
        Value* minus_zero = builder_.CreateICmpEQ(bits, same(bits, 0x80000000u));
        result = builder_.CreateBitCast(select(minus_zero, same(bits, 0), bits), result->getType());
    }
    return float_to_half(result, type);
}

} // namespace assay::vgpu::codegen
