// How fast a workload could be at best on a named GPU: Williams, Waterman and Patterson, "Roofline" (CACM 52(4), 2009).
#pragma once

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "tasks/task.h"

namespace assay::tasks {

/// Peak rates of a GPU, from datasets/devices.json.
struct DeviceProfile {
    std::string name;         ///< "H200"
    std::string architecture; ///< "sm_90"
    std::int64_t multiprocessors = 0;
    double memory_bytes = 0;
    double bandwidth = 0; ///< bytes a second, of device memory
    /// Floating-point operations a second.
    double fp64 = 0, fp32 = 0, tf32 = 0, fp16 = 0;
    std::string source; ///< of the figures
};

/// An Error names the file and the field.
[[nodiscard]] Result<std::vector<DeviceProfile>> load_devices(const std::filesystem::path& root);
/// By its name, in capitals or not. The Error lists the names there are.
[[nodiscard]] Result<DeviceProfile> find_device(const std::filesystem::path& root, std::string_view name);

/// What a program must read of an input: of symmetric and triangular matrices one triangle with the diagonal.
[[nodiscard]] std::uint64_t compulsory_bytes(const Binding::Tensor& input);

struct Roofline {
    double memory_seconds = 0;  ///< to move the compulsory bytes
    double compute_seconds = 0; ///< for the task's operations in the precision it accepts; 0 if it gives no count
    [[nodiscard]] double seconds() const { return std::max(memory_seconds, compute_seconds); }
};
[[nodiscard]] Roofline roofline(const Task& task, const Binding& binding, const DeviceProfile& device);

} // namespace assay::tasks
