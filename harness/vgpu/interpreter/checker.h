// Checked mode: shadows of memory, and what they say about each access of the interpreter.
//
// Bounds are those of declared objects. A shadow byte says whether a byte was written. Races are found by epochs: a
// barrier of the block begins a new epoch of the block, whatever makes the lanes of a warp meet one of the warp, and a
// barrier of the cluster one of all its blocks; two accesses of different threads to the same bytes, of which one is a
// write that changes them, are a race if no epoch lies between them and no mbarrier orders them (order.h). It is meant
// to raise no false alarm, and misses races for it:
// - any completed barrier, fence, compare-and-swap or exchange orders all of the block;
// - atomics and accesses with a memory order (volatile, relaxed, ...) race with nothing;
// - a block that used an atomic or a fence on global memory is ordered behind all other blocks;
// - where a cluster uses mbarriers, only accesses of the same block race;
// - bulk and tensor copies have come when they are issued, and so have those of a cp.async that an mbarrier is to hear
// of;
//   what they read and write is no party of races, and all of it counts as written;
// - a read of what nothing has written is reported when it comes to matter what was read: when it is stored, exchanged,
//   branched on or part of an address. Compilers load early and select later;
// - of the accesses since the last write only two readers are remembered, of 4 bytes one write.
#pragma once

#include <array>
#include <chrono>
#include <map>
#include <memory>
#include <span>
#include <unordered_map>
#include <vector>

#include "isa/program.h"
#include "vgpu/core/cost.h"
#include "vgpu/core/finding.h"
#include "vgpu/interpreter/order.h"

namespace assay::vgpu {

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

/// A read of bytes that nothing has written.
struct Doubt {
    Accessing access;
    std::string what;
};

/// Who accessed, and when.
struct Party {
    const isa::Instruction* instruction = nullptr; ///< null: nobody
    std::uint64_t block_index = 0;
    Dim3 block{}, thread{};
    std::uint32_t linear = 0, epoch = 0, warp_epoch = 0;
    std::uint64_t cluster = 0;         ///< in the grid
    std::uint32_t phase = 0;           ///< of the cluster's barrier
    std::uint32_t agent = 0, time = 0; ///< thread in its cluster, and its clock
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
    ClusterShadow* cluster = nullptr;
    std::uint32_t first_agent = 0; ///< of its threads, numbered through the cluster
    std::uint32_t threads = 0;
    /// cp.async by thread: ranges of each group not waited for, the open group last.
    std::unordered_map<std::uint32_t, std::vector<std::vector<std::pair<std::uint64_t, std::uint64_t>>>> copies;
};

class Checker {
public:
    Checker(std::vector<MemoryObject> objects, std::chrono::steady_clock::time_point deadline);

    /// Launches are of modules that stay loaded until the findings are taken.
    void start_launch(const Launch& launch);
    static void start_block(BlockShadow& shadow, std::uint64_t shared_bytes, ClusterShadow& cluster,
                            std::uint32_t first_agent, std::uint32_t threads);
    /// `shadow` is of the accessing thread's block, `owner` of that whose memory it is. A read of bytes that nothing
    /// has written is not reported but described; else the text is empty.
    [[nodiscard]] std::string shared_access(BlockShadow& shadow, BlockShadow& owner, const Accessing& access);
    [[nodiscard]] std::string global_access(BlockShadow& shadow, const Accessing& access);
    /// Memory that the host set or copied, or that an asynchronous copy brought; in shared memory by its offset.
    void written(std::uint64_t address, std::uint64_t bytes);
    static void written(BlockShadow& owner, std::uint64_t offset, std::uint64_t bytes);

    static void barrier(BlockShadow& shadow);
    static void meet(BlockShadow& shadow, std::uint32_t warp);
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
    [[nodiscard]] bool is_late() const { return std::chrono::steady_clock::now() > deadline_; }

private:
    struct Object {
        MemoryObject known;
        std::vector<bool> written; ///< empty: all of it is
    };
    [[nodiscard]] Object* find(std::uint64_t address);
    void find_races(Finding::Kind kind, const BlockShadow& shadow, AccessRecords& records, const Accessing& access,
                    const std::string& what);
    [[nodiscard]] std::string describe(const isa::Source& source) const;

    std::map<std::uint64_t, Object> objects_; ///< by room
    const Launch* launch_ = nullptr;
    AccessRecords records_; ///< of global memory, in this launch
    std::map<std::tuple<Finding::Kind, const isa::Instruction*, const isa::Instruction*>, std::size_t> known_;
    std::vector<Finding> findings_;
    std::chrono::steady_clock::time_point deadline_; ///< of launches
};

} // namespace assay::vgpu
