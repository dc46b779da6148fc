// What the generator makes of a kernel and the block runtime runs.
#pragma once

#include <array>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <tuple>

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
    std::deque<CountedAccess> accesses; ///< the code holds their addresses
};

/// The counters of a host thread.
struct Counts {
    explicit Counts(const CounterMap& map) : counters(map.size), accesses(map.access_size) {}
    std::vector<std::uint64_t> counters;
    std::vector<AccessTally> accesses;
};

/// Machine code for one shape of blocks and size of shared memory.
struct Code {
    KernelFunction function = nullptr;
    std::uint32_t frame_bytes = frame_header;
    std::deque<Site> sites;       ///< the code holds their addresses
    CounterMap counters;          ///< of code that counts
    std::shared_ptr<void> memory; ///< keeps the machine code alive
};

class Kernel {
public:
    Kernel(const LoadedModule& module, std::uint32_t kernel, std::shared_ptr<const Flat> flat, Graph graph);

    /// The code for blocks of this shape, with so much dynamic shared memory; made when it is first asked for.
    /// Thread-safe.
    [[nodiscard]] const Code& code(Dim3 block, std::uint32_t dynamic_shared, Counting counting) const;
    /// Bytes of local memory that each thread has.
    [[nodiscard]] std::uint32_t local_window() const;

    const LoadedModule* module;
    std::uint32_t index;
    std::shared_ptr<const Flat> body; ///< the nodes of `graph` point into it
    const isa::Function& flat;
    Graph graph;
    isa::SharedLayout shared;

private:
    mutable std::mutex mutex_;
    mutable std::map<std::tuple<Dim3, std::uint32_t, Counting>, std::unique_ptr<Code>> codes_;
};

} // namespace assay::vgpu::codegen
