// CUB, the toolkit's own, for host code that is device code.
//
// <cub/cub.cuh> takes ten seconds whole, so ours includes what the source names. CUB's device-wide algorithms are host
// code like any other: they ask for the device's properties and launch CUB's kernels, which the recorder writes down.
// Under NVRTC CUB leaves out the file that this code is written over, for want of a host; here it is put back.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "compile/compiler.h"

namespace assay::compile {

/// True when the source uses the toolkit's C++ library, whose 64-bit integers are not Linux's: headers/std/cstdint.
[[nodiscard]] bool uses_cuda_std(const std::string& source);

/// The parts of CUB that the source names, as options for headers/cub/cub.cuh.
[[nodiscard]] std::vector<std::string> cub_options(const std::string& source);

/// The toolkit's headers that a source needs in another text: CUB's device queries, where it uses device-wide
/// algorithms, and the waiting of cuda::barrier and its kin, without a clock.
[[nodiscard]] std::map<std::string, std::string> toolkit_headers(const Toolkit& toolkit, const std::string& source);

/// One of them: a source that gets it takes long to compile.
inline constexpr const char* device_wide_header = "cub/util_device.cuh";

} // namespace assay::compile
