// Where NVRTC and the CUDA headers are: an installed toolkit, or NVIDIA's pip wheels unpacked into one folder, in the
// layout of CUDA 13 (nvidia/cu13) or the older one with a folder for each wheel.
#include <algorithm>
#include <array>
#include <cstdlib>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <fstream>
#include <string_view>
#include <system_error>

#include "compile/compiler.h"

namespace assay::compile {

namespace {

namespace fs = std::filesystem;

constexpr std::array<const char*, 11> library_folders{"lib64",
                                                      "lib",
                                                      "targets/x86_64-linux/lib",
                                                      "targets/sbsa-linux/lib",
                                                      "lib/x86_64-linux-gnu",
                                                      "nvidia/cu13/lib",
                                                      "nvidia/cuda_nvrtc/lib",
                                                      "nvidia/nvjitlink/lib",
                                                      "nvjitlink/lib",
                                                      "cu13/lib",
                                                      "cuda_nvrtc/lib"};
constexpr std::array<const char*, 12> include_folders{"include",
                                                      "targets/x86_64-linux/include",
                                                      "targets/sbsa-linux/include",
                                                      "nvidia/cu13/include",
                                                      "nvidia/cuda_runtime/include",
                                                      "nvidia/cuda_nvrtc/include",
                                                      "nvidia/cuda_cccl/include",
                                                      "nvidia/cuda_crt/include",
                                                      "nvidia/cuda_nvcc/include",
                                                      "cu13/include",
                                                      "cuda_runtime/include",
                                                      "cuda_cccl/include"};

/// Folders that may hold a toolkit, best first.
std::vector<fs::path> candidate_roots() {
    std::vector<fs::path> roots;
    for (const char* variable : {"ASSAY_CUDA", "CUDA_HOME", "CUDA_PATH"}) {
        if (const char* value = std::getenv(variable); value != nullptr && *value != '\0') {
            roots.push_back(fs::absolute(value)); // the worker's folder is another
        }
    }
    std::error_code ignored;
    if (const char* path = std::getenv("PATH"); path != nullptr) {
        std::string_view rest = path;
        while (!rest.empty()) {
            const fs::path nvcc = fs::path(rest.substr(0, rest.find(':'))) / "nvcc";
            if (fs::exists(nvcc, ignored)) {
                roots.push_back(fs::weakly_canonical(nvcc, ignored).parent_path().parent_path());
                break;
            }
            rest.remove_prefix(std::min(rest.size(), rest.find(':') == rest.npos ? rest.size() : rest.find(':') + 1));
        }
    }
    roots.emplace_back("/usr/local/cuda");
    const fs::path program = fs::read_symlink("/proc/self/exe", ignored);
    for (fs::path folder = program.parent_path(); folder != folder.parent_path(); folder = folder.parent_path()) {
        roots.push_back(folder / "build" / "cuda");
    }
    return roots;
}

/// The newest of a folder whose name is `prefix` ("libnvrtc.so.") and a version. The folder also holds NVRTC's builtins
/// and an alternative build: neither is meant.
std::optional<fs::path> find_library(const fs::path& folder, std::string_view prefix) {
    std::vector<fs::path> found;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(folder, error)) {
        const std::string name = entry.path().filename().string();
        if (name.starts_with(prefix) && name.find_first_not_of("0123456789.", prefix.size()) == name.npos) {
            found.push_back(entry.path());
        }
    }
    if (found.empty()) {
        return {};
    }
    // "libnvrtc.so.12" and "libnvrtc.so.13": the longer name or the later digit is the newer.
    return *std::ranges::max_element(found, {}, [](const fs::path& path) {
        const std::string name = path.filename().string();
        return std::pair(std::atoi(name.substr(name.find(".so.") + 4).c_str()), name);
    });
}

/// "13.0" of `#define CUDA_VERSION 13000`.
std::optional<std::string> read_version(const fs::path& cuda_h) {
    std::ifstream file(cuda_h);
    constexpr std::string_view define = "#define CUDA_VERSION ";
    for (std::string line; std::getline(file, line);) {
        if (line.starts_with(define)) {
            const int number = std::atoi(line.c_str() + define.size());
            return fmt::format("{}.{}", number / 1000, number % 1000 / 10);
        }
    }
    return {};
}

std::optional<Toolkit> toolkit_at(const fs::path& root) {
    Toolkit toolkit;
    for (const char* folder : library_folders) {
        if (auto nvrtc = find_library(root / folder, "libnvrtc.so."); nvrtc && toolkit.nvrtc.empty()) {
            toolkit.nvrtc = std::move(*nvrtc);
        }
        if (auto link = find_library(root / folder, "libnvJitLink.so."); link && toolkit.assembler.empty()) {
            toolkit.assembler = std::move(*link);
        }
    }
    std::error_code ignored;
    bool has_device_headers = false;
    for (const char* folder : include_folders) {
        const fs::path include = root / folder;
        if (!fs::is_directory(include, ignored)) {
            continue;
        }
        toolkit.include.push_back(include);
        has_device_headers |= fs::exists(include / "cuda_fp16.h", ignored);
        if (fs::is_directory(include / "cccl", ignored)) {
            toolkit.include.push_back(include / "cccl");
        }
        if (auto version = read_version(include / "cuda.h"); version && toolkit.version.empty()) {
            toolkit.version = std::move(*version);
        }
    }
    if (toolkit.nvrtc.empty() || !has_device_headers || toolkit.version.empty()) {
        return {};
    }
    return toolkit;
}

} // namespace

Result<Toolkit> find_toolkit() {
    const auto roots = candidate_roots();
    for (const fs::path& root : roots) {
        if (auto toolkit = toolkit_at(root)) {
            return std::move(*toolkit);
        }
    }
    std::vector<std::string> looked;
    looked.reserve(roots.size());
    for (const fs::path& root : roots) {
        looked.push_back(root.string());
    }
    return fail(
        fmt::format("there is no CUDA toolkit with NVRTC and its headers; looked in {}", fmt::join(looked, ", ")),
        "NVRTC", "run `./bootstrap`, or set CUDA_HOME to a toolkit of CUDA 12 or later");
}

} // namespace assay::compile
