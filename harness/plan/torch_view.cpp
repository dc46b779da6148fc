// Views: other sizes and strides over the same storage. What cannot be a view is copied where PyTorch copies (reshape),
// else it is an error with PyTorch's message.
#include <fmt/format.h>

#include <algorithm>

#include "plan/torch.h"

namespace assay::plan {

namespace {

/// The view without one dimension, at an index of it.
View selected(View view, std::size_t dimension, std::int64_t index) {
    const auto at = static_cast<std::ptrdiff_t>(dimension);
    view.offset += index * view.strides[dimension];
    view.sizes.erase(view.sizes.begin() + at);
    view.strides.erase(view.strides.begin() + at);
    return view;
}

/// Bounds as in Python: negative ones count from the end, and all are cut to the size.
View sliced(View view, std::size_t dimension, const TorchCall::Slice& slice) {
    const std::int64_t size = view.sizes[dimension];
    const auto bound = [&](std::optional<std::int64_t> given, std::int64_t otherwise) {
        const std::int64_t value = given.value_or(otherwise);
        return std::clamp<std::int64_t>(value < 0 ? value + size : value, 0, size);
    };
    const std::int64_t begin = bound(slice.begin, 0);
    const std::int64_t end = std::max(bound(slice.end, size), begin);
    const std::int64_t step = std::max<std::int64_t>(slice.step.value_or(1), 1);
    view.offset += begin * view.strides[dimension];
    view.sizes[dimension] = (end - begin + step - 1) / step;
    view.strides[dimension] *= step;
    return view;
}

View with_dimension(View view, std::size_t dimension) {
    const auto at = static_cast<std::ptrdiff_t>(dimension);
    const std::int64_t stride = dimension < view.dim() ? view.sizes[dimension] * view.strides[dimension] : 1;
    view.sizes.insert(view.sizes.begin() + at, 1);
    view.strides.insert(view.strides.begin() + at, stride);
    return view;
}

} // namespace

std::uint64_t Torch::view(TorchCall& call) {
    const Tensor of = tensor(call, 0);
    const auto wanted = call.integers(1);
    const auto sizes = infer_sizes(wanted, of.view.numel());
    if (!sizes) {
        call.fail(fmt::format("shape '{}' is invalid for input of size {}", to_text(wanted), of.view.numel()));
        return 0;
    }
    const auto strides = strides_for(of.view, *sizes);
    if (!strides) {
        call.fail("view size is not compatible with input tensor's size and stride", "use reshape instead");
        return 0;
    }
    return add_view(call, of, {*sizes, *strides, of.view.offset});
}

std::uint64_t Torch::view_dtype(TorchCall& call) {
    Tensor of = tensor(call, 0);
    const auto dtype = dtype_argument(call, 1, of.dtype);
    if (tasks::bytes_of(dtype) != tasks::bytes_of(of.dtype)) {
        call.fail("view to an element type of another size is not supported");
        return 0;
    }
    of.dtype = dtype;
    return add_view(call, of, of.view);
}

std::uint64_t Torch::reshape(TorchCall& call) {
    const Number number = call.tensor(0);
    const Tensor of = tensor(call, 0);
    const auto wanted = call.integers(1);
    const auto sizes = infer_sizes(wanted, of.view.numel());
    if (!sizes) {
        call.fail(fmt::format("shape '{}' is invalid for input of size {}", to_text(wanted), of.view.numel()));
        return 0;
    }
    if (const auto strides = strides_for(of.view, *sizes)) {
        return add_view(call, of, {*sizes, *strides, of.view.offset});
    }
    const Number copied = contiguous_copy(call, number);
    return call.failed() ? 0 : add_view(call, at(call, copied), {*sizes, contiguous_strides(*sizes), 0});
}

std::uint64_t Torch::flatten(TorchCall& call) {
    const Number number = call.tensor(0);
    const Tensor of = tensor(call, 0);
    if (of.view.dim() == 0) {
        return add_view(call, of, {{1}, {1}, of.view.offset});
    }
    const std::size_t first = dimension(call, call.integer(1), of.view.dim());
    const std::size_t last = dimension(call, call.integer(2), of.view.dim());
    if (call.failed() || first > last) {
        call.fail("flatten() has invalid args: start_dim cannot come after end_dim");
        return 0;
    }
    Extents sizes;
    for (std::size_t i = 0; i < of.view.dim(); ++i) {
        if (i > first && i <= last) {
            sizes.back() *= of.view.sizes[i];
        } else {
            sizes.push_back(of.view.sizes[i]);
        }
    }
    if (const auto strides = strides_for(of.view, sizes)) {
        return add_view(call, of, {sizes, *strides, of.view.offset});
    }
    const Number copied = contiguous_copy(call, number);
    return call.failed() ? 0 : add_view(call, at(call, copied), {sizes, contiguous_strides(sizes), 0});
}

std::uint64_t Torch::unflatten(TorchCall& call) {
    const Tensor of = tensor(call, 0);
    const std::size_t split = dimension(call, call.integer(1), of.view.dim());
    if (call.failed()) {
        return 0;
    }
    const auto parts = infer_sizes(call.integers(2), of.view.sizes[split]);
    if (!parts) {
        call.fail(fmt::format("unflatten: the sizes do not multiply up to {}", of.view.sizes[split]));
        return 0;
    }
    View view{{}, {}, of.view.offset};
    for (std::size_t i = 0; i < of.view.dim(); ++i) {
        if (i != split) {
            view.sizes.push_back(of.view.sizes[i]);
            view.strides.push_back(of.view.strides[i]);
            continue;
        }
        const Extents strides = contiguous_strides(*parts);
        for (std::size_t j = 0; j < parts->size(); ++j) {
            view.sizes.push_back((*parts)[j]);
            view.strides.push_back(strides[j] * of.view.strides[i]);
        }
    }
    return add_view(call, of, std::move(view));
}

std::uint64_t Torch::squeeze(TorchCall& call) {
    const Tensor of = tensor(call, 0);
    const bool one = call.has(1);
    const std::size_t only = one && of.view.dim() > 0 ? dimension(call, call.integer(1), of.view.dim()) : 0;
    View view{{}, {}, of.view.offset};
    for (std::size_t i = 0; i < of.view.dim(); ++i) {
        if (of.view.sizes[i] != 1 || (one && i != only)) {
            view.sizes.push_back(of.view.sizes[i]);
            view.strides.push_back(of.view.strides[i]);
        }
    }
    return add_view(call, of, std::move(view));
}

std::uint64_t Torch::unsqueeze(TorchCall& call) {
    const Tensor of = tensor(call, 0);
    const std::size_t at = dimension(call, call.integer(1), of.view.dim() + 1);
    return call.failed() ? 0 : add_view(call, of, with_dimension(of.view, at));
}

std::uint64_t Torch::transpose(TorchCall& call) {
    const Tensor of = tensor(call, 0);
    View view = of.view;
    const std::size_t a = dimension(call, call.integer(1), view.dim());
    const std::size_t b = dimension(call, call.integer(2), view.dim());
    if (call.failed()) {
        return 0;
    }
    std::swap(view.sizes[a], view.sizes[b]);
    std::swap(view.strides[a], view.strides[b]);
    return add_view(call, of, std::move(view));
}

std::uint64_t Torch::t(TorchCall& call) {
    const Tensor of = tensor(call, 0);
    View view = of.view;
    if (view.dim() > 2) {
        call.fail(fmt::format("t() expects a tensor with <= 2 dimensions, but self is {}D", view.dim()));
        return 0;
    }
    std::ranges::reverse(view.sizes);
    std::ranges::reverse(view.strides);
    return add_view(call, of, std::move(view));
}

std::uint64_t Torch::permute(TorchCall& call) {
    const Tensor of = tensor(call, 0);
    const auto order = call.integers(1);
    View view{{}, {}, of.view.offset};
    std::vector<bool> seen(of.view.dim());
    if (order.size() != of.view.dim()) {
        call.fail(fmt::format("permute: {} dimensions are given for a tensor of {}", order.size(), of.view.dim()));
        return 0;
    }
    for (const std::int64_t given : order) {
        const std::size_t from = dimension(call, given, of.view.dim());
        if (call.failed() || seen[from]) {
            call.fail("permute(): duplicate dims are not allowed.");
            return 0;
        }
        seen[from] = true;
        view.sizes.push_back(of.view.sizes[from]);
        view.strides.push_back(of.view.strides[from]);
    }
    return add_view(call, of, std::move(view));
}

std::uint64_t Torch::movedim(TorchCall& call) {
    const Tensor of = tensor(call, 0);
    const std::size_t from = dimension(call, call.integer(1), of.view.dim());
    const std::size_t to = dimension(call, call.integer(2), of.view.dim());
    if (call.failed()) {
        return 0;
    }
    View view = of.view;
    for (Extents* list : {&view.sizes, &view.strides}) {
        const std::int64_t moved = (*list)[from];
        list->erase(list->begin() + static_cast<std::ptrdiff_t>(from));
        list->insert(list->begin() + static_cast<std::ptrdiff_t>(to), moved);
    }
    return add_view(call, of, std::move(view));
}

std::uint64_t Torch::expand(TorchCall& call) {
    const Tensor of = tensor(call, 0);
    const auto sizes = call.integers(1);
    auto view = expanded(of.view, sizes);
    if (!view) {
        call.fail(fmt::format("a tensor of shape {} cannot be expanded to {}", to_text(of.view.sizes), to_text(sizes)));
        return 0;
    }
    return add_view(call, of, std::move(*view));
}

std::uint64_t Torch::select(TorchCall& call) {
    const Tensor of = tensor(call, 0);
    const std::size_t along = dimension(call, call.integer(1), of.view.dim());
    if (call.failed()) {
        return 0;
    }
    const std::int64_t size = of.view.sizes[along], given = call.integer(2);
    if (given >= size || given < -size) {
        call.fail(fmt::format("select(): index {} out of range for tensor of size {} at dimension {}", given,
                              to_text(of.view.sizes), along));
        return 0;
    }
    return add_view(call, of, selected(of.view, along, given < 0 ? given + size : given));
}

std::uint64_t Torch::narrow(TorchCall& call) {
    const Tensor of = tensor(call, 0);
    const std::size_t along = dimension(call, call.integer(1), of.view.dim());
    const std::int64_t start = call.integer(2), length = call.integer(3);
    if (call.failed()) {
        return 0;
    }
    const std::int64_t size = of.view.sizes[along];
    if (start < 0 || length < 0 || start > size || length > size - start) {
        call.fail(fmt::format("start ({}) + length ({}) exceeds dimension size ({}).", start, length, size));
        return 0;
    }
    return add_view(call, of, sliced(of.view, along, {start, start + length, 1}));
}

std::uint64_t Torch::slice(TorchCall& call) {
    const Tensor of = tensor(call, 0);
    const std::size_t along = dimension(call, call.integer(1), of.view.dim());
    if (call.failed()) {
        return 0;
    }
    TorchCall::Slice bounds;
    if (call.has(2)) {
        bounds.begin = call.integer(2);
    }
    if (call.has(3)) {
        bounds.end = call.integer(3);
    }
    bounds.step = call.integer(4);
    return add_view(call, of, sliced(of.view, along, bounds));
}

std::uint64_t Torch::diagonal(TorchCall& call) {
    const Tensor of = tensor(call, 0);
    const std::int64_t shift = call.integer(1);
    const std::size_t a = dimension(call, call.integer(2), of.view.dim());
    const std::size_t b = dimension(call, call.integer(3), of.view.dim());
    if (call.failed() || a == b) {
        call.fail("diagonal dimensions cannot be identical");
        return 0;
    }
    const std::int64_t rows = of.view.sizes[a] + std::min<std::int64_t>(shift, 0);
    const std::int64_t columns = of.view.sizes[b] - std::max<std::int64_t>(shift, 0);
    View view{{}, {}, of.view.offset};
    view.offset += shift >= 0 ? shift * of.view.strides[b] : -shift * of.view.strides[a];
    for (std::size_t i = 0; i < of.view.dim(); ++i) {
        if (i != a && i != b) {
            view.sizes.push_back(of.view.sizes[i]);
            view.strides.push_back(of.view.strides[i]);
        }
    }
    view.sizes.push_back(std::max<std::int64_t>(std::min(rows, columns), 0));
    view.strides.push_back(of.view.strides[a] + of.view.strides[b]);
    return add_view(call, of, std::move(view));
}

std::uint64_t Torch::as_strided(TorchCall& call) {
    const Tensor of = tensor(call, 0);
    View view{call.integers(1), call.integers(2), call.has(3) ? call.integer(3) : of.view.offset};
    const bool sound = view.sizes.size() == view.strides.size() && product(view.sizes) && view.offset >= 0 &&
                       std::ranges::all_of(view.strides, [](std::int64_t stride) { return stride >= 0; });
    if (!sound) {
        call.fail("as_strided: sizes and strides do not fit together");
        return 0;
    }
    return add_view(call, of, std::move(view));
}

std::uint64_t Torch::index(TorchCall& call) {
    using Kind = TorchArgument::Kind;
    const Tensor of = tensor(call, 0);
    View view = of.view;
    std::size_t consumed = 0; // dimensions that the indices name
    for (std::size_t i = 1; i < call.count(); ++i) {
        consumed +=
            call.kind(i) == Kind::Integer || call.kind(i) == Kind::Slice || call.kind(i) == Kind::Tensor ? 1 : 0;
    }
    Number places = 0;
    std::size_t along = 0, places_along = 0;
    for (std::size_t i = 1; i < call.count() && !call.failed(); ++i) {
        switch (call.kind(i)) {
        case Kind::Integer: {
            const std::int64_t given = call.integer(i);
            const std::int64_t size = along < view.dim() ? view.sizes[along] : 0;
            if (given >= size || given < -size) {
                call.fail(fmt::format("index {} is out of bounds for dimension {} with size {}", given, along, size));
                break;
            }
            view = selected(std::move(view), along, given < 0 ? given + size : given);
            break;
        }
        case Kind::Slice:
            if (along >= view.dim()) {
                call.fail(fmt::format("too many indices for tensor of dimension {}", of.view.dim()));
                break;
            }
            view = sliced(std::move(view), along, call.slice(i));
            ++along;
            break;
        case Kind::None:
            view = with_dimension(std::move(view), along);
            ++along;
            break;
        case Kind::Text: // "..."
            along += of.view.dim() > consumed ? of.view.dim() - consumed : 0;
            break;
        default: // a tensor: its dimension is looked at once the others are done
            if (places != 0) {
                call.fail("two indices that are tensors are not supported", "write a kernel that gathers");
                break;
            }
            places = call.tensor(i);
            places_along = along;
            ++along;
        }
    }
    if (call.failed()) {
        return 0;
    }
    const Number viewed = add_view(call, of, std::move(view));
    return places == 0 || call.failed() ? viewed : selected_at(call, viewed, places_along, places);
}

} // namespace assay::plan
