// Code that counts (core/tally.h). A block adds itself and its lanes to two counters when it begins, and from these
// follow the counts of all its instructions: those that have a guard have counters of their own. Counters belong to a
// host thread, so nothing is locked; they lie in memory, where a few instructions in each block update them.
#include <bit>
#include <cstddef>

#include "vgpu/codegen/emit.h"
#include "vgpu/codegen/runtime_footprint.h"
#include "vgpu/codegen/symbols.h"
#include "vgpu/core/cost.h"
#include "vgpu/core/footprint.h"

namespace assay::vgpu::codegen {

void Emitter::prepare_counters() {
    if (known_.counting == Counting::Off) {
        return;
    }
    const std::size_t count = kernel_.flat.body.size();
    for (auto* at : {&code_.counters.executed, &code_.counters.parted, &code_.counters.access}) {
        at->assign(count, CounterMap::none);
    }
}

std::uint32_t Emitter::new_counters(std::uint32_t count) {
    const std::uint32_t at = code_.counters.size;
    code_.counters.size += count;
    return at;
}

void Emitter::add_to_counter(std::uint32_t at, Value* amount) {
    Value* base =
        builder_.CreateIntToPtr(context_field(offsetof(Context, counters), 64), llvm::PointerType::get(context_, 0));
    Value* counter = builder_.CreateConstInBoundsGEP1_64(integer(64), base, at);
    builder_.CreateStore(builder_.CreateAdd(builder_.CreateLoad(integer(64), counter), fit(amount, 64)), counter);
}

void Emitter::count_lanes(std::uint32_t at, Value* warps, Value* mask) {
    add_to_counter(at, warps);
    add_to_counter(at + 1, builder_.CreateUnaryIntrinsic(llvm::Intrinsic::ctpop, mask));
}

/// The running lanes begin the block.
void Emitter::count_block(BlockId id) {
    if (known_.counting == Counting::Off) {
        return;
    }
    const Block& block = graph_.blocks[id];
    std::uint32_t& at = code_.counters.of_block.try_emplace(id, CounterMap::none).first->second;
    for (std::uint32_t i = block.first; i < block.last; ++i) {
        const Original& original = kernel_.body->originals[i];
        const bool counts =
            original.function != no_original &&
            cost_of(kernel_.module->program.functions[original.function].body[original.position]).kind !=
                InstructionClass::Uncounted;
        if (counts && at == CounterMap::none) {
            at = new_counters(2);
        }
        code_.counters.executed[i] = counts ? at : CounterMap::none;
    }
    if (at != CounterMap::none) {
        count_lanes(at, constant(1, 64), mask_);
    }
}

/// What the counters of the block do not say about a node.
void Emitter::count_node(const Node& node) {
    if (known_.counting == Counting::Off) {
        return;
    }
    const auto index = static_cast<std::size_t>(node.instruction - kernel_.flat.body.data());
    CounterMap& map = code_.counters;
    if (node.guard != none && map.executed[index] != CounterMap::none) {
        const auto [found, added] = map.guarded.try_emplace(static_cast<std::uint32_t>(index), 0);
        found->second = added ? new_counters(2) : found->second;
        map.executed[index] = found->second;
        Value* running = running_lanes(node);
        count_lanes(map.executed[index], builder_.CreateIsNotNull(running), running);
    }
    if (known_.counting != Counting::Accesses || map.executed[index] == CounterMap::none) {
        return;
    }
    for (const AccessShape& shape : accesses_of(*node.instruction)) {
        if (map.access[index] == CounterMap::none) {
            map.access[index] = map.access_size++;
        }
        llvm::Constant* access = outside(accesses_symbol, map.accesses.size() * sizeof(CountedAccess));
        map.accesses.push_back({shape.space, shape.bytes, shape.lanes, map.access[index]});
        Shaped address = address_of(node.src[shape.operand], shape.space);
        llvm::AllocaInst* where = scratch(0, lanes * 8);
        builder_.CreateAlignedStore(fit(vector_of(address), 64), where, llvm::Align(8));
        call_runtime(reinterpret_cast<const void*>(&runtime_count), builder_.getVoidTy(),
                     {context_argument_, access, running_lanes(node), where});
        if (may_be_global(shape)) {
            call_runtime(reinterpret_cast<const void*>(&runtime_touch), builder_.getVoidTy(),
                         {constant(static_cast<std::uint32_t>(shape.use), 32), constant(shape.bytes, 32),
                          running_lanes(node), where});
        }
    }
}

/// The lanes in `masks` leave the block by different edges.
void Emitter::count_parting(BlockId id, const std::vector<std::pair<BlockId, Value*>>& masks) {
    const Block& block = graph_.blocks[id];
    if (known_.counting == Counting::Off || kernel_.body->originals[block.last - 1].function == no_original) {
        return;
    }
    Value* ways = constant(0, 64);
    for (const auto& [to, mask] : masks) {
        ways = builder_.CreateAdd(ways, builder_.CreateZExt(builder_.CreateIsNotNull(mask), integer(64)));
    }
    std::uint32_t& at = code_.counters.parted[block.last - 1];
    at = at == CounterMap::none ? new_counters(1) : at;
    add_to_counter(at, builder_.CreateICmpUGT(ways, constant(1, 64)));
}

} // namespace assay::vgpu::codegen
