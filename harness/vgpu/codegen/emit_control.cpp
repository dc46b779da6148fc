// Blocks and masks. Where a warp stops is emit_stop.cpp's.
//
// Convergent blocks branch for real. A masked block b has an i32 `due[b]`; its predecessors add lanes to it instead of
// branching to it. The blocks of a group are chained in layout order: `check b` runs b if lanes are due and goes on
// behind it otherwise. Behind the last block from which a loop's header is reached backwards, the header is looked at
// again. So when the end of the chain is reached nothing is due, and every lane that has not returned is at the meeting
// place.
#include <algorithm>
#include <cstddef>

#include "vgpu/codegen/emit.h"

namespace assay::vgpu::codegen {

namespace {

/// Turns of a waiting loop before others may run.
constexpr std::uint32_t patience = 32;

} // namespace

bool Emitter::spinning_header(BlockId id) const {
    const std::uint32_t loop = structure_.loop_of[id];
    return loop != none && structure_.loops[loop].header == id && facts_.spins[loop];
}

void Emitter::prepare_control() {
    const auto count = static_cast<BlockId>(graph_.blocks.size());
    places_.resize(count);
    group_of_.assign(count, none);
    bodies_.resize(count);
    std::unordered_map<BlockId, std::uint32_t> by_meeting;
    bool stops = false;
    for (const BlockId id : structure_.order) {
        bodies_[id] = new_block("block" + llvm::Twine(id));
        stops = stops || graph_.blocks[id].waits || spinning_header(id);
        if (!facts_.masked[id]) {
            continue;
        }
        const auto [found, added] =
            by_meeting.try_emplace(facts_.meeting[id], static_cast<std::uint32_t>(groups_.size()));
        if (added) {
            groups_.push_back({facts_.meeting[id], {}, new_block("met")});
        }
        group_of_[id] = found->second;
        groups_[found->second].blocks.push_back(id);
        places_[id].due = new_slot(integer(32), "due");
        if (graph_.blocks[id].waits) {
            places_[id].parked = new_slot(integer(32), "parked");
        }
        places_[id].check = new_block("check" + llvm::Twine(id));
    }
    alive_ = live_in(graph_);
    if (stops) {
        turns_ = new_slot(integer(32), "turns");
    }
}

void Emitter::emit_entry() {
    entry_ = llvm::BasicBlock::Create(context_, "entry", function_);
    builder_.SetInsertPoint(entry_);
    hoisted_.assign(graph_.values.size(), false);
    live_ = new_slot(integer(32), "live");
    prepare_control();
    emit_hoisted();
    find_slots();
    start_ = new_block("start");
    done_ = new_block("done");
    llvm::ReturnInst::Create(context_, constant(0, 32), done_);
    builder_.SetInsertPoint(start_);
    builder_.CreateStore(builder_.CreateLoad(integer(32), frame_at(offsetof(Frame, live))), live_);
    clear_due();
    builder_.CreateBr(bodies_[0]);
}

void Emitter::clear_due() {
    for (const Place& place : places_) {
        for (llvm::AllocaInst* mask : {place.due, place.parked}) {
            if (mask != nullptr) {
                builder_.CreateStore(constant(0, 32), mask);
            }
        }
    }
    if (turns_ != nullptr) {
        builder_.CreateStore(constant(0, 32), turns_);
    }
}

void Emitter::emit_resume_switch() {
    builder_.SetInsertPoint(entry_);
    llvm::SwitchInst* resume =
        builder_.CreateSwitch(function_->getArg(2), start_, static_cast<unsigned>(resumes_.size()));
    for (std::size_t i = 0; i < resumes_.size(); ++i) {
        resume->addCase(llvm::cast<llvm::ConstantInt>(constant(i + 1, 32)), resumes_[i]);
    }
}

llvm::Value* Emitter::frame_at(std::uint64_t offset) {
    return builder_.CreateConstInBoundsGEP1_64(integer(8), frame_argument_, offset);
}

llvm::Value* Emitter::mask_vector() {
    if (mask_vector_ == nullptr) {
        mask_vector_ = to_mask(mask_);
    }
    return mask_vector_;
}

void Emitter::set_mask(Value* mask) {
    mask_ = mask;
    mask_vector_ = nullptr;
}

void Emitter::emit_block(BlockId id) {
    here_ = id;
    current_.clear();
    const Block& block = graph_.blocks[id];
    if (facts_.masked[id]) {
        builder_.SetInsertPoint(places_[id].check);
        builder_.CreateCondBr(can_run(id), bodies_[id], after(id));
        builder_.SetInsertPoint(bodies_[id]);
        Value* lanes_mask = ready(id);
        Value* due = builder_.CreateLoad(integer(32), places_[id].due);
        builder_.CreateStore(builder_.CreateAnd(due, builder_.CreateNot(lanes_mask)), places_[id].due);
        set_mask(lanes_mask);
    } else {
        builder_.SetInsertPoint(bodies_[id]);
        set_mask(live_lanes());
    }
    for (const Phi& phi : block.phis) {
        if (llvm::AllocaInst* outside = slots_[phi.result].outside; outside != nullptr) {
            Shaped value = get(phi.result);
            Value* old = builder_.CreateLoad(outside->getAllocatedType(), outside);
            builder_.CreateStore(builder_.CreateSelect(mask_vector(), vector_of(value), old), outside);
        }
    }
    const std::size_t nodes = block.nodes.size() - (block.waits ? 1 : 0);
    std::vector<bool> done(block.nodes.size(), false);
    if (together()) {
        guard_block(block, nodes, done);
    }
    count_block(id);
    emit_nodes(block, nodes, done);
    if (block.waits) {
        emit_barrier(id);
    } else {
        emit_end(id);
    }
}

llvm::Value* Emitter::live_lanes() {
    return together() ? constant(~0u, 32) : static_cast<Value*>(builder_.CreateLoad(integer(32), live_));
}

/// Where control goes from the end of a masked block, or past it: the next place in the group that lanes may be due at.
llvm::BasicBlock* Emitter::after(BlockId id) {
    Place& place = places_[id];
    if (place.after != nullptr) {
        return place.after;
    }
    place.after = new_block("after" + llvm::Twine(id));
    const llvm::IRBuilderBase::InsertPointGuard guard(builder_);
    builder_.SetInsertPoint(place.after);
    Group& group = groups_[group_of_[id]];
    // Headers reached backwards from here and from no later block, the innermost first.
    const std::uint32_t at = structure_.position[id];
    for (auto header = group.blocks.rbegin(); header != group.blocks.rend(); ++header) {
        std::uint32_t last = none;
        for (const BlockId from : graph_.blocks[*header].predecessors) {
            const std::uint32_t position = structure_.position[from];
            if (position >= structure_.position[*header] && (last == none || position > last)) {
                last = position;
            }
        }
        if (last != at) {
            continue;
        }
        Value* due = can_run(*header);
        llvm::BasicBlock* next = new_block("past");
        llvm::BasicBlock* again = places_[*header].check;
        if (spinning_header(*header)) {
            again = new_block("turn");
        }
        builder_.CreateCondBr(due, again, next);
        if (spinning_header(*header)) {
            builder_.SetInsertPoint(again);
            count_turn(places_[*header].check, next, group);
        }
        builder_.SetInsertPoint(next);
    }
    const auto found = std::ranges::find(group.blocks, id);
    builder_.CreateBr(std::next(found) == group.blocks.end() ? group.met : places_[*std::next(found)].check);
    return place.after;
}

/// Ends the block: another turn of a waiting loop at `again`, unless patience is spent. Then, if lanes of the warp may
/// be in different iterations, the others go on at `next`; else the warp stops so that other warps run.
void Emitter::count_turn(llvm::BasicBlock* again, llvm::BasicBlock* next, const Group& group) {
    Value* turns = builder_.CreateAdd(builder_.CreateLoad(integer(32), turns_), constant(1, 32));
    builder_.CreateStore(turns, turns_);
    llvm::BasicBlock* spent = facts_.serial ? next : new_block("spent");
    builder_.CreateCondBr(builder_.CreateICmpULT(turns, constant(patience, 32)), again, spent);
    if (!facts_.serial) {
        builder_.SetInsertPoint(spent);
        yield(group_alive(group), &group, again);
    }
}

/// Stops so that others run, and goes on at `target`.
void Emitter::yield(const std::vector<ValueId>& alive, const Group* group, llvm::BasicBlock* target) {
    builder_.CreateStore(constant(1, 32), frame_at(offsetof(Frame, yields)));
    stop(alive, group);
    builder_.CreateBr(target);
}

std::vector<ValueId> Emitter::group_alive(const Group& group) {
    std::vector<BlockId> blocks = group.blocks;
    if (group.meeting < graph_.blocks.size()) {
        blocks.push_back(group.meeting);
    }
    return alive_at(blocks);
}

std::vector<ValueId> Emitter::alive_at(const std::vector<BlockId>& blocks) {
    std::vector<ValueId> result;
    for (ValueId value = 0; value < graph_.values.size(); ++value) {
        if (std::ranges::any_of(blocks, [&](BlockId id) { return static_cast<bool>(alive_[id][value]); })) {
            result.push_back(value);
        }
    }
    return result;
}

// Edges

/// Gives the phis of `to` their values for the lanes in `mask`; null: for all lanes, and nobody else waits at `to`.
void Emitter::write_phis(BlockId from, BlockId to, Value* mask) {
    const Block& target = graph_.blocks[to];
    if (target.phis.empty()) {
        return;
    }
    const auto edge =
        static_cast<std::size_t>(std::ranges::find(target.predecessors, from) - target.predecessors.begin());
    std::vector<Shaped> incoming;
    for (const Phi& phi : target.phis) {
        incoming.push_back(reshape(get(phi.incoming[edge]), facts_.shapes[phi.result]));
    }
    Value* lanes_mask = mask != nullptr ? to_mask(mask) : nullptr;
    Value* any = mask != nullptr ? builder_.CreateIsNotNull(mask) : nullptr;
    const auto store = [&](Value* value, llvm::AllocaInst* slot) {
        if (mask != nullptr) {
            Value* old = builder_.CreateLoad(slot->getAllocatedType(), slot);
            value = builder_.CreateSelect(is_vector(value) ? lanes_mask : any, value, old);
        }
        builder_.CreateStore(value, slot);
    };
    for (std::size_t i = 0; i < target.phis.size(); ++i) {
        const Slot& slot = slots_[target.phis[i].result];
        if (slot.vector != nullptr) {
            store(incoming[i].vector, slot.vector);
        }
        for (std::size_t part = 0; part < slot.base.size(); ++part) {
            store(incoming[i].base[part], slot.base[part]);
        }
        for (std::size_t part = 0; part < slot.limit.size(); ++part) {
            store(incoming[i].limit[part], slot.limit[part]);
        }
        if (slot.unit != nullptr) {
            store(incoming[i].unit, slot.unit);
        }
    }
}

void Emitter::retire(Value* mask) {
    Value* live = builder_.CreateLoad(integer(32), live_);
    builder_.CreateStore(builder_.CreateAnd(live, builder_.CreateNot(mask)), live_);
}

void Emitter::make_due(BlockId id, Value* mask) {
    Value* due = builder_.CreateLoad(integer(32), places_[id].due);
    builder_.CreateStore(builder_.CreateOr(due, mask), places_[id].due);
}

/// Lanes in `mask` leave for `to`. Does not branch.
void Emitter::send(BlockId from, BlockId to, Value* mask) {
    if (only_returns(graph_.blocks[to])) {
        retire(mask);
        return;
    }
    write_phis(from, to, mask);
    if (facts_.masked[to]) {
        make_due(to, mask);
    }
}

/// All lanes of a convergent block go to `to`.
void Emitter::go(BlockId from, BlockId to) {
    if (only_returns(graph_.blocks[to])) {
        builder_.CreateBr(done_);
        return;
    }
    write_phis(from, to, nullptr);
    if (facts_.masked[to]) {
        make_due(to, mask_);
        builder_.CreateBr(places_[to].check);
        return;
    }
    const bool back = structure_.position[to] <= structure_.position[from];
    if (back && spinning_header(to)) {
        Value* turns = builder_.CreateAdd(builder_.CreateLoad(integer(32), turns_), constant(1, 32));
        builder_.CreateStore(turns, turns_);
        llvm::BasicBlock* spent = new_block("spent");
        builder_.CreateCondBr(builder_.CreateICmpULT(turns, constant(patience, 32)), bodies_[to], spent);
        builder_.SetInsertPoint(spent);
        yield(alive_at({to}), nullptr, bodies_[to]);
        return;
    }
    builder_.CreateBr(bodies_[to]);
}

/// The lanes that take each edge of a divergent branch.
std::vector<std::pair<BlockId, llvm::Value*>> Emitter::edge_masks(BlockId id) {
    const Block& block = graph_.blocks[id];
    Shaped condition = get(block.end.condition);
    Value* decider = vector_of(condition);
    std::vector<std::pair<BlockId, Value*>> result;
    if (block.end.kind == Terminator::Kind::Branch) {
        Value* taken = mask_bits(decider);
        if (block.end.negated) {
            taken = builder_.CreateNot(taken);
        }
        result.emplace_back(block.successors[0], builder_.CreateAnd(mask_, taken));
        result.emplace_back(block.successors[1], builder_.CreateAnd(mask_, builder_.CreateNot(taken)));
        return result;
    }
    // A switch; an index outside the table takes its last entry.
    Value* rest = mask_;
    for (const BlockId successor : block.successors) {
        result.emplace_back(successor, constant(0, 32));
    }
    for (std::size_t i = 0; i < block.end.table.size(); ++i) {
        Value* lanes_mask = rest;
        if (i + 1 < block.end.table.size()) {
            Value* equal = mask_bits(builder_.CreateICmpEQ(decider, same(decider, i)));
            lanes_mask = builder_.CreateAnd(rest, equal);
            rest = builder_.CreateAnd(rest, builder_.CreateNot(equal));
        }
        Value*& mask = result[block.end.table[i]].second;
        mask = builder_.CreateOr(mask, lanes_mask);
    }
    return result;
}

/// All running lanes of the block go to `to`.
void Emitter::take_edge(BlockId id, BlockId to) {
    if (facts_.masked[id]) {
        send(id, to, mask_);
        builder_.CreateBr(after(id));
    } else {
        go(id, to);
    }
}

void Emitter::emit_end(BlockId id) {
    const Block& block = graph_.blocks[id];
    const bool masked = facts_.masked[id];
    if (block.end.kind == Terminator::Kind::Return) {
        if (masked) {
            retire(mask_);
            builder_.CreateBr(after(id));
        } else {
            builder_.CreateBr(done_);
        }
        return;
    }
    if (facts_.divergent[id]) {
        end_divergent(id);
        return;
    }
    if (block.end.condition != none && !shape_in_block(block.end.condition).uniform()) {
        end_together(id);
        return;
    }
    if (block.end.kind == Terminator::Kind::Jump) {
        take_edge(id, block.successors[0]);
        return;
    }
    // A branch that all running lanes take the same way.
    Value* decider = scalar_of(get(block.end.condition));
    std::vector<llvm::BasicBlock*> edges;
    for (std::size_t i = 0; i < block.successors.size(); ++i) {
        edges.push_back(new_block("edge"));
    }
    if (block.end.kind == Terminator::Kind::Branch) {
        builder_.CreateCondBr(decider, edges[block.end.negated ? 1 : 0], edges[block.end.negated ? 0 : 1]);
    } else {
        llvm::SwitchInst* choice = builder_.CreateSwitch(decider, edges[block.end.table.back()]);
        for (std::size_t i = 0; i + 1 < block.end.table.size(); ++i) {
            choice->addCase(llvm::cast<llvm::ConstantInt>(llvm::ConstantInt::get(decider->getType(), i)),
                            edges[block.end.table[i]]);
        }
    }
    take_edges(id, edges);
}

/// What is known at the end of the block is known on each edge.
void Emitter::take_edges(BlockId id, const std::vector<llvm::BasicBlock*>& edges) {
    const auto known = current_;
    Value* mask_known = mask_vector_;
    for (std::size_t i = 0; i < edges.size(); ++i) {
        builder_.SetInsertPoint(edges[i]);
        current_ = known;
        mask_vector_ = mask_known;
        take_edge(id, graph_.blocks[id].successors[i]);
    }
}

void Emitter::end_divergent(BlockId id) {
    const bool masked = facts_.masked[id];
    const auto masks = edge_masks(id);
    count_parting(id, masks);
    const auto others =
        std::ranges::count_if(masks, [&](const auto& edge) { return !only_returns(graph_.blocks[edge.first]); });
    if (!masked && others <= 1) {
        // Some lanes return; the others go on together.
        BlockId rest = none;
        for (const auto& [to, mask] : masks) {
            if (only_returns(graph_.blocks[to])) {
                retire(mask);
            } else {
                rest = to;
            }
        }
        if (rest == none) {
            builder_.CreateBr(done_);
            return;
        }
        llvm::BasicBlock* go_on = new_block("rest");
        Value* live = builder_.CreateLoad(integer(32), live_);
        builder_.CreateCondBr(builder_.CreateIsNotNull(live), go_on, done_);
        builder_.SetInsertPoint(go_on);
        set_mask(live);
        go(id, rest);
        return;
    }
    BlockId first = none;
    for (const auto& [to, mask] : masks) {
        send(id, to, mask);
        if (!only_returns(graph_.blocks[to]) && facts_.masked[to] &&
            (first == none || structure_.position[to] < structure_.position[first])) {
            first = to;
        }
    }
    if (masked) {
        builder_.CreateBr(after(id));
    } else {
        builder_.CreateBr(places_[first].check);
    }
}

} // namespace assay::vgpu::codegen
