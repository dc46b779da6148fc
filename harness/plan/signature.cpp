#include "plan/signature.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>
#include <map>
#include <optional>

#include "isa/evaluate.h"

namespace assay::plan {

namespace {

using tasks::Binding;
using tasks::DType;

std::string describe(const Binding::Tensor& tensor, bool input) {
    return fmt::format("{}{}* {}", input ? "const " : "", tasks::c_type(tensor.dtype), tensor.name);
}

std::string describe(const Binding::Scalar& scalar) {
    return fmt::format("{} {}", scalar.axis ? "int" : tasks::c_type(scalar.dtype), scalar.name);
}

std::unexpected<PlanError> mismatch(const isa::Function& entry, const Binding& binding, const std::string& what) {
    return refuse(fmt::format("`{}` {}", entry.name, what),
                  fmt::format("the task `{}` passes ({}); a line `// assay: arguments = ...` names other ones: inputs, "
                              "outputs, axes, or sums and products of axes",
                              binding.task, expected_parameters(binding)));
}

template <class T> std::vector<std::byte> bytes_of(T value) {
    std::vector<std::byte> bytes(sizeof value);
    std::memcpy(bytes.data(), &value, sizeof value);
    return bytes;
}

/// The value in the width that the entry declares; empty when there is no such width.
std::vector<std::byte> encode(const Binding::Scalar& scalar, std::uint32_t width) {
    if (!scalar.axis && tasks::is_float(scalar.dtype)) {
        switch (width) {
        case 8:
            return bytes_of(scalar.value);
        case 4:
            return bytes_of(static_cast<float>(scalar.value));
        case 2: {
            const auto value = static_cast<float>(scalar.value);
            return bytes_of(scalar.dtype == DType::BFloat16 ? isa::f32_to_bf16(value) : isa::f32_to_f16(value));
        }
        default:
            return {};
        }
    }
    const auto value = static_cast<std::int64_t>(scalar.value);
    switch (width) {
    case 8:
        return bytes_of(value);
    case 4:
        return bytes_of(static_cast<std::int32_t>(value));
    case 2:
        return bytes_of(static_cast<std::int16_t>(value));
    case 1:
        return bytes_of(static_cast<std::int8_t>(value));
    default:
        return {};
    }
}

/// Whether an integer of `width` bytes can hold the value (as signed or unsigned: the PTX does not say).
bool holds(const Binding::Scalar& scalar, std::uint32_t width) {
    if ((!scalar.axis && tasks::is_float(scalar.dtype)) || width >= 8) {
        return true;
    }
    return std::abs(scalar.value) < std::ldexp(1.0, static_cast<int>(8 * width));
}

} // namespace

std::string expected_parameters(const Binding& binding) {
    std::string text;
    const auto add = [&](const std::string& parameter) { text += (text.empty() ? "" : ", ") + parameter; };
    for (const auto& tensor : binding.inputs) {
        add(describe(tensor, true));
    }
    for (const auto& tensor : binding.outputs) {
        add(describe(tensor, false));
    }
    for (const auto& scalar : binding.scalars) {
        add(describe(scalar));
    }
    return text;
}

namespace {

/// What one parameter takes.
struct Given {
    const Binding::Tensor* tensor = nullptr;
    bool input = false;
    std::uint32_t index = 0;
    Binding::Scalar scalar; ///< where there is no tensor
};

std::vector<Given> in_order(const Binding& binding) {
    std::vector<Given> given;
    for (const auto* tensors : {&binding.inputs, &binding.outputs}) {
        for (std::size_t i = 0; i < tensors->size(); ++i) {
            given.push_back({&(*tensors)[i], tensors == &binding.inputs, static_cast<std::uint32_t>(i), {}});
        }
    }
    for (const Binding::Scalar& scalar : binding.scalars) {
        given.push_back({nullptr, false, 0, scalar});
    }
    return given;
}

/// The number of elements that all tensors have in common, as the one number that an entry of `parameters` takes
/// beside them: an elementwise kernel asks for no more, whatever the shape.
std::optional<std::vector<Given>> with_elements(const Binding& binding, std::size_t parameters) {
    std::vector<Given> given = in_order(binding);
    std::erase_if(given, [](const Given& each) { return each.tensor == nullptr; });
    const bool same = std::ranges::all_of(
        given, [&](const Given& each) { return each.tensor->elements() == given[0].tensor->elements(); });
    const bool only_axes = std::ranges::all_of(binding.scalars, &Binding::Scalar::axis);
    if (given.empty() || !same || !only_axes || parameters != given.size() + 1) {
        return std::nullopt;
    }
    const auto elements = static_cast<double>(given[0].tensor->elements());
    given.push_back({nullptr, false, 0, {.name = "the number of elements", .value = elements}});
    return given;
}

Checked<std::vector<Given>> in_order(const Binding& binding, const std::vector<std::string>& order,
                                     const isa::Function& entry) {
    const std::vector<Given> all = in_order(binding);
    std::map<std::string, double> axes;
    for (const Binding::Scalar& scalar : binding.scalars) {
        if (scalar.axis || !tasks::is_float(scalar.dtype)) {
            axes[scalar.name] = scalar.value;
        }
    }
    std::vector<Given> given;
    for (const std::string& name : order) {
        const auto known = std::ranges::find_if(
            all, [&](const Given& g) { return (g.tensor != nullptr ? g.tensor->name : g.scalar.name) == name; });
        double value = 0;
        const char* const end = name.data() + name.size();
        if (known != all.end()) {
            given.push_back(*known);
        } else if (!name.empty() && std::from_chars(name.data(), end, value).ptr == end) {
            const bool whole = name.find_first_of(".eEnN") == std::string::npos;
            given.push_back(
                {nullptr, false, 0, {.name = name, .axis = whole, .dtype = tasks::DType::Float64, .value = value}});
        } else if (const auto sum = tasks::evaluate_expression(name, axes)) {
            given.push_back({nullptr, false, 0, {.name = name, .value = static_cast<double>(*sum)}});
        } else {
            return mismatch(
                entry, binding,
                fmt::format("is given the argument `{}`, which is neither the task's nor made of its axes: {}", name,
                            sum.error().what));
        }
    }
    return given;
}

Checked<Address> make_buffer(const Given& given, DeviceSpace& device) {
    Buffer buffer;
    buffer.role = given.input ? Buffer::Role::Input : Buffer::Role::Output;
    buffer.index = given.index;
    buffer.name = given.tensor->name;
    buffer.bytes = given.tensor->bytes();
    return device.add(std::move(buffer));
}

} // namespace

Checked<std::vector<std::vector<std::byte>>> bind_arguments(const isa::Function& entry, const Binding& binding,
                                                            const std::vector<std::string>& order,
                                                            DeviceSpace& device) {
    auto given = order.empty() ? Checked<std::vector<Given>>(in_order(binding)) : in_order(binding, order, entry);
    if (!given) {
        return std::unexpected(std::move(given.error()));
    }
    if (entry.parameters.size() != given->size() && order.empty()) {
        if (auto fewer = with_elements(binding, entry.parameters.size())) {
            *given = std::move(*fewer);
        }
    }
    if (entry.parameters.size() != given->size()) {
        return mismatch(entry, binding,
                        fmt::format("has {} parameters, not {}", entry.parameters.size(), given->size()));
    }
    std::vector<std::vector<std::byte>> arguments;
    for (std::size_t i = 0; i < given->size(); ++i) {
        const Given& what = (*given)[i];
        const std::uint32_t width = entry.parameters[i].bytes;
        if (what.tensor != nullptr) {
            if (width != 8) {
                return mismatch(entry, binding,
                                fmt::format("has a parameter {} of {} bytes, where `{}` is passed", i + 1, width,
                                            describe(*what.tensor, what.input)));
            }
            auto address = make_buffer(what, device);
            if (!address) {
                return std::unexpected(std::move(address.error()));
            }
            arguments.push_back(bytes_of(*address));
            continue;
        }
        auto bytes = encode(what.scalar, width);
        if (bytes.empty()) {
            return mismatch(entry, binding,
                            fmt::format("has a parameter {} of {} bytes, where `{}` is passed", i + 1, width,
                                        describe(what.scalar)));
        }
        if (!holds(what.scalar, width)) {
            return mismatch(entry, binding,
                            fmt::format("has a parameter {} of {} bytes, too narrow for {} = {}", i + 1, width,
                                        what.scalar.name, what.scalar.value));
        }
        arguments.push_back(std::move(bytes));
    }
    return arguments;
}

} // namespace assay::plan
