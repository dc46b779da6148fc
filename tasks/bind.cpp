// A task and a workload bound together: every extent and bound a number.
#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

#include <fmt/core.h>

#include "tasks/roofline.h"
#include "tasks/task.h"

namespace assay::tasks {

namespace {

/// A bound of a distribution: a number such as "-0.5", or an expression.
Result<double> evaluate_bound(const std::string& text, const std::map<std::string, double>& values) {
    double value = 0;
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
    // from_chars also reads "inf" and "nan", which are names here.
    if (code == std::errc() && end == text.data() + text.size() && std::isfinite(value)) {
        return value;
    }
    const auto whole = evaluate_expression(text, values);
    if (!whole) {
        return std::unexpected(whole.error());
    }
    return static_cast<double>(*whole);
}

/// The integers that an integer dtype holds (as far as a double counts).
std::pair<double, double> range_of(DType dtype) {
    switch (dtype) {
    case DType::Int32:
        return {-2147483648.0, 2147483647.0};
    case DType::Int16:
        return {-32768, 32767};
    case DType::Int8:
        return {-128, 127};
    case DType::UInt8:
        return {0, 255};
    case DType::Bool:
        return {0, 1};
    case DType::Int64:
    case DType::Float64:
    case DType::Float32:
    case DType::Float16:
    case DType::BFloat16:
        break;
    }
    return {-9007199254740992.0, 9007199254740992.0}; // 2^53
}

/// Binds the tensors of one task and workload; errors point into the definition.
class Binder {
public:
    Binder(const Task& task, const Workload& workload) : task_(task), workload_(workload) {}

    [[nodiscard]] Result<Binding::Tensor> bind(const Tensor& tensor, std::string_view group) const {
        const std::string pointer = fmt::format("/{}/{}", group, tensor.name);
        Binding::Tensor bound{
            .name = tensor.name, .dtype = tensor.dtype, .shape = {}, .distribution = tensor.distribution};
        std::int64_t bytes = static_cast<std::int64_t>(bytes_of(tensor.dtype));
        for (std::size_t i = 0; i < tensor.shape.size(); ++i) {
            const std::string place = fmt::format("{}/shape/{}", pointer, i);
            const auto extent = evaluate_expression(tensor.shape[i], workload_.values);
            if (!extent) {
                return error(place, extent.error().what);
            }
            if (*extent < 1) {
                return error(place, fmt::format("the extent \"{}\" is {}", tensor.shape[i], *extent));
            }
            if (__builtin_mul_overflow(bytes, *extent, &bytes)) {
                return error(place, "overflow: the tensor has more than 2^63 bytes");
            }
            bound.shape.push_back(*extent);
        }
        const auto rank = bound.shape.size();
        if (tensor.distribution.structure != Distribution::Structure::Full &&
            (rank < 2 || bound.shape[rank - 1] != bound.shape[rank - 2])) {
            return error(pointer + "/distribution/structure", "the last two extents must be equal");
        }
        if (auto bounded = bind_bounds(tensor, pointer + "/distribution", bound); !bounded) {
            return std::unexpected(std::move(bounded.error()));
        }
        return bound;
    }

private:
    [[nodiscard]] Result<> bind_bounds(const Tensor& tensor, const std::string& pointer, Binding::Tensor& bound) const {
        const Distribution& distribution = tensor.distribution;
        const auto evaluate = [&](const std::string& text, const char* which, double& value, bool& has) -> Result<> {
            if (text.empty()) {
                return {};
            }
            const auto number = evaluate_bound(text, workload_.values);
            if (!number) {
                return error(pointer + which, number.error().what);
            }
            value = *number;
            has = true;
            return {};
        };
        if (auto low = evaluate(distribution.low, "/low", bound.low, bound.has_low); !low) {
            return low;
        }
        if (auto high = evaluate(distribution.high, "/high", bound.high, bound.has_high); !high) {
            return high;
        }
        if (bound.has_low && bound.has_high && bound.low > bound.high) {
            return error(pointer, fmt::format("the lower bound {} is above the upper bound {}", bound.low, bound.high));
        }
        const auto [least, greatest] = range_of(tensor.dtype);
        if (distribution.kind == Distribution::Kind::Integers) {
            if (bound.low != std::trunc(bound.low) || bound.high != std::trunc(bound.high)) {
                return error(pointer, "the bounds of integers must be integers");
            }
            if (bound.low < least || bound.high > greatest) {
                return error(pointer, fmt::format("{} does not hold every integer from {} to {}",
                                                  to_string(tensor.dtype), bound.low, bound.high));
            }
        }
        if (distribution.kind == Distribution::Kind::Permutation &&
            static_cast<double>(bound.elements() - 1) > greatest) {
            return error(pointer, fmt::format("{} does not hold a permutation of {} elements", to_string(tensor.dtype),
                                              bound.elements()));
        }
        return {};
    }

    [[nodiscard]] std::unexpected<Error> error(const std::string& pointer, std::string_view what) const {
        return fail(fmt::format("{} in workload \"{}\"", what, workload_.name),
                    fmt::format("{}#{}", task_.file.string(), pointer));
    }

    const Task& task_;
    const Workload& workload_;
};

} // namespace

std::int64_t Binding::Tensor::elements() const {
    std::int64_t product = 1;
    for (const std::int64_t extent : shape) {
        product *= extent;
    }
    return product;
}

std::uint64_t Binding::Tensor::bytes() const {
    return static_cast<std::uint64_t>(elements()) * bytes_of(dtype);
}

std::uint64_t Binding::compulsory_bytes() const {
    std::uint64_t sum = 0;
    for (const Tensor& input : inputs) {
        sum += tasks::compulsory_bytes(input);
    }
    for (const Tensor& output : outputs) {
        sum += output.bytes();
    }
    return sum;
}

Result<Binding> bind(const Task& task, const Workload& workload) {
    Binding binding;
    binding.task = task.name;
    binding.workload = workload.name;
    const Binder binder(task, workload);
    for (const Tensor& input : task.inputs) {
        auto bound = binder.bind(input, "inputs");
        if (!bound) {
            return std::unexpected(std::move(bound.error()));
        }
        binding.inputs.push_back(std::move(*bound));
    }
    for (const Tensor& output : task.outputs) {
        auto bound = binder.bind(output, "outputs");
        if (!bound) {
            return std::unexpected(std::move(bound.error()));
        }
        binding.outputs.push_back(std::move(*bound));
    }
    for (const Parameter& parameter : task.parameters) {
        const auto given = workload.values.find(parameter.name);
        if (given == workload.values.end()) {
            return fail(fmt::format("workload \"{}\" gives \"{}\" no value", workload.name, parameter.name),
                        task.file.string() + "#/workloads");
        }
        // What a float parameter holds is what the oracle must compute with, too.
        const double value =
            parameter.dtype == DType::Float32 ? static_cast<double>(static_cast<float>(given->second)) : given->second;
        const bool in_shape = std::ranges::any_of(task.inputs, [&](const Tensor& input) {
            return std::ranges::find(input.shape, parameter.name) != input.shape.end();
        });
        binding.scalars.push_back({parameter.name, parameter.axis, parameter.dtype, value, in_shape});
    }
    for (const auto& [name, texts] : task.fixed) {
        std::vector<double> values;
        for (const std::string& text : texts) {
            double value = 0;
            const auto given = workload.values.find(text);
            if (given != workload.values.end()) {
                values.push_back(given->second);
            } else if (std::from_chars(text.data(), text.data() + text.size(), value).ec == std::errc()) {
                values.push_back(value);
            }
        }
        if (values.size() == texts.size()) {
            binding.fixed.emplace(name, std::move(values));
        }
    }
    if (!task.flops.empty()) {
        const auto flops = evaluate_expression(task.flops, workload.values);
        if (!flops || *flops < 0) {
            return fail(flops ? fmt::format("the count is {} in workload \"{}\"", *flops, workload.name)
                              : flops.error().what,
                        task.file.string() + "#/flops");
        }
        binding.flops = *flops;
    }
    return binding;
}

Binding widen(const Binding& binding) {
    Binding wide = binding;
    for (auto* tensors : {&wide.inputs, &wide.outputs}) {
        for (Binding::Tensor& tensor : *tensors) {
            tensor.dtype = is_float(tensor.dtype) ? DType::Float64 : tensor.dtype;
        }
    }
    for (Binding::Scalar& scalar : wide.scalars) {
        scalar.dtype = is_float(scalar.dtype) ? DType::Float64 : scalar.dtype;
    }
    return wide;
}

} // namespace assay::tasks
