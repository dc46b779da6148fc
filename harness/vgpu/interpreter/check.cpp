// Checked mode (checker.h): what the interpreter tells the checker.
#include <bit>
#include <optional>

#include <fmt/format.h>

#include "isa/decode.h"
#include "vgpu/interpreter/machine.h"

namespace assay::vgpu::interpreter {

Accessing Machine::accessing(const Context& context) const {
    return {.instruction = &context.instruction,
            .block = context.block.id,
            .thread = context.thread.id,
            .block_index = context.block.index,
            .linear = context.thread.linear};
}

void Machine::observe(const Context& context, const std::byte* at, std::uint64_t bytes, Use use,
                      const std::byte* after) {
    if (launch_.checker == nullptr) {
        return;
    }
    const isa::Modifiers& mod = context.instruction.mod;
    const auto address = reinterpret_cast<std::uint64_t>(at);
    Accessing access = accessing(context);
    access.use = use;
    access.bytes = bytes;
    access.before = at;
    access.after = after;
    if (mod.space == isa::Space::Param || mod.space == isa::Space::Local ||
        address - local_window(context) < local_bytes_) {
        return;
    }
    BlockShadow& shadow = context.block.shadow;
    if (address - context.block.shared < shared_bytes_) {
        access.address = address - context.block.shared;
        launch_.checker->shared_access(shadow, access);
    } else {
        access.address = address;
        launch_.checker->global_access(shadow, access);
    }
    // A lock is taken by cas or exch and may be given back by any of them; counters that blocks wait for are updated.
    if (use == Use::Atomic && (mod.atomic == isa::AtomicOp::Cas || mod.atomic == isa::AtomicOp::Exch)) {
        Checker::synchronise(shadow);
    } else if (use == Use::Atomic || mod.semantics != isa::Semantics::Weak) {
        shadow.synchronised = true;
    }
}

/// Instructions that do nothing here but order what comes before and after.
void Machine::check_order(const Context& context) {
    BlockShadow& shadow = context.block.shadow;
    const std::uint32_t thread = context.thread.linear;
    switch (context.instruction.opcode) {
    case isa::Opcode::CpAsyncCommit:
        Checker::copies_committed(shadow, thread);
        break;
    case isa::Opcode::CpAsyncWait:
        Checker::copies_awaited(shadow, thread, context.instruction.mod.immediate);
        break;
    case isa::Opcode::CpAsyncWaitAll:
        Checker::all_copies_awaited(shadow, thread);
        break;
    default:
        Checker::synchronise(shadow);
        break;
    }
}

/// Lanes of one warp that wait at different barrier instructions were taken apart by a branch.
void Machine::check_barrier(Block& block, std::uint32_t index) {
    Checker::barrier(block.shadow);
    for (Warp& warp : block.warps) {
        std::optional<std::uint32_t> first;
        for_each_lane(alive(block, warp), [&](std::uint32_t lane) {
            const Context context = context_of(block, warp, lane);
            if (context.thread.state != Thread::State::AtBarrier || context.thread.barrier != index ||
                !context.instruction.mod.aligned) {
                return;
            }
            if (!first) {
                first = lane;
                return;
            }
            const Context other = context_of(block, warp, *first);
            if (&other.instruction != &context.instruction) {
                launch_.checker->report(
                    Finding::Kind::BarrierDivergence, accessing(context),
                    fmt::format("`{}` (barrier {}) is completed by lanes of one warp that stand at different places; "
                                "lane {} is at {}",
                                context.instruction.text, index, *first,
                                isa::describe(program_, other.instruction.source)),
                    &other.instruction);
            }
        });
    }
}

} // namespace assay::vgpu::interpreter
