// Runs launch plans on an opened device: buffers with red zones, steps in order, times by events.
//
// Every buffer of a plan lies between two red zones, which take up all the rest of its allocation and are filled as
// `zone_byte` says; outputs and scratch are filled with the run's poison byte before the steps run. The executor judges
// nothing: it hands back the raw images, zones included, and the grader, in another process, looks at them.
//
// No run finds anything of the run before. A kernel can write whatever is allocated in its context, so all of that is
// set anew each time: zones, outputs, scratch, and the module's variables, from a copy that no kernel reaches. Buffers
// lie elsewhere whenever inputs are written, and those of other plans are not there: a plan is prepared when its turn
// comes, and released after it. So a candidate cannot keep a result for a later call.
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

#include "eval/module.h"
#include "eval/session.h"
#include "plan/launch_plan.h"
#include "verify/changes.h"

namespace assay::eval {

/// Of red zone on each side of a buffer in its image: the most that lies there. Where there is less, the image has what
/// should be there.
inline constexpr std::uint64_t zone_bytes = 6400;

/// What the red zones of a buffer are filled with in a run with this zone number. Neighbours differ, so that what a
/// kernel copies from one zone to another shows. What it computes of one shows too: NaN and huge numbers are what they
/// were after an addition, so ordinary numbers (12.1 and -12.1 in fp32) take turns with them.
[[nodiscard]] constexpr std::uint8_t zone_byte(std::uint8_t zone, std::size_t buffer) {
    constexpr std::array<std::uint8_t, 5> bytes{0xFF, 0x41, 0x7F, 0xC1, 0xFE};
    return bytes[(zone + buffer) % bytes.size()];
}

/// A plan with its buffers allocated and its kernels found.
///
/// A plan that depends on data is run in segments: `restart`, then `extend` with a segment and `advance` over it, until
/// the host code has no further. What it was prepared with is the plan up to its first read, whose buffers every run
/// has.
class PreparedPlan {
public:
    [[nodiscard]] static DeviceResult<std::unique_ptr<PreparedPlan>>
    prepare(const Session& session, const Module& module, plan::LaunchPlan plan);
    ~PreparedPlan();
    PreparedPlan(const PreparedPlan&) = delete;
    PreparedPlan& operator=(const PreparedPlan&) = delete;

    /// Copies the task's inputs, in order, to the buffers of the plan that hold them. Moves all buffers.
    [[nodiscard]] DeviceResult<> write_inputs(const std::vector<Bytes>& inputs);
    /// On the virtual GPU: moves every buffer, inputs with their values, to an edge of its allocation, the end and the
    /// beginning by turns, or back. Beyond it nothing is accessible, so that a thread that reads past that end of a
    /// buffer is stopped; a red zone only tells of writes. All that is left of the zone behind a buffer at the end is
    /// what rounds it up to 32 bytes.
    [[nodiscard]] DeviceResult<> place_at_edge(bool edge);
    /// Fills red zones by the number `zone`, outputs and scratch with `poison`; puts the module's variables back.
    [[nodiscard]] DeviceResult<> poison(std::uint8_t zone, std::uint8_t poison);
    /// Runs the steps once and waits for them.
    [[nodiscard]] DeviceResult<> run();
    /// Seconds that one run takes by the device's own clock; `before` is queued right before it, so that the device is
    /// busy while the run is.
    [[nodiscard]] DeviceResult<double> time(const std::function<void()>& before);
    [[nodiscard]] DeviceResult<> change(const verify::InputChange& change);

    /// Forgets all steps, and the buffers that it was not prepared with.
    void restart();
    /// Adds a segment: the buffers so far, of which new ones are laid and filled like the others, and new steps, whose
    /// kernels are in one of the modules. Throws std::invalid_argument where the buffers that are there change.
    [[nodiscard]] DeviceResult<> extend(plan::LaunchPlan segment, const std::vector<const Module*>& modules);
    /// Runs the steps that `extend` has added and waits for them: the seconds that they took by the device's own
    /// clock, what they read back included, and the bytes of the last read, if they end in one.
    struct Advance {
        double seconds = 0;
        Bytes read;
    };
    [[nodiscard]] DeviceResult<Advance> advance(const std::function<void()>& before);
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
        std::uint64_t bytes = 0; ///< of the allocation
    };
    void compile() const;
    PreparedPlan(const Session& session, const Module& module) : session_(&session), module_(&module) {}
    [[nodiscard]] DeviceResult<> add_buffer(const plan::Buffer& buffer);
    [[nodiscard]] DeviceResult<> find_kernels(const std::vector<const Module*>& modules);
    /// Where in its allocation a buffer lies.
    void lay(std::size_t index);
    [[nodiscard]] DeviceResult<> fill(std::size_t index);
    /// Of red zone before and behind a buffer's data.
    [[nodiscard]] std::uint64_t zone_before(std::size_t buffer) const;
    [[nodiscard]] std::uint64_t zone_behind(std::size_t buffer) const;
    [[nodiscard]] CUdeviceptr resolve(plan::Pointer pointer) const;
    /// The steps from `first` on.
    [[nodiscard]] DeviceResult<> issue(std::size_t first);
    [[nodiscard]] DeviceResult<double> time_from(std::size_t first, const std::function<void()>& before);
    [[nodiscard]] DeviceResult<> encode(const plan::TensorMap& map, Bytes& parameters);
    [[nodiscard]] DeviceResult<> issue(const plan::Launch& launch);
    [[nodiscard]] DeviceResult<> issue(const plan::Fill& fill);
    [[nodiscard]] DeviceResult<> issue(const plan::Copy& copy);
    [[nodiscard]] DeviceResult<> issue(const plan::Upload& upload);
    [[nodiscard]] DeviceResult<> issue(const plan::Read& read);
    [[nodiscard]] Bytes relocate(const Bytes& data, const std::vector<plan::Relocation>& relocations) const;

    const Session* session_;
    const Module* module_;
    plan::LaunchPlan plan_;
    std::size_t own_buffers_ = 0; ///< those that it was prepared with
    std::size_t done_ = 0;        ///< steps that `advance` has run
    unsigned moves_ = 0;
    enum class Edge : std::uint8_t { None, Beginning, End };
    Edge edge_ = Edge::None;             ///< of their allocations, where buffers lie
    Edge last_edge_ = Edge::Beginning;   ///< the last one that it was
    std::uint8_t zone_ = 0, poison_ = 0; ///< of the last run
    std::vector<Placed> placed_;
    Bytes read_; ///< what the last Read gave
    std::map<std::string, CUfunction> functions_;
    CUevent start_ = nullptr, stop_ = nullptr;
};

} // namespace assay::eval
