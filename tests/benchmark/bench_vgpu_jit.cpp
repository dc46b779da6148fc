// How long machine code takes to make, from PTX of NVRTC, in CPU time: of a kernel of the median size of 1018 public
// kernels (98 instructions), of the size that nine tenths of them do not exceed (636), and of a very long one; and how
// long code takes that a cache holds.
#include <algorithm>
#include <array>
#include <limits>
#include <stdexcept>
#include <string>

#include <fmt/format.h>

#include "benchmark/engines.h"
#include "benchmark/figure.h"
#include "isa/decode.h"
#include "vgpu/vgpu.h"

namespace assay::benchmarks {
namespace {

std::string steps(unsigned count) {
    return compile_cuda("jit.cu", {"-DSTEPS=" + std::to_string(count)});
}

std::size_t instructions_of(const std::string& ptx) {
    const auto program = isa::decode_text(ptx);
    if (!program) {
        throw std::runtime_error(program.error().to_string());
    }
    return program->functions.at(0).body.size();
}

using Seconds = double(const std::string& ptx, const std::string& kernel, std::array<unsigned, 3> block);

/// Seconds that the code of a kernel of at least so many instructions takes, the least of three.
double jit(std::size_t instructions, Seconds* seconds = vgpu_jit_seconds) {
    static const std::size_t one = instructions_of(steps(1)), many = instructions_of(steps(41));
    const std::size_t each = std::max<std::size_t>((many - one) / 40, 1);
    auto count = static_cast<unsigned>(instructions > one ? (instructions - one) / each + 1 : 1);
    std::string ptx = steps(count);
    while (instructions_of(ptx) < instructions) {
        ptx = steps(++count);
    }
    double best = std::numeric_limits<double>::infinity();
    for (int round = 0; round < 3; ++round) {
        best = std::min(best, seconds(ptx, "steps", {256, 1, 1}));
    }
    fmt::print(stderr, "{} instructions: {:.1f} ms\n", instructions_of(ptx), best * 1e3);
    return best;
}

const Figure median("vgpu/jit-median", "ms", Goal::AtMost, 60, [] { return jit(98) * 1e3; });
const Figure p90("vgpu/jit-p90", "ms", Goal::AtMost, 150, [] { return jit(636) * 1e3; });
const Figure longest("vgpu/jit-10k", "s", Goal::AtMost, 5, [] { return jit(10'000); });

// From the cache.
const Figure warm("vgpu/jit-warm", "ms", Goal::AtMost, 3, [] { return jit(98, vgpu_warm_seconds) * 1e3; });
const Figure warm_p90("vgpu/jit-warm-p90", "ms", Goal::AtMost, 3, [] { return jit(636, vgpu_warm_seconds) * 1e3; });

} // namespace
} // namespace assay::benchmarks
