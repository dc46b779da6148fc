#include "vgpu/codegen/cluster_run.h"

#include <algorithm>

namespace assay::vgpu::codegen {

namespace {

constexpr std::uint64_t page = 4096;

std::uint64_t round_up(std::uint64_t value, std::uint64_t step) {
    return (value + step - 1) / step * step;
}

Dim3 position_in(const Dim3& extent, std::uint64_t index) {
    return {static_cast<std::uint32_t>(index % extent[0]), static_cast<std::uint32_t>(index / extent[0] % extent[1]),
            static_cast<std::uint32_t>(index / extent[0] / extent[1])};
}

} // namespace

Windows::Windows(Memory& memory, std::uint64_t shared_bytes, std::uint64_t local_stride, std::uint32_t threads,
                 std::uint32_t blocks)
    : memory_(memory), // there is something behind shared memory that is nobody's
      local_(round_up(shared_bytes + shared_granularity, shared_granularity)) {
    // Whole pages, so that windows begin at one: shared memory is aligned to what a program may align in it.
    stride_ = round_up(std::max<std::uint64_t>(local_ + local_stride * round_up(threads, warp_size), 1), page);
    address_ = memory.allocate(stride_ * blocks).value_or(0);
}

Windows::~Windows() {
    if (address_ != 0) {
        memory_.free(address_);
    }
}

ClusterRun::ClusterRun(const Launch& launch, const Kernel& kernel, const Code& code, Counts& counts)
    : launch_(launch), windows_(*launch.memory, kernel.shared.dynamic_offset + launch.dynamic_shared,
                                code.known.local_stride(), volume(launch.block), volume(launch.cluster)) {
    for (std::uint32_t rank = 0; rank < volume(launch.cluster); ++rank) {
        blocks_.push_back(std::make_unique<BlockRun>(launch, kernel, code, counts, *this, rank));
    }
    ended_.resize(blocks_.size());
}

void ClusterRun::start(std::uint64_t index) {
    phase_ = 0;
    ended_.assign(blocks_.size(), false);
    if (blocks_.size() == 1) {
        blocks_[0]->start(index);
        return;
    }
    const Dim3 &grid = launch_.grid, &size = launch_.cluster;
    const Dim3 cluster = position_in({grid[0] / size[0], grid[1] / size[1], grid[2] / size[2]}, index);
    for (std::uint32_t rank = 0; rank < blocks(); ++rank) {
        const Dim3 within = position_in(size, rank);
        const auto at = [&](unsigned i) { return std::uint64_t{cluster[i]} * size[i] + within[i]; };
        blocks_[rank]->start((at(2) * grid[1] + at(1)) * grid[0] + at(0));
    }
}

Progress ClusterRun::advance() {
    for (;;) {
        bool yielded = false;
        for (current_ = 0; current_ < blocks_.size(); ++current_) {
            if (ended_[current_]) {
                continue;
            }
            const Progress progress = current().advance();
            if (progress == Progress::Faulted) {
                return progress;
            }
            ended_[current_] = progress == Progress::Finished;
            yielded = yielded || progress == Progress::Yielded;
        }
        current_ = 0;
        if (std::ranges::all_of(ended_, std::identity())) {
            return Progress::Finished;
        }
        if (complete_barrier()) {
            continue;
        }
        if (yielded) {
            return Progress::Yielded;
        }
        current_ = static_cast<std::size_t>(std::ranges::find(ended_, false) - ended_.begin());
        current().report_deadlock();
        return Progress::Faulted;
    }
}

/// True if every thread that has not ended has arrived: then those that wait go on.
bool ClusterRun::complete_barrier() {
    if (!std::ranges::all_of(blocks_, &BlockRun::has_arrived, [](const auto& block) -> BlockRun& { return *block; })) {
        return false;
    }
    ++phase_;
    for (const auto& block : blocks_) {
        block->pass_cluster_barrier();
    }
    return true;
}

} // namespace assay::vgpu::codegen
