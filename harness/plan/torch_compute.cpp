// What computes: element-wise functions, arithmetic, reductions, softmax and products, as operators of the library.
#include <fmt/format.h>

#include <algorithm>

#include "plan/runtime.h"
#include "plan/torch.h"

namespace assay::plan {

/// The tensor as an operand that is dense: what is not is copied first.
Operator::Operand Torch::dense_operand(TorchCall& call, Number number) {
    const Tensor tensor = at(call, number);
    if (!call.failed() && !on_device(tensor)) {
        call.fail("a tensor on the CPU cannot be computed with", "make it with .device(torch::kCUDA)");
    }
    if (!call.failed() && !tasks::is_float(tensor.dtype)) {
        call.fail(fmt::format("not supported for {} tensors", torch_name(tensor.dtype)));
    }
    if (call.failed()) {
        return {};
    }
    return operand(call, tensor.view.is_contiguous() ? tensor : Tensor(at(call, contiguous_copy(call, number))));
}

/// Adds the operator and gives its result, a new tensor of the first input's type.
Torch::Number Torch::compute(TorchCall& call, std::string name, std::vector<Operator::Operand> inputs,
                             const Extents& sizes, std::vector<double> numbers) {
    if (call.failed()) {
        return 0;
    }
    for (const Operator::Operand& input : inputs) {
        if (input.dtype != inputs[0].dtype) {
            call.fail("tensors of different types cannot be combined", "convert one with .to(dtype)");
            return 0;
        }
    }
    const Number result = allocate(call, sizes, inputs[0].dtype, true);
    if (call.failed() || at(call, result).view.numel() == 0) {
        return result;
    }
    Operator step;
    step.name = std::move(name);
    step.inputs = std::move(inputs);
    step.output = operand(call, at(call, result));
    step.numbers = std::move(numbers);
    call.take(runtime_.add_operator(std::move(step)));
    return result;
}

/// Argument 0 is the tensor, the rest are numbers.
std::uint64_t Torch::unary(TorchCall& call) {
    auto input = dense_operand(call, call.tensor(0));
    std::vector<double> numbers;
    for (std::size_t i = 1; i < call.count(); ++i) {
        numbers.push_back(call.real(i));
    }
    const Extents sizes = input.shape;
    return compute(call, call.operation(), {std::move(input)}, sizes, std::move(numbers));
}

/// Two tensors that are broadcast, or a tensor and a number.
std::uint64_t Torch::binary(TorchCall& call) {
    const std::string& name = call.operation();
    const bool number_first = call.kind(0) != TorchArgument::Kind::Tensor;
    if (!number_first && call.kind(1) == TorchArgument::Kind::Tensor) {
        auto a = dense_operand(call, call.tensor(0));
        auto b = dense_operand(call, call.tensor(1));
        const auto sizes = broadcast(a.shape, b.shape);
        if (!sizes) {
            call.fail(fmt::format("The size of tensor a {} must match the size of tensor b {}", to_text(a.shape),
                                  to_text(b.shape)));
            return 0;
        }
        return compute(call, name, {std::move(a), std::move(b)}, *sizes, {});
    }
    auto input = dense_operand(call, call.tensor(number_first ? 1 : 0));
    double number = call.real(number_first ? 0 : 1);
    std::string with_number = (number_first && (name == "sub" || name == "div") ? "r" : "") + name + "_number";
    if (with_number == "sub_number") {
        with_number = "add_number";
        number = -number;
    }
    const Extents sizes = input.shape;
    return compute(call, with_number, {std::move(input)}, sizes, {number});
}

/// Tensor, dimensions (none: all), whether they are kept.
std::uint64_t Torch::reduction(TorchCall& call) {
    auto input = dense_operand(call, call.tensor(0));
    const std::size_t dims = input.shape.size();
    std::vector<bool> reduced(dims, !call.has(1) || call.integers(1).empty());
    for (const std::int64_t given : call.has(1) ? call.integers(1) : Extents{}) {
        if (dims > 0) {
            reduced[dimension(call, given, dims)] = true;
        }
    }
    const bool kept = call.has(2) && call.integer(2) != 0;
    const auto first = std::ranges::find(reduced, true) - reduced.begin();
    const auto count = std::ranges::count(reduced, true);
    const bool neighbours =
        std::all_of(reduced.begin() + first, reduced.begin() + first + count, [](bool r) { return r; });
    if (!neighbours && !call.failed()) {
        call.fail("a reduction over dimensions that are no neighbours is not supported", "reduce one after the other");
    }
    if (call.failed()) {
        return 0;
    }
    Extents sizes;
    for (std::size_t i = 0; i < dims; ++i) {
        if (!reduced[i]) {
            sizes.push_back(input.shape[i]);
        } else if (kept) {
            sizes.push_back(1);
        }
    }
    if (dims == 0) { // one element, as a vector of one
        input.shape = input.strides = {1};
    }
    const double last = static_cast<double>(dims == 0 ? 0 : first + count - 1);
    return compute(call, call.operation(), {std::move(input)}, sizes, {static_cast<double>(first), last});
}

std::uint64_t Torch::along(TorchCall& call) {
    auto input = dense_operand(call, call.tensor(0));
    const std::size_t dim = dimension(call, call.integer(1), input.shape.size());
    const Extents sizes = input.shape;
    return compute(call, call.operation(), {std::move(input)}, sizes, {static_cast<double>(dim)});
}

/// [..., m, k] times [k, n] or [..., k, n].
std::uint64_t Torch::matmul(TorchCall& call) {
    auto a = dense_operand(call, call.tensor(0));
    auto b = dense_operand(call, call.tensor(1));
    if (call.failed()) {
        return 0;
    }
    const std::size_t rank = a.shape.size();
    const bool fits = rank >= 2 && b.shape.size() >= 2 && a.shape[rank - 1] == b.shape[b.shape.size() - 2] &&
                      (b.shape.size() == 2 ||
                       (b.shape.size() == rank && std::equal(a.shape.begin(), a.shape.end() - 2, b.shape.begin())));
    if (!fits) {
        call.fail(fmt::format("shapes {} and {} cannot be multiplied", to_text(a.shape), to_text(b.shape)));
        return 0;
    }
    Extents sizes = a.shape;
    sizes.back() = b.shape.back();
    return compute(call, "matmul", {std::move(a), std::move(b)}, sizes, {});
}

/// x weight^T + bias
std::uint64_t Torch::linear(TorchCall& call) {
    auto x = dense_operand(call, call.tensor(0));
    auto weight = dense_operand(call, call.tensor(1));
    if (call.failed()) {
        return 0;
    }
    if (weight.shape.size() != 2 || x.shape.empty() || x.shape.back() != weight.shape[1]) {
        call.fail(fmt::format("shapes {} and {} cannot be multiplied", to_text(x.shape), to_text(weight.shape)));
        return 0;
    }
    Extents sizes = x.shape;
    sizes.back() = weight.shape[0];
    if (call.has(2) && call.tensor(2) != 0) {
        auto bias = dense_operand(call, call.tensor(2));
        return compute(call, "linear_bias", {std::move(x), std::move(weight), std::move(bias)}, sizes, {});
    }
    return compute(call, "linear", {std::move(x), std::move(weight)}, sizes, {});
}

} // namespace assay::plan
