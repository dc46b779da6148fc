// Checked mode on a plan (vgpu/core/finding.h): the findings of one run as JSON.
//
//   {"findings": [{"kind", "message", "kernel", "line" (of the source file; 0 if unknown), "block", "thread",
//   "address",
//                  "times"}]}
// A fault that ended the run comes last, with the kind "fault".
#pragma once

#include <chrono>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "eval/executor.h"

namespace assay::eval {

/// Runs a plan whose inputs are written, in checked mode. `names` are those of its buffers, for messages; `source` is
/// the name of the program's file. A kernel that has not ended after `limit` is stopped: a fault, behind what was
/// found.
[[nodiscard]] DeviceResult<nlohmann::json> sanitize(PreparedPlan& plan, const std::vector<std::string>& names,
                                                    const std::string& source, std::chrono::milliseconds limit);

} // namespace assay::eval
