// Calls. Bytes move between the frames of caller and callee; registers named in a call, or declared as formal
// parameters, are moved to and from the frame by st.param and ld.param that the decoder adds.
#include <algorithm>

#include <fmt/format.h>

#include "isa/decode_function.h"

namespace assay::isa {

namespace {

std::optional<Type> type_of_bytes(std::uint32_t bytes) {
    switch (bytes) {
    case 1:
        return Type::B8;
    case 2:
        return Type::B16;
    case 4:
        return Type::B32;
    case 8:
        return Type::B64;
    case 16:
        return Type::B128;
    default:
        return std::nullopt;
    }
}

} // namespace

Instruction FunctionDecoder::parameter_move(Opcode opcode, Type type, std::uint32_t offset, Operand value) const {
    Instruction result;
    result.opcode = opcode;
    result.mod.type = type;
    result.mod.space = Space::Param;
    result.source = place_;
    result.text = fmt::format("{}.param.{} at offset {} (of a call)", opcode == Opcode::Ld ? "ld" : "st",
                              to_string(type), offset);
    Operand address;
    address.kind = Operand::Kind::Address;
    Operand& base = address.elements.emplace_back();
    base.kind = Operand::Kind::Param;
    base.offset = offset;
    result.src.push_back(std::move(address));
    (opcode == Opcode::Ld ? result.dst : result.src).push_back(std::move(value));
    return result;
}

void FunctionDecoder::load_register_parameters() {
    for (const RegisterFormal& formal : register_parameters_) {
        const Operand value = make_register(formal.index);
        emit(parameter_move(Opcode::Ld, value.type, formal.offset, value));
    }
}

void FunctionDecoder::store_register_returns() {
    for (const RegisterFormal& formal : register_returns_) {
        const Operand value = make_register(formal.index);
        emit(parameter_move(Opcode::St, value.type, formal.offset, value));
    }
}

bool FunctionDecoder::prototype_formals(const ptx::CallPrototype& prototype, std::vector<ParamSlot>& arguments,
                                        std::vector<ParamSlot>& returns) {
    const auto add = [this](const std::vector<ptx::Variable>& list, std::vector<ParamSlot>& slots) {
        for (const ptx::Variable& formal : list) {
            const auto extent = extent_of(formal);
            if (!extent) {
                return module_.fail(formal.position, "the type of a parameter is not supported");
            }
            slots.push_back({.offset = 0,
                             .bytes = static_cast<std::uint32_t>(extent->bytes),
                             .alignment = extent->alignment,
                             .name = formal.name});
        }
        return true;
    };
    return add(prototype.parameters, arguments) && add(prototype.returns, returns);
}

/// Finds or makes the slots of the arguments (or results). `moves` receives what carries registers and literals.
bool FunctionDecoder::call_arguments(const std::vector<ptx::Operand>& list, const std::vector<ParamSlot>* formals,
                                     bool returns, Instruction& call, std::vector<ParamSlot>& slots,
                                     std::vector<Instruction>& moves) {
    if (formals != nullptr && formals->size() != list.size()) {
        return module_.fail(list.empty() ? ptx::Position{call.source.ptx_line, 1} : list[0].position,
                            fmt::format("the callee has {} {}, the call {}", formals->size(),
                                        returns ? "results" : "parameters", list.size()));
    }
    for (std::size_t i = 0; i < list.size(); ++i) {
        const ptx::Operand& source = list[i];
        const ParamSlot* formal = formals != nullptr ? &(*formals)[i] : nullptr;
        const auto name = source.kind == ptx::Operand::Kind::Identifier ? find(source.name) : std::nullopt;
        ParamSlot& slot = slots.emplace_back();
        if (name && name->kind == Name::Kind::Param) {
            slot = {.offset = name->offset, .bytes = name->bytes, .alignment = name->alignment, .name = source.name};
            if (formal != nullptr && formal->bytes != 0 && formal->bytes != slot.bytes) {
                return module_.fail(source.position, fmt::format("{} has {} bytes, the callee's parameter {}",
                                                                 source.name, slot.bytes, formal->bytes));
            }
            continue;
        }
        std::uint32_t bytes = formal != nullptr ? formal->bytes : 0;
        if (formal == nullptr && name && name->kind == Name::Kind::Register) {
            bytes = bits_of(function_.registers[name->index]) / 8;
        }
        const auto type = type_of_bytes(bytes);
        ptx::Variable room;
        room.name = fmt::format("of {}", source.name);
        room.position = source.position;
        if (!type) {
            return module_.fail(source.position, "the size of this argument is not known");
        }
        if (!allocate_parameter(room, bytes, bytes, slot)) {
            return false;
        }
        if (source.kind == ptx::Operand::Kind::Sink && returns) {
            continue;
        }
        Operand value;
        if (!operand(source, {.type = *type, .wider = true, .destination = returns}, value)) {
            return false;
        }
        Instruction move = parameter_move(returns ? Opcode::Ld : Opcode::St, *type, slot.offset, std::move(value));
        move.source = call.source;
        move.guard = call.guard;
        move.guard_negated = call.guard_negated;
        moves.push_back(std::move(move));
    }
    return true;
}

/// call (results), callee, (arguments), prototype or table; everything but the callee may be absent.
bool FunctionDecoder::call(const ptx::Instruction& source, Instruction& result) {
    using Kind = ptx::Operand::Kind;
    static const std::vector<ptx::Operand> none;
    const std::vector<ptx::Operand>& operands = source.operands;
    std::size_t next = 0;
    const auto accept_list = [&]() -> const std::vector<ptx::Operand>& {
        return next < operands.size() && operands[next].kind == Kind::List ? operands[next++].elements : none;
    };
    const auto& returned = accept_list();
    if (next == operands.size() || operands[next].kind != Kind::Identifier) {
        return module_.fail(source.position, "call takes a function");
    }
    const ptx::Operand& callee = operands[next++];
    const auto& given = accept_list();
    std::optional<Name> last;
    if (next < operands.size()) {
        last = find(operands[next].name);
        if (!last || (last->kind != Name::Kind::Prototype && last->kind != Name::Kind::Targets)) {
            return module_.fail(operands[next].position, fmt::format("unknown prototype {}", operands[next].name));
        }
        ++next;
    }
    if (next != operands.size()) {
        return module_.fail(operands[next].position, "call takes no further operand");
    }

    CallSite site;
    std::vector<ParamSlot> arguments;
    std::vector<ParamSlot> returns;
    bool known = true;
    const auto name = find(callee.name);
    if (name && name->kind == Name::Kind::Register) {
        if (!register_operand(callee, *name, {.type = Type::B64}, result.src.emplace_back())) {
            return false;
        }
        known = last && last->kind == Name::Kind::Prototype;
        if (known && !prototype_formals(*last->prototype, arguments, returns)) {
            return false;
        }
    } else {
        site.callee = module_.refer_function(callee.name);
        if (!site.callee) {
            return module_.fail(callee.position, fmt::format("unknown function {}", callee.name));
        }
        arguments = module_.function(*site.callee).parameters;
        returns = module_.function(*site.callee).returns;
    }
    std::vector<Instruction> before;
    std::vector<Instruction> after;
    const std::uint32_t parameter_end = parameter_end_;
    if (!call_arguments(given, known ? &arguments : nullptr, false, result, site.arguments, before) ||
        !call_arguments(returned, known ? &returns : nullptr, true, result, site.returns, after)) {
        return false;
    }
    parameter_end_ = parameter_end;
    result.call = static_cast<std::uint32_t>(function_.calls.size());
    function_.calls.push_back(std::move(site));
    std::ranges::for_each(before, [this](Instruction& move) { emit(std::move(move)); });
    emit(std::move(result));
    std::ranges::for_each(after, [this](Instruction& move) { emit(std::move(move)); });
    return true;
}

} // namespace assay::isa
