#include "eval/session.h"

#include <charconv>

#if ASSAY_VGPU
#include "vgpu/vgpu.h"
#endif

namespace assay::eval {

namespace {

Result<const driver::Table*> virtual_table() {
#if ASSAY_VGPU
    return &vgpu::driver_table();
#else
    return fail("this binary was built without the virtual GPU", "--device vgpu",
                "use --device cuda:0, or build with ASSAY_VGPU=ON");
#endif
}

/// The N of "cuda:N"; "cuda" is 0.
Result<int> parse_ordinal(const std::string& device) {
    if (device == "cuda") {
        return 0;
    }
    int ordinal = -1;
    const std::string_view digits = std::string_view(device).substr(std::string_view("cuda:").size());
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), ordinal);
    if (error != std::errc{} || end != digits.data() + digits.size() || ordinal < 0) {
        return fail("not a device: '" + device + "'", "--device", "use vgpu, cuda:N or auto");
    }
    return ordinal;
}

} // namespace

bool has_vgpu() {
    return ASSAY_VGPU != 0;
}

Session::~Session() {
    if (table_ != nullptr) {
        table_->cuDevicePrimaryCtxRelease_v2(device_);
    }
}

Session::Session(Session&& other) noexcept
    : table_(std::exchange(other.table_, nullptr)), device_(other.device_),
      description_(std::move(other.description_)) {}

Result<Session> Session::open(const std::string& device) {
    int ordinal = 0;
    Result<const driver::Table*> table = nullptr;
    if (device == "vgpu") {
        table = virtual_table();
    } else if (device == "cuda" || device.starts_with("cuda:")) {
        const auto parsed = parse_ordinal(device);
        if (!parsed) {
            return std::unexpected(parsed.error());
        }
        ordinal = *parsed;
        table = driver::load_libcuda();
    } else {
        return fail("not a device: '" + device + "'", "--device", "use vgpu, cuda:N or auto");
    }
    if (!table) {
        return std::unexpected(table.error());
    }
    const auto description = driver::describe(**table, ordinal);
    if (!description) {
        return std::unexpected(description.error());
    }
    CUdevice handle = 0;
    if (const CUresult result = (*table)->cuDeviceGet(&handle, ordinal); result != CUDA_SUCCESS) {
        return std::unexpected(driver::driver_error(**table, "cuDeviceGet", result));
    }
    CUcontext context = nullptr;
    if (const CUresult result = (*table)->cuDevicePrimaryCtxRetain(&context, handle); result != CUDA_SUCCESS) {
        return std::unexpected(driver::driver_error(**table, "cuDevicePrimaryCtxRetain", result));
    }
    Session session(*table, handle);
    session.description_ = *description;
    if (const CUresult result = (*table)->cuCtxSetCurrent(context); result != CUDA_SUCCESS) {
        return std::unexpected(driver::driver_error(**table, "cuCtxSetCurrent", result));
    }
    return session;
}

} // namespace assay::eval
