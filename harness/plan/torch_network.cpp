// Layers of networks: convolutions, normalisations and poolings, as operators of the library.
//
// The library takes three numbers for each attribute of a window, one for each spatial dimension; a single one of
// PyTorch's is for all. Extents are those of its documentation (torch.nn.Conv2d, ConvTranspose2d, MaxPool2d, ...).
#include <fmt/format.h>

#include <algorithm>

#include "plan/runtime.h"
#include "plan/torch.h"

namespace assay::plan {

namespace {

/// One number for each spatial dimension; none, or an empty list: `otherwise`.
Extents each(TorchCall& call, std::size_t index, std::size_t spatial, const Extents& otherwise) {
    Extents list = call.has(index) ? call.integers(index) : Extents{};
    if (list.empty()) {
        return otherwise;
    }
    if (list.size() == 1) {
        list.resize(spatial, list[0]);
    }
    if (list.size() != spatial) {
        call.fail(fmt::format("{} numbers are given for {} spatial dimensions", list.size(), spatial));
        return otherwise;
    }
    return list;
}

void append(std::vector<double>& numbers, const Extents& values) {
    for (std::size_t i = 0; i < 3; ++i) {
        numbers.push_back(static_cast<double>(i < values.size() ? values[i] : 1));
    }
}

bool all_positive(const Extents& values) {
    return std::ranges::all_of(values, [](std::int64_t value) { return value > 0; });
}

} // namespace

/// x, weight, bias or undefined, stride, padding, dilation, groups, output padding (of a transposed one alone).
std::uint64_t Torch::convolution(TorchCall& call) {
    const bool transposed = call.operation().starts_with("conv_transpose");
    auto x = dense_operand(call, call.tensor(0));
    auto weight = dense_operand(call, call.tensor(1));
    if (call.failed()) {
        return 0;
    }
    const auto spatial = static_cast<std::size_t>(call.operation()[call.operation().size() - 2] - '0');
    const std::size_t rank = spatial + 2;
    if (x.shape.size() != rank || weight.shape.size() != rank) {
        call.fail(fmt::format("{} takes an input and a weight of {} dimensions, not of shapes {} and {}",
                              call.operation(), rank, to_text(x.shape), to_text(weight.shape)));
        return 0;
    }
    const Extents ones(spatial, 1), zeros(spatial, 0);
    const Extents stride = each(call, 3, spatial, ones), padding = each(call, 4, spatial, zeros),
                  dilation = each(call, 5, spatial, ones),
                  output_padding = transposed ? each(call, 7, spatial, zeros) : zeros;
    const std::int64_t groups = call.integer(6);
    if (groups < 1 || !all_positive(stride) || !all_positive(dilation) ||
        x.shape[1] != (transposed ? weight.shape[0] : weight.shape[1] * groups)) {
        call.fail(fmt::format("an input of shape {} does not fit a weight of shape {} in {} groups", to_text(x.shape),
                              to_text(weight.shape), groups));
        return 0;
    }
    Extents sizes{x.shape[0], transposed ? weight.shape[1] * groups : weight.shape[0]};
    for (std::size_t d = 0; d < spatial; ++d) {
        const std::int64_t reach = dilation[d] * (weight.shape[2 + d] - 1) + 1;
        sizes.push_back(transposed ? (x.shape[2 + d] - 1) * stride[d] - 2 * padding[d] + reach + output_padding[d]
                                   : (x.shape[2 + d] + 2 * padding[d] - reach + stride[d]) / stride[d]);
    }
    if (!all_positive(sizes)) {
        call.fail(fmt::format("the output would be of shape {}", to_text(sizes)));
        return 0;
    }
    std::vector<double> numbers;
    for (const Extents* values : {&stride, &padding, &dilation, &output_padding}) {
        append(numbers, *values);
    }
    numbers.push_back(static_cast<double>(groups));
    std::vector<Operator::Operand> inputs{std::move(x), std::move(weight)};
    if (call.has(2) && call.tensor(2) != 0) {
        inputs.push_back(dense_operand(call, call.tensor(2)));
    }
    return compute(call, call.operation(), std::move(inputs), sizes, std::move(numbers));
}

/// x, weight and bias or undefined, eps, and of a group norm the groups, of a layer norm the elements of a row.
std::uint64_t Torch::normalization(TorchCall& call) {
    auto x = dense_operand(call, call.tensor(0));
    if (call.failed()) {
        return 0;
    }
    const bool rows = call.operation() == "layer_norm";
    const std::int64_t last = call.has(4) ? call.integer(4) : 0;
    if (rows ? last < 1 || x.shape.empty() : x.shape.size() < 2 || (last != 0 && x.shape[1] % last != 0)) {
        call.fail(fmt::format("{} of an input of shape {} is not possible", call.operation(), to_text(x.shape)));
        return 0;
    }
    std::vector<Operator::Operand> inputs{x};
    const bool has_weight = call.has(1) && call.tensor(1) != 0, has_bias = call.has(2) && call.tensor(2) != 0;
    if (has_weight || has_bias) { // the library takes both or none
        for (const std::size_t index : {1, 2}) {
            Number number = call.has(index) ? call.tensor(index) : 0;
            if (number == 0) {
                const Extents sizes = at(call, call.tensor(3 - index)).view.sizes;
                number = allocate(call, sizes, x.dtype, true);
                fill_tensor(call, at(call, number), index == 1 ? 1 : 0, 0, false);
            }
            inputs.push_back(dense_operand(call, number));
        }
    }
    const Extents sizes = x.shape;
    std::vector<double> numbers{call.real(3)};
    if (call.has(4)) {
        numbers.push_back(static_cast<double>(last));
    }
    return compute(call, call.operation(), std::move(inputs), sizes, std::move(numbers));
}

/// x, kernel, stride (empty: the kernel's), padding, dilation, whether to round up, whether padding counts.
std::uint64_t Torch::pooling(TorchCall& call) {
    auto x = dense_operand(call, call.tensor(0));
    if (call.failed()) {
        return 0;
    }
    if (x.shape.size() < 3 || x.shape.size() > 5) {
        call.fail(fmt::format("an input of shape {} has no one to three spatial dimensions", to_text(x.shape)));
        return 0;
    }
    const std::size_t spatial = x.shape.size() - 2;
    const Extents ones(spatial, 1), zeros(spatial, 0);
    const Extents kernel = each(call, 1, spatial, ones), stride = each(call, 2, spatial, kernel),
                  padding = each(call, 3, spatial, zeros), dilation = each(call, 4, spatial, ones);
    const bool up = call.integer(5) != 0;
    Extents sizes{x.shape[0], x.shape[1]};
    for (std::size_t d = 0; d < spatial && !call.failed(); ++d) {
        const std::int64_t extent = x.shape[2 + d], step = std::max<std::int64_t>(stride[d], 1);
        const std::int64_t room = extent + 2 * padding[d] - dilation[d] * (kernel[d] - 1) - 1;
        std::int64_t positions = (room + (up ? step - 1 : 0)) / step + 1;
        if (up && (positions - 1) * step >= extent + padding[d]) {
            --positions; // a last window would begin in the padding
        }
        if (room < 0 || kernel[d] < 1 || stride[d] < 1) {
            call.fail(
                fmt::format("a window of {} does not fit an input of shape {}", to_text(kernel), to_text(x.shape)));
            return 0;
        }
        sizes.push_back(positions);
    }
    std::vector<double> numbers;
    for (const Extents* values : {&kernel, &stride, &padding, &dilation}) {
        append(numbers, *values);
    }
    numbers.push_back(up ? 1 : 0);
    numbers.push_back(static_cast<double>(call.integer(6)));
    return compute(call, call.operation(), {std::move(x)}, sizes, std::move(numbers));
}

/// x, positions of each spatial dimension.
std::uint64_t Torch::adaptive_pooling(TorchCall& call) {
    auto x = dense_operand(call, call.tensor(0));
    if (call.failed()) {
        return 0;
    }
    const std::size_t spatial = std::max<std::size_t>(x.shape.size(), 2) - 2;
    const Extents positions = each(call, 1, spatial, Extents(spatial, 1));
    if (spatial < 1 || spatial > 3 || !all_positive(positions)) {
        call.fail(fmt::format("an input of shape {} cannot be pooled to {}", to_text(x.shape), to_text(positions)));
        return 0;
    }
    Extents sizes{x.shape[0], x.shape[1]};
    sizes.insert(sizes.end(), positions.begin(), positions.end());
    std::vector<double> numbers;
    append(numbers, positions);
    return compute(call, call.operation(), {std::move(x)}, sizes, std::move(numbers));
}

/// q, k, v: [..., rows, d], [..., columns, d], [..., columns, width].
std::uint64_t Torch::attention(TorchCall& call) {
    std::vector<Operator::Operand> inputs;
    for (const std::size_t index : {0, 1, 2}) {
        inputs.push_back(dense_operand(call, call.tensor(index)));
    }
    if (call.failed()) {
        return 0;
    }
    const Extents &q = inputs[0].shape, &k = inputs[1].shape, &v = inputs[2].shape;
    const std::size_t rank = q.size();
    const bool fits = rank >= 2 && k.size() == rank && v.size() == rank && q[rank - 1] == k[rank - 1] &&
                      k[rank - 2] == v[rank - 2] && std::equal(q.begin(), q.end() - 2, k.begin()) &&
                      std::equal(q.begin(), q.end() - 2, v.begin());
    if (!fits) {
        call.fail(fmt::format("attention of shapes {}, {} and {} is not possible", to_text(q), to_text(k), to_text(v)));
        return 0;
    }
    Extents sizes = q;
    sizes.back() = v.back();
    return compute(call, call.operation(), std::move(inputs), sizes, {});
}

} // namespace assay::plan
