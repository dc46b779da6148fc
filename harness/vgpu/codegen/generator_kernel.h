// What the generator makes of a kernel and the block runtime runs.
#pragma once

#include <array>
#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <tuple>

#include "vgpu/codegen/analysis.h"
#include "vgpu/codegen/flatten.h"
#include "vgpu/codegen/generator.h"
#include "vgpu/codegen/runtime.h"
#include "vgpu/codegen/ssa.h"

namespace assay::vgpu::codegen {

/// Where code that counts does so: offsets into a worker's array of counters, by instruction of the flat function.
struct CounterMap {
    static constexpr std::uint32_t none = ~0u;
    std::uint32_t size = 0;              ///< counters in all
    std::vector<std::uint32_t> executed; ///< warp instructions, then thread instructions; shared by those of a block
    std::vector<std::uint32_t> parted;
    std::uint32_t access_size = 0; ///< AccessTallies in all
    std::vector<std::uint32_t> access;
    std::vector<CountedAccess> accesses; ///< what the code calls `accesses` (symbols.h)
    /// While code is emitted, so that its versions share them: the counters of a block, of an instruction with a guard.
    std::map<std::uint32_t, std::uint32_t> of_block, guarded;
};

/// The counters of a host thread.
struct Counts {
    explicit Counts(const CounterMap& map) : counters(map.size), accesses(map.access_size) {}
    std::vector<std::uint64_t> counters;
    std::vector<AccessTally> accesses;
};

/// Machine code for one shape of blocks and size of shared memory. Of its two versions the masked one is made when a
/// warp first needs it.
struct Code {
    Known known;
    KernelFunction together = nullptr; ///< for warps whose lanes are all there; null: the masked version runs them all
    mutable std::atomic<KernelFunction> masked = nullptr;
    mutable std::unique_ptr<Code> masked_code; ///< holds it, once it was made for itself
    std::uint32_t frame_bytes = frame_header;
    std::vector<Site> sites;      ///< what the code calls `sites` (symbols.h)
    CounterMap counters;          ///< of code that counts
    std::shared_ptr<void> memory; ///< keeps the machine code alive
};

class Kernel {
public:
    Kernel(const LoadedModule& module, std::uint32_t kernel, std::shared_ptr<const Flat> flat, Graph graph);

    /// The code for blocks of this shape, with so much dynamic shared memory; made when it is first asked for.
    /// Thread-safe.
    [[nodiscard]] const Code& code(Dim3 block, std::uint32_t dynamic_shared, Counting counting) const;
    /// The masked version of a code that `code` returned. Thread-safe.
    [[nodiscard]] KernelFunction masked(const Code& code) const;
    /// True if there is code that does not count for this shape.
    [[nodiscard]] bool has_code(Dim3 block, std::uint32_t dynamic_shared) const;
    /// Takes code that was made elsewhere, unless there is some already.
    void adopt(Dim3 block, std::uint32_t dynamic_shared, std::unique_ptr<Code> code) const;
    /// What launches of this shape have in common.
    [[nodiscard]] Known known(Dim3 block, std::uint32_t dynamic_shared, Counting counting) const;
    /// Bytes of local memory that each thread has.
    [[nodiscard]] std::uint32_t local_window() const;

    const LoadedModule* module;
    std::uint32_t index;
    std::shared_ptr<const Flat> body; ///< the nodes of `graph` point into it
    const isa::Function& flat;
    Graph graph;
    isa::SharedLayout shared;
    bool waits; ///< it may wait for other blocks, so that only their order makes sure that it ends (waits_for_others)

private:
    mutable std::mutex mutex_;
    mutable std::map<std::tuple<Dim3, std::uint32_t, Counting>, std::unique_ptr<Code>> codes_;
};

} // namespace assay::vgpu::codegen
