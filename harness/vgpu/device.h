// The state behind the driver functions: one device with one (primary) context.
//
// Every driver function takes the device's lock for its whole duration, launches included: work is executed when it is
// issued, so there is nothing to overlap, and no allocation can vanish under a running kernel.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "driver/functions.h"
#include "vgpu/codegen/generator.h"
#include "vgpu/core/execution.h"
#include "vgpu/core/memory.h"
#include "vgpu/core/module.h"
#include "vgpu/counters.h"
#include "vgpu/heap.h"
#include "vgpu/interpreter/checker.h"
#include "vgpu/vgpu.h"

namespace assay::vgpu {

struct Module;

/// What a CUfunction points to.
struct Kernel {
    Module* module = nullptr;
    std::uint32_t index = 0; ///< of the program's function
    isa::SharedLayout shared;
    std::uint32_t max_dynamic_shared = 0; ///< what a launch may ask for; raised by cuFuncSetAttribute
    int carveout = -1;
    bool compiled = false; ///< the generator has been asked
    std::shared_ptr<const codegen::Kernel> code;
    std::string fallback; ///< "kernel: reason" when there is no code

    [[nodiscard]] const isa::Function& function() const;
};

/// What a CUmodule points to.
struct Module {
    LoadedModule loaded;
    std::map<std::uint32_t, std::unique_ptr<Kernel>> kernels; ///< those asked for
};

struct Stream {};

struct Event {
    bool timed = true;
    std::optional<std::uint64_t> nanoseconds; ///< device time when it was recorded
};

/// Objects that handles point to; a handle that is not in here is invalid.
template <class T, class Handle> class Handles {
public:
    Handle add(std::unique_ptr<T> object) {
        const auto handle = reinterpret_cast<Handle>(object.get());
        objects_.emplace(handle, std::move(object));
        return handle;
    }
    [[nodiscard]] T* find(Handle handle) const {
        const auto found = objects_.find(handle);
        return found == objects_.end() ? nullptr : found->second.get();
    }
    bool remove(Handle handle) { return objects_.erase(handle) != 0; }
    void clear() { objects_.clear(); }
    [[nodiscard]] const auto& all() const { return objects_; }

private:
    std::unordered_map<Handle, std::unique_ptr<T>> objects_;
};

class Device final : public Services {
public:
    static Device& instance();

    std::mutex mutex; ///< held by every driver function
    bool initialised = false;
    unsigned retained = 0; ///< references to the primary context
    CUresult sticky = CUDA_SUCCESS;
    Memory memory;
    DeviceHeap heap{memory};
    std::set<std::uint64_t> allocations; ///< of cuMemAlloc
    Handles<Module, CUmodule> modules;
    Handles<Stream, CUstream> streams;
    Handles<Event, CUevent> events;

    /// CPU time that copies, memsets and launches have taken so far, in nanoseconds.
    std::uint64_t device_time = 0;

    [[nodiscard]] unsigned threads() const;
    [[nodiscard]] Kernel* find_kernel(CUfunction function) const;
    /// Runs a launch whose dimensions and parameters are valid; `parameters` are the bytes of the kernel's. A fault
    /// becomes the sticky error.
    CUresult launch(Kernel& kernel, Launch request, const std::vector<std::byte>& parameters);
    /// Frees everything that belongs to the context and forgets its errors.
    void destroy_context();
    /// Runs `work` and adds its CPU time to the device's.
    template <class Work> void timed(Work work) {
        const std::uint64_t start = cpu_time();
        work();
        device_time += cpu_time() - start;
    }

    // Settings and reports of vgpu.h, with a lock of their own: tests use them while others launch.
    void set_engine(Engine engine);
    void set_threads(unsigned threads);
    void set_counting(Counting counting);
    [[nodiscard]] std::vector<LaunchProfile> take_profiles();
    /// Checked mode, with the device's lock held.
    void start_checking(std::vector<MemoryObject> objects, std::chrono::steady_clock::time_point deadline) {
        checker_ = std::make_unique<Checker>(std::move(objects), deadline);
    }
    [[nodiscard]] std::vector<Finding> stop_checking();
    void start_footprints(std::vector<MemoryObject> buffers) { footprint_.emplace(std::move(buffers)); }
    [[nodiscard]] std::vector<Touched> stop_footprints();
    /// Of copies and fills.
    void note_written(std::uint64_t address, std::uint64_t bytes) {
        if (checker_) {
            checker_->written(address, bytes);
        }
        if (footprint_) {
            footprint_->add(Use::Write, address, bytes);
        }
    }
    void note_read(std::uint64_t address, std::uint64_t bytes) {
        if (footprint_) {
            footprint_->add(Use::Read, address, bytes);
        }
    }
    [[nodiscard]] std::optional<Fault> last_fault() const;
    /// Makes machine code for a kernel if that was not tried before; false if only the interpreter is to be used.
    bool generate(Kernel& kernel);
    /// The same, and the code for this shape of launch.
    bool generate(Kernel& kernel, Dim3 block, std::uint32_t dynamic_shared);
    /// vgpu.h's make_code and adopt_code.
    [[nodiscard]] std::vector<std::byte> make_code(Kernel& kernel, Dim3 block, std::uint32_t dynamic_shared);
    bool adopt_code(Kernel& kernel, Dim3 block, std::uint32_t dynamic_shared, std::span<const std::byte> code);
    [[nodiscard]] double jit_seconds() const;
    [[nodiscard]] std::vector<std::string> take_fallbacks();
    [[nodiscard]] std::string take_output();

    void print(std::string_view text) override;
    std::uint64_t heap_allocate(std::uint64_t bytes) override { return heap.allocate(bytes); }
    void heap_free(std::uint64_t address) override { heap.free(address); }

private:
    Device() = default;
    [[nodiscard]] static std::uint64_t cpu_time();
    [[nodiscard]] Counting counting() const;
    [[nodiscard]] std::optional<Fault> run(Kernel& kernel, Launch& request);
    /// A lasting allocation of at least `bytes`; 0 when memory is spent.
    [[nodiscard]] std::uint64_t parameter_block(std::uint64_t bytes);

    codegen::Generator generator_;
    std::uint64_t parameters_ = 0, parameter_capacity_ = 0;
    std::uint64_t grid_workspace_ = 0;
    std::unique_ptr<Checker> checker_;
    std::optional<Footprint> footprint_;
    std::uint64_t jit_time_ = 0; ///< nanoseconds of CPU time

    mutable std::mutex report_mutex_;
    Engine engine_ = Engine::Auto;
    unsigned threads_ = 0;
    Counting counting_ = Counting::Off;
    std::vector<LaunchProfile> profiles_;
    std::optional<Fault> fault_;
    std::vector<std::string> fallbacks_;
    std::string output_;
};

} // namespace assay::vgpu
