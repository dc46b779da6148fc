// Where accesses go: addresses, windows, confinement, address conversion.
//
// Confinement: no load or store happens before its address has been compared with its window: the device's region, or
// the block's shared, the thread's local, the launch's parameter window. The comparison is made once for each part of
// an affine address, otherwise lane by lane. Where it fails, or where an access has no fast form, the runtime function
// checks and accesses lane by lane and raises the fault.
#include <algorithm>
#include <cstddef>

#include "vgpu/codegen/emit.h"

namespace assay::vgpu::codegen {

using isa::Operand;
using isa::Space;

/// Addresses of the space are offsets into a window of the region.
bool Emitter::is_window(Space space) {
    return space == Space::Shared || space == Space::SharedCluster || space == Space::Local || space == Space::Param;
}

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
    choose_form(access);
    return access;
}

/// What is the fastest that the address allows.
void Emitter::choose_form(Access& access) {
    if (access.space == Space::SharedCluster) {
        return; // in whichever block of the cluster
    }
    const bool weak = access.instruction->mod.semantics == isa::Semantics::Weak;
    const bool loads = access.instruction->opcode == isa::Opcode::Ld;
    const bool stores = access.instruction->opcode == isa::Opcode::St;
    const bool word = access.bytes == 4 || access.bytes == 8;
    // Narrow elements are gathered as words. Without gathers each lane has an instruction of its own.
    access.by_lane = !machine_.avx512 || !(loads ? access.bytes <= 8 : word);
    if (regular(access)) {
        access.runs = runs_of(access);
        if (!access.runs.empty()) {
            access.form = Form::Runs;
            access.masked_run = access.elements == 1 && weak && (machine_.avx512 || word) &&
                                std::ranges::all_of(access.runs, &Run::spread);
            return;
        }
        if (weak) {
            access.form = Form::Spaced;
            return;
        }
    }
    if (weak && (!access.by_lane || ((loads || stores) && access.bytes <= 8))) {
        access.form = Form::Lanes;
    }
}

/// An affine access whose lanes lie at constant, aligned distances, not too far apart.
bool Emitter::regular(const Access& access) const {
    const Shape& shape = access.address.shape;
    if (!shape.affine() || access.space == Space::Local) {
        return false;
    }
    return is_regular(facts_.patterns[shape.pattern], std::int64_t{access.bytes} * access.elements);
}

/// i1: the fast form can be taken.
llvm::Value* Emitter::may_go_fast(Access& access) {
    Value* ok = access.form == Form::Lanes ? lanes_fit(access, access.addresses) : affine_fits(access);
    if (access.masked_run || (access.form != Form::Runs && !access.by_lane)) {
        return ok; // lanes that do not run are masked
    }
    if (access.form == Form::Runs && access.runs.size() == 1 && !access.runs[0].spread) {
        return access.guarded ? builder_.CreateAnd(ok, builder_.CreateIsNotNull(access.mask)) : ok;
    }
    return builder_.CreateAnd(ok, builder_.CreateICmpEQ(access.mask, constant(~0u, 32)));
}

/// Where element `i` of each lane is, of lanes at constant distances.
llvm::Value* Emitter::spaced_lanes(const Access& access, unsigned i) {
    const Shaped& address = access.address;
    const Pattern& pattern = facts_.patterns[address.shape.pattern];
    Pattern offsets;
    for (unsigned lane = 0; lane < lanes; ++lane) {
        offsets[lane] = pattern[lane] + static_cast<std::int64_t>(i) * access.bytes;
    }
    if (address.shape.parts == 1) {
        return builder_.CreateGEP(integer(8), host_address(access, address.base[0]), pattern_vector(offsets, 32));
    }
    // Relative to the first part.
    Shaped relative;
    relative.shape = Shape::of(0, address.shape.parts);
    relative.bits = 64;
    for (Value* base : address.base) {
        relative.base.push_back(builder_.CreateSub(fit(base, 64), fit(address.base[0], 64)));
    }
    Value* index = builder_.CreateAdd(vector_of(relative), pattern_vector(offsets, 64));
    return builder_.CreateGEP(integer(8), host_address(access, address.base[0]), index);
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

/// Of a window's bytes all are known: code is made for a shape of blocks and a size of shared memory.
std::uint64_t Emitter::window_bytes(Space space) const {
    switch (space) {
    case Space::Shared:
    case Space::SharedCluster:
        return known_.shared_bytes;
    case Space::Local:
        return known_.local_bytes;
    default:
        return known_.parameter_bytes;
    }
}

/// Lane by lane for a vector of addresses: an access stays in its window and is aligned.
llvm::Value* Emitter::each_fits(const Access& access, Value* addresses) {
    const unsigned bytes = access.bytes * access.elements;
    if (!is_window(access.space)) {
        Value* apart = builder_.CreateXor(fit(addresses, 64), splat(window_base(access.space)));
        Value* wrong = builder_.CreateAnd(apart, splat(outside_bits(bytes)));
        return builder_.CreateICmpEQ(wrong, same(wrong, 0));
    }
    const std::uint64_t window = window_bytes(access.space);
    if (window < bytes) {
        return llvm::Constant::getNullValue(lanes_of(integer(1)));
    }
    Value* inside = builder_.CreateICmpULE(addresses, same(addresses, window - bytes));
    if (bytes == 1) {
        return inside;
    }
    Value* low = builder_.CreateAnd(addresses, same(addresses, bytes - 1));
    return builder_.CreateAnd(inside, builder_.CreateICmpEQ(low, same(low, 0)));
}

/// The bits in which no aligned address inside the region may differ from the region's base: the region's size is a
/// power of two and its base a multiple of it.
llvm::Value* Emitter::outside_bits(unsigned bytes) {
    const std::uint64_t key = (2ull << 32) + bytes;
    if (const auto found = entry_values_.find(key); found != entry_values_.end()) {
        return found->second;
    }
    Value* size = context_field(offsetof(Context, region_bytes), 64);
    return entry_values_[key] =
               at_entry([&] { return builder_.CreateOr(builder_.CreateNeg(size), constant(bytes - 1, 64)); });
}

/// i1: every lane of an affine access stays in its window and is aligned. The lanes of a part lie between its lowest
/// and its highest, so those two are compared; of the region only the lowest, where the memory's overhang covers the
/// rest. With an extent the same holds for accesses up to so many bytes behind, at multiples of their size.
llvm::Value* Emitter::affine_fits(const Access& access, std::uint64_t extent) {
    const Shaped& address = access.address;
    const Pattern& pattern = facts_.patterns[address.shape.pattern];
    const unsigned bytes = access.bytes * access.elements, parts = address.shape.parts, width = lanes / parts;
    const bool window = is_window(access.space);
    Value* ok = stays(address);
    Value* apart = nullptr;
    for (unsigned part = 0; part < parts; ++part) {
        const auto first = pattern.begin() + part * width;
        const auto [low, high] = std::minmax_element(first, first + width);
        const std::uint64_t span = static_cast<std::uint64_t>(*high - *low) + extent;
        Value* base = address.base[part];
        const auto at = [&](std::int64_t offset) {
            return offset == 0 ? base
                               : builder_.CreateAdd(base, constant(static_cast<std::uint64_t>(offset), address.bits));
        };
        if (!window) {
            const auto differs = [&](Value* place) {
                Value* bits = builder_.CreateXor(place, window_base(access.space));
                apart = apart == nullptr ? bits : builder_.CreateOr(apart, bits);
            };
            differs(at(*low));
            if (span + bytes > Memory::overhang) {
                differs(at(*high + static_cast<std::int64_t>(extent)));
            }
            continue;
        }
        const std::uint64_t size = window_bytes(access.space);
        if (size < span + bytes) {
            return builder_.getFalse();
        }
        ok = builder_.CreateAnd(ok, builder_.CreateICmpULE(at(*low), constant(size - span - bytes, address.bits)));
        if (bytes != 1) {
            Value* odd = builder_.CreateAnd(base, constant(bytes - 1, address.bits));
            ok = builder_.CreateAnd(ok, builder_.CreateICmpEQ(odd, constant(0, address.bits)));
        }
    }
    if (apart != nullptr) {
        Value* wrong = builder_.CreateAnd(apart, outside_bits(bytes));
        ok = builder_.CreateAnd(ok, builder_.CreateICmpEQ(wrong, constant(0, 64)));
    }
    return ok;
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
        return static_cast<Value*>(builder_.CreateMul(threads, same(threads, known_.local_stride())));
    });
}

// Runs: how the lanes of an affine access lie in memory

/// The fewest equal groups of lanes in each of which the addresses either are the same or follow each other.
std::vector<Emitter::Run> Emitter::runs_of(const Access& access) const {
    const Shape& shape = access.address.shape;
    const unsigned step = access.bytes * access.elements;
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

/// i1 and the addresses: every running lane's access is all right.
llvm::Value* Emitter::lanes_fit(Access& access, Value*& addresses) {
    addresses = vector_of(access.address);
    Value* good = mask_bits(each_fits(access, addresses));
    Value* bad = builder_.CreateAnd(access.mask, builder_.CreateNot(good));
    return builder_.CreateIsNull(bad);
}

llvm::Value* Emitter::pointers(const Access& access, Value* addresses) {
    Value* wide = fit(addresses, 64);
    if (access.space == Space::Local) {
        wide = builder_.CreateAdd(wide, local_offsets());
    }
    return host_address(access, wide);
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
    if (mod.space == Space::SharedCluster) {
        emit_in_cluster(node);
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
    Value* shared = within(window_base(Space::Shared), constant(window_bytes(Space::Shared), 64));
    Value* stride = context_field(offsetof(Context, window_stride), 64);
    Value* from_first = builder_.CreateSub(address, splat(context_field(offsetof(Context, cluster_base), 64)));
    Value* windows = builder_.CreateMul(stride, fit(context_field(offsetof(Context, cluster_blocks), 32), 64));
    Value* of_cluster = builder_.CreateICmpULT(from_first, splat(windows)); // shared and local
    Value* local = within(builder_.CreateAdd(splat(window_base(Space::Local)), local_offsets()),
                          constant(window_bytes(Space::Local), 64));
    Value* is_constant = same(shared, 0);
    for (std::uint32_t i = 0; i < kernel_.module->program.variables.size(); ++i) {
        const isa::Variable& variable = kernel_.module->program.variables[i];
        if (variable.space == Space::Const) {
            is_constant = builder_.CreateOr(is_constant, within(variable_address(i), constant(variable.bytes, 64)));
        }
    }
    Value* result = nullptr;
    switch (node.instruction->mod.space) {
    case Space::Shared:
        result = shared;
        break;
    case Space::SharedCluster: {
        Value* offset = builder_.CreateURem(from_first, splat(stride));
        result = builder_.CreateAnd(of_cluster, builder_.CreateICmpULT(offset, same(offset, known_.shared_bytes)));
        break;
    }
    case Space::Local:
        result = local;
        break;
    case Space::Const:
        result = is_constant;
        break;
    case Space::Param:
        result = within(window_base(Space::Param), constant(window_bytes(Space::Param), 64));
        break;
    default: // parameters count as global
        result = builder_.CreateNot(builder_.CreateOr(of_cluster, is_constant));
        break;
    }
    finish_vector(node, 0, result);
}

} // namespace assay::vgpu::codegen
