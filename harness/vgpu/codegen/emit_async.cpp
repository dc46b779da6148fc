// mbarriers, bulk and tensor copies, st.async, red.async and wgmma: the runtime does them (core/async.h), lane by lane
// or for the warp. Operands go through memory, 64 bits for each lane.
#include "vgpu/codegen/emit.h"

namespace assay::vgpu::codegen {

/// The sources of a node, one after the other.
llvm::AllocaInst* Emitter::spill_sources(const Node& node) {
    llvm::AllocaInst* memory = scratch(0, std::max<std::size_t>(node.src.size(), 1) * lanes * 8);
    for (std::size_t i = 0; i < node.src.size(); ++i) {
        const Leaf& leaf = node.src[i];
        const bool is_address = leaf.operand->kind == isa::Operand::Kind::Address;
        Shaped value = is_address ? address_of(leaf, isa::Space::Generic) : operand(leaf, 64);
        builder_.CreateAlignedStore(fit(vector_of(value), 64),
                                    builder_.CreateConstInBoundsGEP1_64(integer(8), memory, i * lanes * 8),
                                    llvm::Align(8));
    }
    return memory;
}

/// What a runtime function makes of the sources, lane by lane: 32 x i64, of its one result.
llvm::Value* Emitter::call_with_sources(const Node& node, const void* function) {
    Value* running = running_lanes(node);
    llvm::AllocaInst* in = spill_sources(node);
    llvm::AllocaInst* out = scratch(1, lanes * 8);
    Site* site = new_site(*node.instruction);
    site->sources = static_cast<std::uint8_t>(node.src.size());
    check_runtime(
        call_runtime(function, integer(1), {context_argument_, frame_argument_, host_pointer(site), running, in, out}));
    return builder_.CreateAlignedLoad(lanes_of(integer(64)), out, llvm::Align(8));
}

void Emitter::emit_async(const Node& node) {
    Value* result = call_with_sources(node, reinterpret_cast<const void*>(&runtime_async));
    if (!node.dst.empty() && node.dst[0] != none) {
        finish_vector(node, 0, fit(result, graph_.values[node.dst[0]].bits));
    }
}

/// mapa, getctarank, cvta of shared::cluster.
void Emitter::emit_in_cluster(const Node& node) {
    Value* result = call_with_sources(node, reinterpret_cast<const void*>(&runtime_cluster));
    result = fit(result, graph_.values[node.dst[0]].bits);
    if (facts_.shapes[node.dst[0]].uniform()) {
        finish_scalar(node, 0, builder_.CreateExtractElement(result, std::uint64_t{0}));
    } else {
        finish_vector(node, 0, result);
    }
}

/// Sources are a, the descriptor of b, scale-d and what d holds, which the runtime replaces.
void Emitter::emit_wgmma(const Node& node) {
    Value* running = running_lanes(node);
    llvm::AllocaInst* in = spill_sources(node);
    const auto at = [&](std::size_t source) {
        return builder_.CreateConstInBoundsGEP1_64(integer(8), in, source * lanes * 8);
    };
    const std::size_t descriptor = node.src.size() - node.dst.size() - 2;
    check_runtime(call_runtime(reinterpret_cast<const void*>(&runtime_wgmma), integer(1),
                               {context_argument_, frame_argument_, host_pointer(new_site(*node.instruction)), running,
                                in, at(descriptor), at(descriptor + 1), at(descriptor + 2)}));
    for (std::size_t i = 0; i < node.dst.size(); ++i) {
        if (node.dst[i] != none) {
            Value* loaded = builder_.CreateAlignedLoad(lanes_of(integer(64)), at(descriptor + 2 + i), llvm::Align(8));
            finish_vector(node, i, fit(loaded, graph_.values[node.dst[i]].bits));
        }
    }
}

} // namespace assay::vgpu::codegen
