#include "plan/runtime.h"

#include <fmt/format.h>

#include <utility>

#include "plan/runtime_table.h"

namespace assay::plan {

namespace {

/// What a step costs of the host memory's limit, besides its data.
constexpr std::uint64_t step_bytes = 256;

/// Whether the declaration in the PTX is the one that the answer expects: a candidate can declare anything.
bool fits(const RuntimeFunction& function, const isa::Function& callee, const HostCall& call) {
    const std::string_view prototype = function.prototype;
    const std::string_view parameters = prototype.substr(2, prototype.size() - 3);
    if (call.count() != parameters.size() || callee.returns.size() > 1 ||
        call.result().size() != prototype_bytes(prototype[0])) {
        return false;
    }
    for (std::size_t i = 0; i < parameters.size(); ++i) {
        if (call.bytes(i) != prototype_bytes(parameters[i])) {
            return false;
        }
    }
    return true;
}

} // namespace

Runtime::Runtime(const isa::Program& program, HostMemory& memory, DeviceSpace& device,
                 const DeviceProperties& properties, const RecordLimits& limits, Ask ask)
    : program_(program), memory_(memory), device_(device), properties_(properties), limits_(limits),
      ask_(std::move(ask)), torch_(*this, memory, device) {}

Checked<> Runtime::call(const isa::Function& callee, HostCall& call, std::uint32_t line) {
    line_ = line;
    const std::string name = source_name(callee.name);
    const auto named = [&](std::unexpected<PlanError> error) {
        if (error.error().call.empty()) {
            error.error().call = name;
        }
        return error;
    };
    const RuntimeFunction* function = find_runtime_function(callee.name);
    if (function == nullptr) {
        if (const RefusedFunction* known = find_refused_function(callee.name); known != nullptr) {
            return named(
                refuse(fmt::format("host code calls {}, which cannot be recorded", name), std::string(known->hint)));
        }
        return named(refuse(fmt::format("host code calls {}, which nothing here answers", name),
                            "only the CUDA runtime, the C library and what the source itself defines can be called"));
    }
    if (!fits(*function, callee, call)) {
        return named(refuse(fmt::format("{} is declared with other parameters than it has", name),
                            "include cuda_runtime.h instead of declaring it"));
    }
    if (auto done = (this->*function->answer)(call); !done) {
        return named(std::unexpected(std::move(done.error())));
    }
    return {};
}

LaunchPlan Runtime::take_plan() {
    drop_capture();
    taken_steps_ += plan_.steps.size();
    taken_operators_ += plan_.operators.size();
    LaunchPlan taken;
    taken.steps = std::exchange(plan_.steps, {});
    taken.operators = std::exchange(plan_.operators, {});
    taken.attributes = plan_.attributes;
    taken.printed = plan_.printed;
    return taken;
}

Checked<> Runtime::answer(HostCall& call, CudaError error) {
    if (error != CudaError::Success) {
        last_error_ = error;
    }
    call.answer(static_cast<std::uint32_t>(error));
    return {};
}

Checked<> Runtime::add_step(Step step, std::uint64_t bytes) {
    if (taken_steps_ + plan_.steps.size() >= limits_.plan_steps) {
        return refuse(PlanError::Kind::Limit,
                      fmt::format("host code asks for more than {} launches, copies and fills", limits_.plan_steps),
                      "do more work in each kernel");
    }
    if (auto charged = memory_.charge(bytes + step_bytes); !charged) {
        return charged;
    }
    plan_.steps.push_back(std::move(step));
    return {};
}

Checked<> Runtime::add_operator(Operator operation) {
    if (taken_operators_ + plan_.operators.size() >= limits_.plan_steps) {
        return refuse(PlanError::Kind::Limit,
                      fmt::format("host code asks for more than {} library operators", limits_.plan_steps));
    }
    if (auto charged = memory_.charge(4 * step_bytes); !charged) {
        return charged;
    }
    operation.position = plan_.steps.size();
    operation.line = line_;
    plan_.operators.push_back(std::move(operation));
    return {};
}

Checked<> Runtime::torch_call(HostCall& call) {
    return torch_.call(call);
}

Checked<> Runtime::work(std::uint64_t bytes) {
    work_ += bytes / 8 + 1;
    if (work_ > limits_.steps) {
        return refuse(PlanError::Kind::Limit, fmt::format("host code moves more than {} bytes", limits_.steps * 8),
                      "computation belongs in kernels");
    }
    return {};
}

Checked<std::vector<Relocation>> Runtime::relocate(std::span<std::byte> data, std::uint64_t phase) const {
    std::vector<Relocation> found;
    for (std::uint64_t at = (8 - phase % 8) % 8; at + 8 <= data.size(); at += 8) {
        Address value = 0;
        std::memcpy(&value, data.data() + at, sizeof value);
        if (!in_window(value, Window::Device) || !device_.known(value)) {
            continue;
        }
        auto target = device_.resolve(value, 0);
        if (!target) {
            return std::unexpected(std::move(target.error()));
        }
        found.push_back({at, *target});
        std::memset(data.data() + at, 0, sizeof value);
    }
    return found;
}

Checked<Address> Runtime::symbol(Address host) {
    const auto place = memory_.variable_at(host);
    if (!place) {
        return refuse(device_.known(host)
                          ? fmt::format("{} is a device pointer, not a variable", device_.describe(host))
                          : "the symbol is not a __device__ or __constant__ variable",
                      "name the variable itself, without &");
    }
    const isa::Variable& variable = program_.variables[place->variable];
    if (variable.space == isa::Space::Shared) {
        return refuse(fmt::format("`{}` is a __shared__ variable", variable.name));
    }
    auto address = device_.symbol(place->variable, variable.name, variable.bytes);
    if (!address) {
        return address;
    }
    return *address + place->offset;
}

} // namespace assay::plan
