#include "compile/cub.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <sstream>
#include <string_view>

namespace assay::compile {

namespace {

/// As headers/cub/cub.cuh has them.
constexpr std::array<std::string_view, 36> parts{"BlockAdjacentDifference",
                                                 "BlockDiscontinuity",
                                                 "BlockExchange",
                                                 "BlockHistogram",
                                                 "BlockLoad",
                                                 "BlockMergeSort",
                                                 "BlockRadixRank",
                                                 "BlockRadixSort",
                                                 "BlockReduce",
                                                 "BlockRunLength",
                                                 "BlockScan",
                                                 "BlockShuffle",
                                                 "BlockStore",
                                                 "WarpExchange",
                                                 "WarpLoad",
                                                 "WarpMergeSort",
                                                 "WarpReduce",
                                                 "WarpScan",
                                                 "WarpStore",
                                                 "DeviceAdjacentDifference",
                                                 "DeviceFor",
                                                 "DeviceHistogram",
                                                 "DeviceMerge",
                                                 "DeviceMergeSort",
                                                 "DevicePartition",
                                                 "DeviceRadixSort",
                                                 "DeviceReduce",
                                                 "DeviceRunLengthEncode",
                                                 "DeviceScan",
                                                 "DeviceSegmentedRadixSort",
                                                 "DeviceSegmentedReduce",
                                                 "DeviceSegmentedSort",
                                                 "DeviceSelect",
                                                 "DeviceTransform",
                                                 "CachingDeviceAllocator",
                                                 "ArgIndexInputIterator"};

bool has(const std::string& source, std::string_view text) {
    return source.find(text) != source.npos;
}

void replace_all(std::string& text, std::string_view what, std::string_view with) {
    for (auto at = text.find(what); at != text.npos; at = text.find(what, at + with.size())) {
        text.replace(at, what.size(), with);
    }
}

bool uses_device_wide(const std::string& source) {
    return has(source, "cub/device/") || has(source, "<thrust/") ||
           (has(source, "cub") && std::ranges::any_of(parts, [&](std::string_view part) {
                return part.starts_with("Device") && has(source, part);
            }));
}

} // namespace

bool uses_cuda_std(const std::string& source) {
    return std::ranges::any_of(
        std::array{"<cub/", "<cuda/", "<thrust/", "<curand", "cuda_pipeline", "cooperative_groups/memcpy_async"},
        [&](const char* part) { return has(source, part); });
}

std::vector<std::string> cub_options(const std::string& source) {
    std::vector<std::string> options;
    if (has(source, "<cub/") || has(source, "cub.cuh")) {
        for (const std::string_view part : parts) {
            if (has(source, part)) {
                options.push_back("-DASSAY_CUB_" + std::string(part));
            }
        }
    }
    return options;
}

std::map<std::string, std::string> toolkit_headers(const Toolkit& toolkit, const std::string& source) {
    std::map<std::string, std::string> headers;
    const auto change = [&](const std::string& name,
                            std::initializer_list<std::pair<std::string_view, std::string_view>> replacements) {
        for (const auto& folder : toolkit.include) {
            std::ostringstream read;
            if (read << std::ifstream(folder / name, std::ios::binary).rdbuf(); !read.str().empty()) {
                std::string text = read.str();
                for (const auto& [what, with] : replacements) {
                    replace_all(text, what, with);
                }
                headers[name] = std::move(text);
                return;
            }
        }
    };
    if (uses_device_wide(source)) {
        // What is left out where there is no host; and variables that device code cannot have, in functions for a host,
        // which are compiled and never run.
        change(device_wide_header, {{"!_CCCL_COMPILER(NVRTC)", "1"},
                                    {"static int count", "int count"},
                                    {"static PerDeviceAttributeCache cache",
                                     "PerDeviceAttributeCache& cache = *new PerDeviceAttributeCache"}});
    }
    if (uses_cuda_std(source)) {
        // Who waits at a barrier of cuda::barrier or cuda::pipeline reads the time only to choose how long to sleep;
        // kernels must not read it.
        change("cuda/std/__thread/threading_support.h",
               {{"high_resolution_clock::now()", "high_resolution_clock::time_point()"}});
    }
    return headers;
}

} // namespace assay::compile
