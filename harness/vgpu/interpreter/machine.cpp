#include "vgpu/interpreter/machine.h"

#include <fmt/format.h>

#include "isa/decode.h"

namespace assay::vgpu::interpreter {

namespace {

constexpr std::uint64_t low_bits(unsigned bits) {
    return bits >= 64 ? ~0ull : (1ull << bits) - 1;
}

} // namespace

void Machine::fail(const Context& context, Fault::Kind kind, const std::string& what, std::uint64_t address) {
    if (fault_) {
        return;
    }
    Fault fault;
    fault.kind = kind;
    fault.kernel = program_.functions[launch_.kernel].name;
    fault.source = context.instruction.source;
    fault.block = context.block.id;
    fault.thread = context.thread.id;
    fault.address = address;
    fault.message = fmt::format("{} in kernel {}, {}, block ({}, {}, {}), thread ({}, {}, {})", what, fault.kernel,
                                isa::describe(program_, fault.source), fault.block[0], fault.block[1], fault.block[2],
                                fault.thread[0], fault.thread[1], fault.thread[2]);
    fault_ = std::move(fault);
}

const isa::Function& Machine::function_of(const Thread& thread) const {
    return program_.functions[thread.top().function];
}

const isa::Instruction& Machine::instruction_of(const Thread& thread) const {
    static const isa::Instruction fall_off_the_end = [] {
        isa::Instruction ret;
        ret.opcode = isa::Opcode::Ret;
        ret.text = "ret";
        return ret;
    }();
    const auto& body = function_of(thread).body;
    const std::uint32_t position = thread.top().position;
    return position < body.size() ? body[position] : fall_off_the_end;
}

Context Machine::context_of(Block& block, Warp& warp, std::uint32_t lane) const {
    Thread& thread = block.threads[warp.first + lane];
    return {block, warp, thread, instruction_of(thread)};
}

isa::Value Machine::read(const Context& context, const isa::Operand& operand) const {
    const Frame& frame = context.thread.top();
    switch (operand.kind) {
    case isa::Operand::Kind::Register: {
        isa::Value value = frame.registers[operand.index];
        if (operand.negated) {
            value.bits ^= 1;
        }
        return value;
    }
    case isa::Operand::Kind::Immediate:
        return {operand.bits};
    case isa::Operand::Kind::Special:
        return {read_special(context, operand)};
    case isa::Operand::Kind::Variable: {
        const auto offset = static_cast<std::uint64_t>(operand.offset);
        if (program_.variables[operand.index].space != isa::Space::Shared) {
            return {launch_.module->variable_address[operand.index] + offset};
        }
        return {layout_.offsets.at(operand.index) + offset};
    }
    case isa::Operand::Kind::Local:
        return {frame.local + static_cast<std::uint64_t>(operand.offset)};
    case isa::Operand::Kind::Param:
        return {static_cast<std::uint64_t>(operand.offset)};
    case isa::Operand::Kind::Function:
        return {function_address(operand.index)};
    case isa::Operand::Kind::Address:
        return {address_of(context, operand)};
    case isa::Operand::Kind::None:
    case isa::Operand::Kind::Vector:
        break;
    }
    return {};
}

std::uint64_t Machine::read_special(const Context& context, const isa::Operand& operand) const {
    using enum isa::Special;
    const Thread& thread = context.thread;
    const std::uint32_t lane_bit = 1u << thread.lane;
    switch (operand.special) {
    case TidX:
        return thread.id[0];
    case TidY:
        return thread.id[1];
    case TidZ:
        return thread.id[2];
    case NtidX:
        return launch_.block[0];
    case NtidY:
        return launch_.block[1];
    case NtidZ:
        return launch_.block[2];
    case CtaidX:
        return context.block.id[0];
    case CtaidY:
        return context.block.id[1];
    case CtaidZ:
        return context.block.id[2];
    case NctaidX:
        return launch_.grid[0];
    case NctaidY:
        return launch_.grid[1];
    case NctaidZ:
        return launch_.grid[2];
    // A launch without clusters is a grid of clusters of one block.
    case ClusterIdX:
        return context.block.id[0] / launch_.cluster[0];
    case ClusterIdY:
        return context.block.id[1] / launch_.cluster[1];
    case ClusterIdZ:
        return context.block.id[2] / launch_.cluster[2];
    case NclusterIdX:
        return launch_.grid[0] / launch_.cluster[0];
    case NclusterIdY:
        return launch_.grid[1] / launch_.cluster[1];
    case NclusterIdZ:
        return launch_.grid[2] / launch_.cluster[2];
    case ClusterCtaidX:
        return context.block.id[0] % launch_.cluster[0];
    case ClusterCtaidY:
        return context.block.id[1] % launch_.cluster[1];
    case ClusterCtaidZ:
        return context.block.id[2] % launch_.cluster[2];
    case ClusterNctaidX:
        return launch_.cluster[0];
    case ClusterNctaidY:
        return launch_.cluster[1];
    case ClusterNctaidZ:
        return launch_.cluster[2];
    case ClusterCtarank:
        return context.block.rank;
    case ClusterNctarank:
        return context.block.cluster->blocks.size();
    case IsExplicitCluster:
        return context.block.cluster->blocks.size() > 1 ? 1 : 0;
    case LaneId:
        return thread.lane;
    case WarpId:
        return context.warp.index;
    case NwarpId:
        return context.block.warps.size();
    case SmId: // the interpreter is one multiprocessor
        return 0;
    case NsmId:
        return 1;
    case GridId:
        return 0;
    case WarpSize:
        return warp_size;
    case LanemaskEq:
        return lane_bit;
    case LanemaskLt:
        return lane_bit - 1;
    case LanemaskLe:
        return lane_bit | (lane_bit - 1);
    case LanemaskGt:
        return ~(lane_bit | (lane_bit - 1));
    case LanemaskGe:
        return ~(lane_bit - 1);
    case Clock:
    case GlobalTimerLo:
        return clock_ & 0xffffffffu;
    case ClockHi:
    case GlobalTimerHi:
        return clock_ >> 32;
    case Clock64:
    case GlobalTimer:
        return clock_;
    case DynamicSmemSize:
        return launch_.dynamic_shared;
    case TotalSmemSize:
    case AggrSmemSize:
        return shared_bytes_;
    case Envreg:
        if (operand.index == 1) {
            return launch_.grid_workspace >> 32;
        }
        return operand.index == 2 ? launch_.grid_workspace & 0xffffffffu : 0;
    }
    return 0;
}

std::size_t Machine::read_all(const Context& context, std::span<const isa::Operand> operands,
                              std::span<isa::Value> out) const {
    std::size_t count = 0;
    for (const isa::Operand& operand : operands) {
        if (operand.kind == isa::Operand::Kind::Vector) {
            for (const isa::Operand& element : operand.elements) {
                out[count++] = read(context, element);
            }
        } else {
            out[count++] = read(context, operand);
        }
    }
    return count;
}

void Machine::write(const Context& context, const isa::Operand& operand, isa::Value value) const {
    if (operand.kind != isa::Operand::Kind::Register) {
        return; // the sink
    }
    if (operand.type != isa::Type::B128) {
        value.bits &= low_bits(isa::bits_of(operand.type));
        value.high = 0;
    }
    Frame& frame = context.thread.top();
    frame.registers[operand.index] = value;
    if (!frame.doubts.empty()) {
        frame.doubts[operand.index] = context.thread.doubt;
    }
}

void Machine::write_all(const Context& context, std::span<const isa::Operand> operands,
                        std::span<const isa::Value> in) const {
    std::size_t count = 0;
    for (const isa::Operand& operand : operands) {
        if (operand.kind == isa::Operand::Kind::Vector) {
            for (const isa::Operand& element : operand.elements) {
                write(context, element, in[count++]);
            }
        } else {
            write(context, operand, in[count++]);
        }
    }
}

bool Machine::guard_holds(const Context& context) const {
    const isa::Instruction& instruction = context.instruction;
    if (!instruction.guard) {
        return true;
    }
    return (context.thread.top().registers[*instruction.guard].bits != 0) != instruction.guard_negated;
}

} // namespace assay::vgpu::interpreter
