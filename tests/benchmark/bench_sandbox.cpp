// What isolation costs a candidate: for each of its three processes (compile, plan, run) the fork from a warm server,
// the locking, the first message, and the end of the process with everything in it.
#include <algorithm>
#include <chrono>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include "benchmark/figure.h"
#include "compile/compiler.h"
#include "sandbox/server.h"

namespace assay::benchmarks {
namespace {

template <class T> T must(Result<T> result) {
    if (!result) {
        throw std::runtime_error(result.error().to_string());
    }
    return std::move(*result);
}

/// Milliseconds of wall time from asking a server for a child to having reaped it, the median of many.
double child_milliseconds(const std::string& role, const nlohmann::json& open) {
    const auto server = must(sandbox::Server::start(role, {open, {}}, std::chrono::seconds(60), ASSAY_PROGRAM));
    std::vector<double> times;
    for (int i = 0; i < 41; ++i) {
        const auto start = std::chrono::steady_clock::now();
        auto worker = must(server->spawn({.address_space = 8ULL << 30}));
        worker.stop();
        times.push_back(std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count());
    }
    std::ranges::nth_element(times, times.begin() + 20);
    return times[20];
}

double overhead() {
    const auto toolkit = must(compile::find_toolkit());
    return child_milliseconds("compile", {{"nvrtc", toolkit.nvrtc.string()},
                                          {"options", {"-arch=compute_90"}},
                                          {"readable", {toolkit.include.front().string()}}}) +
           child_milliseconds("plan", nlohmann::json::object()) + child_milliseconds("run", {{"device", "vgpu"}});
}

const Figure sandbox_overhead("sandbox/overhead", "ms", Goal::AtMost, 10, overhead);

} // namespace
} // namespace assay::benchmarks
