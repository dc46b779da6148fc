// Which values are the same, or affine, over the lanes of a warp, and where lanes can part.
//
// The two depend on each other: a branch on a value that differs between lanes makes the values that meet behind it
// differ. Both grow from "nothing is known" and "nothing parts" until nothing changes.
//
// Control flow of a warp. A block is *masked* when lanes of the warp can wait elsewhere while it runs: it lies between
// a divergent branch and the place where the lanes meet again, the branch's immediate post-dominator. Masked blocks
// with the same meeting place form a group. They are run in layout order, each for the lanes that are due there; a loop
// is repeated as long as lanes are due at its header; when no lane is due in the group, all lanes that have not
// returned are at the meeting place. All other blocks are *convergent*: they run for the whole warp and branches
// between them are real. The version for lanes that stay together has no masked block: its facts hold until a branch
// parts lanes, and then the other version goes on.
//
// Sources: Karrenberg, Hack, "Improving Performance of OpenCL on CPUs" (CC 2012); Rosemann, Moll, Hack, "An Abstract
// Interpretation for SPMD Divergence on Reducible Control Flow Graphs" (POPL 2021).
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "vgpu/codegen/shape.h"
#include "vgpu/codegen/ssa.h"
#include "vgpu/codegen/structure.h"
#include "vgpu/core/execution.h"

namespace assay::vgpu::codegen {

/// For which lanes of a warp code is made (emit_versions.cpp).
enum class Version : std::uint8_t {
    Masked,   ///< for any, and they can part
    Together, ///< for all of them, and they do not part
};

struct Facts {
    explicit Facts(Patterns& patterns_) : patterns(patterns_) {}

    Patterns& patterns;          ///< those of all versions
    std::vector<Shape> shapes;   ///< by value, as seen by blocks in the same divergent loops
    std::vector<bool> divergent; ///< by block: its branch can send lanes different ways
    std::vector<bool> masked;    ///< by block
    std::vector<BlockId>
        meeting; ///< by block, if masked or divergent: where the group's lanes meet; the number of blocks is the end
    std::vector<bool> loop_parts; ///< by loop: lanes can leave it in different iterations
    std::vector<bool> spins;      ///< by loop: whether it is left depends on what other threads write
    bool serial = false;          ///< some loop spins: lanes of one warp can be in different iterations of any loop
};

/// What shapes are derived from, besides the instructions.
struct Known {
    Dim3 block{1, 1, 1}; ///< threads of a block
    std::uint32_t parameter_bytes = 0;
    std::uint32_t shared_bytes = 0; ///< of a block, static and dynamic
    std::uint32_t local_bytes = 0;  ///< of a thread
    /// From one thread's local memory to the next one's: between them lie bytes that are nobody's.
    [[nodiscard]] std::uint32_t local_stride() const { return local_bytes == 0 ? 0 : local_bytes + local_guard; }
    static constexpr std::uint32_t local_guard = 16;
    Counting counting = Counting::Off;
};

[[nodiscard]] Facts analyze(const Graph& graph, const Structure& structure, const Known& known, Patterns& patterns,
                            Version version);

/// True if there is a loop that other threads, perhaps of another block, may have to write something for to be left.
[[nodiscard]] bool waits_for_others(const Graph& graph);

/// True if a value of block `from` is seen by block `use` only after the lanes that computed it have left a loop in
/// different iterations: then only its vector, kept lane by lane, is right.
[[nodiscard]] bool outlives(const Facts& facts, const Structure& structure, BlockId from, BlockId use);

/// The shape of one result of a node, given the shapes of its sources (`transfer.cpp`).
class Transfer {
public:
    Transfer(Patterns& patterns, const Known& known) : patterns_(patterns), known_(known) {}
    /// `sources` by leaf (of leaves without a register too), `guard` and `previous` as in the node.
    [[nodiscard]] Shape result(const Node& node, std::size_t index, std::uint32_t bits,
                               const std::vector<Shape>& sources, const Shape* guard, const Shape* previous);
    /// The shape of an operand that is no register.
    [[nodiscard]] Shape operand(const isa::Operand& operand, std::uint32_t bits);
    /// The shape of a memory operand's address, in 64 bits. `base` is that of its register, if it has one.
    [[nodiscard]] Shape address(const Leaf& leaf, const Shape& base);
    /// True of a shuffle by index whose lane is the same for all and whose segment is the warp.
    [[nodiscard]] static bool reads_one_lane(const Node& node, const std::vector<Shape>& sources);

private:
    Shape special(isa::Special special);
    Shape pure(const Node& node, std::uint32_t bits, const std::vector<Shape>& sources);
    Shape add(const Shape& a, const Shape& b, bool subtract, unsigned bits);
    Shape scale(const Shape& a, std::uint64_t factor, unsigned bits);
    Shape multiply(const Node& node, std::size_t first, const std::vector<Shape>& sources, unsigned bits);
    Shape extend(const Shape& a, unsigned from, unsigned to);
    Shape truncate(const Shape& a, unsigned to);
    Shape convert(const isa::Instruction& instruction, const Shape& a, unsigned bits);
    Shape shift_right(const Shape& a, unsigned amount);
    bool compares_alike(const Node& node, const std::vector<Shape>& sources);
    Shape bitwise(isa::Opcode opcode, const Shape& a, std::uint64_t mask, unsigned bits);
    /// Parts for which all the shapes are flat; 0 if there are none.
    unsigned flat_parts(const std::vector<Shape>& shapes, unsigned limit);
    PatternId pattern_at(const Shape& shape, unsigned parts, unsigned bits);

    Patterns& patterns_;
    const Known& known_;
};

/// The value of an integer constant among the operands, or nullptr.
[[nodiscard]] const std::uint64_t* constant_of(const Leaf& leaf);

} // namespace assay::vgpu::codegen
