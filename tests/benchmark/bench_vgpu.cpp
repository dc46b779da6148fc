// How fast generated code is: beside PoCL, which runs the same kernels written in OpenCL C, beside OpenBLAS, and
// beside what the machine's memory gives.
//
// All of it on one core and in CPU time of the process, so that the ratios hold on a busy machine; only
// `vgpu/scaling` uses two cores and the wall clock. What PoCL and the virtual GPU compute is compared.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstring>
#include <limits>
#include <map>
#include <ranges>
#include <stdexcept>

#include <fmt/format.h>

#include "benchmark/engines.h"
#include "benchmark/figure.h"
#include "vgpu/counters.h"
#include "vgpu/vgpu.h"

namespace assay::benchmarks {
namespace {

constexpr int gemm = 512, rows = 4096, columns = 1024, side = 4096, many = 1 << 24;

Argument input(std::size_t floats) {
    return {floats, true, 0};
}
Argument output(std::size_t floats) {
    return {floats, false, 0};
}
Argument integer(int value) {
    return {0, false, value};
}

const std::vector<KernelCall>& peers() {
    constexpr std::size_t square = gemm * gemm, table = std::size_t{rows} * columns, image = std::size_t{side} * side;
    static const std::vector<KernelCall> all{
        {"sgemm_naive", {32, 32, 1}, {16, 16, 1}, {input(square), input(square), output(square), integer(gemm)}},
        {"sgemm_tiled", {32, 32, 1}, {16, 16, 1}, {input(square), input(square), output(square), integer(gemm)}},
        {"sgemm_register", {8, 8, 1}, {256, 1, 1}, {input(square), input(square), output(square), integer(gemm)}},
        {"reduce_sum", {1024, 1, 1}, {256, 1, 1}, {input(many), output(1024), integer(many)}},
        {"softmax_block", {rows, 1, 1}, {256, 1, 1}, {input(table), output(table), integer(columns)}},
        {"layer_norm",
         {rows, 1, 1},
         {256, 1, 1},
         {input(table), input(columns), input(columns), output(table), integer(columns)}},
        {"transpose", {side / 32, side / 32, 1}, {32, 8, 1}, {input(image), output(image), integer(side)}},
        {"vector_add", {many / 256, 1, 1}, {256, 1, 1}, {input(many), input(many), output(many), integer(many)}},
    };
    return all;
}

const KernelCall& peer(const std::string& name) {
    return *std::ranges::find(peers(), name, &KernelCall::name);
}

/// The least CPU seconds of the process for each, run in turns.
std::vector<double> least(const std::vector<std::function<void()>>& works) {
    constexpr double enough = 0.4;
    constexpr int least_rounds = 5;
    vgpu::set_threads(1);
    std::vector<double> best(works.size(), std::numeric_limits<double>::infinity());
    for (const auto& work : works) {
        work(); // compiles
    }
    const double start = process_seconds();
    for (int round = 0; round < least_rounds || process_seconds() - start < enough; ++round) {
        for (std::size_t i = 0; i < works.size(); ++i) {
            const double before = process_seconds();
            works[i]();
            best[i] = std::min(best[i], process_seconds() - before);
        }
    }
    return best;
}

void compare(const KernelCall& call, const std::vector<float>& ours, const std::vector<float>& theirs) {
    for (std::size_t i = 0; i < ours.size(); ++i) {
        const float tolerance = 1e-3F * std::max(1.0F, std::fabs(theirs[i]));
        if (!(std::fabs(ours[i] - theirs[i]) <= tolerance)) {
            throw std::runtime_error(
                fmt::format("{}: element {} is {} here and {} with PoCL", call.name, i, ours[i], theirs[i]));
        }
    }
}

/// PoCL's time by the virtual GPU's, of each kernel.
const std::map<std::string, double>& faster_than_pocl() {
    static const std::map<std::string, double> ratios = [] {
        std::map<std::string, double> result;
        for (const KernelCall& call : peers()) {
            const Prepared ours = on_vgpu(call), theirs = on_pocl(call);
            const auto seconds = least({ours.run, theirs.run});
            compare(call, ours.output(), theirs.output());
            result[call.name] = seconds[1] / seconds[0];
            fmt::print(stderr, "{}: {:.2f} ms, PoCL {:.2f} ms\n", call.name, seconds[0] * 1e3, seconds[1] * 1e3);
        }
        return result;
    }();
    return ratios;
}

const Figure geomean("vgpu/pocl-geomean", "times-pocl", Goal::AtLeast, 8, [] {
    double sum = 0;
    for (const auto& [name, ratio] : faster_than_pocl()) {
        sum += std::log(ratio);
    }
    return std::exp(sum / static_cast<double>(faster_than_pocl().size()));
});

const Figure worst("vgpu/pocl-worst", "times-pocl", Goal::AtLeast, 1,
                   [] { return std::ranges::min(faster_than_pocl() | std::views::values); });

double against_blas(const char* name) {
    const Prepared ours = on_vgpu(peer(name));
    const auto a = numbers(gemm * gemm, 0), b = numbers(gemm * gemm, 1);
    std::vector<float> c(gemm * gemm);
    const auto seconds = least({ours.run, blas_gemm(gemm, a, b, c)});
    return seconds[0] / seconds[1];
}

const Figure naive("vgpu/sgemm-naive-openblas", "of-openblas-time", Goal::AtMost, 1.6,
                   [] { return against_blas("sgemm_naive"); });
const Figure tiled_registers("vgpu/sgemm-register-openblas", "of-openblas-time", Goal::AtMost, 2.5,
                             [] { return against_blas("sgemm_register"); });

const Figure tensor("vgpu/mma-gflops-per-core", "gflop/s", Goal::AtLeast, 60, [] {
    // Two halves for each float of the input: those of numbers() are finite, read like that.
    constexpr std::size_t square = gemm * gemm;
    const Prepared work = on_vgpu({"tensor_gemm",
                                   {gemm / 64, gemm / 64, 1},
                                   {128, 1, 1},
                                   {input(square / 2), input(square / 2), output(square), integer(gemm)}});
    return 2.0 * gemm * gemm * gemm / least({work.run})[0] * 1e-9;
});

/// Time of each peer kernel when it is counted so, by its time when it is not.
std::vector<double> counting_costs(vgpu::Counting counting) {
    std::vector<double> ratios;
    for (const KernelCall& call : peers()) {
        const Prepared work = on_vgpu(call);
        const auto counted = [&] {
            vgpu::set_counting(counting);
            work.run();
            vgpu::set_counting(vgpu::Counting::Off);
            (void)vgpu::take_profiles();
        };
        const auto seconds = least({work.run, counted});
        ratios.push_back(seconds[1] / seconds[0]);
        fmt::print(stderr, "{}: {:.2f} ms, counted {:.2f} ms\n", call.name, seconds[0] * 1e3, seconds[1] * 1e3);
    }
    return ratios;
}

const Figure counting_blocks("vgpu/counters-blocks", "of-uncounted-time", Goal::AtMost, 1.15,
                             [] { return std::ranges::max(counting_costs(vgpu::Counting::Blocks)); });

const Figure counting_accesses("vgpu/counters-accesses", "of-uncounted-time", Goal::AtMost, 100,
                               [] { return std::ranges::max(counting_costs(vgpu::Counting::Accesses)); });

const Figure bandwidth("vgpu/elementwise-bandwidth", "of-memcpy", Goal::AtLeast, 0.9, [] {
    const Prepared add = on_vgpu(peer("vector_add"));
    const std::vector<float> from = numbers(many, 0);
    std::vector<float> to(many);
    const auto seconds = least({add.run, [&] { std::memcpy(to.data(), from.data(), many * sizeof(float)); }});
    return (3.0 / seconds[0]) / (2.0 / seconds[1]);
});

const Figure scaling("vgpu/scaling", "of-one-core", Goal::AtLeast, 1.85, [] {
    const Prepared work = on_vgpu(peer("sgemm_naive"));
    std::array<double, 2> best{std::numeric_limits<double>::infinity(), std::numeric_limits<double>::infinity()};
    work.run();
    for (int round = 0; round < 60; ++round) {
        for (const unsigned threads : {1U, 2U}) {
            vgpu::set_threads(threads);
            const auto before = std::chrono::steady_clock::now();
            work.run();
            const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - before;
            best[threads - 1] = std::min(best[threads - 1], wall.count());
        }
    }
    return best[0] / best[1];
});

} // namespace
} // namespace assay::benchmarks
