// What a profile says about a named GPU: what its assembler makes of the kernels, and how many of their blocks a
// multiprocessor holds.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "compile/compiler.h"
#include "driver/device.h"
#include "tasks/roofline.h"

namespace assay::eval {

/// The device that a profile for `gpu` compiles for and asks about; an Error if its architecture is not known
/// (driver/occupancy.h).
[[nodiscard]] Result<driver::DeviceDescription> description_of(const tasks::DeviceProfile& gpu);

/// Adds to a profile (profile.h) of these kernels
///   "gpu": {"name", "architecture"}, with "problem" if the assembler is not there or refuses;
/// and to each of its launches
///   "resources": {"registers", "stack_bytes", "spill_stores", "spill_loads", "static_shared", "barriers"}, bytes of a
///   thread, or
///                of a block;
///   "occupancy": {"blocks", "warps", "fraction", "limit"}, of a multiprocessor (driver/occupancy.h).
void add_resources(nlohmann::json& profile, const tasks::DeviceProfile& gpu, const compile::Toolkit& toolkit,
                   const std::string& ptx);

} // namespace assay::eval
