// A PTX module with every name resolved: what the interpreters and the code generator read.
//
// `decode` turns a syntax tree into this form once: registers are numbered, instructions are flat with branch targets
// as indices, modifiers are closed enums, variables have sizes and initial bytes, and the memory of the `.local` and
// `.param` spaces of a function is laid out. Sections in comments are those of the PTX ISA 9.0.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "isa/types.h"

namespace assay::isa {

enum class Opcode : std::uint8_t {
    // integer, extended-precision and floating-point arithmetic (9.7.1 to 9.7.6)
    Abs,
    Add,
    Addc,
    Sub,
    Subc,
    Mul,
    Mul24,
    Mad,
    Madc,
    Mad24,
    Sad,
    Div,
    Rem,
    Neg,
    Min,
    Max,
    Popc,
    Clz,
    Bfind,
    Fns,
    Brev,
    Bfe,
    Bfi,
    Szext,
    Bmsk,
    Dp4a,
    Dp2a,
    Fma,
    Rcp,
    Sqrt,
    Rsqrt,
    Sin,
    Cos,
    Lg2,
    Ex2,
    Tanh,
    Copysign,
    Testp,
    // comparison, selection, logic, shifts (9.7.7, 9.7.8)
    Set,
    Setp,
    Selp,
    Slct,
    And,
    Or,
    Xor,
    Not,
    Cnot,
    Lop3,
    Shf,
    Shl,
    Shr,
    Prmt,
    // data movement and conversion (9.7.9)
    Mov,
    Ld,
    St,
    Prefetch,
    Isspacep,
    Cvta,
    Cvt,
    CvtPack,
    Mapa,
    Getctarank,
    Applypriority,
    Discard,
    Createpolicy,
    // asynchronous copies (9.7.9.25): cp.async.{ca,cg}, commit_group, wait_group, wait_all
    CpAsync,
    CpAsyncCommit,
    CpAsyncWait,
    CpAsyncWaitAll,
    // asynchronous copies of blocks of memory and of tensors (9.7.9.25.4, 9.7.9.27), and what they complete on
    BulkCopy,
    TensorCopy,
    StAsync,
    RedAsync,
    Mbarrier,
    // control (9.7.12)
    Bra,
    BrxIdx,
    Call,
    Ret,
    Exit,
    Trap,
    Brkpt,
    Nanosleep,
    Pmevent,
    // synchronisation and communication (9.7.13)
    Bar,
    BarWarp,
    Fence,
    Atom,
    Red,
    Vote,
    Match,
    Redux,
    Activemask,
    Shfl,
    Elect,
    ClusterBarrier,
    // warp-level matrices (9.7.14)
    Mma,
    WmmaLoad,
    WmmaStore,
    WmmaMma,
    Ldmatrix,
    Stmatrix,
    Movmatrix,
    // warpgroup-level matrices (9.7.15)
    Wgmma,
    // without effect on results, wherever kernels run one after the other and what is asynchronous completes at once:
    // setmaxnreg, griddepcontrol, wgmma.fence, wgmma.commit_group, wgmma.wait_group, prefetches of tensors
    Hint,
    // known, decoded as far as their operands, executed by nothing yet: an instruction of another kind
    Unsupported,
};
[[nodiscard]] std::string_view to_string(Opcode opcode);

/// What an mbarrier instruction does (9.7.13.15). Drop: the barrier expects fewer from its next phase on.
enum class MbarrierMode : std::uint8_t {
    Init,
    Inval,
    Arrive,
    ArriveDrop,
    ArriveExpectTx,     ///< expects bytes, then arrives once
    ArriveDropExpectTx, ///< the same
    ExpectTx,
    CompleteTx,
    TestWait,   ///< for the phase of a state
    TestParity, ///< for the phase of a parity
    PendingCount,
    ArriveCopies,      ///< cp.async.mbarrier.arrive: arrives when the thread's copies are done; expects itself besides
    ArriveCopiesNoinc, ///< the same, without expecting itself
};

enum class BarMode : std::uint8_t { Sync, Arrive, RedPopc, RedAnd, RedOr };

// How operands are ordered
//
// `dst` holds what precedes the first source in the text, `src` the rest, in the order of the text. A sink `_` and an
// absent optional operand that others follow are operands of kind None, so positions are fixed. Scalars stay scalars,
// `{a, b}` is one operand of kind Vector. Cache hints (L1::, L2::, .level::eviction, a trailing cache-policy register)
// do not change results: they are checked and dropped, operands included.
//
//   opcode            dst                 src
//   add.cc, ...       d                   a, b[, c]           the carry flag is implicit (`Flags`)
//   setp              p[, q]              a, b[, c]           c: predicate of the BoolOp, when `combine` != None;
//                                                             f16x2, bf16x2: p is of the low halves, q of the high
//   set               d                   a, b[, c]           the same; type: of d, source_type: of a and b
//   selp, slct        d                   a, b, c             selp: c is the predicate; slct: c has source_type
//   lop3              d[, p]              a, b, c[, q]        the table is `lop3_table`; q and p when `lop3_predicate`
//   min, max          d                   a, b[, c]           three operands exist for f32
//   cvt               d                   a[, b]              two sources when packing: a goes to the upper half
//   cvt.pack          d                   a, b[, c]           type: each element's; source_type: of a and b
//   dp4a, dp2a        d                   a, b, c             type: of a's elements; source_type: of b's
//   mov               d                   a                   either may be a Vector, then `vector` is its length
//   testp, isspacep   p                   a                   `test`; `space`
//   fns               d                   mask, base, offset
//   ld                d                   Address             d is a Vector of `vector` elements when vector > 1
//   st                -                   Address, value      the same for the value
//   prefetch(u)       -                   Address
//   applypriority     -                   Address, size
//   discard           -                   Address, size
//   createpolicy      d                   what follows in the text; the result is an opaque 64-bit hint
//   cvta              d                   a                   from `space` to generic; `to_space`: the other way
//   mapa              d                   a, cta rank
//   getctarank        d                   a
//   atom              d                   Address, b[, c]     cas: b is compared, c stored. d is None for `_`.
//                                                             Vector atomics: d and b are Vectors, `vector` > 1
//   red               -                   Address, b
//   cp.async          -                   Address (shared), Address (global), source size, ignore
//                                         `immediate`: bytes to write; source size: bytes to read (an Immediate equal
//                                         to it when absent), the rest is zeros; ignore: predicate (true: read
//                                         nothing, write zeros), kind None when absent
//   cp.async.wait_group -                 -                   `immediate`: N
//   cp.async.bulk     -                   Address to, Address from, bytes, Address mbarrier, cta mask
//                                         `space` is the destination's, `source_space` the source's; the mbarrier is
//                                         None of a copy to global memory, the mask None without .multicast; of
//                                         cp.reduce.async.bulk `atomic` and `type` say what is done
//   cp.async.bulk.tensor -                Address shared, Address tensor map, Vector coordinates, Address mbarrier,
//                                         cta mask; likewise. `space` is the destination's; innermost coordinate first
//   st.async, red.async -                 Address, value, Address mbarrier
//   mbarrier          [d]                 Address[, b]        `mbarrier` says which; b: the count, bytes, state or
//                                         parity. pending_count: d, state
//   barrier.cluster   -                   -                   `bar` is Arrive or Sync (wait)
//   bar, barrier      [d]                 barrier, threads[, predicate]
//                                         threads is None when absent; d and predicate are those of .red (`bar`)
//   bar.warp.sync     -                   membermask
//   membar, fence     -                   -                   `semantics`, `scope`. membar is fence.sc;
//                                                             fence.proxy and fence.mbarrier_init become fence.sc.sys
//   shfl              d[, p]              a, b, c[, membermask]
//   vote              d                   predicate[, membermask]
//   match             d[, p]              a, membermask       p of match.all only
//   redux             d                   a, membermask       `atomic` is the operation
//   activemask        d                   -
//   elect             d, p                membermask          d is often None
//                                         The forms of shfl and vote without .sync have no membermask.
//   mma               Vector d            Vector a, Vector b, Vector c
//                                         m, n, k; a_layout, b_layout; a_type, b_type, c_type, d_type (f16 where the
//                                         text leaves it out). b1: `atomic` is And or Xor. Registers as in 9.7.14.5.
//   wmma.load         Vector d            Address, stride     `fragment` A, B or C; its layout is `a_layout`;
//                                         its type `type`. The stride is filled in when absent (in elements).
//   wmma.store        -                   Address, Vector d, stride    likewise, `fragment` D
//   wmma.mma          Vector d            Vector a, Vector b, Vector c     modifiers as for mma
//   ldmatrix          Vector d            Address             `matrices` registers (also for .x1), `transposed`
//   stmatrix          -                   Address, Vector a   likewise
//   movmatrix         d                   a
//   wgmma             Vector d            a, descriptor of b, scale   a is a Vector of 4 registers or a descriptor;
//                                         scale is the predicate scale-d: false: d is not read. Layouts, Row of a and
//                                         Col of b where k is contiguous; `negate_a`, `negate_b`: imm-scale is -1
//   hint              none
//   bra               -                   -                   targets[0]
//   brx.idx           -                   index               targets: the table
//   call              -                   [function pointer]  empty for a direct call. `call` is the CallSite.
//                                         Arguments and results travel through the parameter frame; a call that names
//                                         registers is decoded to st.param, call, ld.param.
//   nanosleep, pmevent -                  a
//   ret, exit, trap, brkpt, cp.async.commit_group, cp.async.wait_all: none
//   Unsupported       -                   -                   operands are not looked at; `text` says what it is
//
// `space` of a generic access to a named variable is the variable's own (the assembler has it so).
// A guard applies to the whole instruction. Special registers occur only as src[0] of mov and cvt. `membermask` and
// the like may be immediates: 32 bits of them count. An integer Immediate is the literal in two's complement, 64 bits;
// take the low bits of the width that the instruction reads.
//
// Widths: the decoder guarantees that a register is exactly as wide as the instruction's operand, except where the ISA
// lets it be wider: ld, st (not atom or red) and cvt. A wider source is truncated; a wider destination is
// sign-extended for a signed type, else zero-extended, to the width of `Operand::type`.

/// The modifiers of an instruction, decoded. What an opcode does not use stays at its default.
struct Modifiers {
    Type type = Type::None;        ///< the operation's type; of `cvt`, `set`: the destination's; of dp4a: a's
    Type source_type = Type::None; ///< of `cvt`, `set`, `slct` (its condition), `dp4a`/`dp2a` (second operand)
    Rounding rounding = Rounding::None;
    bool ftz = false, sat = false, satfinite = false, relu = false, nan = false, xorsign_abs = false;
    bool approx = false, full = false; ///< div.approx, div.full, sqrt.approx, ...
    bool wide = false, high = false;   ///< mul.wide / mad.wide; .hi (neither: .lo)
    bool carry_out = false;            ///< .cc
    bool noftz = false;                ///< atom.add.noftz.f16x2
    bool uniform = false;              ///< bra.uni, call.uni
    bool left = false, wrap = false;   ///< shf.l / shf.r, .wrap / .clamp
    bool shift_amount = false;         ///< bfind.shiftamt
    bool to_space = false;             ///< cvta.to.SPACE (else from SPACE to generic)
    bool aligned = true;               ///< bar.sync, shfl.sync, barrier without .aligned is false
    bool transposed = false;           ///< ldmatrix.trans, stmatrix.trans
    bool high_half = false;            ///< dp2a.hi
    Compare compare = Compare::Eq;
    Combine combine = Combine::None;
    Space space = Space::Generic;
    std::uint8_t vector = 1;          ///< elements of a ld/st/mov vector: 1, 2, 4, 8
    AtomicOp atomic = AtomicOp::None; ///< of atom, red; of redux (And, Or, Xor, Add, Min, Max)
    Semantics semantics = Semantics::Weak;
    Scope scope = Scope::None;
    ShuffleMode shuffle = ShuffleMode::Idx;
    VoteMode vote = VoteMode::All;
    MatchMode match = MatchMode::Any;
    PermuteMode permute = PermuteMode::Index;
    ClassTest test = ClassTest::Finite;
    BarMode bar = BarMode::Sync;
    MbarrierMode mbarrier = MbarrierMode::Init;
    Space source_space = Space::Generic; ///< of cp.async.bulk
    std::uint8_t lop3_table = 0;         ///< the immLut of lop3
    bool lop3_predicate = false;         ///< lop3.BoolOp with a predicate result: `combine` says which
    // matrices
    std::uint16_t m = 0, n = 0, k = 0;
    Type a_type = Type::None, b_type = Type::None, c_type = Type::None, d_type = Type::None;
    MatrixLayout a_layout = MatrixLayout::Row, b_layout = MatrixLayout::Col;
    Fragment fragment = Fragment::A;
    bool negate_a = false, negate_b = false; ///< of wgmma
    std::uint8_t matrices = 1;               ///< ldmatrix .x1 .x2 .x4
    std::uint32_t immediate = 0;             ///< cp.async: bytes of the copy; cp.async.wait_group N; bmsk/.. none
};

struct Operand {
    enum class Kind : std::uint8_t {
        None,      ///< absent, or the sink `_`
        Register,  ///< `index` into Function::registers
        Immediate, ///< `bits`, already converted to the type the instruction reads it as (a float literal of an f32
                   ///< instruction is 32 bits; integers are two's complement in 64)
        Special,   ///< `special` (and `index` for %envreg)
        Variable,  ///< the address of Program::variables[index] plus `offset`, in the variable's own space
        Local,     ///< the offset `offset` in the function's local frame (address in the .local space)
        Param,     ///< the offset `offset` in the function's parameter frame (address in the .param space)
        Function,  ///< the address of Program::functions[index]
        Vector,    ///< `elements`
        Address,   ///< [elements[0] + offset]: Register, Immediate, Variable, Local or Param inside
    };
    Kind kind = Kind::None;
    bool negated = false;   ///< of a predicate register
    Type type = Type::None; ///< of a Register: as declared
    Special special = Special::TidX;
    std::uint32_t index = 0;
    std::uint64_t bits = 0;
    std::int64_t offset = 0;
    std::vector<Operand> elements;
};

/// Where an instruction comes from.
struct Source {
    std::uint32_t ptx_line = 0;
    std::uint32_t file = 0;                       ///< index into Program::files; 0: unknown (files[0] is empty)
    std::uint32_t line = 0;                       ///< of the CUDA source, the innermost inlined place
    std::uint32_t outer_file = 0, outer_line = 0; ///< where the inlined code was called from, if so
};

/// A piece of a parameter frame.
struct ParamSlot {
    std::uint32_t offset = 0;
    std::uint32_t bytes = 0;
    std::uint32_t alignment = 1;
    std::string name;
};

/// `call (returns), callee, (arguments)`: bytes move between the caller's and the callee's parameter frames.
struct CallSite {
    std::optional<std::uint32_t> callee; ///< into Program::functions; none: indirect through src[0]
    std::vector<ParamSlot> arguments;    ///< in the caller's frame
    std::vector<ParamSlot> returns;      ///< in the caller's frame
};

struct Instruction {
    Opcode opcode = Opcode::Unsupported;
    Modifiers mod;
    std::optional<std::uint32_t> guard; ///< predicate register
    bool guard_negated = false;
    std::vector<Operand> dst;           ///< d; `p|q` and `d|p` are two
    std::vector<Operand> src;           ///< a, b, c, ...; a memory operand is an Address; st and red have no dst
    std::vector<std::uint32_t> targets; ///< Bra: one instruction index; BrxIdx: the table
    std::uint32_t call = 0;             ///< Call: index into Function::calls
    Source source;
    std::string text; ///< as printed, for messages
};

/// Numbers of a kernel's directives (11.4); zero when absent.
struct LaunchBounds {
    std::array<std::uint32_t, 3> max_threads{}, required_threads{}, required_cluster{};
    std::uint32_t min_blocks = 0, max_registers = 0;
};

struct Function {
    std::string name;
    bool entry = false;
    bool defined = false;        ///< false: a declaration (vprintf, malloc, __assertfail, __cudaCDP2...)
    std::vector<Type> registers; ///< type of each, as declared
    std::vector<ParamSlot>
        parameters; ///< in the parameter frame; of an entry: at the offsets of the launch's parameter block, from 0
    std::vector<ParamSlot> returns;    ///< in the parameter frame
    std::uint32_t parameter_bytes = 0; ///< of the formal parameters alone
    std::uint32_t frame_bytes =
        0; ///< of the whole parameter frame: formals, returns, and the call sequences' variables
    std::uint32_t local_bytes = 0; ///< of the local frame
    std::uint32_t local_alignment = 16;
    std::vector<Instruction>
        body; ///< falls through; branch targets are indices into it (may equal body.size(): return)
    std::vector<CallSite> calls;
    std::vector<std::string> register_names; ///< for messages
    LaunchBounds bounds;
    Source source;
};

/// A pointer inside a variable's initial bytes.
struct Relocation {
    std::uint64_t offset = 0;
    std::optional<std::uint32_t> variable, function; ///< which address, plus `addend`
    std::int64_t addend = 0;
    bool generic = false;
};

/// A module-scope variable (.global, .const, .shared), or a function-scope .shared one.
struct Variable {
    std::string name;
    Space space = Space::Global;
    std::uint64_t bytes = 0; ///< 0 of an `extern .shared x[]`
    std::uint32_t alignment = 1;
    bool external = false;          ///< .extern: dynamic shared memory when .shared
    std::vector<std::byte> initial; ///< empty: zeros
    std::vector<Relocation> relocations;
};

struct Program {
    std::vector<Function> functions;
    std::vector<Variable> variables;
    std::vector<std::string> files; ///< [0] is ""
    std::uint32_t sm = 90;          ///< of .target
    std::unordered_map<std::string, std::uint32_t> function_index, variable_index;

    [[nodiscard]] const Function* find_function(const std::string& name) const;
};

/// Offsets of the shared variables that a kernel and what it calls refer to.
struct SharedLayout {
    std::unordered_map<std::uint32_t, std::uint32_t> offsets; ///< variable index → offset in the block's shared window
    std::uint32_t static_bytes = 0; ///< of the static variables; dynamic shared memory starts at `dynamic_offset`
    std::uint32_t dynamic_offset =
        0; ///< static_bytes rounded up to the alignment of the extern variables (at least 16)
};
[[nodiscard]] SharedLayout shared_layout(const Program& program, std::uint32_t kernel);

/// Indices of the functions that can run when `root` runs, itself first: direct calls, and every function whose address
/// is taken when an indirect call is reachable.
[[nodiscard]] std::vector<std::uint32_t> reachable_functions(const Program& program, std::uint32_t root);

} // namespace assay::isa
