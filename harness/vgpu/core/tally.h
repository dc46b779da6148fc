// How often the instructions of a launch were executed, and what their accesses cost: what the engines count.
//
// The unit is a warp instruction: an instruction that one or more lanes of a warp execute together. Lanes whose guard
// (`@p`) is false do not execute it, except that a branch is executed by all who come to it. Warp instructions depend
// on where the lanes of a warp meet again after they parted; thread instructions do not.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "isa/program.h"

namespace assay::vgpu {

enum class Counting : std::uint8_t {
    Off,
    Blocks,   ///< executions, lanes and parted branches
    Accesses, ///< and sectors and bank conflicts
};

/// What the addresses of an instruction cost. A request is one warp instruction with at least one lane.
struct AccessTally {
    std::uint64_t global_requests = 0;
    std::uint64_t sectors = 0; ///< aligned 32-byte pieces of memory that each request touches, summed
    std::uint64_t shared_requests = 0;
    /// Turns that the 32 banks of 4 bytes need for each request, summed. In a turn each bank gives one word, to
    /// whoever wants it. Lanes that access 8 bytes go 16 at a time, those that access 16 bytes 8 at a time
    /// (CUDA C++ Programming Guide, Shared Memory; the division of wide accesses is known from measurements).
    std::uint64_t passes = 0;
    std::uint64_t conflicts = 0; ///< turns beyond the fewest that so many lanes and bytes need

    AccessTally& operator+=(const AccessTally& other);
};

struct Tally {
    std::uint64_t warps = 0;   ///< warp instructions
    std::uint64_t threads = 0; ///< lanes of them, summed
    std::uint64_t parted = 0;  ///< of a branch: how often the lanes of the warp went different ways
    AccessTally access;
};

/// By function and instruction of a program.
struct Tallies {
    std::vector<std::vector<Tally>> of;

    /// Zeros for everything that a launch of the kernel can execute.
    Tallies() = default;
    Tallies(const isa::Program& program, std::uint32_t kernel);
};

/// Where the windows of a block lie in generic addresses: shared or local memory is no global memory.
struct WindowRanges {
    std::uint64_t shared = 0, shared_bytes = 0;
    std::uint64_t local = 0, local_bytes = 0; ///< of all threads of the block
};

/// Adds a warp's access of `bytes` at each address of the lanes in `mask`; addresses of .shared are offsets.
void add_access(AccessTally& tally, isa::Space space, std::uint32_t bytes, std::uint32_t mask,
                const std::uint64_t* addresses, const WindowRanges& windows);

} // namespace assay::vgpu
