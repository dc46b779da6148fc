// What the host does for a kernel: vprintf, malloc and kin, trap, arrivals at barriers, cp.async.
#include "vgpu/codegen/emit.h"

namespace assay::vgpu::codegen {

void Emitter::emit_call(const Node& node) {
    Site* site = new_site(*node.instruction);
    site->call = &kernel_.flat.calls[node.instruction->call];
    check_runtime(call_runtime(reinterpret_cast<const void*>(&runtime_call), integer(1),
                               {context_argument_, frame_argument_, host_pointer(site), running_lanes(node)}));
}

void Emitter::emit_trap(const Node& node) {
    check_runtime(call_runtime(
        reinterpret_cast<const void*>(&runtime_trap), integer(1),
        {context_argument_, frame_argument_, host_pointer(new_site(*node.instruction)), running_lanes(node)}));
}

void Emitter::emit_arrive(const Node& node) {
    Shaped barrier = operand(node.src[0], 32);
    Shaped threads = operand(node.src[1], 32);
    check_runtime(
        call_runtime(reinterpret_cast<const void*>(&runtime_arrive), integer(1),
                     {context_argument_, frame_argument_, fit(first_lane(barrier), 32), fit(first_lane(threads), 32)}));
}

/// cp.async: done when it is issued, which is one of the orders that the ISA allows.
void Emitter::emit_copy(const Node& node) {
    Shaped to = address_of(node.src[0], isa::Space::Shared);
    Shaped from = address_of(node.src[1], isa::Space::Global);
    Shaped bytes = operand(node.src[2], 32);
    Shaped ignore = operand(node.src[3], 1);
    llvm::AllocaInst* where = scratch(0, 2ull * lanes * 8);
    llvm::AllocaInst* sizes = scratch(1, lanes * 8);
    builder_.CreateAlignedStore(fit(vector_of(to), 64), where, llvm::Align(8));
    builder_.CreateAlignedStore(fit(vector_of(from), 64),
                                builder_.CreateConstInBoundsGEP1_64(integer(8), where, lanes * 8), llvm::Align(8));
    Value* wanted = fit(vector_of(bytes), 32);
    wanted = select(vector_of(ignore), same(wanted, 0), wanted);
    builder_.CreateAlignedStore(wanted, sizes, llvm::Align(8));
    Site* site = new_site(*node.instruction);
    check_runtime(call_runtime(reinterpret_cast<const void*>(&runtime_copy), integer(1),
                               {context_argument_, frame_argument_, host_pointer(site), running_lanes(node), where,
                                builder_.CreateConstInBoundsGEP1_64(integer(8), where, lanes * 8), sizes}));
}

} // namespace assay::vgpu::codegen
