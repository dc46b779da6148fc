// Checked mode (checker.h): what the interpreter tells the checker.
#include <algorithm>
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
    std::string unwritten;
    auto& blocks = context.block.cluster->blocks;
    const auto owner =
        std::ranges::find_if(blocks, [&](const Block& block) { return address - block.shared < shared_bytes_; });
    if (owner != blocks.end()) {
        access.address = address - owner->shared;
        unwritten = launch_.checker->shared_access(shadow, owner->shadow, access);
    } else {
        access.address = address;
        unwritten = launch_.checker->global_access(shadow, access);
    }
    if (!unwritten.empty() && context.instruction.opcode == isa::Opcode::Ld) {
        begin_doubt(context, access, std::move(unwritten));
    } else if (!unwritten.empty()) {
        launch_.checker->report(Finding::Kind::UninitialisedRead, access, unwritten);
    }
    // A lock is taken by cas or exch and may be given back by any of them; counters that blocks wait for are updated.
    if (use == Use::Atomic && (mod.atomic == isa::AtomicOp::Cas || mod.atomic == isa::AtomicOp::Exch)) {
        Checker::synchronise(shadow);
    } else if (use == Use::Atomic || mod.semantics != isa::Semantics::Weak) {
        shadow.synchronised = true;
    }
}

// Doubts: what depends on bytes that nothing has written

void Machine::begin_doubt(const Context& context, const Accessing& access, std::string what) {
    std::vector<Doubt>& doubts = context.thread.doubts;
    auto of_instruction =
        std::ranges::find(doubts, access.instruction, [](const Doubt& doubt) { return doubt.access.instruction; });
    if (of_instruction == doubts.end()) {
        of_instruction = doubts.insert(doubts.end(), Doubt{});
    }
    *of_instruction = {access, std::move(what)};
    context.thread.doubt = static_cast<std::uint32_t>(of_instruction - doubts.begin()) + 1;
}

/// It matters what a doubtful value is.
void Machine::settle(const Context& context, std::uint32_t doubt) {
    if (doubt != 0) {
        const Doubt& about = context.thread.doubts[doubt - 1];
        launch_.checker->report(Finding::Kind::UninitialisedRead, about.access, about.what);
    }
}

void Machine::settle(const Context& context, const isa::Operand& operand) {
    if (operand.kind == isa::Operand::Kind::Register) {
        settle(context, context.thread.top().doubts[operand.index]);
    }
    for (const isa::Operand& element : operand.elements) {
        settle(context, element);
    }
}

/// Of an instruction that computes: the doubt that its result is in.
std::uint32_t Machine::doubt_of(const Context& context) const {
    const auto& src = context.instruction.src;
    const std::vector<std::uint32_t>& doubts = context.thread.top().doubts;
    const auto of = [&](const isa::Operand& operand) {
        return operand.kind == isa::Operand::Kind::Register ? doubts[operand.index] : 0;
    };
    const auto is = [&](const isa::Operand& operand, std::uint64_t bits) {
        return of(operand) == 0 && read(context, operand).bits == bits;
    };
    switch (context.instruction.opcode) {
    case isa::Opcode::Selp:
        return of(src[2]) != 0 ? of(src[2]) : of(read(context, src[2]).bits != 0 ? src[0] : src[1]);
    case isa::Opcode::And:
        if (is(src[0], 0) || is(src[1], 0)) {
            return 0;
        }
        break;
    case isa::Opcode::Or:
        if (context.instruction.mod.type == isa::Type::Pred && (is(src[0], 1) || is(src[1], 1))) {
            return 0;
        }
        break;
    default:
        break;
    }
    for (const isa::Operand& operand : src) {
        for (const isa::Operand& element : operand.elements) {
            if (of(element) != 0) {
                return of(element);
            }
        }
        if (of(operand) != 0) {
            return of(operand);
        }
    }
    return 0;
}

void Machine::check_sources(const Context& context) {
    context.thread.doubt = 0;
    if (isa::is_pure(context.instruction)) {
        context.thread.doubt = doubt_of(context);
        return;
    }
    for (const isa::Operand& operand : context.instruction.src) {
        settle(context, operand);
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

void Machine::start_checks(Cluster& cluster, std::uint64_t index) const {
    const auto threads = static_cast<std::uint32_t>(cluster.blocks.front().threads.size());
    cluster.shadow.index = index;
    cluster.shadow.phases = 0;
    cluster.heard.clear();
    cluster.shadow.order.start(threads * static_cast<std::uint32_t>(cluster.blocks.size()));
    for (Block& block : cluster.blocks) {
        Checker::start_block(block.shadow, shared_bytes_, cluster.shadow, block.rank * threads, threads);
    }
}

/// The threads of a cluster have ended, and with them its shared memory.
void Machine::check_end(const Cluster& cluster) const {
    for (const auto& [mbarrier, copy] : cluster.heard) {
        launch_.checker->report(Finding::Kind::UnfinishedCopy, copy,
                                fmt::format("nobody has waited for `{}` when its block ends", copy.instruction->text));
    }
}

/// The lanes of a warp have come to a warp-level instruction, or have executed it.
void Machine::check_meeting(Block& block, const Warp& warp) const {
    if (launch_.checker != nullptr) {
        Checker::meet(block.shadow, warp.index);
    }
}

/// An asynchronous copy reads or writes these bytes, or signals there.
void Machine::check_copied(const Context& context, const std::byte* at, std::uint64_t bytes) const {
    const auto address = reinterpret_cast<std::uint64_t>(at);
    for (Block& block : context.block.cluster->blocks) {
        if (address - block.shared < shared_bytes_) {
            Checker::written(block.shadow, address - block.shared, bytes);
            return;
        }
    }
    launch_.checker->written(address, bytes);
}

/// An mbarrier orders what comes before an arrival before what comes after a wait. `at`: its place; `done`: of a wait,
/// the phase has ended.
void Machine::check_mbarrier(const Context& context, std::uint64_t at, bool done) {
    using enum isa::MbarrierMode;
    BlockShadow& shadow = context.block.shadow;
    HappensBefore& order = shadow.cluster->order;
    const std::uint32_t agent = shadow.first_agent + context.thread.linear;
    switch (context.instruction.mod.mbarrier) {
    case Init:
    case Inval:
        order.initialise(at);
        context.block.cluster->heard.erase(at);
        break;
    case Arrive:
    case ArriveDrop:
    case ArriveExpectTx:
    case ArriveDropExpectTx:
        order.arrive(agent, at);
        break;
    case ArriveCopies:
    case ArriveCopiesNoinc:
        Checker::all_copies_awaited(shadow, context.thread.linear);
        order.arrive(agent, at);
        break;
    case TestWait:
    case TestParity:
        if (done) {
            order.wait(agent, at);
            context.block.cluster->heard.erase(at);
        }
        break;
    case ExpectTx:
    case CompleteTx:
    case PendingCount:
        break;
    }
}

/// All threads of the cluster have come to its barrier once more.
void Machine::check_cluster_barrier(Cluster& cluster) {
    ++cluster.shadow.phases;
    for (Block& block : cluster.blocks) {
        Checker::barrier(block.shadow);
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
