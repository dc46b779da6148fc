// What kernels did on the virtual GPU: counts of their PTX instructions, from which a GPU's time can be reasoned about.
//
//     vgpu::set_counting(Counting::Accesses);
//     ... launches ...
//     for (const vgpu::LaunchProfile& launch : vgpu::take_profiles()) {
//         const vgpu::Counters all = vgpu::total(launch.instructions);
//     }
//
// Counts are exact and do not depend on the machine, on the number of host threads or on the engine, as far as the
// kernel does not: one whose threads wait for one another in loops executes as many turns as they happen to take. Where
// lanes part, warp instructions depend on where they meet again; the vGPU runs the lanes that stand at the lowest
// position, which is at the latest the immediate post-dominator. Generated code leaves out loads and products that
// nothing depends on, as an assembler does.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "vgpu/core/cost.h"
#include "vgpu/core/execution.h"
#include "vgpu/core/footprint.h"
#include "vgpu/core/tally.h"

namespace assay::vgpu {

/// An instruction that a launch executed at least once.
struct InstructionProfile {
    std::string text;       ///< as in the PTX
    isa::Source source;     ///< `line` is 0 if unknown
    std::string file;       ///< of `source.file`; empty if unknown
    std::string outer_file; ///< of `source.outer_file`, which inlined code was called from
    Cost cost;
    Tally tally;
};

struct LaunchProfile {
    std::string kernel; ///< mangled
    Dim3 grid{}, block{};
    std::uint32_t static_shared = 0, dynamic_shared = 0; ///< bytes of a block
    bool interpreted = false;
    std::vector<InstructionProfile> instructions; ///< in the order of the PTX

    [[nodiscard]] std::uint64_t threads() const;
    [[nodiscard]] std::uint64_t warps() const; ///< of all blocks
};

/// Warp instructions, and the lanes of them.
struct Executed {
    std::uint64_t warps = 0, threads = 0;
};

/// Bytes that lanes ask for, whatever they share.
struct Traffic {
    std::uint64_t loaded = 0, stored = 0;
    std::uint64_t atomic = 0; ///< of atom and red, counted once
};

struct Counters {
    Executed all;
    std::array<Executed, instruction_classes> by_class{}; ///< by InstructionClass
    std::array<std::uint64_t, arithmetics> operations{};  ///< by Arithmetic: see Cost::operations
    std::array<Traffic, spaces> traffic{};                ///< by isa::Space of the text; Generic is unresolved
    std::uint64_t branches = 0, parted = 0;               ///< warp branches, and those whose lanes went apart
    AccessTally access;                                   ///< zeros unless Counting::Accesses

    [[nodiscard]] const Executed& of(InstructionClass kind) const { return by_class[static_cast<std::size_t>(kind)]; }
    [[nodiscard]] const Traffic& of(isa::Space space) const { return traffic[static_cast<std::size_t>(space)]; }
    [[nodiscard]] std::uint64_t of(Arithmetic kind) const { return operations[static_cast<std::size_t>(kind)]; }
    /// Floating-point operations of all kinds.
    [[nodiscard]] std::uint64_t flops() const;
    void add(const InstructionProfile& instruction);
};
[[nodiscard]] Counters total(std::span<const InstructionProfile> instructions);

/// For later launches. Code that counts is made apart from code that does not, when it is first needed.
void set_counting(Counting counting);
/// One for each launch since the last call that was counted and did not fail, in order.
[[nodiscard]] std::vector<LaunchProfile> take_profiles();

/// From one call to the other, launches that are counted with Counting::Accesses, copies and fills note which bytes of
/// these buffers they touch. Bulk and tensor copies, wmma.load and wmma.store are left out, as in all counts of
/// accesses.
void start_footprints(std::vector<MemoryObject> buffers);
[[nodiscard]] std::vector<Touched> stop_footprints();

/// Makes the profile of a launch out of what an engine counted.
[[nodiscard]] LaunchProfile make_profile(const Launch& launch, const Tallies& tallies, bool interpreted);

} // namespace assay::vgpu
