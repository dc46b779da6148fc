// Theory of operation: who runs next.
//
// Lanes of a warp that stand at the lowest position run together, one instruction at a time. "Lowest" compares call
// stacks from the outermost frame inwards, and a thread that is about to make a call comes before those already inside.
// In code whose blocks are laid out in order this is reconvergence at the immediate post-dominator, so lanes meet
// before warp-level instructions by themselves.
//
// The rule alone would starve: a lane that holds a spin lock may stand above the lanes that spin. So a lane that could
// run and has not while its warp made many contacts (atomics, volatile and kindred loads) or very many steps gets a
// turn. In the same way a warp gives way to the next warp of its block, and a block whose warps all gave way to the
// next block.
//
// The blocks of a cluster are resident together. A cooperative launch has all of them resident from the start. Any
// other starts with one cluster, in order; while rounds go by in which none ends, more become resident up to a limit,
// so that a block may wait for a later one.
//
// A warp-level instruction is a rendezvous: a lane waits there until every lane of its mask that has not exited waits
// at the same kind of instruction with the same mask. A cluster (a block, where there are no clusters) without a
// running lane that has not ended is a deadlock; nothing outside can release it.
#include <algorithm>
#include <numeric>

#include <fmt/format.h>

#include "isa/decode.h"
#include "vgpu/interpreter/machine.h"

namespace assay::vgpu::interpreter {

namespace {

// How long the others go first. A contact costs little and a critical section is short, so spinning ends soon; the
// bounds on steps are for loops that wait without any contact, which is rare.
constexpr std::uint64_t lane_contacts = 32, lane_steps = 1 << 16;
constexpr std::uint64_t warp_contacts = 256, warp_steps = 1 << 16;
constexpr std::uint64_t block_steps = 1 << 22;
constexpr std::uint64_t resident_limit = 32;

/// Whether a stands before b; zero if they can execute together.
int compare_positions(const Thread& a, const Thread& b) {
    const std::uint32_t common = std::min(a.depth, b.depth);
    for (std::uint32_t i = 0; i < common; ++i) {
        const Frame& x = a.frames[i];
        const Frame& y = b.frames[i];
        if (x.function != y.function) {
            return x.function < y.function ? -1 : 1;
        }
        if (x.position != y.position) {
            return x.position < y.position ? -1 : 1;
        }
    }
    return a.depth < b.depth ? -1 : (a.depth > b.depth ? 1 : 0);
}

std::uint64_t volume(const Dim3& dim) {
    return std::uint64_t{dim[0]} * dim[1] * dim[2];
}

Dim3 position_in(const Dim3& dim, std::uint64_t index) {
    return {static_cast<std::uint32_t>(index % dim[0]), static_cast<std::uint32_t>(index / dim[0] % dim[1]),
            static_cast<std::uint32_t>(index / dim[0] / dim[1])};
}

/// Bytes of local memory that a thread can need: the deepest chain of calls, or a fixed stack where that has no bound.
class StackSize {
public:
    StackSize(const isa::Program& program, std::uint32_t unbounded) : program_(program), unbounded_(unbounded) {}

    std::uint32_t of(std::uint32_t kernel) {
        const std::uint32_t bytes = below(kernel);
        return round_up(bounded_ ? bytes : std::max(bytes, unbounded_));
    }

private:
    static std::uint32_t round_up(std::uint32_t bytes) { return (bytes + 255) / 256 * 256; }

    std::uint32_t below(std::uint32_t index) {
        const isa::Function& function = program_.functions[index];
        if (std::ranges::find(path_, index) != path_.end()) {
            bounded_ = false;
            return 0;
        }
        path_.push_back(index);
        std::uint32_t deepest = 0;
        for (const isa::CallSite& site : function.calls) {
            if (site.callee) {
                deepest = std::max(deepest, below(*site.callee));
            } else {
                bounded_ = false;
            }
        }
        path_.pop_back();
        // Each frame starts at a multiple of its alignment.
        return function.local_bytes + std::max(function.local_alignment, 16u) + deepest;
    }

    const isa::Program& program_;
    std::uint32_t unbounded_;
    std::vector<std::uint32_t> path_;
    bool bounded_ = true;
};

} // namespace

Machine::Machine(const Launch& launch)
    : launch_(launch), program_(launch.module->program), layout_(isa::shared_layout(program_, launch.kernel)) {
    shared_bytes_ = layout_.dynamic_offset + launch.dynamic_shared;
    local_bytes_ = StackSize(program_, unbounded_stack).of(launch.kernel);
}

Machine::~Machine() {
    for (const std::uint64_t window : windows_) {
        launch_.memory->free(window);
    }
}

std::optional<Fault> Machine::run() {
    const std::uint64_t per_cluster = volume(launch_.cluster);
    const std::uint64_t total = volume(launch_.grid) / per_cluster;
    const std::uint64_t limit = launch_.cooperative ? total : std::min(total, resident_limit);
    std::vector<std::unique_ptr<Cluster>> resident;
    std::vector<std::unique_ptr<Cluster>> idle; // with their windows, to be used again
    std::uint64_t next = 0;
    const auto admit = [&] {
        if (idle.empty()) {
            idle.push_back(std::make_unique<Cluster>());
            idle.back()->blocks.resize(per_cluster);
        }
        resident.push_back(std::move(idle.back()));
        idle.pop_back();
        return start_cluster(*resident.back(), next++);
    };
    while (launch_.cooperative && next < total) {
        if (!admit()) {
            return fault_;
        }
    }
    while (next < total || !resident.empty()) {
        if (resident.empty() && !admit()) {
            return fault_;
        }
        bool ended = false;
        for (auto& cluster : resident) {
            if (run_cluster(*cluster) == Turn::Finished) {
                ended = true;
                idle.push_back(std::move(cluster));
            }
            if (fault_) {
                return fault_;
            }
        }
        std::erase(resident, nullptr);
        if (!ended && next < total && resident.size() < limit && !admit()) {
            return fault_;
        }
    }
    return std::nullopt;
}

bool Machine::start_cluster(Cluster& cluster, std::uint64_t index) {
    Dim3 clusters{};
    for (std::size_t i = 0; i < clusters.size(); ++i) {
        clusters.at(i) = launch_.grid.at(i) / launch_.cluster.at(i);
    }
    const Dim3 position = position_in(clusters, index);
    cluster.completed_phases = 0;
    for (std::uint32_t rank = 0; rank < cluster.blocks.size(); ++rank) {
        Block& block = cluster.blocks[rank];
        const Dim3 within = position_in(launch_.cluster, rank);
        block.cluster = &cluster;
        block.rank = rank;
        for (std::size_t i = 0; i < within.size(); ++i) {
            block.id.at(i) = position.at(i) * launch_.cluster.at(i) + within.at(i);
        }
        if (!start_block(block)) {
            return false;
        }
    }
    if (launch_.checker != nullptr) {
        start_checks(cluster, index);
    }
    return true;
}

bool Machine::start_block(Block& block) {
    const auto count = static_cast<std::uint32_t>(volume(launch_.block));
    if (block.threads.empty()) {
        // Whole pages, so that windows begin at one: shared memory is aligned to what a program may align in it.
        constexpr std::uint64_t page = 4096;
        const std::uint64_t shared = (shared_bytes_ + 255ull) / 256 * 256;
        const std::uint64_t bytes = shared + std::uint64_t{count} * local_bytes_;
        const auto window = launch_.memory->allocate(std::max<std::uint64_t>((bytes + page - 1) / page * page, page));
        if (!window) {
            fault_ = Fault{Fault::Kind::LaunchFailure,
                           "out of device memory for shared and local memory",
                           program_.functions[launch_.kernel].name,
                           {},
                           {},
                           {},
                           0};
            return false;
        }
        windows_.push_back(*window);
        known_.clear();
        block.shared = *window;
        block.local = *window + shared;
        block.threads.resize(count);
        for (std::uint32_t first = 0; first < count; first += warp_size) {
            block.warps.push_back(
                {.index = first / warp_size, .first = first, .lanes = std::min(warp_size, count - first)});
        }
    }
    // Shared memory is undefined at the start. All ones (NaN, -1) spoil results that rely on zeros, as a GPU would.
    std::fill_n(pointer_at<std::byte>(block.shared), shared_bytes_, std::byte{0xff});
    block.index = (std::uint64_t{block.id[2]} * launch_.grid[1] + block.id[1]) * launch_.grid[0] + block.id[0];
    block.barriers = {};

    const isa::Function& kernel = program_.functions[launch_.kernel];
    const auto* parameters = pointer_at<const std::byte>(launch_.parameters);
    for (Warp& warp : block.warps) {
        warp = {.index = warp.index, .first = warp.first, .lanes = warp.lanes};
    }
    for (std::uint32_t i = 0; i < count; ++i) {
        Thread& thread = block.threads[i];
        thread.state = Thread::State::Running;
        thread.lane = i % warp_size;
        thread.linear = i;
        thread.id = position_in(launch_.block, i);
        thread.flags = {};
        thread.last_step = thread.last_contact = 0;
        thread.cluster_arrivals = 0;
        thread.depth = 1;
        if (thread.frames.empty()) {
            thread.frames.emplace_back();
        }
        Frame& frame = thread.frames.front();
        frame.function = launch_.kernel;
        frame.position = 0;
        frame.local = 0;
        frame.registers.assign(kernel.registers.size(), {});
        frame.doubts.assign(launch_.checker != nullptr ? kernel.registers.size() : 0, 0);
        thread.doubts.clear();
        frame.parameters.assign(std::max(kernel.frame_bytes, kernel.parameter_bytes), std::byte{0});
        std::copy_n(parameters, kernel.parameter_bytes, frame.parameters.data());
    }
    return true;
}

Machine::Turn Machine::run_cluster(Cluster& cluster) {
    std::size_t finished = 0;
    std::size_t stuck = 0;
    for (Block& block : cluster.blocks) {
        const Turn turn = run_block(block);
        if (fault_) {
            return Turn::Yielded;
        }
        finished += turn == Turn::Finished ? 1 : 0;
        stuck += turn == Turn::Stuck ? 1 : 0;
    }
    if (finished == cluster.blocks.size()) {
        if (launch_.checker != nullptr) {
            check_end(cluster);
        }
        return Turn::Finished;
    }
    // A block that was stuck may have been released by one that ran after it.
    const auto can_run = [&](const Block& block) {
        return std::ranges::any_of(block.warps, [&](const Warp& warp) { return running(block, warp) != 0; });
    };
    if (finished + stuck == cluster.blocks.size() && std::ranges::none_of(cluster.blocks, can_run)) {
        for (Block& block : cluster.blocks) {
            report_deadlock(block);
        }
    }
    return Turn::Yielded;
}

Machine::Turn Machine::run_block(Block& block) {
    std::uint64_t started = clock_;
    for (;;) {
        bool ran = false;
        bool all_gave_way = true;
        for (Warp& warp : block.warps) {
            if (running(block, warp) == 0) {
                continue;
            }
            ran = true;
            all_gave_way &= run_warp(block, warp);
            if (launch_.checker != nullptr && launch_.checker->is_late()) {
                report_late(block);
            }
            if (fault_) {
                return Turn::Yielded;
            }
        }
        if (!ran) {
            const bool over = std::ranges::all_of(
                block.threads, [](const Thread& thread) { return thread.state == Thread::State::Exited; });
            return over ? Turn::Finished : Turn::Stuck;
        }
        if (all_gave_way || clock_ - started > block_steps) {
            return Turn::Yielded;
        }
    }
}

/// Runs until no lane can run (false), or until others should have their turn (true).
bool Machine::run_warp(Block& block, Warp& warp) {
    const std::uint64_t last_step = warp.steps + warp_steps;
    const std::uint64_t last_contact = warp.contacts + warp_contacts;
    for (;;) {
        const Lanes group = choose(block, warp);
        if (group == 0 || fault_) {
            return false;
        }
        if (warp.contacts >= last_contact || warp.steps >= last_step) {
            return true;
        }
        step(block, warp, group);
    }
}

Lanes Machine::running(const Block& block, const Warp& warp) const {
    Lanes lanes = 0;
    for (std::uint32_t lane = 0; lane < warp.lanes; ++lane) {
        lanes |= block.threads[warp.first + lane].state == Thread::State::Running ? 1u << lane : 0;
    }
    return lanes;
}

Lanes Machine::alive(const Block& block, const Warp& warp) const {
    Lanes lanes = 0;
    for (std::uint32_t lane = 0; lane < warp.lanes; ++lane) {
        lanes |= block.threads[warp.first + lane].state != Thread::State::Exited ? 1u << lane : 0;
    }
    return lanes;
}

Lanes Machine::choose(Block& block, Warp& warp) const {
    const Lanes candidates = running(block, warp);
    if (candidates == 0) {
        return 0;
    }
    const auto thread = [&](std::uint32_t lane) -> const Thread& { return block.threads[warp.first + lane]; };
    if (warp.favouring && ((candidates >> warp.favoured & 1) == 0 || warp.steps >= warp.turn_steps ||
                           warp.contacts >= warp.turn_contacts)) {
        warp.favouring = false;
    }
    auto chosen = static_cast<std::uint32_t>(std::countr_zero(candidates));
    std::uint32_t longest = chosen; // without a step
    for_each_lane(candidates, [&](std::uint32_t lane) {
        longest = thread(lane).last_step < thread(longest).last_step ? lane : longest;
        chosen = compare_positions(thread(lane), thread(chosen)) < 0 ? lane : chosen;
    });
    if (!warp.favouring && (warp.contacts - thread(longest).last_contact > lane_contacts ||
                            warp.steps - thread(longest).last_step > lane_steps)) {
        warp.favouring = true;
        warp.favoured = longest;
        warp.turn_steps = warp.steps + lane_steps;
        warp.turn_contacts = warp.contacts + lane_contacts;
    }
    if (warp.favouring) {
        chosen = warp.favoured;
    }
    Lanes group = 0;
    for_each_lane(candidates, [&](std::uint32_t lane) {
        group |= compare_positions(thread(lane), thread(chosen)) == 0 ? 1u << lane : 0;
    });
    return group;
}

void Machine::report_late(Block& block) {
    for (Warp& warp : block.warps) {
        if (const Lanes lanes = running(block, warp); lanes != 0 && !fault_) {
            const Context context = context_of(block, warp, static_cast<std::uint32_t>(std::countr_zero(lanes)));
            fail(context, Fault::Kind::LaunchFailure,
                 fmt::format("the kernel does not end: a thread is still at `{}`", context.instruction.text));
        }
    }
}

void Machine::report_deadlock(Block& block) {
    for (Warp& warp : block.warps) {
        for (std::uint32_t lane = 0; lane < warp.lanes; ++lane) {
            const Context context = context_of(block, warp, lane);
            if (context.thread.state == Thread::State::AtBarrier) {
                fail(context, Fault::Kind::Deadlock,
                     fmt::format("`{}` (barrier {}) waits for threads that never come", context.instruction.text,
                                 context.thread.barrier));
                return;
            }
            if (context.thread.state == Thread::State::AtCluster) {
                fail(context, Fault::Kind::Deadlock,
                     fmt::format("`{}` waits for threads of the cluster that never come", context.instruction.text));
                return;
            }
            if (context.thread.state == Thread::State::AtWarp) {
                fail(context, Fault::Kind::Deadlock,
                     fmt::format("`{}` waits for lanes of {:#x} that never come", context.instruction.text,
                                 context.thread.wait_mask));
                return;
            }
        }
    }
}

/// The lanes that a warp-level instruction names; `together` are those that came to it together.
Lanes Machine::member_mask(const Context& context, Lanes together) const {
    const auto& src = context.instruction.src;
    switch (context.instruction.opcode) {
    case isa::Opcode::Shfl: // without .sync, the lanes that execute it
        return src.size() > 3 ? static_cast<Lanes>(read(context, src[3]).bits) : together;
    case isa::Opcode::Vote:
        return src.size() > 1 ? static_cast<Lanes>(read(context, src[1]).bits) : together;
    case isa::Opcode::BarWarp:
    case isa::Opcode::Match:
    case isa::Opcode::Redux:
    case isa::Opcode::Elect:
        return static_cast<Lanes>(read(context, src.back()).bits);
    default:
        return all_lanes; // the .aligned ones: every lane of the warp
    }
}

void Machine::wait_at_warp(Block& block, Warp& warp, Lanes lanes) {
    for_each_lane(lanes, [&](std::uint32_t lane) {
        const Context context = context_of(block, warp, lane);
        context.thread.wait_mask = member_mask(context, lanes) | 1u << lane;
        context.thread.state = Thread::State::AtWarp;
    });
}

void Machine::meet(Block& block, Warp& warp) {
    const Lanes living = alive(block, warp);
    for (std::uint32_t lane = 0; lane < warp.lanes && !fault_; ++lane) {
        const Context first = context_of(block, warp, lane);
        if (first.thread.state != Thread::State::AtWarp) {
            continue;
        }
        const Lanes wanted = first.thread.wait_mask & living;
        bool complete = true;
        for_each_lane(wanted, [&](std::uint32_t other) {
            const Context context = context_of(block, warp, other);
            complete = complete && context.thread.state == Thread::State::AtWarp &&
                       context.thread.wait_mask == first.thread.wait_mask &&
                       context.instruction.opcode == first.instruction.opcode;
        });
        if (!complete) {
            continue;
        }
        check_meeting(block, warp);
        execute_warp(block, warp, wanted);
        check_meeting(block, warp);
        for_each_lane(wanted, [&](std::uint32_t other) {
            Thread& thread = block.threads[warp.first + other];
            thread.state = Thread::State::Running;
            ++thread.top().position;
        });
    }
}

} // namespace assay::vgpu::interpreter
