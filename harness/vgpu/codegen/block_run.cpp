#include "vgpu/codegen/block_run.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cstdlib>
#include <cstring>

#include <fmt/format.h>

#include "vgpu/codegen/cluster_run.h"

namespace assay::vgpu::codegen {

namespace {

std::uint64_t round_up(std::uint64_t value, std::uint64_t step) {
    return (value + step - 1) / step * step;
}

constexpr std::uint32_t no_barrier = ~0u;
/// Of shared and local memory that nobody has written: NaN, which sums keep, but which maxima and minima pass over; a
/// number above all others; one below.
constexpr std::array<unsigned char, 3> adverse_bytes{0xFF, 0x7F, 0xFE};

std::atomic<bool> adverse_blocks = false;
std::atomic<std::uint32_t> adverse_runs = 0; ///< that have begun

} // namespace

void set_adverse(bool adverse) {
    adverse_runs += adverse ? 1 : 0;
    adverse_blocks = adverse;
}

bool takes_blocks_backwards() {
    return adverse_blocks && adverse_runs % 2 != 0;
}

void BlockRun::FreeAligned::operator()(std::byte* memory) const {
    std::free(memory);
}

BlockRun::BlockRun(const Launch& launch_, const Kernel& kernel_, const Code& code_, Counts& counts,
                   const ClusterRun& cluster_, std::uint32_t rank)
    : launch(&launch_), kernel(&kernel_), code(&code_), cluster(&cluster_), threads_(volume(launch_.block)),
      warps_((threads_ + warp_size - 1) / warp_size), frame_stride_(round_up(code_.frame_bytes, 64)),
      frames_(static_cast<std::byte*>(std::aligned_alloc(64, frame_stride_ * warps_))), states_(warps_),
      resume_(warps_) {
    const isa::Function& function = launch_.module->program.functions[launch_.kernel];
    parameter_bytes = function.parameter_bytes;
    context.region_base = launch_.memory->base();
    context.region_bytes = launch_.memory->size();
    context.parameters = launch_.parameters;
    context.shared_base = cluster_.windows().shared(rank);
    context.shared_bytes = kernel_.shared.dynamic_offset + launch_.dynamic_shared;
    context.local_base = cluster_.windows().local(rank);
    context.local_bytes = code_.known.local_bytes;
    context.local_stride = code_.known.local_stride();
    context.dynamic_shared = launch_.dynamic_shared;
    context.grid_workspace = launch_.grid_workspace;
    for (unsigned i = 0; i < 3; ++i) {
        context.grid[i] = launch_.grid[i];
        context.cluster[i] = launch_.cluster[i];
    }
    context.cluster_rank = rank;
    context.cluster_blocks = volume(launch_.cluster);
    context.cluster_base = cluster_.windows().shared(0);
    context.window_stride = cluster_.windows().stride();
    context.counters = counts.counters.data();
    context.accesses = counts.accesses.data();
    context.run = this;
    adverse_ = adverse_blocks;
    descending_ = false;
}

void BlockRun::start(std::uint64_t index) {
    const Dim3& grid = launch->grid;
    context.block_index[0] = static_cast<std::uint32_t>(index);
    if (index >= grid[0]) {
        const std::uint64_t row = index / grid[0];
        context.block_index[0] = static_cast<std::uint32_t>(index - row * grid[0]);
        context.block_index[1] = static_cast<std::uint32_t>(row % grid[1]);
        context.block_index[2] = static_cast<std::uint32_t>(row / grid[1]);
    } else {
        context.block_index[1] = context.block_index[2] = 0;
    }
    if (adverse_) {
        descending_ = (adverse_runs + index) % 2 != 0;
        // What is behind each as well, which a generic address reaches: what is read there is nobody's.
        guard_ = adverse_bytes[(adverse_runs / 2 + index) % adverse_bytes.size()];
        std::memset(pointer_at<std::byte>(context.shared_base), guard_, window_bytes());
    }
    for (std::uint32_t warp = 0; warp < warps_; ++warp) {
        // Generated code writes the rest of the header before it is read, but for what it adds to.
        Frame& header = frame(warp);
        header.warp = warp;
        const std::uint32_t count = std::min(warp_size, threads_ - warp * warp_size);
        header.live = count == warp_size ? ~0u : (1u << count) - 1;
        header.yields = header.arriving = header.arrived = 0;
        header.arrived_in_cluster = header.cluster_phase = 0;
        states_[warp] = State::Ready;
        resume_[warp] = count == warp_size && code->together != nullptr ? 0 : masked_version;
    }
    if (barriers_used_) {
        barriers_ = {};
        barriers_used_ = false;
    }
}

/// Runs a warp until it stops, in one version of the code and the other.
std::int32_t BlockRun::resume(std::uint32_t warp) {
    std::int32_t stop = resume_[warp];
    do {
        KernelFunction function = code->together;
        if ((stop & masked_version) != 0) {
            function = code->masked.load(std::memory_order_acquire);
            if (function == nullptr) {
                function = kernel->masked(*code);
            }
        }
        stop = function(&context, &frame(warp), stop & resume_number);
    } while (stop > 0 && (stop & at_once) != 0);
    return stop;
}

Progress BlockRun::advance() {
    for (;;) {
        bool moved = false, yielded = false, ended = true;
        // Warps that came to the same whole-block barrier in this round are released at its end without being counted.
        bool together = !barriers_used_;
        std::uint32_t met = no_barrier;
        for (std::uint32_t turn = 0; turn < warps_; ++turn) {
            const std::uint32_t warp = warp_at(turn);
            if (states_[warp] != State::Ready) {
                ended = ended && states_[warp] == State::Done;
                together = together && states_[warp] == State::Done;
                continue;
            }
            Frame& header = frame(warp);
            const std::int32_t stop = resume(warp);
            if (stop == static_cast<std::int32_t>(Stop::Done)) {
                states_[warp] = State::Done;
                moved = true;
                continue;
            }
            ended = false;
            if (stop == static_cast<std::int32_t>(Stop::Fault)) {
                return Progress::Faulted;
            }
            resume_[warp] = stop;
            if (header.yields != 0) {
                header.yields = 0;
                yielded = true;
                together = false;
                continue;
            }
            moved = true;
            if (header.reduction == cluster_wait) {
                states_[warp] = header.cluster_phase == cluster->phase() ? State::AtCluster : State::Ready;
                if (met != no_barrier) { // those before it are counted after all
                    arrive_together(turn, met);
                    met = no_barrier;
                }
                together = false;
                continue;
            }
            states_[warp] = State::Waiting;
            const bool plain = header.barrier_threads == 0 && header.barrier < barriers_.size() &&
                               static_cast<isa::BarMode>(header.reduction) == isa::BarMode::Sync;
            if (together && plain && (met == no_barrier || met == header.barrier)) {
                met = header.barrier;
                continue;
            }
            if (met != no_barrier) { // those before it are counted after all
                arrive_together(turn, met);
                met = no_barrier;
            }
            together = false;
            if (!arrive(warp, header.barrier, header.barrier_threads, header.arriving, header.arrived)) {
                return Progress::Faulted;
            }
            header.arriving = header.arrived = 0;
        }
        if (ended) {
            return adverse_ && !is_guard_intact() ? Progress::Faulted : Progress::Finished;
        }
        if (met != no_barrier) {
            if (together && !barriers_used_) {
                for (State& state : states_) {
                    state = state == State::Waiting ? State::Ready : state;
                }
                continue;
            }
            arrive_together(warps_, met);
        }
        if (complete_barriers()) {
            continue;
        }
        if (yielded) {
            if (!moved) {
                return Progress::Yielded;
            }
            continue;
        }
        if (!any_in(State::Ready)) {
            if (any_in(State::AtCluster)) {
                return Progress::AtCluster;
            }
            report_deadlock();
            return Progress::Faulted;
        }
    }
}

/// Counts the waiting warps of the first `turns` turns at a barrier of the whole block.
void BlockRun::arrive_together(std::uint32_t turns, std::uint32_t barrier) {
    for (std::uint32_t turn = 0; turn < turns; ++turn) {
        if (states_[warp_at(turn)] == State::Waiting) {
            (void)arrive(warp_at(turn), barrier, 0, 0, 0);
        }
    }
}

bool BlockRun::arrive(std::uint32_t warp, std::uint32_t barrier, std::uint32_t threads, std::uint32_t lanes_arriving,
                      std::uint32_t lanes_true) {
    if (barrier >= barriers_.size()) {
        raise_fault(context, frame(warp), {}, 0, Fault::Kind::LaunchFailure, 0,
                    fmt::format("barrier {} of 16", barrier));
        return false;
    }
    barriers_used_ = true;
    Barrier& at = barriers_[barrier];
    if (!at.used) {
        at.used = true;
        at.expected = threads;
    }
    at.arrived |= 1u << warp;
    at.lanes += static_cast<std::uint32_t>(std::popcount(lanes_arriving));
    at.lanes_true += static_cast<std::uint32_t>(std::popcount(lanes_true));
    return true;
}

bool BlockRun::complete_barriers() {
    std::uint32_t alive = 0;
    for (std::uint32_t warp = 0; warp < warps_; ++warp) {
        alive |= states_[warp] != State::Done ? 1u << warp : 0;
    }
    bool any = false;
    for (std::uint32_t index = 0; index < barriers_.size(); ++index) {
        const Barrier& at = barriers_[index];
        if (!at.used) {
            continue;
        }
        const bool complete = at.expected == 0
                                  ? (alive & ~at.arrived) == 0
                                  : static_cast<std::uint32_t>(std::popcount(at.arrived)) * warp_size >= at.expected;
        if (complete) {
            release(index);
            any = true;
        }
    }
    return any;
}

void BlockRun::release(std::uint32_t index) {
    Barrier& at = barriers_[index];
    for (std::uint32_t warp = 0; warp < warps_; ++warp) {
        Frame& header = frame(warp);
        if (states_[warp] != State::Waiting || header.barrier != index) {
            continue;
        }
        switch (static_cast<isa::BarMode>(header.reduction)) {
        case isa::BarMode::RedPopc:
            header.result = at.lanes_true;
            break;
        case isa::BarMode::RedAnd:
            header.result = at.lanes_true == at.lanes ? 1 : 0;
            break;
        case isa::BarMode::RedOr:
            header.result = at.lanes_true != 0 ? 1 : 0;
            break;
        case isa::BarMode::Sync:
        case isa::BarMode::Arrive:
            break;
        }
        states_[warp] = State::Ready;
    }
    at = {};
}

bool BlockRun::any_in(State state) const {
    return std::ranges::find(states_, state) != states_.end();
}

void BlockRun::arrive_in_cluster(std::uint32_t warp, std::uint32_t arriving) {
    frame(warp).arrived_in_cluster |= arriving;
    frame(warp).cluster_phase = cluster->phase();
}

/// A warp that runs may have fewer lanes left than its frame says; it will stop or end, and then it is right.
bool BlockRun::has_arrived() {
    for (std::uint32_t warp = 0; warp < warps_; ++warp) {
        const Frame& header = frame(warp);
        if (states_[warp] != State::Done && (header.live & ~header.arrived_in_cluster) != 0) {
            return false;
        }
    }
    return true;
}

void BlockRun::pass_cluster_barrier() {
    for (std::uint32_t warp = 0; warp < warps_; ++warp) {
        frame(warp).arrived_in_cluster = 0;
        states_[warp] = states_[warp] == State::AtCluster ? State::Ready : states_[warp];
    }
}

std::uint64_t BlockRun::window_bytes() const {
    return context.local_base - context.shared_base + context.local_stride * round_up(threads_, warp_size);
}

bool BlockRun::is_guard_intact() {
    const auto check = [&](std::uint64_t from, std::uint64_t to, std::string_view what, std::uint32_t thread) {
        for (std::uint64_t at = from; at < to; ++at) {
            if (*pointer_at<unsigned char>(at) != guard_) {
                Frame& header = frame(thread / warp_size);
                raise_fault(context, header, {}, thread % warp_size, Fault::Kind::IllegalAddress, at,
                            fmt::format("something was written {} bytes behind {}", at - from, what));
                return false;
            }
        }
        return true;
    };
    if (!check(context.shared_base + context.shared_bytes, context.local_base, "the block's shared memory", 0)) {
        return false;
    }
    for (std::uint32_t thread = 0; thread < threads_ && context.local_bytes != 0; ++thread) {
        const std::uint64_t base = context.local_base + thread * context.local_stride;
        if (!check(base + context.local_bytes, base + context.local_stride, "the local memory of a thread", thread)) {
            return false;
        }
    }
    return true;
}

void BlockRun::report_deadlock() {
    for (std::uint32_t warp = 0; warp < warps_; ++warp) {
        const Frame& header = frame(warp);
        if (states_[warp] == State::AtCluster) {
            raise_fault(context, header, {}, 0, Fault::Kind::Deadlock, 0,
                        "the cluster's barrier waits for threads that never come");
            return;
        }
        if (states_[warp] == State::Waiting) {
            raise_fault(context, header, {}, 0, Fault::Kind::Deadlock, 0,
                        fmt::format("barrier {} waits for threads that never come", header.barrier));
            return;
        }
    }
}

} // namespace assay::vgpu::codegen
