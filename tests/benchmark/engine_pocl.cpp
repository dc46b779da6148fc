// OpenCL and BLAS by their C interfaces, declared here as far as they are used (OpenCL 1.2, CBLAS), so that the build
// needs neither.
#include <cstdlib>
#include <dlfcn.h>
#include <fstream>
#include <map>
#include <stdexcept>

#include <fmt/format.h>

#include "benchmark/engines.h"
#include "source_dir.h"

namespace assay::benchmarks {

namespace {

/// The functions of a library that is loaded at run time.
class Library {
public:
    Library(const char* file, std::string package) : package_(std::move(package)), handle_(::dlopen(file, RTLD_NOW)) {
        if (handle_ == nullptr) {
            throw std::runtime_error(fmt::format("no {}: install {}", file, package_));
        }
    }
    template <class Function> Function* get(const char* name) const {
        void* found = ::dlsym(handle_, name);
        if (found == nullptr) {
            throw std::runtime_error(fmt::format("no {}: install {}", name, package_));
        }
        return reinterpret_cast<Function*>(found);
    }

private:
    std::string package_;
    void* handle_;
};

using Handle = void*; ///< of any OpenCL object
using Status = std::int32_t;

class OpenCl {
public:
    OpenCl() : library_((::setenv("POCL_MAX_PTHREAD_COUNT", "1", 1), "libOpenCL.so.1"), packages) {
        Handle platform = nullptr;
        std::uint32_t count = 0;
        if (call<Status(std::uint32_t, Handle*, std::uint32_t*)>("clGetPlatformIDs")(1, &platform, &count) != 0 ||
            count == 0) {
            throw std::runtime_error(std::string("no OpenCL platform: install ") + packages);
        }
        constexpr std::uint64_t cpu = 1U << 1;
        check(call<Status(Handle, std::uint64_t, std::uint32_t, Handle*, std::uint32_t*)>("clGetDeviceIDs")(
                  platform, cpu, 1, &device_, nullptr),
              "clGetDeviceIDs");
        Status status = 0;
        context_ = call<Handle(const void*, std::uint32_t, Handle*, void*, void*, Status*)>("clCreateContext")(
            nullptr, 1, &device_, nullptr, nullptr, &status);
        check(status, "clCreateContext");
        queue_ =
            call<Handle(Handle, Handle, std::uint64_t, Status*)>("clCreateCommandQueue")(context_, device_, 0, &status);
        check(status, "clCreateCommandQueue");
        std::ifstream in(source_dir() + "/tests/benchmark/kernels/peers.cl");
        const std::string source{std::istreambuf_iterator<char>(in), {}};
        const char* text = source.c_str();
        program_ = call<Handle(Handle, std::uint32_t, const char**, const std::size_t*, Status*)>(
            "clCreateProgramWithSource")(context_, 1, &text, nullptr, &status);
        check(status, "clCreateProgramWithSource");
        check(call<Status(Handle, std::uint32_t, Handle*, const char*, void*, void*)>("clBuildProgram")(
                  program_, 1, &device_, "", nullptr, nullptr),
              "clBuildProgram");
    }

    Handle kernel(const std::string& name) const {
        Status status = 0;
        Handle kernel = call<Handle(Handle, const char*, Status*)>("clCreateKernel")(program_, name.c_str(), &status);
        check(status, name.c_str());
        return kernel;
    }
    Handle buffer(const std::vector<float>& contents) const {
        constexpr std::uint64_t read_write_copy = 1U << 0 | 1U << 5;
        Status status = 0;
        Handle buffer = call<Handle(Handle, std::uint64_t, std::size_t, const void*, Status*)>("clCreateBuffer")(
            context_, read_write_copy, contents.size() * sizeof(float), contents.data(), &status);
        check(status, "clCreateBuffer");
        return buffer;
    }
    void set(Handle kernel, std::size_t index, std::size_t bytes, const void* value) const {
        check(call<Status(Handle, std::uint32_t, std::size_t, const void*)>("clSetKernelArg")(
                  kernel, static_cast<std::uint32_t>(index), bytes, value),
              "clSetKernelArg");
    }
    void run(Handle kernel, const KernelCall& shape) const {
        std::array<std::size_t, 3> global{}, local{};
        for (std::size_t i = 0; i < 3; ++i) {
            local[i] = shape.block[i];
            global[i] = std::size_t{shape.grid[i]} * shape.block[i];
        }
        check(call<Status(Handle, Handle, std::uint32_t, const std::size_t*, const std::size_t*, const std::size_t*,
                          std::uint32_t, const Handle*, Handle*)>("clEnqueueNDRangeKernel")(
                  queue_, kernel, 3, nullptr, global.data(), local.data(), 0, nullptr, nullptr),
              shape.name.c_str());
        check(call<Status(Handle)>("clFinish")(queue_), shape.name.c_str());
    }
    std::vector<float> read(Handle buffer, std::size_t count) const {
        std::vector<float> values(count);
        check(call<Status(Handle, Handle, std::uint32_t, std::size_t, std::size_t, void*, std::uint32_t, const Handle*,
                          Handle*)>("clEnqueueReadBuffer")(queue_, buffer, 1, 0, count * sizeof(float), values.data(),
                                                           0, nullptr, nullptr),
              "clEnqueueReadBuffer");
        return values;
    }
    void release(Handle buffer) const {
        check(call<Status(Handle)>("clReleaseMemObject")(buffer), "clReleaseMemObject");
    }

private:
    static constexpr const char* packages = "pocl-opencl-icd and ocl-icd-libopencl1";

    template <class Function> Function* call(const char* name) const { return library_.get<Function>(name); }
    static void check(Status status, const char* what) {
        if (status != 0) {
            throw std::runtime_error(fmt::format("OpenCL: {}: error {}", what, status));
        }
    }

    Library library_;
    Handle device_ = nullptr, context_ = nullptr, queue_ = nullptr, program_ = nullptr;
};

} // namespace

Prepared on_pocl(const KernelCall& call) {
    static const OpenCl opencl;
    struct State {
        Handle kernel = nullptr;
        std::vector<Handle> buffers;
        std::size_t floats = 0;
        ~State() {
            for (Handle buffer : buffers) {
                opencl.release(buffer);
            }
        }
    };
    auto state = std::make_shared<State>();
    state->kernel = opencl.kernel(call.name);
    for (std::size_t i = 0; i < call.arguments.size(); ++i) {
        const Argument& argument = call.arguments[i];
        if (argument.floats == 0) {
            opencl.set(state->kernel, i, sizeof argument.value, &argument.value);
            continue;
        }
        state->buffers.push_back(opencl.buffer(argument.input ? numbers(argument.floats, static_cast<unsigned>(i))
                                                              : std::vector<float>(argument.floats)));
        state->floats = argument.floats;
        opencl.set(state->kernel, i, sizeof(Handle), &state->buffers.back());
    }
    return {[call, state] { opencl.run(state->kernel, call); },
            [state] { return opencl.read(state->buffers.back(), state->floats); }};
}

std::function<void()> blas_gemm(int n, const std::vector<float>& a, const std::vector<float>& b,
                                std::vector<float>& c) {
    static const Library library("libopenblas.so.0", "libopenblas0-pthread");
    library.get<void(int)>("openblas_set_num_threads")(1);
    auto* gemm =
        library
            .get<void(int, int, int, int, int, int, float, const float*, int, const float*, int, float, float*, int)>(
                "cblas_sgemm");
    return [=, &a, &b, &c] {
        constexpr int row_major = 101, as_it_is = 111;
        gemm(row_major, as_it_is, as_it_is, n, n, n, 1.0F, a.data(), n, b.data(), n, 0.0F, c.data(), n);
    };
}

} // namespace assay::benchmarks
