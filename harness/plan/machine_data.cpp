// The data side of the interpreter: operands, computation, loads and stores.
#include "plan/machine.h"

#include <fmt/format.h>

#include <algorithm>

namespace assay::plan {

namespace {

using isa::Operand;
using isa::Special;
using isa::Type;
using isa::Value;

unsigned bytes_of(Type type) {
    return std::max(1u, isa::bits_of(type) / 8);
}

/// A loaded value in a register that may be wider (PTX ISA 9.0, section 9.4.1).
Value widen(Value value, Type from, Type to) {
    const unsigned bits = isa::bits_of(from);
    if (!isa::is_signed(from) || bits >= 64 || isa::bits_of(to) <= bits) {
        return value;
    }
    const unsigned unused = 64 - bits;
    value.bits = static_cast<std::uint64_t>(static_cast<std::int64_t>(value.bits << unused) >> unused);
    if (isa::bits_of(to) < 64) {
        value.bits &= (1ull << isa::bits_of(to)) - 1;
    }
    return value;
}

/// Host code is one thread of one block; nullopt for what it has no answer to.
std::optional<std::uint64_t> special_value(Special special) {
    switch (special) {
    case Special::NtidX:
    case Special::NtidY:
    case Special::NtidZ:
    case Special::NctaidX:
    case Special::NctaidY:
    case Special::NctaidZ:
        return 1;
    case Special::TidX:
    case Special::TidY:
    case Special::TidZ:
    case Special::CtaidX:
    case Special::CtaidY:
    case Special::CtaidZ:
        return 0;
    default:
        return std::nullopt;
    }
}

bool is_clock(Special special) {
    switch (special) {
    case Special::Clock:
    case Special::ClockHi:
    case Special::Clock64:
    case Special::GlobalTimer:
    case Special::GlobalTimerLo:
    case Special::GlobalTimerHi:
        return true;
    default:
        return false;
    }
}

} // namespace

Checked<> Machine::compute(const isa::Instruction& instruction) {
    operands_.clear();
    for (const Operand& operand : instruction.src) {
        if (operand.kind == Operand::Kind::Vector) {
            for (const Operand& element : operand.elements) {
                operands_.push_back(read(element));
            }
        } else {
            operands_.push_back(read(operand));
        }
    }
    std::size_t count = 0;
    for (const Operand& operand : instruction.dst) {
        count += operand.kind == Operand::Kind::Vector ? operand.elements.size() : 1;
    }
    results_.assign(count, Value{});
    isa::evaluate(instruction, operands_, results_, frames_.back().flags);
    count = 0;
    for (const Operand& operand : instruction.dst) {
        if (operand.kind == Operand::Kind::Vector) {
            for (const Operand& element : operand.elements) {
                write(element, results_[count++]);
            }
        } else {
            write(operand, results_[count++]);
        }
    }
    return {};
}

/// mov and cvt, whose source may be an address or a special register.
Checked<> Machine::move(const isa::Instruction& instruction) {
    const Operand& source = instruction.src[0];
    switch (source.kind) {
    case Operand::Kind::Variable:
    case Operand::Kind::Local:
    case Operand::Kind::Param:
    case Operand::Kind::Function:
        write(instruction.dst[0], read(source));
        return {};
    case Operand::Kind::Special: {
        const auto value = special_value(source.special);
        if (!value) {
            return refuse(fmt::format("host code reads {}", isa::to_string(source.special)),
                          is_clock(source.special) ? "a plan has no time: it is recorded, not run" : "");
        }
        write(instruction.dst[0], {*value, 0});
        return {};
    }
    default:
        return compute(instruction);
    }
}

Checked<Value> Machine::load_value(Address address, Type type) {
    Value value;
    const unsigned bytes = bytes_of(type);
    auto low = memory_.load(address, std::min(bytes, 8u));
    if (!low) {
        return std::unexpected(std::move(low.error()));
    }
    value.bits = *low;
    if (bytes > 8) {
        auto high = memory_.load(address + 8, bytes - 8);
        if (!high) {
            return std::unexpected(std::move(high.error()));
        }
        value.high = *high;
    }
    return value;
}

Checked<> Machine::store_value(Address address, Type type, Value value) {
    const unsigned bytes = bytes_of(type);
    auto low = memory_.store(address, value.bits, std::min(bytes, 8u));
    return low && bytes > 8 ? memory_.store(address + 8, value.high, bytes - 8) : low;
}

Checked<> Machine::load(const isa::Instruction& instruction) {
    const Type type = instruction.mod.type;
    Address address = address_of(instruction.src[0]);
    const Operand& target = instruction.dst[0];
    const bool vector = target.kind == Operand::Kind::Vector;
    for (std::size_t i = 0; i < (vector ? target.elements.size() : 1); ++i) {
        auto value = load_value(address, type);
        if (!value) {
            return std::unexpected(std::move(value.error()));
        }
        const Operand& element = vector ? target.elements[i] : target;
        write(element, widen(*value, type, element.type));
        address += bytes_of(type);
    }
    return {};
}

Checked<> Machine::store(const isa::Instruction& instruction) {
    const Type type = instruction.mod.type;
    Address address = address_of(instruction.src[0]);
    const Operand& source = instruction.src[1];
    const bool vector = source.kind == Operand::Kind::Vector;
    for (std::size_t i = 0; i < (vector ? source.elements.size() : 1); ++i) {
        if (auto done = store_value(address, type, read(vector ? source.elements[i] : source)); !done) {
            return done;
        }
        address += bytes_of(type);
    }
    return {};
}

Checked<> Machine::atomic(const isa::Instruction& instruction) {
    if (instruction.mod.vector > 1) {
        return refuse(fmt::format("host code cannot run `{}`", instruction.text));
    }
    const Type type = instruction.mod.type;
    const Address address = address_of(instruction.src[0]);
    auto old = load_value(address, type);
    if (!old) {
        return std::unexpected(std::move(old.error()));
    }
    const Value b = read(instruction.src[1]);
    const Value c = instruction.src.size() > 2 ? read(instruction.src[2]) : Value{};
    if (auto done = store_value(address, type, isa::apply_atomic(instruction.mod, *old, b, c)); !done) {
        return done;
    }
    if (!instruction.dst.empty()) {
        write(instruction.dst[0], *old);
    }
    return {};
}

bool Machine::in_space(Address address, isa::Space space) const {
    const auto variable = memory_.variable_at(address);
    const bool constant = variable && program_.variables[variable->variable].space == isa::Space::Const;
    switch (space) {
    case isa::Space::Global:
        return in_window(address, Window::Device) || (variable && !constant) ||
               memory_.kind_of(address) == HostMemory::Kind::Heap;
    case isa::Space::Const:
        return constant;
    case isa::Space::Local:
        return memory_.kind_of(address) == HostMemory::Kind::Frame;
    default:
        return false;
    }
}

Value Machine::read(const Operand& operand) const {
    const Frame& frame = frames_.back();
    switch (operand.kind) {
    case Operand::Kind::Register: {
        const Value& value = registers_[frame.registers + operand.index];
        return operand.negated ? Value{value.bits ^ 1, 0} : value;
    }
    case Operand::Kind::Immediate:
        return {operand.bits, 0};
    case Operand::Kind::Variable:
        return {memory_.variable_address(operand.index) + static_cast<Address>(operand.offset), 0};
    case Operand::Kind::Local:
        return {frame.local + static_cast<Address>(operand.offset), 0};
    case Operand::Kind::Param:
        return {frame.parameters + static_cast<Address>(operand.offset), 0};
    case Operand::Kind::Function:
        return {function_address(operand.index), 0};
    case Operand::Kind::None:
    case Operand::Kind::Special:
    case Operand::Kind::Vector:
    case Operand::Kind::Address:
        break;
    }
    return {};
}

void Machine::write(const Operand& operand, Value value) {
    if (operand.kind == Operand::Kind::Register) {
        registers_[frames_.back().registers + operand.index] = value;
    }
}

Address Machine::address_of(const Operand& operand) const {
    return read(operand.elements[0]).bits + static_cast<Address>(operand.offset);
}

} // namespace assay::plan
