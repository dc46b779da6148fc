// What a running launch consists of, in the interpreter: threads with call frames, warps, blocks, barriers.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <vector>

#include "isa/evaluate.h"
#include "isa/program.h"
#include "vgpu/core/execution.h"
#include "vgpu/interpreter/checker.h"

namespace assay::vgpu::interpreter {

/// One activation of a function by one thread. Of the frames below the innermost, `position` stays on the call.
struct Frame {
    std::uint32_t function = 0;
    std::uint32_t position = 0; ///< index of the next instruction
    std::uint32_t local = 0;    ///< where the local frame starts in the thread's local window
    std::vector<isa::Value> registers;
    std::vector<std::uint32_t> doubts; ///< of checked mode: by register, the Thread's doubt that it depends on, or 0
    std::vector<std::byte> parameters; ///< the parameter frame; of a kernel its formals are copied from the launch
};

struct Thread {
    enum class State : std::uint8_t {
        Running,
        AtWarp,    ///< waits for other lanes at a warp-level instruction
        AtBarrier, ///< waits at bar.sync or bar.red
        AtCluster, ///< waits at barrier.cluster.wait
        Exited,
    };
    State state = State::Running;
    std::uint32_t lane = 0;             ///< in its warp
    std::uint32_t linear = 0;           ///< in its block, x fastest
    std::uint32_t wait_mask = 0;        ///< AtWarp: the lanes it waits for, itself included
    std::uint32_t barrier = 0;          ///< AtBarrier: which
    std::uint32_t cluster_arrivals = 0; ///< at the cluster's barrier
    Dim3 id{};
    isa::Flags flags;
    std::uint32_t depth = 0; ///< frames in use; what lies above is kept to be reused
    std::vector<Frame> frames;
    std::vector<Doubt> doubts;                     ///< of checked mode: number n is at n - 1, one for each instruction
    std::uint32_t doubt = 0;                       ///< of what the instruction that runs writes
    std::uint64_t last_step = 0, last_contact = 0; ///< of its warp, when it last ran

    [[nodiscard]] Frame& top() { return frames[depth - 1]; }
    [[nodiscard]] const Frame& top() const { return frames[depth - 1]; }
};

/// Up to 32 threads and how they are scheduled.
struct Warp {
    std::uint32_t index = 0; ///< in its block
    std::uint32_t first = 0; ///< linear index of lane 0
    std::uint32_t lanes = 0; ///< threads that exist; the last warp of a block may have fewer than 32
    std::uint64_t steps = 0; ///< instructions executed
    std::uint64_t contacts =
        0; ///< of these, those through which a thread can wait for another (atomics, volatile loads, ...)
    bool favouring = false; ///< a starved lane has its turn
    std::uint32_t favoured = 0;
    std::uint64_t turn_steps = 0, turn_contacts = 0; ///< when the turn ends
};

/// One of a block's 16 named barriers, between two completions.
struct Barrier {
    std::uint32_t expected = 0; ///< threads; 0: every thread of the block
    bool in_use = false;
    std::array<std::uint32_t, max_threads_per_block / warp_size> arrived{};    ///< lanes, by warp
    std::array<std::uint32_t, max_threads_per_block / warp_size> predicates{}; ///< of bar.red
};

struct Cluster;

struct Block {
    Dim3 id{};
    std::uint32_t rank = 0; ///< in its cluster
    Cluster* cluster = nullptr;
    std::vector<Thread> threads;
    std::vector<Warp> warps;
    std::array<Barrier, 16> barriers{};
    std::uint64_t index = 0;  ///< in the grid, x fastest
    BlockShadow shadow;       ///< of checked mode
    std::uint64_t shared = 0; ///< device address of the shared window
    std::uint64_t local = 0;  ///< device address of the first thread's local window
};

/// Blocks that are resident together; one block of a launch without clusters.
struct Cluster {
    std::vector<Block> blocks;          ///< by rank
    std::uint32_t completed_phases = 0; ///< of its barrier
    // Of checked mode:
    ClusterShadow shadow;
    /// The last copies that mbarriers have heard of, by the mbarrier's address, until somebody waits for one.
    std::unordered_map<std::uint64_t, Accessing> heard;
};

} // namespace assay::vgpu::interpreter
