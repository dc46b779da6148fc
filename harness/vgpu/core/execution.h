// What a launch is made of, and how it can end: shared by the reference interpreter and the code generator.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "isa/program.h"
#include "vgpu/core/memory.h"
#include "vgpu/core/tally.h"

namespace assay::vgpu {

using Dim3 = std::array<std::uint32_t, 3>;

inline constexpr std::uint32_t warp_size = 32;
inline constexpr std::uint32_t max_threads_per_block = 1024;
inline constexpr std::uint32_t default_shared_limit = 48 * 1024; ///< bytes a block gets without opting in
inline constexpr std::uint32_t optin_shared_limit = 227 * 1024;  ///< compute capability 9.0
/// A cooperative launch may have as many blocks as an H100's multiprocessors hold: host code is written for one of
/// those, and here all blocks are resident however few cores there are.
inline constexpr std::uint32_t cooperative_multiprocessors = 132;

/// A module as loaded: the program and where its variables live.
struct LoadedModule {
    isa::Program program;
    std::vector<std::uint64_t> variable_address; ///< by variable: device address of .global and .const; 0 of .shared
};

/// The value of a function's address in device code; never a host address, and never dereferenced.
[[nodiscard]] constexpr std::uint64_t function_address(std::uint32_t index) {
    return (std::uint64_t{index} + 1) * 16;
}
/// The reverse; nullopt for anything that is no function's address.
[[nodiscard]] std::optional<std::uint32_t> function_at(const isa::Program& program, std::uint64_t address);

/// Why a launch stopped.
struct Fault {
    enum class Kind : std::uint8_t {
        IllegalAddress,     ///< outside the region, or on no allocation
        Misaligned,         ///< not a multiple of the access's size
        Trap,               ///< trap
        Assert,             ///< __assertfail
        IllegalInstruction, ///< an instruction that nothing here executes
        Deadlock,           ///< every warp of a block waits and none can be released
        LaunchFailure,      ///< a call without target, a stack overflow
    };
    Kind kind = Kind::LaunchFailure;
    std::string message; ///< one sentence with what is known: kernel, line, block, thread, address
    std::string kernel;
    isa::Source source;
    Dim3 block{}, thread{};
    std::uint64_t address = 0;
};

/// What device code can ask for besides memory. One object for each device, used from several host threads.
class Services {
public:
    virtual ~Services() = default;
    virtual void print(std::string_view text) = 0;                ///< device printf and assert messages
    virtual std::uint64_t heap_allocate(std::uint64_t bytes) = 0; ///< device malloc; 0 when the heap is spent
    virtual void heap_free(std::uint64_t address) = 0;
};

class Checker;

/// A kernel launch, validated by the device (dimensions, shared memory) before an engine sees it.
struct Launch {
    const LoadedModule* module = nullptr;
    std::uint32_t kernel = 0; ///< index into program.functions
    Dim3 grid{1, 1, 1}, block{1, 1, 1};
    Dim3 cluster{1, 1, 1}; ///< in blocks; divides the grid. The blocks of a cluster are resident together
    std::uint32_t dynamic_shared = 0;
    std::uint64_t parameters = 0; ///< device address of the parameter block, frame-sized
    bool cooperative = false;     ///< all blocks are resident at once, so that they may wait for one another
    /// Of a cooperative launch, else 0: device address of 64 zero bytes, the grid barrier's workspace, which
    /// cooperative groups find through %envreg1 (its upper half) and %envreg2
    /// (cooperative_groups/details/driver_abi.h).
    std::uint64_t grid_workspace = 0;
    Memory* memory = nullptr;
    Services* services = nullptr;
    unsigned threads = 1; ///< host threads to use
    Counting counting = Counting::Off;
    Tallies* tallies = nullptr; ///< where to add what is counted; for this program and kernel
    Checker* checker = nullptr; ///< of checked mode, which only the interpreter has
};

/// True for the functions that call_external knows.
[[nodiscard]] bool is_external(std::string_view name);

/// Calls the functions that a module may declare without a body: vprintf, malloc, free, __assertfail. `arguments`
/// are the bytes of the callee's parameters one after the other by the declaration's offsets, `result` those of its
/// return value. False: no such function. A failing assertion sets `fault`.
bool call_external(const Launch& launch, const isa::Function& callee, std::span<const std::byte> arguments,
                   std::span<std::byte> result, std::optional<Fault>& fault);

/// The zero-terminated string at a device address, at most 64 KiB and never past its allocation; "(null)" of 0,
/// "(invalid pointer)" of an address that nothing is allocated at.
[[nodiscard]] std::string read_string(const Memory& memory, std::uint64_t address);

/// C-style formatting of device printf: `format` and `arguments` are device addresses; an argument takes 8 bytes if it
/// is 8 bytes wide, 4 otherwise, aligned to its size (CUDA C++ Programming Guide, formatted output). Pointers are
/// checked against the memory before they are read; %n is ignored.
[[nodiscard]] std::string format_print(const Memory& memory, std::uint64_t format, std::uint64_t arguments);

} // namespace assay::vgpu
