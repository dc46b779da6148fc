#include "vgpu/codegen/emit.h"

#include <cstddef>

#include "vgpu/codegen/symbols.h"

namespace assay::vgpu::codegen {

using isa::Operand;
using isa::Special;

Emitter::Emitter(llvm::Module& module, const Kernel& kernel, const Structure& structure, Facts& facts,
                 const Known& known, Machine machine, Code& code, std::deque<Site>& sites, Version version)
    : context_(module.getContext()), module_(module), kernel_(kernel), graph_(kernel.graph), structure_(structure),
      facts_(facts), known_(known), transfer_(facts.patterns, known), machine_(machine), code_(code), sites_(sites),
      version_(version), builder_(context_) {}

void Emitter::begin(const std::string& name) {
    llvm::Type* pointer = llvm::PointerType::get(context_, 0);
    auto* type = llvm::FunctionType::get(integer(32), {pointer, pointer, integer(32)}, false);
    function_ = llvm::Function::Create(type, llvm::Function::ExternalLinkage, name, module_);
    set_attributes(function_);
    context_argument_ = function_->getArg(0);
    frame_argument_ = function_->getArg(1);
    function_->getArg(0)->addAttr(llvm::Attribute::NoAlias);
    function_->getArg(1)->addAttr(llvm::Attribute::NoAlias);
    prepare_counters();
    emit_entry();
}

void Emitter::emit_blocks(Emitter* other) {
    other_ = other;
    for (const BlockId id : structure_.order) {
        emit_block(id);
    }
    for (Group& group : groups_) {
        emit_group_end(group);
    }
}

void Emitter::finish() {
    emit_entrances();
    emit_resume_switch();
}

void Emitter::set_attributes(llvm::Function* function) const {
    function->addFnAttr(llvm::Attribute::NoUnwind);
    if (machine_.avx512) {
        function->addFnAttr("prefer-vector-width", "512");
        function->addFnAttr("min-legal-vector-width", "512");
    }
}

// Types and constants

llvm::Type* Emitter::like(llvm::Type* element, Value* shape) {
    return is_vector(shape) ? lanes_of(element) : element;
}

llvm::Value* Emitter::same(Value* shape, std::uint64_t value) {
    return llvm::ConstantInt::get(shape->getType(), value);
}

llvm::Value* Emitter::splat(Value* scalar) {
    return builder_.CreateVectorSplat(lanes, scalar);
}

llvm::Value* Emitter::pattern_vector(const Pattern& values, unsigned bits) {
    llvm::SmallVector<llvm::Constant*, lanes> elements;
    for (const std::int64_t value : values) {
        elements.push_back(llvm::ConstantInt::get(integer(bits), static_cast<std::uint64_t>(value), true));
    }
    return llvm::ConstantVector::get(elements);
}

llvm::Value* Emitter::pattern(PatternId id, unsigned bits) {
    return pattern_vector(facts_.patterns[id], bits);
}

llvm::Value* Emitter::fit(Value* value, unsigned bits) {
    return builder_.CreateZExtOrTrunc(value, like(integer(bits), value));
}

llvm::Value* Emitter::fit_signed(Value* value, unsigned bits) {
    return builder_.CreateSExtOrTrunc(value, like(integer(bits), value));
}

llvm::Constant* Emitter::outside(const std::string& symbol, std::uint64_t offset) {
    llvm::Constant* start = module_.getOrInsertGlobal(symbol, integer(8));
    return llvm::ConstantExpr::getInBoundsGetElementPtr(integer(8), start, llvm::ConstantInt::get(integer(64), offset));
}

llvm::Value* Emitter::variable_address(std::uint32_t variable) {
    return builder_.CreatePtrToInt(outside(variable_symbol(variable), 0), integer(64));
}

llvm::Constant* Emitter::host_pointer(const Site* site) {
    return outside(sites_symbol, site->number * sizeof(Site));
}

/// Runs `make` with the builder in the entry block, whose values reach everywhere.
llvm::Value* Emitter::at_entry(const std::function<Value*()>& make) {
    const llvm::IRBuilderBase::InsertPointGuard guard(builder_);
    builder_.SetInsertPoint(entry_);
    return make();
}

llvm::Value* Emitter::context_field(std::size_t offset, unsigned bits) {
    const std::uint64_t key = offset;
    if (const auto found = entry_values_.find(key); found != entry_values_.end()) {
        return found->second;
    }
    Value* value = at_entry([&] {
        return static_cast<Value*>(builder_.CreateLoad(
            integer(bits), builder_.CreateConstInBoundsGEP1_64(integer(8), context_argument_, offset)));
    });
    return entry_values_[key] = value;
}

/// A special register in lane 0 of the warp; the analysis knows how the other lanes differ. Where they differ in
/// no regular way, the vector of all lanes.
llvm::Value* Emitter::special(const Operand& operand) {
    const std::uint64_t key = (1ull << 32) + (static_cast<std::uint64_t>(operand.special) << 8) + operand.index;
    if (const auto found = entry_values_.find(key); found != entry_values_.end()) {
        return found->second;
    }
    const auto warp = [&] {
        llvm::LoadInst* loaded = builder_.CreateLoad(
            integer(32), builder_.CreateConstInBoundsGEP1_64(integer(8), frame_argument_, offsetof(Frame, warp)));
        const std::uint32_t warps = (known_.block[0] * known_.block[1] * known_.block[2] + lanes - 1) / lanes;
        loaded->setMetadata(llvm::LLVMContext::MD_range,
                            llvm::MDBuilder(context_).createRange(llvm::APInt(32, 0), llvm::APInt(32, warps)));
        return static_cast<Value*>(loaded);
    };
    const std::uint32_t x = known_.block[0], y = known_.block[1], z = known_.block[2];
    const auto coordinate = [&](std::uint32_t below, std::uint32_t extent) {
        Value* thread = builder_.CreateMul(warp(), constant(lanes, 32));
        if (transfer_.operand(operand, 32).vector()) {
            Pattern lane;
            for (unsigned i = 0; i < lanes; ++i) {
                lane[i] = i;
            }
            thread = builder_.CreateAdd(splat(thread), pattern_vector(lane, 32));
        }
        return builder_.CreateURem(builder_.CreateUDiv(thread, same(thread, below)), same(thread, extent));
    };
    const auto field = [&](std::size_t offset) { return context_field(offset, 32); };
    /// Of x, y, z the one that the register is for; `first` is the register for x.
    const auto axis = [&](std::size_t offset, Special first) {
        return field(offset + 4 * (static_cast<std::size_t>(operand.special) - static_cast<std::size_t>(first)));
    };
    const auto make = [&]() -> Value* {
        switch (operand.special) {
        case Special::TidX:
            return coordinate(1, x);
        case Special::TidY:
            return coordinate(x, y);
        case Special::TidZ:
            return coordinate(x * y, z);
        case Special::NtidX:
            return constant(x, 32);
        case Special::NtidY:
            return constant(y, 32);
        case Special::NtidZ:
            return constant(z, 32);
        case Special::CtaidX:
            return field(offsetof(Context, block_index));
        case Special::CtaidY:
            return field(offsetof(Context, block_index) + 4);
        case Special::CtaidZ:
            return field(offsetof(Context, block_index) + 8);
        case Special::NctaidX:
            return field(offsetof(Context, grid));
        case Special::NctaidY:
            return field(offsetof(Context, grid) + 4);
        case Special::NctaidZ:
            return field(offsetof(Context, grid) + 8);
        case Special::WarpId:
            return warp();
        case Special::NwarpId:
            return constant((x * y * z + lanes - 1) / lanes, 32);
        case Special::WarpSize:
            return constant(lanes, 32);
        case Special::LanemaskEq:
        case Special::LanemaskLe:
            return constant(1, 32);
        case Special::LanemaskGe:
            return constant(~0u, 32);
        case Special::LanemaskGt:
            return constant(~1u, 32);
        case Special::DynamicSmemSize:
            return field(offsetof(Context, dynamic_shared));
        case Special::TotalSmemSize:
        case Special::AggrSmemSize:
            return field(offsetof(Context, shared_bytes));
        case Special::NsmId:
            return constant(1, 32);
        // A launch without clusters is a grid of clusters of one block.
        case Special::NclusterIdX:
        case Special::NclusterIdY:
        case Special::NclusterIdZ:
            return builder_.CreateUDiv(axis(offsetof(Context, grid), Special::NclusterIdX),
                                       axis(offsetof(Context, cluster), Special::NclusterIdX));
        case Special::ClusterIdX:
        case Special::ClusterIdY:
        case Special::ClusterIdZ:
            return builder_.CreateUDiv(axis(offsetof(Context, block_index), Special::ClusterIdX),
                                       axis(offsetof(Context, cluster), Special::ClusterIdX));
        case Special::ClusterCtaidX:
        case Special::ClusterCtaidY:
        case Special::ClusterCtaidZ:
            return builder_.CreateURem(axis(offsetof(Context, block_index), Special::ClusterCtaidX),
                                       axis(offsetof(Context, cluster), Special::ClusterCtaidX));
        case Special::ClusterNctaidX:
        case Special::ClusterNctaidY:
        case Special::ClusterNctaidZ:
            return axis(offsetof(Context, cluster), Special::ClusterNctaidX);
        case Special::ClusterCtarank:
            return field(offsetof(Context, cluster_rank));
        case Special::ClusterNctarank:
            return field(offsetof(Context, cluster_blocks));
        case Special::IsExplicitCluster:
            return fit(builder_.CreateICmpUGT(field(offsetof(Context, cluster_blocks)), constant(1, 32)), 32);
        case Special::Envreg:
            return operand.index == 1   ? field(offsetof(Context, grid_workspace) + 4)
                   : operand.index == 2 ? field(offsetof(Context, grid_workspace))
                                        : static_cast<Value*>(constant(0, 32));
        default: // laneid, lanemask_lt in lane 0; smid, gridid
            return constant(0, 32);
        }
    };
    return entry_values_[key] = at_entry(make);
}

// Values

Shape Emitter::shape_in_block(ValueId value) const {
    const Definition& definition = graph_.values[value];
    if (definition.kind == Definition::Kind::Undefined) {
        return Shape::scalar(definition.bits);
    }
    return outlives(facts_, structure_, definition.block, here_) ? Shape::any() : facts_.shapes[value];
}

Shaped Emitter::get(ValueId value) {
    if (const auto found = current_.find(value); found != current_.end()) {
        return found->second;
    }
    if (const auto found = hoisted_values_.find(value); found != hoisted_values_.end()) {
        return found->second;
    }
    const Definition& definition = graph_.values[value];
    Shaped result;
    if (definition.kind == Definition::Kind::Undefined) {
        result.shape = Shape::scalar(definition.bits);
        result.bits = definition.bits;
        result.base = {constant(0, definition.bits)};
    } else {
        result = load_slot(value);
    }
    return current_[value] = result;
}

Shaped Emitter::operand(const Leaf& leaf, unsigned bits) {
    if (leaf.value != none) {
        Shaped value = get(leaf.value);
        if (leaf.operand != nullptr && leaf.operand->negated) {
            for (Value*& base : value.base) {
                base = builder_.CreateNot(base);
            }
            if (value.vector != nullptr) {
                value.vector = builder_.CreateNot(value.vector);
            }
        }
        return value;
    }
    const Operand& operand = *leaf.operand;
    Shaped result;
    result.shape = transfer_.operand(operand, bits);
    result.bits = bits;
    switch (operand.kind) {
    case Operand::Kind::Immediate:
        result.base = {constant(operand.bits & (bits >= 64 ? ~0ull : (1ull << bits) - 1), bits)};
        break;
    case Operand::Kind::Special: {
        const bool wide = operand.special == Special::Clock64 || operand.special == Special::GlobalTimer ||
                          operand.special == Special::GridId;
        if (operand.special == Special::Clock || operand.special == Special::ClockHi || wide ||
            operand.special == Special::GlobalTimerLo || operand.special == Special::GlobalTimerHi) {
            Value* now = operand.special == Special::GridId
                             ? static_cast<Value*>(constant(0, 64))
                             : call_runtime(reinterpret_cast<const void*>(&runtime_clock), integer(64), {});
            if (operand.special == Special::ClockHi || operand.special == Special::GlobalTimerHi) {
                now = builder_.CreateLShr(now, 32);
            }
            result.base = {fit(now, bits)};
            break;
        }
        Value* value = fit(special(operand), bits);
        if (result.shape.vector()) {
            result.vector = value;
        } else {
            result.base = {value};
        }
        break;
    }
    case Operand::Kind::Variable: {
        const isa::Variable& variable = kernel_.module->program.variables[operand.index];
        const auto offset = static_cast<std::uint64_t>(operand.offset);
        if (variable.space == isa::Space::Shared) {
            const auto found = kernel_.shared.offsets.find(operand.index);
            const std::uint64_t start =
                found != kernel_.shared.offsets.end() ? found->second : kernel_.shared.dynamic_offset;
            result.base = {constant(start + offset, bits)};
        } else {
            result.base = {builder_.CreateAdd(fit(variable_address(operand.index), bits), constant(offset, bits))};
        }
        break;
    }
    case Operand::Kind::Local:
    case Operand::Kind::Param:
        result.base = {constant(static_cast<std::uint64_t>(operand.offset), bits)};
        break;
    case Operand::Kind::Function:
        result.base = {constant(function_address(operand.index), bits)};
        break;
    default:
        result.base = {constant(0, bits)};
        break;
    }
    return result;
}

/// The scalar of a part, where the value may have fewer parts: then the pattern moves into it.
llvm::Value* Emitter::at_part(const Shaped& value, unsigned part, unsigned parts) {
    const unsigned own = value.shape.parts;
    Value* base = value.base[part * own / parts];
    const std::int64_t offset = facts_.patterns[value.shape.pattern][part * lanes / parts];
    return offset == 0 || own == parts
               ? base
               : builder_.CreateAdd(base, constant(static_cast<std::uint64_t>(offset), value.bits));
}

llvm::Value* Emitter::vector_of(Shaped& value) {
    if (value.vector != nullptr) {
        return value.vector;
    }
    const auto spread = [&](const llvm::SmallVector<Value*, 4>& scalars) {
        Value* result = splat(scalars[0]);
        const unsigned width = lanes / static_cast<unsigned>(scalars.size());
        for (unsigned part = 1; part < scalars.size(); ++part) {
            llvm::SmallVector<int, lanes> take;
            for (unsigned lane = 0; lane < lanes; ++lane) {
                take.push_back(static_cast<int>(lane / width == part ? lanes + lane : lane));
            }
            result = builder_.CreateShuffleVector(result, splat(scalars[part]), take);
        }
        return result;
    };
    Value* result = spread(value.base);
    if (value.shape.pattern != 0) {
        result = builder_.CreateAdd(result, pattern(value.shape.pattern, value.bits));
    }
    if (value.shape.wrap != 0) {
        Value* wraps = builder_.CreateICmpUGT(pattern(value.shape.wrap, 32), spread(value.limit));
        result = builder_.CreateAdd(result, builder_.CreateSelect(wraps, splat(value.unit), same(result, 0)));
    }
    value.vector = result;
    return result;
}

/// The same value in a wider shape.
Shaped Emitter::reshape(Shaped value, const Shape& shape) {
    if (shape.vector()) {
        vector_of(value);
        value.shape = shape;
        value.base.clear();
        value.limit.clear();
        value.unit = nullptr;
        return value;
    }
    Shaped result;
    result.shape = shape;
    result.bits = value.bits;
    for (unsigned part = 0; part < shape.parts; ++part) {
        result.base.push_back(at_part(value, part, shape.parts));
        if (shape.wrap != 0) {
            result.limit.push_back(value.shape.wrap != 0 ? value.limit[part * value.shape.parts / shape.parts]
                                                         : constant(~0u, 32));
        }
    }
    if (shape.wrap != 0) {
        result.unit = value.shape.wrap != 0 ? value.unit : constant(0, value.bits);
    }
    return result;
}

void Emitter::set(ValueId value, Shaped shaped) {
    shaped.bits = graph_.values[value].bits;
    if (shaped.shape != facts_.shapes[value]) {
        shaped = reshape(shaped, facts_.shapes[value]);
    }
    store_slot(value, shaped);
    current_[value] = std::move(shaped);
}

void Emitter::set_vector(ValueId value, Value* vector) {
    if (value == none) {
        return;
    }
    Shaped shaped;
    shaped.shape = Shape::any();
    shaped.vector = vector;
    set(value, std::move(shaped));
}

void Emitter::set_scalar(ValueId value, Value* scalar) {
    if (value == none) {
        return;
    }
    Shaped shaped;
    shaped.shape = Shape::scalar();
    shaped.base = {scalar};
    shaped.bits = graph_.values[value].bits;
    set(value, std::move(shaped));
}

// Runtime calls

llvm::Value* Emitter::call_runtime(const void* function, llvm::Type* result, const Values& arguments) {
    llvm::SmallVector<llvm::Type*, 8> types;
    for (Value* argument : arguments) {
        types.push_back(argument->getType());
    }
    auto* type = llvm::FunctionType::get(result, types, false);
    llvm::CallInst* call = builder_.CreateCall(module_.getOrInsertFunction(runtime_symbol(function), type), arguments);
    if (result->isIntegerTy(1)) {
        call->addRetAttr(llvm::Attribute::ZExt);
    }
    return call;
}

void Emitter::check_runtime(Value* ok) {
    llvm::BasicBlock* next = new_block("ok");
    builder_.CreateCondBr(ok, next, fault_block());
    builder_.SetInsertPoint(next);
}

/// Memory on the stack through which vectors pass to and from the runtime.
llvm::AllocaInst* Emitter::scratch(unsigned index, std::uint64_t bytes) {
    while (scratch_.size() <= index) {
        scratch_.push_back(nullptr);
    }
    llvm::AllocaInst*& slot = scratch_[index];
    if (slot == nullptr || llvm::cast<llvm::ArrayType>(slot->getAllocatedType())->getNumElements() < bytes) {
        slot = new_slot(llvm::ArrayType::get(integer(8), bytes), "scratch");
        slot->setAlignment(llvm::Align(64));
    }
    return slot;
}

Site* Emitter::new_site(const isa::Instruction& instruction) {
    Site site;
    site.instruction = &instruction;
    site.number = static_cast<std::uint32_t>(sites_.size());
    return &sites_.emplace_back(site);
}

llvm::BasicBlock* Emitter::fault_block() {
    if (fault_ == nullptr) {
        fault_ = new_block("fault");
        llvm::ReturnInst::Create(context_, constant(static_cast<std::uint32_t>(Stop::Fault), 32), fault_);
    }
    return fault_;
}

} // namespace assay::vgpu::codegen
