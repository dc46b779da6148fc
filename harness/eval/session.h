// A device, opened: its driver table, its context and its description. Lives in the process that runs kernels.
#pragma once

#include <memory>
#include <string>

#include "driver/device.h"

namespace assay::eval {

class Session {
public:
    /// "vgpu" or "cuda:N".
    [[nodiscard]] static Result<Session> open(const std::string& device);
    ~Session();
    Session(Session&& other) noexcept;
    Session& operator=(Session&&) = delete;

    [[nodiscard]] const driver::Table& table() const { return *table_; }
    [[nodiscard]] const driver::DeviceDescription& description() const { return description_; }
    [[nodiscard]] bool is_gpu() const { return description_.kind == "gpu"; }

private:
    Session(const driver::Table* table, CUdevice device) : table_(table), device_(device) {}
    const driver::Table* table_ = nullptr;
    CUdevice device_ = 0;
    driver::DeviceDescription description_;
};

/// Whether this binary holds the virtual GPU.
[[nodiscard]] bool has_vgpu();

} // namespace assay::eval
