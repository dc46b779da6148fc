// What the ISA calls asynchronous: mbarriers, bulk and tensor copies, st.async and red.async (9.7.9.25, 9.7.9.27,
// 9.7.13.15), and wgmma (9.7.15), for both engines.
//
// Each completes when it is issued, which is one of the orders that the ISA allows: bytes move, then the mbarrier hears
// of them. Shared memory of a cluster is one address space, an offset with the block's rank plus one above it (0: the
// block itself), so a multicast is the same copy to the same offset of several blocks.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "isa/program.h"
#include "vgpu/core/execution.h"

namespace assay::vgpu {

inline constexpr unsigned cluster_rank_shift = 24;

/// What an engine lends to these instructions: the memory of a thread, and a place for its fault.
class ThreadMemory {
public:
    virtual ~ThreadMemory() = default;
    /// Where `bytes` at `address` of a state space lie, checked; null after a fault.
    [[nodiscard]] virtual std::byte* resolve(isa::Space space, std::uint64_t address, std::uint64_t bytes,
                                             std::uint64_t alignment) = 0;
    virtual void fail(Fault::Kind kind, const std::string& what) = 0;
    /// Called when the mbarrier that lies there has heard of bytes that came.
    virtual void heard(const std::byte* /*mbarrier*/) {}
};

/// mbarrier, cp.async.bulk, cp.async.bulk.tensor, st.async, red.async: the instruction of one thread. `sources` are the
/// values of its operands, those of vectors one after the other, absent ones zero; `result` what it writes. False after
/// a fault.
[[nodiscard]] bool run_async(ThreadMemory& memory, const isa::Instruction& instruction,
                             std::span<const std::uint64_t> sources, std::uint64_t& result);

/// True for a test of an mbarrier's phase that found it unfinished: others have to come first.
[[nodiscard]] inline bool has_to_wait(const isa::Instruction& instruction, std::uint64_t result) {
    return instruction.opcode == isa::Opcode::Mbarrier && result == 0 &&
           (instruction.mod.mbarrier == isa::MbarrierMode::TestWait ||
            instruction.mod.mbarrier == isa::MbarrierMode::TestParity);
}

/// wgmma.mma_async for the 16 rows of one warp. `a`: the descriptor, or the four registers of each lane (register i of
/// lane l at 32 i + l); `d`: the accumulators, likewise, replaced. False after a fault.
[[nodiscard]] bool run_wgmma(ThreadMemory& memory, const isa::Instruction& instruction, std::uint32_t warp,
                             std::span<const std::uint64_t> a, std::uint64_t descriptor_b, bool accumulates,
                             std::span<std::uint64_t> d);

} // namespace assay::vgpu
