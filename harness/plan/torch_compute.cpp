// What computes: element-wise functions, arithmetic, reductions, softmax and products, as operators of the library.
#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "plan/runtime.h"
#include "plan/torch.h"

namespace assay::plan {

/// The tensor as an operand that is dense and on the device: what is not is copied first. So the library computes with
/// a tensor on the CPU too, and its result is on the device.
Operator::Operand Torch::dense_operand(TorchCall& call, Number number, bool any_type) {
    if (const Tensor given = at(call, number); !call.failed() && !on_device(given)) {
        number = converted(call, number, given.dtype, true);
    }
    const Tensor tensor = at(call, number);
    if (!call.failed() && !any_type && !tasks::is_float(tensor.dtype)) {
        call.fail(fmt::format("not supported for {} tensors", torch_name(tensor.dtype)));
    }
    if (call.failed()) {
        return {};
    }
    return operand(call, tensor.view.is_contiguous() ? tensor : Tensor(at(call, contiguous_copy(call, number))));
}

/// Adds the operator and gives its result, a new tensor: of the first input's type, or another.
Torch::Number Torch::compute(TorchCall& call, std::string name, std::vector<Operator::Operand> inputs,
                             const Extents& sizes, std::vector<double> numbers, std::optional<tasks::DType> dtype) {
    if (call.failed()) {
        return 0;
    }
    for (const Operator::Operand& input : inputs) {
        if (input.dtype != inputs[0].dtype && input.dtype != tasks::DType::Bool) { // a mask goes with any type
            call.fail("tensors of different types cannot be combined", "convert one with .to(dtype)");
            return 0;
        }
    }
    const tasks::DType kind = dtype.value_or(inputs[0].dtype);
    return computed(call, std::move(name), std::move(inputs), sizes, std::move(numbers), kind);
}

/// The same of inputs of whatever types.
Torch::Number Torch::computed(TorchCall& call, std::string name, std::vector<Operator::Operand> inputs,
                              const Extents& sizes, std::vector<double> numbers, tasks::DType dtype) {
    if (call.failed()) {
        return 0;
    }
    const Number result = allocate(call, sizes, dtype, true);
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

/// Two tensors of any type, or a tensor and a number, to a mask.
std::uint64_t Torch::comparison(TorchCall& call) {
    if (call.kind(1) != TorchArgument::Kind::Tensor) {
        auto x = dense_operand(call, call.tensor(0), true);
        const Extents sizes = x.shape;
        const double number = call.real(1);
        return compute(call, call.operation() + "_number", {std::move(x)}, sizes, {number}, tasks::DType::Bool);
    }
    const auto sizes = broadcast(tensor(call, 0).view.sizes, tensor(call, 1).view.sizes);
    auto inputs = operands_of(call, {0, 1}, sizes);
    return compute(call, call.operation(), std::move(inputs), sizes.value_or(Extents{}), {}, tasks::DType::Bool);
}

/// The tensors that are those arguments, of whatever types, as dense operands of one shape.
std::vector<Operator::Operand> Torch::operands_of(TorchCall& call, const std::vector<std::size_t>& arguments,
                                                  const std::optional<Extents>& sizes) {
    std::vector<Operator::Operand> operands;
    for (const std::size_t i : arguments) {
        const Tensor of = tensor(call, i);
        auto view = call.failed() || !sizes ? std::nullopt : expanded(of.view, *sizes);
        if (!view) {
            call.fail("the tensors' shapes cannot be broadcast to each other");
            return {};
        }
        operands.push_back(dense_operand(call, add_view(call, of, std::move(*view)), true));
    }
    return operands;
}

/// A mask and two tensors of one type: of which the mask says.
std::uint64_t Torch::where(TorchCall& call) {
    std::optional<Extents> sizes = Extents{};
    for (std::size_t i = 0; i < 3; ++i) {
        sizes = sizes ? broadcast(*sizes, tensor(call, i).view.sizes) : sizes;
    }
    if (!call.failed() && tensor(call, 0).dtype != tasks::DType::Bool) {
        call.fail("the first argument has to be a mask, of type Bool");
    }
    auto inputs = operands_of(call, {1, 2, 0}, sizes);
    return compute(call, "where", std::move(inputs), sizes.value_or(Extents{}), {});
}

/// Tensor, dimension (kept if argument 2 says so): argmax and argmin.
std::uint64_t Torch::extreme_index(TorchCall& call) {
    auto input = dense_operand(call, call.tensor(0));
    const std::size_t dim = dimension(call, call.integer(1), input.shape.size());
    if (call.failed()) {
        return 0;
    }
    Extents sizes = input.shape;
    sizes.erase(sizes.begin() + static_cast<std::ptrdiff_t>(dim));
    if (call.has(2) && call.integer(2) != 0) {
        sizes.insert(sizes.begin() + static_cast<std::ptrdiff_t>(dim), 1);
    }
    return compute(call, call.operation(), {std::move(input)}, sizes, {static_cast<double>(dim)}, tasks::DType::Int64);
}

/// The dimensions that are reduced behind the others, in memory too.
Torch::Number Torch::reduced_last(TorchCall& call, Number number, const std::vector<bool>& reduced) {
    const Tensor of = at(call, number);
    View view{{}, {}, of.view.offset};
    for (const bool wanted : {false, true}) {
        for (std::size_t i = 0; i < reduced.size(); ++i) {
            if (reduced[i] == wanted) {
                view.sizes.push_back(of.view.sizes[i]);
                view.strides.push_back(of.view.strides[i]);
            }
        }
    }
    return add_view(call, of, std::move(view));
}

/// Tensor, dimensions (none: all), whether they are kept.
std::uint64_t Torch::reduction(TorchCall& call) {
    const std::size_t dims = tensor(call, 0).view.dim();
    std::vector<bool> reduced(dims, !call.has(1) || call.integers(1).empty());
    for (const std::int64_t given : call.has(1) ? call.integers(1) : Extents{}) {
        if (dims > 0) {
            reduced[dimension(call, given, dims)] = true;
        }
    }
    const bool kept = call.has(2) && call.integer(2) != 0;
    if (call.failed()) {
        return 0;
    }
    auto first = std::ranges::find(reduced, true) - reduced.begin();
    const auto count = std::ranges::count(reduced, true);
    Extents sizes;
    for (std::size_t i = 0; i < dims; ++i) {
        if (!reduced[i]) {
            sizes.push_back(tensor(call, 0).view.sizes[i]);
        } else if (kept) {
            sizes.push_back(1);
        }
    }
    Number number = call.tensor(0);
    if (!std::all_of(reduced.begin() + first, reduced.begin() + first + count, [](bool r) { return r; })) {
        number = reduced_last(call, number, reduced); // the library reduces neighbours
        first = static_cast<std::ptrdiff_t>(dims) - count;
    }
    auto input = dense_operand(call, number);
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

/// One of the two is a vector: the other's first or last but one dimension is summed with it.
Torch::Number Torch::matmul_of_vector(TorchCall& call) {
    Number numbers[] = {call.tensor(0), call.tensor(1)};
    const bool vectors[] = {at(call, numbers[0]).view.dim() == 1, at(call, numbers[1]).view.dim() == 1};
    for (const std::size_t i : {0, 1}) {
        if (vectors[i]) {
            const Tensor of = at(call, numbers[i]);
            View view = of.view;
            view.sizes.insert(i == 0 ? view.sizes.begin() : view.sizes.end(), 1);
            view.strides.insert(i == 0 ? view.strides.begin() : view.strides.end(), 1);
            numbers[i] = add_view(call, of, std::move(view));
        }
    }
    auto a = dense_operand(call, numbers[0]);
    auto b = dense_operand(call, numbers[1]);
    if (call.failed()) {
        return 0;
    }
    if (b.shape.size() != 2 || a.shape.back() != b.shape[0]) {
        call.fail(fmt::format("shapes {} and {} cannot be multiplied", to_text(tensor(call, 0).view.sizes),
                              to_text(tensor(call, 1).view.sizes)));
        return 0;
    }
    Extents sizes = a.shape;
    sizes.back() = b.shape.back();
    const Number product = compute(call, "matmul", {std::move(a), std::move(b)}, sizes, {});
    const Tensor of = at(call, product);
    if (call.failed()) {
        return 0;
    }
    View view = of.view;
    const auto drop = [&view](std::ptrdiff_t place) {
        view.sizes.erase(view.sizes.end() - place);
        view.strides.erase(view.strides.end() - place);
    };
    if (vectors[1]) {
        drop(1);
    }
    if (vectors[0]) {
        drop(vectors[1] ? 1 : 2);
    }
    return add_view(call, of, std::move(view));
}

/// A matrix is a batch of one, a vector a matrix of one row or column, and batches are broadcast to each other.
std::uint64_t Torch::matmul(TorchCall& call) {
    const Tensor left = tensor(call, 0), right = tensor(call, 1);
    const std::size_t rank = left.view.dim(), other = right.view.dim();
    const auto mismatch = [&] {
        call.fail(
            fmt::format("shapes {} and {} cannot be multiplied", to_text(left.view.sizes), to_text(right.view.sizes)));
        return 0;
    };
    if (call.failed() || rank == 0 || other == 0) {
        return call.failed() ? 0 : mismatch();
    }
    if (rank == 1 || other == 1) {
        return matmul_of_vector(call);
    }
    Number numbers[] = {call.tensor(0), call.tensor(1)};
    const auto batch = [](const Tensor& of) { return Extents(of.view.sizes.begin(), of.view.sizes.end() - 2); };
    if (other != 2 && batch(left) != batch(right)) {
        const auto common = broadcast(batch(left), batch(right));
        if (!common) {
            return mismatch();
        }
        for (Number& number : numbers) {
            const Tensor of = at(call, number);
            Extents wanted = *common;
            wanted.insert(wanted.end(), of.view.sizes.end() - 2, of.view.sizes.end());
            number = add_view(call, of, expanded(of.view, wanted).value());
        }
    }
    auto a = dense_operand(call, numbers[0]);
    auto b = dense_operand(call, numbers[1]);
    if (call.failed()) {
        return 0;
    }
    if (a.shape.back() != b.shape[b.shape.size() - 2]) {
        return mismatch();
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
