// One instruction: in which form its sources are taken, and how its results become values.
#include "vgpu/codegen/emit.h"

namespace assay::vgpu::codegen {

using isa::Opcode;
using isa::Operand;

void Emitter::emit_node(const Node& node) {
    if (!node.dst.empty() && node.dst[0] != none && hoisted_[node.dst[0]]) {
        return;
    }
    builder_.SetCurrentDebugLocation({});
    if (node.instruction->opcode != Opcode::Ld) { // loads are made together, and counted there
        count_node(node);
    }
    switch (node.instruction->opcode) {
    case Opcode::Ld:
        emit_load(node);
        break;
    case Opcode::St:
        emit_store(node);
        break;
    case Opcode::CpAsync:
        emit_copy(node);
        break;
    case Opcode::Cvta:
        emit_cvta(node);
        break;
    case Opcode::Isspacep:
        emit_isspacep(node);
        break;
    case Opcode::Atom:
    case Opcode::Red:
        emit_atomic(node);
        break;
    case Opcode::Fence:
        emit_fence(node);
        break;
    case Opcode::Shfl:
        emit_shuffle(node);
        break;
    case Opcode::Vote:
        emit_vote(node);
        break;
    case Opcode::Activemask:
        finish_scalar(node, 0, running_lanes(node));
        break;
    case Opcode::Match:
    case Opcode::Redux:
    case Opcode::Elect:
        emit_warp(node);
        break;
    case Opcode::Mbarrier:
    case Opcode::BulkCopy:
    case Opcode::TensorCopy:
    case Opcode::StAsync:
    case Opcode::RedAsync:
        emit_async(node);
        break;
    case Opcode::Wgmma:
        emit_wgmma(node);
        break;
    case Opcode::Mma:
    case Opcode::WmmaMma:
        emit_product(node);
        break;
    case Opcode::WmmaLoad:
    case Opcode::WmmaStore:
    case Opcode::Ldmatrix:
    case Opcode::Stmatrix:
        emit_matrix_movement(node);
        break;
    case Opcode::Movmatrix:
        emit_movmatrix(node);
        break;
    case Opcode::Call:
        emit_call(node);
        break;
    case Opcode::Trap:
    case Opcode::Brkpt:
        emit_trap(node);
        break;
    case Opcode::Bar: // those at which a warp waits end a block: emit_stop.cpp
        emit_arrive(node);
        break;
    case Opcode::ClusterBarrier: // likewise
        call_runtime(reinterpret_cast<const void*>(&runtime_arrive_in_cluster), builder_.getVoidTy(),
                     {context_argument_, frame_argument_, running_lanes(node)});
        break;
    case Opcode::Mapa:
    case Opcode::Getctarank:
        emit_in_cluster(node);
        break;
    case Opcode::Createpolicy:
        finish_scalar(node, 0, constant(0, graph_.values[node.dst[0]].bits));
        break;
    case Opcode::BarWarp: // lanes that run run together
    case Opcode::Nanosleep:
    case Opcode::Pmevent:
    case Opcode::Hint:
    case Opcode::Prefetch:
    case Opcode::Applypriority:
    case Opcode::Discard:
    case Opcode::CpAsyncCommit: // copies are done when they are issued
    case Opcode::CpAsyncWait:
    case Opcode::CpAsyncWaitAll:
        break;
    default:
        emit_pure_node(node);
        break;
    }
}

/// Values that every call of the function computes at its entry, so that they are never saved: special registers,
/// addresses of variables, constants, and the launch's parameters.
bool Emitter::hoists(const Node& node) const {
    const isa::Instruction& instruction = *node.instruction;
    if (node.guard != none || node.dst.size() != 1 || node.dst[0] == none || node.src.size() != 1) {
        return false;
    }
    const Operand& source = *node.src[0].operand;
    if (instruction.opcode == Opcode::Mov) {
        switch (source.kind) {
        case Operand::Kind::Special:
            return source.special != isa::Special::Clock && source.special != isa::Special::ClockHi &&
                   source.special != isa::Special::Clock64 && source.special != isa::Special::GlobalTimer &&
                   source.special != isa::Special::GlobalTimerLo && source.special != isa::Special::GlobalTimerHi;
        case Operand::Kind::Variable:
        case Operand::Kind::Immediate:
        case Operand::Kind::Local:
        case Operand::Kind::Param:
        case Operand::Kind::Function:
            return true;
        default:
            return false;
        }
    }
    return instruction.opcode == Opcode::Ld && instruction.mod.space == isa::Space::Param &&
           node.src[0].value == none && parameter_offset(node).has_value();
}

void Emitter::emit_hoisted() {
    slots_.resize(graph_.values.size());
    builder_.SetInsertPoint(entry_);
    for (const BlockId id : structure_.order) {
        for (const Node& node : graph_.blocks[id].nodes) {
            if (!hoists(node)) {
                continue;
            }
            const ValueId value = node.dst[0];
            const unsigned bits = graph_.values[value].bits;
            if (node.instruction->opcode == Opcode::Mov) {
                Shaped result = operand(node.src[0], bits);
                result.bits = bits;
                hoisted_values_[value] = std::move(result);
            } else {
                Shaped result;
                result.shape = Shape::scalar();
                result.bits = bits;
                result.base = {load_parameter(node, bits)};
                hoisted_values_[value] = std::move(result);
            }
            hoisted_[value] = true;
        }
    }
}

// Results

llvm::Value* Emitter::guard_bits(const Node& node) {
    Shaped guard = get(node.guard);
    Value* holds =
        guard.shape.uniform() ? builder_.CreateSExt(scalar_of(guard), integer(32)) : mask_bits(vector_of(guard));
    return node.instruction->guard_negated ? builder_.CreateNot(holds) : holds;
}

llvm::Value* Emitter::running_lanes(const Node& node) {
    return node.guard == none ? mask_ : builder_.CreateAnd(mask_, guard_bits(node));
}

void Emitter::finish(const Node& node, std::size_t index, Shaped result) {
    const ValueId value = node.dst[index];
    if (value == none) {
        return;
    }
    result.bits = graph_.values[value].bits;
    if (node.guard == none) {
        set(value, std::move(result));
        return;
    }
    Shaped previous = get(node.previous[index]);
    Shaped guard = get(node.guard);
    const Shape& shape = facts_.shapes[value];
    Shaped merged;
    merged.bits = result.bits;
    merged.shape = shape;
    const bool negated = node.instruction->guard_negated;
    const auto choose = [&](Value* condition, Value* now, Value* before) {
        return negated ? builder_.CreateSelect(condition, before, now) : builder_.CreateSelect(condition, now, before);
    };
    if (shape.vector()) {
        Value* condition = guard.shape.uniform() ? scalar_of(guard) : vector_of(guard);
        merged.vector = choose(condition, vector_of(result), vector_of(previous));
    } else {
        result = reshape(std::move(result), shape);
        previous = reshape(std::move(previous), shape);
        Value* condition = scalar_of(guard);
        for (unsigned part = 0; part < shape.parts; ++part) {
            merged.base.push_back(choose(condition, result.base[part], previous.base[part]));
            if (shape.wrap != 0) {
                merged.limit.push_back(choose(condition, result.limit[part], previous.limit[part]));
            }
        }
        if (shape.wrap != 0) {
            merged.unit = choose(condition, result.unit, previous.unit);
        }
    }
    set(value, std::move(merged));
}

void Emitter::finish_vector(const Node& node, std::size_t index, Value* vector) {
    Shaped result;
    result.shape = Shape::any();
    result.vector = vector;
    finish(node, index, std::move(result));
}

void Emitter::finish_scalar(const Node& node, std::size_t index, Value* scalar) {
    if (node.dst[index] == none) {
        return;
    }
    Shaped result;
    result.shape = Shape::scalar();
    result.base = {fit(scalar, graph_.values[node.dst[index]].bits)};
    finish(node, index, std::move(result));
}

llvm::Value* Emitter::first_lane(Shaped& value) {
    if (value.shape.uniform()) {
        return scalar_of(value);
    }
    Value* lane = builder_.CreateBinaryIntrinsic(llvm::Intrinsic::cttz, mask_, builder_.getFalse());
    return builder_.CreateExtractElement(vector_of(value), builder_.CreateAnd(lane, constant(lanes - 1, 32)));
}

// Instructions that depend on registers alone

/// Affine results are computed in the first lane of each part, once for each: see transfer.cpp.
void Emitter::emit_pure_node(const Node& node) {
    std::vector<Shaped> sources;
    for (const Leaf& leaf : node.src) {
        sources.push_back(operand(leaf, 64));
    }
    // The shape before a guard merges it, the same for every destination: affine where some destination stays so.
    Shape shape;
    bool affine = true, wanted = false;
    std::vector<Shape> shapes;
    for (const Shaped& source : sources) {
        shapes.push_back(source.shape);
    }
    for (std::size_t i = 0; i < node.dst.size(); ++i) {
        if (node.dst[i] != none) {
            const Shape& known = facts_.shapes[node.dst[i]];
            const Shape own = transfer_.result(node, i, graph_.values[node.dst[i]].bits, shapes, nullptr, nullptr);
            affine = affine && own.affine();
            wanted = wanted || known.affine();
            shape = own;
        }
    }
    if (!affine || !wanted) {
        Values vectors;
        for (Shaped& source : sources) {
            vectors.push_back(vector_of(source));
        }
        const Values results = pure(node, vectors);
        for (std::size_t i = 0; i < node.dst.size(); ++i) {
            finish_vector(node, i, results[i]);
        }
        return;
    }
    std::vector<Shaped> results(node.dst.size());
    const Shaped* wrapped = nullptr;
    for (const Shaped& source : sources) {
        wrapped = source.shape.wrap != 0 ? &source : wrapped;
    }
    for (unsigned part = 0; part < shape.parts; ++part) {
        Values scalars;
        for (const Shaped& source : sources) {
            scalars.push_back(at_part(source, part, shape.parts));
        }
        const Values values = pure(node, scalars);
        for (std::size_t i = 0; i < results.size(); ++i) {
            if (node.dst[i] == none) {
                continue;
            }
            results[i].shape = shape;
            results[i].bits = graph_.values[node.dst[i]].bits;
            results[i].base.push_back(values[i]);
            if (shape.wrap == 0) {
                continue;
            }
            if (wrapped != nullptr) {
                results[i].limit.push_back(wrapped->limit[part]);
                if (part == 0) {
                    // What a wrapped lane differs by, after this instruction.
                    Values moved;
                    for (const Shaped& source : sources) {
                        moved.push_back(source.shape.wrap != 0 ? builder_.CreateAdd(source.base[0], source.unit)
                                                               : at_part(source, 0, shape.parts));
                    }
                    results[i].unit = builder_.CreateSub(pure(node, moved)[i], values[i]);
                }
            } else {
                begin_wrap(node, sources, part, results[i]);
            }
        }
    }
    for (std::size_t i = 0; i < results.size(); ++i) {
        if (node.dst[i] != none) {
            finish(node, i, std::move(results[i]));
        }
    }
}

/// The instruction extends a 32-bit affine source, whose lanes can wrap around: says from which pattern entry on, and
/// what a wrapped lane then differs by.
void Emitter::begin_wrap(const Node& node, const std::vector<Shaped>& sources, unsigned part, Shaped& result) {
    const isa::Modifiers& mod = node.instruction->mod;
    const isa::Type type = node.instruction->opcode == Opcode::Cvt ? mod.source_type : mod.type;
    std::size_t extended = 0;
    for (std::size_t i = 0; i < sources.size(); ++i) {
        if (sources[i].bits == 32 && sources[i].shape.pattern != 0) {
            extended = i;
        }
    }
    Value* base = sources[extended].base[part];
    const bool is_signed = isa::is_signed(type);
    result.limit.push_back(builder_.CreateSub(constant(is_signed ? 0x7fffffffu : 0xffffffffu, 32), base));
    if (part != 0) {
        return;
    }
    std::uint64_t factor = 1;
    if (node.instruction->opcode != Opcode::Cvt) {
        const std::uint64_t* other = constant_of(node.src[1 - extended]);
        factor = isa::is_signed(mod.type) ? static_cast<std::uint64_t>(sign_extend(*other, 32)) : *other & 0xffffffffu;
    }
    result.unit = constant(0 - (factor << 32), result.bits);
}

} // namespace assay::vgpu::codegen
