// Machine code of the virtual GPU, kept on disk between evaluations.
//
// Who may write it? Code of the cache is executed in the worker of every later candidate whose kernel it is, so nothing
// that a worker did may reach the code of another's kernels. A piece of code is therefore made by a process that has
// seen nothing but what its key says: a child of the run server, forked for this module and locked, gets PTX and the
// names and shapes of kernels, hands back the code, and ends before a plan is read or a kernel runs. The supervisor
// computes the key from what it sent, and stores. So whatever a PTX text does to the process that compiles it, it has
// done to its own code only, which it decides about anyway.
//
// What a worker is handed is a file of this user, whole by its hash (compile/cache.h); the worker checks that it fits
// the kernel, and compiles as ever if it does not. Nothing of this decides a verdict.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "compile/cache.h"
#include "eval/executor.h"

namespace assay::eval {

/// A kernel and what its code is specialised on.
struct KernelShape {
    std::string kernel; ///< mangled
    std::array<std::uint32_t, 3> block{1, 1, 1};
    std::uint32_t shared_bytes = 0; ///< dynamic
    friend auto operator<=>(const KernelShape&, const KernelShape&) = default;
};

/// Those of a plan's launches, each once.
[[nodiscard]] std::vector<KernelShape> shapes_of(const plan::LaunchPlan& plan);
[[nodiscard]] nlohmann::json to_json(const std::vector<KernelShape>& shapes);
[[nodiscard]] std::vector<KernelShape> shapes_from_json(const nlohmann::json& json);

/// The supervisor's side. Thread-safe.
class CodeCache {
public:
    /// The one of a compile cache's folder, for the whole program; nullptr if there is no cache.
    [[nodiscard]] static std::shared_ptr<CodeCache> of(const std::filesystem::path& compile_cache);
    /// Where it lies.
    [[nodiscard]] static std::filesystem::path folder_of(const std::filesystem::path& compile_cache);

    explicit CodeCache(std::filesystem::path folder) : cache_(std::move(folder)) {}
    /// The code of each shape, empty where there is none; `make` is asked for what is not stored, and may answer with
    /// fewer. `identity` is the virtual GPU's code_identity.
    using Make = std::function<std::vector<Bytes>(const std::vector<KernelShape>&)>;
    [[nodiscard]] std::vector<Bytes> get(const std::string& identity, const std::string& ptx,
                                         const std::vector<KernelShape>& shapes, const Make& make);
    [[nodiscard]] std::vector<std::string> warnings();

private:
    std::mutex mutex_;
    compile::Cache cache_;
};

/// The worker's side: `code` for the shapes of a loaded module, empty where there is none; on a GPU there is none.
[[nodiscard]] std::vector<Bytes> make_code(const Session& session, const Module& module,
                                           const std::vector<KernelShape>& shapes);
/// Takes such code; what does not fit is as if it were not there.
void adopt_code(const Session& session, const Module& module, const std::vector<KernelShape>& shapes,
                std::span<const Bytes> codes);

} // namespace assay::eval
