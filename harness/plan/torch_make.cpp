// Factories: new tensors, empty or of values that are known while the plan is recorded.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "plan/runtime.h"
#include "plan/torch.h"

namespace assay::plan {

namespace {

constexpr double most_values = 1 << 22; ///< that host code makes one by one

} // namespace

/// A tensor filled with argument `value`, or not at all.
Torch::Number Torch::made(TorchCall& call, const Extents& sizes, tasks::DType dtype, bool on_device,
                          std::size_t value) {
    const Number number = allocate(call, sizes, dtype, on_device);
    if (call.has(value) && !call.failed()) {
        const bool is_real = call.kind(value) == TorchArgument::Kind::Real;
        fill_tensor(call, at(call, number), call.real(value), is_real ? 0 : call.integer(value), !is_real);
    }
    return number;
}

std::uint64_t Torch::make(TorchCall& call) {
    const Extents sizes = call.integers(0);
    const auto dtype = dtype_argument(call, 2, tasks::DType::Float32);
    return made(call, sizes, dtype, call.integer(3) == 1, 1);
}

std::uint64_t Torch::make_strided(TorchCall& call) {
    const Extents sizes = call.integers(0), strides = call.integers(1);
    if (strides.size() != sizes.size() || !product(sizes) || !View{sizes, strides, 0}.is_dense()) {
        call.fail("empty_strided: only strides that fill the memory are supported");
        return 0;
    }
    return allocate(call, sizes, strides, dtype_argument(call, 2, tasks::DType::Float32), call.integer(3) == 1);
}

std::uint64_t Torch::make_new(TorchCall& call) {
    const Tensor like = tensor(call, 0);
    const Extents sizes = call.integers(1);
    return call.failed() ? 0 : made(call, sizes, like.dtype, on_device(like), 2);
}

std::uint64_t Torch::make_new_options(TorchCall& call) {
    const Tensor like = tensor(call, 0);
    const Extents sizes = call.integers(1);
    if (call.failed()) {
        return 0;
    }
    const bool place = call.integer(4) < 0 ? on_device(like) : call.integer(4) == 1;
    const auto dtype = dtype_argument(call, 3, like.dtype);
    // *_like keeps the strides of a tensor that fills its memory in another order.
    if (like.view.sizes == sizes && !like.view.is_contiguous() && like.view.is_dense() && !call.has(2)) {
        return allocate(call, sizes, like.view.strides, dtype, place);
    }
    return made(call, sizes, dtype, place, 2);
}

Torch::Number Torch::made_of(TorchCall& call, const std::vector<double>& values, const Extents& sizes,
                             tasks::DType dtype, bool place) {
    std::vector<std::byte> bytes;
    for (const double value : values) {
        const auto element = encode_element(dtype, value, 0, false);
        bytes.insert(bytes.end(), element.begin(), element.end());
    }
    const Number number = allocate(call, sizes, dtype, place);
    if (call.failed() || bytes.empty()) {
        return number;
    }
    const Address base = address(at(call, number));
    if (place) {
        call.take(runtime_.upload_bytes(base, std::move(bytes)));
    } else {
        const auto to = call.take(memory_.bytes(base, bytes.size(), Access::Write));
        std::ranges::copy(std::span(bytes).first(to.size()), to.begin());
    }
    return number;
}

std::uint64_t Torch::arange(TorchCall& call) {
    const double begin = call.real(0), end = call.real(1), step = call.real(2);
    const bool is_integer = call.kind(0) != TorchArgument::Kind::Real && call.kind(1) != TorchArgument::Kind::Real &&
                            call.kind(2) != TorchArgument::Kind::Real;
    const auto dtype = dtype_argument(call, 3, is_integer ? tasks::DType::Int64 : tasks::DType::Float32);
    const double count = step == 0 ? -1 : std::ceil((end - begin) / step);
    if (!(count >= 0 && count <= most_values)) {
        call.fail(fmt::format("arange: {} values cannot be recorded", count));
        return 0;
    }
    std::vector<double> values(static_cast<std::size_t>(count));
    for (std::size_t i = 0; i < values.size(); ++i) {
        values[i] = begin + static_cast<double>(i) * step;
    }
    return made_of(call, values, {static_cast<std::int64_t>(values.size())}, dtype, call.integer(4) == 1);
}

std::uint64_t Torch::tensor_of_list(TorchCall& call) {
    const auto values = call.reals(0);
    const Extents sizes = call.integer(1) != 0 ? Extents{static_cast<std::int64_t>(values.size())} : Extents{};
    return made_of(call, values, sizes, dtype_argument(call, 2, tasks::DType::Float32), call.integer(3) == 1);
}

std::uint64_t Torch::from_blob(TorchCall& call) {
    const auto base = static_cast<Address>(call.integer(0));
    const Extents sizes = call.integers(1);
    const auto dtype = dtype_argument(call, 2, tasks::DType::Float32);
    const auto numel = product(sizes);
    if (!numel || *numel > INT64_MAX / 16) {
        call.fail(fmt::format("a tensor cannot have the shape {}", to_text(sizes)));
    }
    if (call.failed()) {
        return 0;
    }
    const std::uint64_t bytes = static_cast<std::uint64_t>(*numel) * tasks::bytes_of(dtype);
    const bool place = device_.known(base);
    if (place) {
        (void)call.take(device_.resolve(base, bytes));
    } else {
        (void)call.take(memory_.bytes(base, bytes, Access::Read));
    }
    storages_.push_back({base, bytes, place});
    return add(call,
               {static_cast<std::uint32_t>(storages_.size() - 1), dtype, {sizes, contiguous_strides(sizes), 0}, 0, 0});
}

std::uint64_t Torch::resize(TorchCall& call) {
    const Number number = call.tensor(0);
    const Tensor of = tensor(call, 0);
    const Extents sizes = call.integers(1);
    if (call.failed()) {
        return 0;
    }
    const Number fresh = allocate(call, sizes, of.dtype, on_device(of));
    if (!call.failed()) {
        tensors_[number - 1] = tensors_[fresh - 1];
    }
    return number;
}

} // namespace assay::plan
