// Random PTX programs: structured control flow over random instructions, with divergence of every kind, barriers,
// shared and local memory, shuffles, votes and atomics, and results that do not depend on the order of threads.
#pragma once

#include <cstdint>
#include <string>

#include "conformance/case.h"

namespace assay::vgpu::conformance {

struct RandomProgram {
    std::string ptx;
    LaunchCase launch;
};

/// The program of a seed: always the same.
[[nodiscard]] RandomProgram make_program(std::uint64_t seed);

} // namespace assay::vgpu::conformance
