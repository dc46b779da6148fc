// What generated code and the code that drives it agree on, and the functions that generated code calls.
//
// A kernel is `int32_t kernel(Context*, Frame*, int32_t resume)`: it runs one warp from its start (resume 0) or from
// where it last stopped, until it ends, faults, or has to wait. What a warp needs to go on is in its frame.
#pragma once

#include <cstdint>
#include <optional>

#include "isa/program.h"
#include "vgpu/core/execution.h"

namespace assay::vgpu::codegen {

struct BlockRun;

/// What a warp reads about its launch and its block. Generated code knows the offsets.
struct Context {
    std::uint64_t region_base = 0, region_bytes = 0;
    std::uint64_t parameters = 0;                    ///< device address of the parameter block
    std::uint64_t shared_base = 0, shared_bytes = 0; ///< the block's shared window
    std::uint64_t local_base = 0, local_bytes = 0;   ///< thread t has [base + t * stride, + bytes)
    std::uint64_t local_stride = 0;
    std::uint32_t block_index[3]{}, grid[3]{};
    std::uint32_t dynamic_shared = 0, grid_id = 0;
    std::uint64_t grid_workspace = 0;  ///< of a cooperative launch: %envreg1 is its upper half, %envreg2 its lower
    std::uint32_t cluster[3]{1, 1, 1}; ///< blocks
    std::uint32_t cluster_rank = 0, cluster_blocks = 1;
    std::uint64_t cluster_base = 0, window_stride = 0; ///< where rank 0's shared window is, how far the next one
    std::uint64_t* counters = nullptr;                 ///< of code that counts: those of the host thread
    AccessTally* accesses = nullptr;                   ///< likewise
    BlockRun* run = nullptr;
};

/// Why a warp stopped.
enum class Stop : std::int32_t {
    Done = 0,
    Fault = -1,
    /// Any positive number: the place to resume at. The frame says what for.
};

/// A kernel can have two versions (emit_versions.cpp). A place to resume at says in which, and whether the warp waits
/// for nothing.
inline constexpr std::int32_t masked_version = 1 << 30;
inline constexpr std::int32_t at_once = 1 << 29;
inline constexpr std::int32_t resume_number = at_once - 1;

/// Kept between the calls for one warp; the values that live across a stop follow it in memory.
struct Frame {
    std::uint32_t warp = 0;
    std::uint32_t live = 0;               ///< lanes that have not returned
    std::uint32_t barrier = 0;            ///< number of the barrier that the warp waits at
    std::uint32_t barrier_threads = 0;    ///< how many threads it waits for; 0: all of the block
    std::uint32_t yields = 0;             ///< not zero: it waits for nothing but wants others to run
    std::uint32_t result = 0;             ///< of bar.red, set before the warp is resumed
    std::uint32_t arrived = 0;            ///< bar.red: lanes whose predicate was true
    std::uint32_t arriving = 0;           ///< bar.red: lanes that take part
    std::uint32_t reduction = 0;          ///< isa::BarMode, or cluster_wait
    std::uint32_t arrived_in_cluster = 0; ///< lanes, since the cluster's barrier last completed
    std::uint32_t cluster_phase = 0;      ///< of the cluster's barrier, when they arrived
};
inline constexpr std::uint32_t cluster_wait = 255; ///< as a `reduction`: barrier.cluster.wait
inline constexpr std::uint32_t frame_header = 64;  ///< values start here; sizeof(Frame) fits

using KernelFunction = std::int32_t (*)(Context*, Frame*, std::int32_t);

/// One instruction that a runtime function executes, constant in the generated code.
struct Site {
    const isa::Instruction* instruction = nullptr;
    const isa::CallSite* call = nullptr; ///< of a call of an external function
    isa::Space space = isa::Space::Generic;
    std::uint8_t element_bytes = 4;  ///< in memory
    std::uint8_t register_bytes = 4; ///< of a loaded element; 32 of them follow each other
    std::uint8_t elements = 1;
    bool sign_extend = false;
    std::uint32_t number = 0;              ///< its place in Code::sites
    std::uint8_t sources = 0, results = 0; ///< of an instruction for isa::evaluate, the carry flag included
    bool carry_in = false, carry_out = false;
};

/// An access that code counts (tally.h).
struct CountedAccess {
    isa::Space space = isa::Space::Generic;
    std::uint32_t bytes = 0, lanes = 0;
    std::uint32_t at = 0; ///< index of its AccessTally
};

// The functions. Vectors pass through memory, 32 elements each, elements or operands one after the other. Those that
// return bool return false after a fault; the kernel then ends with Stop::Fault.

/// `ld` and `st`, lane by lane, with every check.
bool runtime_load(Context*, Frame*, const Site*, std::uint32_t mask, const std::uint64_t* addresses, void* data);
bool runtime_store(Context*, Frame*, const Site*, std::uint32_t mask, const std::uint64_t* addresses, const void* data);
/// `atom` and `red`: operands b and c as 64-bit values; the old values likewise.
bool runtime_atomic(Context*, Frame*, const Site*, std::uint32_t mask, const std::uint64_t* addresses,
                    const std::uint64_t* b, const std::uint64_t* c, std::uint64_t* old_values);
/// cp.async: `bytes` are the bytes to read, the rest of the instruction's size is zeros.
bool runtime_copy(Context*, Frame*, const Site*, std::uint32_t mask, const std::uint64_t* to, const std::uint64_t* from,
                  const std::uint32_t* bytes);
/// wmma.load and .store; ldmatrix, stmatrix: the registers lie in `data` one after the other.
bool runtime_fragment(Context*, Frame*, const Site*, std::uint32_t mask, const std::uint64_t* addresses,
                      std::uint32_t stride, void* data);
bool runtime_rows(Context*, Frame*, const Site*, std::uint32_t mask, const std::uint64_t* addresses,
                  std::uint32_t stride, void* data);
/// mbarrier, bulk and tensor copies, st.async, red.async: operand after operand; one result.
bool runtime_async(Context*, Frame*, const Site*, std::uint32_t mask, const std::uint64_t* sources,
                   std::uint64_t* results);
/// wgmma: registers of 64 bits, one after the other; `d` is read and replaced.
bool runtime_wgmma(Context*, Frame*, const Site*, std::uint32_t mask, const std::uint64_t* a,
                   const std::uint64_t* descriptor, const std::uint64_t* scale, std::uint64_t* d);
/// match, redux, elect: operand after operand, result after result.
void runtime_warp(const Site*, std::uint32_t mask, const std::uint64_t* sources, std::uint64_t* results);
void runtime_count(Context*, const CountedAccess*, std::uint32_t mask, const std::uint64_t* addresses);
/// Any pure instruction through isa::evaluate: `count` lanes, 64-bit values, operand after operand.
void runtime_evaluate(const Site*, std::uint32_t count, const std::uint64_t* sources, std::uint64_t* results);
/// A function of the host: vprintf, malloc, ...
bool runtime_call(Context*, Frame*, const Site*, std::uint32_t mask);
bool runtime_trap(Context*, Frame*, const Site*, std::uint32_t mask);
/// bar.arrive
bool runtime_arrive(Context*, Frame*, std::uint32_t barrier, std::uint32_t threads);
/// barrier.cluster.arrive
void runtime_arrive_in_cluster(Context*, Frame*, std::uint32_t mask);
/// mapa, getctarank, and cvta of shared::cluster: operand after operand; one result, of lanes that do not run that of
/// one that does.
bool runtime_cluster(Context*, Frame*, const Site*, std::uint32_t mask, const std::uint64_t* sources,
                     std::uint64_t* results);
std::uint64_t runtime_clock();

/// Where a shared::cluster address lies: an offset in the block's own window, or with the rank of a block of the
/// cluster plus one above it. nullopt: there is no such block, or the window is not so long.
std::optional<std::uint64_t> cluster_address(const Context&, std::uint64_t address, std::uint64_t bytes);
/// The host address of an access, or 0 and a fault in the block's run.
std::uint64_t checked_address(Context&, const Frame&, const isa::Instruction&, isa::Space, unsigned lane,
                              std::uint64_t address, std::uint64_t bytes);
void raise_fault(Context&, const Frame&, const isa::Source&, unsigned lane, Fault::Kind, std::uint64_t address,
                 std::string what);

} // namespace assay::vgpu::codegen
