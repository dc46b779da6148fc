// The closed sets of the PTX ISA: types, state spaces, roundings, comparisons and the other modifiers of an
// instruction.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace assay::isa {

/// PTX ISA 9.0, section 5.2 (types), 5.2.3 (alternate floating-point formats), 5.2.5 (packed).
enum class Type : std::uint8_t {
    None,
    Pred,
    B1,
    U4,
    S4, // clang-format keeps families together
    B8,
    U8,
    S8,
    B16,
    U16,
    S16,
    F16,
    BF16,
    B32,
    U32,
    S32,
    F32,
    TF32,
    F16x2,
    BF16x2,
    U16x2,
    S16x2,
    E4M3,
    E5M2,
    E4M3x2,
    E5M2x2,
    B64,
    U64,
    S64,
    F64,
    F32x2,
    B128,
};

[[nodiscard]] unsigned bits_of(Type type);                     ///< width; Pred and B1 are 1
[[nodiscard]] bool is_float(Type type);                        ///< scalar and packed floating-point types
[[nodiscard]] bool is_signed(Type type);                       ///< S8 … S64, S4, S16x2
[[nodiscard]] bool is_packed(Type type);                       ///< F16x2, BF16x2, U16x2, S16x2, E4M3x2, E5M2x2, F32x2
[[nodiscard]] Type element_of(Type packed);                    ///< F16x2 → F16; a scalar type is its own element
[[nodiscard]] std::string_view to_string(Type type);           ///< "f16x2", without the dot
[[nodiscard]] std::optional<Type> type_from(std::string_view); ///< the reverse

/// Section 5.1.
enum class Space : std::uint8_t { Generic, Global, Shared, Local, Const, Param, SharedCluster };
[[nodiscard]] std::string_view to_string(Space space);

/// Sections 9.7.3 to 9.7.6, 9.7.9.21 (cvt). The I forms round to an integral value.
enum class Rounding : std::uint8_t { None, Rn, Rz, Rm, Rp, Rna, Rni, Rzi, Rmi, Rpi };

/// Section 9.3: U forms are true when an operand is NaN; Lo … Hs are unsigned; Num and Nan test for NaN.
enum class Compare : std::uint8_t { Eq, Ne, Lt, Le, Gt, Ge, Lo, Ls, Hi, Hs, Equ, Neu, Ltu, Leu, Gtu, Geu, Num, Nan };
enum class Combine : std::uint8_t { None, And, Or, Xor }; ///< setp.CmpOp.BoolOp

enum class AtomicOp : std::uint8_t { None, And, Or, Xor, Cas, Exch, Add, Inc, Dec, Min, Max, Popc };
enum class Semantics : std::uint8_t { Weak, Volatile, Relaxed, Acquire, Release, AcqRel, Sc };
enum class Scope : std::uint8_t { None, Cta, Cluster, Gpu, Sys };

enum class ShuffleMode : std::uint8_t { Up, Down, Bfly, Idx };
enum class VoteMode : std::uint8_t { All, Any, Uni, Ballot };
enum class MatchMode : std::uint8_t { Any, All };
enum class PermuteMode : std::uint8_t { Index, F4e, B4e, Rc8, Ecl, Ecr, Rc16 };
enum class ClassTest : std::uint8_t { Finite, Infinite, Number, NotANumber, Normal, Subnormal };
enum class MatrixLayout : std::uint8_t { Row, Col };
enum class Fragment : std::uint8_t { A, B, C, D }; ///< of wmma.load / wmma.store

/// Section 10.
enum class Special : std::uint8_t {
    TidX,
    TidY,
    TidZ,
    NtidX,
    NtidY,
    NtidZ,
    CtaidX,
    CtaidY,
    CtaidZ,
    NctaidX,
    NctaidY,
    NctaidZ,
    LaneId,
    WarpId,
    NwarpId,
    SmId,
    NsmId,
    GridId,
    WarpSize,
    LanemaskEq,
    LanemaskLe,
    LanemaskLt,
    LanemaskGe,
    LanemaskGt,
    Clock,
    ClockHi,
    Clock64,
    GlobalTimer,
    GlobalTimerLo,
    GlobalTimerHi,
    DynamicSmemSize,
    TotalSmemSize,
    AggrSmemSize,
    Envreg, ///< %envreg0 … %envreg31: `Operand::index` is the number
    ClusterIdX,
    ClusterIdY,
    ClusterIdZ,
    NclusterIdX,
    NclusterIdY,
    NclusterIdZ,
    ClusterCtaidX,
    ClusterCtaidY,
    ClusterCtaidZ,
    ClusterNctaidX,
    ClusterNctaidY,
    ClusterNctaidZ,
    ClusterCtarank,
    ClusterNctarank,
    IsExplicitCluster,
};
[[nodiscard]] std::string_view to_string(Special special);           ///< "%tid.x"
[[nodiscard]] std::optional<Special> special_from(std::string_view); ///< the reverse; %envregN excepted

} // namespace assay::isa
