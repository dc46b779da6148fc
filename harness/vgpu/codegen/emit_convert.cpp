// cvt (9.7.9.21) among integers, f16, bf16, f32 and f64; the narrow formats and rare forms are left to isa::evaluate.
#include <cmath>

#include "vgpu/codegen/emit.h"

namespace assay::vgpu::codegen {

using isa::Rounding;
using isa::Type;

namespace {

bool is_common_float(Type type) {
    return type == Type::F16 || type == Type::BF16 || type == Type::F32 || type == Type::F64;
}

} // namespace

/// The result at its destination's width, or null.
llvm::Value* Emitter::convert(const Node& node, Value* a) {
    const isa::Modifiers& mod = node.instruction->mod;
    const bool from_float = isa::is_float(mod.source_type), to_float = isa::is_float(mod.type);
    const unsigned width = graph_.values[node.dst[0]].bits;
    const unsigned source_bits = isa::bits_of(mod.source_type), bits = isa::bits_of(mod.type);
    if (node.src.size() != 1 || (from_float && !is_common_float(mod.source_type)) ||
        (to_float && !is_common_float(mod.type)) || mod.satfinite || mod.relu) {
        return nullptr;
    }
    const auto extend = [&](Value* value) {
        value = fit(value, bits);
        return isa::is_signed(mod.type) ? fit_signed(value, std::max(width, bits)) : fit(value, std::max(width, bits));
    };
    if (!from_float && !to_float) {
        Value* value = fit(a, source_bits);
        return mod.sat ? nullptr
                       : extend(isa::is_signed(mod.source_type) ? fit_signed(value, std::max(bits, source_bits))
                                                                : fit(value, std::max(bits, source_bits)));
    }
    if (!from_float) {
        return integer_to_float(mod, fit(a, source_bits));
    }
    Value* value = as_float(a, mod.source_type);
    if (mod.ftz && mod.source_type == Type::F32) {
        value = flush(value);
    }
    if (!to_float) {
        Value* result = float_to_integer(mod, value);
        return result == nullptr ? nullptr : extend(result);
    }
    return float_to_float(mod, value);
}

llvm::Value* Emitter::round_to_integral(Rounding rounding, Value* value) {
    switch (rounding) {
    case Rounding::Rni:
    case Rounding::Rn:
        return unary(llvm::Intrinsic::roundeven, value);
    case Rounding::Rzi:
    case Rounding::Rz:
        return unary(llvm::Intrinsic::trunc, value);
    case Rounding::Rmi:
    case Rounding::Rm:
        return unary(llvm::Intrinsic::floor, value);
    case Rounding::Rpi:
    case Rounding::Rp:
        return unary(llvm::Intrinsic::ceil, value);
    default:
        return nullptr;
    }
}

llvm::Value* Emitter::float_to_integer(const isa::Modifiers& mod, Value* value) {
    Value* integral = round_to_integral(mod.rounding, value);
    if (integral == nullptr) {
        return nullptr;
    }
    const unsigned bits = isa::bits_of(mod.type);
    llvm::Type* target = like(integer(bits), value);
    const auto id = isa::is_signed(mod.type) ? llvm::Intrinsic::fptosi_sat : llvm::Intrinsic::fptoui_sat;
    Value* result = builder_.CreateIntrinsic(id, {target, integral->getType()}, {integral});
    // NaN becomes 0, but the top bit alone when the source is f64 or the destination has 64 bits.
    if (mod.source_type == Type::F64 || bits == 64) {
        result = select(builder_.CreateFCmpUNO(value, value), same(result, 1ull << (bits - 1)), result);
    }
    return result;
}

llvm::Value* Emitter::integer_to_float(const isa::Modifiers& mod, Value* value) {
    const unsigned bits = value->getType()->getScalarSizeInBits();
    const bool is_signed = isa::is_signed(mod.source_type);
    const auto to = [&](llvm::Type* type) {
        return is_signed ? builder_.CreateSIToFP(value, like(type, value))
                         : builder_.CreateUIToFP(value, like(type, value));
    };
    const bool nearest = mod.rounding == Rounding::Rn || mod.rounding == Rounding::None;
    Value* result = nullptr;
    if (mod.type == Type::F64) {
        if (!nearest && bits == 64) {
            return nullptr;
        }
        return as_bits(to(builder_.getDoubleTy()));
    }
    if (mod.type == Type::F32) {
        if (!nearest) {
            if (bits == 64) {
                return nullptr;
            }
            // A 32-bit integer is exact in double: from there as any sum.
            Value* exact = to(builder_.getDoubleTy());
            result = round_from_double(mod.rounding, exact);
        } else {
            result = to(builder_.getFloatTy());
        }
        return as_bits(mod.sat ? saturate(result) : result);
    }
    // f16 and bf16: exact in float up to 24 bits; beyond that two roundings could differ from one.
    if (!nearest || bits > 16 || mod.sat) {
        return nullptr;
    }
    return float_to_half(to(builder_.getFloatTy()), mod.type);
}

/// A double rounded to float in a direction.
llvm::Value* Emitter::round_from_double(Rounding rounding, Value* value) {
    llvm::Type* target = like(builder_.getFloatTy(), value);
    Value* nearest = builder_.CreateFPTrunc(value, target);
    Value* again = builder_.CreateFPExt(nearest, value->getType());
    Value* zero = number(value, 0);
    Value* above = builder_.CreateFCmpOGT(again, value);
    Value* below = builder_.CreateFCmpOLT(again, value);
    Value* bits = as_bits(nearest);
    Value* negative = builder_.CreateICmpSLT(bits, same(bits, 0));
    Value* is_zero = builder_.CreateICmpEQ(builder_.CreateShl(bits, 1), same(bits, 0));
    Value* more = builder_.CreateAdd(bits, same(bits, 1));
    Value* less = builder_.CreateSub(bits, same(bits, 1));
    Value* down = select(is_zero, same(bits, 0x80000001u), select(negative, more, less));
    Value* up = select(is_zero, same(bits, 1), select(negative, less, more));
    Value* go_down = above;
    Value* go_up = below;
    if (rounding == Rounding::Rz) {
        go_down = builder_.CreateAnd(above, builder_.CreateFCmpOGT(value, zero));
        go_up = builder_.CreateAnd(below, builder_.CreateFCmpOLT(value, zero));
    }
    Value* result = bits;
    if (rounding != Rounding::Rp) {
        result = select(go_down, down, result);
    }
    if (rounding != Rounding::Rm) {
        result = select(go_up, up, result);
    }
    return builder_.CreateBitCast(result, target);
}

llvm::Value* Emitter::float_to_float(const isa::Modifiers& mod, Value* value) {
    const bool integral = mod.rounding >= Rounding::Rni;
    if (integral) {
        value = round_to_integral(mod.rounding, value);
        if (value == nullptr) {
            return nullptr;
        }
    }
    const bool nearest = integral || mod.rounding == Rounding::Rn || mod.rounding == Rounding::None;
    const unsigned from = isa::bits_of(mod.source_type);
    Value* result = value;
    if (mod.type == Type::F64) {
        result = from == 64 ? value : builder_.CreateFPExt(value, like(builder_.getDoubleTy(), value));
        return mod.sat ? as_bits(saturate(result)) : as_bits(result);
    }
    if (mod.type == Type::F32) {
        if (from == 64) {
            result = nearest ? builder_.CreateFPTrunc(value, like(builder_.getFloatTy(), value))
                             : round_from_double(mod.rounding, value);
        }
        if (mod.ftz) {
            result = flush(result);
        }
        return as_bits(mod.sat ? saturate(result) : result);
    }
    // To f16 or bf16, to nearest; from double it would be rounded twice.
    if (!nearest || from == 64) {
        return nullptr;
    }
    return float_to_half(mod.sat ? saturate(value) : value, mod.type);
}

} // namespace assay::vgpu::codegen
