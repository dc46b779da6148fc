// The way into the semantics: which opcodes there are, packed types element by element, and mov.
#include "isa/evaluate.h"

#include <algorithm>
#include <array>
#include <stdexcept>

#include "isa/evaluate_parts.h"

namespace assay::isa {

namespace {

bool is_address(const Operand& operand) {
    switch (operand.kind) {
    case Operand::Kind::Special:
    case Operand::Kind::Variable:
    case Operand::Kind::Local:
    case Operand::Kind::Param:
    case Operand::Kind::Function:
    case Operand::Kind::Address:
        return true;
    default:
        return false;
    }
}

std::size_t element_count(const Operand& operand) {
    return operand.kind == Operand::Kind::Vector ? operand.elements.size() : 1;
}

/// mov, with vectors on either side: the parts are joined, first part lowest, and cut again.
void evaluate_mov(const Instruction& instruction, std::span<const Value> src, std::span<Value> dst) {
    using softfloat::Wide;
    const unsigned width = bits_of(instruction.mod.type);
    const unsigned source_width = width / static_cast<unsigned>(element_count(instruction.src[0]));
    const unsigned target_width = width / static_cast<unsigned>(element_count(instruction.dst[0]));
    Wide all = 0;
    for (std::size_t i = src.size(); i-- > 0;) {
        const Wide part =
            source_width == 128 ? Wide{src[i].high} << 64 | src[i].bits : Wide{truncate(src[i].bits, source_width)};
        all = source_width == 128 ? part : all << source_width | part;
    }
    for (Value& value : dst) {
        value.bits = truncate(static_cast<std::uint64_t>(all), target_width);
        value.high = target_width == 128 ? static_cast<std::uint64_t>(all >> 64) : 0;
        all = target_width == 128 ? 0 : all >> target_width;
    }
}

std::uint64_t evaluate_scalar(const Instruction& instruction, const Modifiers& mod, std::span<const Value> src,
                              Flags& flags) {
    const Opcode opcode = instruction.opcode;
    switch (opcode) {
    case Opcode::Abs:
    case Opcode::Add:
    case Opcode::Sub:
    case Opcode::Mul:
    case Opcode::Mad:
    case Opcode::Div:
    case Opcode::Neg:
        return is_float(mod.type) ? evaluate_float(opcode, mod, src) : evaluate_integer(opcode, mod, src, flags);
    case Opcode::Min:
    case Opcode::Max:
        return is_float(mod.type) ? minimum_or_maximum(opcode, mod, src) : evaluate_integer(opcode, mod, src, flags);
    case Opcode::Addc:
    case Opcode::Subc:
    case Opcode::Mul24:
    case Opcode::Madc:
    case Opcode::Mad24:
    case Opcode::Sad:
    case Opcode::Rem:
    case Opcode::Dp4a:
    case Opcode::Dp2a:
    case Opcode::CvtPack:
        return evaluate_integer(opcode, mod, src, flags);
    case Opcode::Fma:
    case Opcode::Rcp:
    case Opcode::Sqrt:
    case Opcode::Rsqrt:
    case Opcode::Sin:
    case Opcode::Cos:
    case Opcode::Lg2:
    case Opcode::Ex2:
    case Opcode::Tanh:
    case Opcode::Copysign:
        return evaluate_float(opcode, mod, src);
    case Opcode::Popc:
    case Opcode::Clz:
    case Opcode::Bfind:
    case Opcode::Fns:
    case Opcode::Brev:
    case Opcode::Bfe:
    case Opcode::Bfi:
    case Opcode::Szext:
    case Opcode::Bmsk:
    case Opcode::And:
    case Opcode::Or:
    case Opcode::Xor:
    case Opcode::Not:
    case Opcode::Cnot:
    case Opcode::Lop3:
    case Opcode::Shf:
    case Opcode::Shl:
    case Opcode::Shr:
    case Opcode::Prmt:
        return evaluate_bits(opcode, mod, src);
    case Opcode::Set:
        return evaluate_set(mod, src);
    case Opcode::Selp:
        return truncate((src[2].bits & 1) != 0 ? src[0].bits : src[1].bits, bits_of(mod.type));
    case Opcode::Slct:
        return evaluate_slct(mod, src);
    case Opcode::Testp:
        return evaluate_testp(mod, src);
    case Opcode::Cvt: {
        const Type type = instruction.dst[0].type;
        return evaluate_convert(mod, src, bits_of(type == Type::None ? mod.type : type));
    }
    default:
        throw std::logic_error("evaluate() of an instruction that is not pure: " + instruction.text);
    }
}

/// The arithmetic of f16x2 and kin is that of the elements.
bool is_elementwise(Opcode opcode) {
    switch (opcode) {
    case Opcode::Abs:
    case Opcode::Add:
    case Opcode::Sub:
    case Opcode::Mul:
    case Opcode::Fma:
    case Opcode::Neg:
    case Opcode::Min:
    case Opcode::Max:
    case Opcode::Ex2:
    case Opcode::Tanh:
        return true;
    default:
        return false;
    }
}

std::uint64_t evaluate_packed(const Instruction& instruction, std::span<const Value> src, Flags& flags) {
    Modifiers mod = instruction.mod;
    mod.type = element_of(mod.type);
    const auto of_half = [&](unsigned half) {
        std::array<Value, 4> elements{};
        for (std::size_t i = 0; i < src.size(); ++i) {
            elements.at(i).bits = element_at(src[i].bits, mod.type, half);
        }
        return evaluate_scalar(instruction, mod, {elements.data(), src.size()}, flags);
    };
    return join(of_half(0), of_half(1), mod.type);
}

} // namespace

bool is_pure(const Instruction& instruction) {
    if (std::ranges::any_of(instruction.src, is_address)) {
        return false;
    }
    return instruction.opcode <= Opcode::Mov || instruction.opcode == Opcode::Cvt ||
           instruction.opcode == Opcode::CvtPack;
}

void evaluate(const Instruction& instruction, std::span<const Value> src, std::span<Value> dst, Flags& flags) {
    const Modifiers& mod = instruction.mod;
    switch (instruction.opcode) {
    case Opcode::Mov:
        evaluate_mov(instruction, src, dst);
        return;
    case Opcode::Setp:
        evaluate_setp(mod, src, dst);
        return;
    case Opcode::Lop3: {
        const std::uint64_t result = evaluate_bits(Opcode::Lop3, mod, src);
        dst[0] = {result, 0};
        if (mod.lop3_predicate) {
            const bool set = result != 0;
            const bool q = (src[3].bits & 1) != 0;
            dst[1] = {std::uint64_t{mod.combine == Combine::And ? set && q : set || q}, 0};
        }
        return;
    }
    default:
        dst[0] = {is_packed(mod.type) && is_elementwise(instruction.opcode)
                      ? evaluate_packed(instruction, src, flags)
                      : evaluate_scalar(instruction, mod, src, flags),
                  0};
    }
}

} // namespace assay::isa
