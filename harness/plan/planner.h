// Recording in a worker process: PTX in, launch plans and the device's PTX out.
//
// Where host code reads device memory back, what follows depends on what is read: such a plan is *live*. It is recorded
// in segments, for one run at a time, while whoever has the device runs each segment (`eval/live.h`).
#pragma once

#include <algorithm>
#include <chrono>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "plan/record.h"
#include "plan/static_rules.h"
#include "sandbox/layer.h"
#include "sandbox/worker.h"

namespace assay::plan {

struct Recording {
    std::vector<LaunchPlan> plans; ///< in the order of the bindings; of host code that reads back, up to the first Read
    std::string device_ptx;        ///< the kernels of all plans; where one reads back, all that it may launch
    std::vector<RuleFinding> rules; ///< what the static rules found, none of severity Reject

    /// Whether any plan depends on data: then all are recorded live, for each run.
    [[nodiscard]] bool data_dependent() const { return std::ranges::any_of(plans, is_data_dependent); }
};

/// What recording takes of a candidate.
struct Recordable {
    std::string ptx;
    Entry entry;
    DeviceProperties device;
    RecordLimits limits;
};

/// One run of host code that reads device memory back, in a process of its own that waits at each Read. Whoever has the
/// device runs the segments.
class LiveRecording {
public:
    /// The plan's next segment. `bytes`: what the Read gave that ended the segment before; nothing the first time.
    /// After a segment that does not end in a Read, or a PlanError, there is no other.
    [[nodiscard]] Result<std::expected<LaunchPlan, PlanError>> next(std::vector<std::byte> bytes,
                                                                    std::chrono::milliseconds timeout);

private:
    friend class Planner;
    LiveRecording(sandbox::Worker worker, sandbox::Message request, tasks::Binding binding)
        : worker_(std::move(worker)), request_(std::move(request)), binding_(std::move(binding)) {}
    sandbox::Worker worker_;
    std::optional<sandbox::Message> request_; ///< until it has been sent
    tasks::Binding binding_;
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
    /// Begins a run whose segments the caller runs. The rules are not looked at: `record` has.
    [[nodiscard]] Result<LiveRecording> record_live(const Recordable& recordable, const tasks::Binding& binding);
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
