// What the generator makes of a kernel and the block runtime runs.
#pragma once

#include <array>
#include <deque>
#include <map>
#include <memory>
#include <mutex>

#include "vgpu/codegen/generator.h"
#include "vgpu/codegen/runtime.h"
#include "vgpu/codegen/ssa.h"

namespace assay::vgpu::codegen {

/// Machine code for one shape of blocks and size of shared memory.
struct Code {
    KernelFunction function = nullptr;
    std::uint32_t frame_bytes = frame_header;
    std::deque<Site> sites;       ///< the code holds their addresses
    std::shared_ptr<void> memory; ///< keeps the machine code alive
};

class Kernel {
public:
    Kernel(const LoadedModule& module, std::uint32_t kernel, std::shared_ptr<const isa::Function> flat, Graph graph);

    /// The code for blocks of this shape, with so much dynamic shared memory; made when it is first asked for.
    /// Thread-safe.
    [[nodiscard]] const Code& code(Dim3 block, std::uint32_t dynamic_shared) const;
    /// Bytes of local memory that each thread has.
    [[nodiscard]] std::uint32_t local_window() const;

    const LoadedModule* module;
    std::uint32_t index;
    std::shared_ptr<const isa::Function> body; ///< the nodes of `graph` point into it
    const isa::Function& flat;
    Graph graph;
    isa::SharedLayout shared;

private:
    mutable std::mutex mutex_;
    mutable std::map<std::pair<Dim3, std::uint32_t>, std::unique_ptr<Code>> codes_;
};

} // namespace assay::vgpu::codegen
