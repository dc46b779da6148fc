// Operands: names to registers and addresses, literals to bits, and the width rules.
//
// A register must be exactly as wide as the operand, or at least as wide where the ISA says so (9.4.1). Integer and
// floating-point registers of one width are not told apart: what the bits mean is the instruction's business.
#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "isa/decode_function.h"

namespace assay::isa {

namespace {

/// %envreg0 … %envreg31.
std::optional<std::uint32_t> envreg_number(std::string_view name) {
    constexpr std::string_view prefix = "%envreg";
    constexpr std::uint32_t count = 32;
    std::uint32_t number = count;
    if (name.starts_with(prefix)) {
        const auto [end, error] = std::from_chars(name.data() + prefix.size(), name.data() + name.size(), number);
        if (error == std::errc{} && end == name.data() + name.size() && number < count) {
            return number;
        }
    }
    return std::nullopt;
}

/// How many registers of which width hold a fragment of a matrix (9.7.14). A warp holds every element once, except in
/// mma.m8n8k4.f16, which is four products in one, and in the f16 A and B of wmma, which are always eight registers.
struct FragmentShape {
    std::size_t registers;
    Type type;
};
FragmentShape fragment_shape(const Modifiers& mod, Fragment fragment, Type type, bool wmma) {
    constexpr unsigned lanes = 32;
    const bool factor = fragment == Fragment::A || fragment == Fragment::B;
    if (wmma && factor && type == Type::F16) {
        return {8, Type::B32};
    }
    const unsigned elements = fragment == Fragment::A   ? mod.m * mod.k
                              : fragment == Fragment::B ? mod.k * mod.n
                                                        : mod.m * mod.n;
    const unsigned copies = mod.m == 8 && mod.k == 4 && mod.a_type == Type::F16 ? 4 : 1;
    const unsigned width = type == Type::F64 ? 64 : 32;
    return {elements * copies * bits_of(type) / (lanes * width), width == 64 ? Type::B64 : Type::B32};
}

} // namespace

Operand FunctionDecoder::make_register(std::uint32_t index) const {
    Operand result;
    result.kind = Operand::Kind::Register;
    result.index = index;
    result.type = function_.registers[index];
    return result;
}

bool FunctionDecoder::register_operand(const ptx::Operand& source, const Name& name, const Expected& expected,
                                       Operand& result) {
    result = make_register(name.index);
    result.negated = source.negated;
    const bool predicate = result.type == Type::Pred;
    if (predicate != (expected.type == Type::Pred)) {
        return module_.fail(source.position, fmt::format("{} is {}a predicate", source.name, predicate ? "" : "not "));
    }
    const unsigned width = bits_of(result.type);
    const unsigned wanted = bits_of(expected.type);
    if (expected.wider ? width < wanted : width != wanted) {
        return module_.fail(source.position, fmt::format("{} has {} bits, the instruction {} {}", source.name, width,
                                                         expected.destination ? "writes" : "reads", wanted));
    }
    if (source.negated && !expected.negatable) {
        return module_.fail(source.position, fmt::format("{} cannot be negated here", source.name));
    }
    if (source.offset != 0) {
        return module_.fail(source.position, fmt::format("{} is a register: an offset needs [ ]", source.name));
    }
    return true;
}

/// A variable, a parameter, a local array or a function, with its offset.
std::optional<Operand> FunctionDecoder::symbol(const ptx::Operand& source) const {
    Operand result;
    result.offset = source.offset;
    if (const auto name = find(source.name)) {
        if (name->kind == Name::Kind::Variable) {
            result.kind = Operand::Kind::Variable;
            result.index = name->index;
        } else if (name->kind == Name::Kind::Local || name->kind == Name::Kind::Param) {
            result.kind = name->kind == Name::Kind::Local ? Operand::Kind::Local : Operand::Kind::Param;
            result.offset += name->offset;
        } else {
            return std::nullopt;
        }
        return result;
    }
    if (const auto variable = module_.refer_variable(source.name)) {
        result.kind = Operand::Kind::Variable;
        result.index = *variable;
        return result;
    }
    if (const auto function = module_.refer_function(source.name); function && source.offset == 0) {
        result.kind = Operand::Kind::Function;
        result.index = *function;
        return result;
    }
    return std::nullopt;
}

std::optional<Space> FunctionDecoder::symbol_space(const Operand& symbol) const {
    switch (symbol.kind) {
    case Operand::Kind::Variable:
        return module_.variable_space(symbol.index);
    case Operand::Kind::Local:
        return Space::Local;
    case Operand::Kind::Param:
        return Space::Param;
    default:
        return std::nullopt;
    }
}

bool FunctionDecoder::identifier(const ptx::Operand& source, const Expected& expected, Operand& result) {
    const auto name = find(source.name);
    if (name && name->kind == Name::Kind::Register) {
        return register_operand(source, *name, expected, result);
    }
    if (expected.destination) {
        return module_.fail(source.position, name ? fmt::format("{} is not a register", source.name)
                                                  : fmt::format("unknown name {}", source.name));
    }
    const auto envreg = envreg_number(source.name);
    const auto special = envreg ? std::optional(Special::Envreg) : special_from(source.name);
    if (special && expected.special) {
        result.kind = Operand::Kind::Special;
        result.special = *special;
        result.index = envreg.value_or(0);
        return true;
    }
    if (auto address = symbol(source)) {
        // Only mov takes an address, so that executors need to look for one nowhere else.
        if (bits_of(expected.type) != 64 && bits_of(expected.type) != 32) {
            return module_.fail(source.position, fmt::format("{} is an address", source.name));
        }
        Instruction mov;
        mov.opcode = Opcode::Mov;
        mov.mod.type = bits_of(expected.type) == 64 ? Type::U64 : Type::U32;
        mov.source = place_;
        mov.source.ptx_line = source.position.line;
        mov.text = fmt::format("mov of the address {}", source.name);
        mov.src.push_back(std::move(*address));
        result = make_register(add_register(mov.mod.type, fmt::format("address of {}", source.name)));
        mov.dst.push_back(result);
        emit(std::move(mov));
        return true;
    }
    return module_.fail(source.position, special ? fmt::format("{} can only be read by mov and cvt", source.name)
                                                 : fmt::format("unknown name {}", source.name));
}

bool FunctionDecoder::operand(const ptx::Operand& source, const Expected& expected, Operand& result) {
    switch (source.kind) {
    case ptx::Operand::Kind::Sink:
        return expected.sink || module_.fail(source.position, "the result cannot be discarded here");
    case ptx::Operand::Kind::Identifier:
        return identifier(source, expected, result);
    case ptx::Operand::Kind::Literal: {
        if (expected.destination) {
            return module_.fail(source.position, fmt::format("{} is not a register", source.text));
        }
        const auto bits = literal_bits(source, expected.type);
        if (!bits) {
            return module_.fail(source.position,
                                fmt::format("{} is not a literal of a .{}", source.text, to_string(expected.type)));
        }
        result.kind = Operand::Kind::Immediate;
        result.bits = *bits;
        return true;
    }
    case ptx::Operand::Kind::Vector: // of one element, as Triton writes it: that element
        if (source.elements.size() == 1) {
            return operand(source.elements.front(), expected, result);
        }
        [[fallthrough]];
    default:
        return module_.fail(source.position, "a register or a literal is expected here");
    }
}

bool FunctionDecoder::vector(const ptx::Operand& source, std::size_t length, const Expected& element, Operand& result) {
    const auto check_length = [&](std::size_t given) {
        return given == length ||
               module_.fail(source.position, fmt::format("{} elements are expected, {} are given", length, given));
    };
    result.kind = Operand::Kind::Vector;
    if (source.kind == ptx::Operand::Kind::Identifier) {
        const auto name = find(source.name);
        if (name && name->kind == Name::Kind::RegisterVector) {
            for (std::uint32_t i = 0; i < name->count; ++i) {
                ptx::Operand lane = source;
                lane.name = function_.register_names[name->index + i];
                Name what;
                what.index = name->index + i;
                if (!register_operand(lane, what, element, result.elements.emplace_back())) {
                    return false;
                }
            }
            return check_length(name->count);
        }
    }
    if (source.kind != ptx::Operand::Kind::Vector) {
        if (length == 1) {
            return operand(source, element, result.elements.emplace_back());
        }
        return module_.fail(source.position, "a vector { } is expected here");
    }
    for (const ptx::Operand& part : source.elements) {
        if (!operand(part, element, result.elements.emplace_back())) {
            return false;
        }
    }
    return check_length(source.elements.size());
}

/// A generic access to a named variable is an access to the variable's own space, which `found_space` becomes.
bool FunctionDecoder::address(const ptx::Operand& source, Space space, Operand& result, Space* found_space) {
    if (source.kind != ptx::Operand::Kind::Address || source.elements.size() != 1) {
        return module_.fail(source.position, "an address [ ] is expected here");
    }
    const ptx::Operand& base = source.elements[0];
    result.kind = Operand::Kind::Address;
    result.offset = source.offset;
    Operand& inner = result.elements.emplace_back();
    if (base.kind == ptx::Operand::Kind::Literal) {
        return operand(base, {.type = Type::B64}, inner);
    }
    if (base.kind != ptx::Operand::Kind::Identifier) {
        return module_.fail(base.position, "an address is a register, a name or a number");
    }
    const auto name = find(base.name);
    if (name && name->kind == Name::Kind::Register) {
        const bool narrow = bits_of(function_.registers[name->index]) == 32;
        return register_operand(base, *name, {.type = narrow ? Type::B32 : Type::B64}, inner);
    }
    auto found = symbol(base);
    if (!found || found->kind == Operand::Kind::Function) {
        return module_.fail(base.position, found ? fmt::format("{} is a function", base.name)
                                                 : fmt::format("unknown name {}", base.name));
    }
    const Space own = symbol_space(*found).value();
    const bool shared = own == Space::Shared && space == Space::SharedCluster;
    if (space != Space::Generic && space != own && !shared) {
        return module_.fail(base.position, fmt::format("{} is in .{}, the instruction accesses .{}", base.name,
                                                       to_string(own), to_string(space)));
    }
    if (space == Space::Generic && found_space != nullptr) {
        *found_space = own;
    }
    inner = std::move(*found);
    return true;
}

/// What cvta and its like take: an address in a register, or a symbol.
bool FunctionDecoder::reference(const ptx::Operand& source, Operand& result) {
    if (source.kind == ptx::Operand::Kind::Identifier) {
        const auto name = find(source.name);
        if (name && name->kind == Name::Kind::Register) {
            const bool narrow = bits_of(function_.registers[name->index]) == 32;
            return register_operand(source, *name, {.type = narrow ? Type::B32 : Type::B64}, result);
        }
        if (auto found = symbol(source)) {
            result = std::move(*found);
            return true;
        }
        return module_.fail(source.position, fmt::format("unknown name {}", source.name));
    }
    return operand(source, {.type = Type::B64}, result);
}

/// `position` counts the vectors of the instruction: d, a, b, c.
bool FunctionDecoder::matrix(const ptx::Operand& source, const Instruction& instruction, unsigned position,
                             Operand& result) {
    const Modifiers& mod = instruction.mod;
    FragmentShape shape{mod.matrices, Type::B32};
    if (instruction.opcode == Opcode::WmmaLoad || instruction.opcode == Opcode::WmmaStore) {
        shape = fragment_shape(mod, mod.fragment, mod.type, true);
    } else if (instruction.opcode == Opcode::Mma || instruction.opcode == Opcode::WmmaMma) {
        constexpr Fragment fragments[] = {Fragment::D, Fragment::A, Fragment::B, Fragment::C};
        const Type types[] = {mod.d_type, mod.a_type, mod.b_type, mod.c_type};
        shape = fragment_shape(mod, fragments[position], types[position], instruction.opcode == Opcode::WmmaMma);
    }
    const bool destination =
        position == 0 && instruction.opcode != Opcode::WmmaStore && instruction.opcode != Opcode::Stmatrix;
    return vector(source, shape.registers, {.type = shape.type, .destination = destination}, result);
}

} // namespace assay::isa
