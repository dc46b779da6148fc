// Loops, the order in which blocks are laid out, and post-dominators.
#pragma once

#include <optional>
#include <vector>

#include "vgpu/codegen/ssa.h"

namespace assay::vgpu::codegen {

struct Loop {
    BlockId header = none;
    std::uint32_t parent = none; ///< index of the loop around it
    std::vector<bool> contains;  ///< by block
};

struct Structure {
    std::vector<Loop> loops;
    std::vector<std::uint32_t> loop_of;  ///< by block: the innermost loop, or none
    std::vector<BlockId> order;          ///< topological but for back edges; the blocks of a loop are contiguous
    std::vector<std::uint32_t> position; ///< by block: its place in `order`

    [[nodiscard]] bool inside(std::uint32_t loop, BlockId block) const { return loops[loop].contains[block]; }
};

/// Nullopt if the graph is irreducible: a loop with two entries.
[[nodiscard]] std::optional<Structure> find_structure(const Graph& graph);

/// The immediate post-dominator of each block; `graph.blocks.size()` stands for the end of the kernel.
///
/// Lanes that return do not have to be waited for, so a return is no end of its own where it can be helped: branches to
/// an empty returning block count as if they were not there, and of several returning blocks the last one stands for
/// the end. Blocks from which that end cannot be reached have the end itself. With `strict` every return leads to the
/// end.
[[nodiscard]] std::vector<BlockId> post_dominators(const Graph& graph, const Structure& structure, bool strict);

/// A block that does nothing but return.
[[nodiscard]] bool only_returns(const Block& block);

} // namespace assay::vgpu::codegen
