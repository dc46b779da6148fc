// Two versions of a kernel.
//
// Most warps are whole and stay together most of the time. The version for them has no masks: a branch that could part
// lanes asks whether they agree, and more values are uniform or affine, because no lanes bring different ones to a
// place. A block begins with one test for all its accesses whose addresses are known by then, so that what follows has
// no branches. When a branch parts the lanes, or an access is not all right, the warp is handed over to the masked
// version, which can do everything and finds the faults; where the lanes have met again, that one hands it back.
//
// To hand over is to write what is alive to the frame, in the shapes of the other version, and to return the place to
// go on at (runtime.h). A shape of this version is one that the masked version's covers, since there only more is
// joined; the way back is open where the shapes say so.
#include <algorithm>

#include "vgpu/codegen/emit.h"

namespace assay::vgpu::codegen {

using isa::Opcode;

// Passing values

/// The values that a warp takes along to the beginning or the end of a block.
std::vector<ValueId> Emitter::passing(BlockId id, bool at_end) const {
    std::vector<bool> wanted = alive_[id];
    const Block& block = graph_.blocks[id];
    if (at_end) {
        wanted.assign(graph_.values.size(), false);
        for (const BlockId next : block.successors) {
            std::vector<bool> there = alive_[next];
            for (const Phi& phi : graph_.blocks[next].phis) {
                there[phi.result] = false;
            }
            for (ValueId value = 0; value < wanted.size(); ++value) {
                wanted[value] = wanted[value] || there[value];
            }
            const auto& predecessors = graph_.blocks[next].predecessors;
            const auto edge = static_cast<std::size_t>(std::ranges::find(predecessors, id) - predecessors.begin());
            for (const Phi& phi : graph_.blocks[next].phis) {
                wanted[phi.incoming[edge]] = true;
            }
        }
        wanted[block.end.condition] = true;
    }
    std::vector<ValueId> result;
    for (ValueId value = 0; value < wanted.size(); ++value) {
        if (wanted[value] && !hoisted_[value] && graph_.values[value].kind != Definition::Kind::Undefined) {
            result.push_back(value);
        }
    }
    return result;
}

std::size_t Emitter::handed_over() const {
    std::size_t values = 0;
    for (const BlockId id : structure_.order) {
        const Block& block = graph_.blocks[id];
        if (std::ranges::any_of(block.nodes, [&](const Node& node) { return guards(node); })) {
            values += passing(id, false).size();
        }
        if (block.end.condition != none && !facts_.shapes[block.end.condition].uniform()) {
            values += passing(id, true).size();
        }
    }
    return values;
}

/// Where this version takes a warp over.
const Emitter::Entrance& Emitter::entrance(BlockId id, bool at_end) {
    const auto [found, added] = entrances_.try_emplace({id, at_end});
    Entrance& entrance = found->second;
    if (!added) {
        return entrance;
    }
    entrance.block = new_block("entrance");
    resumes_.push_back(entrance.block);
    entrance.resume = static_cast<std::int32_t>(resumes_.size()) | (together() ? 0 : masked_version);
    for (const ValueId value : passing(id, at_end)) {
        const Shape& shape = facts_.shapes[value];
        const auto [offset, first] = passing_offset_.try_emplace(value, 0);
        if (first) {
            const std::uint32_t vector = lanes * std::max(graph_.values[value].bits / 8, 4u);
            const std::uint32_t scalars = shape.vector() ? 0 : (shape.parts * 2u + 1) * 8;
            offset->second = frame_space((scalars + 63) / 64 * 64 + (shape.vector() ? vector : 0) +
                                         (slots_[value].outside != nullptr ? vector : 0));
        }
        entrance.values.push_back({value, shape, offset->second});
    }
    return entrance;
}

/// Writes a value where the other version expects it.
void Emitter::pass(const Kept& kept, bool outside, Shaped value) {
    const std::uint32_t vector = lanes * std::max(graph_.values[kept.value].bits / 8, 4u);
    std::uint32_t at = kept.at;
    if (kept.shape.vector()) {
        store_frame(vector_of(value), at, 64);
        at += vector;
    } else {
        const Shaped own = reshape(value, kept.shape);
        const auto put = [&](Value* scalar) {
            store_frame(scalar, at, 8);
            at += 8;
        };
        std::ranges::for_each(own.base, put);
        std::ranges::for_each(own.limit, put);
        if (own.unit != nullptr) {
            put(own.unit);
        }
        at = (at + 63) / 64 * 64;
    }
    if (outside) {
        store_frame(vector_of(value), at, 64);
    }
}

void Emitter::receive(const Kept& kept) {
    const unsigned bits = graph_.values[kept.value].bits;
    const Slot& slot = slots_[kept.value];
    llvm::Type* all = lanes_of(integer(bits));
    std::uint32_t at = kept.at;
    Shaped own;
    own.shape = kept.shape;
    own.bits = bits;
    if (kept.shape.vector()) {
        own.vector = load_frame(all, at, 64);
        at += lanes * std::max(bits / 8, 4u);
    } else {
        const auto get_scalar = [&](unsigned width) {
            Value* scalar = load_frame(integer(width), at, 8);
            at += 8;
            return scalar;
        };
        for (unsigned part = 0; part < kept.shape.parts; ++part) {
            own.base.push_back(get_scalar(bits));
        }
        if (kept.shape.wrap != 0) {
            for (unsigned part = 0; part < kept.shape.parts; ++part) {
                own.limit.push_back(get_scalar(32));
            }
            own.unit = get_scalar(bits);
        }
        at = (at + 63) / 64 * 64;
    }
    if (slot.outside != nullptr) {
        builder_.CreateStore(load_frame(all, at, 64), slot.outside);
    }
    if (!slot.needed) {
        current_[kept.value] = own;
        return;
    }
    if (slot.vector != nullptr) {
        builder_.CreateStore(own.vector, slot.vector);
    }
    for (std::size_t part = 0; part < slot.base.size(); ++part) {
        builder_.CreateStore(own.base[part], slot.base[part]);
    }
    for (std::size_t part = 0; part < slot.limit.size(); ++part) {
        builder_.CreateStore(own.limit[part], slot.limit[part]);
    }
    if (slot.unit != nullptr) {
        builder_.CreateStore(own.unit, slot.unit);
    }
}

/// Ends the code here: the warp goes on in the other version, with all its lanes.
void Emitter::hand_over(BlockId id, bool at_end) {
    const auto known = current_; // what is made here reaches nothing else
    Value* mask_known = mask_vector_;
    const Entrance& to = other_->entrance(id, at_end);
    for (const Kept& kept : to.values) {
        pass(kept, other_->slots_[kept.value].outside != nullptr, get(kept.value));
    }
    builder_.CreateRet(constant(static_cast<std::uint32_t>(to.resume | at_once), 32));
    current_ = known;
    mask_vector_ = mask_known;
}

void Emitter::emit_entrances() {
    for (const auto& [place, entrance] : entrances_) {
        const auto& [id, at_end] = place;
        here_ = id;
        current_.clear();
        builder_.SetInsertPoint(entrance.block);
        clear_due();
        set_mask(constant(~0u, 32));
        builder_.CreateStore(mask_, live_);
        for (const Kept& kept : entrance.values) {
            receive(kept);
        }
        if (at_end) {
            emit_end(id);
        } else if (facts_.masked[id]) {
            builder_.CreateStore(mask_, places_[id].due);
            builder_.CreateBr(places_[id].check);
        } else {
            builder_.CreateBr(bodies_[id]);
        }
    }
}

/// True if the other version can begin at the block with what is known there.
bool Emitter::can_rejoin(BlockId id) {
    here_ = id;
    current_.clear();
    return std::ranges::all_of(other_->passing(id, false), [&](ValueId value) {
        const Shape there = other_->facts_.shapes[value], here = shape_in_block(value);
        return covers(there, here);
    });
}

// Accesses

/// True of an access that a block's test can cover.
bool Emitter::guards(const Node& node) const {
    const isa::Instruction& instruction = *node.instruction;
    return (instruction.opcode == Opcode::Ld || instruction.opcode == Opcode::St) && node.guard == none &&
           instruction.mod.semantics == isa::Semantics::Weak && !hoists(node);
}

/// Tests the accesses of a block whose addresses do not depend on what it loads. Emits the nodes that these need:
/// `done` says which. Accesses by one value, at different constants, are tested as one.
void Emitter::guard_block(const Block& block, std::size_t count, std::vector<bool>& done) {
    checked_.clear();
    std::unordered_map<ValueId, bool> known;
    std::vector<std::size_t> needed;
    const std::function<bool(ValueId)> ready = [&](ValueId value) {
        const Definition& definition = graph_.values[value];
        if (definition.kind != Definition::Kind::Result || definition.block != here_ || hoisted_[value]) {
            return true;
        }
        if (const auto found = known.find(value); found != known.end()) {
            return found->second;
        }
        const Node& node = block.nodes[definition.index];
        bool all = computes(*node.instruction) && node.guard == none;
        each_use(node, [&](ValueId use) { all = all && ready(use); });
        if (all && !done[definition.index]) {
            done[definition.index] = true;
            needed.push_back(definition.index);
        }
        return known[value] = all;
    };
    struct Span {
        Access access; ///< the lowest
        std::int64_t low = 0, high = 0;
    };
    std::map<std::tuple<ValueId, isa::Space, unsigned, std::int64_t>, Span> spans;
    Value* ok = builder_.getTrue();
    for (std::size_t i = 0; i < count; ++i) {
        const Node& node = block.nodes[i];
        if (!guards(node)) {
            continue;
        }
        const ValueId value = node.src[0].value;
        if (value != none && !ready(value)) {
            continue;
        }
        for (const std::size_t index : needed) { // in the order of what needs what
            emit_node(block.nodes[index]);
        }
        needed.clear();
        Access access = access_of(node, node.instruction->opcode == Opcode::Ld ? loaded_bits(node) : 32);
        if (access.form == Form::Slow) {
            continue;
        }
        const std::int64_t offset = node.src[0].operand->offset;
        // Between two places in the region lies nothing else only if they are less than an address space apart.
        const bool near = offset == static_cast<std::int32_t>(offset);
        if (access.form == Form::Lanes || value == none || !near) {
            ok = builder_.CreateAnd(ok, may_go_fast(access));
        } else {
            const unsigned step = access.bytes * access.elements;
            const auto [found, added] = spans.try_emplace({value, access.space, step, offset & (step - 1)});
            Span& span = found->second;
            if (added || offset < span.low) {
                span.access = access;
                span.low = offset;
            }
            span.high = added ? offset : std::max(span.high, offset);
        }
        checked_.emplace(&node, std::move(access));
    }
    for (const auto& [key, span] : spans) {
        ok = builder_.CreateAnd(ok, affine_fits(span.access, static_cast<std::uint64_t>(span.high - span.low)));
    }
    for (const std::size_t index : needed) {
        emit_node(block.nodes[index]);
    }
    if (ok == builder_.getTrue()) {
        return;
    }
    llvm::BasicBlock* right = new_block("checked");
    llvm::BasicBlock* wrong = new_block("unchecked");
    builder_.CreateCondBr(ok, right, wrong, likely());
    builder_.SetInsertPoint(wrong);
    hand_over(here_, false);
    builder_.SetInsertPoint(right);
}

// Branches

/// The lanes go on together, or the masked version goes on.
void Emitter::end_together(BlockId id) {
    const Block& block = graph_.blocks[id];
    std::vector<llvm::BasicBlock*> edges;
    for (std::size_t i = 0; i < block.successors.size(); ++i) {
        edges.push_back(new_block("edge"));
    }
    llvm::BasicBlock* apart = new_block("apart");
    if (block.end.kind == Terminator::Kind::Branch) {
        const auto [all, nobody] = agreement(block);
        llvm::BasicBlock* not_all = new_block("not_all");
        builder_.CreateCondBr(all, edges[block.end.negated ? 1 : 0], not_all);
        builder_.SetInsertPoint(not_all);
        builder_.CreateCondBr(nobody, edges[block.end.negated ? 0 : 1], apart, likely());
    } else {
        Shaped condition = get(block.end.condition);
        Value* decider = vector_of(condition);
        Value* first = builder_.CreateExtractElement(decider, std::uint64_t{0});
        Value* same_for_all = mask_bits(builder_.CreateICmpEQ(decider, splat(first)));
        llvm::BasicBlock* agree = new_block("agree");
        builder_.CreateCondBr(builder_.CreateICmpEQ(same_for_all, constant(~0u, 32)), agree, apart, likely());
        builder_.SetInsertPoint(agree);
        llvm::SwitchInst* choice = builder_.CreateSwitch(first, edges[block.end.table.back()]);
        for (std::size_t i = 0; i + 1 < block.end.table.size(); ++i) {
            choice->addCase(llvm::cast<llvm::ConstantInt>(llvm::ConstantInt::get(first->getType(), i)),
                            edges[block.end.table[i]]);
        }
    }
    builder_.SetInsertPoint(apart);
    hand_over(id, true);
    take_edges(id, edges);
}

/// i1: the block's predicate holds in all lanes; in none.
std::pair<llvm::Value*, llvm::Value*> Emitter::agreement(const Block& block) {
    if (const auto affine = affine_agreement(block); affine.first != nullptr) {
        return affine;
    }
    Shaped condition = get(block.end.condition);
    Value* bits = mask_bits(vector_of(condition));
    return {builder_.CreateICmpEQ(bits, constant(~0u, 32)), builder_.CreateIsNull(bits)};
}

/// Of a comparison between an affine and a uniform value: the lowest and the highest lane of each part decide. Null if
/// the predicate is nothing of the kind.
std::pair<llvm::Value*, llvm::Value*> Emitter::affine_agreement(const Block& block) {
    const Definition& definition = graph_.values[block.end.condition];
    if (definition.kind != Definition::Kind::Result || definition.block != here_) {
        return {};
    }
    const Node& node = graph_.node_of(block.end.condition);
    const isa::Modifiers& mod = node.instruction->mod;
    using isa::Compare;
    const Compare compare_as = mod.compare;
    const bool rising = compare_as == Compare::Gt || compare_as == Compare::Ge || compare_as == Compare::Hi ||
                        compare_as == Compare::Hs;
    const bool falling = compare_as == Compare::Lt || compare_as == Compare::Le || compare_as == Compare::Lo ||
                         compare_as == Compare::Ls;
    const unsigned bits = isa::bits_of(mod.type);
    if (node.instruction->opcode != Opcode::Setp || node.dst.size() != 1 || node.guard != none ||
        mod.combine != isa::Combine::None || isa::is_float(mod.type) || isa::is_packed(mod.type) || bits < 32 ||
        (!rising && !falling)) {
        return {};
    }
    Shaped sides[2] = {operand(node.src[0], bits), operand(node.src[1], bits)};
    const unsigned affine = sides[0].shape.uniform() ? 1 : 0;
    const Shaped& a = sides[affine];
    const Shaped& b = sides[1 - affine];
    if (!a.shape.affine() || a.shape.wrap != 0 || !b.shape.uniform() || a.bits != bits || b.bits != bits) {
        return {};
    }
    const bool is_signed = isa::is_signed(mod.type) && compare_as != Compare::Lo && compare_as != Compare::Ls &&
                           compare_as != Compare::Hi && compare_as != Compare::Hs;
    const Pattern& pattern = facts_.patterns[a.shape.pattern];
    const unsigned width = lanes / a.shape.parts;
    Value *all = builder_.getTrue(), *nobody = builder_.getTrue();
    for (unsigned part = 0; part < a.shape.parts; ++part) {
        const auto first = pattern.begin() + part * width;
        const auto [low, high] = std::minmax_element(first, first + width);
        const auto at = [&](std::int64_t entry) {
            return builder_.CreateAdd(a.base[part], constant(static_cast<std::uint64_t>(entry), bits));
        };
        Value *lowest = at(*low), *highest = at(*high);
        // A part that wraps around has its lowest lane above its highest: then neither is said.
        Value* straight = is_signed ? builder_.CreateICmpSLE(lowest, highest) : builder_.CreateICmpULE(lowest, highest);
        const auto holds = [&](Value* lane) {
            return compare(mod, mod.type, affine == 0 ? lane : b.base[0], affine == 0 ? b.base[0] : lane);
        };
        const bool grows = rising == (affine == 0); // more lanes hold the greater a is
        all = builder_.CreateAnd(all, builder_.CreateAnd(straight, holds(grows ? lowest : highest)));
        Value* some = holds(grows ? highest : lowest);
        nobody = builder_.CreateAnd(nobody, builder_.CreateAnd(straight, builder_.CreateNot(some)));
    }
    return {all, nobody};
}

} // namespace assay::vgpu::codegen
