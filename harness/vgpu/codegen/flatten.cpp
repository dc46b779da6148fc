#include "vgpu/codegen/flatten.h"

#include "vgpu/codegen/flattener.h"

namespace assay::vgpu::codegen {

using isa::Instruction;
using isa::Opcode;
using isa::Operand;
using isa::Space;

namespace {

constexpr std::size_t max_instructions = 200'000;

/// Guarded instructions that must be jumped over instead of being masked.
bool needs_branch(Opcode opcode) {
    switch (opcode) {
    case Opcode::BrxIdx:
    case Opcode::Call:
    case Opcode::Ret:
    case Opcode::Exit:
    case Opcode::Trap:
    case Opcode::Brkpt:
    case Opcode::Bar:
    case Opcode::BarWarp:
    case Opcode::ClusterBarrier:
        return true;
    default:
        return false;
    }
}

} // namespace

std::expected<Flat, Unsupported> Flattener::run() {
    const isa::Function& kernel = program_.functions[kernel_];
    flat_ = kernel;
    flat_.body.clear();
    flat_.calls.clear();
    flat_.registers.clear();
    flat_.local_bytes = 0;
    append(kernel_, 0);
    if (problem_) {
        return std::unexpected(*problem_);
    }
    flat_.local_bytes = align_up(flat_.local_bytes, 16);
    if (!stack_starts_.empty()) {
        for (const std::uint32_t start : stack_starts_) {
            flat_.body[start].src[0].bits = flat_.local_bytes;
        }
        for (const std::uint32_t limit : stack_limits_) {
            flat_.body[limit].src[1].bits = flat_.local_bytes + stack_bytes - 2 * flat_.body[limit].src[1].bits;
        }
        flat_.local_bytes += stack_bytes;
    }
    return Flat{std::move(flat_), std::move(originals_)};
}

std::uint32_t Flattener::reserve_local(std::uint32_t bytes) {
    std::uint32_t& end = recursion_ != nullptr ? recursion_->frame : flat_.local_bytes;
    const std::uint32_t at = align_up(end, 16);
    end = at + bytes;
    return at;
}

void Flattener::stop(std::string what, const isa::Source& source) {
    if (!problem_) {
        problem_ = Unsupported{std::move(what), source};
    }
}

void Flattener::append(std::uint32_t index, std::uint32_t param) {
    const isa::Function& function = program_.functions[index];
    Instance instance;
    instance.index = index;
    instance.function = &function;
    instance.on_stack = recursion_ != nullptr;
    instance.entry = index == kernel_;
    instance.registers = static_cast<std::uint32_t>(flat_.registers.size());
    flat_.registers.insert(flat_.registers.end(), function.registers.begin(), function.registers.end());
    instance.local = reserve_local(function.local_bytes);
    instance.param = param;
    if (instance.entry && function.frame_bytes > function.parameter_bytes) {
        instance.param = reserve_local(function.frame_bytes);
    }

    std::vector<std::uint32_t> moved(function.body.size() + 1);
    std::vector<std::uint32_t> jumps;   ///< flat indices whose targets are still the function's own
    std::vector<std::uint32_t> returns; ///< flat indices of branches to the end
    for (std::uint32_t i = 0; i < function.body.size() && !problem_; ++i) {
        moved[i] = position();
        Instruction instruction = function.body[i];
        if (instance.on_stack) {
            take_addresses(instruction, instance);
        }
        relocate(instruction, instance);
        std::optional<std::uint32_t> skip;
        if (instruction.guard && needs_branch(instruction.opcode)) {
            skip = position();
            put_branch(instruction, !instruction.guard_negated);
            instruction.guard.reset();
        }
        if (instruction.opcode == Opcode::Call) {
            append_call(instruction, instance, i);
        } else if (instruction.opcode == Opcode::Ret && !instance.entry) {
            instruction.opcode = Opcode::Bra;
            instruction.targets = {0};
            returns.push_back(position());
            put(std::move(instruction), {index, i});
        } else if (instruction.opcode == Opcode::Bra && recursion_ != nullptr && index == recursion_->function &&
                   instruction.targets[0] <= i && calls_itself_between(function, instruction.targets[0], i)) {
            put_branch_back(instruction, moved[instruction.targets[0]], {index, i});
        } else {
            if (!instruction.targets.empty()) {
                jumps.push_back(position());
            }
            put(std::move(instruction), {index, i});
        }
        if (skip) {
            flat_.body[*skip].targets = {position()};
        }
        if (flat_.body.size() > max_instructions) {
            stop("more than 200000 instructions", function.source);
        }
    }
    moved.back() = position();
    for (const std::uint32_t jump : jumps) {
        for (std::uint32_t& target : flat_.body[jump].targets) {
            target = moved[target];
        }
    }
    for (const std::uint32_t jump : returns) {
        flat_.body[jump].targets = {position()};
    }
}

void Flattener::put(Instruction instruction, Original original) {
    flat_.body.push_back(std::move(instruction));
    originals_.push_back(original);
}

bool Flattener::is_launch_parameter(const Instance& instance, std::int64_t offset) {
    return instance.entry && offset < static_cast<std::int64_t>(instance.function->parameter_bytes);
}

bool Flattener::relocate(Operand& operand, const Instance& instance) {
    bool local = false;
    switch (operand.kind) {
    case Operand::Kind::Register:
        operand.index += instance.registers;
        local = !instance.entry;
        break;
    case Operand::Kind::Local:
        operand.offset += instance.local;
        break;
    case Operand::Kind::Param:
        if (!is_launch_parameter(instance, operand.offset)) {
            operand.kind = Operand::Kind::Local;
            operand.offset += instance.param;
            local = true;
        }
        break;
    case Operand::Kind::Address:
        if (Operand& inner = operand.elements[0];
            instance.on_stack && (inner.kind == Operand::Kind::Local || inner.kind == Operand::Kind::Param)) {
            operand.offset += inner.offset + (inner.kind == Operand::Kind::Local ? instance.local : instance.param);
            inner = stack_pointer();
            return true;
        }
        break;
    default:
        break;
    }
    for (Operand& element : operand.elements) {
        local = relocate(element, instance) || local;
    }
    return local;
}

void Flattener::relocate(Instruction& instruction, const Instance& instance) {
    if (instruction.guard) {
        *instruction.guard += instance.registers;
    }
    bool local = false;
    for (Operand& operand : instruction.dst) {
        relocate(operand, instance);
    }
    for (std::size_t i = 0; i < instruction.src.size(); ++i) {
        const bool moved = relocate(instruction.src[i], instance);
        local = local || (i == 0 && moved);
    }
    const bool addresses =
        instruction.opcode == Opcode::Ld || instruction.opcode == Opcode::St || instruction.opcode == Opcode::Cvta;
    if (addresses && instruction.mod.space == Space::Param && local) {
        instruction.mod.space = Space::Local;
    }
}

std::expected<Flat, Unsupported> flatten(const isa::Program& program, std::uint32_t kernel) {
    return Flattener(program, kernel).run();
}

} // namespace assay::vgpu::codegen
