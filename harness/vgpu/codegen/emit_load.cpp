// Loads (9.7.9.8, 9.7.9.9).
//
// Fast forms, by what is known of the address: one scalar for all lanes or for each part; runs of lanes that lie next
// to each other; lanes at constant distances or anywhere, by gather or by a load for each lane. Lanes that do not run
// never access memory: the forms without a mask ask that all lanes run.
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

/// Where the launch parameter is that an address without a register names; nothing if it is not all in the parameter
/// block.
std::optional<std::uint32_t> Emitter::parameter_offset(const Node& node) const {
    const Operand& address = *node.src[0].operand;
    std::uint64_t offset = static_cast<std::uint64_t>(address.offset);
    if (!address.elements.empty()) {
        if (address.elements[0].kind != Operand::Kind::Param) {
            return std::nullopt;
        }
        offset += static_cast<std::uint64_t>(address.elements[0].offset);
    }
    const unsigned bytes = std::max(1u, isa::bits_of(node.instruction->mod.type) / 8);
    if (known_.parameter_bytes < bytes || offset > known_.parameter_bytes - bytes) {
        return std::nullopt;
    }
    return static_cast<std::uint32_t>(offset);
}

llvm::Value* Emitter::load_parameter(const Node& node, unsigned bits) {
    const isa::Instruction& instruction = *node.instruction;
    const unsigned bytes = std::max(1u, isa::bits_of(instruction.mod.type) / 8);
    Value* pointer = builder_.CreateIntToPtr(builder_.CreateAdd(context_field(offsetof(Context, parameters), 64),
                                                                constant(parameter_offset(node).value(), 64)),
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
        if (!joins_others(node) || checked_.contains(&node)) {
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
void Emitter::emit_nodes(const Block& block, std::size_t count, std::vector<bool>& done) {
    for (std::size_t i = 0; i < count; ++i) {
        if (done[i]) {
            continue;
        }
        const Node& node = block.nodes[i];
        if (checked_.contains(&node)) {
            emit_checked(node);
        } else if (joins_others(node) && !hoists(node)) {
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

/// Runs of one place each are scalars.
Shape Emitter::loaded_shape(const Access& access) {
    const std::vector<Run>& runs = access.runs;
    const bool flat = !runs.empty() && runs.size() <= 4 && std::ranges::none_of(runs, &Run::spread);
    return flat ? Shape::of(0, static_cast<unsigned>(runs.size())) : Shape::any();
}

/// An access that the block's test covers.
void Emitter::emit_checked(const Node& node) {
    count_node(node);
    const Access& access = checked_.at(&node);
    if (node.instruction->opcode == Opcode::Ld) {
        finish_load(node, load_fast(access, loaded_shape(access), loaded_bits(node)));
        return;
    }
    store_fast(access, stored_values(node, access.bytes * 8));
}

void Emitter::emit_loads(const std::vector<const Node*>& nodes) {
    struct Load {
        const Node* node = nullptr;
        Access access;
        unsigned bits = 32;
        Shape shape;
        std::vector<std::vector<Shaped>> ways; ///< the results, by way
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
            finish_load(*node, load_slowly(load.access, load.bits));
            continue;
        }
        load.shape = loaded_shape(load.access);
        ok = builder_.CreateAnd(ok, may_go_fast(load.access));
        loads.push_back(std::move(load));
    }
    if (loads.empty()) {
        return;
    }
    llvm::BasicBlock* quick = new_block("quick");
    llvm::BasicBlock* slow = new_block("slow");
    llvm::BasicBlock* join = new_block("loaded");
    std::vector<llvm::BasicBlock*> ends;
    builder_.CreateCondBr(ok, quick, slow, likely());
    builder_.SetInsertPoint(quick);
    const auto go_quickly = [&](bool masked) {
        for (Load& load : loads) {
            Access access = load.access;
            access.masked_run = access.masked_run && masked;
            load.ways.push_back(load_fast(access, load.shape, load.bits));
        }
        ends.push_back(builder_.GetInsertBlock());
        builder_.CreateBr(join);
    };
    Value* mask = loads[0].access.mask; // of all: only one that has no guard is made with others
    if (std::ranges::any_of(loads, [](const Load& load) { return load.access.masked_run; }) &&
        !llvm::isa<llvm::Constant>(mask)) {
        // Loads under a mask are slow on some processors, which do not fetch ahead for them.
        llvm::BasicBlock* all = new_block("all");
        llvm::BasicBlock* some = new_block("some");
        builder_.CreateCondBr(builder_.CreateICmpEQ(mask, constant(~0u, 32)), all, some);
        builder_.SetInsertPoint(all);
        go_quickly(false);
        builder_.SetInsertPoint(some);
    }
    go_quickly(true);
    builder_.SetInsertPoint(slow);
    for (Load& load : loads) {
        load.ways.push_back(load_slowly(load.access, load.bits));
        for (Shaped& value : load.ways.back()) {
            narrow(load.access, value, load.shape);
        }
    }
    ends.push_back(builder_.GetInsertBlock());
    builder_.CreateBr(join);
    builder_.SetInsertPoint(join);
    for (Load& load : loads) {
        for (std::size_t i = 0; i < load.ways[0].size(); ++i) {
            const auto meet = [&](auto part_of) {
                llvm::PHINode* phi = nullptr;
                for (std::size_t way = 0; way < ends.size(); ++way) {
                    Value* value = part_of(load.ways[way][i]);
                    phi = phi == nullptr ? builder_.CreatePHI(value->getType(), 3) : phi;
                    phi->addIncoming(value, ends[way]);
                }
                return static_cast<Value*>(phi);
            };
            Shaped& result = load.ways[0][i];
            if (load.shape.vector()) {
                result.vector = meet([](const Shaped& value) { return value.vector; });
            }
            for (std::size_t part = 0; part < result.base.size(); ++part) {
                result.base[part] = meet([&](const Shaped& value) { return value.base[part]; });
            }
        }
    }
    for (Load& load : loads) { // all phis come first in their block
        finish_load(*load.node, load.ways[0]);
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
    if (access.form != Form::Runs) {
        for (unsigned i = 0; i < access.elements; ++i) {
            result[i].vector = widen(access, load_lanes(access, i), bits);
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

/// Which lanes of a run run.
llvm::Value* Emitter::run_mask(const Access& access, const Run& run) {
    llvm::SmallVector<int, lanes> take;
    for (unsigned lane = run.first; lane < run.first + run.count; ++lane) {
        take.push_back(static_cast<int>(lane));
    }
    return builder_.CreateShuffleVector(to_mask(access.mask), take);
}

/// One load for each run, then the elements are sorted by lane.
void Emitter::load_runs(const Access& access, std::vector<Shaped>& result, unsigned bits) {
    llvm::Type* element = integer(access.bytes * 8);
    Values all(access.elements);
    for (const Run& run : access.runs) {
        Value* pointer = host_address(access, address_in_lane(access.address, run.first));
        const unsigned loaded_lanes = run.spread ? run.count : 1;
        auto* type = llvm::FixedVectorType::get(element, loaded_lanes * access.elements);
        Value* loaded = access.masked_run
                            ? builder_.CreateMaskedLoad(type, pointer, llvm::Align(access.bytes), run_mask(access, run),
                                                        llvm::Constant::getNullValue(type))
                            : static_cast<Value*>(load_at(access, type, pointer));
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

/// Element `i` of each lane: a gather, or a load for each lane.
llvm::Value* Emitter::load_lanes(const Access& access, unsigned i) {
    if (!access.by_lane) {
        if (access.form == Form::Spaced) {
            return gather(access, spaced_lanes(access, i));
        }
        Value* where = access.addresses;
        return gather(
            access,
            pointers(access, i == 0 ? where : builder_.CreateAdd(where, same(where, std::uint64_t{i} * access.bytes))));
    }
    llvm::Type* element = integer(access.bytes * 8);
    Value* result = llvm::PoisonValue::get(lanes_of(element));
    for (unsigned lane = 0; lane < lanes; ++lane) {
        result = builder_.CreateInsertElement(result, load_at(access, element, lane_pointer(access, lane, i)), lane);
    }
    return result;
}

/// Where element `i` of a lane is.
llvm::Value* Emitter::lane_pointer(const Access& access, unsigned lane, unsigned i) {
    Value* first = access.form == Form::Spaced
                       ? host_address(access, address_in_lane(access.address, lane))
                       : builder_.CreateExtractElement(pointers(access, access.addresses), lane);
    return builder_.CreateConstInBoundsGEP1_64(integer(8), first, std::uint64_t{i} * access.bytes);
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
