#include "vgpu/core/cost.h"

#include <algorithm>
#include <array>

namespace assay::vgpu {

using isa::Opcode;
using isa::Space;
using isa::Type;

std::string_view to_string(InstructionClass kind) {
    constexpr std::array<std::string_view, instruction_classes + 1> names{
        "fp32", "fp64",  "fp16",   "integer", "compare", "special", "division", "convert", "move",  "tensor",
        "load", "store", "atomic", "copy",    "warp",    "barrier", "fence",    "control", "other", "uncounted"};
    return names[static_cast<std::size_t>(kind)];
}

std::string_view to_string(Arithmetic arithmetic) {
    constexpr std::array<std::string_view, arithmetics> names{"fp64", "fp32", "fp16", "tensor", "tensor_integer"};
    return names[static_cast<std::size_t>(arithmetic)];
}

namespace {

std::uint32_t bytes_of(Type type, std::uint32_t count) {
    return std::max(1u, isa::bits_of(type) * count / 8);
}

InstructionClass arithmetic_class(Type type) {
    if (!isa::is_float(type)) {
        return InstructionClass::Integer;
    }
    const Type element = isa::element_of(type);
    return element == Type::F64   ? InstructionClass::Fp64
           : element == Type::F32 ? InstructionClass::Fp32
                                  : InstructionClass::Fp16;
}

/// `each` operations on every element of the type, if it is a floating-point type.
void add_operations(Cost& cost, Type type, std::uint32_t each) {
    if (!isa::is_float(type)) {
        return;
    }
    const Type element = isa::element_of(type);
    cost.arithmetic = element == Type::F64   ? Arithmetic::Fp64
                      : element == Type::F32 ? Arithmetic::Fp32
                                             : Arithmetic::Fp16;
    cost.operations = each * isa::bits_of(type) / isa::bits_of(element);
}

/// Elements of a wmma fragment (9.7.14.2).
std::uint32_t fragment_elements(const isa::Modifiers& mod) {
    switch (mod.fragment) {
    case isa::Fragment::A:
        return std::uint32_t{mod.m} * mod.k;
    case isa::Fragment::B:
        return std::uint32_t{mod.k} * mod.n;
    case isa::Fragment::C:
    case isa::Fragment::D:
        break;
    }
    return std::uint32_t{mod.m} * mod.n;
}

constexpr std::uint32_t matrix_bytes = 128; ///< of ldmatrix and stmatrix: 8 rows of 16 bytes

void add_traffic(Cost& cost, const isa::Instruction& instruction) {
    const isa::Modifiers& mod = instruction.mod;
    cost.load_space = cost.store_space = mod.space;
    switch (instruction.opcode) {
    case Opcode::Ld:
        cost.loaded = bytes_of(mod.type, mod.vector);
        break;
    case Opcode::St:
        cost.stored = bytes_of(mod.type, mod.vector);
        break;
    case Opcode::Atom:
    case Opcode::Red:
        cost.atomic = bytes_of(mod.type, mod.vector);
        break;
    case Opcode::CpAsync:
        cost.load_space = Space::Global;
        cost.store_space = Space::Shared;
        cost.loaded = cost.stored = mod.immediate;
        break;
    case Opcode::Ldmatrix:
        cost.by_warp = true;
        cost.loaded = matrix_bytes * mod.matrices;
        break;
    case Opcode::Stmatrix:
        cost.by_warp = true;
        cost.stored = matrix_bytes * mod.matrices;
        break;
    case Opcode::WmmaLoad:
        cost.by_warp = true;
        cost.loaded = bytes_of(mod.type, fragment_elements(mod));
        break;
    case Opcode::WmmaStore:
        cost.by_warp = true;
        cost.stored = bytes_of(mod.type, fragment_elements(mod));
        break;
    default:
        break;
    }
}

InstructionClass class_of(const isa::Instruction& instruction) {
    using enum InstructionClass;
    const isa::Modifiers& mod = instruction.mod;
    switch (instruction.opcode) {
    case Opcode::Abs:
    case Opcode::Add:
    case Opcode::Sub:
    case Opcode::Mul:
    case Opcode::Mad:
    case Opcode::Neg:
    case Opcode::Fma:
    case Opcode::Copysign:
        return arithmetic_class(mod.type);
    case Opcode::Addc:
    case Opcode::Subc:
    case Opcode::Mul24:
    case Opcode::Madc:
    case Opcode::Mad24:
    case Opcode::Sad:
    case Opcode::Popc:
    case Opcode::Clz:
    case Opcode::Bfind:
    case Opcode::Fns:
    case Opcode::Brev:
    case Opcode::Bfe:
    case Opcode::Bfi:
    case Opcode::Szext:
    case Opcode::Bmsk:
    case Opcode::Dp4a:
    case Opcode::Dp2a:
    case Opcode::And:
    case Opcode::Or:
    case Opcode::Xor:
    case Opcode::Not:
    case Opcode::Cnot:
    case Opcode::Lop3:
    case Opcode::Shf:
    case Opcode::Shl:
    case Opcode::Shr:
    case Opcode::Prmt:
    case Opcode::Cvta:
    case Opcode::Isspacep:
    case Opcode::Mapa:
    case Opcode::Getctarank:
        return Integer;
    case Opcode::Min:
    case Opcode::Max:
    case Opcode::Testp:
    case Opcode::Set:
    case Opcode::Setp:
    case Opcode::Selp:
    case Opcode::Slct:
        return Compare;
    case Opcode::Div:
    case Opcode::Rem:
        return Division;
    case Opcode::Rcp:
    case Opcode::Sqrt:
    case Opcode::Rsqrt:
    case Opcode::Sin:
    case Opcode::Cos:
    case Opcode::Lg2:
    case Opcode::Ex2:
    case Opcode::Tanh:
        return Special;
    case Opcode::Mov:
        return Move;
    case Opcode::Cvt:
    case Opcode::CvtPack:
        return Convert;
    case Opcode::Ld:
        return mod.space == Space::Param ? Uncounted : Load;
    case Opcode::St:
        return mod.space == Space::Param ? Uncounted : Store;
    case Opcode::Ldmatrix:
    case Opcode::WmmaLoad:
        return Load;
    case Opcode::Stmatrix:
    case Opcode::WmmaStore:
        return Store;
    case Opcode::Atom:
    case Opcode::Red:
        return Atomic;
    case Opcode::CpAsync:
    case Opcode::BulkCopy:
    case Opcode::TensorCopy:
    case Opcode::StAsync:
    case Opcode::RedAsync:
        return Copy;
    case Opcode::CpAsyncCommit:
    case Opcode::CpAsyncWait:
    case Opcode::CpAsyncWaitAll:
    case Opcode::Fence:
        return Fence;
    case Opcode::Bar:
    case Opcode::BarWarp:
    case Opcode::Mbarrier:
    case Opcode::ClusterBarrier:
        return Barrier;
    case Opcode::Vote:
    case Opcode::Match:
    case Opcode::Redux:
    case Opcode::Activemask:
    case Opcode::Shfl:
    case Opcode::Elect:
    case Opcode::Movmatrix:
        return Warp;
    case Opcode::Mma:
    case Opcode::WmmaMma:
    case Opcode::Wgmma:
        return Tensor;
    case Opcode::Bra:
    case Opcode::BrxIdx:
    case Opcode::Trap:
    case Opcode::Brkpt:
        return Control;
    case Opcode::Prefetch:
    case Opcode::Applypriority:
    case Opcode::Discard:
    case Opcode::Createpolicy:
    case Opcode::Nanosleep:
    case Opcode::Pmevent:
    case Opcode::Hint:
        return Other;
    case Opcode::Call:
    case Opcode::Ret:
    case Opcode::Exit:
    case Opcode::Unsupported:
        break;
    }
    return Uncounted;
}

} // namespace

Cost cost_of(const isa::Instruction& instruction) {
    const isa::Modifiers& mod = instruction.mod;
    Cost cost;
    cost.kind = class_of(instruction);
    if (cost.kind == InstructionClass::Uncounted) {
        return cost;
    }
    switch (instruction.opcode) {
    case Opcode::Add:
    case Opcode::Sub:
    case Opcode::Mul:
    case Opcode::Min:
    case Opcode::Max:
    case Opcode::Div:
    case Opcode::Rcp:
    case Opcode::Sqrt:
    case Opcode::Rsqrt:
    case Opcode::Sin:
    case Opcode::Cos:
    case Opcode::Lg2:
    case Opcode::Ex2:
    case Opcode::Tanh:
        add_operations(cost, mod.type, 1);
        break;
    case Opcode::Setp:
        add_operations(cost, mod.type, 1);
        break;
    case Opcode::Set:
        add_operations(cost, mod.source_type, 1);
        break;
    case Opcode::Fma:
    case Opcode::Mad:
        add_operations(cost, mod.type, 2);
        break;
    case Opcode::Atom:
    case Opcode::Red:
        if (mod.atomic == isa::AtomicOp::Add || mod.atomic == isa::AtomicOp::Min || mod.atomic == isa::AtomicOp::Max) {
            add_operations(cost, mod.type, mod.vector);
        }
        break;
    case Opcode::Mma:
    case Opcode::WmmaMma:
        cost.by_warp = true;
        cost.arithmetic = isa::is_float(mod.a_type) ? Arithmetic::Tensor : Arithmetic::TensorInteger;
        cost.operations = 2u * mod.m * mod.n * mod.k;
        break;
    case Opcode::Wgmma: // a warp's quarter of the rows
        cost.by_warp = true;
        cost.arithmetic = isa::is_float(mod.a_type) ? Arithmetic::Tensor : Arithmetic::TensorInteger;
        cost.operations = 2u * mod.m / 4 * mod.n * mod.k;
        break;
    default:
        break;
    }
    add_traffic(cost, instruction);
    return cost;
}

std::vector<AccessShape> accesses_of(const isa::Instruction& instruction) {
    const isa::Modifiers& mod = instruction.mod;
    switch (instruction.opcode) {
    case Opcode::Ld:
    case Opcode::St:
    case Opcode::Atom:
    case Opcode::Red:
        if (mod.space == Space::Global || mod.space == Space::Shared || mod.space == Space::SharedCluster ||
            mod.space == Space::Generic) {
            const Use use = instruction.opcode == Opcode::Ld   ? Use::Read
                            : instruction.opcode == Opcode::St ? Use::Write
                                                               : Use::Atomic;
            return {{0, use, mod.space, bytes_of(mod.type, mod.vector), ~0u}};
        }
        return {};
    case Opcode::CpAsync:
        return {{0, Use::Write, Space::Shared, mod.immediate, ~0u}, {1, Use::Read, Space::Global, mod.immediate, ~0u}};
    case Opcode::Ldmatrix:
    case Opcode::Stmatrix: { // lane 8 i + r has the address of row r of matrix i
        const Use use = instruction.opcode == Opcode::Ldmatrix ? Use::Read : Use::Write;
        return {{0, use, Space::Shared, 16, mod.matrices >= 4 ? ~0u : (1u << 8 * mod.matrices) - 1}};
    }
    default:
        return {};
    }
}

} // namespace assay::vgpu
