// The interpreter's machine: one launch, its resident blocks, and the instructions.
//
// Its parts are files: `machine.cpp` (operands, special registers, faults), `schedule.cpp` (which block, warp and lanes
// run next, warp-level rendezvous), `barrier.cpp`, `step.cpp` (one instruction for the lanes that share a position;
// control flow), `access.cpp` (addresses, loads, stores, atomics), `warp.cpp` (shuffles, votes and kin), `matrix.cpp`,
// `count.cpp` (counters) and `check.cpp` (checked mode, with `checker.h`).
#pragma once

#include <bit>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "isa/evaluate.h"
#include "isa/program.h"
#include "vgpu/core/cost.h"
#include "vgpu/core/execution.h"
#include "vgpu/interpreter/state.h"

namespace assay::vgpu::interpreter {

/// A set of lanes of a warp, lane 0 in bit 0.
using Lanes = std::uint32_t;
inline constexpr Lanes all_lanes = 0xffffffffu;

/// Calls `use(lane)` for each lane of the set, lowest first.
template <class Use> void for_each_lane(Lanes lanes, Use use) {
    for (; lanes != 0; lanes &= lanes - 1) {
        use(static_cast<std::uint32_t>(std::countr_zero(lanes)));
    }
}

/// A thread about to execute an instruction.
struct Context {
    Block& block;
    Warp& warp;
    Thread& thread;
    const isa::Instruction& instruction;
};

class Machine {
public:
    explicit Machine(const Launch& launch);
    ~Machine();
    Machine(const Machine&) = delete;
    Machine& operator=(const Machine&) = delete;

    [[nodiscard]] std::optional<Fault> run();

private:
    // machine.cpp
    void fail(const Context& context, Fault::Kind kind, const std::string& what, std::uint64_t address = 0);
    [[nodiscard]] const isa::Function& function_of(const Thread& thread) const;
    [[nodiscard]] const isa::Instruction& instruction_of(const Thread& thread) const;
    [[nodiscard]] Context context_of(Block& block, Warp& warp, std::uint32_t lane) const;
    [[nodiscard]] isa::Value read(const Context& context, const isa::Operand& operand) const;
    [[nodiscard]] std::uint64_t read_special(const Context& context, const isa::Operand& operand) const;
    /// The elements of the operands one after the other; how many were written to `out`.
    std::size_t read_all(const Context& context, std::span<const isa::Operand> operands,
                         std::span<isa::Value> out) const;
    void write(const Context& context, const isa::Operand& operand, isa::Value value) const;
    /// The reverse of read_all.
    void write_all(const Context& context, std::span<const isa::Operand> operands,
                   std::span<const isa::Value> in) const;
    [[nodiscard]] bool guard_holds(const Context& context) const;

    // schedule.cpp
    enum class Turn : std::uint8_t {
        Finished,
        Yielded,
        Stuck, ///< every thread that is left waits
    };
    [[nodiscard]] bool start_cluster(Cluster& cluster, std::uint64_t index);
    [[nodiscard]] bool start_block(Block& block);
    void start_checks(Cluster& cluster, std::uint64_t index) const;
    [[nodiscard]] Turn run_cluster(Cluster& cluster);
    [[nodiscard]] Turn run_block(Block& block);
    [[nodiscard]] bool run_warp(Block& block, Warp& warp);
    [[nodiscard]] Lanes running(const Block& block, const Warp& warp) const;
    [[nodiscard]] Lanes alive(const Block& block, const Warp& warp) const;
    [[nodiscard]] Lanes choose(Block& block, Warp& warp) const;
    void report_deadlock(Block& block);
    /// A fault of one of its threads that run.
    void report_late(Block& block);
    [[nodiscard]] Lanes member_mask(const Context& context, Lanes together) const;
    /// Marks lanes as waiting at a warp-level instruction; `lanes` share it, each names its own mask.
    void wait_at_warp(Block& block, Warp& warp, Lanes lanes);
    /// Executes the warp-level instructions whose lanes have all come.
    void meet(Block& block, Warp& warp);

    // barrier.cpp
    void arrive(const Context& context);
    void complete_barriers(Block& block);
    void complete(Block& block, std::uint32_t index);
    void arrive_in_cluster(const Context& context);
    /// Releases the threads that wait for arrivals which have all happened.
    void complete_cluster_barrier(Cluster& cluster);

    // step.cpp
    void step(Block& block, Warp& warp, Lanes group);
    /// Counts an instruction that `group` has come to and `active` execute.
    void count(Block& block, Warp& warp, const isa::Instruction& instruction, Lanes group, Lanes active);
    void count_access(Block& block, Warp& warp, const AccessShape& shape, Lanes active, AccessTally& tally);
    void execute(const Context& context);
    void execute_pure(const Context& context);
    void call(const Context& context);
    void call_undefined(const Context& context, const isa::CallSite& site, const isa::Function& callee);
    void enter(const Context& context, const isa::CallSite& site, std::uint32_t callee);
    void leave(const Context& context);
    void exit(const Context& context);

    // access.cpp
    /// Where `bytes` at `address` of `space` are, checked; null after a fault.
    [[nodiscard]] std::byte* resolve(const Context& context, isa::Space space, std::uint64_t address,
                                     std::uint64_t bytes);
    /// The same for a range that is aligned to less than its length.
    [[nodiscard]] std::byte* resolve_range(const Context& context, isa::Space space, std::uint64_t address,
                                           std::uint64_t bytes, std::uint64_t alignment);
    [[nodiscard]] std::byte* resolve_generic(const Context& context, isa::Space space, std::uint64_t address,
                                             std::uint64_t bytes);
    [[nodiscard]] std::uint64_t address_of(const Context& context, const isa::Operand& operand) const;
    void load(const Context& context);
    void store(const Context& context);
    void atomic(const Context& context);
    void copy_async(const Context& context);
    /// Checked mode: the thread is about to make this access; `after` is what it writes.
    void observe(const Context& context, const std::byte* at, std::uint64_t bytes, Use use,
                 const std::byte* after = nullptr);
    /// Checked mode: before an instruction is executed.
    void check_sources(const Context& context);
    void settle(const Context& context, std::uint32_t doubt);
    void settle(const Context& context, const isa::Operand& operand);
    [[nodiscard]] std::uint32_t doubt_of(const Context& context) const;
    static void begin_doubt(const Context& context, const Accessing& access, std::string what);
    [[nodiscard]] Accessing accessing(const Context& context) const;
    void check_order(const Context& context);
    void check_end(const Cluster& cluster) const;
    void check_meeting(Block& block, const Warp& warp) const;
    void check_copied(const Context& context, const std::byte* at, std::uint64_t bytes) const;
    void check_mbarrier(const Context& context, std::uint64_t at, bool done);
    static void check_cluster_barrier(Cluster& cluster);
    void check_barrier(Block& block, std::uint32_t index);
    void convert_address(const Context& context);
    void is_in_space(const Context& context);
    [[nodiscard]] std::uint64_t local_window(const Context& context) const;

    /// The device address of a shared address: an offset in the block's own window, or with the rank of a block of the
    /// cluster above it (`cluster_rank_shift`). nullopt when there is no such block.
    [[nodiscard]] std::optional<std::uint64_t> shared_address(const Context& context, std::uint64_t address) const;
    void map_rank(const Context& context);
    void find_rank(const Context& context);

    // async.cpp
    class Access;
    void execute_async(const Context& context);
    void multiply_warpgroup(Block& block, Warp& warp, Lanes lanes);

    // warp.cpp
    void execute_warp(Block& block, Warp& warp, Lanes lanes);
    void shuffle(Block& block, Warp& warp, Lanes lanes);
    void vote(Block& block, Warp& warp, Lanes lanes);
    void match(Block& block, Warp& warp, Lanes lanes);
    void reduce(Block& block, Warp& warp, Lanes lanes);
    void elect(Block& block, Warp& warp, Lanes lanes);

    // matrix.cpp
    void matrix(Block& block, Warp& warp, Lanes lanes);
    void multiply_matrices(Block& block, Warp& warp, Lanes lanes);
    void move_fragment(const Context& context);
    void move_rows(Block& block, Warp& warp, Lanes lanes);

    /// Bytes of the local window of a thread; at most this much of it where calls are unbounded.
    static constexpr std::uint32_t unbounded_stack = 16 * 1024;
    /// What a test of an unfinished mbarrier counts for among a warp's contacts: enough to give way at once.
    static constexpr std::uint64_t patience = 256;
    static constexpr std::uint32_t max_call_depth = 512;

    const Launch& launch_;
    const isa::Program& program_;
    isa::SharedLayout layout_;
    std::uint32_t shared_bytes_ = 0;     ///< of a block's window
    std::uint32_t local_bytes_ = 0;      ///< of a thread's window
    std::uint64_t clock_ = 0;            ///< warp instructions executed, what %clock reads
    std::vector<std::uint64_t> windows_; ///< allocations of blocks' windows, by slot
    std::optional<Fault> fault_;

    /// Allocations met of late: the search of Memory takes a lock.
    struct Known {
        std::uint64_t address = 0, bytes = 0;
        bool window = false;
    };
    std::vector<Known> known_;
};

} // namespace assay::vgpu::interpreter
