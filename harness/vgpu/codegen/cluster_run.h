// Running a cluster: its blocks in turn on one host thread, their windows, the cluster's barrier. A launch without
// clusters is one of clusters of one block.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "vgpu/codegen/block_run.h"

namespace assay::vgpu::codegen {

/// Memory of the device that the blocks of a resident cluster use as their shared and local windows.
class Windows {
public:
    Windows(Memory& memory, std::uint64_t shared_bytes, std::uint64_t local_stride, std::uint32_t threads,
            std::uint32_t blocks);
    ~Windows();
    Windows(const Windows&) = delete;
    Windows& operator=(const Windows&) = delete;
    [[nodiscard]] bool valid() const { return address_ != 0; }
    /// Of the block of a rank; those of the next rank are `stride` bytes further.
    [[nodiscard]] std::uint64_t shared(std::uint32_t rank) const { return address_ + rank * stride_; }
    [[nodiscard]] std::uint64_t local(std::uint32_t rank) const { return shared(rank) + local_; }
    [[nodiscard]] std::uint64_t stride() const { return stride_; }

private:
    Memory& memory_;
    std::uint64_t address_ = 0, local_ = 0, stride_ = 0;
};

/// One resident cluster. Reused for one cluster after the other.
class ClusterRun {
public:
    /// `counts` are those of the host thread that runs the cluster.
    ClusterRun(const Launch& launch, const Kernel& kernel, const Code& code, Counts& counts);
    [[nodiscard]] bool valid() const { return windows_.valid(); }

    /// Prepares the blocks of the cluster with this linear index.
    void start(std::uint64_t index);
    /// Runs until all blocks have ended, one faults, or they only wait for other clusters.
    Progress advance();
    /// The block that runs, or ran last.
    [[nodiscard]] BlockRun& current() { return *blocks_[current_]; }

    // Of its blocks:
    [[nodiscard]] std::uint32_t blocks() const { return static_cast<std::uint32_t>(blocks_.size()); }
    [[nodiscard]] const Windows& windows() const { return windows_; }
    /// How often the barrier has completed.
    [[nodiscard]] std::uint32_t phase() const { return phase_; }

private:
    bool complete_barrier();

    const Launch& launch_;
    Windows windows_;
    std::vector<std::unique_ptr<BlockRun>> blocks_; ///< by rank
    std::vector<bool> ended_;
    std::size_t current_ = 0;
    std::uint32_t phase_ = 0;
};

} // namespace assay::vgpu::codegen
