// What happened before what, of the threads of a cluster, where mbarriers and cluster barriers order them.
//
// Vector clocks (Fidge 1988, Mattern 1989): a thread's own time passes when it arrives at an mbarrier, and what it
// knows of the others' times comes by waiting. An mbarrier hands on all that those who ever arrived at it knew,
// whatever the phase, so a wait may order more than the ISA says and never less. Barriers of a block are epochs
// (checker.h); of the clocks they matter only where knowledge goes through another block and back.
#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

namespace assay::vgpu {

class HappensBefore {
public:
    /// A cluster of so many threads, each of which knows nothing.
    void start(std::uint32_t threads);

    /// The time at which `thread` is.
    [[nodiscard]] std::uint32_t time(std::uint32_t thread) const { return known_.empty() ? 0 : known_[thread][thread]; }
    /// True if what `other` did at `time` happened before what `thread` does now.
    [[nodiscard]] bool knows(std::uint32_t thread, std::uint32_t other, std::uint32_t time) const {
        return !known_.empty() && known_[thread][other] > time;
    }
    /// True once a thread has arrived at an mbarrier.
    [[nodiscard]] bool used() const { return !known_.empty(); }

    /// mbarriers, by their device addresses.
    void initialise(std::uint64_t mbarrier) { handed_on_.erase(mbarrier); }
    void arrive(std::uint32_t thread, std::uint64_t mbarrier);
    void wait(std::uint32_t thread, std::uint64_t mbarrier);
    /// The `count` threads from `first` wait for one another.
    void meet(std::uint32_t first, std::uint32_t count);

private:
    using Clock = std::vector<std::uint32_t>; ///< by thread
    static void join(Clock& to, const Clock& from);

    std::uint32_t threads_ = 0;
    std::vector<Clock> known_; ///< by thread; empty until it is used
    std::unordered_map<std::uint64_t, Clock> handed_on_;
};

/// What is known of a running cluster.
struct ClusterShadow {
    std::uint64_t index = 0;  ///< in the grid
    std::uint32_t phases = 0; ///< of the cluster's barrier, completed
    HappensBefore order;
};

} // namespace assay::vgpu
