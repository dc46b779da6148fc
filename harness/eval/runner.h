// The supervisor's handle on a run worker.
#pragma once

#include <chrono>
#include <expected>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "driver/device.h"
#include "eval/executor.h"
#include "eval/kernel_code.h"
#include "plan/launch_plan.h"
#include "sandbox/worker.h"
#include "store/evaluation.h"

namespace assay::eval {

/// Why a program did not do what was asked, in the words of a verdict.
struct RunFault {
    store::Status status = store::Status::HarnessError;
    std::string check; ///< "launch", "address", "assert", "deadline", "memory", ...
    std::string message;
    std::string hint;
    std::uint32_t line = 0;
};

template <class T> using RunResult = std::expected<T, RunFault>;

/// One worker process with one device. After a fault that breaks the context (everything but a refused launch) `usable`
/// is false.
class Runner {
public:
    /// "vgpu", "cuda:N", or "auto": the first GPU if there is one, else the vGPU. `cache` is the folder of the compile
    /// cache, beside which the virtual GPU's machine code is kept (kernel_code.h); empty: nothing is.
    [[nodiscard]] static Result<Runner> start(const std::string& device, const std::filesystem::path& cache = {});

    [[nodiscard]] const driver::DeviceDescription& device() const { return description_; }
    [[nodiscard]] bool usable() const { return usable_; }
    /// Those that the worker is locked with.
    [[nodiscard]] const sandbox::Layers& layers() const { return worker_.layers(); }

    using Timeout = std::chrono::milliseconds;
    [[nodiscard]] RunResult<std::uint32_t> load(const std::string& ptx, Timeout timeout);
    [[nodiscard]] RunResult<std::uint32_t> prepare(std::uint32_t module, const plan::LaunchPlan& plan, Timeout timeout);
    [[nodiscard]] RunResult<void> write_inputs(std::uint32_t plan, const std::vector<Bytes>& inputs, Timeout timeout);
    /// Images of all buffers after one run; `adverse`, on the virtual GPU, as in vgpu.h and at the edge as in
    /// executor.h.
    [[nodiscard]] RunResult<std::vector<Bytes>> run(std::uint32_t plan, std::uint8_t zone, std::uint8_t poison,
                                                    bool adverse, Timeout timeout);
    /// Seconds of the device's clock for `runs` runs together; what lies between them is not counted. `changes`, in
    /// the order of their runs, are made to the inputs before each.
    [[nodiscard]] RunResult<double> time(std::uint32_t plan, std::uint8_t zone, std::uint8_t poison, unsigned runs,
                                         const std::vector<verify::InputChange>& changes, Timeout timeout);
    [[nodiscard]] RunResult<std::vector<Bytes>> images(std::uint32_t plan, Timeout timeout);

    /// Begins a run in segments, with `changes` made to the inputs.
    [[nodiscard]] RunResult<void> restart(std::uint32_t plan, std::uint8_t zone, std::uint8_t poison, bool adverse,
                                          const std::vector<verify::InputChange>& changes, Timeout timeout);
    /// Runs the next segment, whose kernels are in `modules`; `cold`: with nothing of before in the cache.
    [[nodiscard]] RunResult<PreparedPlan::Advance> extend(std::uint32_t plan, const std::vector<std::uint32_t>& modules,
                                                          const plan::LaunchPlan& segment, bool cold, Timeout timeout);
    /// What one run did (profile.h), counted on the virtual GPU; `names` are those of the plan's buffers, `source` that
    /// of the program's file. Without `accesses` it takes little more time than a run; sectors and bank passes are 0
    /// then, and what buffers were touched is not known.
    [[nodiscard]] RunResult<nlohmann::json> profile(std::uint32_t plan, const std::vector<std::string>& names,
                                                    const std::string& source, bool accesses, Timeout timeout);
    /// What checked mode finds in one run (sanitize.h).
    [[nodiscard]] RunResult<nlohmann::json> sanitize(std::uint32_t plan, const std::vector<std::string>& names,
                                                     const std::string& source, Timeout timeout);
    [[nodiscard]] RunResult<void> release(std::uint32_t plan, Timeout timeout);

    struct Notes {
        std::vector<std::string> fallbacks;
        std::string output;
        std::vector<std::string> cache; ///< what is wrong with the cache of machine code
    };
    [[nodiscard]] Notes take_notes();

private:
    Runner(sandbox::Worker worker, driver::DeviceDescription description)
        : worker_(std::move(worker)), description_(std::move(description)) {}
    [[nodiscard]] static Result<Runner> start_virtual(const std::filesystem::path& cache);
    [[nodiscard]] static std::vector<Bytes>
    make_elsewhere(const std::string& ptx, const std::vector<KernelShape>& shapes, Timeout timeout, bool& in_time);
    /// `unlocked`: why the worker is not to lock itself; empty: it does.
    [[nodiscard]] static Result<Runner> start_gpu(const std::string& device, const std::string& unlocked = {});
    [[nodiscard]] RunResult<sandbox::Message> call(sandbox::Message request, Timeout timeout);

    sandbox::Worker worker_;
    driver::DeviceDescription description_;
    std::shared_ptr<CodeCache> codes_;         ///< of a virtual GPU, if there is a cache
    std::string code_identity_;                ///< of its machine code
    std::map<std::uint32_t, std::string> ptx_; ///< by module, for the keys of its code
    bool usable_ = true;
};

} // namespace assay::eval
