// Counting (core/tally.h): the interpreter's own way, one instruction after the other.
#include <array>
#include <bit>

#include "vgpu/core/footprint.h"
#include "vgpu/interpreter/machine.h"

namespace assay::vgpu::interpreter {

void Machine::count(Block& block, Warp& warp, const isa::Instruction& instruction, Lanes group, Lanes active) {
    const Frame& frame = block.threads[warp.first + static_cast<std::uint32_t>(std::countr_zero(group))].top();
    if (frame.position >= program_.functions[frame.function].body.size() || // falling off the end is a ret
        cost_of(instruction).kind == InstructionClass::Uncounted) {
        return;
    }
    Tally& tally = launch_.tallies->of[frame.function][frame.position];
    const bool branches = instruction.opcode == isa::Opcode::Bra;
    const Lanes lanes = branches ? group : active;
    tally.warps += lanes != 0 ? 1 : 0;
    tally.threads += static_cast<std::uint64_t>(std::popcount(lanes));
    if (branches) {
        const bool goes_elsewhere = instruction.targets[0] != frame.position + 1;
        tally.parted += goes_elsewhere && active != 0 && active != group ? 1 : 0;
    } else if (instruction.opcode == isa::Opcode::BrxIdx) {
        std::optional<std::uint32_t> target;
        bool part = false;
        for_each_lane(active, [&](std::uint32_t lane) {
            const Context context = context_of(block, warp, lane);
            const std::uint64_t index = read(context, instruction.src[0]).bits & 0xffffffffu;
            const std::uint32_t to = index < instruction.targets.size() ? instruction.targets[index] : ~0u;
            part |= target && *target != to;
            target = to;
        });
        tally.parted += part ? 1 : 0;
    }
    if (launch_.counting == Counting::Accesses) {
        for (const AccessShape& shape : accesses_of(instruction)) {
            count_access(block, warp, shape, active, tally.access);
        }
    }
}

void Machine::count_access(Block& block, Warp& warp, const AccessShape& shape, Lanes active, AccessTally& tally) {
    std::array<std::uint64_t, warp_size> addresses{};
    for_each_lane(active, [&](std::uint32_t lane) {
        const Context context = context_of(block, warp, lane);
        addresses[lane] = read(context, context.instruction.src[shape.operand]).bits;
    });
    add_access(tally, shape.space, shape.bytes, active & shape.lanes, addresses.data(),
               {.shared = block.shared,
                .shared_bytes = shared_bytes_,
                .local = block.local,
                .local_bytes = std::uint64_t{local_bytes_} * block.threads.size()});
    if (Footprint* const footprint = Footprint::taken(); footprint != nullptr && may_be_global(shape)) {
        footprint->add(shape.use, shape.bytes, active & shape.lanes, addresses.data());
    }
}

} // namespace assay::vgpu::interpreter
