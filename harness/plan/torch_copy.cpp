// What moves elements: fills, copies, conversions.
#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cstring>

#include "plan/runtime.h"
#include "plan/torch.h"

namespace assay::plan {

namespace {

constexpr std::int64_t most_host_elements = 1 << 22; ///< that are converted one by one

/// Calls visit(offset) for each element, in order; offsets in elements.
template <class F> void for_each(const View& view, F visit) {
    const std::int64_t count = view.numel();
    Extents index(view.dim());
    std::int64_t offset = view.offset;
    for (std::int64_t i = 0; i < count; ++i) {
        visit(offset);
        for (std::size_t d = view.dim(); d-- > 0;) {
            offset += view.strides[d];
            if (++index[d] < view.sizes[d]) {
                break;
            }
            offset -= view.sizes[d] * view.strides[d];
            index[d] = 0;
        }
    }
}

} // namespace

Operator::Operand Torch::operand(TorchCall& call, const Tensor& tensor) {
    std::int64_t last = 0;
    for (std::size_t i = 0; i < tensor.view.dim(); ++i) {
        last += (tensor.view.sizes[i] - 1) * tensor.view.strides[i];
    }
    const std::uint64_t bytes =
        tensor.view.numel() == 0 ? 0 : (static_cast<std::uint64_t>(last) + 1) * tasks::bytes_of(tensor.dtype);
    return {call.take(device_.resolve(address(tensor), bytes)), tensor.dtype, tensor.view.sizes, tensor.view.strides};
}

void Torch::fill_tensor(TorchCall& call, const Tensor& tensor, double real, std::int64_t integer, bool is_integer) {
    const auto element = encode_element(tensor.dtype, real, integer, is_integer);
    const std::int64_t count = tensor.view.numel();
    if (!on_device(tensor)) {
        if (count > most_host_elements) {
            call.fail("a tensor on the CPU is too large to be filled while recording");
            return;
        }
        const Address base = storages_[tensor.storage].base;
        for_each(tensor.view, [&](std::int64_t offset) {
            const Address to = base + static_cast<std::uint64_t>(offset) * element.size();
            const auto bytes = call.take(memory_.bytes(to, element.size(), Access::Write));
            std::ranges::copy(std::span(element).first(bytes.size()), bytes.begin());
        });
        return;
    }
    std::uint64_t pattern = 0;
    std::memcpy(&pattern, element.data(), element.size());
    auto width = static_cast<std::uint32_t>(element.size());
    auto elements = static_cast<std::uint64_t>(count);
    if (width == 8 && pattern >> 32 == (pattern & 0xFFFFFFFF)) {
        width = 4;
        elements *= 2;
    }
    // A buffer that is filled whole may as well be filled in another order.
    if (tensor.view.is_dense() && width <= 4) {
        call.take(runtime_.fill(address(tensor), static_cast<std::uint32_t>(pattern), width, elements));
        return;
    }
    Operator step;
    step.name = "fill";
    step.output = operand(call, tensor);
    step.numbers = {is_integer ? static_cast<double>(integer) : real};
    if (!call.failed()) {
        call.take(runtime_.add_operator(std::move(step)));
    }
}

/// The elements of a tensor on the device, in order. The device copies what lies between the first and the last.
std::vector<std::byte> Torch::read_tensor(TorchCall& call, const Tensor& from) {
    const std::uint64_t width = tasks::bytes_of(from.dtype);
    std::int64_t last = 0;
    for (std::size_t i = 0; i < from.view.dim(); ++i) {
        last += (from.view.sizes[i] - 1) * from.view.strides[i];
    }
    const auto span = call.take(runtime_.read_back(address(from), (static_cast<std::uint64_t>(last) + 1) * width));
    std::vector<std::byte> data;
    for_each(from.view, [&](std::int64_t offset) {
        const auto at = static_cast<std::uint64_t>(offset - from.view.offset) * width;
        if (!call.failed()) {
            const auto element = std::span(span).subspan(at, width);
            data.insert(data.end(), element.begin(), element.end());
        }
    });
    return data;
}

/// Both of the same sizes.
void Torch::copy_tensor(TorchCall& call, const Tensor& to, const Tensor& from) {
    const std::int64_t count = to.view.numel();
    if (count == 0 || call.failed()) {
        return;
    }
    const bool alike = to.dtype == from.dtype && to.view.is_contiguous() && from.view.is_contiguous();
    const std::uint64_t bytes = static_cast<std::uint64_t>(count) * tasks::bytes_of(to.dtype);
    if (on_device(to) && on_device(from)) {
        if (alike) {
            call.take(runtime_.copy_on_device(address(to), address(from), bytes));
            return;
        }
        Operator step;
        step.name = "copy";
        step.inputs = {operand(call, from)};
        step.output = operand(call, to);
        if (!call.failed()) {
            call.take(runtime_.add_operator(std::move(step)));
        }
        return;
    }
    if (count > most_host_elements) {
        call.fail("a tensor on the CPU is too large to be copied while recording");
        return;
    }
    const std::uint64_t width = tasks::bytes_of(from.dtype);
    std::vector<std::byte> data;
    if (on_device(from)) {
        data = read_tensor(call, from);
    } else {
        const Address base = storages_[from.storage].base;
        for_each(from.view, [&](std::int64_t offset) {
            const auto source =
                call.take(memory_.bytes(base + static_cast<std::uint64_t>(offset) * width, width, Access::Read));
            data.insert(data.end(), source.begin(), source.end());
        });
    }
    call.take(runtime_.work(bytes));
    if (to.dtype != from.dtype && !call.failed()) {
        std::vector<std::byte> converted;
        for (std::size_t at = 0; at < data.size(); at += width) {
            const auto source = std::span(data).subspan(at, width);
            const auto element = encode_element(to.dtype, decode_element(from.dtype, source), 0, false);
            converted.insert(converted.end(), element.begin(), element.end());
        }
        data = std::move(converted);
    }
    if (call.failed()) {
        return;
    }
    if (!to.view.is_contiguous()) {
        call.fail("a copy from the CPU into a strided view is not supported");
    } else if (on_device(to)) {
        call.take(runtime_.upload_bytes(address(to), std::move(data)));
    } else {
        const auto place = call.take(memory_.bytes(address(to), data.size(), Access::Write));
        std::ranges::copy(std::span(data).first(place.size()), place.begin());
    }
}

Torch::Number Torch::contiguous_copy(TorchCall& call, Number number) {
    const Tensor from = at(call, number);
    const Number to = call.failed() ? 0 : allocate(call, from.view.sizes, from.dtype, on_device(from));
    if (!call.failed()) {
        copy_tensor(call, Tensor(at(call, to)), from);
    }
    return to;
}

std::uint64_t Torch::contiguous(TorchCall& call) {
    constexpr std::int64_t channels_last = 2;
    const Number number = call.tensor(0);
    const Tensor from = tensor(call, 0);
    if (call.has(1) && call.integer(1) >= channels_last) {
        if (from.view.is_channels_last() || call.failed()) {
            return number;
        }
        if (from.view.dim() < 4) {
            call.fail("channels last needs 4 or 5 dimensions");
            return 0;
        }
        const Number to =
            allocate(call, from.view.sizes, channels_last_strides(from.view.sizes), from.dtype, on_device(from));
        if (!call.failed()) {
            copy_tensor(call, Tensor(at(call, to)), from);
        }
        return to;
    }
    return from.view.is_contiguous() ? number : contiguous_copy(call, number);
}

std::uint64_t Torch::clone(TorchCall& call) {
    return contiguous_copy(call, call.tensor(0));
}

Torch::Number Torch::converted(TorchCall& call, Number number, tasks::DType dtype, bool place) {
    const Tensor from = at(call, number);
    if (dtype == from.dtype && place == on_device(from)) {
        return number;
    }
    const Number to = allocate(call, from.view.sizes, dtype, place);
    if (!call.failed()) {
        copy_tensor(call, Tensor(at(call, to)), from);
    }
    return to;
}

std::uint64_t Torch::to(TorchCall& call) {
    const Number number = call.tensor(0);
    const Tensor from = tensor(call, 0);
    if (call.failed()) {
        return 0;
    }
    auto dtype = from.dtype;
    bool place = on_device(from);
    for (std::size_t i = 1; i < call.count(); ++i) {
        if (call.kind(i) == TorchArgument::Kind::Type) {
            dtype = dtype_argument(call, i, dtype);
        } else if (call.kind(i) == TorchArgument::Kind::Place) {
            place = call.integer(i) == 1;
        }
    }
    return converted(call, number, dtype, place);
}

std::uint64_t Torch::to_options(TorchCall& call) {
    const Number number = call.tensor(0);
    const Tensor from = tensor(call, 0);
    const auto dtype = dtype_argument(call, 1, from.dtype);
    if (call.failed()) {
        return 0;
    }
    const bool place = call.integer(2) < 0 ? on_device(from) : call.integer(2) == 1;
    return converted(call, number, dtype, place);
}

std::uint64_t Torch::copy(TorchCall& call) {
    const Tensor to = tensor(call, 0);
    Tensor from = tensor(call, 1);
    auto view = expanded(from.view, to.view.sizes);
    if (!view) {
        call.fail(fmt::format("a tensor of shape {} cannot be copied into one of shape {}", to_text(from.view.sizes),
                              to_text(to.view.sizes)));
        return 0;
    }
    from.view = std::move(*view);
    copy_tensor(call, to, from);
    return 0;
}

std::uint64_t Torch::fill(TorchCall& call) {
    const Tensor to = tensor(call, 0);
    const bool is_real = call.kind(1) == TorchArgument::Kind::Real;
    const double real = call.real(1);
    const std::int64_t integer = is_real ? 0 : call.integer(1);
    if (!call.failed()) {
        fill_tensor(call, to, real, integer, !is_real);
    }
    return 0;
}

std::uint64_t Torch::item(TorchCall& call) {
    const Tensor of = tensor(call, 0);
    if (of.view.numel() != 1) {
        call.fail(fmt::format("a Tensor with {} elements cannot be converted to Scalar", of.view.numel()));
    }
    if (call.failed()) {
        return 0;
    }
    const std::uint64_t width = tasks::bytes_of(of.dtype);
    if (on_device(of)) {
        const auto read = call.take(runtime_.read_back(address(of), width));
        return read.empty() ? 0 : std::bit_cast<std::uint64_t>(decode_element(of.dtype, read));
    }
    const auto bytes = call.take(memory_.bytes(address(of), width, Access::Read));
    return bytes.empty() ? 0 : std::bit_cast<std::uint64_t>(decode_element(of.dtype, bytes));
}

std::uint64_t Torch::repeat(TorchCall& call) {
    const Tensor from = tensor(call, 0);
    const Extents times = call.integers(1);
    if (times.size() < from.view.dim() || !product(times)) {
        call.fail("repeat: fewer numbers than dimensions, or negative ones");
        return 0;
    }
    // Each dimension becomes two, (times, size), of which the first has the stride 0.
    const std::size_t added = times.size() - from.view.dim();
    Extents sizes;
    View source{{}, {}, from.view.offset};
    for (std::size_t i = 0; i < times.size(); ++i) {
        const std::int64_t size = i < added ? 1 : from.view.sizes[i - added];
        sizes.push_back(times[i] * size);
        source.sizes.insert(source.sizes.end(), {times[i], size});
        source.strides.insert(source.strides.end(), {0, i < added ? 0 : from.view.strides[i - added]});
    }
    const Number to = call.failed() ? 0 : allocate(call, sizes, from.dtype, on_device(from));
    if (call.failed()) {
        return 0;
    }
    Tensor repeated = from, target = at(call, to);
    repeated.view = source;
    target.view = {source.sizes, contiguous_strides(source.sizes), 0};
    copy_tensor(call, target, repeated);
    return to;
}

std::uint64_t Torch::cat(TorchCall& call) {
    const auto numbers = call.tensors(0);
    if (numbers.empty()) {
        call.fail("cat: expected a non-empty list of Tensors");
        return 0;
    }
    const Tensor first = at(call, numbers[0]);
    const std::size_t along = dimension(call, call.integer(1), first.view.dim());
    if (call.failed()) {
        return 0;
    }
    Extents sizes = first.view.sizes;
    for (std::size_t i = 1; i < numbers.size(); ++i) {
        const Tensor& part = at(call, numbers[i]);
        Extents others = part.view.sizes;
        const std::int64_t length = along < others.size() ? others[along] : 0;
        if (along < others.size()) {
            others[along] = sizes[along];
        }
        if (others != sizes || part.dtype != first.dtype) {
            call.fail("cat: Sizes of tensors must match except in the given dimension, and their types");
            return 0;
        }
        sizes[along] += length;
    }
    const Number number = allocate(call, sizes, first.dtype, on_device(first));
    std::int64_t start = 0;
    for (std::size_t i = 0; i < numbers.size() && !call.failed(); ++i) {
        const Tensor part = at(call, numbers[i]);
        Tensor to = at(call, number);
        to.view.sizes[along] = part.view.sizes[along];
        to.view.offset += start * to.view.strides[along];
        start += part.view.sizes[along];
        copy_tensor(call, to, part);
    }
    return number;
}

std::uint64_t Torch::stack(TorchCall& call) {
    const auto numbers = call.tensors(0);
    if (numbers.empty()) {
        call.fail("stack expects a non-empty TensorList");
        return 0;
    }
    const Tensor first = at(call, numbers[0]);
    const std::size_t along = dimension(call, call.integer(1), first.view.dim() + 1);
    if (call.failed()) {
        return 0;
    }
    Extents sizes = first.view.sizes;
    sizes.insert(sizes.begin() + static_cast<std::ptrdiff_t>(along), static_cast<std::int64_t>(numbers.size()));
    const Number number = allocate(call, sizes, first.dtype, on_device(first));
    for (std::size_t i = 0; i < numbers.size() && !call.failed(); ++i) {
        const Tensor part = at(call, numbers[i]);
        if (part.view.sizes != first.view.sizes || part.dtype != first.dtype) {
            call.fail("stack expects each tensor to be equal size");
            return 0;
        }
        Tensor to = at(call, number);
        to.view.offset += static_cast<std::int64_t>(i) * to.view.strides[along];
        to.view.sizes.erase(to.view.sizes.begin() + static_cast<std::ptrdiff_t>(along));
        to.view.strides.erase(to.view.strides.begin() + static_cast<std::ptrdiff_t>(along));
        copy_tensor(call, to, part);
    }
    return number;
}

} // namespace assay::plan
