// atom and red (9.7.13.15, 9.7.13.16), fences.
//
// The runtime executes them lane by lane, in lane order. What is common is emitted: the sum of a warp that adds to one
// place without reading the old value is one atomic instruction.
#include "vgpu/codegen/emit.h"

namespace assay::vgpu::codegen {

using isa::AtomicOp;
using isa::Opcode;

void Emitter::emit_atomic(const Node& node) {
    const isa::Instruction& instruction = *node.instruction;
    const unsigned bits = isa::bits_of(instruction.mod.type);
    Access access = access_of(node, 64);
    const unsigned elements = access.elements;
    // src: the address, then b (and c of cas), each of `elements` elements.
    llvm::AllocaInst* where = scratch(0, lanes * 8);
    llvm::AllocaInst* operands = scratch(1, 2ull * elements * lanes * 8);
    llvm::AllocaInst* old_values = scratch(2, std::uint64_t{elements} * lanes * 8);
    const auto at = [&](llvm::AllocaInst* base, std::uint64_t index) {
        return builder_.CreateConstInBoundsGEP1_64(integer(8), base, index * lanes * 8);
    };
    builder_.CreateAlignedStore(fit(vector_of(access.address), 64), where, llvm::Align(8));
    for (std::size_t i = 1; i < node.src.size() && i <= 2 * elements; ++i) {
        Shaped value = operand(node.src[i], bits);
        builder_.CreateAlignedStore(fit(vector_of(value), 64), at(operands, i - 1), llvm::Align(8));
    }
    check_runtime(call_runtime(reinterpret_cast<const void*>(&runtime_atomic), integer(1),
                               {context_argument_, frame_argument_, host_pointer(access.site), access.mask, where,
                                operands, at(operands, elements), old_values}));
    for (std::size_t i = 0; i < node.dst.size(); ++i) {
        if (node.dst[i] != none) {
            Value* loaded = builder_.CreateAlignedLoad(lanes_of(integer(64)), at(old_values, i), llvm::Align(8));
            finish_vector(node, i, fit(loaded, graph_.values[node.dst[i]].bits));
        }
    }
}

void Emitter::emit_fence(const Node& node) {
    // x86 keeps the order of all but a store and a later load.
    builder_.CreateFence(node.instruction->mod.scope == isa::Scope::Cta ? llvm::AtomicOrdering::AcquireRelease
                                                                        : llvm::AtomicOrdering::SequentiallyConsistent);
}

} // namespace assay::vgpu::codegen
