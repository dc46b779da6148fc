// Running a block: its warps one after the other on one host thread, and its barriers.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <vector>

#include "vgpu/codegen/generator_kernel.h"
#include "vgpu/codegen/runtime.h"

namespace assay::vgpu::codegen {

class ClusterRun;

inline constexpr std::uint64_t shared_granularity = 256; ///< bytes

/// True in every other adverse run.
[[nodiscard]] bool takes_blocks_backwards();

inline std::uint32_t volume(const Dim3& dim) {
    return dim[0] * dim[1] * dim[2];
}

enum class Progress : std::uint8_t {
    Finished, ///< every warp has ended
    Yielded,  ///< warps wait for what others do
    Faulted,
    AtCluster, ///< of a block: no warp goes on before its cluster's barrier completes
};

/// One resident block. Reused for one block after the other.
struct BlockRun {
    /// `counts` are those of the host thread that runs the block.
    BlockRun(const Launch& launch, const Kernel& kernel, const Code& code, Counts& counts, const ClusterRun& cluster,
             std::uint32_t rank);

    /// Prepares the warps of the block with this linear index.
    void start(std::uint64_t index);
    /// Runs until the block ends, faults, or only waits for others.
    Progress advance();
    /// Counts a warp at a barrier. False after a fault.
    bool arrive(std::uint32_t warp, std::uint32_t barrier, std::uint32_t threads, std::uint32_t lanes_arriving,
                std::uint32_t lanes_true);
    /// Lanes of a warp at barrier.cluster.arrive.
    void arrive_in_cluster(std::uint32_t warp, std::uint32_t arriving);
    /// True if every thread that has not ended has arrived at the cluster's barrier since it last completed.
    [[nodiscard]] bool has_arrived();
    /// The cluster's barrier has completed.
    void pass_cluster_barrier();
    void report_deadlock();

    const Launch* launch;
    const Kernel* kernel;
    const Code* code;
    const ClusterRun* cluster;
    std::uint32_t parameter_bytes = 0;
    std::optional<Fault> fault;
    Context context;

private:
    enum class State : std::uint8_t { Ready, Waiting, AtCluster, Done };
    struct Barrier {
        bool used = false;
        std::uint32_t expected = 0; ///< threads; 0: every warp that has not ended
        std::uint32_t arrived = 0;  ///< warps, one bit each
        std::uint32_t lanes = 0, lanes_true = 0;
    };

    Frame& frame(std::uint32_t warp) { return *reinterpret_cast<Frame*>(frames_.get() + warp * frame_stride_); }
    /// The warp that runs at this turn of a round.
    [[nodiscard]] std::uint32_t warp_at(std::uint32_t turn) const { return descending_ ? warps_ - 1 - turn : turn; }
    std::int32_t resume(std::uint32_t warp);
    void arrive_together(std::uint32_t turns, std::uint32_t barrier);
    bool complete_barriers();
    void release(std::uint32_t index);
    [[nodiscard]] bool any_in(State state) const;
    /// Of shared and local memory, with what is behind each.
    [[nodiscard]] std::uint64_t window_bytes() const;
    /// False after a fault: the block has written behind its shared memory, or behind the local memory of a thread.
    bool is_guard_intact();

    std::uint32_t threads_ = 0, warps_ = 0;
    std::size_t frame_stride_ = 0;
    struct FreeAligned {
        void operator()(std::byte* memory) const;
    };
    std::unique_ptr<std::byte, FreeAligned> frames_;
    std::vector<State> states_;
    std::vector<std::int32_t> resume_;
    std::array<Barrier, 16> barriers_;
    bool barriers_used_ = false;
    bool adverse_ = false, descending_ = false;
    unsigned char guard_ = 0; ///< what an adverse run finds in memory that it has not written
};

} // namespace assay::vgpu::codegen
