// Elements by their places: indices that are tensors, the order of dimensions turned round, the greatest elements.
#include <fmt/format.h>

#include <algorithm>

#include "plan/torch.h"

namespace assay::plan {

/// Integers on the device, dense.
Operator::Operand Torch::places_operand(TorchCall& call, Number number) {
    const tasks::DType dtype = at(call, number).dtype;
    if (!call.failed() && dtype == tasks::DType::Bool) {
        call.fail("indexing with a mask is not supported: how many elements it gives only the device knows",
                  "torch::where and index_put_ take masks");
    } else if (!call.failed() && dtype != tasks::DType::Int64 && dtype != tasks::DType::Int32) {
        call.fail("tensors used as indices must be integers");
    }
    return dense_operand(call, number, true);
}

Torch::Number Torch::selected_at(TorchCall& call, Number from, std::size_t along, Number places) {
    auto x = dense_operand(call, from, true);
    auto index = places_operand(call, places);
    if (call.failed()) {
        return 0;
    }
    if (along >= x.shape.size()) {
        call.fail(fmt::format("too many indices for tensor of dimension {}", x.shape.size()));
        return 0;
    }
    const Extents of_places = index.shape;
    index.shape = {product(of_places).value_or(0)};
    index.strides = {1};
    Extents sizes = x.shape;
    const auto at = sizes.erase(sizes.begin() + static_cast<std::ptrdiff_t>(along));
    sizes.insert(at, of_places.begin(), of_places.end());
    const tasks::DType dtype = x.dtype;
    return computed(call, "index_select", {std::move(x), std::move(index)}, sizes, {static_cast<double>(along)}, dtype);
}

/// Tensor, dimension, places: a vector.
std::uint64_t Torch::index_select(TorchCall& call) {
    const std::size_t along = dimension(call, call.integer(1), tensor(call, 0).view.dim());
    if (!call.failed() && tensor(call, 2).view.dim() > 1) {
        call.fail("index_select(): Index is supposed to be a vector");
    }
    return call.failed() ? 0 : selected_at(call, call.tensor(0), along, call.tensor(2));
}

/// Tensor, dimension, places: as many dimensions as the tensor, with no larger extents but along the dimension.
std::uint64_t Torch::gather(TorchCall& call) {
    const Tensor of = tensor(call, 0);
    const std::size_t along = dimension(call, call.integer(1), of.view.dim());
    const Extents wanted = tensor(call, 2).view.sizes;
    if (call.failed()) {
        return 0;
    }
    View part = of.view;
    bool fits = wanted.size() == part.sizes.size();
    for (std::size_t i = 0; fits && i < wanted.size(); ++i) {
        fits = i == along || wanted[i] <= part.sizes[i];
        part.sizes[i] = i == along ? part.sizes[i] : wanted[i];
    }
    if (!fits) {
        call.fail(fmt::format("Size does not match: gather from {} by an index of {}", to_text(of.view.sizes),
                              to_text(wanted)));
        return 0;
    }
    auto x = dense_operand(call, add_view(call, of, std::move(part)), true);
    auto places = places_operand(call, call.tensor(2));
    return computed(call, "take_along", {std::move(x), std::move(places)}, wanted, {static_cast<double>(along)},
                    of.dtype);
}

/// Tensor, dimensions.
std::uint64_t Torch::flip(TorchCall& call) {
    Number number = call.tensor(0);
    const Tensor of = tensor(call, 0);
    for (const std::int64_t given : call.integers(1)) {
        const std::size_t along = dimension(call, given, of.view.dim());
        auto x = dense_operand(call, number, true);
        number = computed(call, "flip", {std::move(x)}, of.view.sizes, {static_cast<double>(along)}, of.dtype);
    }
    return number;
}

/// Tensor, k, dimension, whether the least are wanted.
std::uint64_t Torch::topk_places(TorchCall& call) {
    auto x = dense_operand(call, call.tensor(0));
    const std::int64_t k = call.integer(1);
    const std::size_t along = dimension(call, call.integer(2), x.shape.size());
    if (call.failed()) {
        return 0;
    }
    if (k < 0 || k > x.shape[along]) {
        call.fail("selected index k out of range");
        return 0;
    }
    Extents sizes = x.shape;
    sizes[along] = k;
    return computed(call, "topk_places", {std::move(x)}, sizes,
                    {static_cast<double>(k), static_cast<double>(along), static_cast<double>(call.integer(3))},
                    tasks::DType::Int64);
}

} // namespace assay::plan
