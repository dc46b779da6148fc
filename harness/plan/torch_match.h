// The parameters of a module's function against the task's inputs, outputs, axes and scalars.
//
// Tensors are matched in order: the inputs, and for a function that returns nothing the outputs behind them. Numbers
// are matched by name where the module says names (py::arg), else in order: a function either takes all of the task's
// numbers or those that no input's shape tells it (a stride, an epsilon). A candidate can say instead what it takes.
#pragma once

#include <string>
#include <vector>

#include "plan/torch.h"
#include "tasks/task.h"

namespace assay::plan {

/// The function that is the entry: `name`, or, without one, `forward` (for a task whose name says so, `backward`), else
/// the only one that takes as many tensors as the task has.
[[nodiscard]] Checked<Torch::Function> choose_function(const std::vector<Torch::Function>& functions,
                                                       const std::string& name, const tasks::Binding& binding);

/// What is passed for each parameter. `order`: names of the task's tensors and numbers, or numbers, one for each
/// parameter; empty: matched as above. Buffers for inputs (and outputs that are passed) are made in `device`.
struct TorchMatch {
    std::vector<Torch::Passed> arguments;
    bool outputs_passed = false;
};
[[nodiscard]] Checked<TorchMatch> match_arguments(const Torch::Function& function, const tasks::Binding& binding,
                                                  const std::vector<std::string>& order, Torch& torch,
                                                  DeviceSpace& device);

} // namespace assay::plan
