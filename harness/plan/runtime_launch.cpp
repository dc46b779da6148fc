// Kernel launches: validation, parameter blocks, and what a kernel may refer to.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "plan/names.h"
#include "plan/reach.h"
#include "plan/runtime.h"
#include "plan/runtime_table.h"

namespace assay::plan {

namespace {

using Dim3 = std::array<std::uint32_t, 3>;

// CUDA C++ Programming Guide, technical specifications by compute capability.
constexpr Dim3 largest_grid{0x7FFFFFFF, 65535, 65535};
constexpr Dim3 longest_block{1024, 1024, 64};
constexpr std::uint64_t portable_cluster = 8, largest_cluster = 16;

std::uint64_t product(const Dim3& dim) {
    return std::uint64_t{dim[0]} * dim[1] * dim[2];
}

std::string shown(const Dim3& dim) {
    return fmt::format("({}, {}, {})", dim[0], dim[1], dim[2]);
}

std::unexpected<PlanError> invalid(std::string what, std::string hint = {}) {
    return refuse(PlanError::Kind::LaunchError, std::move(what), std::move(hint));
}

} // namespace

Checked<std::uint32_t> Runtime::kernel_at(Address address) const {
    const auto index = function_at(address);
    if (!index || *index >= program_.functions.size()) {
        return refuse("what is launched is not a kernel");
    }
    const isa::Function& function = program_.functions[*index];
    if (!function.entry || !function.defined) {
        return refuse(fmt::format("`{}` is launched, but it is not a kernel", demangle(function.name)),
                      "kernels are __global__ functions");
    }
    return *index;
}

std::uint32_t Runtime::static_shared(std::uint32_t kernel) {
    const auto [place, made] = static_shared_.try_emplace(kernel, 0);
    if (made) {
        place->second = isa::shared_layout(program_, kernel).static_bytes;
    }
    return place->second;
}

std::uint32_t Runtime::largest_block(const isa::Function& kernel) const {
    auto threads = static_cast<std::uint64_t>(properties_.max_threads_per_block);
    if (kernel.bounds.max_threads[0] != 0) {
        Dim3 bounds = kernel.bounds.max_threads;
        std::ranges::replace(bounds, 0u, 1u);
        threads = std::min(threads, product(bounds));
    }
    return static_cast<std::uint32_t>(threads);
}

Checked<> Runtime::check_launch(const LaunchRequest& request) {
    const isa::Function& kernel = program_.functions[request.kernel];
    const std::string name = demangle(kernel.name);
    for (std::size_t i = 0; i < 3; ++i) {
        if (request.grid[i] == 0 || request.grid[i] > largest_grid[i]) {
            return invalid(fmt::format("{} is launched with a grid of {}; from 1 to {} are possible", name,
                                       shown(request.grid), shown(largest_grid)));
        }
        if (request.block[i] == 0 || request.block[i] > longest_block[i]) {
            return invalid(fmt::format("{} is launched with blocks of {}; from 1 to {} are possible", name,
                                       shown(request.block), shown(longest_block)));
        }
    }
    const std::uint64_t threads = product(request.block);
    if (threads > static_cast<std::uint64_t>(properties_.max_threads_per_block)) {
        return invalid(fmt::format("{} is launched with blocks of {} threads {}; a block can have {}", name, threads,
                                   shown(request.block), properties_.max_threads_per_block));
    }
    if (threads > largest_block(kernel)) {
        return invalid(fmt::format("{} is launched with blocks of {} threads; its __launch_bounds__ allow {}", name,
                                   threads, largest_block(kernel)));
    }
    if (const Dim3& required = kernel.bounds.required_threads; required[0] != 0) {
        Dim3 wanted = required;
        std::ranges::replace(wanted, 0u, 1u);
        if (wanted != request.block) {
            return invalid(fmt::format("{} is launched with blocks of {}; it requires {}", name, shown(request.block),
                                       shown(wanted)));
        }
    }
    if (auto shared = check_shared(request); !shared) {
        return shared;
    }
    if (auto cluster = check_cluster(request); !cluster) {
        return cluster;
    }
    if (request.cooperative) {
        const std::uint64_t most = std::uint64_t{blocks_per_multiprocessor(request.kernel, threads, request.shared)} *
                                   static_cast<std::uint64_t>(properties_.multiprocessors);
        if (product(request.grid) > most) {
            return invalid(fmt::format("{} is launched cooperatively with {} blocks; {} can be resident at once", name,
                                       product(request.grid), most));
        }
    }
    return {};
}

Checked<> Runtime::check_shared(const LaunchRequest& request) {
    const isa::Function& kernel = program_.functions[request.kernel];
    const std::uint64_t fixed = static_shared(request.kernel);
    const auto attribute = plan_.attributes.find(kernel.name);
    const std::uint64_t asked = attribute == plan_.attributes.end() ? 0 : attribute->second.max_dynamic_shared;
    const std::uint64_t usual = properties_.shared_per_block > fixed ? properties_.shared_per_block - fixed : 0;
    const std::uint64_t allowed = std::max(usual, asked);
    if (request.shared <= allowed) {
        return {};
    }
    const std::uint64_t most = properties_.shared_optin > fixed ? properties_.shared_optin - fixed : 0;
    const std::string has = fixed == 0 ? "" : fmt::format(" beside its own {}", fixed);
    return invalid(fmt::format("{} is launched with {} bytes of dynamic shared memory{}; it may have {}",
                               demangle(kernel.name), request.shared, has, allowed),
                   request.shared <= most
                       ? "cudaFuncSetAttribute(kernel, cudaFuncAttributeMaxDynamicSharedMemorySize, bytes) raises that "
                         "before the launch"
                       : fmt::format("no block can have more than {} bytes in all", properties_.shared_optin));
}

Checked<> Runtime::check_cluster(const LaunchRequest& request) {
    const isa::Function& kernel = program_.functions[request.kernel];
    const std::uint64_t blocks = product(request.cluster);
    if (blocks == 0) {
        return {};
    }
    const std::uint64_t most = non_portable_cluster_.contains(request.kernel) ? largest_cluster : portable_cluster;
    if (blocks > most) {
        return invalid(fmt::format("{} is launched with clusters of {} blocks; a cluster can have {}",
                                   demangle(kernel.name), blocks, most));
    }
    for (std::size_t i = 0; i < 3; ++i) {
        if (request.grid[i] % request.cluster[i] != 0) {
            return invalid(fmt::format("{} is launched with a grid of {} in clusters of {}, which do not divide it",
                                       demangle(kernel.name), shown(request.grid), shown(request.cluster)));
        }
    }
    return {};
}

/// The two copies of a variable must not be confused (see `runtime.h`), and a kernel cannot call host functions.
Checked<> Runtime::check_reach(std::uint32_t kernel) {
    const auto [place, made] = reach_.try_emplace(kernel);
    KernelReach& known = place->second;
    if (made) {
        Reach found = reach(program_, kernel);
        known.variables = std::move(found.variables);
        for (const std::uint32_t function : found.functions) {
            const isa::Function& called = program_.functions[function];
            if (!called.defined && !is_device_library(called.name)) {
                known.host_call = source_name(called.name);
            }
        }
    }
    const std::string name = demangle(program_.functions[kernel].name);
    if (!known.host_call.empty()) {
        return refuse(fmt::format("kernel {} calls {}, which only host code can", name, known.host_call));
    }
    for (const std::uint32_t variable : known.variables) {
        if (memory_.modified(variable)) {
            return refuse(fmt::format("host code has written its copy of `{}`, which kernel {} uses",
                                      program_.variables[variable].name, name),
                          "host variables do not exist on the device: pass the value as an argument or use "
                          "cudaMemcpyToSymbol");
        }
        const isa::Variable& source = program_.variables[variable];
        if (source.space == isa::Space::Global && source.initial.empty() && source.relocations.empty()) {
            memory_.hide(variable);
        }
    }
    return {};
}

/// Every address in the block must mean something to a kernel: no host memory, no function, no lost buffer.
Checked<> Runtime::check_parameters(const isa::Function& kernel, std::span<const std::byte> block) const {
    for (std::uint64_t at = 0; at + 8 <= block.size(); at += 8) {
        Address value = 0;
        std::memcpy(&value, block.data() + at, sizeof value);
        std::string found, hint;
        if (memory_.kind_of(value)) {
            found = "a pointer to host memory: " + memory_.describe(value);
            hint = memory_.variable_at(value) ? "kernels name a __device__ variable themselves; cudaGetSymbolAddress "
                                                "gives its address on the device"
                                              : "copy the data to device memory first";
        } else if (const auto function = function_at(value); function && *function < program_.functions.size()) {
            found = fmt::format("the address of {} on the host", demangle(program_.functions[*function].name));
            hint = "choose the function by a template parameter or a number";
        } else if (device_.known(value)) {
            auto target = device_.resolve(value, 0);
            if (target) {
                continue;
            }
            found = "a bad device pointer: " + target.error().what;
        } else {
            continue;
        }
        std::size_t argument = 0;
        while (argument + 1 < kernel.parameters.size() && kernel.parameters[argument + 1].offset <= at) {
            ++argument;
        }
        return refuse(fmt::format("argument {} of kernel {} {} {}", argument + 1, demangle(kernel.name),
                                  kernel.parameters[argument].bytes == 8 ? "is" : "holds", found),
                      hint);
    }
    return {};
}

Checked<> Runtime::launch(const LaunchRequest& request, std::vector<std::byte> block, Address stream) {
    const isa::Function& kernel = program_.functions[request.kernel];
    auto stream_number = handle(Handle::Stream, stream);
    if (!stream_number) {
        return std::unexpected(std::move(stream_number.error()));
    }
    if (auto reached = check_reach(request.kernel); !reached) {
        return reached;
    }
    auto tensor_maps = take_tensor_maps(block);
    if (!tensor_maps) {
        return std::unexpected(std::move(tensor_maps.error()));
    }
    if (auto sound = check_parameters(kernel, block); !sound) {
        return sound;
    }
    auto relocations = relocate(block, 0);
    if (!relocations) {
        return std::unexpected(std::move(relocations.error()));
    }
    Launch step;
    step.kernel = kernel.name;
    step.grid = request.grid;
    step.block = request.block;
    const Dim3& required = kernel.bounds.required_cluster;
    step.cluster = product(request.cluster) != 0 ? request.cluster : product(required) != 0 ? required : Dim3{1, 1, 1};
    step.shared_bytes = static_cast<std::uint32_t>(request.shared);
    step.cooperative = request.cooperative;
    step.stream = *stream_number;
    step.relocations = std::move(*relocations);
    step.tensor_maps = std::move(*tensor_maps);
    step.line = line_;
    const std::uint64_t bytes = block.size();
    step.parameters = std::move(block);
    return add_step(std::move(step), bytes);
}

Checked<> Runtime::launch_given(const LaunchRequest& request, std::vector<std::byte> block) {
    if (request.shared > properties_.shared_per_block) {
        const std::uint64_t most =
            properties_.shared_optin - std::min(properties_.shared_optin, static_shared(request.kernel));
        plan_.attributes[program_.functions[request.kernel].name].max_dynamic_shared =
            static_cast<std::uint32_t>(std::min(request.shared, most));
    }
    if (auto valid = check_launch(request); !valid) {
        return valid;
    }
    return launch(request, std::move(block), 0);
}

Checked<> Runtime::parameter_buffer(HostCall& call) {
    auto kernel = kernel_at(call.address(0));
    if (!kernel) {
        return std::unexpected(std::move(kernel.error()));
    }
    LaunchRequest request;
    request.kernel = *kernel;
    request.grid = call.dim3(1);
    request.block = call.dim3(2);
    request.shared = call.u32(3);
    if (auto valid = check_launch(request); !valid) {
        return valid;
    }
    auto buffer = memory_.allocate(HostMemory::Kind::Parameters, program_.functions[*kernel].parameter_bytes);
    if (!buffer) {
        return std::unexpected(std::move(buffer.error()));
    }
    pending_.emplace(*buffer, request);
    call.answer(*buffer);
    return {};
}

Checked<> Runtime::launch_buffer(HostCall& call) {
    const Address buffer = call.address(0);
    const auto found = pending_.find(buffer);
    if (found == pending_.end()) {
        return refuse("what is launched is no parameter buffer, or it was launched before");
    }
    const LaunchRequest request = found->second;
    auto bytes = memory_.bytes(buffer, program_.functions[request.kernel].parameter_bytes, Access::Read);
    if (!bytes) {
        return std::unexpected(std::move(bytes.error()));
    }
    std::vector<std::byte> block(bytes->begin(), bytes->end());
    pending_.erase(found);
    if (auto freed = memory_.release(HostMemory::Kind::Parameters, buffer); !freed) {
        return freed;
    }
    return launch(request, std::move(block), call.address(1));
}

Checked<> Runtime::launch_arguments(HostCall& call, LaunchRequest request) {
    auto index = kernel_at(call.address(0));
    if (!index) {
        return std::unexpected(std::move(index.error()));
    }
    request.kernel = *index;
    request.grid = call.dim3(1);
    request.block = call.dim3(2);
    request.shared = call.u64(4);
    if (auto valid = check_launch(request); !valid) {
        return valid;
    }
    const isa::Function& kernel = program_.functions[*index];
    std::vector<std::byte> block(kernel.parameter_bytes);
    for (std::size_t i = 0; i < kernel.parameters.size(); ++i) {
        const isa::ParamSlot& slot = kernel.parameters[i];
        auto place = memory_.load(call.address(3) + 8 * i, 8);
        auto value =
            place ? memory_.bytes(*place, slot.bytes, Access::Read) : std::unexpected(std::move(place.error()));
        if (!value) {
            value.error().hint = fmt::format("the list must hold pointers to the values of the {} parameters of {}",
                                             kernel.parameters.size(), demangle(kernel.name));
            return std::unexpected(std::move(value.error()));
        }
        std::ranges::copy(*value, block.begin() + slot.offset);
    }
    return launch(request, std::move(block), call.address(5));
}

Checked<> Runtime::launch_kernel(HostCall& call) {
    return launch_arguments(call, {});
}

Checked<> Runtime::launch_cooperative(HostCall& call) {
    return launch_arguments(call, {.cooperative = true});
}

Checked<> Runtime::launch_extended(HostCall& call) {
    return launch_arguments(call, {.cluster = call.dim3(6), .cooperative = call.i32(7) != 0});
}

} // namespace assay::plan
