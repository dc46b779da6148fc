// The launch plan as JSON, schema "assay.plan/1":
//   {"schema", "task", "workload",
//    "buffers": [{"role": "input|output|scratch|symbol", "index", "name", "bytes"}],
//    "steps": [{"launch": kernel, "grid", "block", "cluster"?, "shared", "cooperative"?, "stream"?, "parameters": hex,
//               "relocations": [[at, buffer, offset]], "line"},
//              {"fill": [buffer, offset], "value", "width", "count", "line"},
//              {"copy": [buffer, offset], "from": [buffer, offset], "bytes", "line"},
//              {"upload": [buffer, offset], "data": hex, "relocations", "line"},
//              {"read": [buffer, offset], "bytes", "line"}],
//    "operators": [{"operator": name, "inputs": [{"at": [buffer, offset], "dtype", "shape", "strides"}], "output",
//                   "numbers", "position", "steps", "line"}],
//    "attributes": {kernel: {"max_dynamic_shared"}}, "printed", "host_steps", "data_dependent"?: true,
//    "deciding_steps"?}
// The last two only where host code reads back.
#pragma once

#include <nlohmann/json.hpp>

#include "base/error.h"
#include "plan/launch_plan.h"

namespace assay::plan {

[[nodiscard]] nlohmann::json to_json(const LaunchPlan& plan);
/// Checks everything: unknown roles, offsets outside buffers, bad hex; the Error's `where` is a JSON pointer.
[[nodiscard]] Result<LaunchPlan> from_json(const nlohmann::json& json);

/// For a terminal: one line for each buffer and step.
[[nodiscard]] std::string to_text(const LaunchPlan& plan);

} // namespace assay::plan
