// What the lanes of a warp tell each other (9.7.9.6, 9.7.13.9 to 9.7.13.13). The lanes that run the instruction
// together take part; those that the membermask names besides have returned, or the program is wrong.
#include "vgpu/codegen/emit.h"

namespace assay::vgpu::codegen {

using isa::Opcode;

/// By the pseudo-code of 9.7.9.6. A source lane that does not run gives the reader's own value.
void Emitter::emit_shuffle(const Node& node) {
    Shaped a = operand(node.src[0], 32);
    Shaped b = operand(node.src[1], 32);
    Shaped c = operand(node.src[2], 32);
    Value* running = running_lanes(node);
    if (a.shape.uniform()) {
        finish_scalar(node, 0, scalar_of(a));
        if (node.dst.size() == 1 || node.dst[1] == none) {
            return;
        }
    }
    Value* source = vector_of(a);
    if (!a.shape.uniform() && Transfer::reads_one_lane(node, {a.shape, b.shape}) &&
        (node.dst.size() == 1 || node.dst[1] == none)) {
        // If that lane does not run, what it gives is undefined (9.7.9.6): here what it holds, elsewhere one's own
        // value.
        Value* lane = builder_.CreateAnd(fit(scalar_of(b), 32), constant(lanes - 1, 32));
        finish_scalar(node, 0, builder_.CreateExtractElement(source, lane));
        return;
    }
    Pattern numbers;
    for (unsigned lane = 0; lane < lanes; ++lane) {
        numbers[lane] = lane;
    }
    Value* self = pattern_vector(numbers, 32);
    const auto five = [&](Value* value) { return builder_.CreateAnd(value, same(value, 31)); };
    Value* by = five(fit(vector_of(b), 32));
    Value* control = fit(vector_of(c), 32);
    Value* clamp = five(control);
    Value* segment = five(builder_.CreateLShr(control, 8));
    Value* lowest = builder_.CreateAnd(self, segment);
    Value* outside = five(builder_.CreateNot(segment));
    Value* limit = builder_.CreateOr(lowest, builder_.CreateAnd(clamp, outside));
    Value* from = nullptr;
    switch (node.instruction->mod.shuffle) {
    case isa::ShuffleMode::Up:
        from = builder_.CreateSub(self, by);
        break;
    case isa::ShuffleMode::Down:
        from = builder_.CreateAdd(self, by);
        break;
    case isa::ShuffleMode::Bfly:
        from = builder_.CreateXor(self, by);
        break;
    case isa::ShuffleMode::Idx:
        from = builder_.CreateOr(lowest, builder_.CreateAnd(by, outside));
        break;
    }
    Value* in_range = node.instruction->mod.shuffle == isa::ShuffleMode::Up ? builder_.CreateICmpSGE(from, limit)
                                                                            : builder_.CreateICmpSLE(from, limit);
    Value* lane = five(from);
    Value* members = splat(running);
    if (node.src.size() > 3) {
        Shaped named = operand(node.src[3], 32);
        members = builder_.CreateAnd(members, fit(vector_of(named), 32));
    }
    Value* runs = builder_.CreateTrunc(builder_.CreateLShr(members, lane), lanes_of(integer(1)));
    Value* takes = builder_.CreateAnd(in_range, runs);
    Value* chosen = select(takes, lane, self);
    if (!a.shape.uniform()) {
        finish_vector(node, 0, permute_lanes(fit(source, 32), chosen));
    }
    if (node.dst.size() > 1) {
        finish_vector(node, 1, in_range);
    }
}

/// result[i] = source[index[i]], indices below 32.
llvm::Value* Emitter::permute_lanes(Value* source, Value* index) {
    if (auto* known = llvm::dyn_cast<llvm::Constant>(index); known != nullptr) {
        llvm::SmallVector<int, lanes> take;
        for (unsigned lane = 0; lane < lanes; ++lane) {
            take.push_back(
                static_cast<int>(llvm::cast<llvm::ConstantInt>(known->getAggregateElement(lane))->getZExtValue()));
        }
        return builder_.CreateShuffleVector(source, take);
    }
    if (machine_.avx512) {
        llvm::SmallVector<int, 16> low, high;
        llvm::SmallVector<int, lanes> all;
        for (int lane = 0; lane < 16; ++lane) {
            low.push_back(lane);
            high.push_back(lane + 16);
        }
        for (int lane = 0; lane < static_cast<int>(lanes); ++lane) {
            all.push_back(lane);
        }
        const auto half = [&](Value* value, const llvm::SmallVector<int, 16>& take) {
            return builder_.CreateShuffleVector(value, take);
        };
        Value *first = half(source, low), *second = half(source, high);
        const auto look_up = [&](Value* indices) {
            return builder_.CreateIntrinsic(llvm::Intrinsic::x86_avx512_vpermi2var_d_512, {}, {first, indices, second});
        };
        return builder_.CreateShuffleVector(look_up(half(index, low)), look_up(half(index, high)), all);
    }
    // Through memory.
    llvm::AllocaInst* table = scratch(0, lanes * 8);
    builder_.CreateAlignedStore(source, table, llvm::Align(8));
    Value* result = llvm::PoisonValue::get(source->getType());
    for (unsigned lane = 0; lane < lanes; ++lane) {
        Value* at = builder_.CreateExtractElement(index, lane);
        Value* element = builder_.CreateLoad(integer(32), builder_.CreateGEP(integer(32), table, at));
        result = builder_.CreateInsertElement(result, element, lane);
    }
    return result;
}

/// Lanes that name different members (the tiles of a warp) vote apart.
void Emitter::emit_vote(const Node& node) {
    Shaped predicate = operand(node.src[0], 1);
    Value* running = running_lanes(node);
    Value* holding = builder_.CreateAnd(running, mask_bits(vector_of(predicate)));
    bool apart = false;
    if (node.src.size() > 1) {
        Shaped named = operand(node.src[1], 32);
        apart = !named.shape.uniform();
        Value* members = fit(apart ? vector_of(named) : scalar_of(named), 32);
        const auto restrict = [&](Value* mask) { return builder_.CreateAnd(apart ? splat(mask) : mask, members); };
        running = restrict(running);
        holding = restrict(holding);
    }
    Value* all = builder_.CreateICmpEQ(holding, running);
    Value* nobody = builder_.CreateICmpEQ(holding, same(holding, 0));
    Value* result = holding;
    switch (node.instruction->mod.vote) {
    case isa::VoteMode::All:
        result = all;
        break;
    case isa::VoteMode::Any:
        result = builder_.CreateNot(nobody);
        break;
    case isa::VoteMode::Uni:
        result = builder_.CreateOr(all, nobody);
        break;
    case isa::VoteMode::Ballot:
        break;
    }
    if (apart) {
        finish_vector(node, 0, fit(result, graph_.values[node.dst[0]].bits));
    } else {
        finish_scalar(node, 0, result);
    }
}

/// match, redux, elect: by the runtime.
void Emitter::emit_warp(const Node& node) {
    Value* running = running_lanes(node);
    llvm::AllocaInst* in = scratch(0, lanes * 16);
    llvm::AllocaInst* out = scratch(1, lanes * 16);
    for (std::size_t i = 0; i < node.src.size(); ++i) {
        Shaped value = operand(node.src[i], 64);
        builder_.CreateAlignedStore(fit(vector_of(value), 64),
                                    builder_.CreateConstInBoundsGEP1_64(integer(8), in, i * lanes * 8), llvm::Align(8));
    }
    call_runtime(reinterpret_cast<const void*>(&runtime_warp), llvm::Type::getVoidTy(context_),
                 {host_pointer(new_site(*node.instruction)), running, in, out});
    for (std::size_t i = 0; i < node.dst.size(); ++i) {
        if (node.dst[i] == none) {
            continue;
        }
        Value* loaded = builder_.CreateAlignedLoad(
            lanes_of(integer(64)), builder_.CreateConstInBoundsGEP1_64(integer(8), out, i * lanes * 8), llvm::Align(8));
        Value* fitted = fit(loaded, graph_.values[node.dst[i]].bits);
        if (facts_.shapes[node.dst[i]].uniform() && node.guard == none) {
            Shaped vector;
            vector.shape = Shape::any();
            vector.vector = fitted;
            finish_scalar(node, i, first_lane(vector));
        } else {
            finish_vector(node, i, fitted);
        }
    }
}

} // namespace assay::vgpu::codegen
