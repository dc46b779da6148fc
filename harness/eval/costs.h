// Whether the costs that a task declares are those of its program: `flops`, and the bytes of inputs and outputs.
//
// The baseline runs on the virtual GPU and is counted. It is built so that it can be compared with a textbook's count
// (Reference::build_for_counting), but a program does more than a textbook says, and where lanes go apart, less:
//
//   0.75 flops <= counted <= 1.5 flops + 24 for each 4 bytes of its buffers
//
// It does less where a condition skips work that the textbook counts, as the exponential of an ELU. The reductions,
// scans and comparisons of a program, and what a chain does after its products, are some operations for each element of
// an input, an output or an intermediate result; and tiles stand out over the edges of a matrix, though not by more
// than half where matrices are large. So the bounds are for the workload that is timed; of the others, whose windows
// may lie half over a border, only 0.4 flops is asked. Where products are most of the work the bounds are a factor of
// two apart; elsewhere 24 operations for each element do not change what bounds a GPU, which reads an element in the
// time of twice as many.
//
// Of bytes, an output must be written whole, and 0.6 of what `compulsory_bytes` says of an input be read in at least
// one small workload: a stride or a border leaves some of an image unread, but a triangle that is zero is about a half.
#pragma once

#include <string>
#include <vector>

#include "compile/compiler.h"
#include "eval/evaluator.h"
#include "plan/planner.h"
#include "tasks/task.h"

namespace assay::eval {

/// Where the definition contradicts the counts, a line each; empty: nowhere. An Error is that of a reference that
/// cannot be built or run.
[[nodiscard]] Result<std::vector<std::string>> check_costs(const tasks::Task& task, compile::Compiler& compiler,
                                                           plan::Planner& planner, const Progress& progress = {});

} // namespace assay::eval
