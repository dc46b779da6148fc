// The entry's parameters against the task's: inputs, outputs, then axes and scalars.
#pragma once

#include <string>
#include <vector>

#include "isa/program.h"
#include "plan/checked.h"
#include "plan/device_space.h"
#include "tasks/task.h"

namespace assay::plan {

/// "const float* A, float* C, int n": what the task passes, in order.
[[nodiscard]] std::string expected_parameters(const tasks::Binding& binding);

/// Makes the buffers of inputs and outputs and returns the bytes of each argument. `order` names what each parameter
/// takes: an input, output, axis or scalar of the task, an expression over axes, or a number; empty: all of them in the
/// task's order, or, where every tensor has as many elements, the tensors and that number. PTX keeps a parameter's size
/// alone, so what can be told apart is the number of parameters, and a pointer from a 4-byte value.
[[nodiscard]] Checked<std::vector<std::vector<std::byte>>> bind_arguments(const isa::Function& entry,
                                                                          const tasks::Binding& binding,
                                                                          const std::vector<std::string>& order,
                                                                          DeviceSpace& device);

} // namespace assay::plan
