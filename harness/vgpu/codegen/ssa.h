// A kernel in static single assignment form: what the analyses and the emitter read.
//
// NVRTC re-uses virtual registers, so a register says little about the values that pass through it. Here every
// definition is a value of its own, and a value's shape (uniform, affine in the lane, anything) is a fact about it.
//
// The graph is made of the instructions of one flat function (`flatten.h`): nodes keep a pointer to theirs, operands
// that are registers are replaced by values. A block ends where control can leave, where a branch enters, after a
// barrier at which a warp can wait, and, where loops can wait for other threads, in front of what lanes do together.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <vector>

#include "isa/program.h"
#include "vgpu/codegen/generator.h"

namespace assay::vgpu::codegen {

using ValueId = std::uint32_t;
using BlockId = std::uint32_t;
inline constexpr std::uint32_t none = ~0u;

/// One source of a node: a scalar operand, an element of a vector, or an address (whose register, if any, is `value`).
struct Leaf {
    const isa::Operand* operand = nullptr; ///< null: the carry flag
    ValueId value = none;                  ///< of the register inside; none if there is no register
};

struct Node {
    const isa::Instruction* instruction = nullptr;
    std::vector<Leaf> src;         ///< flattened: the elements of a vector one after the other
    std::vector<ValueId> dst;      ///< likewise; `none` for the sink. The carry comes last where there is one
    ValueId guard = none;          ///< the predicate of `@p`; the negation is the instruction's
    std::vector<ValueId> previous; ///< with a guard: what each dst was before
};

struct Phi {
    ValueId result = none;
    std::uint32_t reg = 0;
    std::vector<ValueId> incoming; ///< by predecessor
};

struct Terminator {
    enum class Kind : std::uint8_t {
        Jump,   ///< to the one successor
        Branch, ///< successors are {taken, not taken}
        Switch, ///< brx.idx: `table` says which successor an index takes
        Return, ///< no successor
    };
    Kind kind = Kind::Return;
    ValueId condition = none; ///< of Branch a predicate, of Switch an index
    bool negated = false;
    std::vector<std::uint32_t> table;
    isa::Source source;
};

struct Block {
    std::vector<Phi> phis;
    std::vector<Node> nodes;
    std::vector<BlockId> predecessors, successors; ///< without repetition
    std::uint32_t first = 0, last = 0; ///< its instructions in the flat function, terminator included: [first, last)
    Terminator end;
    bool waits = false; ///< its last node is a barrier at which the warp may have to wait
};

struct Definition {
    enum class Kind : std::uint8_t { Undefined, Result, Phi };
    Kind kind = Kind::Undefined;
    BlockId block = 0;
    std::uint32_t index = 0;  ///< of the node or the phi
    std::uint32_t result = 0; ///< which dst of the node
    std::uint32_t bits = 32;  ///< width of its register; a predicate has 1
};

struct Graph {
    std::vector<Block> blocks; ///< blocks[0] is the entry and has no predecessor
    std::vector<Definition> values;

    [[nodiscard]] const Node& node_of(ValueId value) const {
        return blocks[values[value].block].nodes[values[value].index];
    }
};

/// Values a node reads: sources, guard, previous values.
template <class Visit> void each_use(const Node& node, Visit visit) {
    for (const Leaf& leaf : node.src) {
        if (leaf.value != none) {
            visit(leaf.value);
        }
    }
    if (node.guard != none) {
        visit(node.guard);
        for (const ValueId value : node.previous) {
            if (value != none) {
                visit(value);
            }
        }
    }
}

/// The form of a flat function. A register that is read before it is written is an Undefined value (zero).
[[nodiscard]] Graph build_graph(const isa::Function& function);

/// Removes what no effect depends on.
void remove_dead(Graph& graph);

/// True if the instruction does something besides writing its destinations.
[[nodiscard]] bool has_effect(const isa::Instruction& instruction);

/// True if the lanes that an instruction names have to come to it before any of them goes on: shuffles, votes, products
/// of matrices. In a kernel with loops that can wait for other threads such a node is the first of its block.
[[nodiscard]] bool gathers_lanes(const isa::Instruction& instruction);

/// True if the results depend on the operands alone, special registers and addresses among them.
[[nodiscard]] bool computes(const isa::Instruction& instruction);

/// Values that are alive where a block begins (its phis among them), one bit set for each block.
[[nodiscard]] std::vector<std::vector<bool>> live_in(const Graph& graph);

} // namespace assay::vgpu::codegen
