#include "tasks/roofline.h"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "tasks/reader.h"

namespace assay::tasks {

namespace {

constexpr double giga = 1e9, tera = 1e12;

DeviceProfile read_device(const Field& field) {
    field.only({"name", "architecture", "multiprocessors", "memory_gb", "bandwidth_gbs", "fp64", "fp32", "tf32", "fp16",
                "source"});
    const auto rate = [&](const char* name, double unit) {
        const double value = field.member(name).number();
        if (!(value > 0)) {
            field.member(name).fail("must be above 0");
        }
        return value * unit;
    };
    DeviceProfile device;
    device.name = field.member("name").text();
    device.architecture = field.member("architecture").text();
    device.multiprocessors = field.member("multiprocessors").integer();
    device.memory_bytes = rate("memory_gb", giga);
    device.bandwidth = rate("bandwidth_gbs", giga);
    device.fp64 = rate("fp64", tera);
    device.fp32 = rate("fp32", tera);
    device.tf32 = rate("tf32", tera);
    device.fp16 = rate("fp16", tera);
    device.source = field.member("source").text();
    return device;
}

char to_lower(char letter) {
    return static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
}

/// Of the fastest arithmetic that the task allows: that of its inputs, or what its accuracy asks for if that is
/// coarser.
double peak(const DeviceProfile& device, const Task& task) {
    const bool half = std::ranges::any_of(task.inputs, [](const Tensor& input) {
        return input.dtype == DType::Float16 || input.dtype == DType::BFloat16;
    });
    if (half || task.accepts >= ErrorClass::Fp16) {
        return device.fp16;
    }
    return task.accepts == ErrorClass::Fp64   ? device.fp64
           : task.accepts == ErrorClass::Tf32 ? device.tf32
                                              : device.fp32;
}

} // namespace

Result<std::vector<DeviceProfile>> load_devices(const std::filesystem::path& root) {
    Reader reader(root / "datasets/devices.json");
    const Field top = reader.root();
    top.only({"description", "devices"});
    std::vector<DeviceProfile> devices;
    for (const Field& field : top.member("devices").elements()) {
        devices.push_back(read_device(field));
    }
    if (reader.error()) {
        return std::unexpected(*reader.error());
    }
    return devices;
}

Result<DeviceProfile> find_device(const std::filesystem::path& root, std::string_view name) {
    const auto devices = load_devices(root);
    if (!devices) {
        return std::unexpected(devices.error());
    }
    std::vector<std::string> names;
    for (const DeviceProfile& device : *devices) {
        if (std::ranges::equal(device.name, name, {}, to_lower, to_lower)) {
            return device;
        }
        names.push_back(device.name);
    }
    return fail(fmt::format("no profile of a device \"{}\"", name), (root / "datasets/devices.json").string(),
                fmt::format("one of {}, or add yours", fmt::join(names, ", ")));
}

std::uint64_t compulsory_bytes(const Binding::Tensor& input) {
    if (input.distribution.structure == Distribution::Structure::Full) {
        return input.bytes();
    }
    const auto n = static_cast<std::uint64_t>(input.shape.back());
    return input.bytes() / (n * n) * (n * (n + 1) / 2);
}

Roofline roofline(const Task& task, const Binding& binding, const DeviceProfile& device) {
    return {.memory_seconds = static_cast<double>(binding.compulsory_bytes()) / device.bandwidth,
            .compute_seconds = static_cast<double>(binding.flops) / peak(device, task)};
}

} // namespace assay::tasks
