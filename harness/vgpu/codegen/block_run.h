// Running a block: its warps one after the other on one host thread, its barriers, its windows.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <vector>

#include "vgpu/codegen/generator_kernel.h"
#include "vgpu/codegen/runtime.h"

namespace assay::vgpu::codegen {

/// Memory of the device that a resident block uses as its shared and local windows.
class Windows {
public:
    Windows(Memory& memory, std::uint64_t shared_bytes, std::uint64_t local_bytes, std::uint32_t threads);
    ~Windows();
    Windows(const Windows&) = delete;
    Windows& operator=(const Windows&) = delete;
    [[nodiscard]] bool valid() const { return address_ != 0; }
    [[nodiscard]] std::uint64_t shared() const { return address_; }
    [[nodiscard]] std::uint64_t local() const { return local_; }

private:
    Memory& memory_;
    std::uint64_t address_ = 0, local_ = 0;
};

/// One resident block. Reused for one block after the other.
struct BlockRun {
    enum class Progress : std::uint8_t {
        Finished, ///< every warp has ended
        Yielded,  ///< warps wait for what other blocks do
        Faulted,
    };

    /// `counts` are those of the host thread that runs the block.
    BlockRun(const Launch& launch, const Kernel& kernel, const Code& code, Counts& counts);

    /// Prepares the warps of the block with this linear index.
    void start(std::uint64_t index);
    /// Runs until the block ends, faults, or only waits for others.
    Progress advance();
    /// Counts a warp at a barrier. False after a fault.
    bool arrive(std::uint32_t warp, std::uint32_t barrier, std::uint32_t threads, std::uint32_t lanes_arriving,
                std::uint32_t lanes_true);

    const Launch* launch;
    const Code* code;
    std::uint32_t parameter_bytes = 0;
    std::optional<Fault> fault;
    Context context;

private:
    enum class State : std::uint8_t { Ready, Waiting, Done };
    struct Barrier {
        bool used = false;
        std::uint32_t expected = 0; ///< threads; 0: every warp that has not ended
        std::uint32_t arrived = 0;  ///< warps, one bit each
        std::uint32_t lanes = 0, lanes_true = 0;
    };

    Frame& frame(std::uint32_t warp) { return *reinterpret_cast<Frame*>(frames_.get() + warp * frame_stride_); }
    /// The warp that runs at this turn of a round.
    [[nodiscard]] std::uint32_t warp_at(std::uint32_t turn) const { return adverse_ ? warps_ - 1 - turn : turn; }
    void arrive_together(std::uint32_t turns, std::uint32_t barrier);
    bool complete_barriers();
    void release(std::uint32_t index);
    void report_deadlock();

    std::uint32_t threads_ = 0, warps_ = 0;
    std::size_t frame_stride_ = 0;
    struct FreeAligned {
        void operator()(std::byte* memory) const;
    };
    std::unique_ptr<std::byte, FreeAligned> frames_;
    Windows windows_;
    std::vector<State> states_;
    std::vector<std::int32_t> resume_;
    std::array<Barrier, 16> barriers_;
    bool barriers_used_ = false;
    bool adverse_ = false;

public:
    [[nodiscard]] bool valid() const { return windows_.valid(); }
};

} // namespace assay::vgpu::codegen
