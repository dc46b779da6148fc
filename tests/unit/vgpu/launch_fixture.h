// For tests of either engine: PTX in, a launch, values out.
//
//     Session session(ptx, Runner::Interpreter);
//     const auto in = session.upload(std::vector<float>{1, 2, 3});
//     const auto out = session.buffer<float>(3);
//     EXPECT_FALSE(session.launch("kernel", {.grid = {1, 1, 1}, .block = {3, 1, 1}}, in, out, 3));
//     EXPECT_EQ(session.download<float>(out, 3), ...);
//
// Arguments are passed by the bytes of their C++ type, which must have the size of the kernel's parameter. What
// goes wrong before the launch is an exception, so that the test fails with its text.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <memory>
#include <mutex>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "isa/decode.h"
#include "source_dir.h"
#include "vgpu/codegen/generator.h"
#include "vgpu/core/execution.h"
#include "vgpu/core/memory.h"
#include "vgpu/core/module.h"
#include "vgpu/interpreter.h"

namespace assay::vgpu::test {

enum class Runner { Interpreter, Generator };

/// How a kernel is launched; its parameters apart.
struct Shape {
    Dim3 grid{1, 1, 1}, block{1, 1, 1};
    std::uint32_t dynamic_shared = 0;
    bool cooperative = false;
    unsigned threads = 1;
    Dim3 cluster{1, 1, 1};
};

/// A file of tests/unit/vgpu, e.g. "kernels/reduce.ptx".
inline std::string read_kernel(const std::string& name) {
    const std::string path = source_dir() + "/tests/unit/vgpu/" + name;
    std::ifstream file(path);
    if (!file) {
        throw std::runtime_error("cannot read " + path);
    }
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
}

/// One loaded module with a device memory of its own.
class Session : private Services {
public:
    explicit Session(std::string_view ptx, Runner runner = Runner::Interpreter) : runner_(runner) {
        auto program = isa::decode_text(ptx);
        if (!program) {
            throw std::runtime_error(program.error().to_string());
        }
        auto module = load(std::move(*program), memory_);
        if (!module) {
            throw std::runtime_error(module.error().to_string());
        }
        module_ = std::move(*module);
    }

    [[nodiscard]] Memory& memory() { return memory_; }
    [[nodiscard]] const LoadedModule& module() const { return module_; }
    /// What kernels printed so far.
    [[nodiscard]] const std::string& output() const { return output_; }

    /// Device memory for `count` elements, zero-filled.
    template <class T> std::uint64_t buffer(std::size_t count) {
        const auto address = memory_.allocate(count * sizeof(T));
        if (!address) {
            throw std::runtime_error("the device memory is spent");
        }
        return *address;
    }
    template <class T> std::uint64_t upload(const std::vector<T>& values) {
        const std::uint64_t address = buffer<T>(values.size());
        std::memcpy(reinterpret_cast<void*>(address), values.data(), values.size() * sizeof(T));
        return address;
    }
    template <class T> [[nodiscard]] std::vector<T> download(std::uint64_t address, std::size_t count) const {
        if (!memory_.contains(address, count * sizeof(T))) {
            throw std::runtime_error("download outside an allocation");
        }
        std::vector<T> values(count);
        std::memcpy(values.data(), reinterpret_cast<const void*>(address), count * sizeof(T));
        return values;
    }
    /// Address of a .global or .const variable.
    [[nodiscard]] std::uint64_t variable(const std::string& name) const {
        return module_.variable_address.at(module_.program.variable_index.at(name));
    }

    template <class... Arguments>
    std::optional<Fault> launch(const std::string& kernel, const Shape& shape, const Arguments&... arguments) {
        static_assert((std::is_trivially_copyable_v<Arguments> && ...));
        const std::uint32_t index = module_.program.function_index.at(kernel);
        const isa::Function& function = module_.program.functions[index];
        if (function.parameters.size() != sizeof...(Arguments)) {
            throw std::runtime_error(kernel + " takes " + std::to_string(function.parameters.size()) + " parameters");
        }
        const std::uint64_t parameters = buffer<std::byte>(std::max<std::size_t>(function.frame_bytes, 16));
        std::size_t slot = 0;
        [[maybe_unused]] const auto put = [&](const void* value, std::size_t bytes) {
            const isa::ParamSlot& parameter = function.parameters[slot++];
            if (parameter.bytes != bytes) {
                throw std::runtime_error(parameter.name + " has " + std::to_string(parameter.bytes) + " bytes, not " +
                                         std::to_string(bytes));
            }
            std::memcpy(reinterpret_cast<void*>(parameters + parameter.offset), value, bytes);
        };
        (put(&arguments, sizeof arguments), ...);

        Launch request;
        request.module = &module_;
        request.kernel = index;
        request.grid = shape.grid;
        request.block = shape.block;
        request.dynamic_shared = shape.dynamic_shared;
        request.parameters = parameters;
        request.cooperative = shape.cooperative;
        request.grid_workspace = shape.cooperative ? buffer<std::byte>(64) : 0;
        request.memory = &memory_;
        request.services = this;
        request.threads = shape.threads;
        request.cluster = shape.cluster;
        std::optional<Fault> fault = runner_ == Runner::Interpreter ? interpret(request) : generate_and_run(request);
        memory_.free(parameters);
        memory_.free(request.grid_workspace);
        return fault;
    }

private:
    static std::optional<Fault> generate_and_run(const Launch& request) {
        codegen::Generator generator;
        const auto kernel = generator.compile(*request.module, request.kernel);
        if (!kernel) {
            throw std::runtime_error("not generated: " + kernel.error().what);
        }
        return codegen::run(**kernel, request);
    }

    void print(std::string_view text) override {
        const std::scoped_lock lock(output_mutex_);
        output_ += text;
    }
    std::uint64_t heap_allocate(std::uint64_t bytes) override { return memory_.allocate(bytes).value_or(0); }
    void heap_free(std::uint64_t address) override { memory_.free(address); }

    Memory memory_{1ull << 34, 2ull << 30};
    LoadedModule module_;
    Runner runner_;
    std::mutex output_mutex_;
    std::string output_;
};

} // namespace assay::vgpu::test
