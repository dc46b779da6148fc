// A worker locks itself, in three steps: at its start, once it has loaded what it needs, and last of all.
//
// A server takes the first two, and each child that it forks for a candidate the third; a worker that cannot be forked
// (one with a GPU) takes all three itself.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "sandbox/landlock.h"
#include "sandbox/layer.h"
#include "sandbox/limits.h"
#include "sandbox/policy.h"
#include "sandbox/seccomp.h"

namespace assay::sandbox {

class Confinement {
public:
    /// Step 1: namespaces. The process must have one thread.
    explicit Confinement(const Policy& policy);
    /// Step 2, after everything is loaded: the files that stay, and what step 3 needs, prepared.
    void close_files(std::vector<Visible> visible);
    /// Step 3, for good: privileges, limits, Landlock, seccomp. `in_pid_namespace`: this process was forked into one.
    void lock(const Limits& limits, bool in_pid_namespace);
    /// Instead of steps 2 and 3.
    void give_up(const std::string& reason);

    [[nodiscard]] const Layers& layers() const { return layers_; }

private:
    /// Takes a layer by `work`, unless it is switched off.
    template <class Work> void take(Layer layer, Work work);

    Policy policy_;
    Layers layers_;
    std::vector<Visible> visible_;
    std::optional<Result<SeccompFilter>> filter_;
    std::optional<Result<LandlockRules>> rules_;
    std::uint64_t address_space_ = 0;
};

} // namespace assay::sandbox
