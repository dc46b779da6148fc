// What each kind of worker may do once it is locked.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string_view>

namespace assay::sandbox {

struct Policy {
    std::string_view name;
    bool reads_files = false;    ///< may open files for reading, of those that its `open` names
    bool starts_threads = false; ///< may start threads; no policy lets a worker start processes
    bool makes_code = false;     ///< may make pages executable
    /// A driver's system calls are not ours to list: all are allowed but those that no driver needs once it runs, and
    /// the process keeps its user and its mounts, which the driver opened its devices with.
    bool runs_driver = false;
};

inline constexpr Policy compile_policy{.name = "compile", .reads_files = true};
/// Of Python files: candidates' programs run in it, natively.
inline constexpr Policy import_policy{.name = "import", .reads_files = true};
inline constexpr Policy plan_policy{.name = "plan"};
inline constexpr Policy run_virtual_policy{.name = "run", .starts_threads = true, .makes_code = true};
inline constexpr Policy run_gpu_policy{
    .name = "run-gpu", .reads_files = true, .starts_threads = true, .makes_code = true, .runs_driver = true};

/// A file or folder that a locked worker still sees.
struct Visible {
    std::filesystem::path path;
    bool writable = false; ///< a device node; everything else is read-only
};

} // namespace assay::sandbox
