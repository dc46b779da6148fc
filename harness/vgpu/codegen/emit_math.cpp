// The approximate functions (9.7.3: sin, cos, lg2, ex2, tanh, rsqrt) of float.
#include "vgpu/codegen/emit.h"

namespace assay::vgpu::codegen {

using isa::Opcode;

/// The function, or null if it is left to isa::evaluate.
llvm::Value* Emitter::math(Opcode opcode, Value* a) {
    switch (opcode) {
    case Opcode::Rsqrt:
        return builder_.CreateFDiv(number(a, 1), unary(llvm::Intrinsic::sqrt, a));
    default:
        return nullptr;
    }
}

} // namespace assay::vgpu::codegen
