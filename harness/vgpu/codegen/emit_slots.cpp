// Slots: where values live that other blocks use.
#include "vgpu/codegen/emit.h"

namespace assay::vgpu::codegen {

llvm::AllocaInst* Emitter::new_slot(llvm::Type* type, const char* name) {
    const llvm::IRBuilderBase::InsertPointGuard guard(builder_);
    builder_.SetInsertPoint(entry_, entry_->begin());
    return builder_.CreateAlloca(type, nullptr, name);
}

/// Finds the values that other blocks use.
void Emitter::find_slots() {
    slots_.resize(graph_.values.size());
    const auto use = [&](ValueId value, BlockId block) {
        if (value == none || graph_.values[value].kind == Definition::Kind::Undefined || hoisted_[value]) {
            return;
        }
        const BlockId from = graph_.values[value].block;
        Slot& slot = slots_[value];
        if (outlives(facts_, structure_, from, block)) {
            if (slot.outside == nullptr) {
                slot.outside = new_slot(lanes_of(integer(graph_.values[value].bits)), "outside");
            }
        } else if (from != block) {
            slot.needed = true;
        }
    };
    for (BlockId id = 0; id < graph_.blocks.size(); ++id) {
        const Block& block = graph_.blocks[id];
        for (const Phi& phi : block.phis) {
            slots_[phi.result].needed = true;
            for (std::size_t i = 0; i < phi.incoming.size(); ++i) {
                use(phi.incoming[i], block.predecessors[i]);
                if (graph_.blocks[block.predecessors[i]].waits) {
                    slots_[phi.incoming[i]].needed = !hoisted_[phi.incoming[i]]; // it is written after the stop
                }
            }
        }
        for (const Node& node : block.nodes) {
            each_use(node, [&](ValueId value) { use(value, id); });
        }
        use(block.end.condition, id);
    }
    for (ValueId value = 0; value < slots_.size(); ++value) {
        Slot& slot = slots_[value];
        if (!slot.needed || graph_.values[value].kind == Definition::Kind::Undefined) {
            continue;
        }
        const unsigned bits = graph_.values[value].bits;
        const Shape& shape = facts_.shapes[value];
        if (shape.vector()) {
            slot.vector = new_slot(lanes_of(integer(bits)), "vector");
            continue;
        }
        for (unsigned part = 0; part < shape.parts; ++part) {
            slot.base.push_back(new_slot(integer(bits), "base"));
            if (shape.wrap != 0) {
                slot.limit.push_back(new_slot(integer(32), "limit"));
            }
        }
        if (shape.wrap != 0) {
            slot.unit = new_slot(integer(bits), "unit");
        }
    }
}

void Emitter::store_slot(ValueId value, const Shaped& shaped) {
    Slot& slot = slots_[value];
    if (slot.needed) {
        if (slot.vector != nullptr) {
            Value* now = shaped.vector;
            if (facts_.serial && facts_.masked[here_]) {
                // Lanes in other iterations keep theirs.
                now = builder_.CreateSelect(mask_vector(), now,
                                            builder_.CreateLoad(slot.vector->getAllocatedType(), slot.vector));
            }
            builder_.CreateStore(now, slot.vector);
        }
        for (std::size_t part = 0; part < slot.base.size(); ++part) {
            builder_.CreateStore(shaped.base[part], slot.base[part]);
        }
        for (std::size_t part = 0; part < slot.limit.size(); ++part) {
            builder_.CreateStore(shaped.limit[part], slot.limit[part]);
        }
        if (slot.unit != nullptr) {
            builder_.CreateStore(shaped.unit, slot.unit);
        }
    }
    if (slot.outside != nullptr) {
        Shaped copy = shaped;
        Value* old = builder_.CreateLoad(slot.outside->getAllocatedType(), slot.outside);
        builder_.CreateStore(builder_.CreateSelect(mask_vector(), vector_of(copy), old), slot.outside);
    }
}

Shaped Emitter::load_slot(ValueId value) {
    const Slot& slot = slots_[value];
    Shaped result;
    result.bits = graph_.values[value].bits;
    result.shape = shape_in_block(value);
    const auto load = [&](llvm::AllocaInst* from) { return builder_.CreateLoad(from->getAllocatedType(), from); };
    if (outlives(facts_, structure_, graph_.values[value].block, here_)) {
        result.vector = load(slot.outside);
        return result;
    }
    if (slot.vector != nullptr) {
        result.vector = load(slot.vector);
        return result;
    }
    for (llvm::AllocaInst* base : slot.base) {
        result.base.push_back(load(base));
    }
    for (llvm::AllocaInst* limit : slot.limit) {
        result.limit.push_back(load(limit));
    }
    if (slot.unit != nullptr) {
        result.unit = load(slot.unit);
    }
    return result;
}

} // namespace assay::vgpu::codegen
