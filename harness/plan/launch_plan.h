// The launch plan: what a candidate's host code asks the device to do for one workload, as data.
//
// The recorder interprets the entry function (`record.h`) and writes down buffers and steps in issue order. Whoever has
// a device runs the steps (`eval/`); nothing of the candidate's host code runs natively, ever. A plan is also what a
// `.ptx` candidate brings along, so its JSON form is documented in `plan_json.h` and versioned.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <variant>
#include <vector>

#include "plan/operator.h"

namespace assay::plan {

struct Buffer {
    enum class Role : std::uint8_t {
        Input,   ///< the task's input `index`
        Output,  ///< the task's output `index`
        Scratch, ///< allocated by the host code
        Symbol,  ///< a __device__ or __constant__ variable of the module: `name`
    };
    Role role = Role::Scratch;
    std::uint32_t index = 0;
    std::string name;
    std::uint64_t bytes = 0;
};

/// 8 bytes at `at` of a parameter block or an upload are a device pointer.
struct Relocation {
    std::uint64_t at = 0;
    Pointer target;
};

/// The CUtensorMap at `at` of a parameter block, as the arguments of cuTensorMapEncodeTiled (numbers of the driver's
/// enumerations); dimensions innermost first.
struct TensorMap {
    static constexpr std::uint64_t bytes = 128;
    std::uint64_t at = 0;
    Pointer target;
    std::uint32_t type = 0, interleave = 0, swizzle = 0, promotion = 0, fill = 0;
    std::vector<std::uint64_t> extents, strides, box, steps; ///< strides: bytes, of the second dimension on
};

struct Launch {
    std::string kernel; ///< mangled
    std::array<std::uint32_t, 3> grid{1, 1, 1}, block{1, 1, 1}, cluster{1, 1, 1};
    std::uint32_t shared_bytes = 0; ///< dynamic
    bool cooperative = false;
    std::uint64_t stream = 0;          ///< informational: steps run in issue order
    std::vector<std::byte> parameters; ///< the kernel's parameter block
    std::vector<Relocation> relocations;
    std::vector<TensorMap> tensor_maps;
    std::uint32_t line = 0; ///< of the candidate's source
};

/// `count` elements of `width` bytes (1, 2 or 4) set to `value`.
struct Fill {
    Pointer destination;
    std::uint32_t value = 0;
    std::uint32_t width = 1;
    std::uint64_t count = 0;
    std::uint32_t line = 0;
};

struct Copy {
    Pointer destination, source;
    std::uint64_t bytes = 0;
    std::uint32_t line = 0;
};

/// Bytes that the host code computed (constants, tables, arrays of pointers).
struct Upload {
    Pointer destination;
    std::vector<std::byte> data;
    std::vector<Relocation> relocations;
    std::uint32_t line = 0;
};

/// Bytes that host code copies back, and may decide on: what follows holds for the inputs of one run alone.
struct Read {
    Pointer source;
    std::uint64_t bytes = 0;
    std::uint32_t line = 0;
};

using Step = std::variant<Launch, Fill, Copy, Upload, Read>;

/// Visits every pointer that a step holds, so that it can be changed.
void for_each_pointer(Step& step, const std::function<void(Pointer&)>& visit);

/// What cudaFuncSetAttribute asked for.
struct KernelAttributes {
    std::uint32_t max_dynamic_shared = 0; ///< 0: not set
};

struct LaunchPlan {
    std::string task, workload;
    std::vector<Buffer> buffers;
    std::vector<Step> steps;
    std::vector<Operator> operators; ///< of the library, by position
    std::map<std::string, KernelAttributes> attributes;
    std::string printed;          ///< what the host code printed, capped
    std::uint64_t host_steps = 0; ///< PTX instructions interpreted to make this plan
    /// Of them, those after the first Read: a device waits for what they decide.
    std::uint64_t deciding_steps = 0;
};

/// Whether host code reads device memory back: such a plan is recorded anew for each run, in segments.
[[nodiscard]] bool is_data_dependent(const LaunchPlan& plan);
/// Whether it is a segment that goes on once the host has what its last step reads.
[[nodiscard]] bool ends_in_read(const LaunchPlan& plan);
/// Adds the segment that follows. Its buffers, attributes, printed text and counts are those of the whole so far; its
/// steps and operators are new.
void append(LaunchPlan& plan, LaunchPlan segment);

} // namespace assay::plan
