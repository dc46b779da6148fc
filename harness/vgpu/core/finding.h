// What checked mode finds: the bugs of a kernel that a run without checks may not show.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "vgpu/core/execution.h"

namespace assay::vgpu {

/// A buffer as its owner sees it: allocations are larger, and what lies between is out of bounds.
struct MemoryObject {
    std::string name; ///< for messages: "output 'c'"
    std::uint64_t address = 0, bytes = 0;
    std::uint64_t room = 0, room_bytes = 0; ///< the allocation: an access in here is meant for this object
    bool initialised = true;                ///< if not, bytes must be written before they are read
};

struct Finding {
    enum class Kind : std::uint8_t {
        OutOfBounds,       ///< beside the buffer, in its allocation
        UninitialisedRead, ///< of a buffer or of shared memory; of shared memory a cp.async not waited for, too
        SharedRace,        ///< two threads of a block, at least one writes, nothing orders them
        GlobalRace,        ///< the same in global memory, of any two threads
        BarrierDivergence, ///< lanes of a warp complete one barrier at different instructions
        InactiveShuffle,   ///< a lane reads a lane that does not take part
        UnfinishedCopy,    ///< an mbarrier hears of a copy that nobody has waited for when the block ends
    };
    Kind kind = Kind::OutOfBounds;
    std::string message; ///< what, where and who, in one sentence; of a race both parties
    std::string kernel;
    isa::Source source;
    std::string file; ///< of the source; empty if unknown
    Dim3 block{}, thread{};
    std::uint64_t address = 0; ///< of shared memory the offset
    std::uint64_t times = 1;   ///< how often at this instruction (of a race: these two)
};
[[nodiscard]] std::string_view to_string(Finding::Kind kind); ///< "out-of-bounds", "shared-race", ...

} // namespace assay::vgpu
