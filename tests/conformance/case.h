// A conformance case: a PTX file whose first comment lines say how its kernels are launched.
//
//     //! launch add grid=4,1,1 block=256,1,1 cluster=2,1,1 dynamic=0 threads=2 cooperative
//     //! buffer f32 1024 normal ulp=2      a buffer of 1024 values and what may differ
//     //! value u32 1000                    a scalar
//
// A launch's arguments follow it, in the order of the kernel's parameters. A buffer's contents are made from a fixed
// seed by name: zero, iota (0, 1, 2, ...), small (integers from -8 to 7), normal (floats of all common magnitudes),
// bits (any pattern). Each launch runs in the interpreter and in generated code; every buffer must then be the same,
// bit for bit, but for NaNs, whose payload the engines choose, and for buffers with a tolerance in units in the last
// place.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "vgpu/core/execution.h"
#include "vgpu/core/memory.h"

namespace assay::vgpu::conformance {

struct Argument {
    bool buffer = false;
    std::string type; ///< u8 … u64, s8 … s64, f16, bf16, f32, f64
    std::uint64_t count = 1;
    std::string contents; ///< of a buffer its name, of a value its text
    std::uint64_t ulp = 0;
    double absolute = 0; ///< or within this distance
};

struct LaunchCase {
    std::string kernel;
    Dim3 grid{1, 1, 1}, block{1, 1, 1}, cluster{1, 1, 1};
    std::uint32_t dynamic_shared = 0;
    unsigned threads = 1;
    bool cooperative = false;
    bool faults = false; ///< both engines must fault, of the same kind
    bool waits = false;  ///< how often warps run instructions depends on who comes first, or where lanes meet again
    std::vector<Argument> arguments;
};

/// The cases in a file's text; throws std::runtime_error with the line that cannot be read.
[[nodiscard]] std::vector<LaunchCase> read_cases(const std::string& text);

/// The bytes of a buffer before a launch.
[[nodiscard]] std::vector<std::byte> make_contents(const Argument& argument, std::uint64_t seed);

/// What an engine made of a launch.
struct Outcome {
    std::optional<Fault> fault;
    std::vector<std::vector<std::byte>> buffers; ///< of the arguments that are buffers
    std::string output;
    std::string unsupported; ///< the generator's reason, if it does not take the kernel
    Tallies tallies;         ///< if the launch was counted
};

enum class Engine : std::uint8_t {
    Interpreter,
    Generator,
    Kept, ///< generated from another loading of the module, and handed over as bytes
};

[[nodiscard]] Outcome run_case(const std::string& ptx, const LaunchCase& launch, Engine engine,
                               Counting counting = Counting::Off);

/// Makes code for a CPU that need not be this one, and runs nothing: the bytes of its object file, 0 if the generator
/// does not take the kernel. Throws if the code is not valid.
[[nodiscard]] std::size_t make_for(const std::string& cpu, const std::string& ptx, const LaunchCase& launch);

/// The first instruction that two engines counted differently, or an empty string.
[[nodiscard]] std::string compare(const std::string& ptx, const Tallies& expected, const Tallies& actual);

/// The first difference between two buffers, or an empty string.
[[nodiscard]] std::string compare(const Argument& argument, const std::vector<std::byte>& expected,
                                  const std::vector<std::byte>& actual);

} // namespace assay::vgpu::conformance
