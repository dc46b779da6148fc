// The CUDA runtime as host code sees it while it is recorded: every call is answered here, and what it asks of the
// device becomes a step of the plan.
//
// `runtime_table.cpp` says which functions there are and which member answers each; the members are grouped by file:
// runtime_memory (allocation), runtime_copy (memset, memcpy, symbols), runtime_launch (kernels), runtime_device
// (properties, attributes, occupancy), runtime_stream (streams, events, errors) and runtime_host (C library). The
// prototypes are those of `compile/headers/README.md`.
//
// Choices where the runtime's behaviour cannot be had at recording time:
// - Streams are issue order; waiting is a no-op; cudaEventElapsedTime is always 1 ms.
// - A module variable has two copies, as in CUDA: host code reads and writes its own, cudaMemcpyToSymbol and
//   cudaGetSymbolAddress mean the device's. Because PTX does not tell `__device__` from an ordinary global, a launch
//   of a kernel that reads a variable which host code has written is refused, and so is reading, after
//   such a launch, a .global variable without initial value: both would silently see the wrong copy.
// - Managed memory is device memory that host code cannot touch.
// - What host code copies from the device is asked of whoever records (record.h): the plan so far ends with a Read.
// - How many registers ptxas will allot is unknown: occupancy counts threads and shared memory (and .maxnreg).
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "isa/program.h"
#include "plan/device_space.h"
#include "plan/host_call.h"
#include "plan/host_memory.h"
#include "plan/launch_plan.h"
#include "plan/torch.h"

namespace assay::plan {

/// The codes of cudaError_t that an answer can be.
enum class CudaError : std::uint8_t {
    Success = 0,
    InvalidValue = 1,
    InvalidConfiguration = 9,
    InvalidDevice = 101,
};

/// A launch on its way into the plan.
struct LaunchRequest {
    std::uint32_t kernel = 0;
    std::array<std::uint32_t, 3> grid{1, 1, 1}, block{1, 1, 1}, cluster{0, 0, 0}; ///< cluster 0,0,0: none asked for
    std::uint64_t shared = 0;
    bool cooperative = false;
};

class Runtime {
public:
    /// Gives the bytes of the Read that the plan so far ends with.
    using Ask = std::function<Checked<std::vector<std::byte>>()>;

    Runtime(const isa::Program& program, HostMemory& memory, DeviceSpace& device, const DeviceProperties& properties,
            const RecordLimits& limits, Ask ask);

    /// A launch that no host code asks for, with as much shared memory as the device has.
    [[nodiscard]] Checked<> launch_given(const LaunchRequest& request, std::vector<std::byte> block);

    /// Answers a call. Unknown names and wrong prototypes are PlanErrors. `line` is for the steps.
    [[nodiscard]] Checked<> call(const isa::Function& callee, HostCall& call, std::uint32_t line);

    /// The steps and operators since the last time, and attributes and printed text so far.
    [[nodiscard]] LaunchPlan take_plan();
    /// What calls have cost of the limit of instructions, besides those that are interpreted.
    [[nodiscard]] std::uint64_t work_done() const { return work_; }
    [[nodiscard]] const std::string& printed() const { return plan_.printed; }

    using Answer = Checked<> (Runtime::*)(HostCall&);

    // What other kinds of host API ask of the device (torch.h).
    /// `count` elements of `width` bytes: 1, 2 or 4.
    [[nodiscard]] Checked<> fill(Address to, std::uint32_t value, std::uint32_t width, std::uint64_t count);
    [[nodiscard]] Checked<> copy_on_device(Address to, Address from, std::uint64_t bytes);
    /// Bytes that the recorder computed.
    [[nodiscard]] Checked<> upload_bytes(Address to, std::vector<std::byte> bytes);
    /// The bytes that the device has there once it has done the steps so far.
    [[nodiscard]] Checked<std::vector<std::byte>> read_back(Address from, std::uint64_t bytes);
    /// Counts bytes that a call moves in host memory against the limit of instructions, at 8 bytes each.
    [[nodiscard]] Checked<> work(std::uint64_t bytes);
    /// Adds an operator of the library after the steps so far; `line` and `position` are filled in.
    [[nodiscard]] Checked<> add_operator(Operator operation);
    [[nodiscard]] Torch& torch() { return torch_; }

    // runtime_memory.cpp
    Checked<> malloc_device(HostCall& call);
    Checked<> malloc_pitch(HostCall& call);
    Checked<> free_device(HostCall& call);
    Checked<> malloc_pinned(HostCall& call);
    Checked<> free_pinned(HostCall& call);
    Checked<> memory_info(HostCall& call);

    // runtime_copy.cpp
    Checked<> memset(HostCall& call);
    Checked<> memset_2d(HostCall& call);
    Checked<> memcpy(HostCall& call);
    Checked<> memcpy_2d(HostCall& call);
    Checked<> memcpy_to_symbol(HostCall& call);
    Checked<> memcpy_from_symbol(HostCall& call);
    Checked<> symbol_address(HostCall& call);

    // runtime_launch.cpp
    Checked<> parameter_buffer(HostCall& call);
    Checked<> launch_buffer(HostCall& call);
    Checked<> launch_kernel(HostCall& call);
    Checked<> launch_cooperative(HostCall& call);
    Checked<> launch_extended(HostCall& call);

    // runtime_device.cpp
    Checked<> device_count(HostCall& call);
    Checked<> current_device(HostCall& call);
    Checked<> set_device(HostCall& call);
    Checked<> device_attribute(HostCall& call);
    Checked<> device_attributes(HostCall& call);
    Checked<> device_name(HostCall& call);
    Checked<> device_limit(HostCall& call);
    Checked<> cache_config(HostCall& call);
    Checked<> bank_config(HostCall& call);
    Checked<> runtime_version(HostCall& call);
    Checked<> function_attributes(HostCall& call);
    Checked<> set_function_attribute(HostCall& call);
    Checked<> occupancy(HostCall& call);

    // runtime_tensor.cpp
    Checked<> encode_tensor(HostCall& call);

    // runtime_stream.cpp
    Checked<> nothing(HostCall& call); ///< succeeds and records nothing
    Checked<> stream_create(HostCall& call);
    Checked<> stream_destroy(HostCall& call);
    Checked<> stream_use(HostCall& call);
    Checked<> stream_wait(HostCall& call);
    Checked<> event_create(HostCall& call);
    Checked<> event_destroy(HostCall& call);
    Checked<> event_use(HostCall& call);
    Checked<> event_record(HostCall& call);
    Checked<> event_elapsed(HostCall& call);

    // runtime_graph.cpp
    Checked<> begin_capture(HostCall& call);
    Checked<> end_capture(HostCall& call);
    Checked<> is_capturing(HostCall& call);
    Checked<> instantiate_graph(HostCall& call);
    Checked<> launch_graph(HostCall& call);
    Checked<> upload_graph(HostCall& call);
    Checked<> destroy_graph(HostCall& call);
    Checked<> destroy_executable(HostCall& call);

    // runtime_blas.cpp
    Checked<> multiply(HostCall& call);
    Checked<> last_error(HostCall& call);
    Checked<> peek_error(HostCall& call);
    Checked<> error_string(HostCall& call);
    Checked<> error_name(HostCall& call);

    // torch.h
    Checked<> torch_call(HostCall& call);

    // runtime_host.cpp
    Checked<> host_malloc(HostCall& call);
    Checked<> host_free(HostCall& call);
    Checked<> print(HostCall& call);
    Checked<> format(HostCall& call);
    Checked<> assert_fail(HostCall& call);
    Checked<> exit(HostCall& call);
    Checked<> abort(HostCall& call);
    Checked<> throw_exception(HostCall& call);

private:
    enum class Handle : std::uint8_t { Stream, Event, Graph, Executable };
    struct HandleState {
        Handle kind = Handle::Stream;
        bool live = true;
    };
    struct Capture {
        std::uint64_t stream = 0;             ///< its number
        std::size_t steps = 0, operators = 0; ///< of the plan, before it
    };
    struct Graph {
        std::vector<Step> steps;
        std::vector<Operator> operators; ///< positions are those in `steps`
    };

    /// The answer and, if it is an error, what cudaGetLastError will say.
    Checked<> answer(HostCall& call, CudaError error);

    [[nodiscard]] Checked<> add_step(Step step, std::uint64_t bytes);
    /// `kind` is a cudaMemcpyKind.
    [[nodiscard]] Checked<> copy(Address to, Address from, std::uint64_t bytes, std::uint32_t kind);
    [[nodiscard]] Checked<> upload(Address to, Address from, std::uint64_t bytes);
    [[nodiscard]] Checked<Pointer> writable(Address to, std::uint64_t bytes) const;
    /// The device address of a variable, given its address in host code.
    [[nodiscard]] Checked<Address> symbol(Address host);

    /// Finds the device pointers in `data`, which lies at an address that is `phase` modulo 8, and zeroes them.
    [[nodiscard]] Checked<std::vector<Relocation>> relocate(std::span<std::byte> data, std::uint64_t phase) const;

    /// Takes the tensor maps out of a parameter block, which keeps zeros in their places.
    [[nodiscard]] Checked<std::vector<TensorMap>> take_tensor_maps(std::span<std::byte> block) const;
    [[nodiscard]] Checked<> refuse_tensor_maps(std::span<const std::byte> data) const;

    [[nodiscard]] Checked<std::uint32_t> kernel_at(Address function) const;
    [[nodiscard]] Checked<> check_launch(const LaunchRequest& request);
    [[nodiscard]] Checked<> check_shared(const LaunchRequest& request);
    [[nodiscard]] Checked<> check_cluster(const LaunchRequest& request);
    [[nodiscard]] Checked<> check_reach(std::uint32_t kernel);
    [[nodiscard]] Checked<> check_parameters(const isa::Function& kernel, std::span<const std::byte> block) const;
    [[nodiscard]] Checked<> launch(const LaunchRequest& request, std::vector<std::byte> block, Address stream);
    [[nodiscard]] Checked<> launch_arguments(HostCall& call, LaunchRequest request);
    [[nodiscard]] std::uint32_t static_shared(std::uint32_t kernel);
    [[nodiscard]] std::uint32_t largest_block(const isa::Function& kernel) const;
    [[nodiscard]] std::uint32_t blocks_per_multiprocessor(std::uint32_t kernel, std::uint64_t threads,
                                                          std::uint64_t shared);
    [[nodiscard]] std::optional<int> attribute_value(std::uint32_t number) const;

    [[nodiscard]] Checked<Address> make_handle(Handle kind);
    /// The number of a live handle; 0 for the default streams.
    [[nodiscard]] Checked<std::uint64_t> handle(Handle kind, Address address) const;
    [[nodiscard]] Checked<> drop_handle(Handle kind, Address address);
    /// What was captured and never launched is no part of the plan.
    void drop_capture();
    [[nodiscard]] Checked<Address> text(const std::string& text);

    const isa::Program& program_;
    HostMemory& memory_;
    DeviceSpace& device_;
    DeviceProperties properties_;
    RecordLimits limits_;
    Ask ask_;
    LaunchPlan plan_;
    std::uint64_t taken_steps_ = 0, taken_operators_ = 0; ///< of the plan that are not in `plan_` any more
    std::uint32_t reads_ = 0;
    std::uint64_t read_bytes_ = 0;
    Torch torch_;
    std::uint32_t line_ = 0;
    std::uint64_t work_ = 0;
    CudaError last_error_ = CudaError::Success;
    std::vector<HandleState> handles_;
    std::optional<Capture> capture_;
    std::map<Address, Graph> graphs_;                    ///< by the handle of the graph or of what was made of it
    std::unordered_map<Address, LaunchRequest> pending_; ///< by parameter buffer
    std::unordered_map<std::uint32_t, std::uint32_t> static_shared_;
    std::set<std::uint32_t> non_portable_cluster_; ///< kernels that may have clusters of more than 8 blocks
    std::map<std::string, Address> texts_;
    struct EncodedTensor {
        Address address = 0;
        TensorMap map;
    };
    std::vector<EncodedTensor> tensors_; ///< by the number in the host's CUtensorMap

    /// What a kernel refers to, worked out at its first launch.
    struct KernelReach {
        std::vector<std::uint32_t> variables;
        std::string host_call; ///< a function that only host code can call; empty: none
    };
    std::unordered_map<std::uint32_t, KernelReach> reach_;
};

} // namespace assay::plan
