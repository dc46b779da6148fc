// CUDA source to PTX, by NVRTC in a worker process.
//
// A candidate's whole source, host functions included, is compiled as device code (`-default-device -rdc=true`): the
// host functions become device functions that the launch-plan recorder interprets, and a `<<<>>>` in them becomes calls
// to `__cudaCDP2GetParameterBufferV2` and `__cudaCDP2LaunchDeviceV2`. The headers that such sources expect
// (`cuda_runtime.h`'s host API, the C++ standard library) are ours, compiled into the program (`headers/`); device
// headers such as `cuda_fp16.h` and `mma.h` are the toolkit's.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "sandbox/layer.h"

namespace assay::compile {

/// Where NVRTC and the CUDA headers are.
struct Toolkit {
    std::filesystem::path nvrtc;                ///< libnvrtc.so.*
    std::vector<std::filesystem::path> include; ///< folders with cuda_fp16.h, mma.h, cccl, ...
    std::string version;                        ///< "13.0"
    std::filesystem::path assembler;            ///< libnvJitLink.so.*; empty: it is not there
};

/// Looks in ASSAY_CUDA, CUDA_HOME, CUDA_PATH, beside `nvcc` on the PATH, /usr/local/cuda, and `build/cuda` (where
/// bootstrap unpacks the pip wheels) above the executable. The Error lists where it looked.
[[nodiscard]] Result<Toolkit> find_toolkit();

enum class Severity : std::uint8_t { Remark, Warning, Error };

/// One message of NVRTC about the candidate.
struct Diagnostic {
    std::string file; ///< the candidate's file as named in the request, or a header
    std::uint32_t line = 0;
    std::uint32_t column = 0; ///< 0: unknown
    Severity severity = Severity::Error;
    std::string message;
};

struct Request {
    std::string source;
    std::string name = "candidate.cu"; ///< for diagnostics
    std::string architecture = "compute_90";
    std::vector<std::string>
        options; ///< from the allow-list: -use_fast_math, -DNAME[=VALUE], -maxrregcount=N, -fmad=false, ...
    std::map<std::string, std::string>
        headers; ///< further virtual headers by include name (trusted callers only: the operator library)
    bool line_info = true;
    bool optimized = true; ///< false: PTX as the source is written, without copies of loops (trusted callers only)
};

/// The options a candidate may ask for; anything else is an Error that names it and lists what is allowed.
[[nodiscard]] Result<> check_options(const std::vector<std::string>& options);

struct Compilation {
    std::optional<std::string> ptx; ///< none: it did not compile
    std::vector<Diagnostic> diagnostics;
    std::string log;    ///< NVRTC's, capped and cleaned of control characters
    double seconds = 0; ///< of wall time; 0 from the cache
    bool cached = false;
    /// Set when the compiler itself gave up on the candidate: "timeout", "resource_limit", "crash",
    /// "violation" (it did what the sandbox forbids); with `log`.
    std::string failure;
};

struct CompileLimits {
    std::chrono::milliseconds wall{30'000};
    std::uint64_t cpu_seconds = 30;
    std::uint64_t address_space = 8ull << 30;
};

/// Compiles through the cache, with one warm server for each compiler object; an object is for one thread at a time. An
/// Error is the harness's fault (no NVRTC, a worker that cannot start) or its caller's (an option that is not allowed);
/// what the candidate did wrong is in the Compilation.
class Compiler {
public:
    /// `cache` is a folder; empty: no cache. An unwritable or corrupt cache costs time, never a result: `warnings` says
    /// so.
    Compiler(Toolkit toolkit, std::filesystem::path cache, CompileLimits limits = {});
    ~Compiler();
    [[nodiscard]] Result<Compilation> compile(const Request& original);
    /// What went wrong with the cache so far, each once; and that candidates' includes are not confined, if that is so.
    [[nodiscard]] const std::vector<std::string>& warnings() const;
    /// Those of the process that compiled last; none while everything came from the cache.
    [[nodiscard]] const std::optional<sandbox::Layers>& layers() const;
    /// Those of a process that would compile now.
    [[nodiscard]] Result<sandbox::Layers> probe_layers();

private:
    struct State;
    std::unique_ptr<State> state_;
};

/// The worker's side (`assay --worker compile`).
int compile_worker();

} // namespace assay::compile
