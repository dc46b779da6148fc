// Loads and stores (9.7.9.8 to 9.7.9.11), address conversion.
//
// Confinement: no load or store happens before its address has been compared with its window: the device's region, or
// the block's shared, the thread's local, the launch's parameter window. The comparison is made once for a uniform
// address, for the first and the last lane of a run of lanes, otherwise lane by lane. Where it fails, or where an
// access has no fast form, the runtime function checks and accesses lane by lane and raises the fault.
//
// Fast forms, by what is known of the address: one scalar for all lanes or for each part; runs of lanes that lie next
// to each other; on AVX-512 anything, by gather and scatter. Lanes that do not run never access memory: fast forms of
// more than one run ask that all lanes run.
#include "vgpu/codegen/emit.h"

#include <algorithm>
#include <cstddef>

namespace assay::vgpu::codegen {

using isa::Operand;
using isa::Space;

namespace {

bool is_window(Space space) {
    return space == Space::Shared || space == Space::SharedCluster || space == Space::Local || space == Space::Param;
}

} // namespace

// Addresses

/// The address in its space: 64 bits, of a window 32.
Shaped Emitter::address_of(const Leaf& leaf, Space space) {
    const unsigned bits = is_window(space) ? 32 : 64;
    const Operand& operand_ = *leaf.operand;
    Shaped address;
    if (operand_.elements.empty()) {
        address.shape = Shape::scalar();
        address.bits = bits;
        address.base = {constant(0, bits)};
    } else if (leaf.value != none) {
        address = get(leaf.value);
    } else {
        address = operand({&operand_.elements[0], none}, 64);
    }
    if (address.bits != bits && !address.shape.vector()) {
        if (address.bits < bits && !address.shape.flat()) {
            vector_of(address);
            address.shape = Shape::any();
        } else {
            if (address.shape.pattern != 0) {
                Pattern pattern = facts_.patterns[address.shape.pattern];
                for (std::int64_t& entry : pattern) {
                    entry = sign_extend(static_cast<std::uint64_t>(entry), bits);
                }
                address.shape.pattern = facts_.patterns.intern(pattern);
            }
            for (Value*& base : address.base) {
                base = fit(base, bits);
            }
            address.shape.wrap = 0; // a unit is a multiple of 2^32
            address.limit.clear();
            address.unit = nullptr;
            address.vector = nullptr;
        }
    }
    if (address.shape.vector()) {
        address.vector = fit(address.vector, bits);
    }
    address.bits = bits;
    if (operand_.offset != 0) {
        const auto add = [&](Value* value) {
            return builder_.CreateAdd(value, same(value, static_cast<std::uint64_t>(operand_.offset)));
        };
        for (Value*& base : address.base) {
            base = add(base);
        }
        address.vector = address.shape.vector() ? add(address.vector) : nullptr;
    }
    return address;
}

Emitter::Access Emitter::access_of(const Node& node, unsigned register_bits) {
    const isa::Instruction& instruction = *node.instruction;
    Access access;
    access.instruction = &instruction;
    access.space = instruction.mod.space;
    access.bytes = std::max(1u, isa::bits_of(instruction.mod.type) / 8);
    access.elements = instruction.mod.vector;
    access.address = address_of(node.src[0], access.space);
    access.site = new_site(instruction);
    access.site->space = access.space;
    access.site->element_bytes = static_cast<std::uint8_t>(access.bytes);
    access.site->elements = static_cast<std::uint8_t>(access.elements);
    access.site->register_bytes = static_cast<std::uint8_t>(register_bits / 8);
    access.site->sign_extend = isa::is_signed(instruction.mod.type) && !isa::is_packed(instruction.mod.type);
    access.mask = running_lanes(node);
    access.guarded = node.guard != none;
    return access;
}

llvm::Value* Emitter::window_base(Space space) {
    switch (space) {
    case Space::Shared:
    case Space::SharedCluster:
        return context_field(offsetof(Context, shared_base), 64);
    case Space::Local:
        return context_field(offsetof(Context, local_base), 64);
    case Space::Param:
        return context_field(offsetof(Context, parameters), 64);
    default:
        return context_field(offsetof(Context, region_base), 64);
    }
}

llvm::Value* Emitter::window_bytes(Space space) {
    switch (space) {
    case Space::Shared:
    case Space::SharedCluster:
        return context_field(offsetof(Context, shared_bytes), 64);
    case Space::Local:
        return context_field(offsetof(Context, local_bytes), 64);
    case Space::Param:
        return constant(known_.parameter_bytes, 64);
    default:
        return context_field(offsetof(Context, region_bytes), 64);
    }
}

/// Scalars, or lane by lane for vectors: an access at `address` stays in its window and is aligned.
llvm::Value* Emitter::fits(const Access& access, Value* address) {
    const unsigned bytes = access.bytes * access.elements;
    Value* wide = fit(address, 64);
    Value* offset = wide;
    if (!is_window(access.space)) {
        Value* base = window_base(access.space);
        offset = builder_.CreateSub(wide, is_vector(wide) ? splat(base) : base);
    }
    // A window may be smaller than the access: then nothing fits.
    Value* window = window_bytes(access.space);
    Value* small = builder_.CreateICmpULT(window, constant(bytes, 64));
    Value* limit = builder_.CreateSub(window, constant(bytes, 64));
    limit = builder_.CreateSelect(small, constant(0, 64), limit);
    Value* inside = builder_.CreateICmpULE(offset, is_vector(wide) ? splat(limit) : limit);
    inside = builder_.CreateAnd(inside, is_vector(wide) ? splat(builder_.CreateNot(small)) : builder_.CreateNot(small));
    if (bytes == 1) {
        return inside;
    }
    Value* low = builder_.CreateAnd(address, same(address, bytes - 1));
    return builder_.CreateAnd(inside, builder_.CreateICmpEQ(low, same(low, 0)));
}

llvm::Value* Emitter::stays(const Shaped& address) {
    Value* result = builder_.getTrue();
    if (address.shape.wrap != 0) {
        std::int64_t largest = 0;
        for (const std::int64_t entry : facts_.patterns[address.shape.wrap]) {
            largest = std::max(largest, entry);
        }
        for (Value* limit : address.limit) {
            result = builder_.CreateAnd(
                result, builder_.CreateICmpUGE(limit, constant(static_cast<std::uint64_t>(largest), 32)));
        }
    }
    return result;
}

/// Where a checked address is in the host's memory.
llvm::Value* Emitter::host_address(const Access& access, Value* address) {
    Value* wide = fit(address, 64);
    if (is_window(access.space)) {
        Value* base = window_base(access.space);
        wide = builder_.CreateAdd(wide, is_vector(wide) ? splat(base) : base);
    }
    return builder_.CreateIntToPtr(wide, like(llvm::PointerType::get(context_, 0), wide));
}

/// The window of each lane's thread in local memory, relative to the block's.
llvm::Value* Emitter::local_offsets() {
    return at_entry([&] {
        Value* warp = builder_.CreateLoad(integer(32), frame_at(offsetof(Frame, warp)));
        Pattern numbers;
        for (unsigned lane = 0; lane < lanes; ++lane) {
            numbers[lane] = lane;
        }
        Value* first = fit(builder_.CreateMul(warp, constant(lanes, 32)), 64);
        Value* threads = builder_.CreateAdd(splat(first), pattern_vector(numbers, 64));
        return static_cast<Value*>(builder_.CreateMul(threads, splat(window_bytes(Space::Local))));
    });
}

// Runs: how the lanes of an affine access lie in memory

/// The fewest equal groups of lanes in each of which the addresses either are the same or follow each other.
std::vector<Emitter::Run> Emitter::runs_of(const Access& access) {
    const Shape& shape = access.address.shape;
    const unsigned step = access.bytes * access.elements;
    if (!shape.affine() || access.space == Space::Local) {
        return {};
    }
    const Pattern& pattern = facts_.patterns[shape.pattern];
    for (unsigned count = shape.parts; count <= 8; count *= 2) {
        std::vector<Run> runs;
        const unsigned width = lanes / count;
        bool fits_all = true;
        for (unsigned i = 0; i < count && fits_all; ++i) {
            const std::int64_t first = pattern[i * width];
            bool same_place = true, next_to = true;
            for (unsigned lane = i * width; lane < (i + 1) * width; ++lane) {
                same_place = same_place && pattern[lane] == first;
                next_to = next_to && pattern[lane] == first + static_cast<std::int64_t>((lane - i * width) * step);
            }
            fits_all = same_place || next_to;
            runs.push_back({i * width, width, !same_place});
        }
        if (fits_all) {
            return runs;
        }
    }
    return {};
}

llvm::Value* Emitter::address_in_lane(const Shaped& address, unsigned lane) {
    Value* base = address.base[lane * address.shape.parts / lanes];
    const std::int64_t offset = facts_.patterns[address.shape.pattern][lane];
    return offset == 0 ? base : builder_.CreateAdd(base, constant(static_cast<std::uint64_t>(offset), address.bits));
}

/// i1: the runs' accesses are all right.
llvm::Value* Emitter::runs_fit(const Access& access, const std::vector<Run>& runs) {
    Value* ok = stays(access.address);
    for (const Run& run : runs) {
        ok = builder_.CreateAnd(ok, fits(access, address_in_lane(access.address, run.first)));
        if (run.spread) {
            ok = builder_.CreateAnd(ok, fits(access, address_in_lane(access.address, run.first + run.count - 1)));
        }
    }
    return ok;
}

// Loads

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

void Emitter::emit_load(const Node& node) {
    unsigned bits = 32;
    for (const ValueId value : node.dst) {
        bits = value != none ? graph_.values[value].bits : bits;
    }
    Access access = access_of(node, bits);
    if (access.instruction->mod.semantics == isa::Semantics::Sc) {
        builder_.CreateFence(llvm::AtomicOrdering::SequentiallyConsistent);
    }
    const std::vector<Run> runs = runs_of(access);
    Form form;
    if (!runs.empty()) {
        form = load_runs(access, runs, bits);
    } else {
        form = load_lanes(access, bits);
    }
    for (std::size_t i = 0; i < node.dst.size(); ++i) {
        finish(node, i, std::move(form.values[i]));
    }
    if (access.instruction->mod.semantics >= isa::Semantics::Acquire) {
        builder_.CreateFence(llvm::AtomicOrdering::Acquire);
    }
}

/// Branches to a fast block if `ok`, else to one that asks the runtime; the values of both meet.
Emitter::Form Emitter::choose(const Access& access, Value* ok, unsigned bits, const Shape& shape,
                              const std::function<std::vector<Shaped>()>& fast) {
    llvm::BasicBlock* quick = new_block("quick");
    llvm::BasicBlock* slow = new_block("slow");
    llvm::BasicBlock* join = new_block("loaded");
    builder_.CreateCondBr(ok, quick, slow, likely());
    builder_.SetInsertPoint(quick);
    std::vector<Shaped> direct = fast();
    llvm::BasicBlock* quick_end = builder_.GetInsertBlock();
    builder_.CreateBr(join);

    builder_.SetInsertPoint(slow);
    Values vectors = load_slowly(access, bits);
    std::vector<std::vector<Value*>> parts(vectors.size());
    for (std::size_t i = 0; i < vectors.size(); ++i) {
        if (shape.vector()) {
            continue;
        }
        const unsigned width = lanes / shape.parts;
        for (unsigned part = 0; part < shape.parts; ++part) {
            // Any running lane of the part has the value.
            Value* mask = builder_.CreateLShr(access.mask, part * width);
            Value* lane = builder_.CreateBinaryIntrinsic(llvm::Intrinsic::cttz, mask, builder_.getFalse());
            lane = builder_.CreateBinaryIntrinsic(llvm::Intrinsic::umin, lane, constant(width - 1, 32));
            parts[i].push_back(
                builder_.CreateExtractElement(vectors[i], builder_.CreateAdd(lane, constant(part * width, 32))));
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
    Form form;
    for (std::size_t i = 0; i < direct.size(); ++i) {
        Shaped value;
        value.shape = shape;
        value.bits = bits;
        if (shape.vector()) {
            value.vector = meet(direct[i].vector, vectors[i]);
        } else {
            for (unsigned part = 0; part < shape.parts; ++part) {
                value.base.push_back(meet(direct[i].base[part], parts[i][part]));
            }
        }
        form.values.push_back(std::move(value));
    }
    return form;
}

Emitter::Form Emitter::load_runs(const Access& access, const std::vector<Run>& runs, unsigned bits) {
    llvm::Type* element = integer(access.bytes * 8);
    const auto parts = static_cast<unsigned>(runs.size());
    const bool flat = parts <= 4 && std::ranges::none_of(runs, [](const Run& run) { return run.spread; });
    const bool one_run = runs.size() == 1;
    Value* ok = runs_fit(access, runs);
    const bool masked_run = one_run && runs[0].spread && access.elements == 1 && machine_.avx512;
    if (!masked_run && !(one_run && !runs[0].spread)) {
        ok = builder_.CreateAnd(ok, builder_.CreateICmpEQ(access.mask, constant(~0u, 32)));
    } else if (access.guarded) {
        ok = builder_.CreateAnd(ok, builder_.CreateIsNotNull(access.mask));
    }
    const Shape shape = flat ? Shape::of(0, parts) : Shape::any();
    return choose(access, ok, bits, shape, [&] {
        std::vector<Shaped> result(access.elements);
        for (Shaped& value : result) {
            value.shape = shape;
            value.bits = bits;
        }
        if (flat) {
            for (const Run& run : runs) {
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
            return result;
        }
        if (masked_run) {
            Value* pointer = host_address(access, address_in_lane(access.address, 0));
            Value* loaded = access.instruction->mod.semantics == isa::Semantics::Weak
                                ? static_cast<Value*>(builder_.CreateMaskedLoad(
                                      lanes_of(element), pointer, llvm::Align(access.bytes), to_mask(access.mask),
                                      llvm::Constant::getNullValue(lanes_of(element))))
                                : nullptr;
            if (loaded != nullptr) {
                result[0].vector = widen(access, loaded, bits);
                return result;
            }
        }
        // One load for each run, then the elements are sorted by lane.
        Values all(access.elements);
        for (const Run& run : runs) {
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
        return result;
    });
}

/// i1 and the addresses: every running lane's access is all right.
llvm::Value* Emitter::lanes_fit(Access& access, Value*& addresses) {
    addresses = vector_of(access.address);
    Value* good = mask_bits(fits(access, addresses));
    Value* bad = builder_.CreateAnd(access.mask, builder_.CreateNot(good));
    return builder_.CreateIsNull(bad);
}

llvm::Value* Emitter::pointers(const Access& access, Value* addresses) {
    Value* wide = fit(addresses, 64);
    if (access.space == Space::Local) {
        wide = builder_.CreateAdd(wide, local_offsets());
    }
    Access moved = access;
    return host_address(moved, wide);
}

Emitter::Form Emitter::load_lanes(Access& access, unsigned bits) {
    const bool gathers = machine_.avx512 && access.bytes >= 4 && access.bytes <= 8 &&
                         access.instruction->mod.semantics == isa::Semantics::Weak;
    if (!gathers) {
        Values vectors = load_slowly(access, bits);
        Form form;
        for (Value* vector : vectors) {
            Shaped value;
            value.shape = Shape::any();
            value.bits = bits;
            value.vector = vector;
            form.values.push_back(std::move(value));
        }
        return form;
    }
    Value* addresses = nullptr;
    Value* ok = lanes_fit(access, addresses);
    return choose(access, ok, bits, Shape::any(), [&] {
        std::vector<Shaped> result(access.elements);
        llvm::Type* type = lanes_of(integer(access.bytes * 8));
        for (unsigned i = 0; i < access.elements; ++i) {
            Value* where = addresses;
            if (i != 0) {
                where = builder_.CreateAdd(where, same(where, std::uint64_t{i} * access.bytes));
            }
            Value* loaded = builder_.CreateMaskedGather(type, pointers(access, where), llvm::Align(access.bytes),
                                                        to_mask(access.mask), llvm::Constant::getNullValue(type));
            result[i].shape = Shape::any();
            result[i].vector = widen(access, loaded, bits);
        }
        return result;
    });
}

Emitter::Values Emitter::load_slowly(const Access& access, unsigned bits) {
    Shaped address = access.address;
    llvm::AllocaInst* where = scratch(0, lanes * 8);
    llvm::AllocaInst* data = scratch(1, std::uint64_t{access.elements} * lanes * bits / 8);
    builder_.CreateAlignedStore(fit(vector_of(address), 64), where, llvm::Align(8));
    check_runtime(
        call_runtime(reinterpret_cast<const void*>(&runtime_load), integer(1),
                     {context_argument_, frame_argument_, host_pointer(access.site), access.mask, where, data}));
    Values result;
    for (unsigned i = 0; i < access.elements; ++i) {
        result.push_back(builder_.CreateAlignedLoad(
            lanes_of(integer(bits)), builder_.CreateConstInBoundsGEP1_64(integer(8), data, i * lanes * bits / 8),
            llvm::Align(8)));
    }
    return result;
}

// Stores

void Emitter::emit_store(const Node& node) {
    std::vector<Shaped> data;
    Access access = access_of(node, 32);
    for (std::size_t i = 1; i < node.src.size(); ++i) {
        data.push_back(operand(node.src[i], access.bytes * 8));
        Shaped& value = data.back();
        // The low bits of the register.
        if (value.bits != access.bytes * 8) {
            if (!value.shape.uniform()) {
                vector_of(value);
                value.shape = Shape::any();
                value.base.clear();
            }
            for (Value*& base : value.base) {
                base = fit(base, access.bytes * 8);
            }
            value.vector = value.shape.vector() ? fit(value.vector, access.bytes * 8) : nullptr;
            value.bits = access.bytes * 8;
        }
    }
    const isa::Semantics semantics = access.instruction->mod.semantics;
    if (semantics >= isa::Semantics::Acquire) {
        builder_.CreateFence(semantics == isa::Semantics::Sc ? llvm::AtomicOrdering::SequentiallyConsistent
                                                             : llvm::AtomicOrdering::Release);
    }
    const std::vector<Run> runs = runs_of(access);
    const bool scatters =
        machine_.avx512 && access.bytes >= 4 && access.bytes <= 8 && semantics == isa::Semantics::Weak;
    if (runs.empty() && !scatters) {
        store_slowly(access, data);
        return;
    }
    Value* ok = nullptr;
    Value* addresses = nullptr;
    const bool one_run = runs.size() == 1;
    const bool masked_run =
        one_run && runs[0].spread && access.elements == 1 && machine_.avx512 && semantics == isa::Semantics::Weak;
    const bool one_place = one_run && !runs[0].spread;
    if (runs.empty()) {
        ok = lanes_fit(access, addresses);
    } else {
        ok = runs_fit(access, runs);
        if (!masked_run && !one_place) {
            ok = builder_.CreateAnd(ok, builder_.CreateICmpEQ(access.mask, constant(~0u, 32)));
        } else if (access.guarded) {
            ok = builder_.CreateAnd(ok, builder_.CreateIsNotNull(access.mask));
        }
    }
    llvm::BasicBlock* quick = new_block("quick");
    llvm::BasicBlock* slow = new_block("slow");
    llvm::BasicBlock* join = new_block("stored");
    builder_.CreateCondBr(ok, quick, slow, likely());
    builder_.SetInsertPoint(quick);
    if (runs.empty()) {
        for (unsigned i = 0; i < access.elements; ++i) {
            Value* where = addresses;
            if (i != 0) {
                where = builder_.CreateAdd(where, same(where, std::uint64_t{i} * access.bytes));
            }
            Shaped value = data[i];
            builder_.CreateMaskedScatter(vector_of(value), pointers(access, where), llvm::Align(access.bytes),
                                         to_mask(access.mask));
        }
    } else if (masked_run) {
        Shaped value = data[0];
        builder_.CreateMaskedStore(vector_of(value), host_address(access, address_in_lane(access.address, 0)),
                                   llvm::Align(access.bytes), to_mask(access.mask));
    } else {
        for (const Run& run : runs) {
            store_run(access, run, data, one_place);
        }
    }
    builder_.CreateBr(join);
    builder_.SetInsertPoint(slow);
    store_slowly(access, data);
    builder_.CreateBr(join);
    builder_.SetInsertPoint(join);
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

// Spaces

/// Shared, local and parameter addresses are offsets into windows of the region; the others are generic already.
void Emitter::emit_cvta(const Node& node) {
    const isa::Modifiers& mod = node.instruction->mod;
    const unsigned bits = graph_.values[node.dst[0]].bits;
    Shaped value = operand(node.src[0], bits);
    if (!is_window(mod.space)) {
        finish(node, 0, std::move(value));
        return;
    }
    Value* base = window_base(mod.space);
    if (mod.space == Space::Local) {
        Value* window = builder_.CreateAdd(splat(base), local_offsets());
        Value* vector = fit(vector_of(value), 64);
        vector = mod.to_space ? builder_.CreateSub(vector, window) : builder_.CreateAdd(vector, window);
        finish_vector(node, 0, fit(vector, bits));
        return;
    }
    const auto move = [&](Value* address) {
        Value* window = fit(base, bits);
        window = is_vector(address) ? splat(window) : window;
        return mod.to_space ? builder_.CreateSub(address, window) : builder_.CreateAdd(address, window);
    };
    for (Value*& part : value.base) {
        part = move(part);
    }
    value.vector = value.shape.vector() ? move(value.vector) : nullptr;
    finish(node, 0, std::move(value));
}

void Emitter::emit_isspacep(const Node& node) {
    Shaped value = operand(node.src[0], 64);
    Value* address = fit(vector_of(value), 64);
    const auto within = [&](Value* start, Value* bytes) {
        start = is_vector(start) ? start : splat(start);
        return builder_.CreateICmpULT(builder_.CreateSub(address, start), splat(bytes));
    };
    Value* shared = within(window_base(Space::Shared), window_bytes(Space::Shared));
    Value* local =
        within(builder_.CreateAdd(splat(window_base(Space::Local)), local_offsets()), window_bytes(Space::Local));
    Value* is_constant = same(shared, 0);
    for (std::size_t i = 0; i < kernel_.module->program.variables.size(); ++i) {
        const isa::Variable& variable = kernel_.module->program.variables[i];
        if (variable.space == Space::Const) {
            is_constant = builder_.CreateOr(
                is_constant, within(constant(kernel_.module->variable_address[i], 64), constant(variable.bytes, 64)));
        }
    }
    Value* result = nullptr;
    switch (node.instruction->mod.space) {
    case Space::Shared:
    case Space::SharedCluster:
        result = shared;
        break;
    case Space::Local:
        result = local;
        break;
    case Space::Const:
        result = is_constant;
        break;
    case Space::Param:
        result = within(window_base(Space::Param), window_bytes(Space::Param));
        break;
    default: // parameters count as global
        result = builder_.CreateNot(builder_.CreateOr(builder_.CreateOr(shared, local), is_constant));
        break;
    }
    finish_vector(node, 0, result);
}

} // namespace assay::vgpu::codegen
