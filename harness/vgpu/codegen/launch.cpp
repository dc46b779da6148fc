// A launch: clusters of blocks, most often of one, over host threads.
//
// Workers take clusters in order, a few at a time. A cluster that only waits for others gives way: while it does, its
// worker makes further ones resident, up to a limit, because what it waits for may not have started. A cooperative
// launch has all of them resident from the start, each with a worker of its own choice and in turn.
#include <algorithm>
#include <atomic>
#include <mutex>
#include <thread>

#include "vgpu/codegen/cluster_run.h"
#include "vgpu/codegen/pool.h"

#include <fmt/format.h>

namespace assay::vgpu::codegen {

namespace {

constexpr std::size_t resident_limit = 32;

class Run {
public:
    Run(const Kernel& kernel, const Code& code, const Launch& launch)
        : kernel_(kernel), code_(code), launch_(launch),
          total_(std::uint64_t{launch.grid[0]} * launch.grid[1] * launch.grid[2] / volume(launch.cluster)) {}

    std::optional<Fault> run() {
        const auto workers =
            static_cast<unsigned>(std::clamp<std::uint64_t>(launch_.threads, 1, std::min<std::uint64_t>(total_, 256)));
        chunk_ = std::clamp<std::uint64_t>(total_ / (std::uint64_t{workers} * 16), 1, 64);
        workers_ = workers;
        backwards_ = !kernel_.waits && takes_blocks_backwards();
        run_on_workers(workers, [this](unsigned worker) { work(worker); });
        return fault_;
    }

private:
    void work(unsigned worker) {
        Counts counts(code_.counters);
        if (launch_.cooperative) {
            run_together(worker, counts);
        } else {
            run_in_order(counts);
        }
        if (launch_.tallies != nullptr) {
            const std::scoped_lock lock(mutex_);
            add_counts(counts, *launch_.tallies);
        }
    }

    /// What a worker counted, for the instructions of the program.
    void add_counts(const Counts& counts, Tallies& tallies) const {
        const CounterMap& map = code_.counters;
        for (std::size_t i = 0; i < map.executed.size(); ++i) {
            const Original& original = kernel_.body->originals[i];
            if (original.function == no_original || map.executed[i] == CounterMap::none) {
                continue;
            }
            Tally& tally = tallies.of[original.function][original.position];
            tally.warps += counts.counters[map.executed[i]];
            tally.threads += counts.counters[map.executed[i] + 1];
            if (map.parted[i] != CounterMap::none) {
                tally.parted += counts.counters[map.parted[i]];
            }
            if (map.access[i] != CounterMap::none) {
                tally.access += counts.accesses[map.access[i]];
            }
        }
    }

    void stop(std::optional<Fault> fault) {
        const std::scoped_lock lock(mutex_);
        if (!fault_ && fault) {
            fault_ = std::move(fault);
        }
        stopped_.store(true, std::memory_order_relaxed);
    }

    std::unique_ptr<ClusterRun> new_cluster(Counts& counts) {
        auto cluster = std::make_unique<ClusterRun>(launch_, kernel_, code_, counts);
        if (!cluster->valid()) {
            Fault fault;
            fault.kernel = kernel_.flat.name;
            fault.message = "out of device memory for shared and local memory";
            stop(std::move(fault));
            return nullptr;
        }
        return cluster;
    }

    Progress advance(ClusterRun& cluster) {
        Progress progress = Progress::Faulted;
        const auto address = launch_.memory->run_guarded([&] { progress = cluster.advance(); });
        BlockRun& block = cluster.current();
        if (address) {
            Fault fault;
            fault.kind = Fault::Kind::IllegalAddress;
            fault.kernel = kernel_.flat.name;
            fault.address = *address;
            std::ranges::copy(block.context.block_index, fault.block.begin());
            fault.message = fmt::format("{}: access to {:#x}, which is on no allocation; block ({}, {}, {})",
                                        fault.kernel, *address, fault.block[0], fault.block[1], fault.block[2]);
            block.fault = std::move(fault);
            progress = Progress::Faulted;
        }
        if (progress == Progress::Faulted) {
            stop(std::move(block.fault));
        }
        return progress;
    }

    void run_in_order(Counts& counts) {
        std::vector<std::unique_ptr<ClusterRun>> resident, idle;
        std::uint64_t next = 0, end = 0;
        const auto admit = [&] {
            if (next == end) {
                next = next_.fetch_add(chunk_, std::memory_order_relaxed);
                end = std::min(next + chunk_, total_);
                if (next >= total_) {
                    next = end = total_;
                    return false;
                }
            }
            if (idle.empty()) {
                idle.push_back(new_cluster(counts));
                if (idle.back() == nullptr) {
                    return false;
                }
            }
            resident.push_back(std::move(idle.back()));
            idle.pop_back();
            resident.back()->start(backwards_ ? total_ - 1 - next : next);
            ++next;
            return true;
        };
        while (!stopped_.load(std::memory_order_relaxed)) {
            if (resident.empty() && !admit()) {
                return;
            }
            bool ended = false;
            for (auto& cluster : resident) {
                const Progress progress = advance(*cluster);
                if (progress == Progress::Faulted) {
                    return;
                }
                if (progress == Progress::Finished) {
                    ended = true;
                    idle.push_back(std::move(cluster));
                }
            }
            std::erase(resident, nullptr);
            if (!ended && resident.size() < resident_limit && !admit()) {
                std::this_thread::yield();
            }
        }
    }

    void run_together(unsigned worker, Counts& counts) {
        std::vector<std::unique_ptr<ClusterRun>> resident;
        for (std::uint64_t index = worker; index < total_; index += workers_) {
            resident.push_back(new_cluster(counts));
            if (resident.back() == nullptr) {
                return;
            }
            resident.back()->start(index);
        }
        while (!resident.empty() && !stopped_.load(std::memory_order_relaxed)) {
            bool ended = false;
            for (auto& cluster : resident) {
                const Progress progress = advance(*cluster);
                if (progress == Progress::Faulted) {
                    return;
                }
                if (progress == Progress::Finished) {
                    ended = true;
                    cluster.reset();
                }
            }
            std::erase(resident, nullptr);
            if (!ended) {
                std::this_thread::yield();
            }
        }
    }

    const Kernel& kernel_;
    const Code& code_;
    const Launch& launch_;
    std::uint64_t total_ = 0, chunk_ = 1;
    unsigned workers_ = 1;
    bool backwards_ = false;
    std::atomic<std::uint64_t> next_{0};
    std::atomic<bool> stopped_{false};
    std::mutex mutex_;
    std::optional<Fault> fault_;
};

} // namespace

std::optional<Fault> run(const Kernel& kernel, const Launch& launch) {
    return Run(kernel, kernel.code(launch.block, launch.dynamic_shared, launch.counting), launch).run();
}

} // namespace assay::vgpu::codegen
