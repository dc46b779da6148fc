// What a run left behind, looked at by the grader: red zones, inputs, and the outputs' bytes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "eval/executor.h"
#include "plan/launch_plan.h"
#include "store/evaluation.h"
#include "tasks/task.h"

namespace assay::eval {

/// A byte outside a buffer that changed, or an input that did.
struct Damage {
    std::string check; ///< "red-zone" or "inputs-unchanged"
    std::string detail;
    std::string hint;
};

/// "input 'x'", "output 'y'", "scratch buffer (1024 bytes)": those of the plan's buffers, in order.
[[nodiscard]] std::vector<std::string> buffer_names(const plan::LaunchPlan& plan, const tasks::Binding& binding);

/// Whether there is one image of the right size for each buffer: what a worker hands back is believed after that.
[[nodiscard]] bool are_images_of(const plan::LaunchPlan& plan, const std::vector<Bytes>& images);

/// The first damage in `images` (executor.h), if any.
[[nodiscard]] std::optional<Damage> find_damage(const plan::LaunchPlan& plan, const tasks::Binding& binding,
                                                const std::vector<Bytes>& images, const std::vector<Bytes>& inputs,
                                                std::uint8_t zone);

/// The bytes of output `index`, without zones.
[[nodiscard]] Bytes output_bytes(const plan::LaunchPlan& plan, const std::vector<Bytes>& images, std::uint32_t index);

} // namespace assay::eval
