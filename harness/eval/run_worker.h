// The process that runs kernels: `assay --worker run`, a server that has the vGPU ready and forks a locked child for
// each candidate, or `assay --worker run-gpu`, one process with a GPU, which is initialised first and then locked.
//
// It holds a device, modules and prepared plans, and nothing that a candidate could profit from: no expected outputs,
// no tolerances, no keys. One request, one reply:
//   {"device"}, the first                       → {"device": {...}, "code": identity of machine code}
//   {"op": "probe"}                             → {}: a trivial kernel runs
//   {"op": "load"} + PTX                        → {"module": N}
//   {"op": "code", "shapes"} + PTX              → {} + machine code of each shape (kernel_code.h); the only request
//   {"op": "prepare", "module", "shapes"} + plan, and machine code of each shape, if there is a cache → {"plan": N}
//   {"op": "inputs", "plan"} + one blob an input → {}
//   {"op": "run", "plan", "zone", "poison"}     → {} + one image a buffer (executor.h)
//   {"op": "time", "plan", "zone", "poison", "repeats"} → {"seconds"}: of all repeats, by the device's clock
//   {"op": "images", "plan"}                    → {} + one image a buffer: as the last run left them
//   {"op": "restart", "plan", "zone", "poison", "adverse"} + changes → {}: a run in segments begins (executor.h)
//   {"op": "extend", "plan", "modules", "cold"} + segment  → {"seconds"} + one blob: what its last step read
//   {"op": "profile", "plan", "source", "accesses"}         → {"profile": {...}} (profile.h) of one run on the virtual
//   GPU
//   {"op": "sanitize", "plan", "names", "source", "limit"} → {"sanitized": {...}} (sanitize.h) of one run in checked
//                                                 mode, of so many milliseconds at most; the last request to a
//                                                 worker, if the run ended in a fault
//   {"op": "release", "plan"}                   → {}
//   {"op": "notes"}                             → {"fallbacks": [...], "output"}: what ran in the interpreter, device
//   printf
// A device's refusal is the reply {"fault": {code, name, call, kernel, kind, message, line}}.
#pragma once

#include <nlohmann/json.hpp>

#include "driver/device.h"
#include "sandbox/policy.h"

namespace assay::eval {

int run_worker(const sandbox::Policy& policy);

[[nodiscard]] nlohmann::json to_json(const driver::DeviceDescription& description);
[[nodiscard]] driver::DeviceDescription description_from_json(const nlohmann::json& json);

} // namespace assay::eval
