// Conversions between a dtype's bytes and doubles by the piece, so that gigabytes need no second copy.
#pragma once

#include <span>
#include <vector>

#include "tasks/task.h"
#include "verify/inputs.h"

namespace assay::verify {

/// Elements `first` and following, as many as `values` has.
void read_doubles(tasks::DType dtype, const Bytes& bytes, std::size_t first, std::span<double> values);
void write_doubles(tasks::DType dtype, std::span<const double> values, Bytes& bytes, std::size_t first);

/// Each value replaced by the nearest one of the dtype: what `write_doubles` and `read_doubles` make of it.
void round_doubles(tasks::DType dtype, std::span<double> values);

} // namespace assay::verify
