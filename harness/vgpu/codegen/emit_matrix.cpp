// mma and wmma.mma (9.7.14).
//
// A product keeps its fragments in the registers' layout. For each element of D that a lane holds and each k, the
// factor from A (and from B) is an element that some lane holds: which one is known here, so it is one constant
// shuffle, and the sum is a chain of fma in the order of k. Products of the narrow formats are exact in float, so each
// step rounds once; an f16 result is rounded at the end. Each kind of product is one function in the module.
#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "vgpu/codegen/emit.h"
#include "vgpu/core/fragments.h"

namespace assay::vgpu::codegen {

using isa::Fragment;
using isa::Opcode;
using isa::Type;

namespace {

/// Where each lane finds a factor: an element of another lane's fragment.
struct Origin {
    unsigned lane = 0, element = 0;
    friend auto operator<=>(const Origin&, const Origin&) = default;
};
using Origins = std::array<Origin, lanes>;

/// Who holds what: by row and column.
std::map<std::pair<unsigned, unsigned>, Origin> holders(Fragment fragment, const MatrixShape& shape, unsigned bits) {
    std::map<std::pair<unsigned, unsigned>, Origin> result;
    for (unsigned lane = 0; lane < lanes; ++lane) {
        for (unsigned element = 0; element < fragment_elements(fragment, shape); ++element) {
            const MatrixPosition at = fragment_position(fragment, shape, elements_per_register(bits), lane, element);
            result.try_emplace({at.row, at.column}, Origin{lane, element});
        }
    }
    return result;
}

} // namespace

/// Element `index` of a fragment as numbers: float, double, or i32.
llvm::Value* Emitter::fragment_element(const Values& registers, Type type, unsigned index) {
    const unsigned bits = isa::bits_of(type);
    const unsigned per_register = elements_per_register(bits);
    Value* word = registers[index / per_register];
    Value* part = bits >= 32 ? word : fit(builder_.CreateLShr(word, index % per_register * bits), bits);
    switch (type) {
    case Type::F16:
    case Type::BF16:
        return half_to_float(part, type);
    case Type::TF32:
        return builder_.CreateBitCast(builder_.CreateAnd(part, same(part, 0xffffe000u)),
                                      lanes_of(builder_.getFloatTy()));
    case Type::F32:
    case Type::F64:
        return as_float(part, type);
    case Type::S8:
        return fit_signed(part, 32);
    default:
        return fit(part, 32);
    }
}

/// D = A B + C of whole registers, as a function of the module.
llvm::Function* Emitter::product_function(const isa::Modifiers& mod) {
    const std::string name =
        fmt::format("multiply_m{}n{}k{}_{}_{}_{}_{}", mod.m, mod.n, mod.k, isa::to_string(mod.a_type),
                    isa::to_string(mod.b_type), isa::to_string(mod.c_type), isa::to_string(mod.d_type));
    if (llvm::Function* known = module_.getFunction(name); known != nullptr) {
        return known;
    }
    llvm::Type* pointer = llvm::PointerType::get(context_, 0);
    auto* function = llvm::Function::Create(
        llvm::FunctionType::get(llvm::Type::getVoidTy(context_), {pointer, pointer, pointer, pointer}, false),
        llvm::Function::InternalLinkage, name, module_);
    function->addFnAttr(llvm::Attribute::NoInline);
    set_attributes(function);
    const llvm::IRBuilderBase::InsertPointGuard guard(builder_);
    builder_.SetInsertPoint(llvm::BasicBlock::Create(context_, "entry", function));
    const MatrixShape shape{mod.m, mod.n, mod.k};
    const auto load = [&](unsigned argument, Fragment fragment, Type type) {
        const unsigned bits = std::max(isa::bits_of(type), 32u);
        const unsigned count =
            std::max(fragment_elements(fragment, shape) / elements_per_register(isa::bits_of(type)), 1u);
        Values registers;
        for (unsigned i = 0; i < count; ++i) {
            registers.push_back(builder_.CreateAlignedLoad(
                lanes_of(integer(bits)),
                builder_.CreateConstInBoundsGEP1_64(integer(8), function->getArg(argument), i * lanes * bits / 8),
                llvm::Align(64)));
        }
        Values elements;
        for (unsigned i = 0; i < fragment_elements(fragment, shape); ++i) {
            elements.push_back(fragment_element(registers, type, i));
        }
        return elements;
    };
    const Values a = load(0, Fragment::A, mod.a_type), b = load(1, Fragment::B, mod.b_type);
    Values sums = load(2, Fragment::C, mod.c_type);

    const auto holders_a = holders(Fragment::A, shape, isa::bits_of(mod.a_type));
    const auto holders_b = holders(Fragment::B, shape, isa::bits_of(mod.b_type));
    std::map<Origins, Value*> known_a, known_b;
    const auto collect = [&](const Values& elements, std::map<Origins, Value*>& known, const Origins& origins) {
        Value*& result = known[origins];
        if (result != nullptr) {
            return result;
        }
        llvm::SmallVector<int, lanes> take;
        for (const Origin& origin : origins) {
            take.push_back(static_cast<int>(origin.lane));
        }
        for (unsigned element = 0; element < elements.size(); ++element) {
            llvm::SmallVector<int, lanes> choose;
            bool any = false;
            for (unsigned lane = 0; lane < lanes; ++lane) {
                const bool mine = origins[lane].element == element;
                any = any || mine;
                choose.push_back(static_cast<int>(mine ? lanes + lane : lane));
            }
            if (any) {
                Value* moved = builder_.CreateShuffleVector(elements[element], take);
                result = result == nullptr ? moved : builder_.CreateShuffleVector(result, moved, choose);
            }
        }
        return result;
    };
    for (unsigned k = 0; k < mod.k; ++k) {
        for (unsigned element = 0; element < sums.size(); ++element) {
            Origins from_a, from_b;
            for (unsigned lane = 0; lane < lanes; ++lane) {
                const MatrixPosition at = fragment_position(
                    Fragment::D, shape, elements_per_register(isa::bits_of(mod.d_type)), lane, element);
                from_a[lane] = holders_a.at({at.row, k});
                from_b[lane] = holders_b.at({k, at.column});
            }
            Value* x = collect(a, known_a, from_a);
            Value* y = collect(b, known_b, from_b);
            if (mod.d_type == Type::S32) {
                sums[element] = builder_.CreateAdd(sums[element], builder_.CreateMul(x, y));
            } else {
                sums[element] = fused(x, y, sums[element]);
            }
        }
    }
    const unsigned per_register = elements_per_register(isa::bits_of(mod.d_type));
    const unsigned bits = std::max(isa::bits_of(mod.d_type), 32u);
    for (unsigned i = 0; i < sums.size() / per_register; ++i) {
        Value* word = nullptr;
        if (mod.d_type == Type::F16) {
            Value* low = fit(float_to_half(sums[2 * i], Type::F16), 32);
            Value* high = fit(float_to_half(sums[2 * i + 1], Type::F16), 32);
            word = builder_.CreateOr(low, builder_.CreateShl(high, 16));
        } else {
            word = mod.d_type == Type::S32 ? sums[i] : as_bits(sums[i]);
        }
        builder_.CreateAlignedStore(
            word, builder_.CreateConstInBoundsGEP1_64(integer(8), function->getArg(3), i * lanes * bits / 8),
            llvm::Align(64));
    }
    builder_.CreateRetVoid();
    return function;
}

void Emitter::emit_product(const Node& node) {
    const isa::Modifiers& mod = node.instruction->mod;
    llvm::Function* function = product_function(mod);
    const std::array<Type, 3> types{mod.a_type, mod.b_type, mod.c_type};
    Values arguments;
    std::size_t next = 0;
    for (unsigned operand_ = 0; operand_ < 3; ++operand_) {
        const unsigned bits = std::max(isa::bits_of(types[operand_]), 32u);
        const std::size_t count = node.instruction->src[operand_].elements.size();
        llvm::AllocaInst* memory = scratch(operand_, count * lanes * bits / 8);
        for (std::size_t i = 0; i < count; ++i) {
            Shaped value = operand(node.src[next++], bits);
            builder_.CreateAlignedStore(fit(vector_of(value), bits),
                                        builder_.CreateConstInBoundsGEP1_64(integer(8), memory, i * lanes * bits / 8),
                                        llvm::Align(64));
        }
        arguments.push_back(memory);
    }
    const unsigned bits = std::max(isa::bits_of(mod.d_type), 32u);
    llvm::AllocaInst* result = scratch(3, node.dst.size() * lanes * bits / 8);
    arguments.push_back(result);
    builder_.CreateCall(function, arguments);
    // A fragment of f16 may name more registers than the matrix has elements for: they repeat.
    const MatrixShape shape{mod.m, mod.n, mod.k};
    const std::size_t distinct =
        std::max(fragment_elements(Fragment::D, shape) / elements_per_register(isa::bits_of(mod.d_type)), 1u);
    for (std::size_t i = 0; i < node.dst.size(); ++i) {
        Value* word = builder_.CreateAlignedLoad(
            lanes_of(integer(bits)),
            builder_.CreateConstInBoundsGEP1_64(integer(8), result, i % distinct * lanes * bits / 8), llvm::Align(64));
        if (node.dst[i] != none) {
            finish_vector(node, i, fit(word, graph_.values[node.dst[i]].bits));
        }
    }
}

} // namespace assay::vgpu::codegen
