// What kernels did, as the run worker tells it: counts of the virtual GPU as JSON.
//
//   {"schema": 1, "launches": [...], "total": COUNTS, "buffers": [{"name", "bytes", "read", "written"}, ...]}
//
// Buffers are those of the plan, in its order, with the different bytes of each that were touched; none are there if
// accesses were not counted.
//
// A launch stands for all of the plan with the same kernel and shape, in the order in which they came first:
//   {"kernel": mangled, "name", "times", "grid", "block", "static_shared", "dynamic_shared" (bytes a block), "threads",
//    "warps" (of all of them), "interpreted", "counts": COUNTS, "lines": [{"file", "line", ...}], "instructions":
//    [{"text", "ptx_line", "file", "line", "class", ...}]}
// COUNTS (units and meaning: vgpu/counters.h, vgpu/core/tally.h):
//   {"warp_instructions", "thread_instructions", "classes": {CLASS: {"warps", "threads"}}, "operations": {KIND: N},
//    "flops", "bytes": {SPACE: {"loaded", "stored", "atomic"}}, "branches", "parted_branches", "global_requests",
//    "sectors", "shared_requests", "bank_passes", "bank_conflicts"}
// A profile for a named GPU has what resources.h adds.
// Lines and instructions carry "warps", "threads", "flops", "global_bytes", "shared_bytes", "parted" and the last five.
// The lines are those of the source file: what a header's code does counts where it was called from.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#if ASSAY_VGPU
#include "vgpu/counters.h"

namespace assay::eval {

/// `source` is the name of the candidate's file.
[[nodiscard]] nlohmann::json to_json(const std::vector<vgpu::LaunchProfile>& profiles,
                                     const std::vector<vgpu::Touched>& touched, const std::string& source);

} // namespace assay::eval
#endif
