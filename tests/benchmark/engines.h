// The engines that run the same kernels: the virtual GPU, and PoCL, which does on the CPU for OpenCL what the virtual
// GPU does for CUDA. And OpenBLAS, for what the machine can do. PoCL and OpenBLAS are loaded at run time: without
// them the figures that compare with them say what to install.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace assay::benchmarks {

/// A buffer of floats (filled with numbers in [-1, 1) if it is an input, else with zeros), or an integer.
struct Argument {
    std::size_t floats = 0; ///< 0: an integer
    bool input = false;
    std::int32_t value = 0;
};

struct KernelCall {
    std::string name;
    std::array<unsigned, 3> grid{1, 1, 1}, block{1, 1, 1};
    std::vector<Argument> arguments; ///< the last buffer is the output
};

/// A kernel with its arguments in an engine's memory.
struct Prepared {
    std::function<void()> run; ///< to its end; throws std::runtime_error
    std::function<std::vector<float>()> output;
};

/// PTX of a source file in tests/benchmark/kernels, by NVRTC.
[[nodiscard]] std::string compile_cuda(const std::string& file, const std::vector<std::string>& options = {});

/// A kernel of peers.cu on the virtual GPU; buffers are freed with the context, which is never.
[[nodiscard]] Prepared on_vgpu(const KernelCall& call);
/// CPU seconds that the virtual GPU takes to make the code of a kernel for blocks of this shape.
[[nodiscard]] double vgpu_jit_seconds(const std::string& ptx, const std::string& kernel, std::array<unsigned, 3> block);
/// The same of code that was made before and lies in the cache: to read it, to check it, and to link it.
[[nodiscard]] double vgpu_warm_seconds(const std::string& ptx, const std::string& kernel,
                                       std::array<unsigned, 3> block);
/// A kernel of peers.cl on PoCL, on one core.
[[nodiscard]] Prepared on_pocl(const KernelCall& call);
/// C = A B of single precision, n x n, row by row, on one core.
[[nodiscard]] std::function<void()> blas_gemm(int n, const std::vector<float>& a, const std::vector<float>& b,
                                              std::vector<float>& c);

/// CPU time of the process so far, in seconds: of all threads, whoever else uses the machine.
[[nodiscard]] double process_seconds();

/// The contents of an input.
[[nodiscard]] std::vector<float> numbers(std::size_t count, unsigned seed);

} // namespace assay::benchmarks
