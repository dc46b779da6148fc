// What atom and red compute (9.7.13.15). Additions round to nearest even and keep subnormals in every state space; the
// hardware flushes them for f32 in global memory, which the ISA calls a property of current implementations.
#include <stdexcept>

#include "isa/evaluate_parts.h"

namespace assay::isa {

namespace {

std::uint64_t apply_to_element(const Modifiers& mod, Type type, std::uint64_t old_value, std::uint64_t b) {
    Modifiers scalar;
    scalar.type = type;
    const Value operands[] = {{old_value, 0}, {b, 0}};
    Flags flags;
    switch (mod.atomic) {
    case AtomicOp::Add:
        return is_float(type) ? evaluate_float(Opcode::Add, scalar, operands)
                              : evaluate_integer(Opcode::Add, scalar, operands, flags);
    case AtomicOp::Min:
    case AtomicOp::Max: {
        const Opcode opcode = mod.atomic == AtomicOp::Min ? Opcode::Min : Opcode::Max;
        scalar.nan = mod.nan;
        return is_float(type) ? minimum_or_maximum(opcode, scalar, operands)
                              : evaluate_integer(opcode, scalar, operands, flags);
    }
    default:
        throw std::logic_error("not an atomic operation on numbers");
    }
}

} // namespace

Value apply_atomic(const Modifiers& mod, Value old_value, Value b, Value c) {
    const unsigned width = bits_of(mod.type);
    const std::uint64_t old_bits = truncate(old_value.bits, width);
    const std::uint64_t operand = truncate(b.bits, width);
    const Value stored{operand, width == 128 ? b.high : 0};
    switch (mod.atomic) {
    case AtomicOp::And:
        return {old_bits & operand, 0};
    case AtomicOp::Or:
        return {old_bits | operand, 0};
    case AtomicOp::Xor:
        return {old_bits ^ operand, 0};
    case AtomicOp::Exch:
        return stored;
    case AtomicOp::Cas: {
        const bool equal = old_bits == operand && (width < 128 || old_value.high == b.high);
        const Value& chosen = equal ? c : old_value;
        return {truncate(chosen.bits, width), width == 128 ? chosen.high : 0};
    }
    case AtomicOp::Inc:
        return {old_bits >= operand ? 0 : old_bits + 1, 0};
    case AtomicOp::Dec:
        return {old_bits == 0 || old_bits > operand ? operand : old_bits - 1, 0};
    case AtomicOp::Add:
    case AtomicOp::Min:
    case AtomicOp::Max: {
        if (!is_packed(mod.type)) {
            return {apply_to_element(mod, mod.type, old_bits, operand), 0};
        }
        const Type element = element_of(mod.type);
        const auto of_half = [&](unsigned half) {
            return apply_to_element(mod, element, element_at(old_bits, element, half),
                                    element_at(operand, element, half));
        };
        return {join(of_half(0), of_half(1), element), 0};
    }
    case AtomicOp::None:
    case AtomicOp::Popc:
        break;
    }
    throw std::logic_error("apply_atomic() without an atomic operation");
}

} // namespace assay::isa
