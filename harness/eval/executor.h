// Runs launch plans on an opened device: buffers with red zones, steps in order, times by events.
//
// Every buffer of a plan lies between two red zones of `zone_bytes`, filled as `zone_byte` says; outputs and
// scratch are filled with the run's poison byte before the steps run. The executor judges nothing: it hands back the
// raw images, zones included, and the grader, in another process, looks at them.
//
// No run finds anything of the run before: outputs, scratch and the module's variables are set anew each time, and
// buffers lie elsewhere whenever inputs are written. So a candidate cannot keep a result for a later call.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "eval/session.h"
#include "plan/launch_plan.h"
#include "verify/changes.h"

namespace assay::eval {

using Bytes = std::vector<std::byte>;

inline constexpr std::uint64_t zone_bytes = 512; ///< on each side; a multiple of 256 keeps the data aligned

/// What the red zones of a buffer are filled with in a run with this zone number. Neighbours differ, so that what a
/// kernel copies from one zone to another shows. What it computes of one shows too: NaN and huge numbers are what they
/// were after an addition, so ordinary numbers (12.1 and -12.1 in fp32) take turns with them.
[[nodiscard]] constexpr std::uint8_t zone_byte(std::uint8_t zone, std::size_t buffer) {
    constexpr std::array<std::uint8_t, 5> bytes{0xFF, 0x41, 0x7F, 0xC1, 0xFE};
    return bytes[(zone + buffer) % bytes.size()];
}

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

/// A module on the device. Its `.global` variables can be put back to what they were when it was loaded.
class Module {
public:
    [[nodiscard]] static DeviceResult<Module> load(const Session& session, const std::string& ptx);
    ~Module();
    Module(Module&& other) noexcept;
    Module& operator=(Module&&) = delete;
    [[nodiscard]] CUmodule handle() const { return handle_; }
    /// Queues it on the device, in the order of the null stream.
    [[nodiscard]] DeviceResult<> reset() const;

private:
    struct State {
        CUdeviceptr data = 0;
        CUdeviceptr pristine = 0; ///< a copy; none of a variable that starts as zeros
        std::size_t bytes = 0;
    };
    Module(const Session& session, CUmodule handle) : session_(&session), handle_(handle) {}
    [[nodiscard]] DeviceResult<> remember(const std::string& variable, bool initialized);

    const Session* session_;
    CUmodule handle_ = nullptr;
    std::vector<State> states_;
};

/// A plan with its buffers allocated and its kernels found.
class PreparedPlan {
public:
    [[nodiscard]] static DeviceResult<std::unique_ptr<PreparedPlan>>
    prepare(const Session& session, const Module& module, plan::LaunchPlan plan);
    ~PreparedPlan();
    PreparedPlan(const PreparedPlan&) = delete;
    PreparedPlan& operator=(const PreparedPlan&) = delete;

    /// Copies the task's inputs, in order, to the buffers of the plan that hold them. Moves all buffers.
    [[nodiscard]] DeviceResult<> write_inputs(const std::vector<Bytes>& inputs);
    /// On the virtual GPU: moves every buffer, inputs with their values, to the end of its allocation, or back. Behind
    /// an allocation nothing is accessible, so that a thread that reads past the end of a buffer is stopped; a red zone
    /// only tells of writes. What is left of the zone there is what rounds the buffer up to 32 bytes.
    [[nodiscard]] DeviceResult<> place_at_edge(bool edge);
    /// Fills red zones by the number `zone`, outputs and scratch with `poison`; puts the module's variables back.
    [[nodiscard]] DeviceResult<> poison(std::uint8_t zone, std::uint8_t poison);
    /// Runs the steps once and waits for them.
    [[nodiscard]] DeviceResult<> run();
    /// Seconds that one run takes by the device's own clock; `before` is queued right before it, so that the device is
    /// busy while the run is.
    [[nodiscard]] DeviceResult<double> time(const std::function<void()>& before);
    [[nodiscard]] DeviceResult<> change(const verify::InputChange& change);
    /// One image for each buffer of the plan: inputs and outputs with their zones, of scratch the two zones, of symbols
    /// nothing.
    [[nodiscard]] DeviceResult<std::vector<Bytes>> read_images();

    /// Where a buffer lies: `room` is its allocation, zones included; 0 of a symbol.
    struct Place {
        CUdeviceptr data = 0, room = 0;
        std::uint64_t bytes = 0, room_bytes = 0;
        bool initialised = false; ///< it is an input
    };
    [[nodiscard]] std::vector<Place> places() const;

private:
    struct Placed {
        CUdeviceptr base = 0; ///< of the allocation; 0 of a symbol
        CUdeviceptr data = 0;
        std::uint64_t bytes = 0;           ///< of the allocation
        std::uint64_t behind = zone_bytes; ///< of red zone behind the data
    };
    static void compile(const Session& session, const PreparedPlan& prepared);
    PreparedPlan(const Session& session, const Module& module, plan::LaunchPlan plan)
        : session_(&session), module_(&module), plan_(std::move(plan)) {}
    void move_buffers();
    [[nodiscard]] CUdeviceptr resolve(plan::Pointer pointer) const;
    [[nodiscard]] DeviceResult<> issue();
    [[nodiscard]] DeviceResult<> encode(const plan::TensorMap& map, Bytes& parameters);
    [[nodiscard]] DeviceResult<> issue(const plan::Launch& launch);
    [[nodiscard]] DeviceResult<> issue(const plan::Fill& fill);
    [[nodiscard]] DeviceResult<> issue(const plan::Copy& copy);
    [[nodiscard]] DeviceResult<> issue(const plan::Upload& upload);
    [[nodiscard]] Bytes relocate(const Bytes& data, const std::vector<plan::Relocation>& relocations) const;

    const Session* session_;
    const Module* module_;
    plan::LaunchPlan plan_;
    unsigned moves_ = 0;
    std::uint8_t zone_ = 0; ///< number of the last run's red zones
    std::vector<Placed> placed_;
    std::map<std::string, CUfunction> functions_;
    CUevent start_ = nullptr, stop_ = nullptr;
};

} // namespace assay::eval
