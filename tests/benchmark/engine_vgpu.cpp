#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <random>
#include <span>
#include <stdexcept>

#include <fmt/format.h>

#include "benchmark/engines.h"
#include "compile/cache.h"
#include "compile/compiler.h"
#include "compile/nvrtc.h"
#include "source_dir.h"
#include "vgpu/vgpu.h"

namespace assay::benchmarks {

namespace {

void check(CUresult result, const char* what) {
    if (result != CUDA_SUCCESS) {
        const auto fault = vgpu::last_fault();
        throw std::runtime_error(
            fmt::format("{}: error {}{}", what, static_cast<int>(result), fault ? ": " + fault->message : ""));
    }
}

const driver::Table& device() {
    static const driver::Table& table = [&]() -> const driver::Table& {
        const driver::Table& cu = vgpu::driver_table();
        CUcontext context = nullptr;
        check(cu.cuInit(0), "cuInit");
        check(cu.cuDevicePrimaryCtxRetain(&context, 0), "cuDevicePrimaryCtxRetain");
        check(cu.cuCtxSetCurrent(context), "cuCtxSetCurrent");
        return cu;
    }();
    return table;
}

CUfunction find_kernel(const std::string& name) {
    static const CUmodule module = [] {
        CUmodule loaded = nullptr;
        check(device().cuModuleLoadDataEx(&loaded, compile_cuda("peers.cu").c_str(), 0, nullptr, nullptr),
              "cuModuleLoadData");
        return loaded;
    }();
    CUfunction function = nullptr;
    check(device().cuModuleGetFunction(&function, module, name.c_str()), name.c_str());
    return function;
}

} // namespace

std::string compile_cuda(const std::string& file, const std::vector<std::string>& options) {
    static const compile::Toolkit toolkit = [] {
        auto found = compile::find_toolkit();
        return found ? *found : throw std::runtime_error(found.error().to_string());
    }();
    static const compile::Nvrtc nvrtc = [] {
        auto loaded = compile::Nvrtc::load(toolkit.nvrtc);
        return loaded ? *loaded : throw std::runtime_error(loaded.error().to_string());
    }();
    std::ifstream in(source_dir() + "/tests/benchmark/kernels/" + file);
    std::vector<std::string> all = options;
    all.emplace_back("-arch=compute_90");
    for (const auto& folder : toolkit.include) {
        all.push_back("-I" + folder.string());
    }
    auto output = nvrtc.compile({std::istreambuf_iterator<char>(in), {}}, file, {}, all);
    if (output.result != NVRTC_SUCCESS) {
        throw std::runtime_error(output.log);
    }
    return output.ptx;
}

Prepared on_vgpu(const KernelCall& call) {
    const driver::Table& cu = device();
    struct State {
        CUfunction function = nullptr;
        std::vector<std::uint64_t> values; ///< addresses or integers
        std::vector<void*> parameters;
        CUdeviceptr output = 0;
        std::size_t floats = 0;
    };
    auto state = std::make_shared<State>();
    state->function = find_kernel(call.name);
    for (const Argument& argument : call.arguments) {
        std::uint64_t value = static_cast<std::uint32_t>(argument.value);
        if (argument.floats != 0) {
            CUdeviceptr address = 0;
            check(cu.cuMemAlloc_v2(&address, argument.floats * sizeof(float)), "cuMemAlloc");
            const auto contents = argument.input ? numbers(argument.floats, static_cast<unsigned>(state->values.size()))
                                                 : std::vector<float>(argument.floats);
            check(cu.cuMemcpyHtoD_v2(address, contents.data(), argument.floats * sizeof(float)), "cuMemcpyHtoD");
            value = state->output = address;
            state->floats = argument.floats;
        }
        state->values.push_back(value);
    }
    for (std::uint64_t& value : state->values) {
        state->parameters.push_back(&value);
    }
    return {[&cu, call, state] {
                check(cu.cuLaunchKernel(state->function, call.grid[0], call.grid[1], call.grid[2], call.block[0],
                                        call.block[1], call.block[2], 0, nullptr, state->parameters.data(), nullptr),
                      call.name.c_str());
            },
            [&cu, state] {
                std::vector<float> values(state->floats);
                check(cu.cuMemcpyDtoH_v2(values.data(), state->output, values.size() * sizeof(float)), "cuMemcpyDtoH");
                return values;
            }};
}

double vgpu_jit_seconds(const std::string& ptx, const std::string& kernel, std::array<unsigned, 3> block) {
    CUmodule module = nullptr;
    CUfunction function = nullptr;
    check(device().cuModuleLoadDataEx(&module, ptx.c_str(), 0, nullptr, nullptr), "cuModuleLoadData");
    const double before = vgpu::jit_seconds();
    check(device().cuModuleGetFunction(&function, module, kernel.c_str()), kernel.c_str());
    vgpu::prepare_launch(function, block, 0);
    const double seconds = vgpu::jit_seconds() - before;
    check(device().cuModuleUnload(module), "cuModuleUnload");
    return seconds;
}

double vgpu_warm_seconds(const std::string& ptx, const std::string& kernel, std::array<unsigned, 3> block) {
    std::string pattern = (std::filesystem::temp_directory_path() / "assay-bench-XXXXXX").string();
    const std::filesystem::path folder = ::mkdtemp(pattern.data());
    compile::Cache cache(folder);
    double seconds = 0;
    for (const bool warm : {false, true}) {
        CUmodule module = nullptr;
        CUfunction function = nullptr;
        check(device().cuModuleLoadDataEx(&module, ptx.c_str(), 0, nullptr, nullptr), "cuModuleLoadData");
        check(device().cuModuleGetFunction(&function, module, kernel.c_str()), kernel.c_str());
        if (warm) {
            const double before = process_seconds();
            const auto code = cache.find_bytes("code").value();
            const bool adopted = vgpu::adopt_code(function, block, 0, std::as_bytes(std::span(code)));
            vgpu::prepare_launch(function, block, 0);
            seconds = process_seconds() - before;
            if (!adopted) {
                throw std::runtime_error("the code of the cache was not taken");
            }
        } else {
            const auto code = vgpu::make_code(function, block, 0);
            cache.store_bytes("code", {reinterpret_cast<const char*>(code.data()), code.size()});
        }
        check(device().cuModuleUnload(module), "cuModuleUnload");
    }
    std::filesystem::remove_all(folder);
    return seconds;
}

double process_seconds() {
    timespec time{};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

std::vector<float> numbers(std::size_t count, unsigned seed) {
    std::minstd_rand random(seed + 1);
    std::vector<float> values(count);
    for (float& value : values) {
        value = static_cast<float>(random() % 4096) / 2048.0F - 1.0F;
    }
    return values;
}

} // namespace assay::benchmarks
