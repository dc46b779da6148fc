// bar.sync, bar.arrive, bar.red and their barrier spellings (9.7.13.1).
//
// Arrivals are counted by thread. Without a count a barrier completes when every thread of the block that has not
// exited has arrived. With a count, a warp of which some lane has arrived stands for its full 32 threads less the lanes
// that are still to come, so that exited lanes and the missing lanes of a last warp are no obstacle.
#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include "vgpu/interpreter/machine.h"

namespace assay::vgpu::interpreter {

void Machine::arrive(const Context& context) {
    const isa::Instruction& instruction = context.instruction;
    const std::uint64_t index = read(context, instruction.src[0]).bits & 0xffffffffu;
    if (index >= context.block.barriers.size()) {
        fail(context, Fault::Kind::LaunchFailure, fmt::format("barrier {} of 16", index));
        return;
    }
    Barrier& barrier = context.block.barriers[index];
    if (!barrier.in_use) {
        barrier.in_use = true;
        barrier.expected = static_cast<std::uint32_t>(read(context, instruction.src[1]).bits); // 0: no count
    }
    const Lanes bit = 1u << context.thread.lane;
    barrier.arrived[context.warp.index] |= bit;
    if (instruction.src.size() > 2 && read(context, instruction.src[2]).bits != 0) {
        barrier.predicates[context.warp.index] |= bit;
    }
    if (instruction.mod.bar == isa::BarMode::Arrive) {
        ++context.thread.top().position;
        return;
    }
    context.thread.barrier = static_cast<std::uint32_t>(index);
    context.thread.state = Thread::State::AtBarrier;
}

void Machine::complete_barriers(Block& block) {
    for (std::uint32_t index = 0; index < block.barriers.size(); ++index) {
        const Barrier& barrier = block.barriers[index];
        if (!barrier.in_use) {
            continue;
        }
        std::uint32_t arrived = 0, missing = 0;
        for (const Warp& warp : block.warps) {
            const Lanes lanes = barrier.arrived[warp.index];
            const auto to_come = static_cast<std::uint32_t>(std::popcount(alive(block, warp) & ~lanes));
            missing += to_come;
            arrived += lanes != 0 ? warp_size - to_come : 0;
        }
        if (barrier.expected == 0 ? missing == 0 : arrived >= barrier.expected) {
            complete(block, index);
        }
    }
}

void Machine::complete(Block& block, std::uint32_t index) {
    if (launch_.checker != nullptr) {
        check_barrier(block, index);
    }
    Barrier& barrier = block.barriers[index];
    std::uint32_t arrived = 0, holding = 0;
    for (const Warp& warp : block.warps) {
        arrived += static_cast<std::uint32_t>(std::popcount(barrier.arrived[warp.index]));
        holding += static_cast<std::uint32_t>(std::popcount(barrier.predicates[warp.index]));
    }
    for (Warp& warp : block.warps) {
        for_each_lane(alive(block, warp), [&](std::uint32_t lane) {
            const Context context = context_of(block, warp, lane);
            if (context.thread.state != Thread::State::AtBarrier || context.thread.barrier != index) {
                return;
            }
            switch (context.instruction.mod.bar) {
            case isa::BarMode::RedPopc:
                write(context, context.instruction.dst[0], {holding});
                break;
            case isa::BarMode::RedAnd:
                write(context, context.instruction.dst[0], {holding == arrived ? 1ull : 0ull});
                break;
            case isa::BarMode::RedOr:
                write(context, context.instruction.dst[0], {holding != 0 ? 1ull : 0ull});
                break;
            case isa::BarMode::Sync:
            case isa::BarMode::Arrive:
                break;
            }
            context.thread.state = Thread::State::Running;
            ++context.thread.top().position;
        });
    }
    barrier = {};
}

/// barrier.cluster (9.7.13.4): arriving never waits; waiting is for the arrivals of all threads that have not exited.
void Machine::arrive_in_cluster(const Context& context) {
    if (context.instruction.mod.bar == isa::BarMode::Arrive) {
        ++context.thread.cluster_arrivals;
        ++context.thread.top().position;
        return;
    }
    context.thread.state = Thread::State::AtCluster;
}

void Machine::complete_cluster_barrier(Cluster& cluster) {
    std::uint32_t fewest = std::numeric_limits<std::uint32_t>::max();
    for (const Block& block : cluster.blocks) {
        for (const Thread& thread : block.threads) {
            fewest = thread.state == Thread::State::Exited ? fewest : std::min(fewest, thread.cluster_arrivals);
        }
    }
    if (fewest > cluster.completed_phases && launch_.checker != nullptr) {
        check_cluster_barrier(cluster);
    }
    cluster.completed_phases = fewest;
    for (Block& block : cluster.blocks) {
        for (Thread& thread : block.threads) {
            if (thread.state == Thread::State::AtCluster && thread.cluster_arrivals <= fewest) {
                thread.state = Thread::State::Running;
                ++thread.top().position;
            }
        }
    }
}

} // namespace assay::vgpu::interpreter
