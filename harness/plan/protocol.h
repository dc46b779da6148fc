// What a planner and its worker say to each other.
//
// Request: header {"entry", "bindings", "device", "limits", "live"}, one blob with the PTX.
// Reply: header {"fault": {...}} for the candidate's fault; else {"rules"} and as blobs the device's PTX and, for each
// binding, its plan as JSON text. A harness error is the sandbox's own {"error"}.
//
// With "live" there is one binding, and replies come in segments (launch_plan.h), each in the form above without the
// device's PTX. After one that ends in a read the next request has the bytes as its one blob.
#pragma once

#include <string>
#include <vector>

#include "plan/planner.h"
#include "sandbox/channel.h"

namespace assay::plan {

/// What comes of a candidate: a recording, or its fault.
using Outcome = std::expected<Recording, PlanError>;

struct RecordingRequest {
    std::string ptx;
    Entry entry;
    std::vector<tasks::Binding> bindings;
    DeviceProperties device;
    RecordLimits limits;
    bool live = false; ///< the supervisor has a device to ask
};

[[nodiscard]] sandbox::Message to_message(const RecordingRequest& request);
[[nodiscard]] Result<RecordingRequest> read_request(const sandbox::Message& message);

[[nodiscard]] sandbox::Message to_message(const Outcome& outcome);
[[nodiscard]] Result<Outcome> read_reply(const sandbox::Message& message);

} // namespace assay::plan
