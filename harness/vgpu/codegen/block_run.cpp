#include "vgpu/codegen/block_run.h"

#include <atomic>
#include <bit>
#include <cstdlib>
#include <cstring>

#include <fmt/format.h>

namespace assay::vgpu::codegen {

namespace {

std::uint64_t round_up(std::uint64_t value, std::uint64_t step) {
    return (value + step - 1) / step * step;
}

constexpr std::uint64_t shared_granularity = 256;
constexpr std::uint32_t no_barrier = ~0u;
constexpr int adverse_byte = 0xFF; ///< of shared memory that nobody has written: NaN in every floating-point type

std::atomic<bool> adverse_blocks = false;

std::uint32_t volume(const Dim3& dim) {
    return dim[0] * dim[1] * dim[2];
}

} // namespace

void set_adverse(bool adverse) {
    adverse_blocks = adverse;
}

Windows::Windows(Memory& memory, std::uint64_t shared_bytes, std::uint64_t local_bytes, std::uint32_t threads)
    : memory_(memory) {
    const std::uint64_t shared = round_up(shared_bytes, shared_granularity);
    const std::uint64_t all = shared + local_bytes * round_up(threads, warp_size);
    // Whole pages, so that windows begin at one: shared memory is aligned to what a program may align in it.
    address_ = memory.allocate(round_up(std::max<std::uint64_t>(all, 1), 4096)).value_or(0);
    local_ = address_ + shared;
}

Windows::~Windows() {
    if (address_ != 0) {
        memory_.free(address_);
    }
}

void BlockRun::FreeAligned::operator()(std::byte* memory) const {
    std::free(memory);
}

BlockRun::BlockRun(const Launch& launch_, const Kernel& kernel, const Code& code_, Counts& counts)
    : launch(&launch_), code(&code_), threads_(volume(launch_.block)), warps_((threads_ + warp_size - 1) / warp_size),
      frame_stride_(round_up(code_.frame_bytes, 64)),
      frames_(static_cast<std::byte*>(std::aligned_alloc(64, frame_stride_ * warps_))),
      windows_(*launch_.memory, kernel.shared.dynamic_offset + launch_.dynamic_shared, kernel.local_window(), threads_),
      states_(warps_), resume_(warps_) {
    const isa::Function& function = launch_.module->program.functions[launch_.kernel];
    parameter_bytes = function.parameter_bytes;
    context.region_base = launch_.memory->base();
    context.region_bytes = launch_.memory->size();
    context.parameters = launch_.parameters;
    context.shared_base = windows_.shared();
    context.shared_bytes = kernel.shared.dynamic_offset + launch_.dynamic_shared;
    context.local_base = windows_.local();
    context.local_bytes = kernel.local_window();
    context.dynamic_shared = launch_.dynamic_shared;
    context.grid_workspace = launch_.grid_workspace;
    for (unsigned i = 0; i < 3; ++i) {
        context.grid[i] = launch_.grid[i];
    }
    context.counters = counts.counters.data();
    context.accesses = counts.accesses.data();
    context.run = this;
    adverse_ = adverse_blocks;
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
        // The rounded rest of the shared window as well: what is read there is nobody's.
        std::memset(pointer_at<std::byte>(context.shared_base), adverse_byte,
                    round_up(context.shared_bytes, shared_granularity));
        std::memset(pointer_at<std::byte>(context.local_base), adverse_byte,
                    context.local_bytes * round_up(threads_, warp_size));
    }
    for (std::uint32_t warp = 0; warp < warps_; ++warp) {
        // Generated code writes the rest of the header before it is read, but for what it adds to.
        Frame& header = frame(warp);
        header.warp = warp;
        const std::uint32_t count = std::min(warp_size, threads_ - warp * warp_size);
        header.live = count == warp_size ? ~0u : (1u << count) - 1;
        header.yields = header.arriving = header.arrived = 0;
        states_[warp] = State::Ready;
        resume_[warp] = 0;
    }
    if (barriers_used_) {
        barriers_ = {};
        barriers_used_ = false;
    }
}

BlockRun::Progress BlockRun::advance() {
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
            const std::int32_t stop = code->function(&context, &header, resume_[warp]);
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
            states_[warp] = State::Waiting;
            moved = true;
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
            return Progress::Finished;
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
        bool ready = false;
        for (const State state : states_) {
            ready = ready || state == State::Ready;
        }
        if (!ready) {
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

void BlockRun::report_deadlock() {
    for (std::uint32_t warp = 0; warp < warps_; ++warp) {
        if (states_[warp] == State::Waiting) {
            const Frame& header = frame(warp);
            raise_fault(context, header, {}, 0, Fault::Kind::Deadlock, 0,
                        fmt::format("barrier {} waits for threads that never come", header.barrier));
            return;
        }
    }
}

} // namespace assay::vgpu::codegen
