// Loads (9.7.9.8, 9.7.9.9).
//
// Fast forms, by what is known of the address: one scalar for all lanes or for each part; runs of lanes that lie next
// to each other; lanes at constant distances; on AVX-512 anything, by gather. Lanes that do not run never access
// memory: the forms without a mask ask that all lanes run.
//
// Loads of a block between which nothing else touches memory are made together: one test for all of them, one branch,
// and a longer piece of code without branches for LLVM to schedule.
#include <algorithm>
#include <cstddef>

#include "vgpu/codegen/emit.h"

namespace assay::vgpu::codegen {

using isa::Opcode;
using isa::Operand;
using isa::Space;

namespace {

/// More at once would only make the slow path long.
constexpr std::size_t most_together = 16;

} // namespace

llvm::LoadInst* Emitter::load_at(const Access& access, llvm::Type* type, Value* pointer) {
    llvm::LoadInst* load = builder_.CreateAlignedLoad(type, pointer, llvm::Align(access.bytes));
    load->setVolatile(access.instruction->mod.semantics != isa::Semantics::Weak);
    return load;
}

llvm::Value* Emitter::widen(const Access& access, Value* element, unsigned bits) {
    return access.site->sign_extend ? fit_signed(element, bits) : fit(element, bits);
}

/// A launch parameter at a constant offset, which the decoder has laid out inside the parameter block.
llvm::Value* Emitter::load_parameter(const Node& node, unsigned bits) {
    const isa::Instruction& instruction = *node.instruction;
    const Operand& address = *node.src[0].operand;
    const std::uint64_t offset =
        static_cast<std::uint64_t>(address.offset) +
        (address.elements.empty() ? 0 : static_cast<std::uint64_t>(address.elements[0].offset));
    const unsigned bytes = std::max(1u, isa::bits_of(instruction.mod.type) / 8);
    Value* pointer = builder_.CreateIntToPtr(
        builder_.CreateAdd(context_field(offsetof(Context, parameters), 64), constant(offset, 64)),
        llvm::PointerType::get(context_, 0));
    Value* element = builder_.CreateAlignedLoad(integer(bytes * 8), pointer, llvm::Align(1));
    return isa::is_signed(instruction.mod.type) ? fit_signed(element, bits) : fit(element, bits);
}

unsigned Emitter::loaded_bits(const Node& node) const {
    for (const ValueId value : node.dst) {
        if (value != none) {
            return graph_.values[value].bits;
        }
    }
    return 32;
}

// Which loads are made together

bool Emitter::joins_others(const Node& node) const {
    return node.instruction->opcode == Opcode::Ld && node.guard == none &&
           node.instruction->mod.semantics == isa::Semantics::Weak;
}

/// The loads from `first` on that can be made with it. The pure nodes that their addresses need and that come later
/// than `first` are emitted here; `done` says which nodes were.
std::vector<const Node*> Emitter::gather_loads(const Block& block, std::size_t first, std::vector<bool>& done) {
    std::vector<const Node*> together{&block.nodes[first]};
    std::vector<std::size_t> needed;
    // False if the value depends on a load that is not made yet.
    const std::function<bool(ValueId)> ready = [&](ValueId value) {
        const Definition& definition = graph_.values[value];
        if (definition.kind != Definition::Kind::Result || definition.block != here_ || definition.index < first ||
            hoisted_[value]) {
            return true;
        }
        if (std::ranges::find(together, &block.nodes[definition.index]) != together.end()) {
            return false;
        }
        if (done[definition.index]) {
            return true;
        }
        if (std::ranges::find(needed, definition.index) != needed.end()) {
            return true;
        }
        const Node& node = block.nodes[definition.index];
        if (!computes(*node.instruction)) {
            return false;
        }
        bool all = true;
        each_use(node, [&](ValueId use) { all = all && ready(use); });
        if (all) {
            needed.push_back(definition.index);
        }
        return all;
    };
    for (std::size_t i = first + 1; i < block.nodes.size() && together.size() < most_together; ++i) {
        const Node& node = block.nodes[i];
        if (done[i] || computes(*node.instruction)) {
            continue;
        }
        if (!joins_others(node)) {
            break;
        }
        const ValueId address = node.src[0].value;
        if (address == none || ready(address)) {
            together.push_back(&node);
            done[i] = true;
        }
    }
    std::ranges::sort(needed);
    for (const std::size_t index : needed) {
        emit_node(block.nodes[index]);
        done[index] = true;
    }
    return together;
}

/// The nodes of a block, loads together.
void Emitter::emit_nodes(const Block& block, std::size_t count) {
    std::vector<bool> done(block.nodes.size(), false);
    for (std::size_t i = 0; i < count; ++i) {
        if (done[i]) {
            continue;
        }
        const Node& node = block.nodes[i];
        if (joins_others(node) && !hoists(node)) {
            done[i] = true;
            emit_loads(gather_loads(block, i, done));
        } else {
            emit_node(node);
        }
    }
}

// Emission

void Emitter::emit_load(const Node& node) {
    const isa::Semantics semantics = node.instruction->mod.semantics;
    if (semantics == isa::Semantics::Sc) {
        builder_.CreateFence(llvm::AtomicOrdering::SequentiallyConsistent);
    }
    emit_loads({&node});
    if (semantics >= isa::Semantics::Acquire) {
        builder_.CreateFence(llvm::AtomicOrdering::Acquire);
    }
}

void Emitter::emit_loads(const std::vector<const Node*>& nodes) {
    struct Load {
        const Node* node = nullptr;
        Access access;
        unsigned bits = 32;
        Shape shape;
        std::vector<Shaped> fast, slow;
    };
    std::vector<Load> loads;
    Value* ok = builder_.getTrue();
    for (const Node* node : nodes) {
        if (hoists(*node)) {
            continue;
        }
        Load load;
        load.node = node;
        load.bits = loaded_bits(*node);
        count_node(*node);
        load.access = access_of(*node, load.bits);
        if (load.access.form == Form::Slow) {
            load.fast = load_slowly(load.access, load.bits);
            finish_load(*node, load.fast);
            continue;
        }
        const std::vector<Run>& runs = load.access.runs;
        const bool flat =
            !runs.empty() && runs.size() <= 4 && std::ranges::none_of(runs, [](const Run& run) { return run.spread; });
        load.shape = flat ? Shape::of(0, static_cast<unsigned>(runs.size())) : Shape::any();
        ok = builder_.CreateAnd(ok, may_go_fast(load.access));
        loads.push_back(std::move(load));
    }
    if (loads.empty()) {
        return;
    }
    llvm::BasicBlock* quick = new_block("quick");
    llvm::BasicBlock* slow = new_block("slow");
    llvm::BasicBlock* join = new_block("loaded");
    builder_.CreateCondBr(ok, quick, slow, likely());
    builder_.SetInsertPoint(quick);
    for (Load& load : loads) {
        load.fast = load_fast(load.access, load.shape, load.bits);
    }
    llvm::BasicBlock* quick_end = builder_.GetInsertBlock();
    builder_.CreateBr(join);
    builder_.SetInsertPoint(slow);
    for (Load& load : loads) {
        load.slow = load_slowly(load.access, load.bits);
        for (Shaped& value : load.slow) {
            narrow(load.access, value, load.shape);
        }
    }
    llvm::BasicBlock* slow_end = builder_.GetInsertBlock();
    builder_.CreateBr(join);
    builder_.SetInsertPoint(join);
    const auto meet = [&](Value* a, Value* b) {
        llvm::PHINode* phi = builder_.CreatePHI(a->getType(), 2);
        phi->addIncoming(a, quick_end);
        phi->addIncoming(b, slow_end);
        return phi;
    };
    for (Load& load : loads) {
        for (std::size_t i = 0; i < load.fast.size(); ++i) {
            Shaped& value = load.fast[i];
            const Shaped& other = load.slow[i];
            if (load.shape.vector()) {
                value.vector = meet(value.vector, other.vector);
            }
            for (std::size_t part = 0; part < value.base.size(); ++part) {
                value.base[part] = meet(value.base[part], other.base[part]);
            }
        }
    }
    for (Load& load : loads) { // all phis come first in their block
        finish_load(*load.node, load.fast);
    }
}

void Emitter::finish_load(const Node& node, const std::vector<Shaped>& values) {
    for (std::size_t i = 0; i < node.dst.size(); ++i) {
        finish(node, i, values[i]);
    }
}

/// A loaded vector as scalars, if its shape says so: any running lane of a part has the part's value.
void Emitter::narrow(const Access& access, Shaped& value, const Shape& shape) {
    if (shape.vector()) {
        return;
    }
    const unsigned width = lanes / shape.parts;
    for (unsigned part = 0; part < shape.parts; ++part) {
        Value* mask = builder_.CreateLShr(access.mask, part * width);
        Value* lane = builder_.CreateBinaryIntrinsic(llvm::Intrinsic::cttz, mask, builder_.getFalse());
        lane = builder_.CreateBinaryIntrinsic(llvm::Intrinsic::umin, lane, constant(width - 1, 32));
        value.base.push_back(
            builder_.CreateExtractElement(value.vector, builder_.CreateAdd(lane, constant(part * width, 32))));
    }
    value.vector = nullptr;
    value.shape = shape;
}

std::vector<Shaped> Emitter::load_fast(const Access& access, const Shape& shape, unsigned bits) {
    std::vector<Shaped> result(access.elements);
    for (Shaped& value : result) {
        value.shape = shape;
        value.bits = bits;
    }
    if (access.form == Form::Spaced) {
        for (unsigned i = 0; i < access.elements; ++i) {
            result[i].vector = widen(access, load_spaced(access, i), bits);
        }
    } else if (access.form == Form::Lanes) {
        for (unsigned i = 0; i < access.elements; ++i) {
            Value* where = access.addresses;
            if (i != 0) {
                where = builder_.CreateAdd(where, same(where, std::uint64_t{i} * access.bytes));
            }
            result[i].vector = widen(access, gather(access, pointers(access, where)), bits);
        }
    } else if (shape.affine()) {
        load_scalars(access, result, bits);
    } else {
        load_runs(access, result, bits);
    }
    return result;
}

/// One scalar, or one for each part.
void Emitter::load_scalars(const Access& access, std::vector<Shaped>& result, unsigned bits) {
    llvm::Type* element = integer(access.bytes * 8);
    for (const Run& run : access.runs) {
        Value* pointer = host_address(access, address_in_lane(access.address, run.first));
        llvm::Type* type = access.elements == 1
                               ? element
                               : static_cast<llvm::Type*>(llvm::FixedVectorType::get(element, access.elements));
        Value* loaded = load_at(access, type, pointer);
        for (unsigned i = 0; i < access.elements; ++i) {
            Value* one = access.elements == 1 ? loaded : builder_.CreateExtractElement(loaded, i);
            result[i].base.push_back(widen(access, one, bits));
        }
    }
}

/// One load for each run, then the elements are sorted by lane.
void Emitter::load_runs(const Access& access, std::vector<Shaped>& result, unsigned bits) {
    llvm::Type* element = integer(access.bytes * 8);
    if (access.masked_run) {
        Value* pointer = host_address(access, address_in_lane(access.address, 0));
        Value* loaded =
            builder_.CreateMaskedLoad(lanes_of(element), pointer, llvm::Align(access.bytes), to_mask(access.mask),
                                      llvm::Constant::getNullValue(lanes_of(element)));
        result[0].vector = widen(access, loaded, bits);
        return;
    }
    Values all(access.elements);
    for (const Run& run : access.runs) {
        Value* pointer = host_address(access, address_in_lane(access.address, run.first));
        const unsigned loaded_lanes = run.spread ? run.count : 1;
        auto* type = llvm::FixedVectorType::get(element, loaded_lanes * access.elements);
        Value* loaded = load_at(access, type, pointer);
        for (unsigned i = 0; i < access.elements; ++i) {
            llvm::SmallVector<int, lanes> take;
            for (unsigned lane = 0; lane < lanes; ++lane) {
                const bool mine = lane >= run.first && lane < run.first + run.count;
                const unsigned from = run.spread ? (lane - run.first) * access.elements + i : i;
                take.push_back(mine ? static_cast<int>(from) : -1);
            }
            Value* spread = builder_.CreateShuffleVector(loaded, take);
            if (all[i] == nullptr) {
                all[i] = spread;
                continue;
            }
            for (unsigned lane = 0; lane < lanes; ++lane) {
                const bool mine = lane >= run.first && lane < run.first + run.count;
                take[lane] = static_cast<int>(mine ? lanes + lane : lane);
            }
            all[i] = builder_.CreateShuffleVector(all[i], spread, take);
        }
    }
    for (unsigned i = 0; i < access.elements; ++i) {
        result[i].vector = widen(access, all[i], bits);
    }
}

/// One element for each running lane. Elements narrower than a word are cut out of the aligned word around them, which
/// is on the same page and in the same window.
llvm::Value* Emitter::gather(const Access& access, Value* from) {
    llvm::Type* word = lanes_of(integer(std::max(access.bytes * 8, 32u)));
    Value* places = nullptr;
    if (access.bytes < 4) {
        places = builder_.CreatePtrToInt(from, lanes_of(integer(64)));
        from = builder_.CreateIntToPtr(builder_.CreateAnd(places, same(places, ~3ull)), from->getType());
    }
    Value* loaded = builder_.CreateMaskedGather(word, from, llvm::Align(std::max(access.bytes, 4u)),
                                                to_mask(access.mask), llvm::Constant::getNullValue(word));
    if (access.bytes < 4) {
        Value* shift = builder_.CreateShl(builder_.CreateAnd(fit(places, 32), same(loaded, 3)), 3);
        loaded = fit(builder_.CreateLShr(loaded, shift), access.bytes * 8);
    }
    return loaded;
}

/// Element `i` of lanes at constant distances: a gather, or a load for each lane.
llvm::Value* Emitter::load_spaced(const Access& access, unsigned i) {
    llvm::Type* element = integer(access.bytes * 8);
    if (machine_.avx512) {
        return gather(access, spaced_lanes(access, i));
    }
    Value* result = llvm::PoisonValue::get(lanes_of(element));
    for (unsigned lane = 0; lane < lanes; ++lane) {
        Value* pointer = builder_.CreateConstInBoundsGEP1_64(
            integer(8), host_address(access, address_in_lane(access.address, lane)), std::uint64_t{i} * access.bytes);
        result = builder_.CreateInsertElement(result, load_at(access, element, pointer), lane);
    }
    return result;
}

std::vector<Shaped> Emitter::load_slowly(const Access& access, unsigned bits) {
    Shaped address = access.address;
    llvm::AllocaInst* where = scratch(0, lanes * 8);
    llvm::AllocaInst* data = scratch(1, std::uint64_t{access.elements} * lanes * bits / 8);
    builder_.CreateAlignedStore(fit(vector_of(address), 64), where, llvm::Align(8));
    check_runtime(
        call_runtime(reinterpret_cast<const void*>(&runtime_load), integer(1),
                     {context_argument_, frame_argument_, host_pointer(access.site), access.mask, where, data}));
    std::vector<Shaped> result(access.elements);
    for (unsigned i = 0; i < access.elements; ++i) {
        result[i].shape = Shape::any();
        result[i].bits = bits;
        result[i].vector = builder_.CreateAlignedLoad(
            lanes_of(integer(bits)), builder_.CreateConstInBoundsGEP1_64(integer(8), data, i * lanes * bits / 8),
            llvm::Align(8));
    }
    return result;
}

} // namespace assay::vgpu::codegen
