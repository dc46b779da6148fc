// Recording in a worker process: PTX in, launch plans and the device's PTX out.
#pragma once

#include <chrono>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "plan/record.h"
#include "plan/static_rules.h"
#include "sandbox/layer.h"

namespace assay::plan {

struct Recording {
    std::vector<LaunchPlan> plans;  ///< in the order of the bindings
    std::string device_ptx;         ///< the kernels of all plans
    std::vector<RuleFinding> rules; ///< what the static rules found, none of severity Reject
};

/// One server for each planner, restarted when it died, and a locked child of it for each recording. A `PlanError` is
/// the candidate's fault, an `Error` the harness's. A recording that overruns `timeout` is PlanError::Limit.
class Planner {
public:
    Planner();
    ~Planner();
    [[nodiscard]] Result<std::expected<Recording, PlanError>>
    record(const std::string& ptx, const Entry& entry, const std::vector<tasks::Binding>& bindings,
           const DeviceProperties& device = {}, const RecordLimits& limits = {},
           std::chrono::milliseconds timeout = std::chrono::seconds(20));
    /// Those of the process that recorded last; none before the first.
    [[nodiscard]] const std::optional<sandbox::Layers>& layers() const;
    /// Those of a process that would record now.
    [[nodiscard]] Result<sandbox::Layers> probe_layers();

private:
    struct State;
    std::unique_ptr<State> state_;
};

/// The worker's side (`assay --worker plan`).
int plan_worker();

} // namespace assay::plan
