#include "eval/module.h"

#include <algorithm>
#include <array>
#include <utility>

#include "driver/device.h"
#include "ptx/parser.h"

#if ASSAY_VGPU
#include "vgpu/vgpu.h"
#endif

namespace assay::eval {

namespace {

/// Adds what the virtual GPU knows of its last fault: more than the driver's error code can say.
void add_virtual_detail([[maybe_unused]] DeviceFault& fault) {
#if ASSAY_VGPU
    const auto detail = vgpu::last_fault();
    if (!detail) {
        return;
    }
    fault.message = detail->message;
    fault.kernel = detail->kernel;
    fault.line = detail->source.outer_line != 0 ? detail->source.outer_line : detail->source.line;
    if (detail->kind == vgpu::Fault::Kind::Deadlock) {
        fault.kind = "deadlock";
    } else if (detail->kind == vgpu::Fault::Kind::Assert) {
        fault.kind = "assert";
    }
#endif
}

} // namespace

DeviceFault make_fault(const Session& session, const char* call, CUresult code, std::string kernel) {
    DeviceFault fault{.code = code,
                      .call = call,
                      .kernel = std::move(kernel),
                      .kind = {},
                      .message = driver::driver_error(session.table(), call, code).what,
                      .file = {},
                      .line = 0};
    if (!session.is_gpu() && code != CUDA_ERROR_INVALID_VALUE && code != CUDA_ERROR_OUT_OF_MEMORY &&
        code != CUDA_ERROR_NOT_FOUND && code != CUDA_ERROR_INVALID_PTX) {
        add_virtual_detail(fault);
    }
    return fault;
}

DeviceResult<Module> Module::load(const Session& session, const std::string& ptx) {
    std::array<char, 8192> log{};
    std::array<CUjit_option, 2> options{CU_JIT_ERROR_LOG_BUFFER, CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES};
    std::array<void*, 2> values{log.data(), reinterpret_cast<void*>(log.size() - 1)};
    CUmodule handle = nullptr;
    const CUresult result =
        session.table().cuModuleLoadDataEx(&handle, ptx.c_str(), options.size(), options.data(), values.data());
    if (result != CUDA_SUCCESS) {
        DeviceFault fault = make_fault(session, "cuModuleLoadDataEx", result);
        if (log[0] != '\0') {
            fault.message += std::string(": ") + log.data();
        }
        return std::unexpected(std::move(fault));
    }
    Module module(session, handle);
    const auto parsed = ptx::parse(ptx);
    if (!parsed) { // the device took it, so this is a fault of the parser, and not to be passed over in silence
        DeviceFault fault = make_fault(session, "cuModuleLoadDataEx", CUDA_ERROR_INVALID_PTX);
        fault.message = parsed.error().to_string();
        return std::unexpected(std::move(fault));
    }
    for (const ptx::TopLevel& item : parsed->items) {
        const auto* variable = std::get_if<ptx::Variable>(&item);
        if (variable == nullptr || (variable->space != "global" && variable->space != "const") ||
            std::ranges::count(variable->linkage, "extern") > 0) {
            continue;
        }
        if (auto remembered = module.remember(variable->name, variable->initializer.has_value()); !remembered) {
            return std::unexpected(std::move(remembered.error()));
        }
    }
    return module;
}

DeviceResult<> Module::remember(const std::string& variable, bool initialized) {
    State state;
    ASSAY_TRY(cuModuleGetGlobal_v2, &state.data, &state.bytes, handle_, variable.c_str());
    if (initialized && state.bytes > 0) {
        state.pristine.resize(state.bytes);
        ASSAY_TRY(cuMemcpyDtoH_v2, state.pristine.data(), state.data, state.bytes);
    }
    states_.push_back(std::move(state));
    return {};
}

DeviceResult<> Module::reset() const {
    for (const State& state : states_) {
        if (!state.pristine.empty()) {
            ASSAY_TRY(cuMemcpyHtoD_v2, state.data, state.pristine.data(), state.bytes);
        } else if (state.bytes > 0) {
            ASSAY_TRY(cuMemsetD8Async, state.data, 0, state.bytes, nullptr);
        }
    }
    return {};
}

Module::~Module() {
    if (handle_ != nullptr) {
        session_->table().cuModuleUnload(handle_);
    }
}

Module::Module(Module&& other) noexcept
    : session_(other.session_), handle_(std::exchange(other.handle_, nullptr)),
      states_(std::exchange(other.states_, {})) {}

} // namespace assay::eval
