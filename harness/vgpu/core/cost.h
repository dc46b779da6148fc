// What one PTX instruction asks of a machine, as far as its text says: its class, its arithmetic, the bytes it moves.
//
// Counting PTX is not counting machine instructions: the assembler fuses, splits and drops. Moves often vanish, a
// division or an exact square root becomes a sequence, and what belongs to the calling convention (call, ret, exit, the
// .param space, where kernel parameters are operands) is left out altogether: `InstructionClass::Uncounted`.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "isa/program.h"

namespace assay::vgpu {

enum class InstructionClass : std::uint8_t {
    Fp32,     ///< add, sub, mul, fma, abs, neg, ... of f32 and f32x2
    Fp64,     ///< of f64
    Fp16,     ///< of f16, bf16 and their pairs
    Integer,  ///< arithmetic, logic, shifts, bit fields, extended precision, address conversion
    Compare,  ///< setp, set, selp, slct, min, max, testp, of any type
    Special,  ///< rcp, sqrt, rsqrt, sin, cos, lg2, ex2, tanh
    Division, ///< div, rem of any type
    Convert,  ///< cvt
    Move,     ///< mov
    Tensor,   ///< mma, wmma.mma, wgmma
    Load,     ///< ld, ldmatrix, wmma.load
    Store,    ///< st, stmatrix, wmma.store
    Atomic,   ///< atom, red
    Copy,     ///< cp.async, bulk and tensor copies (whose bytes are not counted), st.async, red.async
    Warp,     ///< shfl, vote, match, redux, activemask, elect, movmatrix
    Barrier,  ///< bar, barrier, bar.warp.sync, mbarrier, barrier.cluster
    Fence,    ///< membar, fence, and the commits and waits of asynchronous copies
    Control,  ///< bra, brx, trap
    Other,    ///< prefetch, cache hints, nanosleep
    Uncounted,
};
inline constexpr std::size_t instruction_classes = static_cast<std::size_t>(InstructionClass::Uncounted);
[[nodiscard]] std::string_view to_string(InstructionClass kind); ///< "fp32", "integer", ...

/// Arithmetic that operations are counted of.
enum class Arithmetic : std::uint8_t { Fp64, Fp32, Fp16, Tensor, TensorInteger };
inline constexpr std::size_t arithmetics = 5;
[[nodiscard]] std::string_view to_string(Arithmetic arithmetic); ///< "fp64", "tensor", "tensor_integer", ...

inline constexpr std::size_t spaces = 7; ///< of isa::Space

struct Cost {
    InstructionClass kind = InstructionClass::Other;
    bool by_warp = false; ///< what follows is done once for the warp; else by each lane
    Arithmetic arithmetic = Arithmetic::Fp32;
    /// Operations: one for add, sub, mul, div, min, max, a comparison and each special function, two for fma, 2 m n k
    /// for a matrix product; none for what only moves, selects, converts or changes a sign. Pairs count twice.
    std::uint32_t operations = 0;
    isa::Space load_space = isa::Space::Generic, store_space = isa::Space::Generic; ///< those of the text
    std::uint32_t loaded = 0, stored = 0;                                           ///< bytes
    std::uint32_t atomic = 0; ///< bytes read and written at `load_space`
};
[[nodiscard]] Cost cost_of(const isa::Instruction& instruction);

enum class Use : std::uint8_t { Read, Write, Atomic };

/// A side of an instruction that reaches memory where the addresses of a warp decide what it costs.
struct AccessShape {
    std::uint32_t operand = 0; ///< which of the sources is the address
    Use use = Use::Read;
    isa::Space space = isa::Space::Generic;
    std::uint32_t bytes = 0; ///< at each lane's address
    std::uint32_t lanes = 0; ///< those whose address counts
};
/// Of ld, st, atom, red, cp.async, ldmatrix and stmatrix in global, shared and generic space. wmma.load and wmma.store
/// have none: which lane reads what is the machine's secret.
[[nodiscard]] std::vector<AccessShape> accesses_of(const isa::Instruction& instruction);

} // namespace assay::vgpu
