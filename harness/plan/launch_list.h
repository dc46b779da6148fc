// The host side of a `.ptx` candidate: what is launched, as data whose numbers are expressions over the task's axes.
//
//   {"launches": [{"kernel": "softmax_kernel", "grid": ["rows", 1, 1], "block": [128, 1, 1], "shared": 1024,
//                  "arguments": ["x", "y", "cols", "scratch", "eps", "0"]}],
//    "scratch": {"scratch": "4 * rows"}}
//
// An expression is an integer or a text as in shapes ("ceil_div(n, 1024)", tasks::evaluate_expression). An argument is
// the name of an input, an output, a scratch buffer, an axis or a scalar of the task, or an expression; a number with a
// point is a float. A kernel's PTX says how wide each argument is.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "plan/checked.h"
#include "plan/device_space.h"
#include "plan/json_reader.h"
#include "plan/runtime.h"
#include "tasks/task.h"

namespace assay::plan {

struct LaunchList {
    struct Launch {
        std::string kernel;
        std::array<std::string, 3> grid, block;
        std::string shared;
        std::vector<std::string> arguments;
    };
    std::vector<Launch> launches;
    std::map<std::string, std::string> scratch; ///< name to bytes
};

/// The Error's `where` is a JSON pointer.
[[nodiscard]] Result<LaunchList> read_launches(const nlohmann::json& json);

/// Records all launches for one workload.
[[nodiscard]] Checked<> record_launches(const LaunchList& list, const isa::Program& program,
                                        const tasks::Binding& binding, DeviceSpace& device, Runtime& runtime);

} // namespace assay::plan
