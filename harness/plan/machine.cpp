// The control side of the interpreter: frames, branches, calls, and where in the source it is.
#include "plan/machine.h"

#include <fmt/format.h>

#include <algorithm>

#include "plan/names.h"

namespace assay::plan {

using isa::Opcode;

Machine::Machine(const isa::Program& program, HostMemory& memory, const RecordLimits& limits, CallHandler handler)
    : program_(program), memory_(memory), limits_(limits), handler_(std::move(handler)) {}

Checked<> Machine::run(std::uint32_t function, std::span<const std::vector<std::byte>> arguments) {
    const isa::Function& entry = program_.functions[function];
    if (candidate_file_ == 0) { // a second function of the same candidate may be a header's
        candidate_file_ = entry.source.file;
    }
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
    // A function of a header that is not inlined has no line of the candidate's: its caller has.
    for (auto frame = frames_.rbegin(); candidate_file_ != 0 && frame != frames_.rend(); ++frame) {
        if (const std::uint32_t line = line_of(*frame); line != 0) {
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
