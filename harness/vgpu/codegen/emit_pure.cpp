// Integer arithmetic, bits, comparison, selection and moves (9.7.1, 9.7.2, 9.7.7 to 9.7.9), on scalars or on vectors.
//
// LLVM leaves undefined what PTX defines (a shift by more than the width, a division by zero), so each is guarded.
#include "vgpu/codegen/emit.h"

namespace assay::vgpu::codegen {

using isa::Compare;
using isa::Opcode;
using isa::Type;

/// The results, each an integer of its destination's width.
Emitter::Values Emitter::pure(const Node& node, const Values& sources) {
    const isa::Instruction& instruction = *node.instruction;
    switch (instruction.opcode) {
    case Opcode::Mov:
        return move(node, sources);
    case Opcode::Setp:
        return set_predicate(node, sources);
    default:
        break;
    }
    Value* result = nullptr;
    if (instruction.opcode == Opcode::Cvt) {
        result = convert(node, sources[0]);
    } else if (isa::is_float(instruction.mod.type) && instruction.opcode != Opcode::Selp &&
               instruction.opcode != Opcode::Slct && instruction.opcode != Opcode::Set) {
        result = float_op(node, sources);
    } else {
        result = integer_op(node, sources);
    }
    if (result == nullptr) {
        return evaluate_elsewhere(node, sources);
    }
    // A result narrower than its register is extended with zeros; cvt has done it by its type's sign.
    return {node.dst[0] == none ? result : fit(result, graph_.values[node.dst[0]].bits)};
}

/// Through isa::evaluate, lane by lane: for what is rare.
Emitter::Values Emitter::evaluate_elsewhere(const Node& node, const Values& sources) {
    const bool vector = is_vector(sources[0]);
    const unsigned count = vector ? lanes : 1;
    llvm::AllocaInst* in = scratch(0, sources.size() * lanes * 8);
    llvm::AllocaInst* out = scratch(1, node.dst.size() * lanes * 8);
    const auto at = [&](llvm::AllocaInst* base, std::size_t index) {
        return builder_.CreateConstInBoundsGEP1_64(integer(8), base, index * count * 8);
    };
    for (std::size_t i = 0; i < sources.size(); ++i) {
        builder_.CreateAlignedStore(fit(sources[i], 64), at(in, i), llvm::Align(8));
    }
    Site* site = new_site(*node.instruction);
    site->sources = static_cast<std::uint8_t>(sources.size());
    site->results = static_cast<std::uint8_t>(node.dst.size());
    site->carry_in = node.src.back().operand == nullptr;
    site->carry_out = node.instruction->mod.carry_out;
    call_runtime(reinterpret_cast<const void*>(&runtime_evaluate), llvm::Type::getVoidTy(context_),
                 {host_pointer(site), constant(count, 32), in, out});
    Values results;
    for (std::size_t i = 0; i < node.dst.size(); ++i) {
        Value* loaded =
            builder_.CreateAlignedLoad(vector ? lanes_of(integer(64)) : integer(64), at(out, i), llvm::Align(8));
        results.push_back(node.dst[i] == none ? loaded : fit(loaded, graph_.values[node.dst[i]].bits));
    }
    return results;
}

llvm::Value* Emitter::select(Value* condition, Value* a, Value* b) {
    return builder_.CreateSelect(condition, a, b);
}

/// The integer operation, or null if it is left to isa::evaluate.
llvm::Value* Emitter::integer_op(const Node& node, const Values& s) {
    const isa::Instruction& instruction = *node.instruction;
    const isa::Modifiers& mod = instruction.mod;
    const unsigned bits = isa::bits_of(mod.type);
    const bool is_signed = isa::is_signed(mod.type);
    if (isa::is_packed(mod.type) && instruction.opcode != Opcode::Selp) {
        return nullptr;
    }
    const auto arg = [&](std::size_t index) { return fit(s[index], bits); };
    const auto word = [&](std::size_t index) { return fit(s[index], 32); };
    if (mod.carry_out || instruction.opcode == Opcode::Addc || instruction.opcode == Opcode::Subc ||
        instruction.opcode == Opcode::Madc) {
        return nullptr;
    }
    switch (instruction.opcode) {
    case Opcode::Add:
        return mod.sat ? builder_.CreateBinaryIntrinsic(llvm::Intrinsic::sadd_sat, arg(0), arg(1))
                       : builder_.CreateAdd(arg(0), arg(1));
    case Opcode::Sub:
        return mod.sat ? builder_.CreateBinaryIntrinsic(llvm::Intrinsic::ssub_sat, arg(0), arg(1))
                       : builder_.CreateSub(arg(0), arg(1));
    case Opcode::Mul:
        return multiply(mod, arg(0), arg(1));
    case Opcode::Mad:
        if (mod.sat) {
            return nullptr;
        }
        return builder_.CreateAdd(multiply(mod, arg(0), arg(1)), fit(s[2], mod.wide ? 2 * bits : bits));
    case Opcode::Sad: {
        const auto less = is_signed ? llvm::CmpInst::ICMP_SLT : llvm::CmpInst::ICMP_ULT;
        Value* difference = builder_.CreateSub(arg(0), arg(1));
        Value* absolute = select(builder_.CreateICmp(less, arg(0), arg(1)), builder_.CreateNeg(difference), difference);
        return builder_.CreateAdd(absolute, arg(2));
    }
    case Opcode::Div:
    case Opcode::Rem:
        return divide(instruction.opcode, is_signed, arg(0), arg(1));
    case Opcode::Abs:
        return builder_.CreateBinaryIntrinsic(llvm::Intrinsic::abs, arg(0), builder_.getFalse());
    case Opcode::Neg:
        return builder_.CreateNeg(arg(0));
    case Opcode::Min:
    case Opcode::Max: {
        const bool minimum = instruction.opcode == Opcode::Min;
        const auto id = is_signed ? (minimum ? llvm::Intrinsic::smin : llvm::Intrinsic::smax)
                                  : (minimum ? llvm::Intrinsic::umin : llvm::Intrinsic::umax);
        Value* chosen = builder_.CreateBinaryIntrinsic(id, arg(0), arg(1));
        return mod.relu ? builder_.CreateBinaryIntrinsic(llvm::Intrinsic::smax, chosen, same(chosen, 0)) : chosen;
    }
    case Opcode::Popc:
        return fit(builder_.CreateUnaryIntrinsic(llvm::Intrinsic::ctpop, arg(0)), 32);
    case Opcode::Clz:
        return fit(builder_.CreateBinaryIntrinsic(llvm::Intrinsic::ctlz, arg(0), builder_.getFalse()), 32);
    case Opcode::Bfind: {
        Value* value = arg(0);
        if (is_signed) {
            value = builder_.CreateXor(value, builder_.CreateAShr(value, bits - 1));
        }
        Value* leading = fit(builder_.CreateBinaryIntrinsic(llvm::Intrinsic::ctlz, value, builder_.getFalse()), 32);
        Value* found = mod.shift_amount ? leading : builder_.CreateSub(same(leading, bits - 1), leading);
        return select(builder_.CreateICmpEQ(value, same(value, 0)), same(found, ~0u), found);
    }
    case Opcode::Brev:
        return builder_.CreateUnaryIntrinsic(llvm::Intrinsic::bitreverse, arg(0));
    case Opcode::Bfe:
        return bit_field_extract(mod, arg(0), word(1), word(2));
    case Opcode::Bfi:
        return bit_field_insert(mod, s);
    case Opcode::And:
        return builder_.CreateAnd(arg(0), arg(1));
    case Opcode::Or:
        return builder_.CreateOr(arg(0), arg(1));
    case Opcode::Xor:
        return builder_.CreateXor(arg(0), arg(1));
    case Opcode::Not:
        return builder_.CreateNot(arg(0));
    case Opcode::Cnot:
        return builder_.CreateZExt(builder_.CreateICmpEQ(arg(0), same(arg(0), 0)), arg(0)->getType());
    case Opcode::Lop3:
        return mod.lop3_predicate ? nullptr : lop3(mod, s);
    case Opcode::Shf:
        return funnel_shift(mod, s);
    case Opcode::Shl:
    case Opcode::Shr:
        return shift(instruction.opcode, mod, arg(0), word(1));
    case Opcode::Prmt:
        return mod.permute == isa::PermuteMode::Index ? permute(s) : nullptr;
    case Opcode::Selp:
        return select(fit(s[2], 1), arg(0), arg(1));
    case Opcode::Slct: {
        Value* condition = fit(s[2], 32);
        if (mod.source_type == Type::S32) {
            return select(builder_.CreateICmpSGE(condition, same(condition, 0)), arg(0), arg(1));
        }
        Value* value = as_float(condition, Type::F32);
        value = mod.ftz ? flush(value) : value;
        return select(builder_.CreateFCmpOGE(value, number(value, 0)), arg(0), arg(1));
    }
    case Opcode::Set: {
        if (isa::is_packed(mod.source_type)) {
            return nullptr;
        }
        const unsigned width = isa::bits_of(mod.source_type);
        Value* holds = compare(mod, mod.source_type, fit(s[0], width), fit(s[1], width));
        if (holds == nullptr) {
            return nullptr;
        }
        if (mod.combine != isa::Combine::None) {
            holds = combine(mod, holds, fit(s[2], 1));
        }
        const std::uint64_t one = mod.type == Type::F32    ? 0x3f800000u
                                  : mod.type == Type::F16  ? 0x3c00u
                                  : mod.type == Type::BF16 ? 0x3f80u
                                                           : ~0u;
        llvm::Type* type = like(integer(bits), holds);
        return select(holds, llvm::ConstantInt::get(type, one & (bits >= 32 ? ~0u : (1u << bits) - 1)),
                      llvm::ConstantInt::get(type, 0));
    }
    default:
        return nullptr;
    }
}

llvm::Value* Emitter::multiply(const isa::Modifiers& mod, Value* a, Value* b) {
    if (!mod.wide && !mod.high) {
        return builder_.CreateMul(a, b);
    }
    const unsigned bits = isa::bits_of(mod.type);
    const bool is_signed = isa::is_signed(mod.type);
    const auto extend = [&](Value* value) { return is_signed ? fit_signed(value, 2 * bits) : fit(value, 2 * bits); };
    Value* product = builder_.CreateMul(extend(a), extend(b));
    return mod.wide ? product : fit(builder_.CreateLShr(product, bits), bits);
}

/// x / 0 is all ones, x % 0 is x, INT_MIN / -1 wraps: as isa::evaluate has it.
llvm::Value* Emitter::divide(Opcode opcode, bool is_signed, Value* a, Value* b) {
    const unsigned bits = a->getType()->getScalarSizeInBits();
    Value* zero = builder_.CreateICmpEQ(b, same(b, 0));
    Value* divisor = select(zero, same(b, 1), b);
    if (!is_signed) {
        Value* result = opcode == Opcode::Div ? builder_.CreateUDiv(a, divisor) : builder_.CreateURem(a, divisor);
        return select(zero, opcode == Opcode::Div ? same(a, ~0ull) : a, result);
    }
    // Division by -1 is negation, which does not trap.
    Value* minus = builder_.CreateICmpEQ(b, llvm::Constant::getAllOnesValue(b->getType()));
    divisor = select(minus, same(b, 1), divisor);
    Value* quotient = builder_.CreateSDiv(a, divisor);
    if (opcode == Opcode::Rem) {
        Value* remainder = builder_.CreateSub(a, builder_.CreateMul(quotient, divisor));
        return select(zero, a, remainder);
    }
    (void)bits;
    quotient = select(minus, builder_.CreateNeg(quotient), quotient);
    return select(zero, llvm::Constant::getAllOnesValue(a->getType()), quotient);
}

/// Shift amounts clamp at the width.
llvm::Value* Emitter::shift(Opcode opcode, const isa::Modifiers& mod, Value* a, Value* amount) {
    const unsigned bits = a->getType()->getScalarSizeInBits();
    const bool arithmetic = opcode == Opcode::Shr && isa::is_signed(mod.type);
    Value* limit = same(amount, bits - 1);
    Value* bounded = builder_.CreateBinaryIntrinsic(llvm::Intrinsic::umin, amount, limit);
    Value* by = fit(bounded, bits);
    if (arithmetic) {
        return builder_.CreateAShr(a, by);
    }
    Value* shifted = opcode == Opcode::Shl ? builder_.CreateShl(a, by) : builder_.CreateLShr(a, by);
    return select(builder_.CreateICmpUGT(amount, limit), same(a, 0), shifted);
}

/// bfe: position and length are bytes; past the end zeros or copies of the sign.
llvm::Value* Emitter::bit_field_extract(const isa::Modifiers& mod, Value* a, Value* position, Value* length) {
    const unsigned bits = isa::bits_of(mod.type);
    position = builder_.CreateAnd(position, same(position, 0xff));
    length = builder_.CreateAnd(length, same(length, 0xff));
    const auto clamped = [&](Value* value, unsigned limit) {
        return builder_.CreateBinaryIntrinsic(llvm::Intrinsic::umin, value, same(value, limit));
    };
    if (!isa::is_signed(mod.type)) {
        isa::Modifiers logical;
        logical.type = mod.type;
        Value* field = shift(Opcode::Shr, logical, a, position);
        // Ones below `length`.
        Value* mask =
            builder_.CreateNot(shift(Opcode::Shl, logical, llvm::Constant::getAllOnesValue(a->getType()), length));
        return builder_.CreateAnd(field, mask);
    }
    // Move the field's last bit to the top, then shift it down arithmetically.
    Value* end = clamped(builder_.CreateAdd(position, length), bits);
    Value* up = builder_.CreateSub(same(end, bits), end);
    Value* shifted = builder_.CreateShl(a, fit(clamped(up, bits - 1), bits));
    Value* kept = builder_.CreateSub(same(end, bits), clamped(length, bits));
    // Where the field is cut at the top, its sign is the value's top bit and `length` still counts from `position`.
    Value* cut = builder_.CreateICmpUGT(builder_.CreateAdd(position, length), same(position, bits));
    Value* direct = builder_.CreateAShr(a, fit(clamped(position, bits - 1), bits));
    Value* inside = builder_.CreateAShr(shifted, fit(clamped(kept, bits - 1), bits));
    return select(builder_.CreateICmpEQ(length, same(length, 0)), same(a, 0), select(cut, direct, inside));
}

llvm::Value* Emitter::bit_field_insert(const isa::Modifiers& mod, const Values& s) {
    const unsigned bits = isa::bits_of(mod.type);
    Value* field = fit(s[0], bits);
    Value* into = fit(s[1], bits);
    Value* position = builder_.CreateAnd(fit(s[2], 32), same(fit(s[2], 32), 0xff));
    Value* length = builder_.CreateAnd(fit(s[3], 32), same(fit(s[3], 32), 0xff));
    isa::Modifiers logical;
    logical.type = mod.type;
    Value* ones = llvm::Constant::getAllOnesValue(into->getType());
    Value* low = builder_.CreateNot(shift(Opcode::Shl, logical, ones, length));
    Value* mask = shift(Opcode::Shl, logical, low, position);
    Value* moved = shift(Opcode::Shl, logical, field, position);
    return builder_.CreateOr(builder_.CreateAnd(into, builder_.CreateNot(mask)), builder_.CreateAnd(moved, mask));
}

llvm::Value* Emitter::funnel_shift(const isa::Modifiers& mod, const Values& s) {
    Value* low = fit(s[0], 32);
    Value* high = fit(s[1], 32);
    Value* amount = fit(s[2], 32);
    const auto id = mod.left ? llvm::Intrinsic::fshl : llvm::Intrinsic::fshr; // these take the amount modulo 32
    Value* result = builder_.CreateIntrinsic(id, {low->getType()}, {high, low, amount});
    if (mod.wrap) {
        return result;
    }
    Value* over = builder_.CreateICmpUGE(amount, same(amount, 32));
    return select(over, mod.left ? low : high, result);
}

llvm::Value* Emitter::lop3(const isa::Modifiers& mod, const Values& s) {
    Value* a = fit(s[0], 32);
    Value* b = fit(s[1], 32);
    Value* c = fit(s[2], 32);
    Value* result = same(a, 0);
    for (unsigned entry = 0; entry < 8; ++entry) {
        if (((mod.lop3_table >> entry) & 1) != 0) {
            Value* term = (entry & 4) != 0 ? a : builder_.CreateNot(a);
            term = builder_.CreateAnd(term, (entry & 2) != 0 ? b : builder_.CreateNot(b));
            term = builder_.CreateAnd(term, (entry & 1) != 0 ? c : builder_.CreateNot(c));
            result = builder_.CreateOr(result, term);
        }
    }
    return result;
}

/// prmt without a mode: each nibble of the selector names a byte of {b, a}; its top bit asks for the byte's sign.
llvm::Value* Emitter::permute(const Values& s) {
    Value* a = fit(s[0], 64);
    Value* b = fit(s[1], 64);
    Value* selector = fit(s[2], 32);
    Value* bytes = builder_.CreateOr(builder_.CreateShl(fit(fit(b, 32), 64), 32), fit(fit(a, 32), 64));
    Value* result = same(selector, 0);
    for (unsigned i = 0; i < 4; ++i) {
        Value* nibble = builder_.CreateAnd(builder_.CreateLShr(selector, 4 * i), same(selector, 15));
        Value* index = builder_.CreateShl(builder_.CreateAnd(nibble, same(nibble, 7)), 3);
        Value* byte = fit(builder_.CreateLShr(bytes, fit(index, 64)), 8);
        Value* sign = builder_.CreateAShr(byte, 7);
        Value* replicate = builder_.CreateICmpNE(builder_.CreateAnd(nibble, same(nibble, 8)), same(nibble, 0));
        byte = fit(select(replicate, sign, byte), 32);
        result = builder_.CreateOr(result, builder_.CreateShl(byte, 8 * i));
    }
    return result;
}

/// a CMP b as i1, or null for formats that are compared elsewhere.
llvm::Value* Emitter::compare(const isa::Modifiers& mod, Type type, Value* a, Value* b) {
    if (isa::is_float(type)) {
        if (type != Type::F32 && type != Type::F64 && type != Type::F16 && type != Type::BF16) {
            return nullptr;
        }
        Value* x = as_float(a, type);
        Value* y = as_float(b, type);
        if (mod.ftz && type == Type::F32) {
            x = flush(x);
            y = flush(y);
        } else if (mod.ftz) {
            return nullptr;
        }
        using P = llvm::CmpInst::Predicate;
        const P predicate = [&] {
            switch (mod.compare) {
            case Compare::Eq:
                return P::FCMP_OEQ;
            case Compare::Ne:
                return P::FCMP_ONE;
            case Compare::Lt:
            case Compare::Lo:
                return P::FCMP_OLT;
            case Compare::Le:
            case Compare::Ls:
                return P::FCMP_OLE;
            case Compare::Gt:
            case Compare::Hi:
                return P::FCMP_OGT;
            case Compare::Ge:
            case Compare::Hs:
                return P::FCMP_OGE;
            case Compare::Equ:
                return P::FCMP_UEQ;
            case Compare::Neu:
                return P::FCMP_UNE;
            case Compare::Ltu:
                return P::FCMP_ULT;
            case Compare::Leu:
                return P::FCMP_ULE;
            case Compare::Gtu:
                return P::FCMP_UGT;
            case Compare::Geu:
                return P::FCMP_UGE;
            case Compare::Num:
                return P::FCMP_ORD;
            case Compare::Nan:
                return P::FCMP_UNO;
            }
            return P::FCMP_FALSE;
        }();
        return builder_.CreateFCmp(predicate, x, y);
    }
    const bool is_signed = isa::is_signed(type);
    using P = llvm::CmpInst::Predicate;
    switch (mod.compare) {
    case Compare::Eq:
    case Compare::Equ:
        return builder_.CreateICmpEQ(a, b);
    case Compare::Ne:
    case Compare::Neu:
        return builder_.CreateICmpNE(a, b);
    case Compare::Lt:
    case Compare::Ltu:
        return builder_.CreateICmp(is_signed ? P::ICMP_SLT : P::ICMP_ULT, a, b);
    case Compare::Le:
    case Compare::Leu:
        return builder_.CreateICmp(is_signed ? P::ICMP_SLE : P::ICMP_ULE, a, b);
    case Compare::Gt:
    case Compare::Gtu:
        return builder_.CreateICmp(is_signed ? P::ICMP_SGT : P::ICMP_UGT, a, b);
    case Compare::Ge:
    case Compare::Geu:
        return builder_.CreateICmp(is_signed ? P::ICMP_SGE : P::ICMP_UGE, a, b);
    case Compare::Lo:
        return builder_.CreateICmpULT(a, b);
    case Compare::Ls:
        return builder_.CreateICmpULE(a, b);
    case Compare::Hi:
        return builder_.CreateICmpUGT(a, b);
    case Compare::Hs:
        return builder_.CreateICmpUGE(a, b);
    case Compare::Num:
    case Compare::Nan:
        return nullptr;
    }
    return nullptr;
}

llvm::Value* Emitter::combine(const isa::Modifiers& mod, Value* a, Value* b) {
    switch (mod.combine) {
    case isa::Combine::And:
        return builder_.CreateAnd(a, b);
    case isa::Combine::Or:
        return builder_.CreateOr(a, b);
    case isa::Combine::Xor:
        return builder_.CreateXor(a, b);
    case isa::Combine::None:
        break;
    }
    return a;
}

Emitter::Values Emitter::set_predicate(const Node& node, const Values& s) {
    const isa::Modifiers& mod = node.instruction->mod;
    const unsigned width = isa::bits_of(mod.type);
    if (isa::is_packed(mod.type)) {
        return evaluate_elsewhere(node, s);
    }
    Value* holds = compare(mod, mod.type, fit(s[0], width), fit(s[1], width));
    if (holds == nullptr) {
        return evaluate_elsewhere(node, s);
    }
    Value* opposite = builder_.CreateNot(holds);
    if (mod.combine != isa::Combine::None) {
        Value* other = fit(s[2], 1);
        holds = combine(mod, holds, other);
        opposite = combine(mod, opposite, other);
    }
    return node.dst.size() > 1 ? Values{holds, opposite} : Values{holds};
}

/// mov, with vectors on either side: the parts are joined, the first lowest, and cut again.
Emitter::Values Emitter::move(const Node& node, const Values& s) {
    const unsigned width = isa::bits_of(node.instruction->mod.type);
    const unsigned source = width / static_cast<unsigned>(s.size());
    const unsigned target = width / static_cast<unsigned>(node.dst.size());
    Value* all = fit(fit(s[0], source), width);
    for (std::size_t i = 1; i < s.size(); ++i) {
        all = builder_.CreateOr(all, builder_.CreateShl(fit(fit(s[i], source), width), i * source));
    }
    Values results;
    for (std::size_t i = 0; i < node.dst.size(); ++i) {
        Value* part = node.dst.size() == 1 ? all : fit(builder_.CreateLShr(all, i * target), target);
        results.push_back(node.dst[i] == none ? part : fit(part, graph_.values[node.dst[i]].bits));
    }
    return results;
}

} // namespace assay::vgpu::codegen
