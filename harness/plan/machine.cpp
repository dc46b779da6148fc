#include "plan/machine.h"

#include <fmt/format.h>

#include <algorithm>

#include "plan/names.h"

namespace assay::plan {

namespace {

using isa::Opcode;
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

Machine::Machine(const isa::Program& program, HostMemory& memory, const RecordLimits& limits, CallHandler handler)
    : program_(program), memory_(memory), limits_(limits), handler_(std::move(handler)) {}

Checked<> Machine::run(std::uint32_t function, std::span<const std::vector<std::byte>> arguments) {
    const isa::Function& entry = program_.functions[function];
    candidate_file_ = entry.source.file;
    for (const isa::Instruction& instruction : entry.body) {
        if (candidate_file_ != 0) {
            break;
        }
        candidate_file_ = instruction.source.file;
    }
    Checked<> done = enter(function);
    for (std::size_t i = 0; done && i < arguments.size(); ++i) {
        auto place =
            memory_.bytes(frames_.back().parameters + entry.parameters[i].offset, arguments[i].size(), Access::Write);
        if (place) {
            std::ranges::copy(arguments[i], place->begin());
        } else {
            done = std::unexpected(std::move(place.error()));
        }
    }
    while (done && !frames_.empty()) {
        done = step();
    }
    if (!done) {
        locate(done.error());
    }
    return done;
}

Checked<> Machine::enter(std::uint32_t index) {
    const isa::Function& function = program_.functions[index];
    if (frames_.size() >= limits_.call_depth) {
        return refuse(PlanError::Kind::Limit, fmt::format("calls nest deeper than {}", limits_.call_depth),
                      "endless recursion?");
    }
    Frame frame;
    frame.function = index;
    frame.registers = registers_.size();
    for (auto [bytes, address] :
         {std::pair{function.frame_bytes, &frame.parameters}, std::pair{function.local_bytes, &frame.local}}) {
        if (bytes > 0) {
            auto made = memory_.allocate(HostMemory::Kind::Frame, bytes);
            if (!made) {
                return std::unexpected(std::move(made.error()));
            }
            *address = *made;
        }
    }
    registers_.resize(registers_.size() + function.registers.size());
    frames_.push_back(frame);
    return {};
}

/// Hands the results to the caller, if there is one, and drops the frame.
Checked<> Machine::leave() {
    const Frame frame = frames_.back();
    frames_.pop_back();
    registers_.resize(frame.registers);
    if (!frames_.empty()) {
        const Frame& caller = frames_.back();
        const isa::Function& function = program_.functions[caller.function];
        const isa::CallSite& site = function.calls[function.body[caller.next - 1].call];
        const auto& results = program_.functions[frame.function].returns;
        for (std::size_t i = 0; i < std::min(site.returns.size(), results.size()); ++i) {
            auto from = memory_.bytes(frame.parameters + results[i].offset, results[i].bytes, Access::Read);
            auto to = memory_.bytes(caller.parameters + site.returns[i].offset, site.returns[i].bytes, Access::Write);
            if (!from || !to) {
                return std::unexpected(std::move((from ? to : from).error()));
            }
            std::copy_n(from->begin(), std::min(from->size(), to->size()), to->begin());
        }
    }
    for (const Address region : {frame.parameters, frame.local}) {
        if (region != 0) {
            if (auto freed = memory_.release(HostMemory::Kind::Frame, region); !freed) {
                return freed;
            }
        }
    }
    return {};
}

Checked<> Machine::step() {
    Frame& frame = frames_.back();
    const isa::Function& function = program_.functions[frame.function];
    if (frame.next >= function.body.size()) {
        return leave();
    }
    if (++steps_ > limits_.steps) {
        return refuse(PlanError::Kind::Limit, fmt::format("host code runs more than {} instructions", limits_.steps),
                      "computation belongs in kernels");
    }
    const isa::Instruction& instruction = function.body[frame.next++];
    if (instruction.guard) {
        const bool holds = registers_[frame.registers + *instruction.guard].bits != 0;
        if (holds == instruction.guard_negated) {
            return {};
        }
    }
    return execute(instruction);
}

Checked<> Machine::execute(const isa::Instruction& instruction) {
    Frame& frame = frames_.back();
    switch (instruction.opcode) {
    case Opcode::Bra:
        frame.next = instruction.targets[0];
        return {};
    case Opcode::BrxIdx: {
        const std::uint64_t index = read(instruction.src[0]).bits;
        if (index >= instruction.targets.size()) {
            return refuse(fmt::format("a jump table has no entry {}", index));
        }
        frame.next = instruction.targets[index];
        return {};
    }
    case Opcode::Call:
        return call(instruction);
    case Opcode::Ret:
        return leave();
    case Opcode::Ld:
        return load(instruction);
    case Opcode::St:
        return store(instruction);
    case Opcode::Atom:
    case Opcode::Red:
        return atomic(instruction);
    case Opcode::Mov:
    case Opcode::Cvt:
        return move(instruction);
    case Opcode::Cvta:
        write(instruction.dst[0], read(instruction.src[0]));
        return {};
    case Opcode::Isspacep:
        write(instruction.dst[0], {in_space(read(instruction.src[0]).bits, instruction.mod.space) ? 1u : 0u, 0});
        return {};
    case Opcode::Fence:
    case Opcode::Nanosleep:
    case Opcode::Prefetch:
    case Opcode::Discard:
    case Opcode::Applypriority:
    case Opcode::Pmevent:
        return {};
    case Opcode::Trap:
    case Opcode::Brkpt:
        return refuse("host code traps");
    case Opcode::Exit:
        return refuse("host code ends the thread");
    default:
        if (isa::is_pure(instruction)) {
            return compute(instruction);
        }
        return refuse(fmt::format("host code cannot run `{}`", instruction.text),
                      "barriers, warp functions and matrix instructions belong in kernels");
    }
}

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

Checked<std::uint32_t> Machine::callee_of(const isa::Instruction& instruction, const isa::CallSite& site) {
    if (site.callee) {
        return *site.callee;
    }
    const Address target = read(instruction.src[0]).bits;
    const auto index = function_at(target);
    if (!index || *index >= program_.functions.size()) {
        return refuse(target == 0 ? "host code calls a null function pointer"
                                  : fmt::format("host code calls {}, which is no function", memory_.describe(target)));
    }
    const auto fits = [](const std::vector<isa::ParamSlot>& given, const std::vector<isa::ParamSlot>& wanted) {
        return std::ranges::equal(given, wanted, {}, &isa::ParamSlot::bytes, &isa::ParamSlot::bytes);
    };
    const isa::Function& callee = program_.functions[*index];
    if (!fits(site.arguments, callee.parameters) || !fits(site.returns, callee.returns)) {
        return refuse(fmt::format("`{}` is called through a function pointer of another type", callee.name));
    }
    return *index;
}

Checked<> Machine::call(const isa::Instruction& instruction) {
    const Frame caller = frames_.back();
    const isa::CallSite& site = program_.functions[caller.function].calls[instruction.call];
    const auto index = callee_of(instruction, site);
    if (!index) {
        return std::unexpected(index.error());
    }
    const isa::Function& callee = program_.functions[*index];
    if (callee.entry) {
        return refuse(fmt::format("host code calls the kernel `{}` like a function", callee.name),
                      "launch it with <<<grid, block>>>");
    }
    if (!callee.defined) {
        return call_external(callee, site);
    }
    if (auto entered = enter(*index); !entered) {
        return entered;
    }
    for (std::size_t i = 0; i < std::min(site.arguments.size(), callee.parameters.size()); ++i) {
        const isa::ParamSlot &given = site.arguments[i], &formal = callee.parameters[i];
        auto from = memory_.bytes(caller.parameters + given.offset, given.bytes, Access::Read);
        auto to = memory_.bytes(frames_.back().parameters + formal.offset, formal.bytes, Access::Write);
        if (!from || !to) {
            return std::unexpected(std::move((from ? to : from).error()));
        }
        std::copy_n(from->begin(), std::min(from->size(), to->size()), to->begin());
    }
    return {};
}

Checked<> Machine::call_external(const isa::Function& callee, const isa::CallSite& site) {
    const Address frame = frames_.back().parameters;
    std::vector<std::vector<std::byte>> arguments;
    for (const isa::ParamSlot& slot : site.arguments) {
        auto bytes = memory_.bytes(frame + slot.offset, slot.bytes, Access::Read);
        if (!bytes) {
            return std::unexpected(std::move(bytes.error()));
        }
        arguments.emplace_back(bytes->begin(), bytes->end());
    }
    HostCall call(callee.name, std::move(arguments), site.returns.empty() ? 0 : site.returns[0].bytes);
    if (auto done = handler_(callee, call); !done) {
        return done;
    }
    if (!site.returns.empty()) {
        auto place = memory_.bytes(frame + site.returns[0].offset, site.returns[0].bytes, Access::Write);
        if (!place) {
            return std::unexpected(std::move(place.error()));
        }
        std::ranges::copy(call.result(), place->begin());
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

std::uint32_t Machine::line_of(const Frame& frame) const {
    const auto& body = program_.functions[frame.function].body;
    // Code of a header inlined through a header has no line of the candidate's: the nearest one before it has.
    for (std::size_t i = std::min<std::size_t>(frame.next, body.size()); i-- > 0;) {
        const isa::Source& source = body[i].source;
        if (source.file == candidate_file_ && source.line != 0) {
            return source.line;
        }
        if (source.outer_file == candidate_file_ && source.outer_line != 0) {
            return source.outer_line;
        }
    }
    return 0;
}

std::uint32_t Machine::line() const {
    if (candidate_file_ == 0) {
        return 0;
    }
    for (auto frame = frames_.rbegin(); frame != frames_.rend(); ++frame) {
        const isa::Function& function = program_.functions[frame->function];
        // A function of a header that inlined something of the candidate's would be misread as the candidate's.
        if (const std::uint32_t line = line_of(*frame); line != 0 && !function.body.empty()) {
            return line;
        }
    }
    return 0;
}

void Machine::locate(PlanError& error) const {
    if (error.line == 0) {
        error.line = line();
    }
    if (error.file.empty()) {
        error.file = file_name(program_, candidate_file_);
    }
}

} // namespace assay::plan
