// A loaded module, and what the device says when a call of its driver fails.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <string>
#include <vector>

#include "eval/session.h"

namespace assay::eval {

using Bytes = std::vector<std::byte>;

/// What the device said when it refused or failed.
struct DeviceFault {
    CUresult code = CUDA_SUCCESS;
    std::string call;    ///< the driver function
    std::string kernel;  ///< mangled; empty if none was involved
    std::string kind;    ///< the virtual GPU's own name of the fault: "deadlock", ...; empty on a GPU
    std::string message; ///< as much as is known
    std::string file;    ///< of the candidate's source, where known
    std::uint32_t line = 0;
};

template <class T = void> using DeviceResult = std::expected<T, DeviceFault>;

/// Of a failed driver call, with what the virtual GPU knows beyond the error code. `kernel` is mangled; empty: none.
[[nodiscard]] DeviceFault make_fault(const Session& session, const char* call, CUresult code, std::string kernel = {});

// Returns the fault of a driver call from the enclosing member function of a class with a `session_`, if there is one.
#define ASSAY_TRY(function, ...)                                                                                       \
    do {                                                                                                               \
        if (const CUresult result_ = session_->table().function(__VA_ARGS__); result_ != CUDA_SUCCESS) {               \
            return std::unexpected(make_fault(*session_, #function, result_));                                         \
        }                                                                                                              \
    } while (false)

/// A module on the device. Its variables, constant ones too, which have addresses like any other, can be put back to
/// what they were when it was loaded.
class Module {
public:
    [[nodiscard]] static DeviceResult<Module> load(const Session& session, const std::string& ptx);
    ~Module();
    Module(Module&& other) noexcept;
    Module& operator=(Module&&) = delete;
    [[nodiscard]] CUmodule handle() const { return handle_; }
    [[nodiscard]] DeviceResult<> reset() const;

private:
    struct State {
        CUdeviceptr data = 0;
        std::size_t bytes = 0;
        Bytes pristine; ///< empty of a variable that starts as zeros
    };
    Module(const Session& session, CUmodule handle) : session_(&session), handle_(handle) {}
    [[nodiscard]] DeviceResult<> remember(const std::string& variable, bool initialized);

    const Session* session_;
    CUmodule handle_ = nullptr;
    std::vector<State> states_;
};

} // namespace assay::eval
