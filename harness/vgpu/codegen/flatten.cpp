#include "vgpu/codegen/flatten.h"

#include <algorithm>

namespace assay::vgpu::codegen {

using isa::Instruction;
using isa::Opcode;
using isa::Operand;
using isa::Space;

namespace {

constexpr std::size_t max_instructions = 200'000;

std::uint32_t align_up(std::uint32_t value, std::uint32_t alignment) {
    return (value + alignment - 1) / alignment * alignment;
}

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
        return true;
    default:
        return false;
    }
}

class Flattener {
public:
    Flattener(const isa::Program& program, std::uint32_t kernel) : program_(program), kernel_(kernel) {}

    std::expected<Flat, Unsupported> run() {
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
        return Flat{std::move(flat_), std::move(originals_)};
    }

private:
    /// Where the registers and frames of one inlined function lie in the flat one.
    struct Instance {
        const isa::Function* function = nullptr;
        bool entry = false;
        std::uint32_t registers = 0, local = 0, param = 0;
    };

    std::uint32_t reserve_local(std::uint32_t bytes) {
        const std::uint32_t at = align_up(flat_.local_bytes, 16);
        flat_.local_bytes = at + bytes;
        return at;
    }

    void stop(std::string what, const isa::Source& source) {
        if (!problem_) {
            problem_ = Unsupported{std::move(what), source};
        }
    }

    /// Appends the body of a function; `param` is where its parameter frame lies in the local frame.
    void append(std::uint32_t index, std::uint32_t param) {
        const isa::Function& function = program_.functions[index];
        if (std::ranges::find(active_, index) != active_.end()) {
            stop("recursion in " + function.name, function.source);
            return;
        }
        active_.push_back(index);
        Instance instance;
        instance.function = &function;
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
            relocate(instruction, instance);
            std::optional<std::uint32_t> skip;
            if (instruction.guard && needs_branch(instruction.opcode)) {
                skip = position();
                put_branch(instruction, !instruction.guard_negated);
                instruction.guard.reset();
            }
            if (instruction.opcode == Opcode::Call) {
                append_call(instruction, instance);
            } else if (instruction.opcode == Opcode::Ret && !instance.entry) {
                instruction.opcode = Opcode::Bra;
                instruction.targets = {0};
                returns.push_back(position());
                put(std::move(instruction), {index, i});
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
        active_.pop_back();
    }

    std::uint32_t position() const { return static_cast<std::uint32_t>(flat_.body.size()); }

    void put(Instruction instruction, Original original = {no_original, 0}) {
        flat_.body.push_back(std::move(instruction));
        originals_.push_back(original);
    }

    void put_branch(const Instruction& guarded, bool negated) {
        Instruction branch;
        branch.opcode = Opcode::Bra;
        branch.guard = guarded.guard;
        branch.guard_negated = negated;
        branch.source = guarded.source;
        branch.text = guarded.text;
        put(std::move(branch));
    }

    void append_call(const Instruction& instruction, const Instance& caller) {
        const isa::CallSite& site = caller.function->calls[instruction.call];
        if (!site.callee) {
            stop("an indirect call", instruction.source);
            return;
        }
        const isa::Function& callee = program_.functions[*site.callee];
        if (!callee.defined) {
            isa::CallSite moved = site;
            for (auto* slots : {&moved.arguments, &moved.returns}) {
                for (isa::ParamSlot& slot : *slots) {
                    slot.offset += caller.param;
                }
            }
            Instruction call = instruction;
            call.call = static_cast<std::uint32_t>(flat_.calls.size());
            flat_.calls.push_back(std::move(moved));
            put(std::move(call));
            return;
        }
        if (site.arguments.size() != callee.parameters.size() || site.returns.size() != callee.returns.size()) {
            stop("a call whose arguments do not fit " + callee.name, instruction.source);
            return;
        }
        const std::uint32_t frame = reserve_local(callee.frame_bytes);
        for (std::size_t i = 0; i < site.arguments.size(); ++i) {
            copy(site.arguments[i].offset + caller.param, callee.parameters[i].offset + frame,
                 std::min(site.arguments[i].bytes, callee.parameters[i].bytes), instruction);
        }
        append(*site.callee, frame);
        for (std::size_t i = 0; i < site.returns.size(); ++i) {
            copy(callee.returns[i].offset + frame, site.returns[i].offset + caller.param,
                 std::min(site.returns[i].bytes, callee.returns[i].bytes), instruction);
        }
    }

    /// Moves bytes within the local frame.
    void copy(std::uint32_t from, std::uint32_t to, std::uint32_t bytes, const Instruction& call) {
        for (std::uint32_t done = 0; done < bytes;) {
            std::uint32_t width = 8;
            while (width > bytes - done || (from + done) % width != 0 || (to + done) % width != 0) {
                width /= 2;
            }
            const isa::Type type = width == 8   ? isa::Type::B64
                                   : width == 4 ? isa::Type::B32
                                   : width == 2 ? isa::Type::B16
                                                : isa::Type::B8;
            const auto reg = static_cast<std::uint32_t>(flat_.registers.size());
            flat_.registers.push_back(width == 1 ? isa::Type::B16 : type);
            Operand value;
            value.kind = Operand::Kind::Register;
            value.index = reg;
            const auto address = [](std::uint32_t offset) {
                Operand inner;
                inner.kind = Operand::Kind::Local;
                inner.offset = offset;
                Operand outer;
                outer.kind = Operand::Kind::Address;
                outer.elements.push_back(std::move(inner));
                return outer;
            };
            Instruction load;
            load.opcode = Opcode::Ld;
            load.mod.type = type;
            load.mod.space = Space::Local;
            load.source = call.source;
            load.text = call.text;
            Instruction store = load;
            load.dst = {value};
            load.src = {address(from + done)};
            store.opcode = Opcode::St;
            store.src = {address(to + done), value};
            put(std::move(load));
            put(std::move(store));
            done += width;
        }
    }

    /// True if a .param address of this function names the launch's parameter block.
    static bool is_launch_parameter(const Instance& instance, std::int64_t offset) {
        return instance.entry && offset < static_cast<std::int64_t>(instance.function->parameter_bytes);
    }

    bool relocate(Operand& operand, const Instance& instance) {
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
        default:
            break;
        }
        for (Operand& element : operand.elements) {
            local = relocate(element, instance) || local;
        }
        return local;
    }

    void relocate(Instruction& instruction, const Instance& instance) {
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

    const isa::Program& program_;
    std::uint32_t kernel_;
    isa::Function flat_;
    std::vector<Original> originals_;
    std::vector<std::uint32_t> active_;
    std::optional<Unsupported> problem_;
};

} // namespace

std::expected<Flat, Unsupported> flatten(const isa::Program& program, std::uint32_t kernel) {
    return Flattener(program, kernel).run();
}

} // namespace assay::vgpu::codegen
