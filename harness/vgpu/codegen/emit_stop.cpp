// The places where a warp stops: at a barrier, and in a loop that waits for other threads after some turns. To stop is
// to write the live values and the masks to the frame and to return a number; to resume is to read them back and to go
// on behind.
#include <algorithm>
#include <cstddef>

#include "vgpu/codegen/emit.h"

namespace assay::vgpu::codegen {

std::uint32_t Emitter::frame_space(std::uint32_t bytes) {
    code_.frame_bytes = (code_.frame_bytes + 63) / 64 * 64;
    const std::uint32_t at = code_.frame_bytes;
    code_.frame_bytes += bytes;
    return at;
}

/// A predicate takes a byte, predicates of all lanes a word.
void Emitter::store_frame(Value* value, std::uint32_t at, unsigned alignment) {
    if (value->getType()->getScalarType()->isIntegerTy(1)) {
        value = is_vector(value) ? mask_bits(value) : builder_.CreateZExt(value, integer(8));
    }
    builder_.CreateAlignedStore(value, frame_at(at), llvm::Align(alignment));
}

llvm::Value* Emitter::load_frame(llvm::Type* type, std::uint32_t at, unsigned alignment) {
    const bool predicate = type->getScalarType()->isIntegerTy(1);
    llvm::Type* stored = !predicate ? type : integer(type->isVectorTy() ? 32 : 8);
    Value* loaded = builder_.CreateAlignedLoad(stored, frame_at(at), llvm::Align(alignment));
    return !predicate ? loaded : type->isVectorTy() ? to_mask(loaded) : builder_.CreateTrunc(loaded, type);
}

/// Copies between a value's slots and its place in the frame.
void Emitter::move_slot(ValueId value, bool restore) {
    const Slot& slot = slots_[value];
    const unsigned bytes = std::max(graph_.values[value].bits / 8, 4u);
    auto [found, added] = frame_offset_.try_emplace(value, 0);
    if (added) {
        std::uint32_t size = static_cast<std::uint32_t>(slot.base.size() + slot.limit.size() + 1) * 8;
        size = (size + 63) / 64 * 64;
        found->second = frame_space(size + (slot.vector != nullptr ? lanes * bytes : 0) +
                                    (slot.outside != nullptr ? lanes * bytes : 0));
    }
    std::uint32_t at = found->second;
    const auto move = [&](llvm::AllocaInst* slot_part, std::uint32_t step) {
        llvm::Type* type = slot_part->getAllocatedType();
        if (restore) {
            builder_.CreateStore(load_frame(type, at, step >= 64 ? 64 : 8), slot_part);
        } else {
            store_frame(builder_.CreateLoad(type, slot_part), at, step >= 64 ? 64 : 8);
        }
        at += step;
    };
    for (llvm::AllocaInst* base : slot.base) {
        move(base, 8);
    }
    for (llvm::AllocaInst* limit : slot.limit) {
        move(limit, 8);
    }
    if (slot.unit != nullptr) {
        move(slot.unit, 8);
    }
    at = (at + 63) / 64 * 64;
    for (llvm::AllocaInst* vector : {slot.vector, slot.outside}) {
        if (vector != nullptr) {
            move(vector, lanes * bytes);
        }
    }
}

/// Writes what is alive to the frame, returns, and continues in a new block when the warp is resumed.
void Emitter::stop(const std::vector<ValueId>& alive, const Group* group) {
    std::vector<ValueId> kept;
    for (const ValueId value : alive) {
        const Slot& slot = slots_[value];
        if (slot.needed || slot.outside != nullptr) {
            kept.push_back(value);
        }
    }
    std::vector<llvm::AllocaInst*> masks;
    if (!together()) {
        masks.push_back(live_);
    }
    if (group != nullptr) {
        for (const BlockId id : group->blocks) {
            masks.push_back(places_[id].due);
            if (places_[id].parked != nullptr) {
                masks.push_back(places_[id].parked);
            }
        }
    }
    const auto mask_place = [&](llvm::AllocaInst* mask) {
        if (mask == live_) {
            return static_cast<std::uint32_t>(offsetof(Frame, live));
        }
        const auto [found, added] = frame_mask_offset_.try_emplace(mask, 0);
        if (added) {
            found->second = code_.frame_bytes;
            code_.frame_bytes += 4;
        }
        return found->second;
    };
    for (const ValueId value : kept) {
        move_slot(value, false);
    }
    for (llvm::AllocaInst* mask : masks) {
        builder_.CreateStore(builder_.CreateLoad(integer(32), mask), frame_at(mask_place(mask)));
    }
    llvm::BasicBlock* resumed = new_block("resumed");
    resumes_.push_back(resumed);
    builder_.CreateRet(constant(resumes_.size() | (together() ? 0 : masked_version), 32));

    builder_.SetInsertPoint(resumed);
    clear_due();
    for (const ValueId value : kept) {
        move_slot(value, true);
    }
    for (llvm::AllocaInst* mask : masks) {
        builder_.CreateStore(builder_.CreateLoad(integer(32), frame_at(mask_place(mask))), mask);
    }
    current_.clear();
}

/// Tells the driver what the warp waits for.
void Emitter::announce_barrier(const Node& node) {
    const isa::Instruction& instruction = *node.instruction;
    const auto put = [&](std::size_t offset, Value* value) { builder_.CreateStore(value, frame_at(offset)); };
    const auto add = [&](std::size_t offset, Value* value) {
        put(offset, builder_.CreateOr(builder_.CreateLoad(integer(32), frame_at(offset)), value));
    };
    const auto number = [&](std::size_t index) {
        Shaped value = operand(node.src[index], 32);
        return fit(first_lane(value), 32);
    };
    put(offsetof(Frame, yields), constant(0, 32));
    if (instruction.opcode == isa::Opcode::ClusterBarrier) {
        put(offsetof(Frame, reduction), constant(cluster_wait, 32));
        return;
    }
    put(offsetof(Frame, barrier), number(0));
    put(offsetof(Frame, barrier_threads), node.src.size() > 1 ? number(1) : constant(0, 32));
    put(offsetof(Frame, reduction), constant(static_cast<std::uint32_t>(instruction.mod.bar), 32));
    if (instruction.mod.bar != isa::BarMode::Sync) {
        Shaped predicate = operand(node.src.back(), 1);
        add(offsetof(Frame, arrived), builder_.CreateAnd(mask_, mask_bits(vector_of(predicate))));
        add(offsetof(Frame, arriving), mask_);
    }
}

/// The result of bar.red, after the warp was resumed.
void Emitter::finish_barrier(const Node& node) {
    if (!node.dst.empty() && node.dst[0] != none) {
        Value* result = builder_.CreateLoad(integer(32), frame_at(offsetof(Frame, result)));
        set_scalar(node.dst[0], builder_.CreateTrunc(result, integer(graph_.values[node.dst[0]].bits)));
    }
}

/// bar.sync, bar.red and barrier.cluster.wait. In a convergent block the warp stops. In a masked one these lanes are
/// parked, and the warp stops when the other lanes have come as far as they can without them (emit_group_end).
void Emitter::emit_barrier(BlockId id) {
    const Node& node = graph_.blocks[id].nodes.back();
    announce_barrier(node);
    if (facts_.masked[id]) {
        Value* parked = builder_.CreateLoad(integer(32), places_[id].parked);
        builder_.CreateStore(builder_.CreateOr(parked, mask_), places_[id].parked);
        builder_.CreateBr(after(id));
        return;
    }
    const BlockId next = graph_.blocks[id].successors.at(0);
    std::vector<ValueId> alive = alive_at({next});
    const auto& predecessors = graph_.blocks[next].predecessors;
    const auto edge = static_cast<std::size_t>(std::ranges::find(predecessors, id) - predecessors.begin());
    for (const Phi& phi : graph_.blocks[next].phis) {
        std::erase(alive, phi.result);
    }
    for (const Phi& phi : graph_.blocks[next].phis) {
        alive.push_back(phi.incoming[edge]);
    }
    stop(alive, nullptr);
    set_mask(live_lanes());
    finish_barrier(node);
    emit_end(id);
}

/// Nothing can run in the group: its lanes spin, are parked at barriers, or have met.
void Emitter::emit_group_end(Group& group) {
    builder_.SetInsertPoint(group.met);
    llvm::BasicBlock* again = places_[group.blocks.front()].check;
    if (facts_.serial) {
        if (Value* freed = held_before(group); freed != nullptr) {
            llvm::BasicBlock* next = new_block("none_held");
            builder_.CreateCondBr(freed, again, next);
            builder_.SetInsertPoint(next);
        }
        Value* spinning = nullptr;
        for (const BlockId id : group.blocks) {
            if (spinning_header(id)) {
                Value* due = can_run(id);
                spinning = spinning == nullptr ? due : builder_.CreateOr(spinning, due);
            }
        }
        if (spinning != nullptr) {
            llvm::BasicBlock* next = new_block("none_spins");
            llvm::BasicBlock* wait = new_block("wait");
            builder_.CreateCondBr(spinning, wait, next);
            builder_.SetInsertPoint(wait);
            yield(group_alive(group), &group, again);
            builder_.SetInsertPoint(next);
        }
    }
    std::vector<BlockId> barriers;
    Value* parked = constant(0, 32);
    for (const BlockId id : group.blocks) {
        if (graph_.blocks[id].waits) {
            barriers.push_back(id);
            parked = builder_.CreateOr(parked, builder_.CreateLoad(integer(32), places_[id].parked));
        }
    }
    if (!barriers.empty()) {
        llvm::BasicBlock* met = new_block("none_parked");
        llvm::BasicBlock* wait = new_block("wait");
        builder_.CreateCondBr(builder_.CreateIsNull(parked), met, wait);
        builder_.SetInsertPoint(wait);
        std::vector<ValueId> alive = group_alive(group);
        for (const BlockId id : barriers) {
            const BlockId next = graph_.blocks[id].successors.at(0);
            const auto& predecessors = graph_.blocks[next].predecessors;
            const auto edge = static_cast<std::size_t>(std::ranges::find(predecessors, id) - predecessors.begin());
            for (const Phi& phi : graph_.blocks[next].phis) {
                alive.push_back(phi.incoming[edge]);
            }
        }
        std::ranges::sort(alive);
        alive.erase(std::unique(alive.begin(), alive.end()), alive.end());
        stop(alive, &group);
        for (const BlockId id : barriers) {
            // The parked lanes go on behind their barrier.
            here_ = id;
            current_.clear();
            llvm::BasicBlock* release = new_block("release");
            llvm::BasicBlock* next = new_block("released");
            Value* lanes_mask = builder_.CreateLoad(integer(32), places_[id].parked);
            builder_.CreateCondBr(builder_.CreateIsNull(lanes_mask), next, release);
            builder_.SetInsertPoint(release);
            set_mask(lanes_mask);
            builder_.CreateStore(constant(0, 32), places_[id].parked);
            finish_barrier(graph_.blocks[id].nodes.back());
            send(id, graph_.blocks[id].successors.at(0), mask_);
            builder_.CreateBr(next);
            builder_.SetInsertPoint(next);
        }
        builder_.CreateBr(again);
        builder_.SetInsertPoint(met);
    }
    if (group.meeting >= graph_.blocks.size()) {
        builder_.CreateBr(done_);
        return;
    }
    Value* live = builder_.CreateLoad(integer(32), live_);
    if (other_ != nullptr && can_rejoin(group.meeting)) {
        llvm::BasicBlock* rejoin = new_block("rejoin");
        llvm::BasicBlock* some = new_block("some_left");
        builder_.CreateCondBr(builder_.CreateICmpEQ(live, constant(~0u, 32)), rejoin, some);
        builder_.SetInsertPoint(rejoin);
        hand_over(group.meeting, false);
        builder_.SetInsertPoint(some);
    }
    builder_.CreateCondBr(builder_.CreateIsNotNull(live), bodies_[group.meeting], done_);
}

} // namespace assay::vgpu::codegen
