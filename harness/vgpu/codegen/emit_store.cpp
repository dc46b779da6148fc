// Stores (9.7.9.11): the forms are those of loads. Where lanes store to the same place, the last that runs wins.
#include "vgpu/codegen/emit.h"

namespace assay::vgpu::codegen {

/// What is stored: the low bits of the registers.
std::vector<Shaped> Emitter::stored_values(const Node& node, unsigned bits) {
    std::vector<Shaped> data;
    for (std::size_t i = 1; i < node.src.size(); ++i) {
        data.push_back(operand(node.src[i], bits));
        Shaped& value = data.back();
        if (value.bits != bits) {
            if (!value.shape.uniform()) {
                vector_of(value);
                value.shape = Shape::any();
                value.base.clear();
            }
            for (Value*& base : value.base) {
                base = fit(base, bits);
            }
            value.vector = value.shape.vector() ? fit(value.vector, bits) : nullptr;
            value.bits = bits;
        }
    }
    return data;
}

void Emitter::emit_store(const Node& node) {
    Access access = access_of(node, 32);
    std::vector<Shaped> data = stored_values(node, access.bytes * 8);
    const isa::Semantics semantics = access.instruction->mod.semantics;
    if (semantics >= isa::Semantics::Acquire) {
        builder_.CreateFence(semantics == isa::Semantics::Sc ? llvm::AtomicOrdering::SequentiallyConsistent
                                                             : llvm::AtomicOrdering::Release);
    }
    if (access.form == Form::Slow) {
        store_slowly(access, data);
        return;
    }
    Value* ok = may_go_fast(access);
    llvm::BasicBlock* quick = new_block("quick");
    llvm::BasicBlock* slow = new_block("slow");
    llvm::BasicBlock* join = new_block("stored");
    builder_.CreateCondBr(ok, quick, slow, likely());
    builder_.SetInsertPoint(quick);
    store_fast(access, data);
    builder_.CreateBr(join);
    builder_.SetInsertPoint(slow);
    store_slowly(access, data);
    builder_.CreateBr(join);
    builder_.SetInsertPoint(join);
}

/// Stores to addresses that are all right.
void Emitter::store_fast(const Access& access, std::vector<Shaped> data) {
    if (access.form != Form::Runs) {
        store_lanes(access, data);
        return;
    }
    if (!access.masked_run || llvm::isa<llvm::Constant>(access.mask)) {
        for (const Run& run : access.runs) {
            store_run(access, run, data, access.runs.size() == 1 && !run.spread);
        }
        return;
    }
    // Some processors are slow at stores under a mask.
    llvm::BasicBlock* all = new_block("all");
    llvm::BasicBlock* some = new_block("some");
    llvm::BasicBlock* join = new_block("stored");
    Value* joined = vector_of(data[0]);
    builder_.CreateCondBr(builder_.CreateICmpEQ(access.mask, constant(~0u, 32)), all, some);
    builder_.SetInsertPoint(all);
    for (const Run& run : access.runs) {
        store_run(access, run, data, false);
    }
    builder_.CreateBr(join);
    builder_.SetInsertPoint(some);
    for (const Run& run : access.runs) {
        llvm::SmallVector<int, lanes> take;
        for (unsigned lane = run.first; lane < run.first + run.count; ++lane) {
            take.push_back(static_cast<int>(lane));
        }
        Value* value = builder_.CreateShuffleVector(joined, take);
        builder_.CreateMaskedStore(value, host_address(access, address_in_lane(access.address, run.first)),
                                   llvm::Align(access.bytes), run_mask(access, run));
    }
    builder_.CreateBr(join);
    builder_.SetInsertPoint(join);
}

/// A scatter of each element, or a store for each of each lane.
void Emitter::store_lanes(const Access& access, std::vector<Shaped>& data) {
    if (access.by_lane) {
        for (unsigned lane = 0; lane < lanes; ++lane) {
            for (unsigned i = 0; i < access.elements; ++i) {
                Value* value = data[i].shape.uniform() ? scalar_of(data[i])
                                                       : builder_.CreateExtractElement(vector_of(data[i]), lane);
                builder_.CreateAlignedStore(value, lane_pointer(access, lane, i), llvm::Align(access.bytes));
            }
        }
        return;
    }
    for (unsigned i = 0; i < access.elements; ++i) {
        Value* to = nullptr;
        if (access.form == Form::Spaced) {
            to = spaced_lanes(access, i);
        } else {
            Value* where = access.addresses;
            to = pointers(access,
                          i == 0 ? where : builder_.CreateAdd(where, same(where, std::uint64_t{i} * access.bytes)));
        }
        builder_.CreateMaskedScatter(vector_of(data[i]), to, llvm::Align(access.bytes), to_mask(access.mask));
    }
}

/// Stores the lanes of a run; of lanes that share a place the last that runs wins.
void Emitter::store_run(const Access& access, const Run& run, std::vector<Shaped> data, bool masked) {
    Value* pointer = host_address(access, address_in_lane(access.address, run.first));
    Value* stored = nullptr;
    if (!run.spread) {
        Value* last = constant(run.first + run.count - 1, 32);
        if (masked) {
            Value* leading = builder_.CreateBinaryIntrinsic(llvm::Intrinsic::ctlz, access.mask, builder_.getFalse());
            last = builder_.CreateAnd(builder_.CreateSub(constant(lanes - 1, 32), leading), constant(lanes - 1, 32));
        }
        llvm::Type* element = integer(access.bytes * 8);
        stored = llvm::PoisonValue::get(llvm::FixedVectorType::get(element, access.elements));
        for (unsigned i = 0; i < access.elements; ++i) {
            Value* value =
                data[i].shape.uniform() ? scalar_of(data[i]) : builder_.CreateExtractElement(vector_of(data[i]), last);
            stored = access.elements == 1 ? value : builder_.CreateInsertElement(stored, value, i);
        }
    } else {
        // Element i of lane l goes to place l * elements + i.
        Value* joined = vector_of(data[0]);
        for (unsigned i = 1; i < access.elements; ++i) {
            llvm::SmallVector<int, 128> both;
            for (unsigned k = 0; k < (i + 1) * lanes; ++k) {
                both.push_back(static_cast<int>(k));
            }
            Value* next = vector_of(data[i]);
            if (i > 1) {
                llvm::SmallVector<int, 128> grown;
                for (unsigned k = 0; k < i * lanes; ++k) {
                    grown.push_back(k < lanes ? static_cast<int>(k) : -1);
                }
                next = builder_.CreateShuffleVector(next, grown);
            }
            joined = builder_.CreateShuffleVector(joined, next, both);
        }
        llvm::SmallVector<int, 128> take;
        for (unsigned k = 0; k < run.count * access.elements; ++k) {
            take.push_back(static_cast<int>(k % access.elements * lanes + run.first + k / access.elements));
        }
        stored = builder_.CreateShuffleVector(joined, take);
    }
    llvm::StoreInst* store = builder_.CreateAlignedStore(stored, pointer, llvm::Align(access.bytes));
    store->setVolatile(access.instruction->mod.semantics != isa::Semantics::Weak);
}

void Emitter::store_slowly(const Access& access, std::vector<Shaped> data) {
    Shaped address = access.address;
    llvm::AllocaInst* where = scratch(0, lanes * 8);
    llvm::AllocaInst* values = scratch(1, std::uint64_t{access.elements} * lanes * access.bytes);
    builder_.CreateAlignedStore(fit(vector_of(address), 64), where, llvm::Align(8));
    for (unsigned i = 0; i < access.elements; ++i) {
        builder_.CreateAlignedStore(
            vector_of(data[i]),
            builder_.CreateConstInBoundsGEP1_64(integer(8), values, std::uint64_t{i} * lanes * access.bytes),
            llvm::Align(1));
    }
    access.site->register_bytes = static_cast<std::uint8_t>(access.bytes);
    check_runtime(
        call_runtime(reinterpret_cast<const void*>(&runtime_store), integer(1),
                     {context_argument_, frame_argument_, host_pointer(access.site), access.mask, where, values}));
}

} // namespace assay::vgpu::codegen
