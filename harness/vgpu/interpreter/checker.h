// Checked mode: shadows of memory, and what they say about each access of the interpreter.
//
// Bounds are those of declared objects. A shadow byte says whether a byte was written. Races are found by epochs: a
// barrier of the block begins a new epoch of the block, whatever makes the lanes of a warp meet one of the warp; two
// accesses of different threads to the same bytes, of which one is a write that changes them, are a race if neither
// kind of epoch lies between them. It is meant to raise no false alarm, and misses races for it:
// - any completed barrier, fence, compare-and-swap or exchange orders all of the block;
// - atomics and accesses with a memory order (volatile, relaxed, ...) race with nothing;
// - a block that used an atomic or a fence on global memory is ordered behind all other blocks;
// - programs with bulk or tensor copies or mbarriers are not asked for what they read unwritten;
// - of the accesses since the last write only two readers are remembered, of 4 bytes one write.
#pragma once

#include <array>
#include <map>
#include <memory>
#include <span>
#include <unordered_map>
#include <vector>

#include "isa/program.h"
#include "vgpu/core/finding.h"

namespace assay::vgpu {

enum class Use : std::uint8_t { Read, Write, Atomic };

/// An access that a thread is about to make.
struct Accessing {
    const isa::Instruction* instruction = nullptr;
    Dim3 block{}, thread{};
    std::uint64_t block_index = 0;
    std::uint32_t linear = 0; ///< thread in its block
    Use use = Use::Read;
    std::uint64_t address = 0; ///< of shared memory the offset
    std::uint64_t bytes = 0;
    /// Of a write: what is there, and what will be.
    const std::byte* before = nullptr;
    const std::byte* after = nullptr;
};

/// Who accessed, and when.
struct Party {
    const isa::Instruction* instruction = nullptr; ///< null: nobody
    std::uint64_t block_index = 0;
    Dim3 block{}, thread{};
    std::uint32_t linear = 0, epoch = 0, warp_epoch = 0;
};

/// The last accesses to four bytes of memory.
struct AccessRecord {
    Party writer;
    std::uint8_t written = 0; ///< which of the bytes
    std::array<Party, 2> readers;
};
using AccessRecords = std::unordered_map<std::uint64_t, AccessRecord>;

/// What is known of a running block.
struct BlockShadow {
    std::uint32_t epoch = 1;
    std::array<std::uint32_t, max_threads_per_block / warp_size> warp_epoch{};
    bool synchronised = false; ///< has used an atomic or a fence
    enum Byte : std::uint8_t { Unwritten, Written, InFlight };
    std::vector<Byte> shared;
    AccessRecords records; ///< of shared memory
    /// cp.async by thread: ranges of each group not waited for, the open group last.
    std::unordered_map<std::uint32_t, std::vector<std::vector<std::pair<std::uint64_t, std::uint64_t>>>> copies;
};

class Checker {
public:
    explicit Checker(std::vector<MemoryObject> objects);

    /// Launches are of modules that stay loaded until the findings are taken.
    void start_launch(const Launch& launch);
    void start_block(BlockShadow& shadow, std::uint64_t shared_bytes);
    void shared_access(BlockShadow& shadow, const Accessing& access);
    void global_access(BlockShadow& shadow, const Accessing& access);
    /// Memory that the host set or copied.
    void written(std::uint64_t address, std::uint64_t bytes);

    static void barrier(BlockShadow& shadow) { ++shadow.epoch; }
    static void meet(BlockShadow& shadow, std::uint32_t warp) { ++shadow.warp_epoch[warp]; }
    /// A fence or an atomic that may order others.
    static void synchronise(BlockShadow& shadow);
    static void copy_issued(BlockShadow& shadow, std::uint32_t thread, std::uint64_t offset, std::uint64_t bytes);
    static void copies_committed(BlockShadow& shadow, std::uint32_t thread);
    /// All but the last `pending` committed groups have arrived.
    static void copies_awaited(BlockShadow& shadow, std::uint32_t thread, std::uint32_t pending);
    static void all_copies_awaited(BlockShadow& shadow, std::uint32_t thread);

    void report(Finding::Kind kind, const Accessing& access, const std::string& what,
                const isa::Instruction* other = nullptr);
    [[nodiscard]] std::vector<Finding> take();

private:
    struct Object {
        MemoryObject known;
        std::vector<bool> written; ///< empty: all of it is
    };
    [[nodiscard]] Object* find(std::uint64_t address);
    void find_races(Finding::Kind kind, BlockShadow& shadow, AccessRecords& records, const Accessing& access,
                    const std::string& what);
    [[nodiscard]] std::string describe(const isa::Source& source) const;

    std::map<std::uint64_t, Object> objects_; ///< by room
    const Launch* launch_ = nullptr;
    bool sees_all_writes_ = true; ///< no launch so far had bulk copies
    AccessRecords records_;       ///< of global memory, in this launch
    std::map<std::tuple<Finding::Kind, const isa::Instruction*, const isa::Instruction*>, std::size_t> known_;
    std::vector<Finding> findings_;
};

} // namespace assay::vgpu
